"""The search command. It loads neither the store nor the crawler: all it shows is indexed."""

import importlib
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.filtering import Audience, Kind, Organisation, Reach, Region, Role, Status, codes
from kb.cli.output import listing, stderr
from kb.declare.boards import audiences
from kb.errors import Refused, Unknown
from kb.find import index
from kb.find.entries import Filters, Found, Hit
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
    if who and (facets or explain or sort != "score"):
        raise typer.BadParameter("--for has an order of its own: leave out --sort and its like")
    words = words or []
    narrowed = codes(
        region=region, role=role, reach=reach, kind=kind, audience=audience, status=status
    )
    if not (words or like or organisation or any(narrowed.values())):
        raise typer.BadParameter("give WORD..., a filter, or --like ID")
    if everywhere:
        # The door of the command table: this alone needs the store.
        return importlib.import_module("kb.cli.identifying").everywhere(ctx, words)  # type: ignore[no-any-return]
    given, settings = ctx.find_root().obj
    home = find_home(given, settings, Path.cwd())
    _catch_up(home)
    asked = Asked(" ".join(words), like, who, sort, explain, facets, limit)
    filters = Filters(
        part="register" if like or who else None if part == "all" else part,
        organisation=organisation,
        codes=narrowed,
    )
    try:
        with index.sound(home.index):
            return _searched(home, asked, filters)
    except index.Missing:  # damaged where its sizes do not show it
        _write(home, "reindex")
        return _searched(home, asked, filters)


@dataclass(frozen=True)
class Asked:
    """What is looked for, and how the hits are wanted."""

    words: str
    like: str
    who: str
    sort: str
    explain: bool
    facets: bool
    limit: int | None


def _searched(home: Home, asked: Asked, filters: Filters) -> Hits:
    with closing(Search(home.index)) as opened:
        query = parse(asked.words, opened.words.alternatives)
        like = opened.slug_of(asked.like) if asked.like else ""
        if like:
            query = replace(query, wanted=(*query.wanted, *opened.words_of(like)))
        if not (query.wanted or query.narrows or filters.narrow):
            raise Refused(
                f"nothing to look for in {asked.words!r}",
                hint="give a word that tells, a code or a date",
            )
        found = opened.find(query, filters, but=like)
        if asked.who:
            return _for(opened, query, found, opened.code("audience", asked.who), asked.limit)
        return _listed(opened, query, found, asked)


def _listed(opened: Search, query: Query, found: Found, how: Asked) -> Hits:
    """The hits in the order asked for, with what is to be said of the search."""
    shown = how.limit or MOST_HITS
    hits = opened.hits(found, limit=shown if how.sort == "score" else len(found.numbers))
    if how.sort == "date":
        hits.sort(key=lambda hit: hit.when, reverse=True)
    elif how.sort != "score":
        hits.sort(key=lambda hit: str(getattr(hit, how.sort)).casefold())
    rows = []
    for hit in hits[:shown]:
        row = {name: getattr(hit, name) for name in COLUMNS}
        rows.append(row | ({"why": list(hit.why)} if how.explain else {}))
    notes = _said(opened, query, found)
    if len(found.numbers) > len(rows):
        notes.append(f"{len(found.numbers)} found, the first {len(rows)} shown")
    if how.facets:
        notes += [
            f"{facet}: {', '.join(f'{code} {count}' for code, count in counts.items())}"
            for facet, counts in opened.facets(found).items()
            if counts
        ]
    return Hits(rows, tuple(notes), columns=(*COLUMNS, "why") if how.explain else COLUMNS)


def _said(opened: Search, query: Query, found: Found) -> list[str]:
    """What is to be said of a search beside its hits."""
    notes = list(found.notes)
    if found.without and found.numbers:
        notes.append(f"no hit for {', '.join(found.without)}")
    near = opened.did_you_mean(found, query) if found.without else []
    notes += [f"did you mean {' '.join(near)}?"] if near else []
    if query.see_also:
        notes.append(f"see also: {', '.join(query.see_also)}")
    if not found.numbers:
        notes.append(f"nothing holds {query.typed or 'that'}")
    return notes


def _for(opened: Search, query: Query, found: Found, audience: str, limit: int | None) -> Hits:
    """One page for one question: what is found for them, by what it is to them, live first."""
    coded = {facet: opened.coded(found, facet) for facet in ("audience", "role", "reach", "status")}
    wanted = audiences([audience])
    fitting = [n for n in found.numbers if audiences(coded["audience"][n]) & wanted]
    hits = dict(
        zip(fitting, opened.hits(replace(found, numbers=fitting), limit=len(fitting)), strict=True)
    )
    rows: list[dict[str, object]] = []
    notes = _said(opened, query, found)
    for role, group in GROUPS.items():
        members = [n for n in fitting if coded["role"][n] == [role]]
        members.sort(key=lambda n: coded["status"][n] not in LIVE)
        shown = members[: limit or MOST_A_GROUP]
        if len(members) > len(shown):
            notes.append(f"{group}: {len(members)} found, the first {len(shown)} shown")
        rows += [_for_row(group, hits[n], coded, n) for n in shown]
    voices = sum(coded["role"][n] == ["voice"] for n in fitting)
    unsaid = sum(not coded["audience"][n] or not coded["role"][n] for n in found.numbers)
    others = sum(bool(coded["audience"][n]) for n in found.numbers) - len(fitting)
    pages = opened.unjudged(query)
    notes += [
        f"left out: {voices} voices, {others} for others than {audience}",
        f"not looked at: {pages} pages that nobody screened, "
        f"{unsaid} initiatives without audience or role",
    ]
    return Hits(rows, tuple(notes), name="for", columns=FOR_COLUMNS)


def _for_row(
    group: str, hit: Hit, coded: Mapping[str, Mapping[int, list[str]]], number: int
) -> dict[str, object]:
    return {
        "group": group,
        "slug": hit.slug,
        "title": hit.title,
        "organisation": hit.organisation,
        "reach": ", ".join(coded["reach"][number]) or None,
        "status": ", ".join(coded["status"][number]) or None,
        "line": hit.snippet,
        "url": hit.url,
    }


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
    _write(home, "reindex", "--behind")


def _write(home: Home, *words: str) -> None:
    command = [sys.executable, "-m", "kb", "--home", str(home.path), *words]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own program
        stderr("the index could not be written; what follows is from the old one")
