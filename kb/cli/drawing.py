"""Tables in a terminal: the part of what is shown that needs Rich."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kb.report.safe import for_terminal
from kb.report.tables import text_of

# Lists that people read as a matrix: what stands down, what across, and what a cell says.
ACROSS: Mapping[str, tuple[str, str, str]] = {"gaps_by": ("strand", "code", "position")}
# Lists that are read a few lines a row: what names it, its title, what is said of it, sentences.
LINES: Mapping[str, tuple[tuple[str, ...], str, tuple[str, ...], tuple[str, ...]]] = {
    "search": (
        ("document", "id"),
        "title",
        ("organisation", "slug", "when", "matched"),
        ("snippet", "why"),
    ),
    "for": (("group",), "title", ("organisation", "slug", "reach", "status"), ("line",)),
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
COUNTED = ("duplicates", "overlaps", "complements")
SIGNS = {"none-found": "none", "not-assessed": "?"}  # a position of which nothing counts
# Lists that are followed by sentences: what names a row, its title, counts, sentences.
AFTER: Mapping[str, tuple[str, str, Mapping[str, str], tuple[str, ...]]] = {
    "gaps": (
        "strand",
        "name",
        {"recheck": "to re-check", "unscreened": "pages to screen", "own": "of our own"},
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
    "id document strand position if_proposals level basis role status relevance shape state "
    "outcome decision counted".split()
)


def console(*, plain: bool = False) -> Console:
    """A console that takes text as text: nothing from outside is markup or emoji."""
    return Console(markup=False, highlight=False, emoji=False, no_color=plain or None)


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
    table(columns, rows)
    if rows and as_list in AFTER:
        name, title, counts, says = AFTER[as_list]
        with_counts = [
            dict(row)
            | {"counts": [f"{row[each]} {of}" for each, of in counts.items() if row[each]]}
            for row in rows
        ]
        console().print()
        lines(with_counts, (name,), title, ("counts",), says)


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
        line[column] = f"{position} {counts}" if assessed else SIGNS[position]
    left_out = [name for name, shown in columns.items() if not shown]
    notes = [f"{sign}: {position}" for position, sign in SIGNS.items()]
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
