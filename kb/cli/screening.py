"""Commands on documents: inbox, flow and screen."""

import sys
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli.opening import AsOf, By, Why, opened
from kb.cli.output import at_terminal, listing, stderr
from kb.errors import Refused, Unknown
from kb.keep.decisions import Decision
from kb.report.tables import write_json
from kb.screen.agreement import Agreement
from kb.screen.assigning import assign as assign_share
from kb.screen.deciding import Screened
from kb.screen.flow import FlowStep
from kb.screen.identity import Kinship
from kb.screen.inbox import InboxPage
from kb.table import Table, cells, columns_of

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def inbox(
    ctx: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is below the threshold.")
    ] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you were given to read.")] = False,
    as_of: AsOf = None,
    by: By = None,
    limit: int | None = None,
) -> Table[InboxPage]:
    """List the pages that wait for a decision, the likeliest first.

    Example: kb inbox --limit 20
    """
    with opened(ctx, by, as_of=as_of) as base:
        return base.screen.inbox(everything=everything, mine=mine, limit=limit)


def parse_share(text: str) -> float:
    """A share as typed, 20% or 0.2. Raises Refused for what is none from 0 to 1."""
    number = text.strip().removesuffix("%")
    try:
        share = float(number) / (100 if "%" in text else 1)
    except ValueError:
        raise Refused(f"{text!r} is no share", hint="write it as 20% or 0.2") from None
    if not 0 <= share <= 1:
        meant = f"; {number}% if that is meant" if 1 < share <= 100 and "%" not in text else ""
        raise Refused(f"{text!r} is no share of a whole", hint=f"from 0 to 1, or 0% to 100%{meant}")
    return share


@app.command()
def assign(
    ctx: typer.Context,
    share: Annotated[str, typer.Argument(help="20%, or 0.2; 0 takes back what is not read.")],
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who reads: of people.toml.")],
    again: Annotated[
        bool, typer.Option("--again", help="Of what another decided on, to be read blind.")
    ] = False,
    by: By = None,
) -> None:
    """Give a person a share of the pages that wait, drawn by chance.

    Example: kb assign 20% --to ben
    """
    with opened(ctx, by) as base:
        made = assign_share(base.workspace, parse_share(share), to, again=again)
    what = "taken back" if made.pages < 0 else "given"
    pages = "1 page" if abs(made.pages) == 1 else f"{abs(made.pages)} pages"
    stderr(f"{pages} {what}; {made.person} has {made.to_read} to read")


@app.command()
@listing
def flow(ctx: typer.Context, as_of: AsOf = None) -> Table[FlowStep]:
    """Count how pages became initiatives, and why some were left out.

    Example: kb flow -f md
    """
    with opened(ctx, as_of=as_of) as base:
        return base.screen.flow()


WITH = {Kinship.one: "one with", Kinship.part: "part of"}


@app.command()
@listing
def agreement(ctx: typer.Context, as_of: AsOf = None) -> Table[Agreement]:
    """List how far people agree where several decided the same.

    Percentage, kappa or alpha with its interval, and which ones differ.

    Example: kb agreement
    """
    with opened(ctx, as_of=as_of) as base:
        return base.screen.agreement()


def _warn_of_doubles(base: KnowledgeBase, documents: list[str]) -> None:
    """Says of each page which initiatives it may be of; on a terminal asks before one is made."""
    doubles = base.screen.doubles(documents)
    for double in doubles:
        stderr(
            f"{double.b} may be {WITH[double.may_be]} {double.a} ({double.score:.2f}: "
            f"{'; '.join(double.reasons)}); --as {double.a} if it is"
        )
    if doubles and at_terminal() and not typer.confirm("make a new one?", err=True):
        raise typer.Abort


@app.command()
def screen(
    ctx: typer.Context,
    documents: Annotated[list[str], typer.Argument(metavar="DOC...", help="d42, or 42.")],
    decision: Annotated[str, typer.Argument(help="include, exclude or unsure.")],
    initiatives: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="INITIATIVE", help="The page belongs to this one."),
    ] = None,
    titles: Annotated[
        list[str] | None,
        typer.Option("--new", metavar="TITLE", help="One more initiative of the page."),
    ] = None,
    reason: Annotated[str, typer.Option(help="For exclude: a code of the code book.")] = "",
    why: Why = "",
    by: By = None,
    format: Annotated[str, typer.Option("--format", "-f", help="json for the rows.")] = "table",
) -> None:
    """Decide on pages: include, exclude or unsure.

    Including a page makes an initiative of it, unless --as names one.

    Example: kb screen d42 exclude --reason mention-only
    """
    if decision not in list(Decision):
        raise Unknown("decision", decision, list(Decision), where="kb screen")
    with opened(ctx, by) as base:
        if decision == Decision.include and not initiatives and not titles:
            _warn_of_doubles(base, documents)
        rows = base.screen.decide(
            documents,
            Decision(decision),
            initiatives=initiatives or [],
            titles=titles or [],
            reason=reason,
            why=why,
        )
    for row in rows:
        reason = f" ({row.reason})" if row.reason else ""
        joined = f": {'; '.join(row.initiatives)}" if row.initiatives else ""
        stderr(f"{row.document} {row.decision}{reason}{joined}")
    if format == "json":
        columns = [each.name for each in columns_of(Screened)]
        write_json(columns, map(cells, rows), sys.stdout)
