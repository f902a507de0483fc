"""The diary of decisions: what was taken back, and of what."""

from pages import held

from kb.base import KnowledgeBase
from kb.keep.decisions import Decision


def taken_back(base: KnowledgeBase) -> list[tuple[str | None, str | None, str]]:
    rows = base.register.decisions().rows
    return [(row.document, row.initiative, row.decision) for row in rows if row.what == "undo"]


def test_an_act_on_several_pages_that_is_taken_back_is_a_row_each(base: KnowledgeBase) -> None:
    names = [held(base, key, f"The {key} page is about race equality.") for key in ("one", "two")]
    base.screen.decide(names, Decision.exclude, reason="mention-only")
    act = base.workspace.store.last_act()
    assert act is not None
    base.register.undo()
    assert sorted(taken_back(base)) == [(name, None, f"act {act.id} (screen)") for name in names]


def test_a_saved_search_is_no_initiative(base: KnowledgeBase) -> None:
    base.screen.save_search("mentors", "mentoring", why="for the paper")
    base.register.undo()
    ((document, initiative, _),) = taken_back(base)
    assert (document, initiative) == (None, None)
