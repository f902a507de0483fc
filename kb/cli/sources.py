"""Commands on sources and their runs."""

from typing import Annotated

import typer

from kb.base import Rows
from kb.cli.opening import AsOf, day, opened
from kb.cli.output import listing

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def sources(ctx: typer.Context) -> Rows:
    """List every source with what is known of it.

    Example: kb sources -f csv > sources.csv
    """
    with opened(ctx) as base:
        return base.sources()


@app.command()
@listing
def runs(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Argument(help="Only runs of this source.")] = None,
    as_of: AsOf = None,
) -> Rows:
    """List runs, the newest first.

    Example: kb runs nhs-england-equality
    """
    with opened(ctx) as base:
        return base.runs(source, at=base.act_on(day(as_of)))
