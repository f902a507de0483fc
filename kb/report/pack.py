"""A pack: what leaves the house, as one of three readers may see it, in one archive with a
manifest: the same bytes for the same input, which can be verified.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from kb.assess.evidence import evidence_of
from kb.assess.gaps import Overlap, gaps, overlaps
from kb.assess.outcomes import worked
from kb.keep.crawled import Revision
from kb.keep.decisions import Basis
from kb.keep.documents import CONFLICT
from kb.report.briefing import Brief, brief
from kb.report.evidence_map import EvidenceMap, MapInitiative, evidence_map
from kb.report.lists import initiatives, sources
from kb.table import Table, cells, column, columns_of
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import parse_enum

# Who acted, for readers outside.
IN_PLACE_OF_A_NAME = "policy officer"
OFFER_WORDING = {"gaps": ["name", "need"]}
MOST_QUOTED = 300


class Audience(StrEnum):
    """Who a pack is for."""

    board = "board"
    partner = "partner"
    public = "public"


@dataclass(frozen=True)
class Capture:
    """What an assessment rests on: address, day and hash of what was received."""

    strand: str = column("The key of a strand of the offer.")
    initiative: str = column("The slug of the initiative, which stays.")
    url: str | None = column("Its address.")
    fetched_at: datetime | None = column("When the page was fetched.")
    sha256: str | None = column("The hash of its body as received.")


@dataclass(frozen=True)
class ListFile:
    """A list as it goes into a file: its columns, and its rows as column to value."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Pack:
    """Everything that goes into one pack."""

    audience: Audience
    day: date
    lists: Mapping[str, ListFile]
    captures: Sequence[Capture]
    map: EvidenceMap
    brief: Brief | None  # for the board alone


def pack(snapshot: Snapshot, audience: Audience | str, *, with_offer: bool = False) -> Pack:
    """The lists, the map and, for the board, the briefing, all of one snapshot.

    Partners and the public get what is confirmed alone, without reasons, names of staff and the
    wording of the offer; `with_offer` adds the last. Raises Unknown for another reader.
    """
    reader = parse_enum(Audience, audience, where="kb pack")
    outside = reader != Audience.board
    settled = [row for row in overlaps(snapshot).rows if not outside or _is_settled(row)]
    tables: dict[str, Table[Any]] = {
        "gaps": gaps(snapshot),
        "overlaps": replace(overlaps(snapshot), rows=settled),
        "initiatives": initiatives(snapshot),
        "worked": worked(snapshot),
        "sources": sources(snapshot),
    }
    captures = _captures(snapshot, settled)
    content = evidence_map(snapshot)
    if outside:
        sheets = {name: _outside(name, table, with_offer) for name, table in tables.items()}
        content = _map_outside(content, with_offer)
    else:
        sheets = {name: ListFile(table.columns, table.cells()) for name, table in tables.items()}
    captured = tuple(each.name for each in columns_of(Capture))
    sheets["captures"] = ListFile(captured, [cells(row) for row in captures])
    return Pack(
        audience=reader,
        day=snapshot.moment.day,
        lists=sheets,
        captures=captures,
        map=content,
        brief=None if outside else brief(snapshot),
    )


def _is_settled(row: Overlap) -> bool:
    """True for what a person confirmed and nobody contests: that staff differ is their affair."""
    return row.basis == Basis.confirmed and row.level != CONFLICT


def _captures(snapshot: Snapshot, rows: Sequence[Overlap]) -> list[Capture]:
    """For each row of overlaps what it rests on."""
    judgements = evidence_of(snapshot).judgements
    ids = {each.slug: number for number, each in snapshot.register.items()}
    captures = []
    for row in rows:
        leading = judgements[ids[row.initiative], row.strand].leading
        revision = snapshot.reading.get(Revision, leading.revision)
        fetched_at = revision.fetched_at if revision else None
        sha256 = revision.body_sha256 if revision else None
        url = None if leading.revision in snapshot.told_on else row.url
        captures.append(Capture(row.strand, row.initiative, url, fetched_at, sha256))
    return captures


def _outside(name: str, table: Table[Any], with_offer: bool) -> ListFile:
    """The list as readers outside may see it."""
    wording = OFFER_WORDING.get(name, ()) if with_offer else ()
    known = columns_of(table.row)
    columns = [each.name for each in known if not each.inside or each.name in wording]
    rows = [{each: row[each] for each in columns} for row in table.cells()]
    for row in rows:
        if row.get("quote"):
            row["quote"] = str(row["quote"])[:MOST_QUOTED]
    if name == "worked":  # without its strand a result is said once
        rows = [row for at, row in enumerate(rows) if row not in rows[:at]]
    if name == "overlaps":
        columns.append("assessed_by")
        rows = [row | {"assessed_by": IN_PLACE_OF_A_NAME} for row in rows]
    return ListFile(columns, rows)


def _map_outside(content: EvidenceMap, with_offer: bool) -> EvidenceMap:
    """The map as readers outside may see it."""
    strands = [
        replace(
            strand,
            if_proposals=None,
            prompt="",
            name=strand.name if with_offer else strand.key.replace("-", " "),
            need=strand.need if with_offer else None,
        )
        for strand in content.strands
    ]
    shown = map(_initiative_outside, content.initiatives)
    return replace(
        content,
        strands=strands,
        initiatives=[each for each in shown if each.strands],
        title=content.title if with_offer else "Race equality initiatives",
        version=content.version if with_offer else "not shown",
        settled=True,
    )


def _initiative_outside(initiative: MapInitiative) -> MapInitiative:
    """With what is confirmed and uncontested alone, and without reasons."""
    confirmed = {
        key: replace(each, quote=(each.quote or "")[:MOST_QUOTED] or None, why_not=None)
        for key, each in initiative.strands.items()
        if each.basis == Basis.confirmed and each.level != CONFLICT
    }
    return replace(initiative, strands=confirmed)
