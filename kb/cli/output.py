"""How results are asked for and given: a table for people, a format for programs, or a file."""

import importlib
import inspect
import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from kb.errors import Refused, Unknown
from kb.report.safe import for_terminal
from kb.report.tables import EXPORTERS, format_of, write_file

FORMATS = ("table", *EXPORTERS)

# What a table shows of a list: as much as 80 columns bear. All columns: --columns, or a format.
SHOWN: Mapping[str, str] = {
    "search": "id document title organisation matched",
    "same": "score a b reasons",
    "inbox": "document relevance title terms",
    "initiatives": "id title organisation role status",
    "overlaps": "strand initiative level counted recheck why_not_counted",
    "recheck": "strand initiative cause would_become",
    "moved": "cause list row before after",
    "suggest": "score strand initiative",
    "worked": "strand initiative setting effect quote",
    "diff": "strand change fields reopens",
    "versions": "at by version why",
    "gaps": "strand position if_proposals grade duplicates overlaps complements",
    "offer": "strand name version",
    "for": "group title organisation reach status",
    "news": "watch title organisation",
    "watches": "name query why since",
    "sources": "name shape outcome documents due state",
    "runs": "id source outcome new changed same gone errors why",
    "decisions": "by what document initiative strand decision",
    "history": "at by what said",
}


def stderr(*lines: str) -> None:
    """Notes for people, a line each."""
    for line in lines:
        print(for_terminal(line), file=sys.stderr)  # noqa: T201


def listing(command: Callable[..., Any]) -> Callable[..., None]:
    """Makes a command that returns rows into one that shows them, with every list's options."""

    wanted = inspect.signature(command).parameters

    @wraps(command)
    def run(*args: Any, **given: Any) -> None:
        chosen = {name: given.pop(name) for name in _OPTIONS}
        if "limit" in wanted:
            given["limit"] = chosen["limit"]
        made = command(*args, **given)
        if made is not None:  # a group with a subcommand shows nothing of its own
            show(made, Shown(**chosen))

    signature = inspect.signature(command)
    own = [each for name, each in signature.parameters.items() if name not in _OPTIONS]
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
}


@dataclass(frozen=True)
class Shown:
    """How a list was asked to be shown."""

    format: str = "table"
    columns: str = ""
    limit: int | None = None
    output: str = ""
    force: bool = False


class Listed(Protocol):
    """What is needed of a list."""

    @property
    def name(self) -> str: ...
    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def rows(self) -> list[dict[str, object]]: ...
    @property
    def lead(self) -> tuple[str, ...]: ...
    @property
    def notes(self) -> tuple[str, ...]: ...


def show(made: Listed, asked: Shown) -> None:
    """Shows a list as asked for. Raises Unknown for a format or column there is not."""
    if asked.format not in FORMATS:
        raise Unknown("format", asked.format, FORMATS, where="kb")
    columns = _chosen(made, asked.columns)
    rows = made.rows[: asked.limit]
    if asked.output:
        path = Path(asked.output)
        write_file(path, columns, rows, format=format_of(path), force=asked.force)
        stderr(f"{len(rows)} rows in {asked.output}", *made.notes)
    elif asked.format != "table":
        _print(asked.format, columns, rows)
        stderr(*made.notes)
    else:
        if not asked.columns:
            columns = SHOWN.get(made.name, " ".join(columns)).split()
        # A lazy door: Rich takes a tenth of the time of a search that a program asks for.
        drawing = importlib.import_module("kb.cli.drawing")
        drawing.draw(made.lead, columns, rows, as_list="" if asked.columns else made.name)
        stderr(*made.notes)


def _print(format: str, columns: list[str], rows: list[dict[str, object]]) -> None:
    """Data to stdout: as it is for a program, without control characters for a terminal."""
    if not sys.stdout.isatty():
        EXPORTERS[format](columns, rows, sys.stdout)
        return
    held = io.StringIO()
    EXPORTERS[format](columns, rows, held)
    shown = (char if char.isprintable() or char in "\n\t" else " " for char in held.getvalue())
    sys.stdout.write("".join(shown))


def _chosen(made: Listed, asked: str) -> list[str]:
    if not asked:
        return list(made.columns)
    chosen = [column.strip() for column in asked.split(",") if column.strip()]
    for column in chosen:
        if column not in made.columns:
            raise Unknown("column", column, made.columns, where=f"the list {made.name!r}")
    if not chosen:
        raise Refused("--columns names none", hint=f"known: {', '.join(made.columns)}")
    return chosen
