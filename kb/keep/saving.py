"""Saving what a crawl met: new, changed, the same, moved, gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from kb.contract import Page
from kb.keep import forgetting
from kb.keep.crawled import Alias, Document, Forgotten, Link, Revision, Signature, Standing, State
from kb.keep.derived import relevance_row
from kb.keep.documents import by_address, by_key, find
from kb.keep.store import Writing
from kb.text.page_reading import PageReading

RUNS_TO_BE_GONE = 2


class Saved(StrEnum):
    """What saving a page came to."""

    new = auto()
    changed = auto()
    same = auto()


@dataclass(frozen=True)
class ReadPage:
    """A page on its way into the store: the response without its body, and what was read of it."""

    page: Page
    reading: PageReading
    key: str
    url: str
    addresses: tuple[str, ...]  # normalised; every one it was met under
    digest: str  # SHA-256 of the body as received
    archived: str = ""  # its place in the archive
    reread: str | None = None  # fingerprint of the body held before, by the present reader

    @property
    def media_type(self) -> str:
        """That of the content: HTML where an API gives it apart."""
        return "text/html" if self.page.html is not None else self.page.media_type


def save_all(writing: Writing, pages: Sequence[ReadPage], *, run: int) -> list[tuple[Saved, int]]:
    """Saves pages of one source; for each in turn whether it is new, changed or the same, and
    its document's id.

    A text that the document had before is valid again as the revision it was. A document that
    this run met already under another address gains an alias, and what was read of it first
    stays. What is held is looked up once for all, and rows are written a table at a time.
    """
    batch = _Batch(writing, pages, run)
    batch.name_documents()
    batch.make_revisions()
    return batch.stand()


class _Batch:
    """Pages under way into the store, with what is held of the documents they are of."""

    def __init__(self, writing: Writing, pages: Sequence[ReadPage], run: int) -> None:
        self._writing = writing
        self._pages = pages
        self._run = run
        self._documents: list[Document] = []  # one a page
        self._twice: set[int] = set()  # places of pages whose document was met already
        source = pages[0].page.source if pages else ""
        addresses = {address for page in pages for address in page.addresses}
        self._by_key = by_key(writing, source, {page.key for page in pages})
        self._by_address = by_address(writing, source, addresses)

    def name_documents(self) -> None:
        """Finds or makes the document of each page, and notes its new addresses."""
        aliases: list[tuple[Document, str]] = []
        known = {(id(document), url) for url, document in self._by_address.items()}
        for place, page in enumerate(self._pages):
            document = self._document(page)
            if document.last_run == self._run and document.key != page.key:
                self._twice.add(place)
            else:
                seen(document, page.page.fetched_at, self._run)
                document.etag, document.last_modified = page.page.etag, page.page.last_modified
            self._documents.append(document)
            for address in page.addresses:
                if (id(document), address) not in known:
                    known.add((id(document), address))
                    self._by_address.setdefault(address, document)
                    aliases.append((document, address))
        self._writing.add_all(self._documents_made())
        self._writing.add_all(
            [Alias(document=document.row_id, url=address) for document, address in aliases]
        )

    def _document(self, page: ReadPage) -> Document:
        document = self._by_key.get(page.key)
        for address in page.addresses:
            document = document or self._by_address.get(address)
        if document is None:
            document = Document(
                source=page.page.source, key=page.key, last_seen=page.page.fetched_at
            )
        self._by_key.setdefault(page.key, document)
        return document

    def _documents_made(self) -> list[Document]:
        made = {id(each): each for each in self._documents if each.id is None}
        return list(made.values())

    def make_revisions(self) -> None:
        """Looks up what stands of each document, and makes the revisions that are new."""
        ids = {document.row_id for document in self._documents}
        self._standing = {
            row.document: row for row in self._writing.rows_in(Standing, "document", ids)
        }
        before = self._writing.rows_in(Revision, "document", ids)
        forgotten = self._writing.rows_in(Forgotten, "document", ids)
        self._revisions = {(row.document, row.sha256): row for row in reversed(before)}
        self._by_id = {row.row_id: row for row in before}
        made: list[tuple[Revision, ReadPage]] = []
        for place, page in enumerate(self._pages):
            text = (self._documents[place].row_id, page.reading.sha256)
            if place not in self._twice and text not in self._revisions:
                removed = [row for row in forgotten if row.document == text[0]]
                page = _without_forgotten(page, removed) if removed else page
                self._revisions[text] = _revision(text[0], page)
                made.append((self._revisions[text], page))
        self._writing.add_all([row for row, _ in made])
        self._keep_derived(made)

    def _keep_derived(self, made: Sequence[tuple[Revision, ReadPage]]) -> None:
        """Keeps relevance and signature of new revisions, as the reader made them."""
        relevance, signatures = [], []
        for row, page in made:
            if derived := page.reading.derived:
                number, facts = row.row_id, derived.facts
                relevance.append(
                    relevance_row(number, derived.lexicon, derived.score, derived.signals, facts)
                )
                signatures.append(
                    Signature(revision=number, form=derived.form, hashes=derived.hashes)
                )
        self._writing.add_all(relevance)
        self._writing.add_all(signatures)

    def stand(self) -> list[tuple[Saved, int]]:
        """Makes what was read stand; what that came to for each page."""
        ended: list[Standing] = []
        made: dict[int, Standing] = {}
        outcomes = []
        for place, page in enumerate(self._pages):
            number = self._documents[place].row_id
            outcome = Saved.same
            if place not in self._twice:
                before = self._standing.get(number)
                outcome, after = self._outcome(number, page, before)
                if after is not None:
                    ended += [before] if before is not None and number not in made else []
                    made[number] = self._standing[number] = after
            outcomes.append((outcome, number))
        self._writing.end_all(ended)
        self._writing.add_all(list(made.values()))
        return outcomes

    def _outcome(
        self, number: int, page: ReadPage, before: Standing | None
    ) -> tuple[Saved, Standing | None]:
        """What the page came to, and what stands from now on; None where nothing changes."""
        revision = self._revisions[number, page.reading.sha256].row_id
        if before is None:
            return Saved.new, Standing(document=number, revision=revision, url=page.url)
        state = before.state if before.url == page.url else State.live
        if page.page.permanent and before.url != page.url:
            state = State.moved
        if before.state == State.gone:
            state = State.live
        after = Standing(document=number, revision=revision, state=state, url=page.url)
        if before.values() == after.values():
            return Saved.same, None
        same = before.revision == revision or self._only_the_reader_changed(before, page)
        return (Saved.same if same and before.state != State.gone else Saved.changed), after

    def _only_the_reader_changed(self, before: Standing, page: ReadPage) -> bool:
        """True where the page's body gave the same text as the one before, read by one reader."""
        revision = self._by_id.get(before.revision)
        if revision is None or revision.reader == page.reading.reader:
            return False
        return page.reread == page.reading.sha256 or revision.body_sha256 == page.digest


def add_aliases(writing: Writing, addresses_of: Mapping[int, Iterable[str]]) -> None:
    """Notes the addresses under which documents were met, those that are new."""
    known = {(row.document, row.url) for row in writing.rows_in(Alias, "document", addresses_of)}
    writing.add_all(
        [
            Alias(document=number, url=address)
            for number, addresses in addresses_of.items()
            for address in dict.fromkeys(addresses)
            if (number, address) not in known
        ]
    )


def seen(document: Document, when: datetime, run: int, *, requested: bool = True) -> None:
    """Notes in the working values that a run met the document, and whether it requested it."""
    document.last_seen, document.last_run, document.missed = when, run, 0
    if requested:
        document.asked_at = when


def absent(writing: Writing, number: int, *, at_once: bool) -> bool:
    """Notes that an ok run did not find the document at its own address; True if it is gone now.

    Gone is what was not there in two ok runs in a row, or (`at_once`) what said so itself.
    """
    document = writing.get(Document, number)
    standing_row = writing.row(Standing, document=number)
    if document is None or standing_row is None or standing_row.state == State.gone:
        return False
    document.missed += 1
    writing.session.add(document)
    if not at_once and document.missed < RUNS_TO_BE_GONE:
        return False
    writing.end(standing_row)
    writing.add(Standing(**standing_row.values() | {"state": State.gone}))
    return True


def _without_forgotten(page: ReadPage, forgotten: Sequence[Forgotten]) -> ReadPage:
    """The page without what was taken out of its document; nothing derived, as its text differs."""
    gone, whole = {row.sha256 for row in forgotten}, any(row.whole for row in forgotten)
    reading = page.reading
    kept = replace(
        reading,
        title=forgetting.without(reading.title, gone, whole=whole),
        summary=forgetting.without(reading.summary, gone, whole=whole),
        text=forgetting.without(reading.text, gone, whole=whole),
        derived=None,
    )
    return replace(page, reading=kept, archived="")


def _revision(document: int, page: ReadPage) -> Revision:
    """The row of a page's content; what the shape of the site knows goes before what was read."""
    reading, response = page.reading, page.page
    return Revision(
        document=document,
        fetched_at=response.fetched_at,
        sha256=reading.sha256,
        body_sha256=page.digest,
        reader=reading.reader,
        title=reading.title,
        summary=reading.summary,
        text=reading.text,
        published_on=response.published_on or reading.published_on,
        published_from="source" if response.published_on else reading.published_from,
        updated_on=response.updated_on or reading.updated_on,
        updated_from="source" if response.updated_on else reading.updated_from,
        language=reading.language,
        media_type=page.media_type,
        archived=page.archived,
    )


def link(writing: Writing, source: str, file: int, found_on: str) -> bool:
    """Relates a file to the page that links to it; False where that page is not held yet."""
    parent = find(writing, source, found_on, [found_on])
    if parent is None:
        return False
    if not writing.row(Link, document=parent.row_id, file=file):
        writing.add(Link(document=parent.row_id, file=file))
    return True
