"""`kb recheck`: what needs another look, as a list, or one after the other by single keys."""

from typing import Annotated

import typer

from kb.base import KnowledgeBase, Rows
from kb.cli.asking import Asking, until_stopped
from kb.cli.opening import AsOf, By, day, opened
from kb.cli.output import listing, stderr
from kb.cli.walking import Plain
from kb.errors import KBError, Refused

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
) -> Rows | None:
    """List what needs another look, what would change a position first.

    Example: kb recheck --go
    """
    with opened(ctx, by) as base:
        listed = base.recheck(at=base.act_on(day(as_of)))
        if not go:
            return listed
        renewed = 0
        asking = Asking(plain=plain)
        with until_stopped():
            for row in listed.rows[:limit]:
                key = _shown(asking, row)
                if key == "q":
                    break
                renewed += key == "r" and _renewed(base, asking, row)
    stderr(f"{renewed} renewed")
    return None


def _shown(asking: Asking, row: dict[str, object]) -> str:
    """Shows the old quote beside the nearest passage; the key the person answers with."""
    asking.say()
    becomes = f"; without it the strand is {row['would_become']}" if row["would_become"] else ""
    asking.say(f"{row['initiative']} and {row['strand'] or 'its codes'}: {row['cause']}{becomes}")
    if row["strand"] is None:
        facet = str(row["old"]).partition("=")[0]
        asking.say(f"  was: {row['old']}; say which: kb tag {row['initiative']} {facet}=CODE")
        return asking.key("", {key: CHOICES[key] for key in "sq"})
    asking.say(f"  was: {row['old'] or 'no quote'}")
    asking.say(f"  now: {row['nearest'] or 'nothing like it'}")
    keys = CHOICES if row["nearest"] else {key: CHOICES[key] for key in "sq"}
    return asking.key("", keys)


def _renewed(base: KnowledgeBase, asking: Asking, row: dict[str, object]) -> bool:
    try:
        base.renew(str(row["initiative"]), str(row["strand"]), quote=str(row["nearest"] or ""))
    except KBError as error:
        asking.say(f"not renewed: {error} ({error.hint})")
        return False
    return True


@app.command()
@listing
def moved(
    ctx: typer.Context,
    since: Annotated[str, typer.Argument(metavar="DATE", help="Compare the end of that day …")],
    until: Annotated[
        str | None, typer.Argument(metavar="[DATE]", help="… with this, or now.")
    ] = None,
) -> Rows:
    """List what moved between two days, each difference with one cause: the world, or us.

    Example: kb moved 2026-03-01 2026-06-30
    """
    with opened(ctx) as base:
        first = day(since)
        if first is None:
            raise Refused("moved needs a day to begin with")
        return base.moved(first, day(until))
