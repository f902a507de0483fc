"""What goes to the worker process."""

from dataclasses import dataclass

from kb.contract import Page
from kb.errors import KBError
from kb.failures import FailureKind

READER = "4"  # changes when the same body would give another text
# Media types of files.
PDF = "application/pdf"
OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = f"{OFFICE}wordprocessingml.document"
SLIDES = f"{OFFICE}presentationml.presentation"
SHEETS = f"{OFFICE}spreadsheetml.sheet"
TEXT = "text/plain"
MAIL = "message/rfc822"
# How a file's name ends, and what it is then.
MEDIA_TYPES = {
    **{".pdf": PDF, ".docx": WORD, ".pptx": SLIDES, ".xlsx": SHEETS, ".eml": MAIL},
    **dict.fromkeys((".txt", ".md"), TEXT),
    **dict.fromkeys((".html", ".htm"), "text/html"),
}


class ReadError(KBError):
    """Raised when a body gives nothing to read; `failure` is its class in a run's counts."""

    def __init__(self, failure: FailureKind, message: str) -> None:
        super().__init__(message)
        self.failure = failure

    def __reduce__(self) -> tuple[type["ReadError"], tuple[FailureKind, str]]:
        return ReadError, (self.failure, str(self))


@dataclass(frozen=True)
class ReceivedBody:
    """A body as it was received, with what the reader must know of it."""

    content: bytes
    media_type: str
    url: str
    select: str = ""
    title: str = ""  # what the shape knows goes before what is read
    summary: str = ""
    charset: str = ""  # as the header names it
    page: Page | None = None  # whose capture is to be kept
