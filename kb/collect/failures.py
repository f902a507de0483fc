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

from kb.failures import FailureKind


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

    def __init__(self, message: str, failure: FailureKind) -> None:
        super().__init__(message)
        self.failure = failure


def failure_of_status(status: int) -> FailureKind | None:
    """The class of failure of an HTTP status; None for one that is none."""
    if status == 429:
        return FailureKind.busy
    if status in (401, 403, 407, 451):
        return FailureKind.blocked
    if status >= 500:
        return FailureKind.server_error
    if status >= 400:
        return FailureKind.missing
    return None


# Each class of failure by the exceptions that mean it; the first that fits.
FAILURES: tuple[tuple[type[Exception], FailureKind], ...] = (
    (CannotResolveHostError, FailureKind.dns),
    (DownloadTimeoutError, FailureKind.timeout),
    (DownloadConnectionRefusedError, FailureKind.refused),
    (DownloadCancelledError, FailureKind.too_large),
    (ResponseDataLossError, FailureKind.broken_off),
    (DownloadFailedError, FailureKind.broken_off),
    (ValueError, FailureKind.bad_redirect),
    (UnsupportedURLSchemeError, FailureKind.wrong_type),
)


def failure_of(exception: BaseException | None) -> FailureKind:
    """The class of failure of an exception on the wire."""
    if isinstance(exception, RobotsForbid):
        return exception.failure
    if isinstance(exception, Elsewhere):
        return FailureKind.elsewhere
    text = f"{exception!r} {getattr(exception, '__cause__', None)!r}"
    if "SSL" in text or "TLS" in text or "certificate" in text:
        return FailureKind.tls
    if isinstance(exception, IgnoreRequest) and "redirect" in str(exception).casefold():
        return FailureKind.redirect_loop
    if isinstance(exception, IgnoreRequest) and "maxsize" in str(exception).casefold():
        return FailureKind.too_large  # only once it was unpacked
    for kind, failure in FAILURES:
        if isinstance(exception, kind):
            return failure
    return FailureKind.connection
