"""A list is declared by the class of its row."""

from dataclasses import dataclass

import pytest

from kb.table import Table, cells, column, columns_of, nested


@dataclass(frozen=True)
class Inner:
    key: str = column("Its name.", narrow=2)
    with_: tuple[str, ...] = column("Who takes part.")


@dataclass(frozen=True)
class Outer:
    inner: Inner = nested()
    score: float = column("How much.", narrow=1)


@dataclass(frozen=True)
class Bare:
    key: str = column("Its name.")


ROW = Outer(Inner("talent", ("a", "b")), 0.5)


def test_columns_are_the_fields_in_order_nested_ones_in_their_place() -> None:
    assert [each.name for each in columns_of(Outer)] == ["key", "with", "score"]
    assert [each.meaning for each in columns_of(Outer)][1] == "Who takes part."
    assert cells(ROW) == {"key": "talent", "with": ("a", "b"), "score": 0.5}


def test_a_narrow_table_shows_what_is_marked_the_lowest_first_else_everything() -> None:
    assert Table("t", Outer, [ROW]).narrow_columns == ["score", "key"]
    assert Table("t", Bare, [Bare("x")]).narrow_columns == ["key"]


def test_a_table_without_rows_has_its_columns() -> None:
    table = Table("t", Outer, [])
    assert (table.columns, table.cells()) == (("key", "with", "score"), [])
    assert Table("t", Outer, [ROW, ROW]).cells(limit=1) == [cells(ROW)]


def test_what_is_no_row_is_refused() -> None:
    with pytest.raises(TypeError):
        columns_of(str)
