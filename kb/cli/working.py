"""Commands on what is worth assessing and what worked: suggest, result, worked."""

from typing import Annotated

import typer

from kb.assess.outcomes import Suggestion, Worked
from kb.cli.opening import AsOf, By, opened
from kb.cli.output import listing, stderr
from kb.table import Table

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def suggest(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[ID]")] = None,
    as_of: AsOf = None,
) -> Table[Suggestion]:
    """List pairs of initiative and strand that are worth assessing.

    Example: kb suggest --limit 20
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.suggest(name)


@app.command()
def result(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    changed: Annotated[str, typer.Argument(help="What it is said to have changed.")],
    quote: Annotated[str, typer.Option(help="What its page says, word for word.")],
    setting: Annotated[str, typer.Option(help="Where: a kind of trust, a place.")] = "",
    by: By = None,
) -> None:
    """Note what an initiative is said to have changed, by a quote.

    Example: kb result some-initiative "more boards set targets" --quote "nine in ten boards …"
    """
    with opened(ctx, by) as base:
        row = base.assess.note_result(name, changed, quote=quote, setting=setting)
    stderr(f"{name}: {row.changed}")


@app.command()
@listing
def worked(
    ctx: typer.Context,
    strand: Annotated[str | None, typer.Argument(help="Only what bears on this strand.")] = None,
    as_of: AsOf = None,
) -> Table[Worked]:
    """List what initiatives are said to have changed.

    Example: kb worked peer-learning
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.worked(strand)
