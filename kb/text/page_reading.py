"""What a reader makes of a page's body: words in, facts out. Plain data between processes."""

from dataclasses import dataclass
from datetime import date

from kb.text.page_facts import PageFacts


@dataclass(frozen=True)
class Signal:
    """One term or sign that acted on the score: where it stood, how often, what it added."""

    term: str
    form: str
    where: str  # title, summary, text or sign
    count: int
    strength: float


@dataclass(frozen=True)
class DerivedFacts:
    """What follows from a page: its facts, its relevance with what made it, its signature.

    `lexicon` and `form` are the versions of what made the two.
    """

    lexicon: str
    score: float
    signals: tuple[Signal, ...]
    form: str
    hashes: bytes
    facts: PageFacts


@dataclass(frozen=True)
class PageReading:
    """Title, text and dates of a page; contact details masked, no control characters."""

    title: str
    summary: str
    text: str
    reader: str = ""  # version of the reader that made it
    language: str = ""
    published_on: date | None = None
    published_from: str = ""  # where the date stood
    updated_on: date | None = None
    updated_from: str = ""
    canonical: str = ""  # the address that the page itself gives as its own
    sha256: str = ""  # of what counts as content: two texts of one sha256 are the same
    derived: DerivedFacts | None = None
    licence: str = ""  # what the page says of its use
    reservation: str = ""  # of text and data mining
    site: str = ""  # what the page calls its site
    link_share: float | None = None  # of the letters of its content, in links
    records: bytes = b""  # of its capture, for the archive
    not_read: tuple[str, ...] = ()  # what came with it: the attachments of an e-mail
