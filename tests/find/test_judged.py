"""Search against the judged queries: floors that a change of ranking must not fall under."""

from collections.abc import Callable
from pathlib import Path

import pytest
from judged import built, judged, measured, ranker

Rank = Callable[[str], list[str]]
SCREENFUL = 10


@pytest.fixture(scope="module")
def rank(tmp_path_factory: pytest.TempPathFactory) -> Rank:
    return ranker(built(tmp_path_factory.mktemp("judged") / "index"))


def test_the_ranking_is_better_than_the_best_simple_one(rank: Rank) -> None:
    ndcg, recall = measured(rank, judged())
    assert ndcg >= 0.84  # character n-grams: .709
    assert recall >= 0.80  # .752


def test_long_pages_of_other_matters_take_little_from_it(tmp_path: Path, rank: Rank) -> None:
    alone, _ = measured(rank, judged())
    among, _ = measured(ranker(built(tmp_path / "index", others=500)), judged())
    assert alone - among <= 0.02


@pytest.mark.parametrize(("kind", "share"), [("known-item", 0.9), ("misspelt", 0.8)])
def test_one_known_thing_is_among_the_first_three(rank: Rank, kind: str, share: float) -> None:
    query = [each for each in judged() if each.kind == kind]
    ids = [each for each in query if any(each.grades.get(s) == 2 for s in rank(each.query)[:3])]
    assert len(ids) >= share * len(query), [each.query for each in query if each not in ids]


def test_what_nothing_answers_finds_no_screenful(rank: Rank) -> None:
    query = [each for each in judged() if not each.grades]
    assert query
    assert all(len(rank(each.query)) < SCREENFUL for each in query)


def test_the_set_is_whole() -> None:
    queries = judged()
    assert len(queries) == 45
    assert sum(len(each.grades) for each in queries) == 246
    assert sum(not each.grades for each in queries) == 3
