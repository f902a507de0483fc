"""Lists of what is held: initiatives, decisions, sources, runs; and one initiative in full."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from kb.base.core import Rows
from kb.base.working import Works
from kb.contract import Source
from kb.declare.codebook import FACETS
from kb.declare.declarations import Declarations
from kb.keep import documents, outlines, register, runs
from kb.keep.acts import Row
from kb.keep.found import Looked, Outcome, Run, State
from kb.keep.register import Entry
from kb.keep.said import Assessment, Membership, Profile, Relation, Screening, Tag
from kb.keep.store import Reading

INITIATIVES = (
    "id slug title organisation organisation_kind kind role reach audience means focus region "
    "status effect own started url summary strands documents last_changed"
).split()
DECISIONS = ("at by what document initiative strand decision reason why ended_at ended_by").split()
SOURCES = (
    "name organisation shape url cadence last_run outcome documents due state checked unwell_since"
).split()
RUNS = "id source started seconds outcome requests new changed same gone errors why".split()


class Lists(Works):
    """What is held, as rows. Every list takes the act to read at."""

    def initiatives(
        self,
        *,
        codes: Mapping[str, Sequence[str]] | None = None,
        organisation: str | None = None,
        strand: str | None = None,
        own: bool | None = None,
        quiet: bool = False,
        at: int | None = None,
    ) -> Rows:
        """The register, by title. Every filter given must hold; a region takes in wider ones.

        With `quiet` what has gone quiet alone: its pages are gone, or nothing dated is recent.
        """
        still = self.quiet(at=at) if quiet else None
        with self.store.reading(at) as reading:
            declarations = self.declared(reading)
            entries = register.entries(reading)
            changed = self._last_changed(reading)
            pages = _pages_by_initiative(reading)
            strands = _strands(self.judgements(reading))
        wanted = _Wanted(declarations, codes or {}, organisation, strand, own)
        rows = [
            {
                "id": entry.id,
                "slug": entry.slug,
                "title": entry.profile.title,
                "organisation": entry.profile.organisation,
                "organisation_kind": entry.profile.organisation_kind or None,
                "own": wanted.is_own(entry),
                "started": entry.profile.started,
                "url": entry.profile.url,
                "summary": entry.profile.summary or None,
                "strands": strands.get(entry.id, []),
                "documents": [f"d{each}" for each in pages.get(entry.id, [])],
                "last_changed": changed.get(entry.id),
                **_coded(entry, declarations),
            }
            for entry in entries.values()
            if wanted.holds(entry, strands.get(entry.id, []))
            and (still is None or entry.id in still)
        ]
        rows.sort(key=lambda row: (str(row["title"]).casefold(), row["id"]))
        return Rows("initiatives", tuple(INITIATIVES), rows)

    def _last_changed(self, reading: Reading) -> dict[int, datetime]:
        """Initiative to the last act that said something of it."""
        acts = {act.id: act.at for act in reading.acts()}
        found: dict[int, int] = {}
        for model in (Profile, Tag, Relation, Assessment, Membership):
            for row in reading.history(model):
                number = row.initiative  # type: ignore[attr-defined]
                ended = row.ended if row.ended in acts else None
                found[number] = max(found.get(number, 0), row.made, ended or 0)
        return {number: acts[act] for number, act in found.items()}

    def decisions(self, *, at: int | None = None) -> Rows:
        """Every screening and assessment ever made by a person, newest first."""
        with self.store.reading(at) as reading:
            acts = {act.id: act for act in reading.acts()}
            slugs = {number: slug for slug, number in register.slugs(reading).items()}
            said: list[tuple[Row, dict[str, object]]] = [
                (row, _screening_row(row)) for row in reading.history(Screening)
            ]
            said += [(row, _assessment_row(row, slugs)) for row in reading.history(Assessment)]
        rows = []
        for row, told in said:
            made, ended = acts[row.made], acts.get(row.ended)
            rows.append(
                {
                    "at": made.at,
                    **told,
                    "ended_at": ended.at if ended else None,
                    "ended_by": ended.by if ended else None,
                }
            )
        order = sorted(range(len(rows)), key=lambda n: (said[n][0].made, n), reverse=True)
        return Rows("decisions", tuple(DECISIONS), [rows[number] for number in order])

    def sources(self, *, at: int | None = None) -> Rows:
        """Every declared source with what is known of it.

        A search by hand counts as the last run of a source that is not crawled.
        """
        with self.store.reading(at) as reading:
            declared = self.declared(reading).sources.source
            last = runs.last_runs(reading)
            unwell = runs.unwell_since(reading)
            looked = {row.source: row for row in reading.rows(Looked)}
            held = documents.count_by_source(reading)
        rows: list[dict[str, object]] = []
        for source in declared:
            run, by_hand = last.get(source.name), looked.get(source.name)
            rows.append(
                {
                    "name": source.name,
                    "organisation": source.organisation,
                    "shape": source.shape.value,
                    "url": source.start[0] if source.start else None,
                    "cadence": source.every_days,
                    "last_run": run.started if run else by_hand.on if by_hand else None,
                    "outcome": run.outcome.value if run else None,
                    "documents": held.get(source.name, 0),
                    "due": is_due(source, run, self.clock()),
                    "state": source.state,
                    "checked": source.checked,
                    "unwell_since": unwell.get(source.name),
                }
            )
        return Rows("sources", tuple(SOURCES), rows)

    def runs(self, source: str | None = None, *, at: int | None = None) -> Rows:
        """Runs, newest first; Unknown for a source that is not declared and never ran."""
        with self.store.reading(at) as reading:
            known = {run.source for run in runs.newest(reading)}
            if source and source not in known:
                self.declared(reading).sources.get(source)
            found = runs.newest(reading, source)
        return Rows("runs", tuple(RUNS), [_run_row(run) for run in found])

    def status(self) -> dict[str, int]:
        """Counts of what is held and of what waits for a person."""
        with self.store.reading() as reading:
            entries = register.entries(reading)
            declarations = self.declared(reading)
            judgements = [
                judgement
                for (number, _), judgement in self.judgements(reading).items()
                if number in entries
            ]
            verdicts = documents.verdicts(reading)
            to_screen = len(self.waiting(reading, declarations.lexicon.inbox.threshold))
            held = outlines.outlines(reading)
            last = runs.last_runs(reading)
        own = sum(
            declarations.bodies.name(entry.profile.organisation) in declarations.ours
            for entry in entries.values()
        )
        unwell = [
            source
            for source in declarations.sources.source
            if source.name in last and last[source.name].outcome != Outcome.ok
        ]
        ranked = self.ranked()
        looked_at = [
            ranked.cause(number, strand, judgement.leading)
            for strand in ranked.declarations.offer.strand
            for number, judgement in ranked.by_strand[strand.key].items()
            if not ranked.candidates[number].own
        ]
        return {
            "initiatives of others": len(entries) - own,
            "initiatives of our own": own,
            "documents": sum(each.state != State.gone for each in held),
            "to screen": to_screen,
            "proposals to confirm": sum(not judgement.confirmed for judgement in judgements),
            "assessments confirmed": sum(bool(judgement.confirmed) for judgement in judgements),
            "to re-check": sum(cause is not None for cause in looked_at),
            "conflicts": sum(verdict.outcome == "conflict" for verdict in verdicts.values())
            + sum(judgement.outcome == "conflict" for judgement in judgements),
            "sources": len(declarations.sources.source),
            "sources unwell": len(unwell),
        }


class _Wanted:
    """The filters of the register, made ready once."""

    def __init__(
        self,
        declarations: Declarations,
        codes: Mapping[str, Sequence[str]],
        organisation: str | None,
        strand: str | None,
        own: bool | None,
    ) -> None:
        book = declarations.book
        self._declarations = declarations
        self._codes = {
            facet: {
                each
                for code in asked
                for each in (book.around(code) if facet == "region" else [book.check(facet, code)])
            }
            for facet, asked in codes.items()
            if asked
        }
        self._bodies = declarations.bodies.with_parts(organisation) if organisation else None
        self._strand = declarations.offer.get(strand).key if strand else None
        self._own = own

    def is_own(self, entry: Entry) -> bool:
        body = self._declarations.bodies.name(entry.profile.organisation)
        return body in self._declarations.ours

    def holds(self, entry: Entry, strands: Sequence[str]) -> bool:
        body = self._declarations.bodies.name(entry.profile.organisation)
        return (
            all(set(entry.codes(facet)) & asked for facet, asked in self._codes.items())
            and (self._bodies is None or body in self._bodies)
            and (self._strand is None or self._strand in strands)
            and (self._own is None or self._own == self.is_own(entry))
        )


def _coded(entry: Entry, declarations: Declarations) -> dict[str, object]:
    book = declarations.book
    shown = [facet for facet in FACETS if facet in INITIATIVES]
    return {
        facet: entry.code(facet) if facet in book.facets.one else entry.codes(facet)
        for facet in shown
    }


def _pages_by_initiative(reading: Reading) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for document, numbers in sorted(documents.memberships(reading).items()):
        for number in numbers:
            found.setdefault(number, []).append(document)
    return found


def _strands(judgements: Mapping[tuple[int, str], register.Judgement]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for (number, strand), judgement in judgements.items():
        if judgement.outcome != "no-overlap":
            found.setdefault(number, []).append(strand)
    return found


def _screening_row(row: Screening) -> dict[str, object]:
    return {
        "by": row.person,
        "what": "screening",
        "document": f"d{row.document}",
        "initiative": None,
        "strand": None,
        "decision": row.decision.value,
        "reason": row.reason or None,
        "why": row.why or None,
    }


def _assessment_row(row: Assessment, slugs: Mapping[int, str]) -> dict[str, object]:
    return {
        "by": row.person,
        "what": "assessment" if row.basis == "confirmed" else "proposal",
        "document": None,
        "initiative": slugs[row.initiative],
        "strand": row.strand,
        "decision": row.level.value,
        "reason": None,
        "why": row.why or None,
    }


def _run_row(run: Run) -> dict[str, object]:
    seconds = (run.finished - run.started).total_seconds() if run.finished else None
    counts = {
        name: run.counts.get(name) for name in "requests new changed same gone errors".split()
    }
    return {
        "id": run.number,
        "source": run.source,
        "started": run.started,
        "seconds": seconds,
        "outcome": run.outcome.value,
        **counts,
        "why": run.why or None,
    }


def is_due(source: Source, last: Run | None, now: datetime) -> bool:
    """True when the source is on, is crawled at all, and its cadence has passed."""
    if source.state != "on" or source.shape == "by-hand":
        return False
    return last is None or now - last.started >= timedelta(days=source.every_days)
