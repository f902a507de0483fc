"""Manners on the wire: robots.txt, who may be asked, when to wait; and what failed is counted."""

import hashlib
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
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import build_from_crawler
from twisted.python.failure import Failure

from kb.collect.resolving import is_public
from kb.collect.runs import ELSEWHERE, RunUnderWay
from kb.contract import is_loopback

MOST_WAIT_SECONDS = 120.0
MOST_ROBOTS = 20_000  # characters kept as evidence
ROBOTS_NAME = "kb-horizon-scan"  # what robots.txt may call us by


class NotModified(IgnoreRequest):
    """Raised for an answer that says a page is as it was: there is nothing to read."""


class Elsewhere(IgnoreRequest):
    """Raised for an address on a host that the source does not declare."""


class RobotsForbid(IgnoreRequest):
    """Raised for an address that robots.txt forbids, or might, were it to be had.

    `failure` is `robots`, or the class of what kept robots.txt from us.
    """

    def __init__(self, message: str, failure: str) -> None:
        super().__init__(message)
        self.failure = failure


class RobotsRfc9309(RobotsTxtMiddleware):
    """robots.txt as RFC 9309, section 2.3.1 asks: 4xx allows, 5xx or silence forbids.

    Scrapy takes an unreachable file for leave to go on. Crawl-delay is obeyed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._kept_from_us: dict[str, str] = {}  # host to why robots.txt could not be had
        self._paced: set[str] = set()  # hosts whose rules name a delay

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = response.body
        if 400 <= response.status < 500:
            body = b""
        elif response.status >= 500:
            body = b"User-agent: *\nDisallow: /\n"
        self._settle(netloc, body, status=response.status)
        self._obey_delay(request, netloc)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Refused by ourselves (another host after a redirect) or no answer at all.
        if not isinstance(exc, IgnoreRequest):
            self._kept_from_us[netloc] = failure_of(exc)
        self._settle(netloc, b"User-agent: *\nDisallow: /\n", status=0)

    def _settle(self, netloc: str, body: bytes, *, status: int) -> None:
        run: RunUnderWay = self.crawler.settings["KB_RUN"]
        run.evidence.setdefault("robots", {})[netloc] = {
            "status": status,
            "sha256": hashlib.sha256(body).hexdigest(),
            "group": group_for(ROBOTS_NAME, body.decode("utf-8", "replace")),
            "text": body.decode("utf-8", "replace")[:MOST_ROBOTS],
        }
        parser = build_from_crawler(self._parserimpl, self.crawler, body)
        waiting = self._parsers[netloc]
        self._parsers[netloc] = parser
        waiting.callback(parser)  # type: ignore[union-attr]

    def _obey_delay(self, request: Request, netloc: str) -> None:
        parser = self._parsers[netloc]
        delay = parser.rp.crawl_delay(self._default_useragent)  # type: ignore[union-attr]
        if delay:
            self._paced.add(netloc)
            _slow_down(self.crawler, request, float(delay))

    def process_request_2(self, rp: object, request: Request) -> None:
        """Raises RobotsForbid where the rules do. A delay they name is not for us to adjust."""
        if urlsplit(request.url).netloc in self._paced:
            request.meta["autothrottle_dont_adjust_delay"] = True
        try:
            super().process_request_2(rp, request)  # type: ignore[arg-type]
        except IgnoreRequest as error:
            netloc = urlsplit(request.url).netloc
            failure = self._kept_from_us.get(netloc, "robots")
            raise RobotsForbid(str(error), failure) from error


def group_for(agent: str, text: str) -> list[str]:
    """The lines of robots.txt that speak to an agent: its own groups, else those for all.

    RFC 9309, section 2.2.1: the product token is compared without case.
    """
    groups: dict[str, list[str]] = {}
    named: list[str] = []
    speaking = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            continue
        if key.casefold() == "user-agent":
            named = [value.casefold()] if speaking else [*named, value.casefold()]
            speaking = False
        elif key.casefold() in ("allow", "disallow", "crawl-delay"):
            speaking = True
            for name in named:
                groups.setdefault(name, []).append(line)
    return groups.get(agent.casefold(), groups.get("*", []))


class DeclaredHosts:
    """Lets through only what goes to a host that the source declares, redirects included."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._hosts = {host.removeprefix("www.") for host in run.source.hosts}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    def process_request(self, request: Request) -> None:
        """Raises Elsewhere for any other host."""
        parts = urlsplit(request.url)
        # RFC 9309, section 2.3.1.2: robots.txt may be kept on another host.
        rules = request.meta.get("dont_obey_robotstxt")
        if parts.netloc.lower().removeprefix("www.") not in self._hosts and not rules:
            self._run.evidence.setdefault("elsewhere", {}).setdefault(parts.netloc, request.url)
            raise Elsewhere(f"{request.url} is not on a declared host")
        literal = _literal(parts.hostname or "")
        if literal and not is_public(literal) and not is_loopback(request.url):
            raise Elsewhere(f"{request.url} is on a private network")


def _literal(host: str) -> str:
    """The host if it is an address and no name; "" if it is a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return ""


class OverBudget(IgnoreRequest):
    """Raised for a request beyond what one run of the source may take."""


class WithinBudget:
    """Stops asking when a run has used up its requests."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run
        self._asked = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

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
        self._run: RunUnderWay = crawler.settings["KB_RUN"]
        self._usual: dict[str, float] = {}  # slot to the delay it had before

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the crawler, whose slots hold the delays."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; the host is not asked again before the time it named."""
        slot = _slot(self._crawler, request)
        if slot is None:
            return response
        key, delays = slot
        asked = seconds_asked(response) if response.status in (429, 503) else None
        if asked is None:
            if key in self._usual:
                delays.delay = self._usual.pop(key)
        elif asked > MOST_WAIT_SECONDS:
            self._run.stopped = f"the site asked us to wait {asked:.0f} seconds"
        else:
            self._usual.setdefault(key, delays.delay)
            delays.delay, delays.jitter = max(delays.delay, asked), 0.0
        return response


def seconds_asked(response: Response) -> float | None:
    """The wait that Retry-After names, in seconds or as a date; None where it names none.

    RFC 9110, section 10.2.3.
    """
    named = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if named.isdigit():
        return float(named)
    try:
        until = parsedate_to_datetime(named)
    except ValueError:
        return None
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _slot(crawler: Crawler, request: Request) -> tuple[str, Any] | None:
    engine = crawler.engine
    if engine is None:
        return None
    key = engine.downloader.get_slot_key(request)
    slot = engine.downloader.slots.get(key)
    return None if slot is None else (key, slot)


def _slow_down(crawler: Crawler, request: Request, seconds: float) -> None:
    slot = _slot(crawler, request)
    if slot is not None and slot[1].delay <= seconds:
        slot[1].delay, slot[1].jitter = seconds, 0.0


class CountFailures:
    """Counts what did not come to a page, by class. Stands where retries are over."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way; a fault of our own breaks the run, it is no site's failure."""
        counting = cls(crawler.settings["KB_RUN"])
        crawler.signals.connect(counting.broke, signal=signals.spider_error)
        crawler.signals.connect(counting.broke, signal=signals.item_error)
        return counting

    def broke(self, failure: Failure) -> None:
        """Notes the first fault of a spider or a pipeline, with its place."""
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


class CountDropped:
    """Counts what never came to an answer, whatever dropped it: each request has an errback."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        counting = cls(crawler.settings["KB_RUN"])
        crawler.signals.connect(counting.not_asked_again, signal=signals.request_dropped)
        return counting

    def not_asked_again(self, request: Request) -> None:
        """Counts a redirect that leads back to where it came from: it ends here, unasked."""
        way = request.meta.get("redirect_urls", [])
        if request.url in way:
            self._run.failed("redirect loop", way[0])

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
            asked = request.meta.get("redirect_urls", [request.url])[0]
            self._run.failed(failure_of(error), asked)


def _is_no_page(request: Request) -> bool:
    """True for robots.txt, for what a shape only tries, for a page asked if it is still there."""
    named = ("dont_obey_robotstxt", "optional", "own")
    return any(request.meta.get(name) for name in named)


def failure_of_status(status: int) -> str | None:
    """The class of failure of an HTTP status; None for one that is none."""
    if status in (401, 403, 407, 429, 451):
        return "blocked"
    if status >= 500:
        return "server error"
    if status >= 400:
        return "missing"
    return None


# Each class of failure by the exceptions that mean it; the first that fits.
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "dns"),
    (DownloadTimeoutError, "timeout"),
    (DownloadConnectionRefusedError, "refused"),
    (DownloadCancelledError, "too large"),
    (ResponseDataLossError, "broken off"),
    (DownloadFailedError, "broken off"),
    (UnsupportedURLSchemeError, "wrong type"),
)


def failure_of(exception: BaseException | None) -> str:
    """The class of failure of an exception on the wire; its name where it is of none."""
    if isinstance(exception, RobotsForbid):
        return exception.failure
    if isinstance(exception, Elsewhere):
        return ELSEWHERE
    told = f"{exception!r} {getattr(exception, '__cause__', None)!r}"
    if "SSL" in told or "TLS" in told or "certificate" in told:
        return "tls"
    if isinstance(exception, IgnoreRequest) and "redirect" in str(exception).casefold():
        return "redirect loop"
    for kind, failure in FAILURES:
        if isinstance(exception, kind):
            return failure
    return type(exception).__name__
