"""A pack: what leaves the house, as one of three readers may see it, all of one snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kb.assess.evidence import evidence_of
from kb.assess.gaps import Overlap, gaps, overlaps
from kb.assess.outcomes import worked
from kb.assess.positions import NEAR
from kb.errors import Unknown
from kb.keep.archive import records_at
from kb.keep.crawled import Revision
from kb.keep.decisions import Basis
from kb.report.annotations import annotations
from kb.report.audience import Audience
from kb.report.book import Book, Names, book_of, book_outside, names_of, sheet
from kb.report.briefing import Brief, brief, is_settled
from kb.report.evidence_map import EvidenceMap, MapInitiative, evidence_map
from kb.report.lists import initiatives, sources
from kb.report.web_archive import CapturedPage
from kb.table import Column, Table, column, columns_of
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import parse_enum

# Who acted, for readers outside.
IN_PLACE_OF_A_NAME = "policy officer"
OFFER_WORDING = {"gaps": ["name", "need"]}
MOST_QUOTED = 300
# What the public sees of a list: where strands stand, and the names of who bears on them.
PUBLIC: Mapping[str, tuple[str, ...]] = {
    "gaps": ("strand", "name", "position", "recheck", "without_recheck", "grade"),
    "overlaps": ("strand", "initiative", "title", "organisation", "url", "recheck"),
}
LEVELS_OUTSIDE, BEARS = NEAR, "bears on it"  # what the public's map says in place of a level
NOT_PUBLIC = ("worked", "captures")  # lists that are made of quotes


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

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Pack:
    """Everything that goes into one pack."""

    audience: Audience
    recipient: str  # the partner it is for; "" for any
    day: date
    title: str
    owner: str
    lists: Mapping[str, ListFile]
    book: Book
    map: EvidenceMap
    brief: Brief
    annotations: Sequence[Mapping[str, object]]
    captured: Sequence[CapturedPage]  # the pages behind confirmed quotes, where that was agreed
    note: str  # why there are no captures; "" where there are, or nobody expects them


def pack(
    snapshot: Snapshot, audience: Audience | str, *, with_offer: bool = False, recipient: str = ""
) -> Pack:
    """The lists, the workbook, the map and the paper.

    Partners and the public get what is confirmed alone, without reasons, names of staff and the
    wording of the offer; `with_offer` adds the last. The public sees no levels and no quotes. A
    recipient with whom captures were agreed gets the pages behind the quotes as they were
    received. Raises Unknown for another reader, and for a recipient that is no declared body.
    """
    reader = parse_enum(Audience, audience, where="kb pack")
    outside, with_offer = reader.outside, with_offer or not reader.outside
    settled = [row for row in overlaps(snapshot).rows if not outside or is_settled(row)]
    tables: dict[str, Table[Any]] = {
        "gaps": gaps(snapshot),
        "overlaps": replace(overlaps(snapshot), rows=settled),
        "initiatives": initiatives(snapshot),
        "worked": worked(snapshot),
        "sources": sources(snapshot),
        "captures": Table("captures", Capture, _captures(snapshot, settled)),
    }
    if reader is Audience.public:
        tables = {name: each for name, each in tables.items() if name not in NOT_PUBLIC}
    lists = {name: _list(name, table, reader, with_offer) for name, table in tables.items()}
    names = names_of(snapshot, with_offer=with_offer)
    captured, note = _agreed(snapshot, reader, recipient, settled)
    offer = snapshot.declarations.offer.offer
    return Pack(
        audience=reader,
        recipient=recipient,
        day=snapshot.moment.day,
        title=offer.title if with_offer else "Race equality initiatives",
        owner=offer.owner,
        lists=lists,
        book=_book(snapshot, tables, lists, names, reader),
        map=_map(snapshot, reader, with_offer),
        brief=brief(snapshot, audience=reader, with_offer=with_offer),
        annotations=annotations(snapshot, settled, names.strands) if reader.sees_quotes else [],
        captured=captured,
        note=note,
    )


def _book(
    snapshot: Snapshot,
    tables: Mapping[str, Table[Any]],
    lists: Mapping[str, ListFile],
    names: Names,
    reader: Audience,
) -> Book:
    if not reader.outside:
        return book_of(snapshot, tables)
    sheets = [sheet(name, each.columns, each.rows, names) for name, each in lists.items()]
    facts = [(f"rows in {name}", len(each.rows)) for name, each in lists.items()]
    return book_outside(snapshot, sheets, names, facts)


def _captures(snapshot: Snapshot, rows: Sequence[Overlap]) -> list[Capture]:
    """For each row of overlaps what it rests on."""
    captures = []
    for row in rows:
        number = _rests_on(snapshot, row)
        revision = snapshot.reading.get(Revision, number) if number else None
        fetched_at = revision.fetched_at if revision else None
        sha256 = revision.body_sha256 if revision else None
        url = None if number in snapshot.told_on else row.url
        captures.append(Capture(row.strand, row.initiative, url, fetched_at, sha256))
    return captures


def _rests_on(snapshot: Snapshot, row: Overlap) -> int | None:
    """The revision that a row's assessment is pinned to."""
    ids = {each.slug: number for number, each in snapshot.register.items()}
    return evidence_of(snapshot).judgements[ids[row.initiative], row.strand].leading.revision


def _agreed(
    snapshot: Snapshot, reader: Audience, recipient: str, rows: Sequence[Overlap]
) -> tuple[list[CapturedPage], str]:
    """The pages behind confirmed quotes as received, for a partner with whom that was agreed."""
    bodies = snapshot.declarations.bodies
    body = bodies.find(recipient) if recipient else None
    if recipient and body is None:
        known = [each.name for each in bodies.body]
        raise Unknown("organisation", recipient, known, where="bodies.toml")
    if body is None or reader is not Audience.partner:
        return [], ""
    if body.captures_agreed is None or body.captures_agreed > snapshot.moment.day:
        return [], f"no agreement with {body.name} is on record: without what was received"
    pages: dict[str, CapturedPage] = {}
    gone = 0
    for row in rows:
        number = _rests_on(snapshot, row)
        revision = snapshot.reading.get(Revision, number) if number else None
        if revision is None or number in snapshot.told_on or row.basis != Basis.confirmed:
            continue
        try:
            place = revision.archived
            records = records_at(snapshot.workspace.home.archive, place) if place else b""
        except FileNotFoundError:
            records = b""
        if records:
            pages.setdefault(place, CapturedPage(row.url or "", row.title, records))
        else:
            gone += 1
    left_out = f"{gone} quotes rest on pages that the archive has no more" if gone else ""
    return list(pages.values()), left_out


def _list(name: str, table: Table[Any], reader: Audience, with_offer: bool) -> ListFile:
    """The list as that reader may see it."""
    known = columns_of(table.row)
    if not reader.outside:
        return ListFile(known, table.cells())
    wording = OFFER_WORDING.get(name, ()) if with_offer else ()
    columns = [each for each in known if not each.inside or each.name in wording]
    if reader is Audience.public and name in PUBLIC:
        columns = [each for each in columns if each.name in PUBLIC[name]]
    rows = [{each.name: row[each.name] for each in columns} for row in table.cells()]
    for row in rows:
        if row.get("quote"):
            row["quote"] = str(row["quote"])[:MOST_QUOTED]
    if name == "worked":  # without its strand a result is said once
        rows = [row for at, row in enumerate(rows) if row not in rows[:at]]
    if name == "overlaps":
        columns.append(Column("assessed_by", "Who made the assessment.", 0, False, ()))
        rows = [row | {"assessed_by": IN_PLACE_OF_A_NAME} for row in rows]
    return ListFile(columns, rows)


def _map(snapshot: Snapshot, reader: Audience, with_offer: bool) -> EvidenceMap:
    """The map as that reader may see it."""
    content = evidence_map(snapshot)
    if not reader.outside:
        return content
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
    shown = [_initiative_outside(each, reader) for each in content.initiatives]
    return replace(
        content,
        strands=strands,
        initiatives=[each for each in shown if each.strands],
        title=content.title if with_offer else "Race equality initiatives",
        version=content.version if with_offer else "not shown",
        settled=True,
    )


def _initiative_outside(initiative: MapInitiative, reader: Audience) -> MapInitiative:
    """With what is confirmed and uncontested alone, without reasons; to the public a name."""
    confirmed = {
        key: replace(each, quote=(each.quote or "")[:MOST_QUOTED] or None, why_not=None)
        for key, each in initiative.strands.items()
        if each.basis == Basis.confirmed and each.level in LEVELS_OUTSIDE
    }
    if not reader.sees_quotes:
        confirmed = {key: replace(each, level=BEARS, quote=None) for key, each in confirmed.items()}
    return replace(initiative, strands=confirmed)
