"""The export command."""

from typing import Annotated

import typer

from kb.base import LISTS
from kb.cli.opening import AsOf, day, opened
from kb.cli.output import Shown, show
from kb.errors import Unknown

app = typer.Typer(rich_markup_mode=None)


@app.command()
def export(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="LIST", help=", ".join(LISTS))],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE")],
    columns: Annotated[str, typer.Option(metavar="A,B", help="Only these.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over FILE.")] = False,
    as_of: AsOf = None,
) -> None:
    """Write a whole list to a file, in the format of its suffix.

    Example: kb export overlaps -o overlaps.csv
    """
    if name not in LISTS:
        raise Unknown("list", name, LISTS, where="kb export")
    with opened(ctx) as base:
        made = base.listing(name, day(as_of))
    show(made, Shown(columns=columns, output=output, force=force))
