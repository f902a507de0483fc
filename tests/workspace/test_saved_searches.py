"""Saved searches tell what is new or changed since they were last read."""

import pytest
from pages import held

from kb.base import KnowledgeBase
from kb.errors import Refused, Unknown


def titles(base: KnowledgeBase, **how: bool) -> list[object]:
    return [row.title for row in base.screen.news(**how).rows]


def test_a_search_tells_what_came_since_it_was_read(base: KnowledgeBase) -> None:
    base.screen.save_search("mentors", "reverse mentoring", why="for the paper")
    assert titles(base) == []
    held(base, "one", "Reverse mentoring of leaders by staff of the trust.")
    held(base, "two", "Nothing of the kind stands on this page.")
    first = titles(base)
    assert len(first) == 1
    assert titles(base, read=True) == first
    assert titles(base, read=True) == []
    base.register.edit("bitc-mentoring-circles", ["learning=Mentoring circles were kept small."])
    assert len(titles(base)) == 1


def test_what_is_kept_is_listed_until_it_is_removed(base: KnowledgeBase) -> None:
    base.screen.save_search("wres", "WRES -nurses", why="because")
    (row,) = base.screen.searches().rows
    assert (row.name, row.query, row.why) == ("wres", "WRES -nurses", "because")
    with pytest.raises(Refused, match="there is a search"):
        base.screen.save_search("wres", "other", why="because")
    with pytest.raises(Unknown, match="wrse"):
        base.screen.remove_search("wrse")
    base.screen.remove_search("wres")
    assert base.screen.searches().rows == []


@pytest.mark.parametrize(("query", "why"), [("*", "x"), ("since:soon", "x"), ("race", " ")])
def test_a_search_that_looks_for_nothing_is_refused(
    base: KnowledgeBase, query: str, why: str
) -> None:
    with pytest.raises(Refused):
        base.screen.save_search("a", query, why=why)
    assert base.screen.searches().rows == []
