"""Why a decision is to be looked at again."""

from dataclasses import dataclass
from enum import StrEnum


class CauseKind(StrEnum):
    """What moved, in the order in which it is looked at."""

    quote_gone = "quote gone"
    page_gone = "page gone"
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

    def __str__(self) -> str:
        return f"{self.kind}: {self.detail}" if self.detail else self.kind.value
