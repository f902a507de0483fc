"""What need not be fetched again, and what must be asked for although no list names it."""

from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from kb.collect.batches import save_waiting
from kb.collect.body import READER
from kb.collect.failures import NotModified
from kb.collect.runs import PartOfRun, RunUnderWay, run_of
from kb.contract import Shape, normalised
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.documents import LastFetch, StoredDocument

# How long a site's own word on when a page changed is believed without asking for the page.
TRUST_LASTMOD = timedelta(days=30)
API_SHAPES = (Shape.wordpress, Shape.govuk)


class OnlyWhatChanged(PartOfRun):
    """Sends back ETag and Last-Modified, believes 304, and `lastmod` for a month at most."""

    def process_request(self, request: Request) -> Response | None:
        """The request with validators; a 304 of our own where `lastmod` says nothing changed."""
        self._run.leaves += bool(request.meta.get("leaf") and not request.meta.get("own"))
        # A redirect carries on what was sent: it is no word of the page it leads to.
        request.headers.pop("If-None-Match", None)
        request.headers.pop("If-Modified-Since", None)
        document = self._document(request)
        last = document.last_fetch if document else None
        if last is None or self._run.fresh or last.reader != READER:
            return None
        if _unchanged_since(str(request.meta.get("lastmod", "")), last):
            request.meta["skipped"] = True
            return Response(request.url, status=304)
        if last.etag:
            request.headers["If-None-Match"] = last.etag
        if last.last_modified:
            request.headers["If-Modified-Since"] = last.last_modified
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; NotModified where there is nothing new to read."""
        document = self._document(request)
        if document is None:
            return response
        there = request.meta.get("own") and self._run.source.shape in API_SHAPES
        if response.status == 304 or (there and response.status == 200):
            self._run.addresses.add(normalised(document.url))
            self._run.unchanged[document.id] = not request.meta.get("skipped")
            raise NotModified(request.url)
        if response.status in (404, 410):
            self._run.absent[document.id] = response.status == 410
        return response

    def _document(self, request: Request) -> StoredDocument | None:
        if not request.meta.get("leaf"):
            return None
        number = self._run.known.get(normalised(request.url))
        if number is None and "redirect_urls" not in request.meta:
            number = request.meta.get("document")
        return self._run.stored.get(number or 0)


def _unchanged_since(lastmod: str, last: LastFetch) -> bool:
    """True when the site says it changed last before we asked, and we asked within a month."""
    if not lastmod or last.asked_at is None:
        return False
    try:
        changed = datetime.fromisoformat(lastmod)
    except ValueError:
        return False
    if changed.tzinfo is None:
        # A bare date says only the day: it changed before we asked if that day was over.
        changed = changed.replace(tzinfo=UTC) + timedelta(days=len(lastmod) <= 10)
    return changed < last.asked_at and datetime.now(UTC) - last.asked_at < TRUST_LASTMOD


class AskForTheUnmet:
    """When a run that met enough has nothing left to do, asks for what it did not meet."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = run_of(crawler)
        self._asked = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Waits for the spider to be idle."""
        asking = cls(crawler)
        crawler.signals.connect(asking.idle, signal=signals.spider_idle)
        return asking

    def idle(self, spider: Spider) -> None:
        """Asks once for each unmet document at its own address."""
        if self._asked or self._crawler.engine is None:
            return
        self._asked = True
        save_waiting(self._run)  # what is held back waits for those that are asked now
        if not self._run.tells_what_is_gone():
            return
        unmet = self._run.unmet()
        for document in unmet:
            self._crawler.engine.crawl(
                Request(
                    document.url,
                    callback=spider.parse_document,  # type: ignore[attr-defined]
                    meta={
                        "leaf": True,
                        "own": True,
                        "document": document.id,
                        "hints": {"key": document.key},
                    },
                    dont_filter=True,
                    errback=_passed_over,
                )
            )
        if unmet:
            raise DontCloseSpider


def _passed_over(failure: object) -> None:
    """What does not answer at its own address says nothing: it stays as it is."""


def settle_absent(run: RunUnderWay) -> None:
    """Records what a run that can tell found absent; what is gone by that is counted."""
    if not run.absent or not run.tells_what_is_gone():
        return
    with run.writing(ActKind.crawl) as writing:
        for number, at_once in sorted(run.absent.items()):
            if number not in run.met_documents:
                run.counts["gone"] += saving.absent(writing, number, at_once=at_once)
