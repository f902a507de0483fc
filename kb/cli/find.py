"""The search command. It loads neither the store nor the crawler: all it shows is indexed."""

import importlib
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.filtering import Audience, Kind, Organisation, Reach, Region, Role, Status, codes
from kb.cli.output import listing, stderr
from kb.errors import Refused, Unknown
from kb.find import index
from kb.find.query import parse
from kb.home import Home, find_home
from kb.keep import pulse

app = typer.Typer(rich_markup_mode=None)

COLUMNS = ("id", "slug", "document", "title", "organisation", "url", "score", "snippet", "matched")
PARTS = ("register", "documents", "all")
MOST_HITS = 20


@dataclass(frozen=True)
class Hits:
    """The hits as a list."""

    rows: list[dict[str, object]]
    notes: tuple[str, ...]
    name: str = "search"
    columns: tuple[str, ...] = COLUMNS
    lead: tuple[str, ...] = ()


@app.command()
@listing
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORD...")],
    part: Annotated[str, typer.Option("--in", help=f"One of {', '.join(PARTS)}.")] = "all",
    organisation: Organisation = None,
    region: Region = None,
    role: Role = None,
    reach: Reach = None,
    kind: Kind = None,
    audience: Audience = None,
    status: Status = None,
    everywhere: Annotated[
        bool,
        typer.Option(
            "--everywhere", help="Every place of the store: pages, quotes, reasons, people."
        ),
    ] = False,
    limit: int | None = None,
) -> Hits:
    """Find initiatives and pages: those with all words first, then those with most.

    Quote the whole for "a phrase" in it; field:word looks in title, organisation, summary,
    tags or text alone.

    With --everywhere each place that holds the words, standing or ended: for those who ask
    what is held of them.

    Example: kb search reverse mentoring --region London
    """
    if part not in PARTS:
        raise Unknown("part", part, PARTS, where="the index")
    if everywhere:
        # The door of the command table: this alone needs the store.
        return importlib.import_module("kb.cli.identifying").everywhere(ctx, words)  # type: ignore[no-any-return]
    given, settings = ctx.find_root().obj
    home = find_home(given, settings, Path.cwd())
    _catch_up(home)
    opened = index.Index(home.index)
    try:
        asked = parse(" ".join(words), opened.words.alternatives)
        if not asked.units:
            raise Refused(f"nothing to look for in {' '.join(words)!r}", hint="give a word")
        filters = index.Filters(
            part=None if part == "all" else part,
            organisation=organisation,
            codes=codes(
                region=region, role=role, reach=reach, kind=kind, audience=audience, status=status
            ),
        )
        hits = opened.search(asked, filters, limit=limit or MOST_HITS)
    finally:
        opened.close()
    notes = (f"see also: {', '.join(asked.see_also)}",) if asked.see_also else ()
    return Hits([asdict(hit) for hit in hits], notes)


def _catch_up(home: Home) -> None:
    """Has an index that is missing or behind written, in a process that may load the store."""
    pulse.check(home.store)
    written_to = index.act_of(home.index, home.fingerprint())
    if written_to is not None and written_to >= pulse.last_act(home.store):
        return
    stderr("the index is behind the store: writing it")
    command = [sys.executable, "-m", "kb", "--home", str(home.path), "reindex"]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own program
        stderr("the index could not be written; what follows is from the old one")
