"""The commands that crawl: sources, or one page."""

import sys
from collections.abc import Callable
from typing import Annotated

import typer

from kb.cli.opening import By, opened, settings
from kb.cli.output import stderr
from kb.collect.crawl import choose, crawl, due, one_page, registered
from kb.collect.runs import RunUnderWay
from kb.contract import Source
from kb.errors import Refused
from kb.failures import FailureKind
from kb.keep.crawled import Outcome, Run
from kb.keep.decisions import Decision
from kb.workspace.workspace import Workspace

app = typer.Typer(rich_markup_mode=None)

NOT_OK = 3
PAGES_A_LINE = 100


@app.command("crawl")
def crawl_command(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    register: Annotated[
        bool, typer.Option("--register", help="Fetch every registered address not held yet.")
    ] = False,
    due_only: Annotated[
        bool, typer.Option("--due", help="Only what its cadence asks for now.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Fetch all, whatever the site says is unchanged.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be crawled, and crawl nothing.")
    ] = False,
    by: By = None,
) -> None:
    """Crawl the sources named, or all that are on.

    Exit status 3 says that one was not ok.

    Example: kb crawl nhs-england
    """
    with opened(ctx, by) as base:
        workspace = base.workspace
        sources = _sources(workspace, names or [], due_only=due_only, register=register)
        if register and (addresses := registered(workspace)):
            sources.append(addresses)
        if not sources:
            stderr("nothing to crawl")
            return
        if dry_run:
            for source in sources:
                stderr(f"{source.name}: {source.shape}, {len(source.start)} start addresses")
            return
        contact = settings(ctx).contact
        finished = crawl(workspace, sources, contact=contact, tell=progress(), fresh=fresh)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    cut_off = [run for run in finished if FailureKind.no_connection in run.errors]
    if cut_off:
        stderr(
            f"no connection: none of the hosts of {len(cut_off)} sources could be resolved; they "
            "were not asked, and stay due"
        )
    stderr(*(summary(run) for run in finished if run not in cut_off))
    if any(run.outcome != Outcome.ok for run in finished):
        raise typer.Exit(NOT_OK)


@app.command("add-page")
def add_page(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL")],
    initiatives: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="INITIATIVE", help="It is a page of this one."),
    ] = None,
    by: By = None,
) -> None:
    """Fetch one page now and hold it, as if a crawl had met it.

    Example: kb add-page https://www.example.org/a-programme --as race-equality-week
    """
    with opened(ctx, by) as base:
        workspace, source = base.workspace, one_page(url)
        (run,) = crawl(workspace, [source], contact=settings(ctx).contact, tell=lambda _: None)
        page = workspace.document_at(url)
        if page is None:
            raise Refused(f"nothing came of {url}: {run.why}", hint="kb runs says what was asked")
        if initiatives:
            base.screen.decide([page], Decision.include, initiatives=initiatives)
    stderr(f"{page}: {url}" + (f", a page of {', '.join(initiatives)}" if initiatives else ""))


def _sources(
    workspace: Workspace, names: list[str], *, due_only: bool, register: bool
) -> list[Source]:
    if due_only:
        known = {source.name for source in choose(workspace, names)}
        return [source for source in due(workspace) if source.name in known]
    return choose(workspace, names) if names or not register else []


def _log(run: RunUnderWay) -> None:
    """Plain lines for a log: where a run stands, now and then."""
    if run.pages and run.pages % PAGES_A_LINE == 0:
        stderr(f"{run.source.name}: {run.pages} pages, {sum(run.failures.values())} failed")


def summary(run: Run) -> str:
    """One line a run: `NAME: 3 new, 0 changed, 0 same; ok`."""
    counts = ", ".join(f"{run.counts[name]} {name}" for name in ("new", "changed", "same"))
    gone = f", {run.counts['gone']} gone" if run.counts["gone"] else ""
    why = f": {run.why}" if run.why else ""
    where = "; ".join(f"{name} {each['example']}" for name, each in run.errors.items())
    return f"{run.source}: {counts}{gone}; {run.outcome}{why}" + (f" ({where})" if where else "")


def progress() -> Callable[[RunUnderWay], None]:
    """A line that is written over on a terminal; a line every hundred pages where there is none."""
    if not sys.stderr.isatty():
        return _log

    def tell(run: RunUnderWay) -> None:
        failed = f", {sum(run.failures.values())} failed" if run.failures else ""
        sys.stderr.write(f"\r\033[K{run.source.name}: {run.pages} pages{failed}")
        sys.stderr.flush()

    return tell
