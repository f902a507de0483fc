"""Manners on the wire: who may be asked, how much, when to wait; and what failed is counted."""

import ipaddress
import traceback
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from kb.collect.failures import Elsewhere, NotModified, OverBudget, failure_of, failure_of_status
from kb.collect.pace import slot_of
from kb.collect.resolving import is_public
from kb.collect.runs import PartOfRun, RunUnderWay, run_of
from kb.contract import PERMANENT, is_loopback, normalised
from kb.errors import BadAnswer, DiskFull
from kb.failures import FailureKind

MOST_WAIT_SECONDS = 120.0
MOST_BUSY = 10  # answers in a row, before a site is left alone


class DeclaredHosts(PartOfRun):
    """Lets through only what goes to a host that the source declares, redirects included."""

    def __init__(self, run: RunUnderWay) -> None:
        super().__init__(run)
        self._hosts = {host.removeprefix("www.") for host in run.source.hosts}

    def process_request(self, request: Request) -> None:
        """Raises Elsewhere for any other host."""
        parts = urlsplit(request.url)
        # RFC 9309, section 2.3.1.2: robots.txt may be kept on another host.
        rules = request.meta.get("dont_obey_robotstxt")
        if parts.netloc.lower().removeprefix("www.") not in self._hosts and not rules:
            self._run.evidence.setdefault("elsewhere", {}).setdefault(parts.netloc, request.url)
            if self._moved(request):
                start = urlsplit(self._run.source.start[0])
                there = start._replace(scheme=parts.scheme, netloc=parts.netloc)
                first = request.meta["redirect_urls"][0]
                own = normalised(first) == normalised(self._run.source.start[0])
                self._run.evidence.setdefault("moved", request.url if own else there.geturl())
            raise Elsewhere(f"{request.url} is not on a declared host")
        literal = _literal(parts.hostname or "")
        if is_loopback(request.url):
            inside = not self._run.source.loopback
        else:
            inside = bool(literal) and not is_public(literal)
        if inside:
            raise Elsewhere(f"{request.url} is on a private network, or this machine")

    def _moved(self, request: Request) -> bool:
        """True where what a shape asks first says for good that it is at another host."""
        reasons = request.meta.get("redirect_reasons", [])
        permanent = bool(reasons) and all(reason in PERMANENT for reason in reasons)
        return permanent and not request.meta.get("leaf")


def _literal(host: str) -> str:
    """The host if it is an address and no name; "" if it is a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


class WithinBudget(PartOfRun):
    """Stops asking when a run has used up its requests."""

    def __init__(self, run: RunUnderWay) -> None:
        super().__init__(run)
        self._asked = 0

    def process_request(self, request: Request) -> None:
        """Raises OverBudget once the budget is spent."""
        most = self._run.source.budget.requests
        if self._run.stopped:
            raise OverBudget(request.url)
        if self._asked >= most:
            self._run.stopped = f"the budget of {most} requests is used up"
            raise OverBudget(request.url)
        self._asked += 1


class RetryAfter:
    """Waits as long as a busy server asks before it is asked again; stops where that is long."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._run = run_of(crawler)
        self._usual: dict[str, float] = {}  # slot to the delay it had before
        self._busy = 0  # answers in a row that asked us to go away

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the crawler, whose slots hold the delays."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; the host is not asked again before the time it named."""
        slot = slot_of(self._crawler, request)
        if slot is None:
            return response
        key, delays = slot
        busy = response.status in (429, 503)
        seconds = seconds_asked(response) if busy else None
        self._busy = self._busy + 1 if busy else 0
        if self._busy >= MOST_BUSY:
            self._run.stopped = f"the site answered {response.status} {MOST_BUSY} times in a row"
        if seconds is None and response.status == 429:
            seconds = min(2 * delays.delay, MOST_WAIT_SECONDS)  # slower and slower
        if seconds is None:
            if key in self._usual:
                delays.delay = self._usual.pop(key)
        elif seconds > MOST_WAIT_SECONDS:
            self._run.stopped = f"the site asked us to wait {seconds:.0f} seconds"
        else:
            self._usual.setdefault(key, delays.delay)
            delays.delay, delays.jitter = max(delays.delay, seconds), 0.0
        return response


def seconds_asked(response: Response) -> float | None:
    """The wait that Retry-After names, in seconds or as a date; None where it names none.

    RFC 9110, section 10.2.3.
    """
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        until = parsedate_to_datetime(value)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


class CountFailures(PartOfRun):
    """Counts what did not come to a page, by class. Stands where retries are over."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way; a fault of our own breaks the run, it is no site's failure."""
        counting = cls(run_of(crawler))
        crawler.signals.connect(counting.broke, signal=signals.spider_error)
        crawler.signals.connect(counting.broke, signal=signals.item_error)
        return counting

    def broke(self, failure: Failure, response: Response | None = None) -> None:
        """Counts a bad answer; notes the first fault of a spider or a pipeline, with its place."""
        if isinstance(failure.value, BadAnswer):
            only_tried = response is not None and response.request and _is_no_page(response.request)
            if not only_tried:
                self._run.failed(failure.value.failure, response.url if response else "")
            return
        if isinstance(failure.value, DiskFull):
            self._run.broke = f"{failure.value}; {self._run.pages} pages were kept"
            self._run.stopped = "the disk is full"
        if not self._run.broke:
            frames = traceback.extract_tb(failure.getTracebackObject())  # type: ignore[no-untyped-call]
            place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
            self._run.broke = f"a fault of kb, {place}: {failure.value!r}"[:300]

    def process_response(self, request: Request, response: Response) -> Response:
        """The response, counted where its status is a failure."""
        failure = failure_of_status(response.status)
        if failure and not _is_no_page(request):
            self._run.failed(failure, request.url)
        return response


class CountDropped(PartOfRun):
    """Counts what never came to an answer, whatever dropped it: each request has an errback."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The part, told of requests that Scrapy drops."""
        counting = cls(run_of(crawler))
        crawler.signals.connect(counting.not_asked_again, signal=signals.request_dropped)
        return counting

    def not_asked_again(self, request: Request) -> None:
        """Counts a redirect that leads back to where it came from: it ends here, unasked."""
        way = request.meta.get("redirect_urls", [])
        if request.url in way:
            self._run.failed(FailureKind.redirect_loop, way[0])

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The first requests."""
        async for each in start:
            yield self._watched(each)

    async def process_spider_output_async(
        self, response: Response, result: AsyncIterator[Any]
    ) -> AsyncIterator[Any]:
        """What a callback yields."""
        async for each in result:
            yield self._watched(each)

    def process_spider_output(self, response: Response, result: Iterable[Any]) -> Iterable[Any]:
        """The same for a callback that is no coroutine."""
        return (self._watched(each) for each in result)

    def _watched(self, each: Any) -> Any:
        if isinstance(each, Request) and each.errback is None:
            return each.replace(errback=self.dropped)
        return each

    def dropped(self, failure: Failure) -> None:
        """Counts it; an answer that was counted, and what is no failure, are passed over."""
        error = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]
        ours = isinstance(error, HttpError | NotModified | OverBudget) or _is_no_page(request)
        if not ours:
            first = request.meta.get("redirect_urls", [request.url])[0]
            self._run.failed(failure_of(error), first)


def _is_no_page(request: Request) -> bool:
    """True for robots.txt, for what a shape only tries, for a page asked if it is still there."""
    named = ("dont_obey_robotstxt", "optional", "own")
    return any(request.meta.get(name) for name in named)
