"""Evidence: what positions are counted from, of one snapshot, one offer and one place."""

from collections.abc import Collection, Mapping
from functools import cached_property

from kb.assess.causes import Cause
from kb.assess.ground import Ground
from kb.assess.judgements import judgements_of, lineage_of
from kb.assess.lineage import Lineage
from kb.assess.offers import offer_from_file
from kb.assess.positions import (
    Candidate,
    Counted,
    CountingRules,
    Position,
    count_by,
    exclusion_reason,
    position,
    share,
)
from kb.assess.searched import Searched, SearchedSource, searched
from kb.contract import normalised
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.keep import documents, runs
from kb.keep.decisions import RelationKind
from kb.keep.documents import CONFLICT
from kb.keep.register import Judgement, StoredInitiative
from kb.screen import derive
from kb.screen.inbox import waiting
from kb.text.strand_terms import StrandTerms
from kb.workspace.indexing import KIND_OF_BODY
from kb.workspace.snapshot import Snapshot, part


class Evidence:
    """What a snapshot holds for the strands of an offer; each part is made when asked for."""

    def __init__(self, snapshot: Snapshot, region: str, offer_file: str) -> None:
        self.snapshot = snapshot
        self.region = region
        self.marks: tuple[str, ...]
        self.declarations: Declarations
        if offer_file:
            self.declarations = offer_from_file(snapshot, offer_file)
            self.marks = (f"what if: the offer were {offer_file}",)
        else:
            self.declarations, self.marks = snapshot.declarations, snapshot.marks
        self.register = snapshot.register
        book = self.declarations.book
        self.rules = CountingRules(
            book,
            self.declarations.offer.positions,
            snapshot.moment.day,
            book.check("region", region),
        )

    @property
    def strands(self) -> tuple[Strand, ...]:
        """The strands of the offer, in the order shown."""
        return self.declarations.offer.strand

    @cached_property
    def lineage(self) -> Lineage:
        """What became of earlier strands."""
        return lineage_of(self.snapshot.reading, self.declarations.offer)

    @cached_property
    def judgements(self) -> dict[tuple[int, str], Judgement]:
        """(initiative, strand) to what holds, under the names that strands have now."""
        return judgements_of(self.snapshot.reading, self.lineage)

    @cached_property
    def candidates(self) -> dict[int, Candidate]:
        """What counting needs to know of each initiative."""
        contested = {
            number
            for number, pages in self.snapshot.pages_of.items()
            if all(self._is_contested(page.id) for page in pages)
        }
        return {
            number: _candidate(each, self.declarations, contested=number in contested)
            for number, each in self.register.items()
        }

    def _is_contested(self, document: int) -> bool:
        verdict = self.snapshot.verdicts.get(document)
        return verdict is not None and verdict.outcome == CONFLICT

    @cached_property
    def by_strand(self) -> dict[str, dict[int, Judgement]]:
        """Strand to the initiatives that were assessed against it, with what holds."""
        assessed: dict[str, dict[int, Judgement]] = {strand.key: {} for strand in self.strands}
        for (number, key), judgement in self.judgements.items():
            if key in assessed and number in self.register:
                assessed[key][number] = judgement
        return assessed

    @cached_property
    def confirmed(self) -> list[Judgement]:
        """What a person confirmed of others' work and a strand of the offer, of any level.

        A pair counts once, however many people confirmed it, and with `no-overlap` too.
        """
        return [each for each in self._of_others if each.confirmed]

    @cached_property
    def proposed(self) -> list[Judgement]:
        """What was said of others' work and a strand of the offer, and nobody has confirmed.

        Where people differ there is a conflict to be settled first.
        """
        return [each for each in self._of_others if not each.confirmed and each.outcome != CONFLICT]

    @cached_property
    def _of_others(self) -> list[Judgement]:
        return [
            judgement
            for judgements in self.by_strand.values()
            for number, judgement in judgements.items()
            if not self.is_own(number)
        ]

    @cached_property
    def exclusion_reasons(self) -> dict[str, dict[int, str]]:
        """Strand to the initiatives assessed against it, with why each does not count, or ""."""
        return {
            strand.key: {
                number: exclusion_reason(self.candidates[number], strand, self.rules)
                for number in self.by_strand[strand.key]
            }
            for strand in self.strands
        }

    @cached_property
    def _terms(self) -> StrandTerms:
        return StrandTerms(self.declarations.offer)

    @cached_property
    def _suggested_by(self) -> dict[int, list[str]]:
        """Initiative to the strands that its own words, means and audience point to."""
        return {
            number: self._terms.strands(f"{each.profile.title}\n{each.profile.summary}", each.tags)
            for number, each in self.register.items()
        }

    @cached_property
    def own_by_strand(self) -> dict[str, int]:
        """Strand to how many works of our own point to it."""
        own = [self._suggested_by[number] for number in self.register if self.is_own(number)]
        return {strand.key: sum(strand.key in keys for keys in own) for strand in self.strands}

    def is_own(self, number: int) -> bool:
        """True for an initiative that is our own organisation's work."""
        return self.candidates[number].own

    @cached_property
    def suggested(self) -> dict[str, list[int]]:
        """Strand to the initiatives of others that suggest it, or that somebody assessed."""
        return {
            strand.key: [
                number
                for number in self.register
                if not self.is_own(number)
                and (
                    strand.key in self._suggested_by[number] or number in self.by_strand[strand.key]
                )
            ]
            for strand in self.strands
        }

    @cached_property
    def waiting(self) -> Mapping[str, tuple[str, ...]]:
        """Strand to the pages that wait and suggest it, the likeliest first."""
        pages = [each.page for each in waiting(self.snapshot)]
        return derive.by_strand(self.snapshot, self.declarations.offer, pages)

    @cached_property
    def ground(self) -> Ground:
        """What was said rests on this, and what of it has moved."""
        return Ground(self.snapshot, self.lineage, self.judgements)

    @cached_property
    def causes(self) -> dict[tuple[int, str], Cause]:
        """(initiative, strand) to why what holds of it is to be re-checked; none where it holds.

        Our own work is not among them: no position rests on it.
        """
        causes = {}
        for strand in self.strands:
            for number, judgement in self.by_strand[strand.key].items():
                cause = self.ground.cause(number, strand, judgement.leading)
                if cause and not self.is_own(number):
                    causes[number, strand.key] = cause
        return causes

    def position_without(
        self, strand: Strand, fallen: Collection[int], only: Collection[int] | None = None
    ) -> Position:
        """Where the strand would stand if what was said of those initiatives fell."""
        levels = self.levels(strand.key, proposals=False)
        remaining = {number: level for number, level in levels.items() if number not in fallen}
        return self.position(strand, remaining, only)

    @cached_property
    def _sources(self) -> tuple[SearchedSource, ...]:
        """What is known of each source that is not retired."""
        snapshot, declarations = self.snapshot, self.declarations
        last_ok = runs.last_ok(snapshot.reading)
        counts = documents.counts_by_source(snapshot.reading)
        addresses = documents.addresses_met(snapshot.reading)
        by_hand = snapshot.manual_searches
        sources = []
        for source in declarations.sources.source:
            if source.state == "retired":
                continue
            run, search = last_ok.get(source.name), by_hand.get(source.name)
            count, without_text = counts.get(source.name, (0, 0))
            sources.append(
                SearchedSource(
                    covers=frozenset(now for key in source.covers for now in self._covered(key)),
                    every_days=source.every_days,
                    last_ok=run.started.date() if run else search.on if search else None,
                    must_find=tuple(normalised(url) in addresses for url in source.must_find),
                    documents=count,
                    without_text=without_text,
                    body=declarations.bodies.name(source.organisation),
                )
            )
        return tuple(sources)

    def _covered(self, key: str) -> list[str]:
        """The strands of now that a source covers by that name; `all` is all."""
        return [key] if key == "all" else self.lineage.now(key)

    def searched_in(self, strand: str, bodies: Collection[str] | None = None) -> Searched:
        """How well a strand was looked for; in the sources of those bodies, if any are named."""
        sources = [each for each in self._sources if bodies is None or each.body in bodies]
        grades = self.declarations.offer.grades
        return searched(sources, strand, grades=grades, today=self.rules.today)

    @cached_property
    def grades(self) -> dict[str, str]:
        """Strand to its search grade."""
        return {strand.key: self.searched_in(strand.key).grade for strand in self.strands}

    def bodies_in(self, facet: str, code: str) -> set[str] | None:
        """The bodies whose sources a cell rests on: of that kind, or at work in that region.

        None for other facets: whoever publishes may publish of any code.
        """
        bodies = self.declarations.bodies
        if facet == KIND_OF_BODY:
            return {body.name for body in bodies.body if body.kind == code}
        if facet == "region":
            return {
                bodies.name(each.profile.organisation)
                for each in self.register.values()
                if code in each.codes("region")
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
            thresholds=self.rules.thresholds,
            # Where people differ nothing is decided, so nothing is assessed.
            assessed_share=share(suggesting, [n for n in levels if levels[n] != CONFLICT]),
            grade=grade or self.grades[strand.key],
        )

    def counted(self, strand: Strand, levels: Mapping[int, str]) -> Counted:
        """What counts for the strand, of those levels."""
        return count_by(levels, self.candidates, self.exclusion_reasons[strand.key])

    def levels(self, strand: str, *, proposals: bool) -> dict[int, str]:
        """Initiative to the level that holds: confirmed ones, and proposals if asked for."""
        return {
            number: judgement.outcome
            for number, judgement in self.by_strand[strand].items()
            if proposals or judgement.confirmed
        }


def evidence_of(snapshot: Snapshot, region: str = "England", offer_file: str = "") -> Evidence:
    """What positions are counted from; with a file, as if that were the accepted offer."""
    return _evidence(snapshot, region, offer_file)


@part
def _evidence(snapshot: Snapshot, region: str, offer_file: str) -> Evidence:
    return Evidence(snapshot, region, offer_file)


def _candidate(
    initiative: StoredInitiative, declarations: Declarations, *, contested: bool
) -> Candidate:
    profile = initiative.profile
    body = declarations.bodies.name(profile.organisation)
    heads = initiative.relations.get(RelationKind.part_of, [])
    return Candidate(
        id=initiative.id,
        body=body,
        own=body in declarations.ours,
        role=initiative.code("role"),
        reach=initiative.code("reach"),
        status=initiative.code("status"),
        effect=initiative.code("effect"),
        kind=initiative.code("kind"),
        audience=frozenset(initiative.codes("audience")),
        means=frozenset(initiative.codes("means")),
        regions=tuple(initiative.codes("region")),
        started=profile.started,
        status_seen=profile.status_seen,
        head=heads[0] if heads else None,
        adopter=bool(initiative.relations.get(RelationKind.adopts)),
        contested=contested,
    )
