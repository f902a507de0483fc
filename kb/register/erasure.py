"""Erasure: taking out what must not be held, and finding what is held of somebody."""

from dataclasses import dataclass

from kb.errors import Refused
from kb.keep import archive, forgetting
from kb.keep.acts import ActKind
from kb.keep.crawled import Alias
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import Workspace

PATIENCE_SECONDS = 600.0  # for another process that builds the index anew
AROUND = 80  # characters shown on either side


@dataclass(frozen=True)
class HeldText:
    """A place of the store that holds the words."""

    table: str = column("The table of the store.", narrow=True)
    row: int = column("The row in it.", narrow=True)
    column_: str = column("The column in it.", narrow=True)
    text: str = column("The words with what stands around them.", narrow=True)


@dataclass(frozen=True)
class Erased:
    """What was taken out: of which document, how many sentences (None: all), archive records."""

    document: str
    sentences: int | None
    records: int


def forget(workspace: Workspace, name: str, *, passage: str = "", why: str) -> Erased:
    """Takes a document's text, or the sentences a passage touches, out of all that kb made.

    Store, index and archive hold it no longer, and it is left out where a crawl meets it again.
    Who, when, why and a hash stay. Raises Refused without a reason, or where the passage is
    nowhere in the document.
    """
    if not why.strip():
        raise Refused("say why it is forgotten", hint="--why TEXT")
    with workspace.store.reading() as reading:
        page = workspace.document(reading, name)
        addresses = {row.url for row in reading.history(Alias, document=page.id)}
    command = f"forget {page.name}"
    with workspace.writing(ActKind.forget, command, subject=page.name, why=why) as writing:
        count = forgetting.forget(writing, page.id, " ".join(passage.split()))
        if not count:
            raise Refused(f"{page.name} does not hold that passage", hint=f"kb show {page.name}")
    workspace.store.compact()
    workspace.home.order.unlink(missing_ok=True)  # it holds words of pages; made anew without these
    records = archive.erase(workspace.home.archive, page.source, addresses)
    # The old index is dropped: an update leaves what it took out in its files.
    workspace.reindex(patience=PATIENCE_SECONDS)
    return Erased(page.name, count if passage else None, records)


def everywhere(snapshot: Snapshot, words: str) -> Table[HeldText]:
    """Every place of the store that holds the words: pages, quotes, reasons, people.

    For requests of those concerned. The archive is not searched: it holds what pages held.
    """
    phrase = " ".join(words.split())
    if len(phrase) < 2:
        raise Refused(f"{words!r} is too little to look for everywhere")
    rows = [
        HeldText(place.table, place.row, place.column, _excerpt(place.text, phrase))
        for place in forgetting.everywhere(snapshot.reading, phrase, without=snapshot.hidden.acts)
    ]
    hidden = len(snapshot.hidden.acts)
    notes = (f"without {hidden} acts on what you are to decide blind",) if hidden else ()
    return Table("everywhere", HeldText, rows, notes)


def _excerpt(text: str, words: str) -> str:
    at = max(0, text.casefold().find(words.casefold()))
    start, end = max(0, at - AROUND), at + len(words) + AROUND
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
