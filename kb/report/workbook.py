"""Lists as a workbook: a sheet a list, a heat map, what it is, and what the columns are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import xlsxwriter

from kb.report.files import whole
from kb.report.safe import for_document, for_link
from kb.report.tables import text_of

WIDEST, NARROWEST = 60, 8
LONGEST = 32_000  # characters that a cell can hold, nearly
COLD, HOT = "#FFFFFF", "#6FA8DC"


@dataclass(frozen=True)
class Sheet:
    """One list."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, object]]


@dataclass(frozen=True)
class Matrix:
    """Counts with what stands down and across."""

    name: str
    down: Sequence[str]
    across: Sequence[str]
    counts: Mapping[tuple[str, str], int]


def write_workbook(
    path: Path,
    sheets: Sequence[Sheet],
    *,
    about: Sequence[tuple[str, object]],
    dictionary: Mapping[str, str],
    day: date,
    matrix: Matrix | None = None,
    force: bool = False,
) -> None:
    """Writes the workbook: each list with filters, a frozen header, links, dates as dates.

    `about` is what the first sheet says of the whole; `dictionary` what each column means.
    Nothing in a cell is a formula. Raises Refused for a file that exists, without `force`.
    """
    with whole(path, force=force) as partial:
        book = xlsxwriter.Workbook(
            str(partial),
            {"strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True},
        )
        book.set_properties({"created": datetime.combine(day, time(), UTC).replace(tzinfo=None)})
        formats = _Formats(book)
        _pairs(book.add_worksheet("About"), about, formats)
        for sheet in sheets:
            _list(book.add_worksheet(sheet.name), sheet, formats)
        if matrix:
            _heat(book.add_worksheet(matrix.name), matrix, formats)
        columns = dict.fromkeys(column for sheet in sheets for column in sheet.columns)
        meanings = [(column, dictionary.get(column, "")) for column in columns]
        _pairs(book.add_worksheet("Columns"), meanings, formats)
        book.close()


class _Formats:
    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.link = book.add_format({"font_color": "#0B4F9E", "underline": 1, "valign": "top"})


def _printed(sheet: Any) -> None:
    """On A4 across, as wide as the page, the header on each."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _pairs(sheet: Any, pairs: Sequence[tuple[str, object]], formats: _Formats) -> None:
    _printed(sheet)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 90)
    for line, (name, value) in enumerate(pairs):
        sheet.write_string(line, 0, name, formats.head)
        _cell(sheet, line, 1, value, formats)


def _list(sheet: Any, made: Sheet, formats: _Formats) -> None:
    _printed(sheet)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(made.rows)), len(made.columns) - 1)
    for at, column in enumerate(made.columns):
        longest = max((len(text_of(row.get(column))) for row in made.rows), default=0)
        width = min(WIDEST, max(NARROWEST, longest, len(column) + 3))
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, column, formats.head)
    for line, row in enumerate(made.rows, start=1):
        for at, column in enumerate(made.columns):
            _cell(sheet, line, at, row.get(column), formats)


def _cell(sheet: Any, line: int, at: int, value: object, formats: _Formats) -> None:
    """The value with its own type; text is text, whatever it begins with."""
    if value is None:
        sheet.write_blank(line, at, None, formats.text)
    elif isinstance(value, bool):
        sheet.write_boolean(line, at, value, formats.text)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value, formats.text)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(line, at, value, formats.date)
    else:
        text = for_document(text_of(value))[:LONGEST]
        if isinstance(value, str) and value and value == for_link(value) and len(value) < 2_000:
            sheet.write_url(line, at, text, formats.link, text)
        else:
            sheet.write_string(line, at, text, formats.text)


def _heat(sheet: Any, matrix: Matrix, formats: _Formats) -> None:
    """The counts, the more the darker: the number says it, the colour repeats it."""
    _printed(sheet)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    for at, name in enumerate(matrix.across, start=1):
        sheet.write_string(0, at, name, formats.head)
    for line, name in enumerate(matrix.down, start=1):
        sheet.write_string(line, 0, name, formats.head)
        for at, code in enumerate(matrix.across, start=1):
            sheet.write_number(line, at, matrix.counts.get((name, code), 0), formats.text)
    sheet.conditional_format(
        1,
        1,
        len(matrix.down),
        len(matrix.across),
        {"type": "2_color_scale", "min_color": COLD, "max_color": HOT},
    )
