"""The export command."""

from pathlib import Path
from typing import Annotated

import typer

from kb.base import LISTS, KnowledgeBase
from kb.cli.opening import AsOf, day, opened
from kb.cli.output import Shown, show, stderr
from kb.declare.codebook import FACETS
from kb.errors import Unknown
from kb.keep.said import Level
from kb.report.sheets import write_form

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
        if name == "coding" and Path(output).suffix.casefold() == ".xlsx":
            choices, strict = _choices(base)
            write_form(
                Path(output), made.columns, made.rows, choices=choices, strict=strict, force=force
            )
            stderr(f"{len(made.rows)} rows in {output}")
            return
    show(made, Shown(columns=columns, output=output, force=force))


def _choices(base: KnowledgeBase) -> tuple[dict[str, list[str]], list[str]]:
    """What each column of the coding sheet can hold, and the columns that hold one of it."""
    book, strands = base.declarations.book, base.declarations.offer.strand
    levels = {strand.key: [level.value for level in Level] for strand in strands}
    codes = {facet: list(book.codes[facet]) for facet in FACETS}
    one = [facet for facet in FACETS if facet in book.facets.one]
    return codes | levels, [*one, *levels]
