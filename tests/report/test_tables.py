"""Exporters, with the strings that a hostile page might hold."""

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest

from kb.report.safe import for_markdown, for_sheet, for_terminal
from kb.report.tables import EXPORTERS, text_of

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "[/b]",
    "\x1b[31mred",
    "<script>alert(1)</script>",
    'a"b',
    "a|b",
    "a\nb",
    "‮desrever",
    "a\x00b",
    "`code`",
    "[x](javascript:1)",
)


def written(name: str, columns: list[str], rows: list[dict[str, object]]) -> str:
    out = io.StringIO(newline="")
    EXPORTERS[name](columns, rows, out)
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_no_cell_of_a_sheet_begins_like_a_formula(name: str, text: str) -> None:
    out = written(name, ["title"], [{"title": text}, {"title": [text, "x"]}])
    rows = list(
        csv.reader(io.StringIO(out, newline=""), dialect="excel" if name == "csv" else "excel-tab")
    )
    assert len(rows) == 3
    assert not any(
        cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_json_keeps_the_text_as_it_is(text: str) -> None:
    assert json.loads(written("json", ["t"], [{"t": text}])) == [{"t": text}]
    assert json.loads(written("jsonl", ["t"], [{"t": text}])) == {"t": text}


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_is_one_row_without_markup(text: str) -> None:
    lines = written("md", ["t"], [{"t": text}]).splitlines()
    assert len(lines) == 3
    assert "<script" not in lines[2]
    assert "\x1b" not in lines[2]
    assert lines[2].replace("\\|", "").count("|") == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_gets_one_plain_line(text: str) -> None:
    assert for_terminal(text).isprintable()


def test_a_list_of_no_rows_still_has_its_header() -> None:
    assert written("csv", ["a", "b"], []) == "a,b\r\n"
    assert json.loads(written("json", ["a"], [])) == []
    assert written("jsonl", ["a"], []) == ""


def test_values_have_one_form() -> None:
    assert text_of(datetime(2026, 11, 22, 19, 48, 44, tzinfo=UTC)) == "2026-11-22T19:48:44+00:00"
    assert text_of(date(2026, 11, 22)) == "2026-11-22"
    assert text_of(["a", "b"]) == "a; b"
    assert (text_of(None), text_of(True), text_of(False)) == ("", "true", "false")


def test_plain_text_is_left_as_it_is() -> None:
    assert for_sheet("A plain title") == "A plain title"
    assert for_markdown("A plain title") == "A plain title"
    assert for_terminal("Naïve café – “quoted”") == "Naïve café – “quoted”"
