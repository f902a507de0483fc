"""`kb review`: what waits for a person; the queue that is named, or the one that matters most."""

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any

import typer

from kb.base import KnowledgeBase
from kb.cli.asking import Asking, until_stopped
from kb.cli.opening import By, opened
from kb.cli.output import Shown, show, stderr
from kb.cli.queues.conflicts import ConflictQueue
from kb.cli.queues.inbox import InboxQueue
from kb.cli.queues.proposals import ProposalQueue
from kb.cli.queues.queue import Queue, walk
from kb.cli.queues.recheck import RecheckQueue
from kb.cli.queues.same import SameQueue
from kb.cli.start import singular
from kb.cli.walking import Plain
from kb.errors import Refused, Unknown
from kb.keep.acts import ActKind

app = typer.Typer(rich_markup_mode=None)

MakeQueue = Callable[[KnowledgeBase, Asking], Queue[Any]]

# What counts nowhere or no longer holds goes before what is new, and that before what is tidied.
QUEUES: Mapping[str, MakeQueue] = MappingProxyType(
    {
        "recheck": RecheckQueue,
        "conflicts": ConflictQueue,
        "inbox": InboxQueue,
        "proposals": ProposalQueue,
        "same": SameQueue,
    }
)


@app.command()
def review(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="[QUEUE]", help=f"One of {', '.join(QUEUES)}; else what matters most."
        ),
    ] = "",
    proposals: Annotated[
        bool, typer.Option("--proposals", help="The same as kb review proposals.")
    ] = False,
    criteria: Annotated[
        bool, typer.Option("--criteria", help="Show what is looked for, and decide nothing.")
    ] = False,
    assess: Annotated[
        bool, typer.Option("--assess", help="After an inclusion, go on into assessing.")
    ] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you were given to read.")] = False,
    blind: Annotated[
        bool, typer.Option("--blind/--open", help="Hide what others said of what you read again.")
    ] = True,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Most of them.")] = None,
    plain: Plain = False,
    by: By = None,
) -> None:
    """Go through what waits, one keystroke a decision.

    What is decided is stored at once.

    Example: kb review proposals
    """
    name = name or ("proposals" if proposals else "inbox" if assess else "")
    if name and name not in QUEUES:
        raise Unknown("queue", name, list(QUEUES), where="kb review")
    with opened(ctx, by) as base:
        if criteria:
            show(base.screen.criteria(), Shown())
            return
        base.workspace.check_may(ActKind.screen)
        ask = Asking(plain=plain)
        made: dict[str, MakeQueue] = {
            **({} if mine else QUEUES),
            "inbox": partial(InboxQueue, assess=assess, mine=mine, blind=blind),
            "proposals": partial(ProposalQueue, mine=mine, blind=blind),
        }
        if name and name not in made:
            raise Refused(
                f"nobody is given {name} to read", hint="--mine goes with inbox, proposals"
            )
        queue = made[name](base, ask) if name else _what_matters_most(base, ask, made)
        if queue is None:
            stderr("nothing waits")
            return
        shown = f"{limit} of {len(queue)}" if limit and limit < len(queue) else str(len(queue))
        ask.say(f"{shown} {singular(queue.about) if len(queue) == 1 else queue.about}")
        with until_stopped():
            walk(queue, limit)
    last = "; kb undo takes the last back" if queue.decided else ""
    stderr(f"{queue.decided} decided; {queue.left} left{last}")


def _what_matters_most(
    base: KnowledgeBase, ask: Asking, made: Mapping[str, MakeQueue]
) -> Queue[Any] | None:
    """The first queue in which anything waits; None where nothing does."""
    queues = (make(base, ask) for make in made.values())
    return next((queue for queue in queues if len(queue)), None)
