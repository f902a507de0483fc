"""Lists: a list is declared once, as a frozen dataclass of its row, and travels as a Table.

    @dataclass(frozen=True)
    class Pair:
        a: str = column("The initiative that may be the same as the other.", narrow=True)
        score: float = column("How alike the two are, 0 to 1.")

Field names are the columns, in order; a trailing underscore, as in `with_`, is left off. A field
that holds a row itself (`nested`) stands for the columns of that row.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, Generic, TypeVar

R = TypeVar("R")
MEANING, NARROW, INSIDE, NESTED = "meaning", "narrow", "inside", "nested"
_KNOWN: dict[type, tuple["Column", ...]] = {}


@dataclass(frozen=True)
class Column:
    """One column: its name, its meaning in a sentence, its place in a table of 80 columns."""

    name: str
    meaning: str
    narrow: int  # 0: not shown there
    inside: bool  # never shown to readers outside
    path: tuple[str, ...]  # the attributes from the row to the value


def column(meaning: str, *, narrow: int = 0, inside: bool = False) -> Any:
    """A field of a row, with what the column means.

    `narrow`: a table of 80 columns shows it; where the fields have several numbers, the lowest
    first. `inside`: it speaks of the offer, of people or of what is not settled, and is not
    shown to readers outside.
    """
    return field(metadata={MEANING: meaning, NARROW: narrow, INSIDE: inside})


def nested() -> Any:
    """A field that holds a row of another list, whose columns take its place."""
    return field(metadata={NESTED: True})


def columns_of(row: type) -> tuple[Column, ...]:
    """The columns of a row class, in order. Raises TypeError for what is no dataclass."""
    if row not in _KNOWN:
        _KNOWN[row] = tuple(_columns(row, ()))
    return _KNOWN[row]


def _columns(row: Any, path: tuple[str, ...]) -> Iterator[Column]:
    for each in fields(row):
        here = (*path, each.name)
        if NESTED in each.metadata:
            if not isinstance(each.type, type) or not is_dataclass(each.type):
                raise TypeError(f"{row.__name__}.{each.name} is no row")
            yield from _columns(each.type, here)
        else:
            known = each.metadata
            yield Column(each.name.rstrip("_"), known[MEANING], known[NARROW], known[INSIDE], here)


def cells(row: object) -> dict[str, object]:
    """Column to value, for exporters: the one place where a row is taken apart by names."""
    by_column: dict[str, object] = {}
    for each in columns_of(type(row)):
        value: Any = row
        for name in each.path:
            value = getattr(value, name)
        by_column[each.name] = value
    return by_column


@dataclass(frozen=True)
class Table(Generic[R]):
    """A list: its name, the class of its rows, its rows, and what must be said beside it."""

    name: str
    row: type[R]
    rows: Sequence[R]
    notes: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()  # sentences that a table begins with

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(each.name for each in columns_of(self.row))

    @property
    def narrow_columns(self) -> list[str]:
        """What a table of 80 columns shows; all columns where no field says so."""
        shown = sorted(
            (each for each in columns_of(self.row) if each.narrow), key=lambda each: each.narrow
        )
        return [each.name for each in shown] or list(self.columns)

    def cells(self, limit: int | None = None) -> list[dict[str, object]]:
        """The rows as exporters take them: column to value."""
        return [cells(row) for row in self.rows[:limit]]
