"""The declarations command: what a newer kb ships, and taking it over."""

from typing import Annotated

import typer

from kb.cli import Sentences
from kb.cli.opening import opened
from kb.cli.output import Shown, show, stderr
from kb.report.safe import for_terminal
from kb.workspace.newer_declarations import declaration_states, difference, take

app = typer.Typer(rich_markup_mode=None)
declarations_app = typer.Typer(cls=Sentences, rich_markup_mode=None)
app.add_typer(declarations_app, name="declarations")


@declarations_app.callback()
def declarations() -> None:
    """Compare the home's files with those that this kb ships.

    Example: kb declarations diff
    """


@declarations_app.command("diff")
def diff_command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[FILE]")] = "",
    format: Annotated[str, typer.Option("--format", "-f", help="table, json and so on.")] = "table",
) -> None:
    """List who changed which file since the home was made, or show how one differs.

    Example: kb declarations diff codebook.toml
    """
    with opened(ctx) as base:
        if not name:
            show(declaration_states(base.workspace), Shown(format=format))
            return
        for line in difference(base.workspace, name):
            typer.echo(line[:1] + for_terminal(line[1:]) if line else "")


@declarations_app.command("take")
def take_command(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="FILE...")],
    force: Annotated[
        bool, typer.Option("--force", help="Also what was edited here; it is kept as a copy.")
    ] = False,
) -> None:
    """Put the shipped files in place of the home's.

    Example: kb declarations take codebook.toml
    """
    with opened(ctx) as base:
        taken = take(base.workspace, names, force=force)
    stderr(*(f"{name} is as shipped; what it was is in {name}.before" for name in taken))
    if not taken:
        stderr("all of these are as shipped")
