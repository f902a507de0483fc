"""Saved searches: what is new or changed for each since it was last looked at."""

from kb.base.core import Core, Rows
from kb.errors import Refused, Unknown
from kb.find.entries import Filters
from kb.find.query import parse
from kb.find.searching import LETTERS, Search
from kb.keep.said import Watch
from kb.keep.since import touched_since
from kb.keep.store import Reading

WATCHES = "name query why since".split()
NEWS = "watch id document slug title organisation url".split()
MOST = 10_000


class Watches(Core):
    """Searches that staff keep, in the query language of `kb search`."""

    def watch(self, name: str, query: str, *, why: str) -> dict[str, object]:
        """Keeps a search; its news begin now.

        Raises Refused for a name that is taken, for no reason, and for a query that finds
        nothing to look for.
        """
        if not why.strip():
            raise Refused("say what the search is kept for", hint="--why TEXT")
        if not name.strip():
            raise Refused("a saved search needs a name")
        search = Search(self.home.index)
        try:
            asked = parse(query, search.words.alternatives)
            search.find(asked, Filters())  # names what there is not, as a code
        finally:
            search.close()
        if not (asked.wanted or asked.narrows):
            raise Refused(f"nothing to look for in {query!r}", hint="give a word that tells")
        with self.store.reading() as reading:
            if name in _kept(reading):
                raise Refused(f"there is a search {name!r}", hint=f"kb watch remove {name}")
        with self.writing(f"watch add {name}", why=why) as writing:
            row = writing.add(Watch(name=name, query=query, why=why, read_to=writing.act_id))
        return {"name": name, "query": query, "why": row.why}

    def unwatch(self, name: str) -> None:
        """Keeps it no longer. Raises Unknown, naming the nearest, for a name there is not."""
        row = self._watched(name)
        with self.writing(f"watch remove {row.name}") as writing:
            for each in writing.rows(Watch, name=row.name):
                writing.end(each)

    def watches(self, *, at: int | None = None) -> Rows:
        """The searches that are kept."""
        with self.store.reading(at) as reading:
            acts = {act.id: act.at for act in reading.acts()}
            kept = _kept(reading).values()
        rows: list[dict[str, object]] = [
            {"name": row.name, "query": row.query, "why": row.why, "since": acts.get(row.read_to)}
            for row in kept
        ]
        return Rows("watches", tuple(WATCHES), rows)

    def news(self, name: str = "", *, read: bool = False) -> Rows:
        """What each search, or that one, finds that is new or changed since it was read.

        With `read` it counts as read from now on, where there was any.
        """
        self.catch_up_index()
        rows: list[dict[str, object]] = []
        notes: list[str] = []
        with self.store.reading() as reading:
            seen = self._last_act(reading)  # what is decided from here on is news the next time
            kept = [self._watched(name)] if name else list(_kept(reading).values())
            for each in kept:
                try:
                    rows += self._news_of(reading, each)
                except (Unknown, Refused) as error:  # a code that was renamed stops no other
                    notes.append(f"{each.name} was passed over: {error}")
        told = {row["watch"] for row in rows}
        if read and told:
            with self.writing(f"watch run {name}".strip()) as writing:
                for each in kept:
                    if each.name not in told:
                        continue
                    for before in writing.rows(Watch, name=each.name):
                        writing.end(before)
                    said = each.said() | {"read_to": seen}
                    writing.add(Watch(**said))
        return Rows("news", tuple(NEWS), rows, tuple(notes))

    def _news_of(self, reading: Reading, watch: Watch) -> list[dict[str, object]]:
        touched = touched_since(reading, watch.read_to)
        search = Search(self.home.index)
        try:
            asked = parse(watch.query, search.words.alternatives)
            hits = search.best(asked, Filters(), limit=MOST)
        finally:
            search.close()
        return [
            {
                "watch": watch.name,
                "id": hit.id,
                "document": hit.document,
                "slug": hit.slug,
                "title": hit.title,
                "organisation": hit.organisation,
                "url": hit.url,
            }
            for hit in hits
            if hit.matched != [LETTERS]  # what only looks like it is no news
            and hit.id in (touched.documents if hit.document else touched.initiatives)
        ]

    def _watched(self, name: str) -> Watch:
        with self.store.reading() as reading:
            kept = _kept(reading)
        if name not in kept:
            raise Unknown("saved search", name, kept, where="kb watch list")
        return kept[name]


def _kept(reading: Reading) -> dict[str, Watch]:
    return {row.name: row for row in reading.rows(Watch)}
