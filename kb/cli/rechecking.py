"""`kb recheck`, `kb changes`, `kb moved`: what needs another look, and what changed."""

from datetime import date
from typing import Annotated

import typer

from kb.assess.changes import Moved
from kb.assess.page_changes import PageChange
from kb.assess.recheck import ToRecheck
from kb.cli.asking import Asking, until_stopped
from kb.cli.opening import AsOf, By, opened, parse_day
from kb.cli.output import listing, stderr
from kb.cli.queues.queue import walk
from kb.cli.queues.recheck import RecheckQueue
from kb.cli.walking import Plain
from kb.table import Table

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def recheck(
    ctx: typer.Context,
    go: Annotated[
        bool, typer.Option("--go", help="Go through them: renew, or say what holds now.")
    ] = False,
    plain: Plain = False,
    as_of: AsOf = None,
    by: By = None,
    limit: int | None = None,
) -> Table[ToRecheck] | None:
    """List what needs another look, what moves a position first.

    Example: kb recheck --go
    """
    with opened(ctx, by, as_of=as_of) as base:
        table = base.assess.recheck()
        if not go:
            return table
        queue = RecheckQueue(base, Asking(plain=plain), proposals=True)
        with until_stopped():
            for note in queue.notes:
                queue.ask.say(note)
            walk(queue, limit)
    stderr(f"{queue.decided} decided")
    return None


@app.command()
@listing
def changes(
    ctx: typer.Context,
    since: Annotated[
        date | None, typer.Option(parser=parse_day, help="Only what was found so after that day.")
    ] = None,
    as_of: AsOf = None,
) -> Table[PageChange]:
    """List the register's pages that changed since a person looked.

    The largest fall of relevance comes first.

    Example: kb changes --since 2026-03-01
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.changes(since)


@app.command()
@listing
def moved(
    ctx: typer.Context,
    since: Annotated[
        date, typer.Argument(metavar="DATE", parser=parse_day, help="Compare the end of that day …")
    ],
    until: Annotated[
        date | None, typer.Argument(metavar="[DATE]", parser=parse_day, help="… with this, or now.")
    ] = None,
) -> Table[Moved]:
    """List what moved between two days, by the world or by us.

    Example: kb moved 2026-03-01 2026-06-30
    """
    with opened(ctx) as base:
        return base.assess.moved_between(since, until)
