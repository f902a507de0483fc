"""Commands to keep a home in order."""

import sys
from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from kb.cli.opening import opened
from kb.cli.output import stderr
from kb.find.entries import IndexEntry

app = typer.Typer(rich_markup_mode=None)

PATIENCE_SECONDS = 600.0  # for another process that builds the index anew


@app.command()
def reindex(
    ctx: typer.Context,
    behind: Annotated[
        bool, typer.Option("--behind", help="Only what changed, where there is a sound index.")
    ] = False,
) -> None:
    """Build the search index anew from the store and the declarations.

    Searches go on over the old one meanwhile.

    Example: kb reindex
    """
    with opened(ctx) as base:
        base.screen.derive()
        write = base.workspace.catch_up_index if behind else base.workspace.reindex
        written = write(progress=_bar, patience=PATIENCE_SECONDS)
    stderr(f"{written} entries written")


def _bar(entries: Iterable[IndexEntry], count: int) -> Iterable[IndexEntry]:
    """The entries, with a bar of how many were taken where there is a terminal."""
    return track(
        entries,
        "index",
        total=count,
        console=Console(stderr=True, markup=False, emoji=False),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
