"""What happens to each page: read, then saved. One duty a class."""

import hashlib
import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from scrapy.exceptions import DropItem

from kb.collect.batches import save_if_due, save_rest
from kb.collect.body import READER, ReadError, ReceivedBody
from kb.collect.runs import PartOfRun, RunUnderWay, SameBody
from kb.collect.stubs import says_it_is_a_stub, says_it_is_missing
from kb.contract import Noted, Page, normalised
from kb.failures import FailureKind
from kb.keep.archive import Archive, recall
from kb.keep.documents import StoredDocument
from kb.keep.saving import ReadPage
from kb.text.page_reading import PageReading

HOME = re.compile(r"(?:/?|/(?:index|home|default)(?:\.\w{3,5})?/?)")  # the path of a home page


class ReadPages(PartOfRun):
    """Reads each page in a worker process, unless its body is the one already held."""

    def __init__(self, run: RunUnderWay) -> None:
        super().__init__(run)
        self._archive = Archive(run.workspace.home.archive, run.source.name, run.number)

    async def process_item(self, page: Page | Noted) -> ReadPage | SameBody:
        """The page as read. A body that cannot be read is a counted failure, as what is noted."""
        if isinstance(page, Noted):
            self._run.failed_once(page.failure, page.url)
            raise DropItem(f"{page.url}: {page.failure}", log_level="INFO")
        addresses = addresses_of(page)
        digest = hashlib.sha256(page.body).hexdigest()
        document = self._run.held_as(page.key, addresses)
        there = document if document and _is_at(document, page) else None
        last = there.last_fetch if there else None
        if there and last and last.body_sha256 == digest and last.reader == READER:
            return SameBody(page.without_body(), addresses, there)
        try:
            reading = await self._run.workers.read(replace(_body(page, page.body), page=page))
            self._refuse_missing(page, reading, document)
            reread = await self._reread(page, there)
        except ReadError as error:
            self._run.failed(error.failure, page.requested or page.url)
            raise DropItem(f"{page.url}: {error}", log_level="INFO") from error
        kept = document is None or document.id not in self._run.forgotten
        archived = self._archive.append(reading.records) if kept else ""
        reading = replace(reading, records=b"")
        return _read_page(page, reading, digest, archived, reread)

    def _refuse_missing(
        self, page: Page, reading: PageReading, document: StoredDocument | None
    ) -> None:
        """Raises ReadError for a page that says it is not there, though it answers 200."""
        if says_it_is_a_stub(reading.title, reading.text):
            raise ReadError(FailureKind.stub, "what stands in its place is none")
        if says_it_is_missing(reading.title, reading.text) or self._led_home(page):
            if document is not None:
                self._run.absent[document.id] = False
            raise ReadError(FailureKind.soft_404, "it says that there is nothing here")

    def _led_home(self, page: Page) -> bool:
        """True where a page that is no more leads to the home page: whatever the status says."""
        asked = page.requested or page.url
        begun = {normalised(url) for url in self._run.source.start}
        return leads_home(asked, page.url) and normalised(asked) not in begun

    async def _reread(self, page: Page, there: StoredDocument | None) -> str | None:
        """What the body held before is to the present reader; None where that is not needed."""
        last = there.last_fetch if there else None
        if last is None or last.reader == READER or not last.archived:
            return None
        try:
            before = recall(self._run.workspace.home.archive, last.archived)
        except (FileNotFoundError, OSError):
            return None  # dropped after its months: then only the texts can be compared
        return (await self._run.workers.read(_body(page, before))).sha256

    def close_spider(self) -> None:
        """Ends the archive file."""
        self._archive.close()


def leads_home(asked: str, there: str) -> bool:
    """True where the one address led to the home page of its own host.

    Behind a question mark or a #/ stands a page of its own, on another host another site.
    """
    before, after = urlsplit(asked), urlsplit(there)
    hosts = {each.netloc.casefold().removeprefix("www.") for each in (before, after)}
    home = HOME.fullmatch(after.path) and not after.query and "/" not in after.fragment
    return bool(home) and len(hosts) == 1 and not HOME.fullmatch(before.path)


class SaveToStore(PartOfRun):
    """Keeps each page for the next batch."""

    def process_item(self, page: ReadPage | SameBody) -> ReadPage | SameBody:
        """The page, which waits to be saved."""
        run = self._run
        run.addresses.update(page.addresses)
        if isinstance(page, SameBody):
            run.waiting.append(page)
        else:
            self._keep(page)
        save_if_due(run)
        return page

    def _keep(self, page: ReadPage) -> None:
        """Keeps the page for saving, unless it is one of many that became one text."""
        run = self._run
        document = run.held_as(page.key, page.addresses)
        last = document.last_fetch if document else None
        if document is None:
            run.one_text.met(page)
        if last is None or last.sha256 == page.reading.sha256:
            run.waiting.append(page)
            return
        own, shared = run.one_text.changed(page)
        run.waiting += own
        for each in shared:
            run.failed(FailureKind.same_text, each.page.url)

    def close_spider(self) -> None:
        """Saves what is left."""
        save_rest(self._run)


def _is_at(document: StoredDocument, page: Page) -> bool:
    """True for a document that is held at the very address of the page."""
    return normalised(document.url) == normalised(page.url)


def addresses_of(page: Page, canonical: str = "") -> tuple[str, ...]:
    """Every address the page is known by, normalised: where it is and what it calls itself.

    What was asked for is one of them unless a temporary redirect led elsewhere: then it is
    the only one.
    """
    requested, there = normalised(page.requested or page.url), normalised(page.url)
    if page.requested and requested != there and not page.permanent and not page.html:
        return (requested,)
    addresses = [there, requested] if page.permanent or page.html else [there]
    if canonical:
        addresses.insert(0, normalised(canonical))
    return tuple(dict.fromkeys(addresses))


def canonical_of(page: Page, reading: PageReading) -> str:
    """What the page gives as its own address, if it may be believed; "" if not.

    It must be on the same host; and a page that is not the home page is not its copy, whatever
    a template says.
    """
    if not reading.canonical or page.html:
        return ""
    try:
        whole = urljoin(page.url, reading.canonical)
        canonical, there = urlsplit(normalised(whole)), urlsplit(normalised(page.url))
    except ValueError:
        return ""
    same = canonical.netloc == there.netloc
    home = canonical.path in ("", "/") and there.path not in ("", "/")
    return whole if same and canonical.scheme in ("http", "https") and not home else ""


def _body(page: Page, content: bytes) -> ReceivedBody:
    """What the worker reads: the HTML of the content where the shape gives it apart."""
    hints = (page.title or "", page.summary or "")
    if page.html is not None:
        whole = f"<!doctype html><html><body>{page.html}</body></html>"
        return ReceivedBody(whole.encode(), "text/html", page.url, "", *hints, charset="utf-8")
    named = (content, page.media_type, page.url, page.select)
    return ReceivedBody(*named, *hints, charset=page.charset)


def _read_page(
    page: Page, reading: PageReading, digest: str, archived: str, reread: str | None
) -> ReadPage:
    canonical = canonical_of(page, reading)
    own_key = page.key == normalised(page.url)
    if page.html is not None:
        reading = replace(reading, sha256=_with_title(reading, page.title))
    return ReadPage(
        page=page.without_body(),
        reading=reading,
        key=normalised(canonical) if canonical and own_key else page.key,
        url=canonical or page.url,
        addresses=addresses_of(page, canonical),
        digest=digest,
        archived=archived,
        reread=reread,
    )


def _with_title(reading: PageReading, title: str | None) -> str:
    """The fingerprint of a text whose title the shape knows, and the text does not hold."""
    return hashlib.sha256(f"{title or ''}\n{reading.sha256}".encode()).hexdigest()
