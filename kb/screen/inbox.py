"""The inbox: which pages wait, in which order, and what people decide on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.keep import documents
from kb.keep.documents import StoredDocument
from kb.screen import duplicates, order
from kb.screen.unread import is_offered
from kb.table import Table, column
from kb.text.page_reading import Signal
from kb.workspace.snapshot import Snapshot, part

TERMS_SHOWN = 4


@dataclass(frozen=True)
class InboxPage:
    """A page that waits for a decision."""

    document: str = column("The number of a page that is held.", narrow=True)
    assigned_to: str | None = column("Who was given it to read.")
    relevance: float | None = column(
        "How likely the page is about an initiative, 0 to 1.", narrow=True
    )
    title: str = column("Its name.", narrow=True)
    organisation: str | None = column("Who publishes it.")
    url: str = column("Its address.")
    kind: str | None = column("What kind of page it is.", narrow=True)
    terms: list[str] = column("The strongest words, with where they stand.", narrow=True)
    carried_by: list[str] | None = column("The words that carried it in the order as learned.")
    similar_to: list[str] | None = column("Initiatives that the page may be about.")
    source: str = column("The declared source.")
    first_seen: datetime | None = column("When the page was first fetched.")


@dataclass(frozen=True)
class Waiting:
    """A page to screen, and the documents that have its text and are decided with it."""

    page: StoredDocument
    copies: tuple[int, ...]
    drawn: bool = False  # by chance, from below the line
    again: str = ""  # why who acts here is to read it a second time


@part
def waiting(snapshot: Snapshot, *, everything: bool = False) -> list[Waiting]:
    """Pages to screen, the likeliest first, each once: copies wait behind the one that leads.

    With `everything` also those below the threshold, and list pages, last. What has the text of
    a page that was decided on does not wait: it was decided with it.
    """
    settled = decided(snapshot) | snapshot.memberships.keys()
    pages = [
        page
        for page in snapshot.pages
        if page.id in settled or ((everything or is_offered(snapshot, page)) and not page.gone)
    ]
    groups = duplicates.copies(snapshot, pages)
    leading = {}
    for page in pages:
        group = groups.get(page.id, [page.id])
        if page.id == group[0] and not settled & set(group):
            leading[page] = tuple(group[1:])
    return [Waiting(page, leading[page]) for page in order.in_order(snapshot, tuple(leading))]


def for_person(snapshot: Snapshot, *, mine: bool = False) -> tuple[list[Waiting], int]:
    """What waits for who acts here, what they were given first; how many others were given.

    With `mine` what they were given alone.
    """
    givens = {row.document: row.person for row in snapshot.to_read if not row.again}
    every, by = waiting(snapshot), snapshot.workspace.by
    own = [each for each in every if givens.get(each.page.id) == by]
    free = [each for each in every if each.page.id not in givens]
    return [*own, *([] if mine else free)], len(every) - len(own) - len(free)


def read_again(snapshot: Snapshot) -> list[Waiting]:
    """The live pages that who acts here is to read a second time, oldest assignment first."""
    pages = {page.id: page for page in snapshot.pages if not page.gone}
    by = snapshot.workspace.by
    rows = [row for row in snapshot.to_read if row.again and row.person == by]
    return [
        Waiting(pages[row.document], (), again=row.why) for row in rows if row.document in pages
    ]


def decided(snapshot: Snapshot) -> frozenset[int]:
    """The pages that somebody screened, whatever they decided."""
    return frozenset(snapshot.verdicts)


def inbox(
    snapshot: Snapshot, *, everything: bool = False, mine: bool = False, limit: int | None = None
) -> Table[InboxPage]:
    """Documents to screen, the likeliest first; with `everything` also below the threshold.

    Never one that somebody screened, that belongs to an initiative, or that is gone. With `mine`
    what who acts here was given: what they read a second time, then the rest.
    """
    if mine:
        every = [*read_again(snapshot), *for_person(snapshot, mine=True)[0]]
    else:
        every = waiting(snapshot, everything=everything)
    pages = [each.page for each in every[:limit]]
    again = {each.page.id for each in every if each.again}  # what is like them may be made of them
    by = snapshot.workspace.by
    givens = {row.document: row.person for row in snapshot.to_read if not row.again}
    first_seen = documents.first_seen(snapshot.reading)
    known = duplicates.known_register(snapshot)
    publishers = snapshot.declarations.publishers
    carried_by = order.carried_by(snapshot, pages)
    rows = [
        InboxPage(
            document=page.name,
            assigned_to=f"{by}, a second time" if page.id in again else givens.get(page.id),
            relevance=page.score,
            title=page.title,
            organisation=publishers.get(page.source) or None,
            url=page.url,
            kind=page.kind or None,
            terms=terms_shown(page.loaded.signals),
            carried_by=carried_by.get(page.id),
            similar_to=[
                initiative.slug
                for initiative, similarity in known.best_matches(page)
                if similarity.same and page.id not in again
            ]
            or None,
            source=page.source,
            first_seen=first_seen.get(page.id),
        )
        for page in documents.with_content(snapshot.reading, pages)
    ]
    return Table("inbox", InboxPage, rows)


def terms_shown(signals: Sequence[Signal]) -> list[str]:
    """The strongest forms, with where they stand: `allyship (title)`."""
    return [f"{signal.form} ({signal.where})" for signal in signals[:TERMS_SHOWN]]
