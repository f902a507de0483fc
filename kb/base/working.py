"""What worked elsewhere, what is worth assessing, and what has gone quiet."""

from collections.abc import Mapping
from datetime import date

from kb.assess.positions import NEAR, months_between
from kb.assess.suggest import Suggester
from kb.base.assessing import Assesses, outlines_of
from kb.base.core import Rows
from kb.base.gaps import Gaps
from kb.base.indexing import source_organisations
from kb.base.ranking import Ranked
from kb.errors import Refused
from kb.find.lexicon import Matcher
from kb.keep import register
from kb.keep.found import State
from kb.keep.merging import merges
from kb.keep.outlines import Outline
from kb.keep.register import Entry, Judgement
from kb.keep.said import Initiative, Result

WORKED = "strand initiative organisation setting effect quote url seen changed".split()
SUGGEST = "strand initiative score passages".split()
WORTH = 0.4  # a score from which a pair is suggested
RELIABLE = 0.3  # the recall under which a strand's suggestions are not to be relied on
SHOWN = 2  # passages


class Works(Gaps, Assesses):
    """Beyond positions: results, suggestions, life signs."""

    def result(
        self, named: str, changed: str, *, quote: str, setting: str = ""
    ) -> dict[str, object]:
        """Notes what an initiative is said to have changed, pinned to a quote from its page.

        Raises Refused without words or quote, QuoteNotFound where no current page holds it.
        """
        if not changed.strip():
            raise Refused("say what changed")
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            page, place = self._pin(reading, entry, quote)
        row = Result(
            initiative=entry.id,
            person=self.by,
            changed=changed.strip(),
            setting=setting,
            quote=place.spelt,
            revision=page.revision.id or 0,
            place=place.start,
        )
        with self.writing(f"result {entry.slug}") as writing:
            writing.add(row)
        return {"initiative": entry.slug, "changed": row.changed, "quote": row.quote}

    def worked(self, strand: str | None = None, *, at: int | None = None) -> Rows:
        """What initiatives are said to have changed, a row a strand they bear on."""
        with self.store.reading(at) as reading:
            offer = self.declared(reading).offer
            wanted = offer.get(strand).key if strand else None
            entries, pages = register.entries(reading), outlines_of(reading)
            judgements = self.judgements(reading)
            into = merges(reading)
            rows = []
            for row in reading.rows(Result):
                of = into.get(row.initiative, row.initiative)
                entry = entries.get(of)
                keys: list[str | None] = [
                    key
                    for (number, key), said in judgements.items()
                    if number == of and said.outcome in NEAR
                ]
                for key in keys or [None]:
                    if entry and (wanted is None or key == wanted):
                        rows.append(_worked(row, entry, key, pages.get(entry.id, [])))
        return Rows("worked", tuple(WORKED), rows)

    def suggest(self, named: str | None = None, *, at: int | None = None) -> Rows:
        """Pairs of initiative and strand worth assessing, the likeliest first, with why.

        A suggestion never counts. How far suggestions agree with what was confirmed is said of
        each strand beside the list.
        """
        ranked = self.ranked(at=at)
        ranked.texts.load(page for pages in ranked.pages.values() for page in pages)
        race = Matcher.of(term for term in ranked.declarations.lexicon.term if term.weight)
        suggester = Suggester(ranked.declarations.offer)
        with self.store.reading(at) as reading:
            only = self.initiative(reading, named).id if named else None
        rows: list[dict[str, object]] = []
        scores: dict[tuple[int, str], float] = {}
        for number, entry in ranked.entries.items():
            if ranked.candidates[number].own or only not in (None, number):
                continue
            texts = [f"{entry.profile.title}. {entry.profile.summary}"]
            texts += ranked.texts.of(ranked.pages.get(number, []))
            for key, (score, why) in suggester.scores(texts, entry.tags, race).items():
                scores[number, key] = score
                if score >= WORTH and (number, key) not in ranked.judgements:
                    told = {"strand": key, "initiative": entry.slug, "score": score}
                    rows.append(told | {"passages": list(why[:SHOWN])})
        rows.sort(
            key=lambda row: (-_number(row["score"]), str(row["strand"]), str(row["initiative"]))
        )
        notes = ranked.marks + (() if named else tuple(_agreement(ranked, scores)))
        return Rows("suggest", tuple(SUGGEST), rows, notes)

    def quiet(self, *, at: int | None = None) -> dict[int, str]:
        """Initiatives of others that have gone quiet, each with why."""
        ranked = self.ranked(at=at)
        months = ranked.ground.thresholds.quiet_months
        found = {}
        with self.store.reading(at) as reading:
            every = outlines_of(reading, gone=True)
            began = {row.id: row.made for row in reading.history(Initiative)}
        publishers = source_organisations(ranked.declarations)
        bodies = ranked.declarations.bodies
        for number, entry in ranked.entries.items():
            if ranked.candidates[number].own or entry.code("status") in ("ended", "superseded"):
                continue
            owner = bodies.name(entry.profile.organisation)
            pages = every.get(number, [])
            own = [p for p in pages if bodies.name(publishers.get(p.source) or "") == owner]
            if pages and all(page.state == State.gone for page in own or pages):
                found[number] = "its owner's pages are gone" if own else "its pages are gone"
                continue
            sign = _last_sign(entry, ranked.pages.get(number, []))
            since = sign or ranked.acts[began[number]].at.date()
            if months_between(since.isoformat(), ranked.ground.today) > months:
                found[number] = f"no sign since {since}" if sign else f"undated, here since {since}"
        return found


def _number(value: object) -> float:
    return value if isinstance(value, float) else 0.0


def _worked(row: Result, entry: Entry, key: str | None, pages: list[Outline]) -> dict[str, object]:
    page = next((each for each in pages if each.revision == row.revision), None)
    return {
        "strand": key,
        "initiative": entry.slug,
        "organisation": entry.profile.organisation,
        "setting": row.setting or "; ".join(entry.codes("setting")) or None,
        "effect": entry.code("effect"),
        "quote": row.quote,
        "url": page.url if page else entry.profile.url,
        "seen": page.fetched_at.date() if page else None,
        "changed": row.changed,
    }


def _agreement(ranked: Ranked, scores: Mapping[tuple[int, str], float]) -> list[str]:
    """A sentence a strand on precision and recall of suggestions against what was confirmed."""
    told = []
    for strand in ranked.declarations.offer.strand:
        confirmed = {
            number: judgement
            for (number, key), judgement in ranked.judgements.items()
            if key == strand.key and judgement.confirmed and number in ranked.entries
        }
        near = {number for number, said in confirmed.items() if _is_near(said)}
        suggested = {n for n in confirmed if scores.get((n, strand.key), 0.0) >= WORTH}
        if not near:
            continue
        recall = len(near & suggested) / len(near)
        precision = len(near & suggested) / len(suggested) if suggested else 0.0
        unsure = "; suggestions not reliable" if recall < RELIABLE else ""
        told.append(
            f"{strand.key}: precision {precision:.2f}, recall {recall:.2f} "
            f"of {len(near)} confirmed{unsure}"
        )
    return told


def _is_near(judgement: Judgement) -> bool:
    return judgement.outcome in NEAR


def _last_sign(entry: Entry, pages: list[Outline]) -> date | None:
    """The last day by which it is known to have been alive; None where nothing is dated."""
    days = [page.dated for page in pages]
    days.append(entry.profile.status_seen)
    known = [day for day in days if day is not None]
    return max(known, default=None)
