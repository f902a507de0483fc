"""Tables in a terminal: the part of what is shown that needs Rich."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from io import StringIO
from math import ceil

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from kb.report.safe import for_terminal
from kb.report.tables import text_of

# Lists that people read as a matrix: what stands down, what across, and what a cell says.
ACROSS: Mapping[str, tuple[str, str, str]] = {"gaps_by": ("strand", "code", "position")}
# Lists that are read a few lines a row: what names it, its title, what is said of it, sentences.
LINES: Mapping[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]] = {
    "for": (("group",), "title", ("organisation", "slug", "reach", "status"), ("line",))
}
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
SPACE_BETWEEN = 2
MOST_OF_A_WORD = 16  # of a running text: a longer word may be broken
# A short value that says nothing without its heading.
SAID = frozenset(
    "would_become if_proposals without_recheck ended_at since unwell_since grade why reason".split()
)
SHORT = 16  # characters of a value that stands on a line with others
ROOM_FOR_NOTES = 3  # lines for what is said below a list
COUNTED = ("duplicates", "overlaps", "complements")
# A bar a strand, in characters that need no colour: what counts, what counts and is to be
# re-checked, what is proposed.
BAR, SOUND, AGAIN, PROPOSED = "bar", "█", "▒", "░"
BAR_LENGTH = 6
BAR_SAYS = f"{SOUND} counts  {AGAIN} counts, to re-check  {PROPOSED} proposed"
STALE = "*"
MARKED = f"{STALE}: rests on what is to be re-checked"
SIGNS = {"none-found": "none", "not-assessed": "?"}  # a position of which nothing counts
# Lists that sentences go before: what names a row, its title, counts (each with its words, and
# what would be without it), sentences.
BEFORE: Mapping[str, tuple[str, str, Mapping[str, tuple[str, str]], tuple[str, ...]]] = {
    "gaps": (
        "strand",
        "name",
        {
            "recheck": ("to re-check", "without_recheck"),
            "unscreened": ("waiting pages", ""),
            "own": ("of our own", ""),
        },
        ("need", "prompt"),
    )
}
HEADINGS = {
    "if_proposals": "if all held",
    "why_not_counted": "why not",
    "duplicates": "dup",
    "overlaps": "over",
    "complements": "comp",
    "ended_at": "ended",
}
# Names and codes are read whole or not at all; sentences may run on.
UNBROKEN = frozenset(
    "at id document strand position if_proposals level basis role status relevance shape state "
    "outcome decision counted bar".split()
)


_DRAWN: ContextVar[Console | None] = ContextVar("_DRAWN", default=None)


def console(*, plain: bool = False) -> Console:
    """A console that takes text as text: nothing from outside is markup or emoji."""
    drawn = _DRAWN.get()
    if drawn is not None:
        return drawn
    return Console(markup=False, highlight=False, emoji=False, no_color=plain or None)


@contextmanager
def paged(*, pager: bool = True) -> Iterator[None]:
    """On a terminal what is drawn within goes through a pager, where it is longer than that.

    The pager is that of PAGER, else less. Never for a pipe or a file.
    """
    if not (pager and sys.stdout.isatty()):
        yield
        return
    out, terminal = StringIO(), console()
    drawn = Console(
        file=out, force_terminal=True, width=terminal.width, markup=False, highlight=False,
        emoji=False,
    )  # fmt: skip
    token = _DRAWN.set(drawn)
    try:
        yield
    finally:
        _DRAWN.reset(token)
    text = out.getvalue()
    if text.count("\n") < terminal.height - ROOM_FOR_NOTES or not _through_pager(text):
        sys.stdout.write(text)
        sys.stdout.flush()


def _through_pager(text: str) -> bool:
    """Shows the text by the pager; False where there is none."""
    words = shlex.split(os.environ.get("PAGER", "")) or ["less"]
    environ = {"LESS": "FRX"} | os.environ  # colours as they are, and no pager for one screen
    try:
        # What people set as their pager is theirs to run.
        subprocess.run(words, input=text, text=True, env=environ, check=False)  # noqa: S603
    except (OSError, ValueError):
        return False
    return True


def draw(
    lead: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Mapping[str, object]],
    *,
    as_list: str = "",
) -> None:
    """Sentences, then a table; a matrix, or a few lines a row, where that list is read so."""
    for sentence in lead:
        console().print(for_terminal(sentence))
    if rows and as_list in LINES:
        lines(rows, *LINES[as_list])
        return
    if as_list in ACROSS:
        columns, rows, notes = _across(rows, *ACROSS[as_list])
        table(columns, rows)
        console().print("; ".join(notes))
        return
    if as_list == "overlaps":
        rows = [_with_state(row) for row in rows]
    if rows and as_list in BEFORE:
        name, title, counts, says = BEFORE[as_list]
        telling = [
            dict(row)
            | {"counts": [_count(row, each, *words) for each, words in counts.items() if row[each]]}
            for row in rows
            if row["need"] or any(row[each] for each in counts)
        ]
        if telling:
            lines(telling, (name,), title, ("counts",), says)
            console().print()
        if any(row["recheck"] for row in rows):
            console().print(MARKED)
        rows = [
            dict(row) | {"position": f"{row['position']}{STALE if row['recheck'] else ''}"}
            for row in rows
        ]
        console().print(BAR_SAYS)
        columns, rows = [*columns, BAR], _with_bars(rows)
    table(columns, rows)


def _with_bars(rows: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    """Rows of gaps with a bar each; the longest is as long as there is room."""

    def parts(row: Mapping[str, object]) -> tuple[int, int, int]:
        counted = sum(int(str(row[name])) for name in COUNTED)
        again = min(counted, int(str(row["recheck"])))
        return counted - again, again, int(str(row["proposed"]))

    most = max([BAR_LENGTH, *(sum(parts(row)) for row in rows)])
    return [
        dict(row)
        | {
            BAR: "".join(
                sign * ceil(count * BAR_LENGTH / most)
                for sign, count in zip((SOUND, AGAIN, PROPOSED), parts(row), strict=True)
            )[: BAR_LENGTH + 2]
        }
        for row in rows
    ]


def _with_state(row: Mapping[str, object]) -> dict[str, object]:
    """A row of overlaps with all that is known of its evidence in one cell."""
    states = [row.get(each) for each in ("recheck", "says_else", "quiet")]
    return dict(row) | {"recheck": "; ".join(str(each) for each in states if each)}


def _count(row: Mapping[str, object], column: str, words: str, without: str) -> str:
    """A count with its words: `1 to re-check (without: related)`."""
    rest = row.get(without)
    return f"{row[column]} {words}" + (f" (without: {rest})" if rest else "")


def _across(
    rows: Sequence[Mapping[str, object]], down: str, across: str, says: str
) -> tuple[list[str], list[dict[str, object]], list[str]]:
    """The rows as a matrix, in each cell a position and what counts; with what is to be said of it.

    A column of which nothing was assessed is left out, and named.
    """
    table: dict[object, dict[str, object]] = {}
    columns: dict[str, bool] = {}
    for row in rows:
        counts = "/".join(str(row[name]) for name in COUNTED)
        position, column = str(row[says]), str(row[across])
        assessed = position not in SIGNS or any(row[name] for name in COUNTED)
        columns[column] = columns.get(column, False) or assessed
        line = table.setdefault(row[down], {down: row[down]})
        stale = STALE if row["recheck"] else ""
        line[column] = f"{position} {counts}{stale}" if assessed else SIGNS[position]
    left_out = [name for name, shown in columns.items() if not shown]
    notes = [f"{sign}: {position}" for position, sign in SIGNS.items()]
    notes += (
        [f"{STALE}: rests on what is to be re-checked"] if any(r["recheck"] for r in rows) else []
    )
    notes += [f"not assessed at all: {', '.join(left_out)}"] if left_out else []
    return [down, *(name for name in columns if columns[name])], list(table.values()), notes


def lines(
    rows: Sequence[Mapping[str, object]],
    names: Sequence[str],
    title: str,
    about: Sequence[str],
    says: Sequence[str],
) -> None:
    """A row as some lines: the first of the names it has beside its title, then the rest."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for row in rows:
        name = next(_cell(row.get(each)) for each in names if row.get(each) is not None)
        entry = Text(_cell(row.get(title)), style="bold")
        known = [_cell(row.get(each)) for each in about if row.get(each)]
        for line in (" · ".join(known), *(_cell(row.get(each)) for each in says)):
            entry.append(f"\n{line}" if line else "", style="not bold")
        grid.add_row(name, entry)
    console().print(grid)


def table(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """A table for people, or a few lines a row where it does not fit; "none" for no rows."""
    if not rows:
        console().print("none")
        return
    if _least_width(columns, rows) > console().width:
        _entries(columns, rows)
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
                    style=COLOURS.get(str(row.get(column)).rstrip(STALE), "")
                    if column in COLOURED
                    else "",
                )
                for column in columns
            )
        )
    shown.print(made)


def _least_width(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> int:
    """The width that a table needs so that no word of it is broken."""
    least = 0
    for column in columns:
        heading = HEADINGS.get(column, column.replace("_", " "))
        words = [max(map(len, heading.split()))]
        for row in rows:
            cell = _cell(row.get(column))
            words.append(len(cell) if column in UNBROKEN else _longest_word(cell))
        least += max(words) + SPACE_BETWEEN
    return least - SPACE_BETWEEN


def _longest_word(cell: str) -> int:
    """Of text that runs on a long word may be broken, as an address is."""
    return min(MOST_OF_A_WORD, max(map(len, cell.split()), default=0))


def _entries(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> None:
    """Each row as its short values on a line, then a line for each of its texts."""
    for row in rows:
        known = {each: _cell(row.get(each)) for each in columns}
        known = {each: cell for each, cell in known.items() if cell}
        short = [each for each in known if each in UNBROKEN or len(known[each]) <= SHORT]
        first = " · ".join(_short(each, row.get(each), known[each]) for each in short)
        console().print(Text(first, style="bold", overflow="fold"))
        for each in known:
            if each not in short:
                heading = HEADINGS.get(each, each.replace("_", " "))
                line = Text(f"{heading}: {known[each]}", overflow="fold")
                console().print(Padding(line, (0, 0, 0, 2)))


def _short(column: str, value: object, cell: str) -> str:
    """A short value; a number or a yes says of what."""
    heading = HEADINGS.get(column, column.replace("_", " "))
    if isinstance(value, bool):
        return heading
    if column in SAID:
        return f"{heading} {cell}"
    return f"{cell} {heading}" if isinstance(value, int | float) else cell


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
