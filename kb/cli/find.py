"""The search command. It loads neither the store nor the crawler: all it shows is indexed."""

import importlib
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.cli.filtering import Audience, Kind, Organisation, Reach, Region, Role, Status, codes
from kb.cli.output import listing, stderr
from kb.declare.boards import audiences
from kb.errors import Refused, Unknown
from kb.find import index
from kb.find.entries import ExplainedHit, Filters, Hit, Matches
from kb.find.parsing import parse
from kb.find.query import Query, units
from kb.find.search import Search
from kb.home import Home, find_home
from kb.keep import store_status
from kb.table import Table, column

app = typer.Typer(rich_markup_mode=None)

PARTS = ("register", "documents", "all")
MOST_HITS = 10  # as many as fit a screen, two lines each
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


@dataclass(frozen=True)
class ForRow:
    """An initiative for an audience, under what it is to them."""

    group: str = column("What it is to them: support, duties, examples, knowledge.", narrow=True)
    slug: str | None = column("The name of the initiative, which stays.")
    title: str = column("Its name.", narrow=True)
    organisation: str = column("Who runs or publishes it.", narrow=True)
    reach: str | None = column("Who may take it up, by the code book.", narrow=True)
    status: str | None = column("active, published and so on.", narrow=True)
    line: str = column("A passage around the words that matched.")
    url: str = column("Its address.")


Sort = Annotated[str, typer.Option(help=f"One of {', '.join(SORTS)}.")]
Part = Annotated[str, typer.Option("--in", help=f"One of {', '.join(PARTS)}.")]
Everywhere = Annotated[
    bool, typer.Option("--everywhere", help="Every place: pages, quotes, reasons, people.")
]
Facets = Annotated[bool, typer.Option("--facets", help="Say how many of the hits have each code.")]
Explain = Annotated[bool, typer.Option("--explain", help="Add what each score is made of.")]
Like = Annotated[str, typer.Option(metavar="ID", help="Initiatives like it; no words needed.")]
For = Annotated[
    str, typer.Option("--for", metavar="AUDIENCE", help="By what it is to them: support first.")
]


@dataclass(frozen=True)
class SearchOptions:
    """What is looked for, and how the hits are wanted."""

    words: str
    like: str
    audience: str
    sort: str
    explain: bool
    facets: bool
    limit: int | None


@app.command()
@listing
def search(
    ctx: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="WORD...")] = None,
    part: Part = "all",
    organisation: Organisation = None,
    region: Region = None,
    role: Role = None,
    reach: Reach = None,
    kind: Kind = None,
    audience: Audience = None,
    status: Status = None,
    everywhere: Everywhere = False,
    facets: Facets = False,
    sort: Sort = "score",
    explain: Explain = False,
    like: Like = "",
    who: For = "",
    limit: int | None = None,
) -> Table[Any]:
    """Find initiatives and pages by words, codes and dates.

    Those with all words come first, then those with most.

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
    by_code = codes(
        region=region, role=role, reach=reach, kind=kind, audience=audience, status=status
    )
    if not (words or like or organisation or any(by_code.values())):
        raise typer.BadParameter("give WORD..., a filter, or --like ID")
    narrowed = part != "all" or organisation or any(by_code.values())
    if everywhere and (narrowed or who or facets or explain or like or sort != "score"):
        raise typer.BadParameter("--everywhere looks at every place: leave out the other options")
    if everywhere:
        # The door of the command table: this alone needs the store.
        identifying = importlib.import_module("kb.cli.identifying")
        table = identifying.everywhere(ctx, words)
        # Whoever asks what is held of them must not be told "none" by an operator.
        note = f"looked for as it stands, word for word: {' '.join(words)}"
        return replace(table, notes=(*table.notes, note))
    options = SearchOptions(" ".join(words), like, who, sort, explain, facets, limit)
    filters = Filters(
        part="register" if like else None if part == "all" else part,
        organisation=organisation,
        codes=by_code,
    )
    folder, settings = ctx.find_root().obj
    return _from_index(find_home(folder, settings, Path.cwd()), options, filters)


def _from_index(home: Home, options: SearchOptions, filters: Filters) -> Table[Any]:
    """What the index holds, written first where it is missing, damaged or behind."""
    _catch_up(home)
    try:
        with index.sound(home.index):
            return _searched(home, options, filters)
    except index.Missing:  # damaged where its sizes do not show it
        _write(home, "reindex")
        return _searched(home, options, filters)


def _searched(home: Home, options: SearchOptions, filters: Filters) -> Table[Any]:
    with closing(Search(home.index)) as search:
        query = parse(options.words, search.words.alternatives)
        like = search.slug_of(options.like) if options.like else ""
        if like:
            query = replace(query, terms=(*query.terms, *search.words_of(like)))
        if not (query.terms or query.narrows or filters.narrow):
            raise Refused(
                f"nothing to look for in {options.words!r}",
                hint="give a word that tells, a code or a date",
            )
        matches = search.find(query, filters, but=like)
        if options.audience:
            audience = search.code("audience", options.audience)
            return _for(search, query, matches, audience, options.limit)
        return _listed(search, query, matches, options)


def _listed(
    search: Search, query: Query, matches: Matches, options: SearchOptions
) -> Table[Hit] | Table[ExplainedHit]:
    """The hits in the order asked for, with what is to be said of the search."""
    shown = options.limit or MOST_HITS
    count = len(matches.numbers)
    if options.sort == "date":
        by_date = sorted(matches.numbers, key=search.when, reverse=True)
        matches = replace(matches, numbers=by_date)
    by_name = options.sort in ("title", "organisation")
    limit = count if by_name else shown
    hits = search.hits(matches, limit=limit, explain=options.explain)
    if by_name:
        hits.sort(key=lambda hit: str(getattr(hit, options.sort)).casefold())
    hits = hits[:shown]
    notes = _notes(search, query, matches)
    found = f"{count} found, the first {len(hits)} shown" if count > len(hits) else ""
    pages = search.undecided(matches)
    unread = f"pages that nobody screened: {pages}" if pages else ""
    if found or unread:
        notes.append("; ".join(filter(None, (found, unread))))
    if options.facets:
        notes += [
            f"{facet}: {', '.join(f'{code} {number}' for code, number in counts.items())}"
            for facet, counts in search.facets(matches).items()
            if counts
        ]
    return Table("search", ExplainedHit if options.explain else Hit, hits, tuple(notes))


def _notes(search: Search, query: Query, matches: Matches) -> list[str]:
    """What is to be said of a search beside its hits."""
    notes = list(matches.notes)
    if matches.without and matches.numbers:
        notes.append(f"no hit for {', '.join(matches.without)}")
    near = search.did_you_mean(matches, query) if matches.without else []
    notes += [f"did you mean {' '.join(near)}?"] if near else []
    if query.see_also:
        notes.append(f"see also: {', '.join(query.see_also)}")
    if not matches.numbers:
        lacking = [node for node in query.terms if node.shown in matches.without]
        held = [unit.shown for unit in query.units if unit not in tuple(units(lacking))]
        notes.append(
            f"nothing is left of what holds {', '.join(dict.fromkeys(held))}: other words, or what "
            "narrows the search, leave it out"
            if held
            else f"nothing holds {query.typed or 'that'}"
        )
    return notes


def _for(
    search: Search, query: Query, matches: Matches, audience: str, limit: int | None
) -> Table[ForRow]:
    """One page for one question: what is found for them, by what it is to them, live first."""
    coded = {f: search.coded(matches, f) for f in ("audience", "role", "reach", "status")}
    audience_codes = audiences([audience])
    initiatives = [n for n in matches.numbers if search.is_initiative(n)]
    fitting = [n for n in initiatives if audiences(coded["audience"][n]) & audience_codes]
    every = search.hits(replace(matches, numbers=fitting), limit=len(fitting))
    hits = dict(zip(fitting, every, strict=True))
    rows: list[ForRow] = []
    notes = _notes(search, query, matches)
    for role, group in GROUPS.items():
        members = [n for n in fitting if coded["role"][n] == [role]]
        members.sort(key=lambda n: coded["status"][n] not in LIVE)
        shown = members[: limit or MOST_A_GROUP]
        if len(members) > len(shown):
            notes.append(f"{group}: {len(members)} found, the first {len(shown)} shown")
        rows += [_for_row(group, hits[n], coded["reach"][n], coded["status"][n]) for n in shown]
    voices = sum(coded["role"][n] == ["voice"] for n in fitting)
    uncoded = sum(not coded["audience"][n] or not coded["role"][n] for n in initiatives)
    others = sum(bool(coded["audience"][n]) for n in initiatives) - len(fitting)
    pages = search.undecided(matches)
    notes += [
        f"left out: {voices} voices, {others} for others than {audience}",
        f"not looked at: {pages} pages that nobody screened, "
        f"{uncoded} initiatives without audience or role",
    ]
    return Table("for", ForRow, rows, tuple(notes))


def _for_row(group: str, hit: Hit, reach: Sequence[str], status: Sequence[str]) -> ForRow:
    return ForRow(
        group=group,
        slug=hit.slug,
        title=hit.title,
        organisation=hit.organisation,
        reach=", ".join(reach) or None,
        status=", ".join(status) or None,
        line=hit.snippet,
        url=hit.url,
    )


def _catch_up(home: Home) -> None:
    """Has an index that is missing, damaged or behind written, by a process with the store.

    While another process builds it anew, what there is is searched.
    """
    store_status.check(home.store)
    holds = partial(store_status.holds, home.store)
    written_to = index.act_of(home.index, home.fingerprint(), holds=holds)
    if written_to is not None and written_to >= store_status.last_act(home.store):
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
