"""Acts, and what every row shares: it is made by one act and ended by another, never changed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum, auto
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


@dataclass(frozen=True)
class Moment:
    """What a list is as of: the last act that it knows of, None for all, and the day it is for.

    Made once, where `--as-of` is read: the day decides what is recent, quiet or due.
    """

    act: int | None
    day: date


class UtcDateTime(TypeDecorator[datetime]):
    """An instant with offset, kept as UTC; SQLite drops the offset, this puts it back."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the store: UTC without offset. ValueError for an instant without one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs its offset: {value.isoformat()}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the store: with its offset."""
        return None if value is None else value.replace(tzinfo=UTC)


class EnumText(TypeDecorator[StrEnum]):
    """A member of a closed list, kept as its value: any database holds text."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: StrEnum | str | None, dialect: Dialect) -> str | None:
        """Into the store: its value. ValueError for what is no member."""
        return None if value is None else self.members(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Out of the store: the member."""
        return None if value is None else self.members(value)


def enum_field(members: type[StrEnum], **options: Any) -> Any:
    """A field of a table that holds a member of a closed list."""
    return Field(sa_type=EnumText(members), **options)


class ActKind(StrEnum):
    """What an act was. Code reads this, the subject and `undoes`; people read the command."""

    init = auto()
    import_ = "import"
    crawl = auto()
    derive = auto()
    screen = auto()
    tag = auto()
    edit = auto()
    merge = auto()
    split_ = "split"  # `split` is a method of every text
    not_same = "not-same"
    forget = auto()
    assess = auto()
    result = auto()
    resolve = auto()
    undo = auto()
    accept = auto()
    source = auto()
    watch = auto()
    assign = auto()
    attach = auto()
    digest = auto()


class Act(SQLModel, table=True):
    """One command or run that changed something. `at` is never before that of the last act."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    by: str
    kind: ActKind = enum_field(ActKind)
    subject: str = ""  # what it was about: a slug, d42, a source; empty where it is about many
    undoes: int | None = Field(default=None, foreign_key="act.id")
    why: str = ""
    command: str  # as a person reads it; nothing is parsed out of it
    token: str  # made by chance: the same in two stores means one history up to here


class Row(SQLModel):
    """What every table but Act has: its id, the act that made it, the act that ended it."""

    # The columns that may change in place: what a crawl notes, no one's decision.
    working: ClassVar[frozenset[str]] = frozenset()

    id: int | None = Field(default=None, primary_key=True)
    made: int = Field(default=0, foreign_key="act.id", index=True)
    ended: int | None = Field(default=None, foreign_key="act.id", index=True)

    @property
    def row_id(self) -> int:
        """The id. RuntimeError for a row that the store has not given one yet."""
        if self.id is None:
            raise RuntimeError(f"{type(self).__name__} has no id yet")
        return self.id

    def values(self) -> dict[str, Any]:
        """What the row says, without its id and acts."""
        return self.model_dump(exclude={"id", "made", "ended"})
