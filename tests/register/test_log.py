"""Every act is in the log, and undo keeps its promise."""

import pytest
from pages import held

import kb
from kb.errors import Refused
from kb.keep.decisions import Decision, Level

QUOTE = "Chairs of trusts meet six times a year to talk about race."
A, B = "race-equality-week", "a-model-employer"


def acting(base: kb.KnowledgeBase, person: str) -> kb.KnowledgeBase:
    base.workspace.by = person
    return base


def made(base: kb.KnowledgeBase) -> tuple[str, str]:
    name = held(base, "one", f"{QUOTE} More is said here of the programme.")
    slug = base.screen.decide([name], Decision.include)[0].initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england"])
    return name, slug


def test_undo_refuses_what_somebody_answered(base: kb.KnowledgeBase) -> None:
    _, slug = made(base)
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    acting(base, "ben").assess.renew(slug, "talent")
    with pytest.raises(Refused, match=r"of ben .* rests on it"):
        acting(base, "ana").register.undo()


def test_undo_refuses_what_a_resolution_settled(base: kb.KnowledgeBase) -> None:
    _, slug = made(base)
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    acting(base, "ben").assess.assess(slug, "talent", Level.complements, quote=QUOTE)
    acting(base, "eve").assess.resolve(slug, "overlaps", strand="talent", why="agreed")
    with pytest.raises(Refused, match=r"of eve .* rests on it"):
        acting(base, "ben").register.undo()
    acting(base, "eve").register.undo()
    acting(base, "ben").register.undo()
    assert base.register.initiative(slug).assessments[0].level == "overlaps"


def test_undo_refuses_a_screening_that_somebody_answered(base: kb.KnowledgeBase) -> None:
    name = held(base, "one", QUOTE)
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    acting(base, "ben").screen.decide([name], Decision.unsure)
    with pytest.raises(Refused, match="rests on it"):
        acting(base, "ana").register.undo()


def test_merges_and_what_is_not_the_same_are_among_the_decisions(base: kb.KnowledgeBase) -> None:
    base.register.not_same(A, B, why="two aims")
    with pytest.raises(Refused, match="are not the same"):
        base.register.merge(A, B)
    base.register.merge(A, B, why="the aims are one by now")
    newest = base.register.decisions().rows[:2]
    assert [(row.what, row.decision) for row in newest] == [
        ("merge", f"is {A}"),
        ("not the same", f"is not {A}" if newest[1].initiative == B else f"is not {B}"),
    ]
    assert newest[1].ended_at is not None
    for slug in (A, B):
        lines = [row for row in base.register.history(slug).rows if row.what == "merge said"]
        assert len(lines) == 1
        assert (A if slug == B else B) in lines[0].said


def test_the_diary_says_resolutions_and_what_was_taken_back(base: kb.KnowledgeBase) -> None:
    name, _ = made(base)
    acting(base, "ben").screen.decide([name], Decision.exclude, reason="mention-only")
    base.assess.resolve(name, "include", why="agreed")
    base.register.undo()
    said = [row.what for row in base.register.history(name).rows]
    assert said[-2:] == ["resolution said", "resolution taken back"]
    assert [row.what for row in base.register.decisions().rows[:2]] == ["undo", "resolution"]


def test_a_page_and_an_initiative_that_same_lists_can_be_told_apart(base: kb.KnowledgeBase) -> None:
    text = "We take part in Race Equality Week of Race Equality Matters, an anti-racism programme."
    name = held(base, "one", text, title="Race equality: what our boards do")
    listed = [row for row in base.screen.same().rows if row.b == name]
    assert listed
    base.register.not_same(listed[0].a, name)
    assert [row for row in base.screen.same().rows if (row.a, row.b) == (listed[0].a, name)] == []


def test_the_list_of_conflicts_has_each_answer_side_by_side(base: kb.KnowledgeBase) -> None:
    name, slug = made(base)
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    acting(base, "ben").assess.assess(slug, "talent", Level.no_overlap, why="another aim")
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    rows = base.assess.conflicts().rows
    assert [(row.document or row.initiative, row.person, row.decision) for row in rows] == [
        (name, "ana", "include"),
        (name, "ben", "exclude"),
        (slug, "ana", "overlaps"),
        (slug, "ben", "no-overlap"),
    ]
    assert rows[2].quote == QUOTE
    assert (rows[1].reason, rows[3].why) == ("mention-only", "another aim")
    assert base.report.status()["conflicts"] == 2
