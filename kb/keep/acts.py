"""Acts, and what every row shares: it is made by one act and ended by another, never changed."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel


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


class Act(SQLModel, table=True):
    """One command or run that changed something. `at` is never before that of the last act."""

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    by: str
    why: str = ""
    command: str


class Row(SQLModel):
    """What every table but Act has: its id, the act that made it, the act that ended it."""

    # The columns that may change in place: what a crawl notes, no one's decision.
    working: ClassVar[frozenset[str]] = frozenset()

    id: int | None = Field(default=None, primary_key=True)
    made: int = Field(default=0, foreign_key="act.id", index=True)
    ended: int | None = Field(default=None, foreign_key="act.id", index=True)

    def said(self) -> dict[str, Any]:
        """What the row says, without its id and acts."""
        return self.model_dump(exclude={"id", "made", "ended"})
