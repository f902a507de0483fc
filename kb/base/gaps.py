"""Overlaps and gaps: the lists that rest on assessments, read at one act."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kb.assess import quotes
from kb.assess.lineage import Lineage
from kb.assess.positions import (
    NEAR,
    PRINTED,
    Candidate,
    Counted,
    Ground,
    Position,
    by_role,
    count,
    position,
    share,
    why_not_counted,
)
from kb.assess.prompts import prompt
from kb.assess.searched import Searched, SearchedSource, searched
from kb.assess.suggest import Suggester
from kb.base.assessing import pages_of
from kb.base.core import Rows
from kb.base.offering import Offers
from kb.base.screening import Screens
from kb.contract import normalised
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.errors import Unknown
from kb.keep import documents, register
from kb.keep.acts import Act
from kb.keep.documents import Held
from kb.keep.forgetting import REMOVED
from kb.keep.found import Looked, Outcome, Run
from kb.keep.register import Entry, Judgement
from kb.keep.said import Assessment, Basis, Kinship
from kb.keep.store import Reading

OVERLAPS = (
    "strand initiative title organisation level basis quote url counted why_not_counted role "
    "reach recheck made_by made_at"
).split()
GAPS = (
    "strand name position if_proposals duplicates overlaps complements duties examples own "
    "recheck need grade unscreened prompt with"
).split()
OFFER = "strand name axis basis audience means counts version needs terms".split()
READ_CHARACTERS = 5_000  # what a page bears on is said early
OVER = ("ended", "superseded")
CAVEAT = "Positions count initiatives; they say nothing of quality, take-up or results."
KIND_OF_BODY = "organisation_kind"
NO_SUM = "the rows do not add up"
PERSON_WORDS = {"register": "desk research"}


@dataclass(frozen=True)
class Ranked:
    """Everything a list of assessments rests on, read at one act."""

    declarations: Declarations
    entries: Mapping[int, Entry]
    judgements: Mapping[tuple[int, str], Judgement]
    candidates: Mapping[int, Candidate]
    ground: Ground
    acts: Mapping[int, Act]
    texts: Mapping[int, list[Held]]  # initiative to the pages it stands on
    lineage: Lineage
    searched: Mapping[str, Searched]  # strand to how well it was looked for
    waiting: Mapping[str, tuple[str, ...]]  # strand to the pages that wait and suggest it
    marks: tuple[str, ...] = ()  # what must be said of the offer

    @cached_property
    def suggester(self) -> Suggester:
        """Finds the strands that an initiative's own words point to."""
        return Suggester(self.declarations.offer)

    @cached_property
    def ours(self) -> list[list[str]]:
        """For each work of our own, the strands it carries."""
        return [
            self.suggester.strands(f"{entry.profile.title}\n{entry.profile.summary}", entry.tags)
            for number, entry in self.entries.items()
            if self.candidates[number].own
        ]

    @cached_property
    def suggested(self) -> dict[str, list[int]]:
        """Strand to the initiatives of others that suggest it, or that somebody assessed."""
        found: dict[str, list[int]] = {s.key: [] for s in self.declarations.offer.strand}
        for number, entry in self.entries.items():
            if self.candidates[number].own:
                continue
            text = f"{entry.profile.title}\n{entry.profile.summary}"
            keys = set(self.suggester.strands(text, entry.tags))
            keys |= {key for key in found if (number, key) in self.judgements}
            for key in keys:
                found[key].append(number)
        return found

    def cause(self, number: int, strand: Strand, row: Assessment) -> str | None:
        """Why a confirmed assessment needs another look; None where its ground holds."""
        if row.basis != Basis.confirmed:
            return None
        entry = self.entries[number]
        if entry.code("status") in OVER:
            return f"initiative {entry.code('status')}"
        changed = self.lineage.cause(row.strand, row.strand_version, strand)
        if changed or not row.quote:
            return changed
        pages = self.texts.get(number, [])
        if not pages:
            return "page gone"
        if row.quote != REMOVED and any(held.revision.id == row.revision for held in pages):
            return None  # it stands on the very version it was taken from
        if not any(quotes.locate(row.quote, held.revision.text) for held in pages):
            return "quote gone"
        return None

    def position(
        self, strand: Strand, levels: Mapping[int, str], only: Collection[int] | None = None
    ) -> Position:
        """Where the strand stands by those levels; of those initiatives alone, if any are named."""
        suggesting = self.suggested[strand.key]
        if only is not None:
            levels = {number: level for number, level in levels.items() if number in only}
            suggesting = [number for number in suggesting if number in only]
        return position(
            count(strand, levels, self.candidates, self.ground),
            thresholds=self.ground.thresholds,
            assessed_share=share(suggesting, levels),
            grade=self.searched[strand.key].grade,
        )

    def levels(self, strand: str, *, proposals: bool) -> dict[int, str]:
        """Initiative to the level that holds: confirmed ones, and proposals if asked for."""
        return {
            number: judgement.outcome
            for (number, key), judgement in self.judgements.items()
            if key == strand and (proposals or judgement.confirmed) and number in self.entries
        }


class Ranks(Screens, Offers):
    """Where each strand of the offer stands."""

    def ranked(
        self,
        *,
        at: int | None = None,
        region: str = "England",
        offer: str = "",
        waiting: bool = False,
    ) -> Ranked:
        """Everything overlaps and gaps rest on, as it stood at that act.

        With `offer`, a file, as it would be if that were the accepted offer. Pages that wait
        are looked through only where `waiting` asks for it: there may be many.
        """
        with self.store.reading(at) as reading:
            declarations = self.offer_of(offer) if offer else self.declared(reading)
            lineage = self.lineage(reading, declarations.offer)
            book = declarations.book
            entries = register.entries(reading)
            pages = pages_of(reading)
            verdicts = documents.verdicts(reading)
            contested = {
                number
                for number, held in pages.items()
                if held and all(_conflict(verdicts.get(each.id)) for each in held)
            }
            return Ranked(
                declarations=declarations,
                entries=entries,
                judgements=self.judgements(reading, lineage),
                candidates={
                    number: candidate_of(entry, declarations, contested=number in contested)
                    for number, entry in entries.items()
                },
                ground=Ground(
                    book,
                    declarations.offer.positions,
                    self.today(at),
                    book.check("region", region),
                ),
                acts={act.id or 0: act for act in reading.acts()},
                texts=pages,
                lineage=lineage,
                searched=self._searched(reading, declarations, lineage, at),
                waiting=self._unscreened(reading, declarations) if waiting else {},
                marks=(f"what if: the offer were {offer}",) if offer else self._marks(at),
            )

    def _searched(
        self, reading: Reading, declarations: Declarations, lineage: Lineage, at: int | None
    ) -> dict[str, Searched]:
        """Strand to how well its sources were looked through."""
        last_ok = {run.source: run for run in reading.rows(Run) if run.outcome == Outcome.ok}
        looked = {row.source: row.on for row in reading.rows(Looked)}
        held = documents.counts_by_source(reading)
        met = documents.all_addresses(reading)
        sources = [
            SearchedSource(
                covers=frozenset(now for key in source.covers for now in covered(lineage, key)),
                every_days=source.every_days,
                last_ok=last_ok[source.name].started.date()
                if source.name in last_ok
                else looked.get(source.name),
                must_find=tuple(normalised(url) in met for url in source.must_find),
                documents=held.get(source.name, (0, 0))[0],
                without_text=held.get(source.name, (0, 0))[1],
            )
            for source in declarations.sources.source
            if source.state != "retired"
        ]
        offer, today = declarations.offer, self.today(at)
        return {
            strand.key: searched(sources, strand.key, grades=offer.grades, today=today)
            for strand in offer.strand
        }

    def _unscreened(
        self, reading: Reading, declarations: Declarations
    ) -> dict[str, tuple[str, ...]]:
        """Strand to the pages that wait with its terms in them, the likeliest first."""
        suggester = Suggester(declarations.offer)
        found: dict[str, list[str]] = {strand.key: [] for strand in declarations.offer.strand}
        for each in self.waiting(reading, declarations.lexicon.inbox.threshold):
            revision = each.page.revision
            text = f"{revision.title}\n{revision.summary}\n{revision.text[:READ_CHARACTERS]}"
            for key in suggester.strands(text, {}):
                found[key].append(f"d{each.page.id}")
        return {key: tuple(names) for key, names in found.items()}

    def _marks(self, at: int | None) -> tuple[str, ...]:
        return self.marked() if at is None else ()

    def overlaps(
        self,
        strand: str | None = None,
        *,
        region: str = "England",
        at: int | None = None,
        offer: str = "",
    ) -> Rows:
        """What others do that bears on the strands, counted or not, and why not."""
        return self.overlaps_of(self.ranked(at=at, region=region, offer=offer), strand)

    def overlaps_of(self, ranked: Ranked, strand: str | None = None) -> Rows:
        """The overlaps of what was read already."""
        accepted = ranked.declarations.offer
        strands = [accepted.get(strand)] if strand else list(accepted.strand)
        rows = [
            self._overlap_row(ranked, each, number, judgement)
            for each in strands
            for (number, key), judgement in ranked.judgements.items()
            if key == each.key
            and number in ranked.entries
            and not ranked.candidates[number].own
            and judgement.outcome in (*NEAR, "conflict")
        ]
        order = {each.key: place for place, each in enumerate(accepted.strand)}
        levels = [*NEAR, "conflict"]
        rows.sort(
            key=lambda row: (
                order[str(row["strand"])],
                not row["counted"],
                levels.index(str(row["level"])),
                str(row["title"]).casefold(),
            )
        )
        return Rows("overlaps", tuple(OVERLAPS), rows, (*ranked.marks, CAVEAT))

    def _overlap_row(
        self, ranked: Ranked, strand: Strand, number: int, judgement: Judgement
    ) -> dict[str, object]:
        entry = ranked.entries[number]
        leading = judgement.leading
        why_not = _why_not(ranked, strand, number, judgement)
        act = ranked.acts[leading.made]
        return {
            "strand": strand.key,
            "initiative": entry.slug,
            "title": entry.profile.title,
            "organisation": entry.profile.organisation,
            "level": judgement.outcome,
            "basis": leading.basis.value,
            "quote": leading.quote or None,
            "url": entry.profile.url,
            "counted": not why_not,
            "why_not_counted": why_not or None,
            "role": entry.code("role"),
            "reach": entry.code("reach"),
            "recheck": ranked.cause(number, strand, leading) is not None,
            "made_by": PERSON_WORDS.get(leading.person, leading.person),
            "made_at": act.at,
        }

    def gaps(
        self,
        *,
        region: str = "England",
        at: int | None = None,
        offer: str = "",
        by: str = "",
        topics: bool = False,
    ) -> Rows:
        """Where each strand stands, and where it would if all proposals held.

        With `by`, a facet, a row a code and strand, of the initiatives with that code; with
        `topics` the strands that are topics alone. Raises Unknown for a facet there is not.
        """
        ranked = self.ranked(at=at, region=region, offer=offer, waiting=True)
        strands = [
            strand
            for strand in ranked.declarations.offer.strand
            if not topics or strand.axis == "topic"
        ]
        if not by:
            return self.gaps_of(ranked, strands)
        coded = _coded(ranked, by)
        rows = [
            {"facet": by, "code": code, **self._gap_row(ranked, strand, only)}
            for code, only in coded.items()
            for strand in strands
        ]
        adds_up = by in (*ranked.declarations.book.facets.one, KIND_OF_BODY)
        notes = () if adds_up else (f"an initiative may have several codes of {by}: {NO_SUM}",)
        return Rows("gaps_by", ("facet", "code", *GAPS), rows, (*ranked.marks, *notes, CAVEAT))

    def gaps_of(self, ranked: Ranked, strands: Sequence[Strand]) -> Rows:
        """The gaps of what was read already."""
        rows = [self._gap_row(ranked, strand) for strand in strands]
        met = {str(row[name]) for row in rows for name in ("position", "if_proposals")}
        legend = tuple(f"{each}: {PRINTED[each]}" for each in Position if each in met)
        return Rows("gaps", tuple(GAPS), rows, (*ranked.marks, *legend, CAVEAT))

    def _gap_row(
        self, ranked: Ranked, strand: Strand, only: Collection[int] | None = None
    ) -> dict[str, object]:
        confirmed = _within(ranked.levels(strand.key, proposals=False), only)
        supposed = _within(ranked.levels(strand.key, proposals=True), only)
        counted = count(strand, confirmed, ranked.candidates, ranked.ground)
        roles = by_role(confirmed, ranked.candidates, ("requirement", "practice"))
        grade = ranked.searched[strand.key].grade
        stands = ranked.position(strand, confirmed, only)
        return {
            "strand": strand.key,
            "name": strand.name,
            "position": stands.value,
            "if_proposals": ranked.position(strand, supposed, only).value,
            **{level: counted.number(level) for level in NEAR},
            "duties": len(roles.get("requirement", [])),
            "examples": len(roles.get("practice", [])),
            "own": _own(ranked, strand),
            "recheck": _to_recheck(ranked, strand, only),
            "need": "; ".join(need.words for need in strand.need) or None,
            "grade": grade,
            "unscreened": len(ranked.waiting.get(strand.key, ())),
            "prompt": prompt(
                stands,
                grade=grade,
                needs=[need.says for need in strand.need],
                names=_names(ranked, strand, confirmed),
                waiting=ranked.waiting.get(strand.key, ()),
            ),
            "with": _names(ranked, strand, supposed),
        }

    def offer(self, *, at: int | None = None) -> Rows:
        """The strands of the offer as declared."""
        with self.store.reading(at) as reading:
            offer = self.declared(reading).offer
        rows: list[dict[str, object]] = [
            {
                "strand": strand.key,
                "name": strand.name,
                "axis": strand.axis,
                "basis": strand.basis,
                "audience": list(strand.audience),
                "means": list(strand.means),
                "counts": list(strand.counts),
                "version": strand.version,
                "needs": [need.words for need in strand.need],
                "terms": list(strand.terms),
            }
            for strand in offer.strand
        ]
        return Rows("offer", tuple(OFFER), rows, (f"{offer.offer.title}: {offer.offer.version}",))


def covered(lineage: Lineage, key: str) -> list[str]:
    """The strands of now that a source covers by that name; `all` is all."""
    return [key] if key == "all" else lineage.now(key)


def candidate_of(entry: Entry, declarations: Declarations, *, contested: bool) -> Candidate:
    """What counting needs to know of a register entry."""
    body = declarations.bodies.name(entry.profile.organisation)
    heads = entry.relations.get(Kinship.part_of, [])
    return Candidate(
        id=entry.id,
        body=body,
        own=body in declarations.ours,
        role=entry.code("role"),
        reach=entry.code("reach"),
        status=entry.code("status"),
        effect=entry.code("effect"),
        kind=entry.code("kind"),
        audience=frozenset(entry.codes("audience")),
        means=frozenset(entry.codes("means")),
        regions=tuple(entry.codes("region")),
        started=entry.profile.started,
        status_seen=entry.profile.status_seen,
        head=heads[0] if heads else None,
        adopter=bool(entry.relations.get(Kinship.adopts)),
        contested=contested,
    )


def _why_not(ranked: Ranked, strand: Strand, number: int, judgement: Judgement) -> str:
    if judgement.outcome == "conflict":
        return "people differ"
    why = why_not_counted(ranked.candidates[number], strand, ranked.ground)
    return why or ("a proposal" if not judgement.confirmed else "")


def _own(ranked: Ranked, strand: Strand) -> int:
    """How many works of our own carry the strand's terms, or share its means and audience."""
    return sum(strand.key in strands for strands in ranked.ours)


def _within(levels: Mapping[int, str], only: Collection[int] | None) -> dict[int, str]:
    return {n: level for n, level in levels.items() if only is None or n in only}


def _coded(ranked: Ranked, facet: str) -> dict[str, set[int]]:
    """Each code of a facet, in the order of the code book, with the initiatives that have it."""
    book = ranked.declarations.book
    known = [*book.facets.one, *book.facets.many, KIND_OF_BODY]
    if facet not in known:
        raise Unknown("facet", facet, known, where="the code book")
    found: dict[str, set[int]] = {code: set() for code in book.codes[facet]}
    for number, entry in ranked.entries.items():
        kind = entry.profile.organisation_kind
        codes = [kind] if facet == KIND_OF_BODY else entry.codes(facet)
        for code in codes:
            found.setdefault(code, set()).add(number)
    return found


def _to_recheck(ranked: Ranked, strand: Strand, only: Collection[int] | None) -> int:
    return sum(
        ranked.cause(number, strand, judgement.leading) is not None
        for (number, key), judgement in ranked.judgements.items()
        if key == strand.key and number in ranked.entries and (only is None or number in only)
    )


def _names(ranked: Ranked, strand: Strand, levels: Mapping[int, str]) -> list[str]:
    """The bodies behind what counts or would, duplicates and overlaps before complements."""
    counted: Counted = count(strand, levels, ranked.candidates, ranked.ground)
    near = {name for level in ("duplicates", "overlaps") for name in counted.bodies(level)}
    return sorted(near or counted.bodies("complements"))


def _conflict(verdict: documents.Verdict | None) -> bool:
    return verdict is not None and verdict.outcome == "conflict"
