"""Commands on what is one and what was said: same, merge, split, undo, resolve, forget."""

from typing import Annotated

import typer

from kb.assess.conflicts import Conflict
from kb.cli.opening import AsOf, By, Why, opened
from kb.cli.output import Shown, listing, show, stderr
from kb.errors import Refused
from kb.register.erasure import HeldText
from kb.table import Table

app = typer.Typer(rich_markup_mode=None)


@app.command()
def same(
    ctx: typer.Context,
    pair: Annotated[list[str] | None, typer.Argument(metavar="[A B]")] = None,
    no: Annotated[
        bool, typer.Option("--no", help="Remember that A and B are not the same.")
    ] = False,
    why: Why = "",
    as_of: AsOf = None,
    format: Annotated[str, typer.Option("--format", "-f")] = "table",
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Most rows.")] = None,
    by: By = None,
) -> None:
    """List pairs that may be one; or say that two are not.

    Two initiatives that are one: kb merge. A page of a known one: kb screen d42 include --as ID.

    Example: kb same d42 d57 --no
    """
    with opened(ctx, by, as_of=as_of) as base:
        if not pair:
            show(base.screen.same(), Shown(format, limit=limit))
            return
        if len(pair) != 2 or not no:
            raise Refused(
                "kb same takes two names and --no",
                hint="they are one: kb merge A B, or kb screen DOC include --as ID",
            )
        base.register.not_same(*pair, why=why)
    stderr(f"{pair[0]} and {pair[1]} are not the same")


@app.command()
def merge(
    ctx: typer.Context,
    stays: Annotated[str, typer.Argument(metavar="A", help="Stays.")],
    goes: Annotated[str, typer.Argument(metavar="B", help="Is the same as A.")],
    why: Why = "",
    by: By = None,
) -> None:
    """Find B to be A: what was said of B counts for A from now on.

    Its pages, codes and assessments do. kb split takes it back.

    Example: kb merge race-equality-week race-equality-week-2024
    """
    with opened(ctx, by) as base:
        done = base.register.merge(stays, goes, why=why)
    stderr(f"{done.merged} is {done.stays}; kb split {done.stays} {done.merged}")


@app.command()
def split(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    parts: Annotated[list[str], typer.Argument(metavar="PART...", help="A merged slug, or d42.")],
    why: Why = "",
    by: By = None,
) -> None:
    """Take a merged initiative, or pages, out of one again.

    What quotes a page goes with it.

    Example: kb split race-equality-week d42
    """
    with opened(ctx, by) as base:
        done = base.register.split(name, parts, why=why)
    stderr(f"{done.initiative} without {', '.join(done.parts)}")


@app.command()
def undo(ctx: typer.Context, why: Why = "", by: By = None) -> None:
    """End what your last act made and make again what it ended.

    Example: kb undo
    """
    with opened(ctx, by) as base:
        undone = base.register.undo(why=why)
    stderr(
        f"undone: act {undone.act.id} ({undone.act.command}): {undone.ended} ended, "
        f"{undone.made_again} made again"
    )


@app.command()
@listing
def conflicts(ctx: typer.Context, as_of: AsOf = None) -> Table[Conflict]:
    """List what people differ on, the answers side by side.

    Each answer has its quote and reason. kb resolve settles it.

    Example: kb conflicts
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.conflicts()


@app.command()
def resolve(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="WHAT", help="A page, or an initiative.")],
    words: Annotated[list[str], typer.Argument(metavar="[STRAND] OUTCOME")],
    why: Why = "",
    by: By = None,
) -> None:
    """Say what holds where people differ.

    Example: kb resolve race-equality-week hearts-and-minds overlaps --why "agreed on 3 May"
    """
    if len(words) > 2:
        raise Refused("kb resolve takes WHAT, a STRAND for an initiative, and OUTCOME")
    with opened(ctx, by) as base:
        strand = words[0] if len(words) == 2 else ""
        done = base.assess.resolve(name, words[-1], strand=strand, why=why)
    stderr(f"{' '.join(filter(None, (done.what, done.strand)))}: {done.outcome}")


@app.command()
def forget(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="DOC", help="d42.")],
    why: Annotated[str, typer.Option(help="Why it must not be held; this stays.")],
    passage: Annotated[str, typer.Option(help="Only the sentences that hold some of this.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: By = None,
) -> None:
    """Take a page's text out of store, index and archive, for good.

    It cannot be undone.

    Example: kb forget d42 --why "asked for by the person it names"
    """
    with opened(ctx, by) as base:
        if not yes and not typer.confirm(f"take {name} out for good?", err=True):
            raise typer.Abort
        erased = base.register.forget(name, passage=passage, why=why)
    what = f"{erased.sentences} sentences" if passage else "its text"
    stderr(f"{erased.document}: {what} taken out, {erased.records} records of the archive too")


def everywhere(ctx: typer.Context, words: list[str]) -> Table[HeldText]:
    """What `kb search --everywhere` shows."""
    with opened(ctx) as base:
        return base.register.everywhere(" ".join(words))
