"""A workbook as a file: a sheet a list, a heat map, what it is, and what the columns are.

Printed on A4 across, no letter is smaller than 8 points: columns that do not fit are not printed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from itertools import accumulate
from math import ceil
from pathlib import Path
from typing import Any

import xlsxwriter

from kb.report.book import Book, Matrix, Sheet
from kb.report.files import whole
from kb.report.safe import for_document, for_link
from kb.report.tables import text_of

WIDEST, NARROWEST = 44, 8
LONGEST = 32_000  # characters that a cell can hold, nearly
COLD, HOT = "#FFFFFF", "#6FA8DC"
PERCENT = 75  # at which letters of 11 points, as these are, are printed: more than 8 points
ACROSS = 150  # characters that a page holds across at that size
LINE, MOST_LINES = 15, 8  # the height of a line in points, and how many a row shows at most
MAPS_NAME, MAPS_CELL = 34, 11


def write_workbook(path: Path, book: Book, *, force: bool = False) -> None:
    """Writes the workbook: each list with filters, a frozen header, links, dates as dates.

    Nothing in a cell is a formula. Raises Refused for a file that exists, without `force`.
    """
    with whole(path, force=force) as partial:
        made = xlsxwriter.Workbook(
            str(partial),
            {"strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True},
        )
        day = datetime.combine(book.day, time(), UTC).replace(tzinfo=None)
        made.set_properties({"created": day})
        formats = _Formats(made)
        _pairs(made.add_worksheet("About"), book.about, formats)
        for sheet in book.sheets:
            _list(made.add_worksheet(sheet.name), sheet, formats)
        if book.matrix:
            _heat(made.add_worksheet(book.matrix.name), book.matrix, formats)
        _columns(made.add_worksheet("Columns"), book.sheets, formats)
        made.close()


class _Formats:
    def __init__(self, book: Any) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.number = book.add_format({"valign": "top", "align": "left"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd", "valign": "top", "align": "left"})
        self.link = book.add_format({"font_color": "#0B4F9E", "underline": 1, "valign": "top"})


def _printed(sheet: Any, *, across: int = 0) -> None:
    """On A4 across, the header on each page."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&RPage &P of &N")
    sheet.set_print_scale(PERCENT)
    sheet.repeat_rows(0, across)


def _pairs(sheet: Any, pairs: Sequence[tuple[str, object]], formats: _Formats) -> None:
    _printed(sheet)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for line, (name, value) in enumerate(pairs):
        sheet.set_row(line, LINE * (1 + len(text_of(value)) // 100))
        sheet.write_string(line, 0, name, formats.head)
        _cell(sheet, line, 1, value, formats)


def _columns(sheet: Any, sheets: Sequence[Sheet], formats: _Formats) -> None:
    """Each heading once, whatever sheets have it."""
    _printed(sheet)
    known = {column.name: column for made in sheets for column in made.columns}
    for at, (head, width) in enumerate((("Heading", 28), ("Name", 24), ("Meaning", 90))):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, head, formats.head)
    for line, column in enumerate(known.values(), start=1):
        sheet.set_row(line, LINE * (1 + len(column.meaning) // 90))
        for at, text in enumerate((column.heading, column.name, column.meaning)):
            sheet.write_string(line, at, text, formats.text)


def _list(sheet: Any, made: Sheet, formats: _Formats) -> None:
    _printed(sheet)
    sheet.repeat_columns(0, 0)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(1, len(made.rows)), len(made.columns) - 1)
    widths = [_width(made, at) for at in range(len(made.columns))]
    for at, column in enumerate(made.columns):
        sheet.set_column(at, at, widths[at])
        sheet.write_string(0, at, column.heading, formats.head)
    printed = max(1, sum(total <= ACROSS for total in accumulate(widths)))
    for line, row in enumerate(made.rows, start=1):
        # Not every program reckons the height of a row whose text is broken.
        shown = zip(row[:printed], widths, strict=False)
        lines = max(ceil(len(text_of(value)) / width) for value, width in shown)
        sheet.set_row(line, LINE * min(max(lines, 1), MOST_LINES))
        for at, value in enumerate(row):
            _cell(sheet, line, at, value, formats)
    sheet.print_area(0, 0, len(made.rows), printed - 1)


def _width(made: Sheet, at: int) -> int:
    """How many characters wide a column is: its longest value, within limits."""
    longest = max((len(text_of(row[at])) for row in made.rows), default=0)
    return min(WIDEST, max(NARROWEST, longest, len(made.columns[at].heading) + 3))


def _cell(sheet: Any, line: int, at: int, value: object, formats: _Formats) -> None:
    """The value with its own type; text is text, whatever it begins with."""
    if value is None:
        sheet.write_blank(line, at, None, formats.text)
    elif isinstance(value, bool):
        sheet.write_boolean(line, at, value, formats.text)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value, formats.number)
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
    _printed(sheet, across=1)
    sheet.freeze_panes(2, 1)
    sheet.set_column(0, 0, MAPS_NAME)
    sheet.set_column(1, max(1, len(matrix.across)), MAPS_CELL)
    sheet.write_string(0, 0, matrix.says)
    sheet.write_string(1, 0, "Strand", formats.head)
    for at, name in enumerate(matrix.across, start=1):
        sheet.write_string(1, at, name, formats.head)
    for line, name in enumerate(matrix.down, start=2):
        sheet.write_string(line, 0, name, formats.text)
        for at, code in enumerate(matrix.across, start=1):
            sheet.write_number(line, at, matrix.counts.get((name, code), 0), formats.text)
    sheet.conditional_format(
        2,
        1,
        1 + max(1, len(matrix.down)),
        max(1, len(matrix.across)),
        {"type": "2_color_scale", "min_color": COLD, "max_color": HOT},
    )
