"""How results are shown: a table for people, a format for programs, or a file."""

import inspect
import io
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb.errors import Refused, Unknown
from kb.report.safe import for_terminal
from kb.report.tables import EXPORTERS, format_of, text_of, write_file

FORMATS = ("table", *EXPORTERS)

# What a table shows of a list: as much as 80 columns bear. All columns: --columns, or a format.
SHOWN: Mapping[str, str] = {
    "search": "id document title organisation matched",
    "same": "score a b reasons",
    "inbox": "document relevance title terms",
    "initiatives": "id title organisation role status",
    "overlaps": "strand initiative level counted why_not_counted",
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
# Lists that people read as a matrix: what stands down, what across, and what a cell says.
ACROSS: Mapping[str, tuple[str, str, str]] = {"gaps_by": ("strand", "code", "position")}
# What a terminal shows in colour beside its word, and with a bar beside its number.
COLOURED = frozenset({"position", "if_proposals", "outcome"})
COLOURS = {
    "crowded": "magenta",
    "served": "blue",
    "part-served": "cyan",
    "related": "green",
    "none-found": "bold yellow",
    "not-assessed": "dim",
    "failed": "bold red",
    "blocked": "bold red",
    "partial": "yellow",
}
BARS = " ▁▂▃▄▅▆▇█"
COUNTED = ("duplicates", "overlaps", "complements")
NOTHING = ("none-found", "not-assessed")
HEADINGS = {
    "if_proposals": "if all held",
    "why_not_counted": "why not",
    "duplicates": "dup",
    "overlaps": "over",
    "complements": "comp",
}
# Names and codes are read whole or not at all; sentences may run on.
UNBROKEN = frozenset(
    "id document strand position if_proposals level basis role status relevance shape state "
    "outcome decision counted".split()
)


def stderr(*lines: str) -> None:
    """Notes for people, a line each."""
    for line in lines:
        print(for_terminal(line), file=sys.stderr)  # noqa: T201


def console(*, plain: bool = False) -> Console:
    """A console that takes text as text: nothing from outside is markup or emoji."""
    return Console(markup=False, highlight=False, emoji=False, no_color=plain or None)


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
        stderr(f"{len(rows)} rows in {asked.output}")
    elif asked.format != "table":
        _print(asked.format, columns, rows)
    else:
        if not asked.columns:
            columns = SHOWN.get(made.name, " ".join(columns)).split()
        for sentence in made.lead:
            console().print(for_terminal(sentence))
        if made.name in ACROSS and not asked.columns:
            columns, rows = _across(rows, *ACROSS[made.name])
        table(columns, rows)
        stderr(*made.notes)


def _across(
    rows: Sequence[Mapping[str, object]], down: str, across: str, says: str
) -> tuple[list[str], list[dict[str, object]]]:
    """The rows as a matrix: in each cell a position in words and what counts; `-` for nothing.

    Columns of which nothing is known anywhere are left out.
    """
    lines: dict[object, dict[str, object]] = {}
    columns: dict[str, bool] = {}
    for row in rows:
        counts = "/".join(str(row[name]) for name in COUNTED)
        empty = row[says] in NOTHING and not any(row[name] for name in COUNTED)
        column = str(row[across])
        columns[column] = columns.get(column, False) or not empty
        line = lines.setdefault(row[down], {down: row[down]})
        line[column] = "-" if empty else f"{row[says]} {counts}"
    return [down, *(name for name, told in columns.items() if told)], list(lines.values())


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


def table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """A table for people; no rows is one line that says so."""
    if not rows:
        console().print("none")
        return
    made = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        numbers = all(isinstance(row.get(column), int | float | None) for row in rows)
        made.add_column(
            HEADINGS.get(column, column.replace("_", " ")),
            justify="right" if numbers else "left",
            overflow="fold",
            no_wrap=column in UNBROKEN,
        )
    shown = console()
    drawn = shown.is_terminal
    most = {
        column: max((int(str(row.get(column) or 0)) for row in rows), default=0)
        for column in columns
        if drawn and column in COUNTED
    }
    for row in rows:
        made.add_row(
            *(
                Text(
                    bar(row.get(column), most[column]) + _cell(row.get(column))
                    if column in most
                    else _cell(row.get(column)),
                    style=COLOURS.get(str(row.get(column)), "") if column in COLOURED else "",
                )
                for column in columns
            )
        )
    shown.print(made)


def bar(value: object, most: int) -> str:
    """A bar of one character, by eighths of the most there is, and a space; none for nothing."""
    number = int(str(value or 0))
    return f"{BARS[-(-number * (len(BARS) - 1) // most)]} " if number and most else ""


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.2f}"
    text = for_terminal(text_of(value))
    return text.replace("T", " ")[:16] if hasattr(value, "hour") else text


def fields(values: Mapping[str, object]) -> None:
    """One thing in full: a name and its value on each line, what is unknown left out."""
    made = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    made.add_column(no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in values.items():
        if value not in (None, "", [], {}):
            made.add_row(name.replace("_", " "), Text(_field(value)))
    console().print(made)


def _field(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "\n".join(
            ", ".join(
                f"{k}: {for_terminal(text_of(v))}" for k, v in each.items() if v not in (None, "")
            )
            for each in value
        )
    return "\n".join(for_terminal(line) for line in text_of(value).splitlines())
