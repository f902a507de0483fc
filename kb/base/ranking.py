"""Everything that lists of assessments rest on, read at one act."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from kb.assess import quotes
from kb.assess.lineage import Lineage
from kb.assess.positions import (
    Candidate,
    Counted,
    Ground,
    Position,
    count_by,
    position,
    share,
    why_not_counted,
)
from kb.assess.searched import Searched, SearchedSource, searched
from kb.assess.suggest import Suggester
from kb.base.assessing import pages_of
from kb.base.indexing import KIND_OF_BODY
from kb.base.offering import Offers
from kb.base.screening import Screens
from kb.contract import normalised
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.keep import documents, register
from kb.keep.acts import Act
from kb.keep.documents import Held
from kb.keep.forgetting import REMOVED
from kb.keep.found import Looked, Outcome, Run
from kb.keep.register import Entry, Judgement
from kb.keep.said import Assessment, Basis, Kinship
from kb.keep.store import Reading

READ_CHARACTERS = 5_000  # what a page bears on is said early
OVER = ("ended", "superseded")


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
    sources: tuple[SearchedSource, ...]  # what is known of each source that is not retired
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
    def by_strand(self) -> dict[str, dict[int, Judgement]]:
        """Strand to the initiatives that were assessed against it, with what stands."""
        found: dict[str, dict[int, Judgement]] = {s.key: {} for s in self.declarations.offer.strand}
        for (number, key), judgement in self.judgements.items():
            if key in found and number in self.entries:
                found[key][number] = judgement
        return found

    @cached_property
    def uncounted(self) -> dict[str, dict[int, str]]:
        """Strand to the initiatives assessed against it, with why each does not count, or ""."""
        return {
            strand.key: {
                number: why_not_counted(self.candidates[number], strand, self.ground)
                for number in self.by_strand[strand.key]
            }
            for strand in self.declarations.offer.strand
        }

    @cached_property
    def suggested(self) -> dict[str, list[int]]:
        """Strand to the initiatives of others that suggest it, or that somebody assessed."""
        found: dict[str, list[int]] = {s.key: [] for s in self.declarations.offer.strand}
        for number, entry in self.entries.items():
            if self.candidates[number].own:
                continue
            text = f"{entry.profile.title}\n{entry.profile.summary}"
            keys = self.suggester.strands(text, entry.tags)
            for key in found:
                if key in keys or number in self.by_strand[key]:
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

    @cached_property
    def searched(self) -> dict[str, Searched]:
        """Strand to how well it was looked for."""
        return {s.key: self.searched_in(s.key) for s in self.declarations.offer.strand}

    def searched_in(self, strand: str, bodies: Collection[str] | None = None) -> Searched:
        """How well a strand was looked for; in the sources of those bodies, if any are named."""
        sources = [each for each in self.sources if bodies is None or each.body in bodies]
        grades = self.declarations.offer.grades
        return searched(sources, strand, grades=grades, today=self.ground.today)

    def bodies_in(self, facet: str, code: str) -> set[str] | None:
        """The bodies whose sources a cell rests on: of that kind, or at work in that region.

        None for other facets: whoever publishes may publish of any code.
        """
        told = self.declarations.bodies
        if facet == KIND_OF_BODY:
            return {body.name for body in told.body if body.kind == code}
        if facet == "region":
            return {
                told.name(entry.profile.organisation)
                for entry in self.entries.values()
                if code in entry.codes("region")
            }
        return None

    def position(
        self,
        strand: Strand,
        levels: Mapping[int, str],
        only: Collection[int] | None = None,
        grade: str = "",
    ) -> Position:
        """Where the strand stands by those levels.

        Of the initiatives in `only` alone, if any are named, and by the `grade` of their cell.
        """
        suggesting = self.suggested[strand.key]
        if only is not None:
            levels = {number: level for number, level in levels.items() if number in only}
            suggesting = [number for number in suggesting if number in only]
        return position(
            self.counted(strand, levels),
            thresholds=self.ground.thresholds,
            assessed_share=share(suggesting, levels),
            grade=grade or self.searched[strand.key].grade,
        )

    def counted(self, strand: Strand, levels: Mapping[int, str]) -> Counted:
        """What counts for the strand, of those levels."""
        return count_by(levels, self.candidates, self.uncounted[strand.key])

    def levels(self, strand: str, *, proposals: bool) -> dict[int, str]:
        """Initiative to the level that holds: confirmed ones, and proposals if asked for."""
        return {
            number: judgement.outcome
            for number, judgement in self.by_strand[strand].items()
            if proposals or judgement.confirmed
        }


class Ranks(Screens, Offers):
    """Reads what lists rest on."""

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
            waiting_for = self._unscreened(reading, declarations) if waiting else {}
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
                sources=self._sources(reading, declarations, lineage),
                waiting=waiting_for,
                marks=(f"what if: the offer were {offer}",) if offer else self._marks(at),
            )

    def _sources(
        self, reading: Reading, declarations: Declarations, lineage: Lineage
    ) -> tuple[SearchedSource, ...]:
        """What is known of each source: when it was looked through, and what was met."""
        last_ok = {run.source: run for run in reading.rows(Run) if run.outcome == Outcome.ok}
        looked = {row.source: row.on for row in reading.rows(Looked)}
        held = documents.counts_by_source(reading)
        met = documents.all_addresses(reading)
        return tuple(
            SearchedSource(
                covers=frozenset(now for key in source.covers for now in covered(lineage, key)),
                every_days=source.every_days,
                last_ok=last_ok[source.name].started.date()
                if source.name in last_ok
                else looked.get(source.name),
                must_find=tuple(normalised(url) in met for url in source.must_find),
                documents=held.get(source.name, (0, 0))[0],
                without_text=held.get(source.name, (0, 0))[1],
                body=declarations.bodies.name(source.organisation),
            )
            for source in declarations.sources.source
            if source.state != "retired"
        )

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


def _conflict(verdict: documents.Verdict | None) -> bool:
    return verdict is not None and verdict.outcome == "conflict"
