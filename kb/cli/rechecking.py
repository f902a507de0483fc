"""`kb recheck`: what needs another look, as a list, or one after the other by single keys."""

from datetime import date
from typing import Annotated

import typer

from kb.assess.changes import Moved
from kb.assess.recheck import ToRecheck
from kb.base import KnowledgeBase
from kb.cli.asking import Asking, until_stopped
from kb.cli.opening import AsOf, By, opened, parse_day
from kb.cli.output import listing, stderr
from kb.cli.walking import Plain
from kb.errors import KBError
from kb.table import Table

app = typer.Typer(rich_markup_mode=None)

CHOICES = {"r": "enew with this passage", "s": "kip", "q": "uit"}


@app.command()
@listing
def recheck(
    ctx: typer.Context,
    go: Annotated[
        bool, typer.Option("--go", help="Go through them: one key renews with the passage shown.")
    ] = False,
    plain: Plain = False,
    as_of: AsOf = None,
    by: By = None,
    limit: int | None = None,
) -> Table[ToRecheck] | None:
    """List what needs another look, what would change a position first.

    Example: kb recheck --go
    """
    with opened(ctx, by, as_of=as_of) as base:
        table = base.assess.recheck()
        if not go:
            return table
        renewed = 0
        asking = Asking(plain=plain)
        with until_stopped():
            for row in table.rows[:limit]:
                key = _show(asking, row)
                if key == "q":
                    break
                renewed += key == "r" and _renewed(base, asking, row)
    stderr(f"{renewed} renewed")
    return None


def _show(asking: Asking, row: ToRecheck) -> str:
    """Shows the old quote beside the nearest passage; the key the person answers with."""
    asking.say()
    becomes = f"; without it the strand is {row.would_become}" if row.would_become else ""
    asking.say(f"{row.initiative} and {row.strand or 'its codes'}: {row.cause}{becomes}")
    if row.strand is None:
        asking.say(f"  was: {row.old}; say which: kb tag {row.initiative} {row.cause.facet}=CODE")
        return asking.key("", {key: CHOICES[key] for key in "sq"})
    asking.say(f"  was: {row.old or 'no quote'}")
    asking.say(f"  now: {row.nearest or 'nothing like it'}")
    keys = CHOICES if row.nearest else {key: CHOICES[key] for key in "sq"}
    return asking.key("", keys)


def _renewed(base: KnowledgeBase, asking: Asking, row: ToRecheck) -> bool:
    try:
        base.assess.renew(row.initiative, row.strand or "", quote=row.nearest or "")
    except KBError as error:
        asking.say(f"not renewed: {error} ({error.hint})")
        return False
    return True


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
    """List what moved between two days, each difference with one cause: the world, or us.

    Example: kb moved 2026-03-01 2026-06-30
    """
    with opened(ctx) as base:
        return base.assess.moved_between(since, until)
