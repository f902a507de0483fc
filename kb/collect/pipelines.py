"""What happens to each page: read, then saved. One duty a class."""

import hashlib
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import urljoin, urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from kb.collect.body import READER, Body, Read, ReadError
from kb.collect.noise import says_it_is_missing
from kb.collect.runs import HeldDocument, RunUnderWay
from kb.collect.worker import Workers
from kb.contract import Page, normalised
from kb.keep import saving
from kb.keep.archive import Archive, recall
from kb.keep.found import Document
from kb.keep.saving import ReadPage, Saved
from kb.keep.store import Writing
from kb.screen.relevance import Scorer

BATCH_PAGES = 50
BATCH_SECONDS = 5.0


@dataclass(frozen=True)
class SameBody:
    """A page whose body is the one we hold: nothing to read."""

    page: Page
    addresses: tuple[str, ...]
    document: Document


class ReadPages:
    """Reads each page in a worker process, unless its body is the one already held."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._workers = Workers(Scorer(run.base.declarations.lexicon))
        self._archive = Archive(run.base.home.archive, run.source.name, run.number)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    async def process_item(self, page: Page) -> ReadPage | SameBody:
        """The page as read. A body that cannot be read is a counted failure."""
        addresses = addresses_of(page)
        digest = hashlib.sha256(page.body).hexdigest()
        held = self._run.held_as(page.key, addresses)
        there = self._there(page, held)
        if there and there.revision.body_sha256 == digest and there.revision.reader == READER:
            return SameBody(page, addresses, there.document)
        try:
            read = await self._workers.read(_body(page, page.body))
            self._refuse_missing(page, read, held)
            reread = await self._reread(page, there)
        except ReadError as error:
            self._run.failed(error.failure, page.url)
            raise DropItem(f"{page.url}: {error}", log_level="INFO") from error
        kept = held is None or held.id not in self._run.forgotten
        archived = self._archive.write(page) if kept else ""
        return _read_page(page, read, digest, archived, reread)

    @staticmethod
    def _there(page: Page, held: HeldDocument | None) -> HeldDocument | None:
        """What is held, where it stands at that very address."""
        if held and normalised(held.standing.url) == normalised(page.url):
            return held
        return None

    def _refuse_missing(self, page: Page, read: Read, held: HeldDocument | None) -> None:
        """Raises ReadError for a page that says it is not there, though it answers 200."""
        home = urlsplit(page.url).path in ("", "/") and not page.permanent
        sent_home = home and normalised(page.asked or page.url) != normalised(page.url)
        if says_it_is_missing(read.title, read.text) or sent_home:
            if held is not None:
                self._run.absent[held.id] = False
            raise ReadError("soft 404", "it says that there is nothing here")

    async def _reread(self, page: Page, there: HeldDocument | None) -> str | None:
        """What the body held before is to the present reader; None where that is not needed."""
        if there is None or there.revision.reader == READER or not there.revision.archived:
            return None
        try:
            before = recall(self._run.base.home.archive, there.revision.archived)
        except (FileNotFoundError, OSError):
            return None  # dropped after its months: then only the texts can be compared
        return (await self._workers.read(_body(page, before))).sha256

    def close_spider(self) -> None:
        """Ends the workers and the archive file."""
        self._workers.stop()
        self._archive.close()


class SaveToStore:
    """Saves pages a batch at a time: each batch is an act, so that staff can go on working."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._waiting: list[ReadPage | SameBody] = []
        self._since = time.monotonic()
        # A file may be read before the page that links to it: its link waits for that page.
        self._links: list[tuple[str, int, str]] = []
        run.flush = self._save

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    def process_item(self, page: ReadPage | SameBody) -> ReadPage | SameBody:
        """Keeps the page for the next batch."""
        self._run.met.update(page.addresses)
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
        unchanged, run.unchanged = run.unchanged, []
        self._since = time.monotonic()
        if not waiting and not unchanged and not self._links:
            return
        with base.store.writing(
            by=base.by, command=f"crawl {run.source.name}", now=base.clock()
        ) as writing:
            read = [each for each in waiting if isinstance(each, ReadPage)]
            saved = self._save_pages(writing, read)
            same = [each for each in waiting if isinstance(each, SameBody)]
            saving.known_as(writing, {each.document.id or 0: each.addresses for each in same})
            unchanged += [(each.document, True) for each in same]
            asked = {document.id: asked for document, asked in unchanged}
            for held in writing.rows_in(Document, "id", list(asked)):
                saving.seen(held, base.clock(), run.number, asked=asked[held.id])
                saved.append((Saved.same, held.id or 0))
            self._links = [each for each in self._links if not saving.link(writing, *each)]
        for outcome, number in saved:
            run.saved(outcome.value, number)

    def _save_pages(self, writing: Writing, pages: list[ReadPage]) -> list[tuple[Saved, int]]:
        saved = saving.save_all(writing, pages, run=self._run.number)
        for page, (_, number) in zip(pages, saved, strict=True):
            self._note_link(page, number)
        return saved

    def _note_link(self, page: ReadPage, number: int) -> None:
        if page.media_type != "text/html" and page.found_on:
            self._links.append((page.source, number, normalised(page.found_on)))


def addresses_of(page: Page, canonical: str = "") -> tuple[str, ...]:
    """Every address the page is known by, normalised: where it is and what it calls itself.

    What was asked for is one of them unless a temporary redirect led elsewhere: then it is
    the only one.
    """
    asked, there = normalised(page.asked or page.url), normalised(page.url)
    if page.asked and asked != there and not page.permanent and not page.html:
        return (asked,)
    named = [there, asked] if page.permanent or page.html else [there]
    if canonical:
        named.insert(0, normalised(canonical))
    return tuple(dict.fromkeys(named))


def canonical_of(page: Page, read: Read) -> str:
    """What the page gives as its own address, if it may be believed; "" if not.

    It must be on the same host; and a page that is not the home page is not its copy, whatever
    a template says.
    """
    if not read.canonical or page.html:
        return ""
    whole = urljoin(page.url, read.canonical)
    named, there = urlsplit(whole), urlsplit(page.url)
    same = named.netloc.removeprefix("www.") == there.netloc.removeprefix("www.")
    home = named.path in ("", "/") and there.path not in ("", "/")
    return whole if same and named.scheme in ("http", "https") and not home else ""


def _body(page: Page, content: bytes) -> Body:
    """What the worker reads: the HTML of the content where the shape gives it apart."""
    known = (page.title or "", page.summary or "")
    if page.html is not None:
        whole = f"<!doctype html><html><body>{page.html}</body></html>"
        return Body(whole.encode(), "text/html", page.url, "", *known)
    return Body(content, page.media_type, page.url, page.select, *known)


def _read_page(page: Page, read: Read, digest: str, archived: str, reread: str | None) -> ReadPage:
    """What the shape knows goes before what was read."""
    canonical = canonical_of(page, read)
    own_key = page.key == normalised(page.url)
    return ReadPage(
        source=page.source,
        key=normalised(canonical) if canonical and own_key else page.key,
        url=canonical or page.url,
        addresses=addresses_of(page, canonical),
        fetched_at=page.fetched_at,
        sha256=read.sha256 if page.html is None else _with_title(read, page.title),
        body_sha256=digest,
        reader=READER,
        title=read.title,
        summary=read.summary,
        text=read.text,
        media_type="text/html" if page.html is not None else page.media_type,
        language=read.language,
        published_on=page.published_on or read.published_on,
        published_from="source" if page.published_on else read.published_from,
        updated_on=page.updated_on or read.updated_on,
        updated_from="source" if page.updated_on else read.updated_from,
        etag=page.etag,
        last_modified=page.last_modified,
        archived=archived,
        found_on=page.found_on,
        permanent=page.permanent,
        reread_sha256=reread,
        judged=read.judged,
    )


def _with_title(read: Read, title: str | None) -> str:
    """The fingerprint of a text whose title the shape knows, and the text does not hold."""
    return hashlib.sha256(f"{title or ''}\n{read.sha256}".encode()).hexdigest()
