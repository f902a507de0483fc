"""Manners on the wire: robots.txt, who may be asked, when to wait; and what failed is counted."""

import hashlib
from typing import Self
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
from scrapy.utils.misc import build_from_crawler
from twisted.python.failure import Failure

from kb.collect.runs import RunUnderWay

MOST_WAIT_SECONDS = 120.0


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
        }
        parser = build_from_crawler(self._parserimpl, self.crawler, body)
        waiting = self._parsers[netloc]
        self._parsers[netloc] = parser
        waiting.callback(parser)  # type: ignore[union-attr]

    def _obey_delay(self, request: Request, netloc: str) -> None:
        parser = self._parsers[netloc]
        delay = parser.rp.crawl_delay(self._default_useragent)  # type: ignore[union-attr]
        if delay:
            _slow_down(self.crawler, request, float(delay))

    def process_request_2(self, rp: object, request: Request) -> None:
        """Raises RobotsForbid where the rules do."""
        try:
            super().process_request_2(rp, request)  # type: ignore[arg-type]
        except IgnoreRequest as error:
            netloc = urlsplit(request.url).netloc
            failure = self._kept_from_us.get(netloc, "robots")
            raise RobotsForbid(str(error), failure) from error


class DeclaredHosts:
    """Lets through only what goes to a host that the source declares, redirects included."""

    def __init__(self, run: RunUnderWay) -> None:
        self._hosts = {host.removeprefix("www.") for host in run.source.hosts}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the run under way, which is among the settings."""
        return cls(crawler.settings["KB_RUN"])

    def process_request(self, request: Request) -> None:
        """Raises Elsewhere for any other host."""
        host = urlsplit(request.url).netloc.lower().removeprefix("www.")
        if host not in self._hosts:
            raise Elsewhere(f"{request.url} is not on a declared host")


class RetryAfter:
    """Waits as long as a busy server asks, two minutes at most, before it is asked again."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """With the crawler, whose slots hold the delays."""
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """The response; the host is not asked again before the time it named."""
        named = response.headers.get("Retry-After")
        if response.status in (429, 503) and named and named.isdigit():
            _slow_down(self._crawler, request, min(float(named), MOST_WAIT_SECONDS))
        return response


def _slow_down(crawler: Crawler, request: Request, seconds: float) -> None:
    engine = crawler.engine
    if engine is None:
        return
    key = engine.downloader.get_slot_key(request)
    slot = engine.downloader.slots.get(key)
    if slot is not None and slot.delay < seconds:
        slot.delay, slot.jitter = seconds, 0.0


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
            place = failure.getTraceback(elideFrameworkCode=True).strip().splitlines()[-3:]
            self._run.broke = f"{failure.value!r}: {' '.join(line.strip() for line in place)}"

    def process_response(self, request: Request, response: Response) -> Response:
        """The response, counted where its status is a failure."""
        failure = failure_of_status(response.status)
        if failure and not _is_robots(request):
            self._run.failed(failure, request.url)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Counts the exception; what is elsewhere is none of ours, and no failure."""
        if not isinstance(exception, Elsewhere) and not _is_robots(request):
            self._run.failed(failure_of(exception), request.url)


def _is_robots(request: Request) -> bool:
    return urlsplit(request.url).path == "/robots.txt" and "dont_obey_robotstxt" in request.meta


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


def failure_of(exception: Exception) -> str:
    """The class of failure of an exception on the wire; its name where it is of none."""
    if isinstance(exception, RobotsForbid):
        return exception.failure
    told = f"{exception!r} {exception.__cause__!r}"
    if "SSL" in told or "TLS" in told or "certificate" in told:
        return "tls"
    if isinstance(exception, IgnoreRequest) and "redirect" in str(exception).casefold():
        return "redirect loop"
    for kind, failure in FAILURES:
        if isinstance(exception, kind):
            return failure
    return type(exception).__name__
