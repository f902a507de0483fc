"""Everything that lists of assessments rest on, read at one act."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
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
from kb.base.assessing import outlines_of
from kb.base.indexing import KIND_OF_BODY
from kb.base.offering import Offers
from kb.base.screening import Screens
from kb.contract import normalised
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.keep import bearings, documents, outlines, register
from kb.keep.acts import Act
from kb.keep.forgetting import REMOVED
from kb.keep.found import Looked, Outcome, Run
from kb.keep.outlines import Outline, Text
from kb.keep.register import Entry, Judgement
from kb.keep.said import Assessment, Basis, Kinship
from kb.keep.store import Reading, Store

READ_CHARACTERS = 5_000  # what a page bears on is said early
OVER = ("ended", "superseded")


class Texts:
    """The texts of pages, read when they are asked for: they are long, and few are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.known: dict[int, str] = {}  # by revision, of which none changes

    def of(self, pages: Iterable[Outline]) -> list[str]:
        """The text of each page."""
        asked = list(pages)
        self.load(asked)
        return [self.known[page.revision] for page in asked]

    def load(self, pages: Iterable[Outline]) -> None:
        """Reads those texts at once that were not read before."""
        wanted = {page.revision for page in pages} - self.known.keys()
        if wanted:
            with self._store.reading() as reading:
                found = outlines.texts(reading, sorted(wanted))
            self.known |= {revision: said.text for revision, said in found.items()}


@dataclass(frozen=True)
class Ranked:
    """Everything a list of assessments rests on, read at one act."""

    declarations: Declarations
    entries: Mapping[int, Entry]
    judgements: Mapping[tuple[int, str], Judgement]
    candidates: Mapping[int, Candidate]
    ground: Ground
    acts: Mapping[int, Act]
    pages: Mapping[int, list[Outline]]  # initiative to the pages it stands on
    texts: Texts
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
        if entry.code("status") in OVER and row.made <= entry.coded_at.get("status", 0):
            return f"initiative {entry.code('status')}"
        if entry.succeeded_at and row.made <= entry.succeeded_at:
            return "initiative superseded"
        changed = self.lineage.cause(row.strand, row.strand_version, strand)
        if changed or not row.quote:
            return changed
        return self.quote_cause(number, row.quote, row.revision)

    def quote_cause(self, number: int, quote: str, revision: int | None) -> str | None:
        """Why a quote from an initiative's pages no longer holds; None where it does."""
        pages = self.pages.get(number, [])
        if not pages:
            return "page gone"
        if quote == REMOVED:  # what was forgotten is no ground, though it still reads so
            return "quote gone"
        if any(page.revision == revision for page in pages):
            return None  # it stands on the very version it was taken from
        if not any(quotes.locate(quote, text) for text in self.texts.of(pages)):
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
        counted: Counted | None = None,
    ) -> Position:
        """Where the strand stands by those levels, counted here unless that was done.

        Of the initiatives in `only` alone, if any are named, and by the `grade` of their cell.
        """
        suggesting = self.suggested[strand.key]
        if only is not None:
            levels = {number: level for number, level in levels.items() if number in only}
            suggesting = [number for number in suggesting if number in only]
        return position(
            self.counted(strand, levels) if counted is None else counted,
            thresholds=self.ground.thresholds,
            # Where people differ nothing is decided, so nothing is assessed.
            assessed_share=share(suggesting, [n for n in levels if levels[n] != "conflict"]),
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
        day: date | None = None,
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
            pages = outlines_of(reading)
            judgements = self.judgements(reading, lineage)
            verdicts = documents.verdicts(reading)
            contested = {
                number
                for number, held in pages.items()
                if held and all(_conflict(verdicts.get(each.id)) for each in held)
            }
            return Ranked(
                declarations=declarations,
                entries=entries,
                judgements=judgements,
                candidates={
                    number: candidate_of(entry, declarations, contested=number in contested)
                    for number, entry in entries.items()
                },
                ground=Ground(
                    book,
                    declarations.offer.positions,
                    day or self.today(at),
                    book.check("region", region),
                ),
                acts={act.id or 0: act for act in reading.acts()},
                pages=pages,
                texts=self._texts(reading, pages, judgements),
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
        waiting = [
            each.page for each in self.waiting(reading, declarations.lexicon.inbox.threshold)
        ]
        borne = bearings.of(reading, suggester.version)
        lacking = [page.revision for page in waiting if page.revision not in borne]
        borne |= borne_on(suggester, outlines.texts(reading, lacking))
        found: dict[str, list[str]] = {strand.key: [] for strand in declarations.offer.strand}
        for page in waiting:
            for key in borne[page.revision]:
                found[key].append(f"d{page.id}")
        return {key: tuple(names) for key, names in found.items()}

    def _texts(
        self,
        reading: Reading,
        pages: Mapping[int, list[Outline]],
        judgements: Mapping[tuple[int, str], Judgement],
    ) -> Texts:
        """The texts, those read already in which a quote is to be looked for."""
        found = Texts(self.store)
        moved = {
            number
            for (number, _), judgement in judgements.items()
            if judgement.leading.quote
            and all(page.revision != judgement.leading.revision for page in pages.get(number, []))
        }
        found.known |= {
            revision: said.text
            for revision, said in outlines.texts(
                reading, [page.revision for number in moved for page in pages.get(number, [])]
            ).items()
        }
        return found

    def bear(self) -> int:
        """Keeps which strands each page that could wait bears on, by the offer; how many."""
        suggester = Suggester(self.declarations.offer)
        threshold = self.declarations.lexicon.inbox.threshold
        with self.store.reading() as reading:
            borne = bearings.of(reading, suggester.version)
            lacking = [
                page.revision
                for page in outlines.outlines(reading)
                if (page.score or 0.0) >= threshold and page.revision not in borne
            ]
        if lacking:
            with self.writing("rescore") as writing:
                for some in outlines.batches(lacking):
                    made = borne_on(suggester, outlines.texts(writing, some))
                    bearings.keep(writing, made, version=suggester.version)
        return len(lacking)

    def _marks(self, at: int | None) -> tuple[str, ...]:
        return self.marked() if at is None else ()


def borne_on(suggester: Suggester, texts: Mapping[int, Text]) -> dict[int, list[str]]:
    """Revision to the strands whose terms stand in its title, summary or first pages."""
    return {
        revision: suggester.strands(
            f"{said.title}\n{said.summary}\n{said.text[:READ_CHARACTERS]}", {}
        )
        for revision, said in texts.items()
    }


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
