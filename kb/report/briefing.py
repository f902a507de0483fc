"""What a briefing is written from, all of one snapshot.

Every number in it is in the lists that `kb export` writes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kb.assess.changes import Moved, moved_since, since_the_first_act
from kb.assess.evidence import evidence_of
from kb.assess.gaps import Gap, Overlap, gaps, gaps_of, overlaps
from kb.assess.outcomes import Worked, worked
from kb.assess.positions import Position
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.keep.decisions import Basis
from kb.keep.documents import CONFLICT
from kb.report.audience import Audience
from kb.report.evidence_map import Scanned, scanned, seen_on
from kb.report.lists import RunRow, SourceRow, runs_list, sources
from kb.screen.agreement import Agreement, agreement
from kb.screen.flow import FlowStep, flow
from kb.table import Table
from kb.workspace.snapshot import Snapshot, snapshot


@dataclass(frozen=True)
class Moves:
    """What moved since a day: rows with their causes, and where strands stood before."""

    since: date
    note: str  # that the day asked for was before the beginning; "" where it was not
    rows: Sequence[Moved]
    positions: Mapping[str, Position]  # strand to its position at the end of that day


@dataclass(frozen=True)
class Brief:
    """What a briefing is written from."""

    audience: Audience
    with_offer: bool  # True where its wording may be seen
    day: date
    region: str
    declarations: Declarations
    strands: Sequence[Strand]
    names: Mapping[str, str]  # strand to what it is called
    marks: tuple[str, ...]
    gaps: Table[Gap]
    overlaps: Table[Overlap]
    worked: Table[Worked]
    sources: Table[SourceRow]
    runs: Table[RunRow]
    agreement: Table[Agreement]
    flow: Table[FlowStep]
    moves: Moves | None
    scanned: Scanned
    titles: Mapping[str, str]  # slug to the name of an initiative
    summaries: Mapping[str, str]  # slug to what an initiative is, in a sentence or two
    seen: Mapping[tuple[str | None, str], date | None]  # strand and initiative to when it was seen


def brief(
    snapshot: Snapshot,
    *,
    strand: str = "",
    since: date | None = None,
    region: str = "England",
    audience: Audience = Audience.board,
    with_offer: bool = False,
) -> Brief:
    """What a briefing is written from; of one strand alone if one is named.

    With `since` it says what moved since the end of that day; one before the beginning means the
    beginning. Raises Unknown if the strand does not exist, Refused for a day to come.
    """
    evidence = evidence_of(snapshot, region)
    offer = evidence.declarations.offer
    strands = [offer.get(strand)] if strand else list(offer.strand)
    with_offer = with_offer or not audience.outside
    every = overlaps(snapshot, strand or None, region=region)
    rows = [row for row in every.rows if not audience.outside or is_settled(row)]
    ids = {each.slug: number for number, each in snapshot.register.items()}
    results = worked(snapshot, strand or None)
    if audience.outside:  # that an initiative is merely proposed for a strand is not told outside
        known = {(row.strand, row.initiative) for row in rows}
        told = [
            row if (row.strand, row.initiative) in known else replace(row, strand=None)
            for row in results.rows
        ]
        results = replace(results, rows=list(dict.fromkeys(told)))
    return Brief(
        audience=audience,
        with_offer=with_offer,
        day=snapshot.moment.day,
        region=evidence.rules.region,
        declarations=evidence.declarations,
        strands=strands,
        names={each.key: strand_name(each, with_offer) for each in offer.strand},
        marks=() if audience.outside else evidence.marks,
        gaps=gaps_of(evidence, strands),
        overlaps=replace(every, rows=rows),
        worked=results,
        sources=sources(snapshot),
        runs=runs_list(snapshot),
        agreement=agreement(snapshot),
        flow=flow(snapshot),
        moves=_moves(snapshot, since) if since and not audience.outside else None,
        scanned=scanned(snapshot),
        titles={each.slug: each.profile.title for each in snapshot.register.values()},
        summaries={each.slug: each.profile.summary for each in snapshot.register.values()},
        seen={
            (row.strand, row.initiative): seen_on(evidence, ids[row.initiative], row.strand)
            for row in rows
        },
    )


def is_settled(row: Overlap) -> bool:
    """True for what a person confirmed and nobody contests: that staff differ is their affair."""
    return row.basis == Basis.confirmed and row.level != CONFLICT


def strand_name(strand: Strand, with_offer: bool) -> str:
    """What a strand is called; outside the house its key in words."""
    return strand.name if with_offer else strand.key.replace("-", " ").capitalize()


def _moves(after: Snapshot, since: date) -> Moves:
    begun, note = since_the_first_act(after.workspace, since)
    if begun is None:
        return Moves(since, note, (), {})
    with snapshot(after.workspace, after.workspace.moment(begun)) as before:
        positions = {row.strand: row.position for row in gaps(before).rows}
    return Moves(begun, note, moved_since(after, begun).rows, positions)
