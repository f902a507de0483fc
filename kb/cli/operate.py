"""Commands to keep a home in order."""

import typer

from kb.cli.opening import opened
from kb.cli.output import stderr

app = typer.Typer(rich_markup_mode=None)


@app.command()
def reindex(ctx: typer.Context) -> None:
    """Build the search index anew from the store and the declarations.

    Example: kb reindex
    """
    with opened(ctx) as base:
        base.rescore()
        base.sign()
        base.bear()
        written = base.reindex()
    stderr(f"{written} entries written")
