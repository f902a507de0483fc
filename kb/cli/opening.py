"""Opens the knowledge base that a command is asked of."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.errors import Refused
from kb.home import Home, Settings, find_home
from kb.workspace.workspace import Workspace


def parse_day(text: str) -> date:
    """A date as typed. Raises Refused for what is no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is no date", hint="write it so: 2026-11-22") from None


By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who acts; else KB_USER, else the login.")
]
AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=parse_day,
        help="As it stood at the end of that day (UTC).",
    ),
]
Why = Annotated[str, typer.Option(help="In words, as if it will be published.")]


def settings(ctx: typer.Context) -> Settings:
    """What was read from the environment."""
    _, environment = ctx.find_root().obj
    return environment  # type: ignore[no-any-return]


def home_of(ctx: typer.Context) -> Home:
    """The home that --home, KB_HOME or the folder names; NoHome where there is none."""
    folder, environment = ctx.find_root().obj
    return find_home(folder, environment, Path.cwd())


@contextmanager
def opened(
    ctx: typer.Context, by: str | None = None, *, as_of: date | None = None
) -> Iterator[KnowledgeBase]:
    """The knowledge base, its lists as of the end of that day, closed again afterwards."""
    with KnowledgeBase(Workspace(home_of(ctx), by=by or settings(ctx).user)) as base:
        yield base.at(as_of) if as_of else base
