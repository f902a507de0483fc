"""What counts, and which position the counts give."""

from dataclasses import replace
from datetime import date

import pytest

from kb.assess.positions import (
    Candidate,
    CountingRules,
    Position,
    count,
    exclusion_reason,
    months_between,
    position,
)
from kb.declare.declarations import Declarations
from kb.home import Home, shipped

DECLARED = Declarations.of(Home(shipped("offer.toml").parent))
OFFER = DECLARED.offer
PEERS = OFFER.get("peer-learning")
WORKS = OFFER.get("what-works")
RULES = CountingRules(DECLARED.book, OFFER.positions, date(2026, 11, 22))
SOUND = Candidate(
    id=1,
    body="A Body",
    own=False,
    role="support",
    reach="england",
    status="active",
    effect="not-stated",
    kind="network",
    audience=frozenset({"chairs"}),
    means=frozenset(),
    regions=("England",),
    started="2024",
    status_seen=None,
)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"own": True}, "our own work"),
        ({"adopter": True}, "takes on"),
        ({"contested": True}, "people differ"),
        ({"role": "requirement"}, "a duty"),
        ({"role": "practice"}, "an example"),
        ({"role": "knowledge"}, "evidence"),
        ({"role": "voice"}, "a voice"),
        ({"role": None}, "role not coded"),
        ({"status": "ended"}, "ended"),
        ({"status": "announced"}, "announced"),
        ({"status": "published", "started": None}, "unknown date"),
        ({"status": "published", "started": "2019"}, "more than 5 years"),
        ({"status": "published", "started": "2022"}, ""),
        ({"status": "unknown"}, "status unknown"),
        ({"status": "unknown", "status_seen": date(2026, 3, 1)}, ""),
        ({"status": "unknown", "status_seen": date(2024, 3, 1)}, "no sign of it"),
        ({"audience": frozenset({"clinicians"})}, "for others"),
        ({"audience": frozenset({"boards"})}, ""),
        ({"audience": frozenset({"chief-executives"})}, ""),
        ({"reach": "one"}, "one organisation"),
        ({"reach": "outside", "regions": ("Wales",)}, "outside England"),
        ({"reach": "region", "regions": ("Wales",)}, "outside England"),
        ({"reach": "region", "regions": ("London",)}, ""),
        ({"reach": None}, "reach not coded"),
    ],
)
def test_what_does_not_count_has_its_reason(change: dict[str, object], why: str) -> None:
    output = exclusion_reason(replace(SOUND, **change), PEERS, RULES)  # type: ignore[arg-type]
    assert (output == "") if why == "" else (why in output)


def test_knowledge_counts_where_the_strand_says_so_and_its_effect_is_known() -> None:
    finding = replace(SOUND, role="knowledge")
    assert "evidence" in exclusion_reason(finding, WORKS, RULES)
    assert exclusion_reason(replace(finding, effect="evaluated"), WORKS, RULES) == ""
    assert exclusion_reason(replace(finding, kind="case-studies"), WORKS, RULES) == ""
    assert exclusion_reason(replace(finding, effect="evaluated"), PEERS, RULES) == "evidence"


def test_what_serves_a_wider_region_serves_those_within() -> None:
    london = CountingRules(DECLARED.book, OFFER.positions, RULES.today, region="London")
    assert exclusion_reason(SOUND, PEERS, london) == ""
    assert exclusion_reason(replace(SOUND, regions=("UK",)), PEERS, london) == ""
    midlands = replace(SOUND, reach="region", regions=("Midlands",))
    assert exclusion_reason(midlands, PEERS, london) == "outside London"


def placed(
    levels: dict[int, str],
    share: float | None = 1.0,
    grade: str | None = None,
    **changes: Candidate,
) -> Position:
    candidates = {n: replace(SOUND, id=n, body=f"Body {n}") for n in levels}
    candidates |= {int(name[1:]): each for name, each in changes.items()}
    counted = count(PEERS, levels, candidates, RULES)
    return position(counted, thresholds=OFFER.positions, assessed_share=share, grade=grade)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({1: "duplicates", 2: "duplicates"}, "crowded"),
        ({1: "duplicates"}, "served"),
        ({1: "overlaps", 2: "overlaps", 3: "overlaps"}, "served"),
        ({1: "overlaps", 2: "overlaps"}, "part-served"),
        ({1: "overlaps"}, "part-served"),
        ({1: "complements"}, "related"),
        ({1: "no-overlap"}, "not-assessed"),
        ({}, "not-assessed"),
    ],
)
def test_positions_are_read_off_the_counts(levels: dict[int, str], expected: str) -> None:
    assert placed(levels) == expected


def test_nothing_found_needs_a_good_search_grade() -> None:
    assert placed({1: "no-overlap"}, grade="A") == "none-found"
    assert placed({1: "no-overlap"}, grade="B") == "none-found"
    assert placed({1: "no-overlap"}, grade="C") == "not-assessed"


def test_too_little_assessed_says_nothing_of_what_was_not_found() -> None:
    assert placed({1: "complements"}, share=0.5, grade="A") == "not-assessed"
    assert placed({1: "no-overlap"}, share=0.5, grade="A") == "not-assessed"
    assert placed({1: "duplicates"}, share=0.1) == "served"


def test_two_duplicates_of_one_body_are_not_a_crowd() -> None:
    same = replace(SOUND, id=2, body="Body 1")
    assert placed({1: "duplicates", 2: "duplicates"}, c2=same) == "served"


def test_regional_overlaps_alone_serve_in_part() -> None:
    near = {
        f"c{n}": replace(SOUND, id=n, body=f"B{n}", reach="region", regions=("London",))
        for n in (1, 2, 3)
    }
    assert placed(dict.fromkeys((1, 2, 3), "overlaps"), **near) == "part-served"


def test_a_family_counts_once_at_its_strongest_level() -> None:
    part = replace(SOUND, id=2, body="Body 1", head=1)
    candidates = {1: SOUND, 2: part}
    counted = count(PEERS, {1: "complements", 2: "duplicates"}, candidates, RULES)
    assert counted.number("duplicates") == 1
    assert counted.total == 1


def test_parts_in_a_circle_do_not_hang() -> None:
    candidates = {1: replace(SOUND, head=2), 2: replace(SOUND, id=2, head=1)}
    assert count(PEERS, {1: "overlaps", 2: "overlaps"}, candidates, RULES).total >= 1


def test_twelve_pledges_of_single_bodies_count_nothing() -> None:
    pledges = {n: replace(SOUND, id=n, role="practice", reach="one") for n in range(12)}
    assert count(PEERS, dict.fromkeys(pledges, "overlaps"), pledges, RULES).total == 0


def test_months_are_counted_from_what_is_known() -> None:
    assert months_between("2026-10", date(2026, 11, 22)) == 1
    assert months_between("2025", date(2026, 11, 22)) == 11
    assert months_between("2027-01", date(2026, 11, 22)) == 0


def test_a_family_stands_by_the_body_and_reach_of_the_part_that_counts() -> None:
    head = replace(SOUND, id=9, role="requirement", body="National Body")
    part = replace(SOUND, id=1, body="B1", reach="region", regions=("London",), head=9)
    others = {n: replace(part, id=n, body=f"B{n}", head=None) for n in (2, 3)}
    candidates = {9: head, 1: part, **others}
    counted = count(PEERS, dict.fromkeys((1, 2, 3), "overlaps"), candidates, RULES)
    assert counted.bodies("overlaps") == {"B1", "B2", "B3"}
    matches = position(counted, thresholds=OFFER.positions, assessed_share=1.0, grade=None)
    assert matches == "part-served"


def test_what_is_open_in_scotland_alone_counts_there() -> None:
    scottish = replace(SOUND, reach="outside", regions=("Scotland",))
    scotland = CountingRules(DECLARED.book, OFFER.positions, RULES.today, region="Scotland")
    assert exclusion_reason(scottish, PEERS, scotland) == ""
    assert exclusion_reason(scottish, PEERS, RULES) == "outside England"
