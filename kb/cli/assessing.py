"""Commands on the offer: offer, assess, overlaps, gaps."""

import sys
from typing import Annotated

import typer

from kb.assess.gaps import CellGap, Gap, Overlap
from kb.assess.offers import OfferStrand, OfferVersion, StrandDifference
from kb.base import KnowledgeBase
from kb.cli import Sentences
from kb.cli.asking import Asking, until_stopped
from kb.cli.opening import AsOf, By, Why, opened
from kb.cli.output import Shown, at_terminal, listing, print_row, show, stderr
from kb.cli.walking import Plain, walk
from kb.errors import Unknown
from kb.keep.decisions import Level
from kb.table import Table
from kb.workspace.workspace import parse_id

app = typer.Typer(rich_markup_mode=None)
offer_app = typer.Typer(cls=Sentences, rich_markup_mode=None, invoke_without_command=True)
app.add_typer(offer_app, name="offer")

OfferFile = Annotated[
    str,
    typer.Option("--offer", metavar="FILE", help="What if this were the offer? Nothing changes."),
]
Place = Annotated[str, typer.Option("--region", help="The place asked about.")]


@offer_app.callback()
@listing
def offer(
    ctx: typer.Context,
    history: Annotated[
        bool, typer.Option("--history", help="Every accepted version, the newest first.")
    ] = False,
    as_of: AsOf = None,
) -> Table[OfferStrand] | Table[OfferVersion] | None:
    """List the strands of the planned offer.

    Example: kb offer
    """
    if ctx.invoked_subcommand is not None:
        return None
    with opened(ctx, as_of=as_of) as base:
        return base.assess.offer_history() if history else base.assess.offer()


@offer_app.command("diff")
@listing
def offer_diff(ctx: typer.Context) -> Table[StrandDifference]:
    """List how offer.toml differs from the accepted offer, and what accepting it re-opens.

    Example: kb offer diff
    """
    with opened(ctx) as base:
        return base.assess.offer_diff()


@offer_app.command("accept")
@listing
def offer_accept(
    ctx: typer.Context,
    minor: Annotated[
        list[str] | None,
        typer.Option("--minor", metavar="STRAND", help="Its assessments hold on; needs --why."),
    ] = None,
    why: Why = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: By = None,
) -> Table[StrandDifference]:
    """Make offer.toml the offer that lists rest on; what relied on a change is re-opened.

    Example: kb offer accept --minor talent --why "a word was mended"
    """
    with opened(ctx, by) as base:
        if not yes and at_terminal():
            show(base.assess.offer_diff(), Shown())
            if not typer.confirm("accept it?", err=True):
                raise typer.Abort
        table = base.assess.accept(minor=minor or [], why=why)
        base.screen.derive()  # pages that wait are shown under the strands of now
        return table


@app.command()
def assess(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    strand: Annotated[str, typer.Argument(metavar="STRAND")] = "",
    level: Annotated[str, typer.Argument(metavar="LEVEL", help=", ".join(Level))] = "",
    quote: Annotated[
        str,
        typer.Option(help="What the page says, 3 for passage 3, - to read it. None: a proposal."),
    ] = "",
    why: Why = "",
    plain: Plain = False,
    by: By = None,
    format: Annotated[str, typer.Option("--format", "-f", help="json for the row.")] = "table",
) -> None:
    """Say what an initiative is to a strand, or to each in turn.

    Example: kb assess race-equality-week hearts-and-minds overlaps --quote "a week in which …"
    """
    with opened(ctx, by) as base:
        if not strand:
            with until_stopped():
                walk(base, Asking(plain=plain), name)
            return
        if level not in list(Level):
            raise Unknown("level", level, list(Level), where="the code book")
        row = base.assess.assess(
            name, strand, Level(level), quote=_quote(base, name, strand, quote), why=why
        )
    stderr(f"{row.initiative} {row.level} {row.strand} ({row.basis})")
    if format == "json":
        print_row(row)


def _quote(base: KnowledgeBase, name: str, strand: str, quote: str) -> str:
    """The quote as given, the passage of that number, or what stands on standard input."""
    if quote == "-":
        return sys.stdin.read()
    number = parse_id(quote)
    return quote if number is None else base.assess.passage(name, strand, number)


@app.command()
@listing
def overlaps(
    ctx: typer.Context,
    strand: Annotated[str | None, typer.Argument(help="Only this strand.")] = None,
    region: Place = "England",
    offer_file: OfferFile = "",
    as_of: AsOf = None,
) -> Table[Overlap]:
    """List what others do that bears on each strand of the offer.

    What is not counted is there too, with why.

    Example: kb overlaps peer-learning -o overlaps.csv
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.overlaps(strand, region=region, offer=offer_file)


@app.command()
@listing
def gaps(
    ctx: typer.Context,
    region: Place = "England",
    by_facet: Annotated[
        str, typer.Option("--by", metavar="FACET", help="A row a strand and code of this facet.")
    ] = "",
    grid: Annotated[bool, typer.Option("--grid", help="Topics down, means across.")] = False,
    offer_file: OfferFile = "",
    as_of: AsOf = None,
) -> Table[Gap] | Table[CellGap]:
    """List where each strand of the offer stands.

    Also where it would stand if all proposals held.

    Example: kb gaps --by region
    """
    facet = "means" if grid else by_facet
    with opened(ctx, as_of=as_of) as base:
        if facet:
            return base.assess.gaps_by(facet, region=region, offer=offer_file, topics=grid)
        return base.assess.gaps(region=region, offer=offer_file)
