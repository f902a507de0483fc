"""Saved searches: what is new or changed for each since it was last read."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from kb.errors import Refused, Unknown
from kb.find.entries import LETTERS, Filters
from kb.find.parsing import parse
from kb.find.search import Search
from kb.keep.acts import ActKind
from kb.keep.decisions import Watch
from kb.keep.history import touched_since
from kb.keep.store import Reading
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace

MOST = 10_000


@dataclass(frozen=True)
class SavedSearch:
    """A search that is kept."""

    name: str = column("What it is called.", narrow=True)
    query: str = column("What is looked for, in the language of kb search.", narrow=True)
    why: str = column("The reason given, in words.", narrow=True)
    since: datetime | None = column("Since when news are told.", narrow=True)


@dataclass(frozen=True)
class News:
    """Something new or changed that a saved search finds."""

    watch: str = column("The saved search.", narrow=True)
    id: int = column("A number that stays.")
    document: str | None = column("The number of a page that is held.")
    slug: str | None = column("The name of the initiative, which stays.")
    title: str = column("Its name.", narrow=True)
    organisation: str = column("Who runs or publishes it.", narrow=True)
    url: str = column("Its address.")


def add(workspace: Workspace, name: str, query: str, *, why: str) -> Watch:
    """Saves a search; its news begin now.

    Raises Refused for a name that is taken, for no reason, and for a query without anything to
    look for.
    """
    if not why.strip():
        raise Refused("say what the search is kept for", hint="--why TEXT")
    if not name.strip():
        raise Refused("a saved search needs a name")
    with closing(Search(workspace.home.index)) as search:
        parsed = parse(query, search.words.alternatives)
        search.find(parsed, Filters())  # raises for what does not exist, as a code
    if not (parsed.terms or parsed.narrows):
        raise Refused(f"nothing to look for in {query!r}", hint="give a word that tells")
    with workspace.store.reading() as reading:
        if name in _saved(reading):
            raise Refused(f"there is a search {name!r}", hint=f"kb watch remove {name}")
    with workspace.writing(ActKind.watch, f"watch add {name}", subject=name, why=why) as writing:
        return writing.add(Watch(name=name, query=query, why=why, read_to=writing.act_id))


def remove(workspace: Workspace, name: str) -> None:
    """Ends a saved search. Raises Unknown, with the nearest, if the name does not exist."""
    with workspace.store.reading() as reading:
        row = _named(_saved(reading), name)
    with workspace.writing(ActKind.watch, f"watch remove {row.name}", subject=row.name) as writing:
        writing.end_all(writing.rows(Watch, name=row.name))


def saved_searches(snapshot: Snapshot) -> Table[SavedSearch]:
    """The searches that are kept."""
    rows = [
        SavedSearch(row.name, row.query, row.why, act.at if act else None)
        for row in _saved(snapshot.reading).values()
        for act in (snapshot.acts.get(row.read_to),)
    ]
    return Table("watches", SavedSearch, rows)


def news(workspace: Workspace, name: str = "", *, read: bool = False) -> Table[News]:
    """What each search, or that one, finds that is new or changed since it was read.

    With `read` it counts as read from now on, where there was any.
    """
    workspace.catch_up_index()
    with snapshot(workspace) as now:
        table = news_of(now, name)
        seen = now.reading.last_act()  # what is decided from here on is news the next time
        saved = _saved(now.reading)
    with_news = {row.watch for row in table.rows}
    if read and with_news:
        with workspace.writing(ActKind.watch, f"watch run {name}".strip(), subject=name) as writing:
            for each in saved.values():
                if each.name in with_news:
                    row = Watch(**each.values() | {"read_to": seen})
                    writing.replace_own(row, "name")
    return table


def news_of(snapshot: Snapshot, name: str = "") -> Table[News]:
    """The same from a snapshot, by the index as it is: `news` brings it up to date before."""
    saved = _saved(snapshot.reading)
    rows: list[News] = []
    notes: list[str] = []
    for each in [_named(saved, name)] if name else saved.values():
        try:
            rows += _news_for(snapshot, each)
        except (Unknown, Refused) as error:  # a code that was renamed stops no other search
            notes.append(f"{each.name} was passed over: {error}")
    return Table("news", News, rows, tuple(notes))


def _news_for(snapshot: Snapshot, watch: Watch) -> list[News]:
    touched = touched_since(snapshot.reading, watch.read_to)
    with closing(Search(snapshot.workspace.home.index)) as search:
        query = parse(watch.query, search.words.alternatives)
        hits = search.best(query, Filters(), limit=MOST)
    return [
        News(watch.name, hit.id, hit.document, hit.slug, hit.title, hit.organisation, hit.url)
        for hit in hits
        if hit.matched != [LETTERS]  # what is only like it in letters is no news
        and hit.id in (touched.documents if hit.document else touched.initiatives)
    ]


def _saved(reading: Reading) -> dict[str, Watch]:
    return {row.name: row for row in reading.rows(Watch)}


def _named(saved: dict[str, Watch], name: str) -> Watch:
    if name not in saved:
        raise Unknown("saved search", name, saved, where="kb watch list")
    return saved[name]
