"""Why a decision is to be looked at again."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class CauseKind(StrEnum):
    """What moved, in the order in which it is looked at."""

    quote_gone = "quote gone"
    page_gone = "page gone"
    page_says_else = "the page says something else"
    strand_changed = "strand changed"
    strand_split = "strand split"
    ended = "initiative ended"
    superseded = "initiative superseded"
    result = "result"
    code_split = "code split"
    no_quote = "no quote"


@dataclass(frozen=True)
class Cause:
    """What moved, and what more is to be said of it; as text `result: quote gone`."""

    kind: CauseKind
    detail: str = ""
    facet: str = ""  # of a code that was split: what to tag anew
    since: date | None = None  # the day from which it is so, where that is known

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind.value

    @property
    def words(self) -> str:
        """The same with its day, as lists print it: `quote gone since 2026-11-03`."""
        return f"{self} since {self.since}" if self.since else str(self)
