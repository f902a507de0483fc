"""The search command. It loads neither the store nor the crawler: all it shows is indexed."""

import importlib
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.filtering import Audience, Kind, Organisation, Reach, Region, Role, Status, codes
from kb.cli.output import listing, stderr
from kb.declare.boards import audiences
from kb.errors import Refused, Unknown
from kb.find import index
from kb.find.entries import Filters, Found
from kb.find.query import Query, parse
from kb.find.searching import Search
from kb.home import Home, find_home
from kb.keep import pulse

app = typer.Typer(rich_markup_mode=None)

COLUMNS = ("id", "slug", "document", "title", "organisation", "url", "score", "snippet", "matched")
PARTS = ("register", "documents", "all")
MOST_HITS = 20
SORTS = ("score", "title", "organisation", "date")
# What an initiative's role makes it to those who ask, in the order shown.
GROUPS = {
    "support": "support",
    "requirement": "duties",
    "practice": "examples",
    "knowledge": "knowledge",
}
LIVE = (["active"], ["published"])
MOST_A_GROUP = 10
FOR_COLUMNS = tuple("group slug title organisation reach status line url".split())


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
    words: Annotated[list[str] | None, typer.Argument(metavar="WORD...")] = None,
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
    facets: Annotated[
        bool, typer.Option("--facets", help="Say how many of the hits have each code.")
    ] = False,
    sort: Annotated[str, typer.Option(help=f"One of {', '.join(SORTS)}.")] = "score",
    explain: Annotated[
        bool, typer.Option("--explain", help="Add what each score is made of.")
    ] = False,
    like: Annotated[
        str, typer.Option(metavar="ID", help="Initiatives like this one; no words needed.")
    ] = "",
    who: Annotated[
        str,
        typer.Option("--for", metavar="AUDIENCE", help="By what it is to them: support first."),
    ] = "",
    limit: int | None = None,
) -> Hits:
    """Find initiatives and pages: those with all words first, then those with most.

    +word must occur, NOT word must not; a OR b; (a b) together; "some words" side by side;
    begins*; title:word in one field; audience:boards by code; since:2023 until:2024-06.
    Put the whole in single quotes where it has quotes, brackets or a star.

    With --everywhere each place that holds the words, standing or ended: for those who ask
    what is held of them.

    Example: kb search reverse mentoring --region London
    """
    if part not in PARTS:
        raise Unknown("part", part, PARTS, where="the index")
    if sort not in SORTS:
        raise Unknown("order", sort, SORTS, where="kb search")
    words = words or []
    if not words and not like:
        raise typer.BadParameter("give WORD..., or --like ID")
    if everywhere:
        # The door of the command table: this alone needs the store.
        return importlib.import_module("kb.cli.identifying").everywhere(ctx, words)  # type: ignore[no-any-return]
    given, settings = ctx.find_root().obj
    home = find_home(given, settings, Path.cwd())
    _catch_up(home)
    opened = Search(home.index)
    try:
        asked = parse(" ".join(words), opened.words.alternatives)
        if like:
            asked = replace(asked, wanted=(*asked.wanted, *opened.words_of(like)))
        if not (asked.wanted or asked.codes or asked.since or asked.until):
            raise Refused(
                f"nothing to look for in {' '.join(words)!r}",
                hint="give a word that tells, a code or a date",
            )
        filters = Filters(
            part="register" if like or who else None if part == "all" else part,
            organisation=organisation,
            codes=codes(
                region=region, role=role, reach=reach, kind=kind, audience=audience, status=status
            ),
        )
        found = opened.find(asked, filters, but=like)
        if who:
            return _for(opened, asked, found, opened.code("audience", who), limit)
        return _listed(opened, asked, found, Asked(sort, explain, facets), limit)
    finally:
        opened.close()


@dataclass(frozen=True)
class Asked:
    """How the hits are wanted."""

    sort: str
    explain: bool
    facets: bool


def _listed(opened: Search, asked: Query, found: Found, how: Asked, limit: int | None) -> Hits:
    """The hits in the order asked for, with what is to be said of the search."""
    shown = limit or MOST_HITS
    hits = opened.hits(found, limit=shown if how.sort == "score" else len(found.numbers))
    if how.sort == "date":
        hits.sort(key=lambda hit: hit.when, reverse=True)
    elif how.sort != "score":
        hits.sort(key=lambda hit: str(getattr(hit, how.sort)).casefold())
    rows = []
    for hit in hits[:shown]:
        row = {name: getattr(hit, name) for name in COLUMNS}
        rows.append(row | ({"why": list(hit.why)} if how.explain else {}))
    notes = list(found.notes)
    if found.without and found.numbers:
        notes.append(f"no hit for {', '.join(found.without)}")
    near = opened.did_you_mean(found, asked) if found.without else []
    notes += [f"did you mean {' or '.join(near)}?"] if near else []
    if asked.see_also:
        notes.append(f"see also: {', '.join(asked.see_also)}")
    if not found.numbers:
        notes.append(f"nothing holds {asked.typed or 'that'}")
    elif len(found.numbers) > len(rows):
        notes.append(f"{len(found.numbers)} found, the first {len(rows)} shown")
    if how.facets:
        notes += [
            f"{facet}: {', '.join(f'{code} {count}' for code, count in counts.items())}"
            for facet, counts in opened.facets(found).items()
            if counts
        ]
    return Hits(rows, tuple(notes), columns=(*COLUMNS, "why") if how.explain else COLUMNS)


def _for(opened: Search, asked: Query, found: Found, audience: str, limit: int | None) -> Hits:
    """One page for one question: what is found for them, by what it is to them, live first."""
    coded = {facet: opened.coded(found, facet) for facet in ("audience", "role", "reach", "status")}
    wanted = audiences([audience])
    fitting = [n for n in found.numbers if audiences(coded["audience"][n]) & wanted]
    hits = dict(
        zip(fitting, opened.hits(replace(found, numbers=fitting), limit=len(fitting)), strict=True)
    )
    rows: list[dict[str, object]] = []
    for role, group in GROUPS.items():
        members = [n for n in fitting if coded["role"][n] == [role]]
        members.sort(key=lambda n: coded["status"][n] not in LIVE)
        rows += [
            {
                "group": group,
                "slug": hits[n].slug,
                "title": hits[n].title,
                "organisation": hits[n].organisation,
                "reach": ", ".join(coded["reach"][n]) or None,
                "status": ", ".join(coded["status"][n]) or None,
                "line": hits[n].snippet,
                "url": hits[n].url,
            }
            for n in members[: limit or MOST_A_GROUP]
        ]
    unsaid = [n for n in found.numbers if not coded["audience"][n] or not coded["role"][n]]
    pages = opened.find(asked, Filters(part="documents")).numbers
    notes = [
        *found.notes,
        f"not looked at: {len(pages)} pages that nobody may have screened, "
        f"{len(unsaid)} initiatives without audience or role",
    ]
    return Hits(rows, tuple(notes), name="for", columns=FOR_COLUMNS)


def _catch_up(home: Home) -> None:
    """Has an index that is missing, damaged or behind written, by a process with the store.

    While another process builds it anew, what there is is searched.
    """
    pulse.check(home.store)
    written_to = index.act_of(home.index, home.fingerprint())
    if written_to is not None and written_to >= pulse.last_act(home.store):
        return
    if index.act_of(home.index) is not None and index.is_building(home.index):
        stderr("another kb is building the index anew; what follows is from the old one")
        return
    stderr("the index is missing, damaged or behind the store: writing it")
    command = [sys.executable, "-m", "kb", "--home", str(home.path), "reindex", "--behind"]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own program
        stderr("the index could not be written; what follows is from the old one")
