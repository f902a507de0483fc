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

By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who acts; else KB_USER, else the login.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="As it stood at the end of that day (UTC)."),
]


def settings(ctx: typer.Context) -> Settings:
    """What was read from the environment."""
    _, found = ctx.find_root().obj
    return found  # type: ignore[no-any-return]


def home_of(ctx: typer.Context) -> Home:
    """The home that --home, KB_HOME or the folder names; NoHome where there is none."""
    given, found = ctx.find_root().obj
    return find_home(given, found, Path.cwd())


@contextmanager
def opened(ctx: typer.Context, by: str | None = None) -> Iterator[KnowledgeBase]:
    """The knowledge base, closed again afterwards."""
    base = KnowledgeBase(home_of(ctx), by=by or settings(ctx).user)
    try:
        yield base
    finally:
        base.close()


def day(text: str | None) -> date | None:
    """A date as typed; None for none. Raises Refused for one that is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{text!r} is no date", hint="write it so: 2026-11-22") from None
