"""What is missed below the line: drawn by chance, estimated with an interval that holds."""

import random
from collections import Counter

import pytest
from pages import held, page, save

import kb
from kb.keep.decisions import Decision
from kb.screen.review import Review
from kb.screen.unread import DRY, Unread, draw, dried_up, share_interval, unread

PARKING = "The car park of the hospital is open to visitors all day, level {}."
MENTORING = "Race equality mentoring for boards of trusts, a programme for chairs, group {}."


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    # The table of Clopper and Pearson: 0, 1 and 10 of 10.
    assert share_interval(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert share_interval(1, 10) == pytest.approx((0.0025, 0.4450), abs=1e-4)
    assert share_interval(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)


def test_nothing_is_said_before_any_was_drawn() -> None:
    nothing = Unread(unread=200, drawn=0, relevant=0)
    assert nothing.estimate is None
    assert nothing.interval == (0, 200)
    assert Unread(unread=0, drawn=5, relevant=0).interval == (0, 0)


@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
def test_the_interval_holds_in_nine_of_ten_simulated_screenings(share: float) -> None:
    held_in = 0
    for seed in range(100):
        chance = random.Random(seed)
        pages = [chance.random() < share for _ in range(400)]
        chance.shuffle(pages)
        drawn, left = pages[:40], pages[40:]
        low, high = Unread(len(left), len(drawn), sum(drawn)).interval
        held_in += low <= sum(left) <= high
    assert held_in >= 90


def test_one_in_ten_of_a_review_is_drawn_from_below_the_line(base: kb.KnowledgeBase) -> None:
    save(base, *(page(f"m{n}", MENTORING.format(n), title=f"Race equality {n}") for n in range(18)))
    save(base, *(page(f"p{n}", PARKING.format(n), title=f"Parking {n}") for n in range(30)))
    base.screen.derive()
    review = Review(base.workspace, random.Random(1))
    cards = list(review.cards())
    assert len(review) == len(cards) == 20
    assert [place for place, card in enumerate(cards) if card.drawn] == [9, 19]
    for card in cards:
        reason = "" if not card.drawn else "mention-only"
        decision = Decision.exclude if card.drawn else Decision.unsure
        base.screen.decide([card.document], decision, reason=reason, drawn=card.drawn)
    with base.snapshot() as now:
        assert unread(now) == Unread(unread=28, drawn=2, relevant=0)
    (row,) = [row for row in base.screen.flow().rows if "estimated" in row.step]
    assert row.count == 0
    assert "0 of 2 drawn" in str(row.reason)


def test_each_kind_of_body_is_drawn_in_proportion(base: kb.KnowledgeBase) -> None:
    sources = dict(base.workspace.declarations.publishers)
    bodies = base.workspace.declarations.bodies
    by_kind: dict[str, str] = {}
    for source, organisation in sources.items():
        found = bodies.find(organisation)
        if found:
            by_kind.setdefault(found.kind, source)
    (_, many), (_, few) = list(by_kind.items())[:2]
    save(base, *(page(f"a{n}", PARKING.format(n), source=many) for n in range(30)))
    save(base, *(page(f"b{n}", PARKING.format(n + 40), source=few) for n in range(10)))
    with base.snapshot() as now:
        drawn = draw(now.pages, 8, base.workspace.declarations, random.Random(3))
        alone = [
            draw(now.pages, 1, base.workspace.declarations, random.Random(seed))[0]
            for seed in range(200)
        ]
        assert draw(now.pages, 0, base.workspace.declarations, random.Random(3)) == []
        every = draw(now.pages, 99, base.workspace.declarations, random.Random(3))
    assert Counter(each.source for each in drawn) == {many: 6, few: 2}
    assert 25 <= sum(each.source == few for each in alone) <= 75  # a quarter of them, by chance
    assert len({each.id for each in every}) == 40


def test_being_drawn_belongs_to_the_page_whatever_is_said_later(base: kb.KnowledgeBase) -> None:
    name = held(base, "p", PARKING.format(1), title="Parking")
    base.screen.decide([name], Decision.exclude, reason="mention-only", drawn=True)
    base.screen.decide([name], Decision.include, initiatives=["race-equality-week"])
    with base.snapshot() as now:
        assert unread(now) == Unread(unread=0, drawn=1, relevant=1)


def test_the_yield_is_said_to_have_dried_up_and_why(base: kb.KnowledgeBase) -> None:
    names = [held(base, f"m{n}", MENTORING.format(n)) for n in range(DRY)]
    below = [held(base, f"p{n}", PARKING.format(n), title="Parking") for n in range(DRY)]
    for name in names[:-1]:
        base.screen.decide([name], Decision.exclude, reason="mention-only")
    with base.snapshot() as now:
        assert dried_up(now) == ""
    for name in below[2:]:  # what is below the line says nothing of the inbox
        base.screen.decide([name], Decision.exclude, reason="mention-only")
    with base.snapshot() as now:
        assert dried_up(now) == ""
    base.screen.decide([names[-1]], Decision.exclude, reason="mention-only")
    with base.snapshot() as now:
        assert "cannot be said" in dried_up(now)
    base.screen.decide([below[0]], Decision.exclude, reason="mention-only", drawn=True)
    with base.snapshot() as now:
        assert "dried up" in dried_up(now)
        assert "none of the 1 drawn from below the line" in dried_up(now)
    base.screen.decide([below[1]], Decision.include, drawn=True)
    with base.snapshot() as now:  # something relevant lies there
        assert dried_up(now) == ""


def test_short_sittings_draw_as_one_long_one_does(base: kb.KnowledgeBase) -> None:
    save(base, *(page(f"m{n}", MENTORING.format(n), title=f"Race equality {n}") for n in range(20)))
    save(base, *(page(f"p{n}", PARKING.format(n), title=f"Parking {n}") for n in range(30)))
    base.screen.derive()
    drawn = 0
    for _ in range(8):  # three pages each time, while there are any
        cards = [card for card, _ in zip(Review(base.workspace).cards(), range(3), strict=False)]
        for card in cards:
            drawn += card.drawn
            reason = "mention-only"
            base.screen.decide([card.document], Decision.exclude, reason=reason, drawn=card.drawn)
    assert drawn == 2
    with base.snapshot() as now:
        assert unread(now).drawn == 2
