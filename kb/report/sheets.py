"""Workbooks for people to fill in: written with the code book's choices, read back strictly."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import xlsxwriter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.utility import xl_col_to_name

from kb.errors import Declared, Refused
from kb.report.files import whole
from kb.report.tables import text_of

CHOICES = "choices"
WIDE, NARROW = 40, 16
MOST_ROWS = 5_000  # room for rows that are added by hand
MONTHS = "started"  # the column whose dates are months
REFUSED = {"f": "a formula", "e": "an error"}
SHEETS_FIRST_DAY = date(1899, 12, 30)
TEXTS = ("title", "summary", "learning", "url")


def write_form(
    path: Path,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    *,
    choices: Mapping[str, Sequence[str]],
    strict: Sequence[str],
    force: bool = False,
) -> None:
    """A sheet to fill in: frozen header, filters, a list to choose from for each of `choices`.

    In the columns of `strict` nothing else can be typed; in others several may be, joined by
    `; `. Every cell is text: nothing in it is a formula. Raises Refused for a file that exists.
    """
    with whole(path, force=force) as partial:
        book = xlsxwriter.Workbook(
            str(partial), {"strings_to_formulas": False, "strings_to_urls": False}
        )
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        text = book.add_format({"num_format": "@", "valign": "top"})
        sheet, lists = book.add_worksheet("coding"), book.add_worksheet(CHOICES)
        lists.hide()
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        for at, column in enumerate(columns):
            wide = column in TEXTS or column.endswith(": quote")
            sheet.set_column(at, at, WIDE if wide else NARROW, text)
            sheet.write_string(0, at, column, head)
            if column in choices:
                _offer(sheet, lists, at, choices[column], strict=column in strict)
        for number, row in enumerate(rows, start=1):
            for at, column in enumerate(columns):
                sheet.write_string(number, at, text_of(row.get(column)), text)
        book.close()


def _offer(sheet: Any, lists: Any, at: int, choices: Sequence[str], *, strict: bool) -> None:
    """A list to choose from; its codes stand on the hidden sheet, in the column of that place."""
    for number, choice in enumerate(choices):
        lists.write_string(number, at, choice)
    name = xl_col_to_name(at)
    sheet.data_validation(
        1,
        at,
        MOST_ROWS,
        at,
        {
            "validate": "list",
            "source": f"={CHOICES}!${name}$1:${name}${len(choices)}",
            "error_type": "stop" if strict else "information",
            "error_title": "Code book",
            "error_message": "Choose from the list." if strict else "Several: join them by ; ",
        },
    )


def read_form(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header, and each row with its number as the sheet shows it; empty rows are left out.

    Raises Refused for what is no workbook, Declared for cells that hold a formula or an error.
    """
    try:
        # Read row by row: a sheet may have a blank cell in its last row, a million below.
        book = openpyxl.load_workbook(path, read_only=True, data_only=False)
        sheet = book["coding"] if "coding" in book.sheetnames else book.worksheets[0]
        sheet.reset_dimensions()
        return _rows(path.name, sheet.iter_rows())
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise Refused(f"{path.name} is no workbook: {error}", hint="save it as .xlsx") from error


def _rows(name: str, grid: Iterator[Any]) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    header = [_shown("", cell.value) for cell in next(grid, ())]
    while header and not header[-1]:
        header.pop()
    rows, faults = [], []
    for number, cells in enumerate(grid, start=2):
        if not cells:
            continue
        faults += [
            f"{name}, row {number}: field {_named(header, at)!r}: {REFUSED[kind]}, {cell.value!r}"
            for at, cell in enumerate(cells)
            if (kind := getattr(cell, "data_type", "n")) in REFUSED
        ]
        texts = [_shown(column, cell.value) for column, cell in zip(header, cells, strict=False)]
        texts += [""] * (len(header) - len(texts))
        if any(texts):
            rows.append((number, dict(zip(header, texts, strict=True))))
    if faults:
        raise Declared(faults)
    return header, rows


def _named(header: Sequence[str], at: int) -> str:
    return header[at] if at < len(header) else str(xl_col_to_name(at))


def _shown(column: str, value: object) -> str:
    """A cell as text; Excel makes 2024 a number, and a month or a time a date."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime) and value.date() == SHEETS_FIRST_DAY:
        return f"{value:%H:%M}"  # a time of day, as some programs save it
    if isinstance(value, date):
        return f"{value:%Y-%m}" if column == MONTHS else f"{value:%Y-%m-%d}"
    text: str = unescape(str(value))
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
