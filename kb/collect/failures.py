"""Why a request came to no page: exceptions of our own, and the class of every failure."""

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

from kb.collect.runs import ELSEWHERE


class NotModified(IgnoreRequest):
    """Raised for an answer that says a page is as it was: there is nothing to read."""


class Elsewhere(IgnoreRequest):
    """Raised for an address on a host that the source does not declare."""


class OverBudget(IgnoreRequest):
    """Raised for a request beyond what one run of the source may take."""


class RobotsForbid(IgnoreRequest):
    """Raised for an address that robots.txt forbids, or might, were it to be had.

    `failure` is `robots`, or the class of what kept robots.txt from us.
    """

    def __init__(self, message: str, failure: str) -> None:
        super().__init__(message)
        self.failure = failure


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
    text = f"{exception!r} {getattr(exception, '__cause__', None)!r}"
    if "SSL" in text or "TLS" in text or "certificate" in text:
        return "tls"
    if isinstance(exception, IgnoreRequest) and "redirect" in str(exception).casefold():
        return "redirect loop"
    for kind, failure in FAILURES:
        if isinstance(exception, kind):
            return failure
    return type(exception).__name__
