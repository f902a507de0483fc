"""`kb watch`: searches that are kept, and what is new for them."""

from typing import Annotated

import typer

from kb.cli import Sentences
from kb.cli.opening import By, opened
from kb.cli.output import listing, stderr
from kb.table import Table
from kb.workspace.saved_searches import News, SavedSearch

app = typer.Typer(rich_markup_mode=None)
watch_app = typer.Typer(cls=Sentences, rich_markup_mode=None)
app.add_typer(watch_app, name="watch")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the search is called.")]


@watch_app.callback()
def watch() -> None:
    """Keep searches, and see what is new for each.

    Example: kb watch run
    """


@watch_app.command()
def add(
    ctx: typer.Context,
    name: Name,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="As for kb search.")],
    why: Annotated[str, typer.Option(help="What it is kept for.")] = "",
    by: By = None,
) -> None:
    """Keep a search; its news begin now.

    Example: kb watch add mentoring "reverse mentoring" --why "for the leadership paper"
    """
    with opened(ctx, by) as base:
        row = base.screen.save_search(name, " ".join(query), why=why)
    stderr(f"kept {row.name}: {row.query}")


@watch_app.command("list")
@listing
def listed(ctx: typer.Context) -> Table[SavedSearch]:
    """List the searches that are kept.

    Example: kb watch list
    """
    with opened(ctx) as base:
        return base.screen.searches()


@watch_app.command()
def remove(ctx: typer.Context, name: Name, by: By = None) -> None:
    """Keep a search no longer.

    Example: kb watch remove mentoring
    """
    with opened(ctx, by) as base:
        base.screen.remove_search(name)
    stderr(f"removed {name}")


@watch_app.command()
@listing
def run(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="One; else all.")] = "",
    by: By = None,
) -> Table[News]:
    """List what is new or changed for each search since it was last run.

    Example: kb watch run
    """
    with opened(ctx, by) as base:
        return base.screen.news(name, read=True)
