"""What need not be fetched again, and what must be asked for although no list names it."""

from datetime import UTC, datetime, timedelta
from typing import Self

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider
from scrapy.http import Response

from kb.collect.body import READER
from kb.collect.failures import NotModified
from kb.collect.runs import HeldDocument, RunUnderWay
from kb.contract import Shape, normalised
from kb.keep import saving
from kb.keep.found import Document, Outcome

# How long a site's own word on when a page changed is believed without asking for the page.
TRUST_LASTMOD = timedelta(days=30)
API_SHAPES = (Shape.wordpress, Shape.govuk)


class OnlyWhatChanged:
    """Sends back ETag and Last-Modified, believes 304, and `lastmod` for a month at most."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    def process_request(self, request: Request) -> Response | None:
        """The request with validators; a 304 of our own where `lastmod` says nothing changed."""
        self._run.leaves += bool(request.meta.get("leaf") and not request.meta.get("own"))
        held = self._held(request)
        if held is None or self._run.fresh or held.revision.reader != READER:
            return None
        document = held.document
        if _unchanged_since(str(request.meta.get("lastmod", "")), document):
            request.meta["skipped"] = True
            return Response(request.url, status=304)
        if document.etag:
            request.headers["If-None-Match"] = document.etag
        if document.last_modified:
            request.headers["If-Modified-Since"] = document.last_modified
        return None

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; NotModified where there is nothing new to read."""
        held = self._held(request)
        if held is None:
            return response
        there = request.meta.get("own") and self._run.source.shape in API_SHAPES
        if response.status == 304 or (there and response.status == 200):
            self._seen(held, asked=not request.meta.get("skipped"))
            raise NotModified(request.url)
        if response.status in (404, 410):
            self._run.absent[held.id] = response.status == 410
        return response

    def _held(self, request: Request) -> HeldDocument | None:
        if not request.meta.get("leaf"):
            return None
        number = request.meta.get("document") or self._run.known.get(normalised(request.url))
        return self._run.held.get(number or 0)

    def _seen(self, held: HeldDocument, *, asked: bool) -> None:
        self._run.met.add(normalised(held.standing.url))
        self._run.unchanged.append((held.document, asked))


def _unchanged_since(lastmod: str, document: Document) -> bool:
    """True when the site says it changed last before we asked, and we asked within a month."""
    if not lastmod or document.asked_at is None:
        return False
    try:
        said = datetime.fromisoformat(lastmod)
    except ValueError:
        return False
    if said.tzinfo is None:
        # A bare date says only the day: it changed before we asked if that day was over.
        said = said.replace(tzinfo=UTC) + timedelta(days=len(lastmod) <= 10)
    return said < document.asked_at and datetime.now(UTC) - document.asked_at < TRUST_LASTMOD


class AskForTheUnmet:
    """When a run that is ok so far has nothing left to do, asks for what it did not meet."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run: RunUnderWay = crawler.settings["KB_RUN"]
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
        self._run.flush()
        if self._run.outcome()[0] != Outcome.ok:
            return
        unmet = self._run.unmet()
        for held in unmet:
            self._crawler.engine.crawl(
                Request(
                    held.standing.url,
                    callback=spider.parse_document,  # type: ignore[attr-defined]
                    meta={
                        "leaf": True,
                        "own": True,
                        "document": held.id,
                        "hints": {"key": held.document.key},
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
    """Records what an ok run found absent; what is gone by that is counted."""
    if not run.absent or run.outcome()[0] != Outcome.ok:
        return
    base = run.base
    command = f"crawl {run.source.name}"
    with base.store.writing(by=base.by, command=command, now=base.clock()) as writing:
        for number, at_once in sorted(run.absent.items()):
            if number not in run.met_documents:
                run.counts["gone"] += saving.absent(writing, number, at_once=at_once)
