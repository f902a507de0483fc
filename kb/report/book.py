"""What goes into a workbook: lists with readable headings, a heat map, and what each sheet is.

People read it: names stand in it, and never keys; `Columns` has the machine name of each heading.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.assess.gaps import CAVEAT, gaps_by
from kb.assess.positions import PRINTED, Position
from kb.report.briefing import strand_name
from kb.report.lists import status
from kb.table import Column, Table, columns_of
from kb.workspace.snapshot import Snapshot

# What each list is, in a sentence for who opens the workbook.
SAYS: Mapping[str, str] = {
    "initiatives": "Every initiative of the register, with how it is coded.",
    "overlaps": "What others do that bears on each strand of the offer, counted or not, and why.",
    "gaps": "Where each strand of the offer stands.",
    "offer": "The strands of the offer as it was accepted.",
    "recheck": "What is to be looked at again, as the page or the offer has changed.",
    "conflicts": "Where people decided differently.",
    "changes": "Pages of the register that changed since a person looked at them.",
    "worked": "What initiatives are said to have changed, by a passage of their pages.",
    "sources": "The sites that are scanned, and how they are.",
    "runs": "Every crawl, with what came of it.",
    "decisions": "Every decision of a person.",
    "flow": "How pages became initiatives: what was met, what was left out and why.",
    "agreement": "How far people agree who decided the same.",
    "captures": "When the page behind each row was fetched, and the hash of what was received.",
    "inbox": "Pages that wait for a person.",
    "same": "What may be one thing, or part of the other.",
}
HEAT, HEAT_BY = "by means", "means"
HEAT_SAYS = (
    "How many initiatives count for each strand by each means, from what is confirmed; "
    "the same numbers as kb gaps --by means. An initiative may have several means."
)
POSITIONS = frozenset({"position", "if_proposals", "without_recheck", "would_become"})
STRANDS = frozenset({"strand", "strands"})
# Codes, whose hyphens are spaces to a reader.
CODES = frozenset(
    "role reach kind status effect level basis shape outcome organisation_kind audience means "
    "focus region axis counts".split()
)
INITIATIVE, TITLE = "initiative", "title"
HEADINGS = {
    "with": "Who stands behind it",
    "url": "Address",
    "if_proposals": "If all proposals held",
    "recheck": "To be looked at again",
    "says_else": "What became of its pages",
    "slug": "Short name",
    "id": "Number",
    "why_not_counted": "Why it does not count",
}


@dataclass(frozen=True)
class SheetColumn:
    """A column: its heading, the name that programs know it by, and what it means."""

    heading: str
    name: str
    meaning: str


@dataclass(frozen=True)
class Sheet:
    """One list."""

    name: str
    says: str
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True)
class Matrix:
    """Counts with what stands down and across."""

    name: str
    says: str
    down: Sequence[str]
    across: Sequence[str]
    counts: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Book:
    """A workbook: what it is, its lists, and the heat map where there is one."""

    day: date
    about: Sequence[tuple[str, object]]
    sheets: Sequence[Sheet]
    matrix: Matrix | None = None


@dataclass(frozen=True)
class Names:
    """What people call that which lists have by key."""

    strands: Mapping[str, str]
    initiatives: Mapping[str, str]

    def of_initiative(self, slug: str) -> str:
        """What an initiative is called; its slug where nobody has it."""
        return self.initiatives.get(slug, slug)

    def of(self, column: str, value: object) -> object:
        """The value as a reader would say it."""
        if isinstance(value, list | tuple):
            return "; ".join(str(self.of(column, each)) for each in value)
        if isinstance(value, bool):
            return "yes" if value else "no"
        if column in STRANDS:
            return self.strands.get(str(value), value)
        if column == INITIATIVE:
            return self.initiatives.get(str(value), value)
        if column in POSITIONS and value:
            return PRINTED[Position(str(value))]
        if column in CODES and isinstance(value, str):
            return value.replace("-", " ")
        return value


def book_of(snapshot: Snapshot, tables: Mapping[str, Table[Any]]) -> Book:
    """Those lists, with the heat map where there are several."""
    declarations, day = snapshot.declarations, snapshot.moment.day
    offer = declarations.offer.offer
    names = names_of(snapshot)
    facts: list[tuple[str, object]] = [
        ("as of", day),
        ("offer", f"{offer.title}: {offer.version}"),
        ("offer agreed", "; ".join(snapshot.marks) or "as accepted"),
        ("code book", declarations.book.version),
        ("protocol", declarations.protocol.version),
        ("filters", "none; England where a place is asked about"),
        *status(snapshot).items(),
        *((f"rows in {name}", len(table.rows)) for name, table in tables.items()),
    ]
    notes = dict.fromkeys(note for table in tables.values() for note in table.notes)
    sheets = [
        sheet(name, columns_of(table.row), table.cells(), names) for name, table in tables.items()
    ]
    matrix = heat(snapshot, names) if len(tables) > 1 else None
    about = [*_contents(sheets, matrix), *facts, *(("note", note) for note in notes)]
    return Book(day, about, sheets, matrix)


def names_of(snapshot: Snapshot, *, with_offer: bool = True) -> Names:
    """What strands and initiatives are called; strands outside the house by their key in words."""
    return Names(
        {
            strand.key: strand_name(strand, with_offer)
            for strand in snapshot.declarations.offer.strand
        },
        {each.slug: each.profile.title for each in snapshot.register.values()},
    )


def book_outside(
    snapshot: Snapshot, sheets: Sequence[Sheet], names: Names, facts: Sequence[tuple[str, object]]
) -> Book:
    """Lists as readers outside may see them, which were made so already."""
    matrix = heat(snapshot, names)
    about = [*_contents(sheets, matrix), ("as of", snapshot.moment.day), *facts, ("note", CAVEAT)]
    return Book(snapshot.moment.day, about, sheets, matrix)


def _contents(sheets: Sequence[Sheet], matrix: Matrix | None) -> Iterator[tuple[str, object]]:
    """What each sheet is."""
    for each in sheets:
        yield f"sheet {each.name}", each.says
    if matrix:
        yield f"sheet {matrix.name}", matrix.says
    yield "sheet Columns", "What each heading means, and the name that programs know it by."
    yield "printed", "On A4 across: the first columns of each sheet, as many as fit a page."


def sheet(
    name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, object]], names: Names
) -> Sheet:
    """A list for people: first what a narrow table shows, a title once, and no keys."""
    titled = any(each.name == INITIATIVE for each in columns)
    kept = [each for each in columns if not (titled and each.name == TITLE)]
    kept.sort(key=lambda each: each.narrow or len(columns))
    shown = [SheetColumn(heading(each.name), each.name, each.meaning) for each in kept]
    told = [[names.of(each.name, row.get(each.name)) for each in shown] for row in rows]
    return Sheet(name, SAYS.get(name, ""), shown, told)


def heading(column: str) -> str:
    """The heading of a column, as a reader would say it."""
    return HEADINGS.get(column) or column.replace("_", " ").capitalize()


def heat(snapshot: Snapshot, names: Names) -> Matrix:
    """How many initiatives count for each strand by each means, as `gaps --by means` has it."""
    counts = {
        (names.strands.get(row.gap.strand, row.gap.strand), row.code.replace("-", " ")): (
            row.gap.duplicates + row.gap.overlaps + row.gap.complements
        )
        for row in gaps_by(snapshot, HEAT_BY).rows
    }
    down = list(dict.fromkeys(strand for strand, _ in counts))
    across = [
        code
        for code in dict.fromkeys(code for _, code in counts)
        if any(counts[strand, code] for strand in down)
    ]
    return Matrix(HEAT, HEAT_SAYS, down, across, counts)
