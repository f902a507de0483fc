"""What a timer runs: sources that are due, the digest, a backup; and whom it tells of faults."""

import random
import subprocess
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from kb.base import KnowledgeBase
from kb.cli.collecting import NOT_OK, summary
from kb.cli.opening import opened, settings
from kb.cli.output import stderr
from kb.collect.crawl import crawl, due
from kb.declare.upkeep import UPKEEP, Upkeep
from kb.errors import KBError, Refused
from kb.failures import FailureKind, sentence_of
from kb.home import Home
from kb.keep.acts import ActKind
from kb.keep.backup import NAMED, back_up
from kb.keep.crawled import Outcome, Run
from kb.report.digest import sent
from kb.report.digest_files import write_digest
from kb.workspace.sources import LEEWAY, Unwell, unwell
from kb.workspace.workspace import Workspace

app = typer.Typer(rich_markup_mode=None)

DIGESTS = "digests"
HOOK_SECONDS = 60


@app.command("upkeep")
def upkeep_command(
    ctx: typer.Context,
    jitter: Annotated[
        int, typer.Option(min=0, metavar="SECONDS", help="Wait up to so long first, by chance.")
    ] = 0,
) -> None:
    """Do what is due: crawl, write the digest, make a backup.

    For timers: kb schedule prints what runs it. Exit status 3 says that a source is newly
    unwell, or has been for longer than its cadence. upkeep.toml says where backups go, how many
    are kept, and what to run when something fails.

    Example: kb upkeep
    """
    if jitter:
        time.sleep(random.uniform(0, jitter))  # noqa: S311 - no secret
    with opened(ctx) as base:
        home = base.workspace.home
        how = Upkeep.of(home.declaration(UPKEEP))
        try:
            faults = _done(base, how, contact=settings(ctx).contact)
        except (KBError, OSError) as error:
            hint = getattr(error, "hint", "")
            _tell(home, how, [f"{error}" + (f" ({hint})" if hint else "")], base.workspace.clock())
            raise
        if faults:
            _tell(home, how, faults, base.workspace.clock())
            raise typer.Exit(NOT_OK)


def _done(base: KnowledgeBase, how: Upkeep, *, contact: str) -> list[str]:
    """Does what is due; a sentence for each source that is newly or long unwell."""
    workspace = base.workspace
    with base.snapshot() as snapshot:
        before = dict(unwell(snapshot))
    sources = due(workspace)
    finished = crawl(workspace, sources, contact=contact, tell=lambda _: None) if sources else []
    stderr(*(summary(run) for run in finished))
    faults = new_faults(workspace, finished, before)
    now = workspace.clock()
    if _is_over(_last_digest(workspace), how.digest_days, now):
        folder = workspace.home.path / DIGESTS
        folder.mkdir(exist_ok=True)
        file = folder / f"{now.date()}.html"
        write_digest(file, base.report.digest(), force=True)
        sent(workspace, f"{DIGESTS}/{file.name}")
        stderr(f"the digest is in {file}")
    folder = workspace.home.path / how.backups
    if _is_over(_last_backup(folder), how.backup_days, now):
        folder.mkdir(parents=True, exist_ok=True)
        made = back_up(workspace.home, folder, now=now, archive=how.archive, keep=how.keep)
        stderr(f"a backup is in {made.path}")
    return faults


def new_faults(
    workspace: Workspace, finished: Sequence[Run], before: Mapping[str, Unwell]
) -> list[str]:
    """A sentence for each source that is newly unwell, or has been for longer than its cadence.

    Runs that this machine failed say so once.
    """
    faults, cut_off = [], False
    cadences = {each.name: each.every_days for each in workspace.declarations.sources.source}
    for run in finished:
        if run.outcome == Outcome.ok:
            continue
        if FailureKind.no_connection in run.errors:
            cut_off = True
            continue
        since = before[run.source].since if run.source in before else None
        days = (workspace.today - since).days if since else 0
        if since is None or days > cadences.get(run.source, 0):
            told = f"since {since}: " if since else ""
            faults.append(f"{run.source}: {told}{in_english(run)}")
    if cut_off:
        faults.append(f"{sentence_of(FailureKind.no_connection)}: what was due stays due")
    return faults


def in_english(run: Run) -> str:
    """Why a run was not ok, in a sentence: of what failed most, by which host."""
    most = max(run.errors.items(), key=lambda item: int(str(item[1]["count"])), default=None)
    if most is None:
        return run.why or str(run.outcome)
    name, counted = most
    host = (urlsplit(str(counted["example"])).hostname or "").removeprefix("www.")
    return f"{host or run.source}: {sentence_of(name)}"


def _last_digest(workspace: Workspace) -> datetime | None:
    with workspace.store.reading() as reading:
        return max((act.at for act in reading.acts(ActKind.digest)), default=None)


def _last_backup(folder: Path) -> datetime | None:
    if not folder.is_dir():
        return None
    made = [each.stat().st_mtime for each in folder.iterdir() if NAMED.fullmatch(each.name)]
    return datetime.fromtimestamp(max(made)).astimezone() if made else None


def _is_over(last: datetime | None, days: int, now: datetime) -> bool:
    """True where so many days have gone by, with the leeway of timers."""
    return last is None or now - last >= timedelta(days=days) - LEEWAY


def _tell(home: Home, how: Upkeep, lines: Sequence[str], now: datetime) -> None:
    """Tells what failed: by the command of upkeep.toml, else in a file beside the digests."""
    message = "".join(f"{line}\n" for line in (f"kb in {home.path.resolve()}:", *lines))
    stderr(*lines)
    if how.on_failure:
        try:
            done = subprocess.run(  # noqa: S603 - the home's own command
                how.on_failure, input=message, text=True, timeout=HOOK_SECONDS, check=False
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Refused(f"on_failure of {UPKEEP} could not be run: {error}") from error
        if done.returncode:
            raise Refused(f"on_failure of {UPKEEP} ended with {done.returncode}")
        return
    folder = home.path / DIGESTS
    folder.mkdir(exist_ok=True)
    (folder / f"failed-{now:%Y-%m-%dT%H%M%SZ}.md").write_text(message, encoding="utf-8")
