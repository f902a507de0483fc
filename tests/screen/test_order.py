"""The order of the inbox: relevance and what was learned from decisions, half and half."""

import json
from pathlib import Path

import pytest
from field_pages import area, field_pages, places, precision_of_first, told
from pages import held

import kb
from kb.home import LOOK_ALIKES, shipped
from kb.keep.decisions import Decision
from kb.screen import order
from kb.screen.order import Example, LearnedOrder, fitted, learned_order

MENTORING = "Mentoring for boards of trusts, a race equality programme open to chairs, group {}."
PARKING = "Race equality talk in the canteen, with cake and tea for visitors, day {}."


def learned(*examples: Example) -> LearnedOrder:
    return LearnedOrder(*fitted(examples), act=0, token="")


def ten_pages(base: kb.KnowledgeBase) -> None:
    for number in range(order.FEWEST_PAGES):
        held(base, f"m{number}", MENTORING.format(number) * (number + 1))


def test_of_a_few_pages_nothing_is_learned(base: kb.KnowledgeBase) -> None:
    held(base, "one", MENTORING.format(1))
    assert not base.workspace.home.order.exists()
    assert len(base.screen.inbox().rows) == 1


def test_what_shares_words_with_what_was_included_stands_above_and_says_which() -> None:
    made = learned(
        Example("reverse mentoring for boards", True),
        Example("mentoring circles", True),
        Example("cake and tea", False),
        Example("tea in the canteen", False),
    )
    assert made.score("a mentoring programme") > made.score("cake at four")
    assert made.carried_by("mentoring with tea")[0] == "mentoring"
    assert made.score("") == made.intercept
    assert made.carried_by("") == []


def test_examples_of_one_kind_part_nothing() -> None:
    with pytest.raises(ValueError, match="alike"):
        fitted([Example("one", True), Example("two", True)])


def test_the_numbers_kept_give_the_score_of_the_machine_that_made_them() -> None:
    texts = [f"mentoring boards {n} " * 3 for n in range(4)] + [f"tea cake {n}" for n in range(4)]
    relevant = [True] * 4 + [False] * 4
    reader = order.vectorizer()
    vectors = reader.fit_transform(texts)
    machine = order.parted(vectors, relevant, [1.0] * 8)
    pairs = [Example(text, side) for text, side in zip(texts, relevant, strict=True)]
    made = learned(*pairs)
    for text, score in zip(texts, machine.decision_function(vectors), strict=True):
        assert made.score(text) == pytest.approx(score)


def test_the_inbox_learns_from_decisions_when_ten_are_newer(base: kb.KnowledgeBase) -> None:
    names = [held(base, f"m{n}", MENTORING.format(n), title=f"Talk {n}") for n in range(8)]
    names += [held(base, f"p{n}", PARKING.format(n), title=f"Talk 1{n}") for n in range(8)]
    first = learned_order(base.workspace.home)
    assert first is not None
    for number in range(6):
        base.screen.decide([f"d{number + 1}"], Decision.include)
        if number < 3:
            name = f"d{9 + number}"
            base.screen.decide([name], Decision.exclude, reason="mention-only")
    assert not order.refresh(base.workspace)
    assert learned_order(base.workspace.home) == first
    for number in range(3, 6):
        base.screen.decide([f"d{9 + number}"], Decision.exclude, reason="mention-only")
    assert order.refresh(base.workspace)
    rows = base.screen.inbox(everything=True).rows
    assert [row.document for row in rows][:2] == ["d7", "d8"]
    assert rows[0].carried_by


def test_without_a_fit_and_as_of_an_earlier_day_relevance_alone_decides(
    base: kb.KnowledgeBase,
) -> None:
    ten_pages(base)
    then = base.screen.inbox().rows
    base.workspace.home.order.unlink()
    rows = base.screen.inbox().rows
    assert [row.relevance for row in rows] == sorted((r.relevance for r in rows), reverse=True)
    assert rows[0].carried_by is None
    assert {row.document for row in rows} == {row.document for row in then}
    assert order.refresh(base.workspace)


def test_a_fit_that_is_damaged_or_of_another_history_is_made_anew(base: kb.KnowledgeBase) -> None:
    ten_pages(base)
    file = base.workspace.home.order
    kept = json.loads(file.read_text())
    for damaged in (
        "{",
        "[]",
        json.dumps(kept | {"weights": []}),
        json.dumps(kept | {"weights": {}}),
        json.dumps(kept | {"weights": {"a": [1]}}),
        json.dumps(kept | {"intercept": None}),
        json.dumps(kept | {"intercept": float("nan")}),
        json.dumps(kept | {"form": 0}),
    ):
        file.write_text(damaged)
        assert learned_order(base.workspace.home) is None, damaged
        assert base.screen.inbox().rows
        assert order.refresh(base.workspace)
    file.write_text(json.dumps(kept | {"token": "another"}))
    assert order.refresh(base.workspace)
    assert not order.refresh(base.workspace)


def test_what_was_taken_back_is_learned_from_no_longer(base: kb.KnowledgeBase) -> None:
    names = [held(base, f"z{n}", f"{MENTORING.format(n)} Zanzibar.") for n in range(10)]
    base.screen.decide(names, Decision.include)
    assert order.refresh(base.workspace)
    assert "zanzibar" in base.workspace.home.order.read_text()
    base.register.undo()
    assert order.refresh(base.workspace)
    assert "zanzibar" not in base.workspace.home.order.read_text()


def test_what_was_forgotten_is_no_longer_in_the_fit(base: kb.KnowledgeBase) -> None:
    ten_pages(base)
    name = held(base, "one", f"{MENTORING.format(1)} Zanzibar.")
    base.screen.decide([name], Decision.include)
    base.workspace.home.order.unlink()
    assert order.refresh(base.workspace)
    assert "zanzibar" in base.workspace.home.order.read_text()
    base.register.forget(name, why="asked for")
    text = base.workspace.home.order
    assert not text.exists() or "zanzibar" not in text.read_text()


def test_pages_of_the_field_are_ordered_and_offered_as_promised() -> None:
    """The floors of the inbox, on 84 pages with labels; python -m tests.benchmarks.inbox."""
    examples = []
    for name, relevant in (("register.jsonl", True), (LOOK_ALIKES, False)):
        for row in map(json.loads, Path(shipped(name)).read_text().splitlines()):
            examples.append(Example(f"{row['title']} {row['summary']}", relevant))
    pages, made = told(field_pages()), learned(*examples)
    ranks = places(pages, made)
    assert area(pages, [page.scored.score for page in pages]) >= 0.82
    assert area(pages, ranks) >= 0.82
    assert precision_of_first(pages, ranks) >= 0.6
    shown = [p for p in pages if p.scored.score >= 0.2 and p.facts.kind != "list page"]
    right = sum(page.label == "yes" for page in shown)
    assert right / len(shown) >= 0.5
    assert right / sum(page.label == "yes" for page in pages) >= 0.9
