"""What happens to each page: read, then saved. One duty a class."""

import hashlib
import time
from dataclasses import dataclass
from typing import Self

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kb.collect.archive import Archive
from kb.collect.reading import READER, Body, Read, ReadError
from kb.collect.runs import RunUnderWay
from kb.collect.worker import Workers
from kb.contract import Page, normalised
from kb.keep import documents
from kb.keep.documents import ReadPage, Saved
from kb.keep.found import Document, Revision, Standing, State
from kb.keep.store import Writing
from kb.screen.relevance import Scorer

BATCH_PAGES = 50
BATCH_SECONDS = 5.0


@dataclass(frozen=True)
class SameBody:
    """A page whose body is the one we hold: nothing to read."""

    page: Page
    addresses: tuple[str, ...]


class ReadPages:
    """Reads each page in a worker process, unless its body is the one already held."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._workers = Workers()
        self._archive = Archive(run.base.home.archive, run.source.name, run.number)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    async def process_item(self, page: Page) -> ReadPage | SameBody:
        """The page as read. A body that cannot be read is a counted failure."""
        addresses = addresses_of(page)
        digest = hashlib.sha256(page.body).hexdigest()
        if self._held(page, addresses, digest):
            return SameBody(page, addresses)
        content, kind = (
            (page.html.encode(), "text/html") if page.html else (page.body, page.media_type)
        )
        try:
            read = await self._workers.read(Body(content, kind, page.url, page.select))
        except ReadError as error:
            self._run.failed(error.failure, page.url)
            raise DropItem(f"{page.url}: {error}", log_level="INFO") from error
        return _read_page(page, read, addresses, digest, self._archive.write(page))

    def _held(self, page: Page, addresses: tuple[str, ...], digest: str) -> bool:
        with self._run.base.store.reading() as reading:
            document = documents.find(reading, page.source, page.key, addresses)
            standing = document and reading.row(Standing, document=document.id)
            if not standing or standing.url != page.url or standing.state != State.live:
                return False
            revision = reading.get(Revision, standing.revision)
            return (
                revision is not None
                and revision.body_sha256 == digest
                and revision.reader == READER
            )

    def close_spider(self) -> None:
        """Ends the workers and the archive file."""
        self._workers.stop()
        self._archive.close()


class SaveToStore:
    """Saves pages a batch at a time: each batch is an act, so that staff can go on working."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._scorer = Scorer(run.base.declarations.lexicon)
        self._waiting: list[ReadPage | SameBody] = []
        self._since = time.monotonic()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    def process_item(self, page: ReadPage | SameBody) -> ReadPage | SameBody:
        """Keeps the page for the next batch."""
        self._waiting.append(page)
        late = time.monotonic() - self._since > BATCH_SECONDS
        if len(self._waiting) >= BATCH_PAGES or late:
            self._save()
        return page

    def close_spider(self) -> None:
        """Saves what is left."""
        self._save()

    def _save(self) -> None:
        base, run = self._run.base, self._run
        waiting, self._waiting = self._waiting, []
        if waiting:
            command = f"crawl {run.source.name}"
            with base.store.writing(by=base.by, command=command, now=base.clock()) as writing:
                outcomes = [self._save_one(writing, page) for page in waiting]
                base.score_documents(writing, self._scorer)
            for outcome, page in zip(outcomes, waiting, strict=True):
                run.saved(outcome.value, page.addresses)
        self._since = time.monotonic()

    def _save_one(self, writing: Writing, page: ReadPage | SameBody) -> Saved:
        if isinstance(page, ReadPage):
            outcome, _ = documents.save(writing, page, run=self._run.number)
            return outcome
        fetched = page.page
        document = documents.find(writing, fetched.source, fetched.key, page.addresses)
        if not isinstance(document, Document):
            raise TypeError(f"{fetched.url} was held a moment ago")
        documents.seen(
            writing,
            document,
            fetched.fetched_at,
            self._run.number,
            fetched.etag,
            fetched.last_modified,
        )
        return Saved.same


def addresses_of(page: Page) -> tuple[str, ...]:
    """Every address the page was met under, normalised: where it is, where it was asked for."""
    met = [normalised(page.url)]
    if page.asked:
        met.append(normalised(page.asked))
    return tuple(dict.fromkeys(met))


def _read_page(
    page: Page, read: Read, addresses: tuple[str, ...], digest: str, archived: str
) -> ReadPage:
    """What the shape knows goes before what was read."""
    return ReadPage(
        source=page.source,
        key=page.key,
        url=page.url,
        addresses=addresses,
        fetched_at=page.fetched_at,
        body_sha256=digest,
        reader=READER,
        title=page.title or read.title,
        summary=page.summary or read.summary,
        text=read.text,
        media_type=page.media_type,
        language=read.language,
        published_on=page.published_on or read.published_on,
        published_from="source" if page.published_on else read.published_from,
        updated_on=page.updated_on or read.updated_on,
        updated_from="source" if page.updated_on else read.updated_from,
        etag=page.etag,
        last_modified=page.last_modified,
        archived=archived,
        found_on=page.found_on,
    )
