"""What goes to the worker process and what comes back."""

from dataclasses import dataclass
from datetime import date

from kb.errors import KBError
from kb.keep.saving import Judged

READER = "2"  # changes when the same body would give another text


class ReadError(KBError):
    """Raised when a body gives nothing to read; `failure` is its class in a run's counts."""

    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        self.failure = failure

    def __reduce__(self) -> tuple[type["ReadError"], tuple[str, str]]:
        return ReadError, (self.failure, str(self))


@dataclass(frozen=True)
class Body:
    """What the worker is given."""

    content: bytes
    media_type: str
    url: str
    select: str = ""
    title: str = ""  # what the shape knows goes before what is read
    summary: str = ""


@dataclass(frozen=True)
class Read:
    """What was read, masked, without control characters."""

    title: str
    summary: str
    text: str
    language: str = ""
    published_on: date | None = None
    published_from: str = ""
    updated_on: date | None = None
    updated_from: str = ""
    canonical: str = ""  # the address the page itself gives as its own
    sha256: str = ""
    judged: Judged | None = None
