"""Commands to keep a home in order."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track

from kb.cli.opening import home_of, opened
from kb.cli.output import Shown, show, stderr
from kb.declare.upkeep import UPKEEP, Upkeep
from kb.errors import KBError, NoHome, Refused
from kb.find.entries import IndexEntry
from kb.home import Home
from kb.keep import backup as backups
from kb.report.doctor import Condition, of_what_opens
from kb.report.doctor import doctor as examined
from kb.workspace.workspace import now_utc

app = typer.Typer(rich_markup_mode=None)

PATIENCE_SECONDS = 600.0  # for another process that builds the index anew


@app.command()
def backup(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="[FILE]", help="A file, or a folder; else as upkeep.toml says.")
    ] = "",
    archive: Annotated[
        bool, typer.Option("--archive", help="With what was received from sites.")
    ] = False,
    keep: Annotated[
        int, typer.Option(min=0, metavar="N", help="In a folder: the newest N alone.")
    ] = 0,
) -> None:
    """Write a backup, of one instant even while others write.

    It holds the store and what staff declared, with checksums that sha256sum -c reads.

    Example: kb backup /mnt/backups --keep 7
    """
    home = home_of(ctx)
    if target:
        path = Path(target)
    else:
        path = home.path / Upkeep.of(home.declaration(UPKEEP)).backups
        path.mkdir(parents=True, exist_ok=True)
    made = backups.back_up(home, path, now=now_utc(), archive=archive, keep=keep)
    stderr(*(f"dropped {old.name}" for old in made.dropped))
    stderr(f"{made.files} files in {made.path}")


@app.command()
def restore(ctx: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE")]) -> None:
    """Make a home of a backup, in an empty folder.

    The backup is checked first; the index is written by the next search.

    Example: kb --home restored restore kb-backup.zip
    """
    folder, environment = ctx.find_root().obj
    name = folder or environment.home
    if not name:
        raise Refused("say where: nothing is restored by mistake", hint="kb --home FOLDER restore")
    home = Home(Path(name))
    count = backups.restore(Path(file), home)
    stderr(f"{count} files restored in {home.path}; kb --home {home.path} says what waits")


@app.command()
def doctor(
    ctx: typer.Context,
    format: Annotated[str, typer.Option("--format", "-f", help="table, json and so on.")] = "table",
    as_json: Annotated[bool, typer.Option("--json", help="The same as -f json.")] = False,
) -> None:
    """Look at everything that may be wrong, and say what to do.

    Store, index, archive, declarations, disk, clock, backups, sources, readers. Exit status 1
    says that something is wrong.

    Example: kb doctor
    """
    try:
        with opened(ctx) as base:
            table = examined(base.workspace)
    except NoHome:
        raise
    except KBError as error:
        table = of_what_opens(error)
    show(table, Shown(format="json" if as_json else format))
    if any(row.state is Condition.wrong for row in table.rows):
        raise typer.Exit(1)


@app.command()
def reindex(
    ctx: typer.Context,
    behind: Annotated[
        bool, typer.Option("--behind", help="Only what changed, where there is a sound index.")
    ] = False,
) -> None:
    """Build the search index anew from the store.

    Searches go on over the old one meanwhile.

    Example: kb reindex
    """
    with opened(ctx) as base:
        base.screen.derive()
        write = base.workspace.catch_up_index if behind else base.workspace.reindex
        written = write(progress=_bar, patience=PATIENCE_SECONDS)
    stderr(f"{written} entries written")


def _bar(entries: Iterable[IndexEntry], count: int) -> Iterable[IndexEntry]:
    """The entries, with a bar of how many were taken where there is a terminal."""
    return track(
        entries,
        "index",
        total=count,
        console=Console(stderr=True, markup=False, emoji=False),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
