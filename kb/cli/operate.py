"""Commands to keep a home in order."""

import typer

from kb.cli.opening import opened
from kb.cli.output import stderr

app = typer.Typer(rich_markup_mode=None)


@app.command()
def reindex(ctx: typer.Context) -> None:
    """Bring the index to the store: what changed, or all where there is no index.

    Example: kb reindex
    """
    with opened(ctx) as base:
        base.rescore()
        written = base.catch_up_index()
    stderr(f"{written} entries written")
