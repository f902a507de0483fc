"""The briefing: what a board reads of one snapshot.

Every number in it is in the lists that `kb export` writes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kb.assess.changes import Moved, moved_since
from kb.assess.evidence import evidence_of
from kb.assess.gaps import Gap, Overlap, gaps_of, overlaps
from kb.assess.outcomes import Worked, worked
from kb.declare.declarations import Declarations
from kb.declare.offer import Strand
from kb.report.evidence_map import Scanned, scanned, seen_on
from kb.report.lists import RunRow, SourceRow, runs_list, sources
from kb.screen.agreement import Agreement, agreement
from kb.table import Table
from kb.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class Brief:
    """What a briefing is written from, all of one snapshot."""

    day: date
    since: date | None
    region: str
    declarations: Declarations
    strands: Sequence[Strand]
    marks: tuple[str, ...]
    gaps: Table[Gap]
    overlaps: Table[Overlap]
    worked: Table[Worked]
    sources: Table[SourceRow]
    runs: Table[RunRow]
    agreement: Table[Agreement]
    moved: Table[Moved] | None
    scanned: Scanned
    seen: dict[tuple[str | None, str], date | None]  # strand and initiative to when it was seen


def brief(
    snapshot: Snapshot, *, strand: str = "", since: date | None = None, region: str = "England"
) -> Brief:
    """What a briefing is written from; of one strand alone if one is named.

    With `since` it says what moved since the end of that day. Raises Unknown if the strand does
    not exist.
    """
    evidence = evidence_of(snapshot, region)
    offer = evidence.declarations.offer
    strands = [offer.get(strand)] if strand else list(offer.strand)
    every = overlaps(snapshot, region=region).rows
    ids = {each.slug: number for number, each in snapshot.register.items()}
    return Brief(
        day=snapshot.moment.day,
        since=since,
        region=region,
        declarations=evidence.declarations,
        strands=strands,
        marks=evidence.marks,
        gaps=gaps_of(evidence, strands),
        overlaps=overlaps(snapshot, strand or None, region=region),
        worked=worked(snapshot, strand or None),
        sources=sources(snapshot),
        runs=runs_list(snapshot),
        agreement=agreement(snapshot),
        moved=moved_since(snapshot, since) if since else None,
        scanned=scanned(snapshot),
        seen={
            (row.strand, row.initiative): seen_on(evidence, ids[row.initiative], row.strand)
            for row in every
        },
    )
