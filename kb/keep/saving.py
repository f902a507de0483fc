"""Saving what a crawl met: new, changed, the same, moved, gone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, auto

from kb.keep.documents import find
from kb.keep.found import Alias, Document, Link, Revision, Standing, State
from kb.keep.store import Writing

RUNS_TO_BE_GONE = 2


class Saved(StrEnum):
    """What saving a page came to."""

    new = auto()
    changed = auto()
    same = auto()


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


def save(writing: Writing, page: ReadPage, *, run: int) -> tuple[Saved, int]:
    """Keeps the page; says whether it is new, changed or the same, and its document's id.

    A text that stood before stands again as the revision it was. A document that this run met
    already under another address gains an alias, and what was read of it first stays.
    """
    document = find(writing, page.source, page.key, page.addresses)
    twice = document is not None and document.last_run == run and document.key != page.key
    if document is None:
        document = writing.add(
            Document(source=page.source, key=page.key, last_seen=page.fetched_at)
        )
    number = _id(document)
    known_as(writing, number, page.addresses)
    if twice:
        return Saved.same, number
    seen(writing, document, page.fetched_at, run)
    document.etag, document.last_modified = page.etag, page.last_modified
    outcome = _stand(writing, number, page)
    return outcome, number


def known_as(writing: Writing, number: int, addresses: Iterable[str]) -> None:
    """Notes the addresses under which the document was met, those that are new."""
    known = {alias.url for alias in writing.rows(Alias, document=number)}
    for address in dict.fromkeys(addresses):
        if address not in known:
            writing.add(Alias(document=number, url=address))


def seen(
    writing: Writing, document: Document, when: datetime, run: int, *, asked: bool = True
) -> None:
    """Notes in the working values that a run met the document, and whether it asked for it."""
    document.last_seen, document.last_run, document.missed = when, run, 0
    if asked:
        document.asked_at = when
    writing.session.add(document)


def _stand(writing: Writing, number: int, page: ReadPage) -> Saved:
    before = writing.row(Standing, document=number)
    revisions = writing.rows(Revision, document=number)
    revision = next((each for each in revisions if each.sha256 == page.sha256), None)
    if revision is None:
        revision = writing.add(_revision(number, page))
    if before is None:
        writing.add(Standing(document=number, revision=_id(revision), url=page.url))
        return Saved.new
    state = before.state if before.url == page.url else State.live
    if page.permanent and before.url != page.url:
        state = State.moved
    if before.state == State.gone:
        state = State.live
    after = Standing(document=number, revision=_id(revision), state=state, url=page.url)
    if before.said() == after.said():
        return Saved.same
    writing.end(before)
    writing.add(after)
    was_same = before.revision == after.revision or _only_the_reader_changed(writing, before, page)
    return Saved.same if was_same and before.state != State.gone else Saved.changed


def _only_the_reader_changed(writing: Writing, before: Standing, page: ReadPage) -> bool:
    """True where the page's body gave the same text as the one before, read by one reader."""
    held = writing.get(Revision, before.revision)
    if held is None or held.reader == page.reader:
        return False
    return page.reread_sha256 == page.sha256 or held.body_sha256 == page.body_sha256


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
