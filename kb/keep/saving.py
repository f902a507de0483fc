"""Saving what a crawl met: new, changed, the same, moved, gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum, auto
from typing import Any

from kb.keep import forgetting
from kb.keep.documents import by_address, by_key, find
from kb.keep.found import (
    Alias,
    Document,
    Forgotten,
    Link,
    Relevance,
    Revision,
    Signature,
    Standing,
    State,
)
from kb.keep.store import Writing

RUNS_TO_BE_GONE = 2


class Saved(StrEnum):
    """What saving a page came to."""

    new = auto()
    changed = auto()
    same = auto()


@dataclass(frozen=True)
class Judged:
    """The relevance of a text, by that version of lexicon and formula; and its signature."""

    lexicon: str
    score: float
    terms: list[dict[str, Any]]
    form: str
    hashes: bytes

    def relevance(self, revision: int) -> Relevance:
        """The row of the revision's relevance."""
        return Relevance(
            revision=revision, lexicon=self.lexicon, score=self.score, terms=self.terms
        )

    def signature(self, revision: int) -> Signature:
        """The row of the revision's signature."""
        return Signature(revision=revision, form=self.form, hashes=self.hashes)


@dataclass(frozen=True)
class ReadPage:
    """A page after reading: what is kept of it. Contact details are masked already."""

    source: str
    key: str
    url: str
    addresses: tuple[str, ...]  # normalised; every one it was met under
    fetched_at: datetime
    sha256: str  # of what counts as content: two texts of one sha256 are the same
    body_sha256: str
    reader: str
    title: str
    summary: str
    text: str
    media_type: str
    language: str = ""
    published_on: date | None = None
    published_from: str = ""
    updated_on: date | None = None
    updated_from: str = ""
    etag: str | None = None
    last_modified: str | None = None
    archived: str = ""
    found_on: str | None = None
    permanent: bool = False  # it came by permanent redirects
    reread_sha256: str | None = None  # of the body held before, read by the present reader
    judged: Judged | None = None


def save_all(writing: Writing, pages: Sequence[ReadPage], *, run: int) -> list[tuple[Saved, int]]:
    """Keeps pages of one source; for each in turn whether it is new, changed or the same, and
    its document's id.

    A text that stood before stands again as the revision it was. A document that this run met
    already under another address gains an alias, and what was read of it first stays. What is
    held is looked up once for all, and what is made is written a table at a time.
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
        source = pages[0].source if pages else ""
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
                seen(document, page.fetched_at, self._run)
                document.etag, document.last_modified = page.etag, page.last_modified
            self._documents.append(document)
            for address in page.addresses:
                if (id(document), address) not in known:
                    known.add((id(document), address))
                    self._by_address.setdefault(address, document)
                    aliases.append((document, address))
        self._writing.add_all(self._documents_made())
        self._writing.add_all(
            [Alias(document=_id(document), url=address) for document, address in aliases]
        )

    def _document(self, page: ReadPage) -> Document:
        document = self._by_key.get(page.key)
        for address in page.addresses:
            document = document or self._by_address.get(address)
        if document is None:
            document = Document(source=page.source, key=page.key, last_seen=page.fetched_at)
        self._by_key.setdefault(page.key, document)
        return document

    def _documents_made(self) -> list[Document]:
        made = {id(each): each for each in self._documents if each.id is None}
        return list(made.values())

    def make_revisions(self) -> None:
        """Looks up what stands of each document, and makes the revisions that are new."""
        ids = {_id(document) for document in self._documents}
        self._standing = {
            row.document: row for row in self._writing.rows_in(Standing, "document", ids)
        }
        held = self._writing.rows_in(Revision, "document", ids)
        forgotten = self._writing.rows_in(Forgotten, "document", ids)
        self._revisions = {(row.document, row.sha256): row for row in reversed(held)}
        self._by_id = {_id(row): row for row in held}
        made: list[tuple[Revision, ReadPage]] = []
        for place, page in enumerate(self._pages):
            text = (_id(self._documents[place]), page.sha256)
            if place not in self._twice and text not in self._revisions:
                left = [row for row in forgotten if row.document == text[0]]
                page = _without_forgotten(page, left) if left else page
                self._revisions[text] = _revision(text[0], page)
                made.append((self._revisions[text], page))
        self._writing.add_all([row for row, _ in made])
        judged = [(_id(row), page.judged) for row, page in made if page.judged]
        self._writing.add_all([judgement.relevance(number) for number, judgement in judged])
        self._writing.add_all([judgement.signature(number) for number, judgement in judged])

    def stand(self) -> list[tuple[Saved, int]]:
        """Makes what was read stand; what that came to for each page."""
        ended: list[Standing] = []
        made: dict[int, Standing] = {}
        outcomes = []
        for place, page in enumerate(self._pages):
            number = _id(self._documents[place])
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
        revision = _id(self._revisions[number, page.sha256])
        if before is None:
            return Saved.new, Standing(document=number, revision=revision, url=page.url)
        state = before.state if before.url == page.url else State.live
        if page.permanent and before.url != page.url:
            state = State.moved
        if before.state == State.gone:
            state = State.live
        after = Standing(document=number, revision=revision, state=state, url=page.url)
        if before.said() == after.said():
            return Saved.same, None
        same = before.revision == revision or self._only_the_reader_changed(before, page)
        return (Saved.same if same and before.state != State.gone else Saved.changed), after

    def _only_the_reader_changed(self, before: Standing, page: ReadPage) -> bool:
        """True where the page's body gave the same text as the one before, read by one reader."""
        held = self._by_id.get(before.revision)
        if held is None or held.reader == page.reader:
            return False
        return page.reread_sha256 == page.sha256 or held.body_sha256 == page.body_sha256


def known_as(writing: Writing, met: Mapping[int, Iterable[str]]) -> None:
    """Notes the addresses under which documents were met, those that are new."""
    known = {(row.document, row.url) for row in writing.rows_in(Alias, "document", met)}
    writing.add_all(
        [
            Alias(document=number, url=address)
            for number, addresses in met.items()
            for address in dict.fromkeys(addresses)
            if (number, address) not in known
        ]
    )


def seen(document: Document, when: datetime, run: int, *, asked: bool = True) -> None:
    """Notes in the working values that a run met the document, and whether it asked for it."""
    document.last_seen, document.last_run, document.missed = when, run, 0
    if asked:
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
    writing.add(Standing(**standing_row.said() | {"state": State.gone}))
    return True


def _without_forgotten(page: ReadPage, forgotten: Sequence[Forgotten]) -> ReadPage:
    """The page without what was taken out of its document; unjudged, since its text differs."""
    gone, whole = {row.sha256 for row in forgotten}, any(row.whole for row in forgotten)
    return replace(
        page,
        title=forgetting.without(page.title, gone, whole=whole),
        summary=forgetting.without(page.summary, gone, whole=whole),
        text=forgetting.without(page.text, gone, whole=whole),
        judged=None,
        archived="",
    )


def _revision(number: int, page: ReadPage) -> Revision:
    return Revision(
        document=number,
        fetched_at=page.fetched_at,
        sha256=page.sha256,
        body_sha256=page.body_sha256,
        reader=page.reader,
        title=page.title,
        summary=page.summary,
        text=page.text,
        published_on=page.published_on,
        published_from=page.published_from,
        updated_on=page.updated_on,
        updated_from=page.updated_from,
        language=page.language,
        media_type=page.media_type,
        archived=page.archived,
    )


def link(writing: Writing, source: str, file: int, found_on: str) -> bool:
    """Relates a file to the page that links to it; False where that page is not held yet."""
    parent = find(writing, source, found_on, [found_on])
    if parent is None:
        return False
    if not writing.row(Link, document=_id(parent), file=file):
        writing.add(Link(document=_id(parent), file=file))
    return True


def _id(row: Document | Revision) -> int:
    if row.id is None:
        raise RuntimeError("the row has no id yet")
    return row.id
