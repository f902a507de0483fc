"""Tables of what machines found: documents, their texts, runs, declarations as read."""

from datetime import date, datetime
from enum import StrEnum, auto
from typing import Any, ClassVar

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field

from kb.failures import OURS
from kb.keep.acts import Row, UtcDateTime, enum_field


class State(StrEnum):
    """Whether a document is at its address."""

    live = auto()
    moved = auto()
    gone = auto()


class Outcome(StrEnum):
    """How a run went; `running` only while it runs, or where it was killed."""

    running = auto()
    ok = auto()
    partial = auto()
    failed = auto()
    blocked = auto()


class Document(Row, table=True):
    """What we hold of one page or file of a source, named by (source, key)."""

    __table_args__ = (UniqueConstraint("source", "key"),)
    working: ClassVar[frozenset[str]] = frozenset(
        {"last_seen", "last_run", "asked_at", "missed", "etag", "last_modified"}
    )

    source: str = Field(index=True)
    key: str
    last_seen: datetime = Field(sa_type=UtcDateTime)
    last_run: int | None = None  # number of the run that met it last
    asked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its address answered
    missed: int = 0  # ok runs in a row in which its own address answered that it is not there
    etag: str | None = None
    last_modified: str | None = None


class Revision(Row, table=True):
    """One distinct content of a document. `sha256` covers title and text, noise left out."""

    document: int = Field(foreign_key="document.id", index=True)
    fetched_at: datetime = Field(sa_type=UtcDateTime)
    sha256: str = Field(index=True)
    body_sha256: str
    reader: str  # version of the reader that made the text
    title: str
    summary: str = ""
    text: str = ""
    published_on: date | None = None
    published_from: str = ""  # where the date stood
    updated_on: date | None = None
    updated_from: str = ""
    language: str = ""
    media_type: str = "text/html"
    archived: str = ""  # file, offset in the archive


class Standing(Row, table=True):
    """Which revision of a document stands, where, and whether it is still there."""

    document: int = Field(foreign_key="document.id", index=True)
    revision: int = Field(foreign_key="revision.id", index=True)
    state: State = enum_field(State, default=State.live)
    url: str


class Alias(Row, table=True):
    """A normalised address under which a document was met."""

    document: int = Field(foreign_key="document.id", index=True)
    url: str = Field(index=True)


class Link(Row, table=True):
    """A document to which another one links as its file."""

    document: int = Field(foreign_key="document.id", index=True)
    file: int = Field(foreign_key="document.id", index=True)


class Signature(Row, table=True):
    """The MinHash of a revision's text, by which copies of it are found."""

    revision: int = Field(foreign_key="revision.id", index=True)
    form: str  # version of what is hashed, and how
    hashes: bytes


class StrandMatch(Row, table=True):
    """The strands whose terms stand in a revision."""

    revision: int = Field(foreign_key="revision.id", index=True)
    terms: str  # version of the terms of all strands
    strands: str  # their keys, a space between


class Forgotten(Row, table=True):
    """What a person had taken out: a whole document, or a passage of it by its hash."""

    document: int = Field(foreign_key="document.id", index=True)
    sha256: str
    whole: bool = True


class Relevance(Row, table=True):
    """How likely a revision is about an initiative, 0 to 1, the terms that say so, and the facts
    of its page that both rest on.
    """

    revision: int = Field(foreign_key="revision.id", index=True)
    lexicon: str  # version of lexicon and formula
    score: float
    terms: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON))
    kind: str = ""  # of page; empty in rows of an earlier form
    kind_why: str = ""
    of_health: bool = True
    speech: float = 0.0
    link_share: float | None = None
    site: str = ""


class Run(Row, table=True):
    """One crawl of one source. The row of a running one is ended by that of the finished."""

    number: int = Field(index=True)
    source: str = Field(index=True)
    started: datetime = Field(sa_type=UtcDateTime)
    finished: datetime | None = Field(default=None, sa_type=UtcDateTime)
    outcome: Outcome = enum_field(Outcome, default=Outcome.running)
    counts: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON))
    errors: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    evidence: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    why: str = ""

    @property
    def failed_here(self) -> bool:
        """True where it was not ok by faults of this machine alone."""
        return self.outcome != Outcome.ok and bool(self.errors) and self.errors.keys() <= OURS


class ManualSearch(Row, table=True):
    """A search by hand of a source that cannot be crawled."""

    source: str = Field(index=True)
    on: date
    found: int
    why: str = ""


class Declaration(Row, table=True):
    """A declaration file as a writing command last read it."""

    name: str = Field(index=True)
    text: str
