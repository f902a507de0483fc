"""Lists as files: an exporter takes columns and rows, and writes to an open file."""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

from kb.errors import Unknown
from kb.report.files import whole
from kb.report.safe import for_markdown, for_sheet

Row = Mapping[str, object]
Exporter = Callable[[Sequence[str], Iterable[Row], TextIO], None]


def write_json(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """One array of objects with the columns in order, one a line; `[]` for no rows."""
    lines = ",\n ".join(_object(columns, row) for row in rows)
    out.write(f"[{lines}]\n")


def write_jsonl(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """One object a line."""
    for row in rows:
        out.write(_object(columns, row) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """RFC 4180 with a header; lists joined by `; `, unknown empty, formulas made text."""
    _separated(columns, rows, out, "excel")


def write_tsv(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """As csv, with tabs."""
    _separated(columns, rows, out, "excel-tab")


def write_md(columns: Sequence[str], rows: Iterable[Row], out: TextIO) -> None:
    """A pipe table of GitHub Flavored Markdown, section 4.10."""
    out.write("| " + " | ".join(columns) + " |\n")
    out.write("|" + "---|" * len(columns) + "\n")
    for row in rows:
        cells = (for_markdown(text_of(row.get(column))) for column in columns)
        out.write("| " + " | ".join(cells) + " |\n")


def _separated(columns: Sequence[str], rows: Iterable[Row], out: TextIO, dialect: str) -> None:
    writer = csv.writer(out, dialect=dialect, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in columns])


def _cell(value: object) -> object:
    if isinstance(value, str | list | tuple):
        return for_sheet(text_of(value))
    return text_of(value)


def text_of(value: object) -> str:
    """A value as text: unknown is empty, lists are joined, instants and dates are ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "; ".join(text_of(each) for each in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def machine_value(value: object) -> object:
    """A value as JSON has it: instants and dates as text, the rest as it is."""
    if isinstance(value, datetime | date):
        return text_of(value)
    if isinstance(value, list | tuple):
        return [machine_value(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): machine_value(each) for key, each in value.items()}
    return value if value is None or isinstance(value, str | int | float) else str(value)


# Made once; without indentation it is the encoder in C that writes.
JSON = json.JSONEncoder(ensure_ascii=False, default=machine_value)


def _object(columns: Sequence[str], row: Row) -> str:
    return JSON.encode({column: row.get(column) for column in columns})


EXPORTERS: dict[str, Exporter] = {
    "json": write_json,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "tsv": write_tsv,
    "md": write_md,
}


def format_of(path: Path) -> str:
    """The format that a file's suffix names; Unknown, with those there are, else."""
    suffix = path.suffix.removeprefix(".").casefold()
    if suffix not in EXPORTERS:
        raise Unknown("format", suffix, EXPORTERS, where="kb")
    return suffix


def write_file(
    path: Path,
    columns: Sequence[str],
    rows: Iterable[Row],
    *,
    format: str,
    force: bool = False,
    encoding: str = "utf-8",
) -> None:
    """Writes the whole file or nothing. Raises Refused for one that exists, without `force`."""
    with (
        whole(path, force=force) as partial,
        partial.open("w", encoding=encoding, newline="") as out,
    ):
        EXPORTERS[format](columns, rows, out)
