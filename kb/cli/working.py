"""Commands on what is worth assessing and what worked: suggest, result, worked."""

from typing import Annotated

import typer

from kb.base import Rows
from kb.cli.opening import AsOf, By, day, opened
from kb.cli.output import listing, stderr

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def suggest(
    ctx: typer.Context,
    named: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    as_of: AsOf = None,
) -> Rows:
    """List pairs of initiative and strand worth assessing, and how far to rely on that.

    Example: kb suggest --limit 20
    """
    with opened(ctx) as base:
        return base.suggest(named, at=base.act_on(day(as_of)))


@app.command()
def result(
    ctx: typer.Context,
    named: Annotated[str, typer.Argument(metavar="ID")],
    changed: Annotated[str, typer.Argument(help="What it is said to have changed.")],
    quote: Annotated[str, typer.Option(help="What its page says, word for word.")],
    setting: Annotated[str, typer.Option(help="Where: a kind of trust, a place.")] = "",
    by: By = None,
) -> None:
    """Note what an initiative is said to have changed, by a quote from one of its pages.

    Example: kb result some-initiative "more boards set targets" --quote "nine in ten boards …"
    """
    with opened(ctx, by) as base:
        row = base.result(named, changed, quote=quote, setting=setting)
    stderr(f"{row['initiative']}: {row['changed']}")


@app.command()
@listing
def worked(
    ctx: typer.Context,
    strand: Annotated[str | None, typer.Argument(help="Only what bears on this strand.")] = None,
    as_of: AsOf = None,
) -> Rows:
    """List what initiatives are said to have changed, with setting, effect and quote.

    Example: kb worked peer-learning
    """
    with opened(ctx) as base:
        return base.worked(strand, at=base.act_on(day(as_of)))
