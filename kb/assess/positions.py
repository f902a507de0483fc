"""Positions: where each strand stands, counted from assessments by fixed rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property

from kb.declare.boards import audiences
from kb.declare.codebook import CodeBook
from kb.declare.offer import Positions, Strand

ENGLAND_WIDE = frozenset({"england", "sector", "members"})
NEAR = ("duplicates", "overlaps", "complements")  # the strongest first
UNCOUNTED_BY_ROLE = {
    "requirement": "a duty",
    "practice": "an example",
    "knowledge": "evidence",
    "voice": "a voice",
}


class Position(StrEnum):
    """Where a strand stands."""

    crowded = "crowded"
    served = "served"
    part_served = "part-served"
    related = "related"
    none_found = "none-found"
    not_assessed = "not-assessed"


PRINTED = {
    Position.crowded: "two or more others offer the same",
    Position.served: "another offers the same, or several something close",
    Position.part_served: "something close exists",
    Position.related: "nothing like it found; related work exists",
    Position.none_found: "nothing found where we looked",
    Position.not_assessed: "not enough assessed to say",
}


@dataclass(frozen=True)
class Candidate:
    """What counting needs to know of an initiative."""

    id: int
    body: str
    own: bool
    role: str | None
    reach: str | None
    status: str | None
    effect: str | None
    kind: str | None
    audience: frozenset[str]
    means: frozenset[str]
    regions: tuple[str, ...]
    started: str | None
    status_seen: date | None
    head: int | None = None  # the initiative it is part of
    adopter: bool = False
    contested: bool = False  # people differ on whether it belongs to the register


@dataclass(frozen=True)
class CountingRules:
    """What counting goes by: the code book, the thresholds, the day and the place asked about."""

    book: CodeBook
    thresholds: Positions
    today: date
    region: str = "England"

    @cached_property
    def around(self) -> list[str]:
        """The place asked about and the wider ones it lies in."""
        return self.book.around(self.region)


@dataclass
class Counted:
    """What counts for one strand: families by their strongest level."""

    families: dict[str, dict[int, Candidate]] = field(
        default_factory=lambda: {level: {} for level in NEAR}
    )

    def number(self, level: str) -> int:
        """How many families count at that level."""
        return len(self.families[level])

    def bodies(self, level: str) -> set[str]:
        """The bodies behind them."""
        return {candidate.body for candidate in self.families[level].values()}

    @property
    def total(self) -> int:
        """How many families count at all."""
        return sum(map(len, self.families.values()))


def exclusion_reason(candidate: Candidate, strand: Strand, rules: CountingRules) -> str:
    """The first reason for which the initiative does not count for the strand; "" if it does."""
    if candidate.own:
        return "our own work"
    if candidate.contested:
        return "people differ on whether it belongs here"
    if candidate.adopter:
        return "takes on somebody else's scheme"
    return (
        _not_by_role(candidate, strand)
        or _not_live(candidate, rules)
        or _not_for(candidate, strand)
        or _not_here(candidate, rules)
    )


def _not_by_role(candidate: Candidate, strand: Strand) -> str:
    if candidate.role is None:
        return "role not coded"
    if candidate.role not in strand.counts:
        return UNCOUNTED_BY_ROLE.get(candidate.role, candidate.role)
    collects = "case-studies" in candidate.means or candidate.kind == "case-studies"
    studied = candidate.effect in ("measured", "evaluated")
    if candidate.role == "knowledge" and not (studied or collects):
        return "evidence without measured effect or cases"
    return ""


def _not_live(candidate: Candidate, rules: CountingRules) -> str:
    status = candidate.status or "unknown"
    if status == "active":
        return ""
    if status == "published":
        if candidate.started is None:
            return "published on an unknown date"
        age = months_between(candidate.started, rules.today)
        years = rules.thresholds.shelf_years
        return "" if age <= 12 * years else f"published more than {years} years ago"
    if status == "unknown":
        if candidate.status_seen is None:
            return "status unknown"
        quiet = months_between(candidate.status_seen.isoformat(), rules.today)
        months = rules.thresholds.quiet_months
        return "" if quiet <= months else f"no sign of it for {months} months"
    return status


def _not_for(candidate: Candidate, strand: Strand) -> str:
    shared = audiences(candidate.audience) & audiences(strand.audience)
    return "" if shared else "for others"


def _not_here(candidate: Candidate, rules: CountingRules) -> str:
    if candidate.reach is None:
        return "reach not coded"
    if candidate.reach == "one":
        return "for one organisation or place"
    if candidate.reach == "outside" and "England" in rules.around:
        return "outside England"
    if not candidate.regions:
        return ""
    if any(region in rules.around for region in candidate.regions):
        return ""
    within = any(rules.region in rules.book.around(region) for region in candidate.regions)
    return "" if within else f"outside {rules.region}"


def months_between(started: str, today: date) -> int:
    """Whole months from YYYY, YYYY-MM or YYYY-MM-DD to the day; a year alone counts from its end.

    What is known to the year only may be as young as that year allows.
    """
    year, month = int(started[:4]), int(started[5:7] or 12)
    return max(0, (today.year - year) * 12 + today.month - month)


def count(
    strand: Strand,
    levels: Mapping[int, str],
    candidates: Mapping[int, Candidate],
    rules: CountingRules,
) -> Counted:
    """The families that count for a strand, from initiative id to level."""
    reasons = {
        number: exclusion_reason(candidates[number], strand, rules)
        for number in levels
        if number in candidates
    }
    return count_by(levels, candidates, reasons)


def count_by(
    levels: Mapping[int, str], candidates: Mapping[int, Candidate], reasons: Mapping[int, str]
) -> Counted:
    """The families that count, where it is known why some do not; `reasons` by initiative.

    A family is an initiative with its parts; it counts once, at its strongest level, by the
    body and reach of the member that has it.
    """
    strongest: dict[int, tuple[int, Candidate]] = {}  # by head: the level's place, who carries it
    for number, level in levels.items():
        candidate = candidates.get(number)
        if candidate is None or level not in NEAR or reasons[number]:
            continue
        head = _head(number, candidates)
        place = NEAR.index(level)
        if head not in strongest or place < strongest[head][0]:
            strongest[head] = (place, candidate)
    counted = Counted()
    for head, (place, candidate) in strongest.items():
        counted.families[NEAR[place]][head] = candidate
    return counted


def _head(number: int, candidates: Mapping[int, Candidate]) -> int:
    seen = {number}
    while (head := candidates[number].head) is not None and head in candidates:
        if head in seen:
            break
        seen.add(head)
        number = head
    return number


def position(
    counted: Counted, *, thresholds: Positions, assessed_share: float | None, grade: str | None
) -> Position:
    """The position that the counts give.

    What was found stands, however much is left to look at: `crowded`, `served` and
    `part-served` need no share. What says that nothing closer was found (`related`,
    `none-found`) needs enough of what suggests the strand to be assessed, and `none-found` a
    search grade of A or B. `assessed_share` is None where nothing suggests the strand, and
    nobody assessed anything against it: of that nothing can be said.
    """
    if len(counted.bodies("duplicates")) >= 2 and (
        counted.number("duplicates") >= thresholds.crowded_duplicates
    ):
        return Position.crowded
    if counted.number("duplicates") >= thresholds.served_duplicates or _close(counted, thresholds):
        return Position.served
    if counted.number("overlaps"):
        return Position.part_served
    if assessed_share is None or assessed_share < thresholds.assessed_share:
        return Position.not_assessed
    if counted.number("complements"):
        return Position.related
    return Position.none_found if grade in ("A", "B") else Position.not_assessed


def _close(counted: Counted, thresholds: Positions) -> bool:
    """Overlaps enough to serve: by at least two bodies, one of them England-wide."""
    overlaps = counted.families["overlaps"].values()
    return (
        len(overlaps) >= thresholds.served_overlaps
        and len(counted.bodies("overlaps")) >= 2
        and any(candidate.reach in ENGLAND_WIDE for candidate in overlaps)
    )


def by_role(
    levels: Mapping[int, str], candidates: Mapping[int, Candidate], roles: Iterable[str]
) -> dict[str, list[int]]:
    """Role to the initiatives of others that bear on the strand in that role."""
    bearing: dict[str, list[int]] = {role: [] for role in roles}
    for number, level in levels.items():
        candidate = candidates.get(number)
        if candidate and not candidate.own and level in NEAR and candidate.role in bearing:
            bearing[candidate.role].append(number)
    return bearing


def share(suggesting: Sequence[int], assessed: Iterable[int]) -> float | None:
    """The share of those that suggest a strand which are assessed; None where none does."""
    done = set(assessed)
    return sum(number in done for number in suggesting) / len(suggesting) if suggesting else None
