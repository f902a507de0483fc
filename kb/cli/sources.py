"""Commands on sources and their runs."""

from datetime import date
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli import Sentences
from kb.cli.asking import Stopped
from kb.cli.collecting import progress
from kb.cli.declaring import declaring
from kb.cli.drawing import fields
from kb.cli.opening import AsOf, By, Why, opened, parse_day, settings
from kb.cli.output import listing, stderr
from kb.collect.proposing import Proposal, confirmable, doubts, propose
from kb.contract import Source
from kb.report.lists import RunRow, SourceRow
from kb.table import Table
from kb.workspace.sources import SourceFault

app = typer.Typer(rich_markup_mode=None)
sources_app = typer.Typer(cls=Sentences, rich_markup_mode=None, invoke_without_command=True)
app.add_typer(sources_app, name="sources")

PAGES_SHOWN = 10

Name = Annotated[str, typer.Argument(metavar="NAME", help="The source's name in sources.toml.")]


@sources_app.callback()
@listing
def sources(ctx: typer.Context) -> Table[SourceRow] | None:
    """List every source with what is known of it.

    Example: kb sources -f csv > sources.csv
    """
    if ctx.invoked_subcommand is not None:
        return None
    with opened(ctx) as base:
        return base.sources.list()


@sources_app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where reading begins.")],
    name: Annotated[str, typer.Option(help="Its name; else made from the host.")] = "",
    organisation: Annotated[str, typer.Option(help="Whose site it is.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    by: By = None,
) -> None:
    """Declare a new source: tries how its site can be read, shows what comes, asks, writes.

    Example: kb sources add https://www.example.org/equality/ --organisation "NHS England"
    """
    with opened(ctx, by) as base:
        if yes:
            source = base.sources.draft(url, name=name, organisation=organisation)
        else:  # whose it is, is asked once it is seen what comes
            source = base.sources.undeclared(url, name=name)
        stderr(f"asking {url} a little, to see how it can be read")
        contact = settings(ctx).contact
        proposal = propose(base.workspace, source, contact=contact, tell=progress())
        _show(proposal)
        source, body = proposal.source, None
        if not yes:
            try:
                source, body = declaring(base, source, organisation)
            except Stopped:
                stderr("not declared; nothing was written")
                return
        base.sources.add(source, body)
    stderr(
        f"{source.name}: declared in sources.toml, checked = false",
        f"next: kb crawl {source.name}, then kb inbox",
    )


def _show(proposal: Proposal) -> None:
    source = proposal.source
    types = f", with {', '.join(source.types)} beside posts and pages" if source.types else ""
    stderr(
        f"{source.name}: read as {source.shape}{types}; the site names {proposal.named} pages or "
        "more. The most relevant of those that were looked at:",
        *(
            f"  {page.score or 0:.2f}  {page.title} <{page.url}>"
            for page in proposal.pages[:PAGES_SHOWN]
        ),
    )


@sources_app.command()
@listing
def check(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no site; say what is known already.")
    ] = False,
    by: By = None,
) -> Table[SourceFault]:
    """Confirm the sources that no crawl confirmed yet; list what is amiss with any.

    Each site is asked for a few pages, and what holds is marked as checked in sources.toml. A
    source that is named is asked again, confirmed or not.

    Example: kb sources check
    """
    with opened(ctx, by) as base:
        declared = base.workspace.declarations.sources
        selected = [declared.get(each) for each in names or ()] or declared.source
        known = {each.name for each in selected}
        rows = [row for row in base.sources.check().rows if row.source in known]
        contact = settings(ctx).contact
        unsure = [] if offline else confirmable(selected, again=bool(names))
        sources = _that_may_be_asked(base, unsure, contact)
        if not sources:
            return Table("check", SourceFault, rows)
        faults = doubts(base.workspace, sources, contact=contact, tell=progress())
        confirmed = [name for name, said in faults.items() if not said]
        base.sources.confirm(confirmed)
    rows += [SourceFault(name, fault) for name, said in faults.items() for fault in said]
    note = f"{len(confirmed)} of {len(faults)} sources confirmed, as checked in sources.toml"
    return Table("check", SourceFault, rows, notes=(note,))


def _that_may_be_asked(base: KnowledgeBase, unsure: list[Source], contact: str) -> list[Source]:
    """Those that are declared rightly; none, and a line that says so, where we name no contact."""
    faulty = base.sources.wrongly_declared()
    sources = [source for source in unsure if source.name not in faulty]
    if not contact and not all(source.loopback for source in sources):
        stderr("no site was asked: set KB_CONTACT to an address where a site can reach you")
        return []
    return sources


@sources_app.command()
def pause(ctx: typer.Context, name: Name, why: Why = "", by: By = None) -> None:
    """Leave a source out of crawls for a while.

    Example: kb sources pause some-trust --why "the site is being rebuilt"
    """
    _set(ctx, name, "paused", why, by)


@sources_app.command()
def resume(ctx: typer.Context, name: Name, why: Why = "", by: By = None) -> None:
    """Crawl a paused or retired source again.

    Example: kb sources resume some-trust
    """
    _set(ctx, name, "on", why, by)


@sources_app.command()
def retire(ctx: typer.Context, name: Name, why: Why = "", by: By = None) -> None:
    """Crawl a source no more; what it brought stays.

    Example: kb sources retire some-trust --why "merged into another trust"
    """
    _set(ctx, name, "retired", why, by)


@sources_app.command()
def move(
    ctx: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where the site begins now.")],
    by: By = None,
) -> None:
    """Follow a site that moved to another host; what is held of it stays what it is.

    Example: kb sources move some-trust https://www.sometrust.example/equality/
    """
    with opened(ctx, by) as base:
        source = base.sources.move(name, url)
    stderr(f"{source.name}: read from {source.start[0]} from now on; kb crawl {source.name}")


@sources_app.command()
def looked(
    ctx: typer.Context,
    name: Name,
    on: Annotated[
        date, typer.Option(metavar="DATE", parser=parse_day, help="When it was searched.")
    ],
    pages: Annotated[int, typer.Option("--found", metavar="N", help="How many pages were found.")],
    why: Why = "",
    by: By = None,
) -> None:
    """Record a search by hand of a source that cannot be crawled.

    Example: kb sources looked members-library --on 2026-11-22 --found 3
    """
    with opened(ctx, by) as base:
        row = base.sources.record_search(name, on=on, pages=pages, why=why)
    stderr(f"{row.source}: looked on {row.on}, {row.found} found")


@app.command()
@listing
def runs(
    ctx: typer.Context,
    of: Annotated[
        str | None, typer.Argument(metavar="[SOURCE|N]", help="Only its runs; or run N in full.")
    ] = None,
    as_of: AsOf = None,
) -> Table[RunRow] | None:
    """List runs, the newest first; or show one with its evidence.

    Example: kb runs nhs-england
    """
    with opened(ctx, as_of=as_of) as base:
        if of is None or not of.isdigit():
            return base.sources.runs(of)
        fields(base.sources.run(int(of)).values())
    return None


def _set(ctx: typer.Context, name: str, state: str, why: str, by: str | None) -> None:
    with opened(ctx, by) as base:
        source = base.sources.set_state(name, state, why=why)
    stderr(f"{source.name}: {source.state}")
