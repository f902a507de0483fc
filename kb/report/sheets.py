"""Workbooks for people to fill in: written with the code book's choices, read back strictly."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import openpyxl
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException
from xlsxwriter.utility import xl_col_to_name

from kb.errors import Declared, Refused
from kb.report.files import whole
from kb.report.tables import text_of

CHOICES = "choices"
WIDE, NARROW = 40, 16
MOST_ROWS = 5_000  # room for rows that are added by hand
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
        sheet.freeze_panes(1, 2)
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

    Raises Refused for what is no workbook, Declared for cells that hold a formula.
    """
    try:
        book = openpyxl.load_workbook(path, read_only=False, data_only=False)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        raise Refused(f"{path.name} is no workbook: {error}", hint="save it as .xlsx") from error
    sheet = book["coding"] if "coding" in book.sheetnames else book.worksheets[0]
    grid = list(sheet.iter_rows())
    header = [_shown(cell.value) for cell in grid[0]] if grid else []
    while header and not header[-1]:
        header.pop()
    rows, faults = [], []
    for number, cells in enumerate(grid[1:], start=2):
        faults += [
            f"{path.name}, row {number}: field {_named(header, at)!r}: a formula, {cell.value!r}"
            for at, cell in enumerate(cells)
            if cell.data_type == "f"
        ]
        texts = [_shown(cell.value) for cell in cells[: len(header)]]
        texts += [""] * (len(header) - len(texts))
        if any(texts):
            rows.append((number, dict(zip(header, texts, strict=True))))
    if faults:
        raise Declared(faults)
    return header, rows


def _named(header: Sequence[str], at: int) -> str:
    return header[at] if at < len(header) else str(xl_col_to_name(at))


def _shown(value: object) -> str:
    """A cell as text; Excel makes 2024 a number, and a month a date."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m"))
    return str(value).strip()
