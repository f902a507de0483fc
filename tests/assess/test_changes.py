"""Why a row moved: the world before us."""

from kb.assess.changes import Why


def test_what_the_world_did_comes_before_what_we_did() -> None:
    assert sorted(Why, key=lambda why: why.rank) == list(Why)
    world = [why for why in Why if why.of_the_world]
    assert world == list(Why)[: len(world)]
    assert {Why.began, Why.ended, Why.page_gone, Why.gone_quiet} <= set(world)
    assert not {Why.newly_found, Why.decision_changed, Why.offer, Why.looked_again} & set(world)
