"""Taking out what must not be held, and finding what is held of somebody."""

from kb.base.core import Core, Rows
from kb.errors import Refused
from kb.keep import archive, forgetting
from kb.keep.found import Alias

EVERYWHERE = "table row column text".split()
PATIENCE_SECONDS = 600.0  # for another process that builds the index anew
AROUND = 80  # characters shown on either side


class Forgets(Core):
    """For those whose words or names are held."""

    def forget(self, named: str, *, passage: str = "", why: str) -> dict[str, object]:
        """Takes a document's text, or the sentences a passage touches, out of all that kb made.

        Store, index and archive hold it no longer, and it is left out where a crawl meets it
        again. Who, when, why and a hash stay. Raises Refused without a reason, or where the
        passage is nowhere in the document.
        """
        if not why.strip():
            raise Refused("say why it is forgotten", hint="--why TEXT")
        with self.store.reading() as reading:
            held = self.document(reading, named)
            addresses = {row.url for row in reading.history(Alias, document=held.id)}
        with self.writing(f"forget d{held.id}", why=why) as writing:
            count = forgetting.forget(writing, held.id, " ".join(passage.split()))
            if not count:
                raise Refused(f"d{held.id} does not hold that passage", hint=f"kb show d{held.id}")
        self.store.compact()
        erased = archive.erase(self.home.archive, held.document.source, addresses)
        # The old index is dropped: an update leaves what it took out in its files.
        self.reindex(patience=PATIENCE_SECONDS)
        return {
            "document": f"d{held.id}",
            "sentences": count if passage else None,
            "records": erased,
        }

    def everywhere(self, words: str) -> Rows:
        """Every place of the store that holds the words: pages, quotes, reasons, people.

        For requests of those concerned. The archive is not searched: it holds what pages held.
        """
        wanted = " ".join(words.split())
        if len(wanted) < 2:
            raise Refused(f"{words!r} is too little to look for everywhere")
        with self.store.reading() as reading:
            rows: list[dict[str, object]] = [
                {
                    "table": met.table,
                    "row": met.row,
                    "column": met.column,
                    "text": _cut(met.text, wanted),
                }
                for met in forgetting.everywhere(reading, wanted)
            ]
        return Rows("everywhere", tuple(EVERYWHERE), rows)


def _cut(text: str, words: str) -> str:
    at = max(0, text.casefold().find(words.casefold()))
    start, end = max(0, at - AROUND), at + len(words) + AROUND
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
