"""Codes and fields as people say them: what is named adds up, and nothing is chosen for them."""

import pytest

import kb
from kb.errors import Refused, Unknown

SLUG = "race-equality-week"


@pytest.mark.parametrize(
    "words",
    [
        ["boards", "chairs", "chief-executives"],
        ["audience=boards", "audience=chairs,chief-executives"],
        ["audience=boards;chairs", "Chief-Executives"],
    ],
)
def test_codes_of_a_facet_of_many_add_up(base: kb.KnowledgeBase, words: list[str]) -> None:
    tags = base.register.tag(SLUG, words)
    assert {"boards", "chairs", "chief-executives"} <= set(tags["audience"])


@pytest.mark.parametrize("words", [["support", "requirement"], ["role=support", "role=practice"]])
def test_two_codes_of_a_facet_of_one_are_refused(base: kb.KnowledgeBase, words: list[str]) -> None:
    before = base.register.initiative(SLUG).stored.codes("role")
    with pytest.raises(Refused, match="holds one code"):
        base.register.tag(SLUG, words)
    assert base.register.initiative(SLUG).stored.codes("role") == before


@pytest.mark.parametrize(
    ("words", "error", "message"),
    [
        (["title=x", "title=y"], Refused, "named 2 times"),
        (["title"], Refused, "gives title no value"),
        (["titel=x"], Unknown, "titel"),
        ([f"part-of={SLUG}"], Refused, "cannot be part-of itself"),
    ],
)
def test_a_field_that_is_not_said_rightly_changes_nothing(
    base: kb.KnowledgeBase, words: list[str], error: type[Exception], message: str
) -> None:
    before = base.workspace.store.last_act()
    with pytest.raises(error, match=message):
        base.register.edit(SLUG, words)
    assert base.workspace.store.last_act() == before
