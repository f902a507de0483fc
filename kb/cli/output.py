"""How results are asked for and given: a table for people, a format for programs, or a file."""

import importlib
import inspect
import io
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.errors import Refused, Unknown
from kb.report.safe import for_terminal
from kb.report.tables import EXPORTERS, format_of, write_file, write_json
from kb.table import Table, cells, columns_of

FORMATS = ("table", *EXPORTERS)


def stderr(*lines: str) -> None:
    """Notes for people, a line each; with KB_LOG=json an object each, for machines."""
    as_json = os.environ.get("KB_LOG") == "json"
    for line in lines:
        text = for_terminal(line)
        if as_json:
            at = datetime.now(UTC).isoformat(timespec="seconds")
            text = json.dumps({"at": at, "message": text}, ensure_ascii=False)
        print(text, file=sys.stderr)  # noqa: T201


def at_terminal() -> bool:
    """True where a person can be asked."""
    return sys.stdin is not None and sys.stdin.isatty()  # None: it was closed


def listing(command: Callable[..., Table[Any] | None]) -> Callable[..., None]:
    """Makes a command that returns a list into one that shows it, with every list's options."""
    signature = inspect.signature(command)
    parameters = signature.parameters

    @wraps(command)
    def run(*args: Any, **options: Any) -> None:
        how = {name: options.pop(name) for name in _OPTIONS}
        if "limit" in parameters:
            options["limit"] = how["limit"]
        table = command(*args, **options)
        if table is not None:  # a group with a subcommand shows nothing of its own
            show(table, Shown(**how))

    own = [each for name, each in parameters.items() if name not in _OPTIONS]
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in _OPTIONS.items()
    ]
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*own, *extra], return_annotation=None
    )
    run.__annotations__ = {
        **command.__annotations__,
        **{name: kind for name, (kind, _) in _OPTIONS.items()},
        "return": None,
    }
    return run


_OPTIONS: dict[str, tuple[Any, Any]] = {
    "format": (
        Annotated[str, typer.Option("--format", "-f", help=f"One of {', '.join(FORMATS)}.")],
        "table",
    ),
    "columns": (
        Annotated[str, typer.Option("--columns", metavar="A,B", help="Only these, in this order.")],
        "",
    ),
    "limit": (Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Most rows.")], None),
    "output": (
        Annotated[
            str, typer.Option("--output", "-o", metavar="FILE", help="Format from its suffix.")
        ],
        "",
    ),
    "force": (Annotated[bool, typer.Option("--force", help="Write over FILE.")], False),
    "pager": (
        Annotated[bool, typer.Option("--pager/--no-pager", help="Long lists by PAGER.")],
        True,
    ),
}


@dataclass(frozen=True)
class Shown:
    """How a list was asked to be shown."""

    format: str = "table"
    columns: str = ""
    limit: int | None = None
    output: str = ""
    force: bool = False
    pager: bool = True


def show(table: Table[Any], how: Shown) -> None:
    """Shows a list as asked for. Raises Unknown if the format or a column does not exist."""
    if how.format not in FORMATS:
        raise Unknown("format", how.format, FORMATS, where="kb")
    columns = _columns(table, how.columns)
    rows = table.cells(how.limit)
    if how.output:
        path = Path(how.output)
        write_file(path, columns, rows, format=format_of(path), force=how.force)
        stderr(f"{len(rows)} rows in {how.output}")
    elif how.format != "table":
        _print(how.format, columns, rows)
    else:
        shown = columns if how.columns else table.narrow_columns
        # A lazy door: Rich takes a tenth of the time of a search that a program asks for.
        drawing = importlib.import_module("kb.cli.drawing")
        with drawing.paged(pager=how.pager):
            if table.name == "search" and not how.columns:
                importlib.import_module("kb.cli.drawing_hits").draw_hits(table.rows[: how.limit])
            else:
                drawing.draw(table.lead, shown, rows, as_list="" if how.columns else table.name)
    stderr(*table.notes)


def _print(format: str, columns: list[str], rows: list[dict[str, object]]) -> None:
    """Data to stdout: as it is for a program, without control characters for a terminal."""
    if not sys.stdout.isatty():
        EXPORTERS[format](columns, rows, sys.stdout)
        return
    out = io.StringIO()
    EXPORTERS[format](columns, rows, out)
    shown = (char if char.isprintable() or char in "\n\t" else " " for char in out.getvalue())
    sys.stdout.write("".join(shown))


def print_row(row: Any) -> None:
    """The row that a writing command made, as an array of one object on stdout."""
    write_json([each.name for each in columns_of(type(row))], [cells(row)], sys.stdout)


def _columns(table: Table[Any], names: str) -> list[str]:
    """The columns asked for, in that order; all if none are."""
    if not names:
        return list(table.columns)
    columns = [name.strip() for name in names.split(",") if name.strip()]
    for name in columns:
        if name not in table.columns:
            raise Unknown("column", name, table.columns, where=f"the list {table.name!r}")
    if not columns:
        raise Refused("--columns names none", hint=f"known: {', '.join(table.columns)}")
    return columns
