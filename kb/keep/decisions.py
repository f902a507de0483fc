"""Tables of what people said: screenings, initiatives, tags, assessments."""

from datetime import date
from enum import StrEnum, auto

from sqlmodel import Field

from kb.keep.acts import Row, enum_field

DESK_RESEARCH = "register"  # who made the proposals that come with imported rows: no person
WITH_IT = "has the text of d"  # why a copy was decided as its leader was


class Decision(StrEnum):
    """What a person decided on a document."""

    include = auto()
    exclude = auto()
    unsure = auto()


class Level(StrEnum):
    """What an initiative is to a strand."""

    duplicates = auto()
    overlaps = auto()
    complements = auto()
    no_overlap = "no-overlap"


class Basis(StrEnum):
    """Whether a person confirmed an assessment by a quote, or it is only proposed."""

    proposed = auto()
    confirmed = auto()


class RelationKind(StrEnum):
    """How one initiative is related to another."""

    part_of = "part-of"
    adopts = auto()
    succeeds = auto()
    evaluates = auto()


class Initiative(Row, table=True):
    """The thing in the world; what it is called and does is in its profile."""

    slug: str = Field(unique=True)


class Screening(Row, table=True):
    """A person's decision on a document; at most one stands for both."""

    document: int = Field(foreign_key="document.id", index=True)
    person: str
    decision: Decision = enum_field(Decision)
    reason: str = ""
    why: str = ""
    drawn: bool = False  # shown by chance, from below the line


class Membership(Row, table=True):
    """A document on which an initiative stands."""

    document: int = Field(foreign_key="document.id", index=True)
    initiative: int = Field(foreign_key="initiative.id", index=True)


class Profile(Row, table=True):
    """What an initiative is called, whose it is and where it is described."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    title: str
    organisation: str
    organisation_kind: str = ""
    summary: str = ""
    url: str | None = None
    address: str | None = Field(default=None, index=True)  # url, normalised
    url_is: str | None = None
    started: str | None = None  # YYYY or YYYY-MM
    status_seen: date | None = None
    learning: str = ""
    checked: str = ""


class Tag(Row, table=True):
    """One code of one facet."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    facet: str
    code: str


class Relation(Row, table=True):
    """One initiative is part of, adopts, succeeds or evaluates another."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    to: int = Field(foreign_key="initiative.id", index=True)
    kind: RelationKind = enum_field(RelationKind)


class Merge(Row, table=True):
    """An initiative that was found to be another one."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    into: int = Field(foreign_key="initiative.id", index=True)


class Assessment(Row, table=True):
    """A person's decision on one initiative against one strand."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    strand: str = Field(index=True)
    person: str
    level: Level = enum_field(Level)
    basis: Basis = enum_field(Basis)
    same_purpose: bool | None = None
    same_audience: bool | None = None
    same_means: bool | None = None
    open_now: bool | None = None
    why: str = ""
    quote: str = ""
    revision: int | None = Field(default=None, foreign_key="revision.id", index=True)
    place: int | None = None  # where the quote begins in the text of the revision
    strand_version: str = ""


class Result(Row, table=True):
    """What an initiative was said to have changed, by a quote."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    person: str
    changed: str
    setting: str = ""
    quote: str
    revision: int = Field(foreign_key="revision.id", index=True)
    place: int | None = None


PAGE_OF = "page of"  # of an initiative and a document


class NotSame(Row, table=True):
    """Two things that a person found to be different.

    Of two documents or two initiatives the lower id is first; of one each, the initiative.
    """

    what: str  # document, initiative, or "page of"
    a: int
    b: int


class Resolved(Row, table=True):
    """What holds where people differed: on a document, or on an initiative and strand."""

    document: int | None = Field(default=None, foreign_key="document.id", index=True)
    initiative: int | None = Field(default=None, foreign_key="initiative.id", index=True)
    strand: str = ""
    outcome: str
    why: str = ""


class Assignment(Row, table=True):
    """What a person is to read: a document, or an initiative and a strand.

    `again`: somebody decided on it already, and this person reads it blind.
    """

    document: int | None = Field(default=None, foreign_key="document.id", index=True)
    initiative: int | None = Field(default=None, foreign_key="initiative.id", index=True)
    strand: str = ""
    person: str = Field(index=True)
    again: bool = False
    why: str = ""


class SecondCode(Row, table=True):
    """How a second reader codes an initiative, to be compared with its codes; it changes none."""

    initiative: int = Field(foreign_key="initiative.id", index=True)
    person: str
    facet: str
    codes: str  # "; " between


class Described(Row, table=True):
    """Where a document comes from that a person was given: *described to us*."""

    document: int = Field(foreign_key="document.id", index=True)
    told_by: str
    told_on: date
    file_name: str = ""  # "" for what was pasted


class StrandStep(Row, table=True):
    """What a strand became when an offer was accepted; `minor`: what was said of it holds on."""

    before: str = Field(index=True)
    before_version: str
    after: str
    after_version: str
    minor: bool = False


class Watch(Row, table=True):
    """A saved search, and the act up to which its news were read."""

    name: str = Field(index=True)
    query: str
    why: str = ""
    read_to: int = 0
