"""Overlaps and gaps: what others do that bears on each strand, and where each strand stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.assess.evidence import Evidence, evidence_of
from kb.assess.outcomes import quiet
from kb.assess.page_changes import pages_say_else
from kb.assess.positions import NEAR, PRINTED, Counted, Position, by_role
from kb.assess.prompts import Prompt, prompt
from kb.declare.offer import Strand
from kb.errors import Unknown
from kb.keep.decisions import DESK_RESEARCH, Basis
from kb.keep.documents import CONFLICT
from kb.keep.register import Judgement
from kb.table import Table, column, nested
from kb.workspace.indexing import KIND_OF_BODY
from kb.workspace.snapshot import Snapshot, part

CAVEAT = "Positions count initiatives; they say nothing of quality, take-up or results."
NO_SUM = "the rows do not add up"
A_PROPOSAL = "a proposal"
LEVELS = (*NEAR, CONFLICT)  # in the order listed


@dataclass(frozen=True)
class Overlap:
    """What an initiative of others is to a strand."""

    strand: str = column("The key of a strand of the offer.", narrow=True)
    initiative: str = column("The slug of the initiative, which stays.", narrow=True)
    title: str = column("Its name.")
    organisation: str = column("Who runs or publishes it.")
    level: str = column(
        "How it lies to the strand: duplicates, overlaps, complements, conflict.", narrow=True
    )
    basis: Basis = column("confirmed: a person quoted a passage; proposed: nobody has yet.")
    quote: str | None = column("The passage that the decision is pinned to.")
    url: str | None = column("Its address.")
    counted: bool = column("True where it counts for the position.", narrow=True)
    why_not_counted: str | None = column(
        "Why it does not count for the position.", narrow=3, inside=True
    )
    role: str | None = column("What it is to the board of a trust, by the code book.")
    reach: str | None = column("Who may take it up, by the code book.")
    recheck: str | None = column(
        "Why it is to be re-checked, since when: what it rests on has moved.", narrow=2
    )
    would_become: Position | None = column(
        "The position of the strand if the assessment fell, where that is another."
    )
    quiet: str | None = column("Why the initiative seems to have gone quiet.")
    says_else: str | None = column("What became of its pages since a person looked at them.")
    made_by: str = column("Who made the assessment.", inside=True)
    made_at: datetime = column("When the assessment was made.")


@dataclass(frozen=True)
class Gap:
    """Where a strand stands."""

    strand: str = column("The key of a strand of the offer.", narrow=True)
    name: str = column("What it is called.", inside=True)
    position: Position = column("Where the strand stands by confirmed assessments.", narrow=True)
    if_proposals: Position = column("The position if all proposals held.", narrow=True, inside=True)
    duplicates: int = column("Families counted that offer the same.", narrow=3)
    overlaps: int = column("Families counted that come close.", narrow=3)
    complements: int = column("Families counted that go together with the strand.", narrow=3)
    duties: int = column("What tells trusts to do something; never counted.")
    examples: int = column("What single bodies do for themselves; never counted.")
    own: int = column("Our own work; never counted.")
    recheck: int = column("How many decisions rest on what has moved.")
    without_recheck: Position | None = column(
        "The position without what is to be re-checked, where that is another."
    )
    need: str | None = column("What boards said that they want, with year and base.", inside=True)
    grade: str = column(
        "How well we looked, A to D, before we say that nothing was found.", narrow=2
    )
    unscreened: int = column("Pages that wait for a person and suggest the strand.", inside=True)
    prompt: Prompt = column("What to consider, made by rule.", inside=True)
    with_: list[str] = column("The bodies behind what counts or would.", inside=True)
    proposed: int = column("Families that would count too if all proposals held.", inside=True)


@dataclass(frozen=True)
class CellGap:
    """Where a strand stands by the initiatives with one code alone."""

    facet: str = column("The facet of the code book.")
    code: str = column("The code.")
    gap: Gap = nested()


def overlaps(
    snapshot: Snapshot, strand: str | None = None, *, region: str = "England", offer: str = ""
) -> Table[Overlap]:
    """What others do that bears on the strands, counted or not, and why not."""
    return _overlaps(snapshot, strand, region, offer)


@part
def _overlaps(snapshot: Snapshot, strand: str | None, region: str, offer: str) -> Table[Overlap]:
    evidence = evidence_of(snapshot, region, offer)
    whole = evidence.declarations.offer
    rows: list[Overlap] = []
    for each in [whole.get(strand)] if strand else whole.strand:
        of_strand = [
            _overlap(evidence, each, number, judgement)
            for number, judgement in evidence.by_strand[each.key].items()
            if not evidence.is_own(number) and judgement.outcome in LEVELS
        ]
        rows += sorted(of_strand, key=_order)
    return Table("overlaps", Overlap, rows, (*evidence.marks, CAVEAT))


def _order(row: Overlap) -> tuple[bool, int, str]:
    return not row.counted, LEVELS.index(row.level), row.title.casefold()


def _overlap(evidence: Evidence, strand: Strand, number: int, judgement: Judgement) -> Overlap:
    initiative, leading = evidence.register[number], judgement.leading
    reason = why_not_counted(evidence, strand, number, judgement)
    cause = evidence.causes.get((number, strand.key))
    return Overlap(
        strand=strand.key,
        initiative=initiative.slug,
        title=initiative.profile.title,
        organisation=initiative.profile.organisation,
        level=judgement.outcome,
        basis=leading.basis,
        quote=evidence.snapshot.quoted(leading.quote, leading.revision),
        url=initiative.profile.url,
        counted=not reason,
        why_not_counted=reason or None,
        role=initiative.code("role"),
        reach=initiative.code("reach"),
        recheck=cause.words if cause else None,
        would_become=would_become(evidence, strand, {number}) if cause else None,
        quiet=quiet(evidence.snapshot).get(number),
        says_else=pages_say_else(evidence.snapshot).get(initiative.slug),
        made_by="desk research" if leading.person == DESK_RESEARCH else leading.person,
        made_at=evidence.snapshot.acts[leading.made].at,
    )


def would_become(
    evidence: Evidence, strand: Strand, fallen: Collection[int], only: Collection[int] | None = None
) -> Position | None:
    """The position if what was said of those initiatives fell; None where it stays."""
    now = evidence.position(strand, evidence.levels(strand.key, proposals=False), only)
    after = evidence.position_without(strand, fallen, only)
    return after if after != now else None


def why_not_counted(evidence: Evidence, strand: Strand, number: int, judgement: Judgement) -> str:
    """Why what holds of the pair does not count for the position; "" if it does."""
    if judgement.outcome == CONFLICT:
        return "people differ"
    excluded = evidence.exclusion_reasons[strand.key][number]
    return excluded or ("" if judgement.confirmed else A_PROPOSAL)


def gaps(snapshot: Snapshot, *, region: str = "England", offer: str = "") -> Table[Gap]:
    """Where each strand stands, and where it would if all proposals held."""
    evidence = evidence_of(snapshot, region, offer)
    return gaps_of(evidence, evidence.strands)


def gaps_of(evidence: Evidence, strands: Sequence[Strand]) -> Table[Gap]:
    """The same for those strands, of evidence that is at hand."""
    rows = [_gap(evidence, strand) for strand in strands]
    shown = {position for row in rows for position in (row.position, row.if_proposals)}
    legend = tuple(f"{each}: {PRINTED[each]}" for each in Position if each in shown)
    return Table("gaps", Gap, rows, (*evidence.marks, *legend, CAVEAT))


def gaps_by(
    snapshot: Snapshot,
    facet: str,
    *,
    region: str = "England",
    offer: str = "",
    topics: bool = False,
) -> Table[CellGap]:
    """A row a code of the facet and strand, of the initiatives with that code alone.

    By region or kind of organisation the grade is of the sources of those bodies alone. With
    `topics` only strands that are topics. Raises Unknown if the facet does not exist.
    """
    evidence = evidence_of(snapshot, region, offer)
    strands = [each for each in evidence.strands if not topics or each.axis == "topic"]
    rows = [
        CellGap(facet, code, _gap(evidence, strand, only, evidence.bodies_in(facet, code)))
        for code, only in coded(evidence, facet).items()
        for strand in strands
    ]
    adds_up = facet in (*evidence.declarations.book.facets.one, KIND_OF_BODY)
    notes = () if adds_up else (f"an initiative may have several codes of {facet}: {NO_SUM}",)
    return Table("gaps_by", CellGap, rows, (*evidence.marks, *notes, CAVEAT))


def _gap(
    evidence: Evidence,
    strand: Strand,
    only: Collection[int] | None = None,
    bodies: Collection[str] | None = None,
) -> Gap:
    confirmed = _within(evidence.levels(strand.key, proposals=False), only)
    supposed = _within(evidence.levels(strand.key, proposals=True), only)
    counted = evidence.counted(strand, confirmed)
    likely = counted if supposed == confirmed else evidence.counted(strand, supposed)
    roles = by_role(confirmed, evidence.candidates, ("requirement", "practice"))
    grade = evidence.searched_in(strand.key, bodies).grade
    position = evidence.position(strand, confirmed, only, grade, counted)
    waiting = evidence.waiting.get(strand.key, ())
    stale = [n for n, key in evidence.causes if key == strand.key and (only is None or n in only)]
    remaining = {number: level for number, level in confirmed.items() if number not in stale}
    sound = evidence.counted(strand, remaining) if stale else counted
    without = evidence.position(strand, remaining, only, grade, sound) if stale else position
    return Gap(
        strand=strand.key,
        name=strand.name,
        position=position,
        if_proposals=evidence.position(strand, supposed, only, grade, likely),
        without_recheck=without if without != position else None,
        duplicates=counted.number("duplicates"),
        overlaps=counted.number("overlaps"),
        complements=counted.number("complements"),
        duties=len(roles["requirement"]),
        examples=len(roles["practice"]),
        own=evidence.own_by_strand[strand.key],
        recheck=len(stale),
        need="; ".join(need.words for need in strand.need) or None,
        grade=grade,
        unscreened=len(waiting),
        prompt=prompt(
            position,
            grade=grade,
            needs=[need.says for need in strand.need],
            names=[
                name if name in _bodies(sound) else f"{name} (to be looked at again)"
                for name in _bodies(counted)
            ],
            waiting=waiting,
        ),
        with_=_bodies(likely),
        proposed=max(0, likely.total - counted.total),
    )


def _within(levels: Mapping[int, str], only: Collection[int] | None) -> dict[int, str]:
    return {n: level for n, level in levels.items() if only is None or n in only}


def _bodies(counted: Counted) -> list[str]:
    """The bodies behind what counts or would, duplicates and overlaps before complements."""
    near = {name for level in ("duplicates", "overlaps") for name in counted.bodies(level)}
    return sorted(near or counted.bodies("complements"))


def coded(evidence: Evidence, facet: str) -> dict[str, set[int]]:
    """Each code of a facet, in the order of the code book, with the initiatives that have it.

    Raises Unknown if the facet does not exist.
    """
    book = evidence.declarations.book
    known = [*book.facets.one, *book.facets.many, KIND_OF_BODY]
    if facet not in known:
        raise Unknown("facet", facet, known, where="the code book")
    numbers: dict[str, set[int]] = {code: set() for code in book.codes[facet]}
    for number, initiative in evidence.register.items():
        kind = initiative.profile.organisation_kind
        codes = [kind] if facet == KIND_OF_BODY else initiative.codes(facet)
        for code in codes:
            numbers.setdefault(code, set()).add(number)
    return numbers
