"""The search grade: how well we have looked before we say that nothing was found."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kb.declare.offer import Grade, Grades

CADENCES = 2  # a run is recent within so many times its source's cadence
ALL = "all"


@dataclass(frozen=True)
class SearchedSource:
    """What is known of one source: when it was last looked through, and what was found there."""

    covers: frozenset[str]  # strands, or `all`
    every_days: int
    last_ok: date | None
    must_find: tuple[bool, ...]  # for each must-find page whether it is held
    documents: int
    without_text: int
    body: str = ""  # who publishes it

    def recent(self, today: date) -> bool:
        """True where an ok run is no older than twice the cadence."""
        within = timedelta(days=CADENCES * self.every_days)
        return self.last_ok is not None and today - self.last_ok <= within


@dataclass(frozen=True)
class Searched:
    """How well a strand was looked for: three shares from 0 to 1, and the grade they give.

    Where nothing was to be met, or nothing is held, a share says nothing against us.
    """

    sources: float
    must_find: float
    unreadable: float
    grade: str


def searched(
    sources: Iterable[SearchedSource], strand: str, *, grades: Grades, today: date
) -> Searched:
    """The grade of a strand over the sources that cover it; D where none does."""
    covering = [source for source in sources if source.covers & {strand, ALL}]
    must_find = [held_as_pages for source in covering for held_as_pages in source.must_find]
    documents = sum(source.documents for source in covering)
    empty = sum(source.without_text for source in covering)
    recent = sum(source.recent(today) for source in covering)
    s = recent / len(covering) if covering else 0.0
    m = sum(must_find) / len(must_find) if must_find else 1.0
    u = empty / documents if documents else 0.0
    return Searched(s, m, u, _grade(s, m, u, grades))


def _grade(s: float, m: float, u: float, grades: Grades) -> str:
    for name in ("A", "B", "C"):
        least: Grade = getattr(grades, name)
        if s >= least.sources and m >= least.must_find and u <= least.unreadable:
            return name
    return "D"
