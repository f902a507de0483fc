"""How good search is on the judged queries, and how much its numbers matter.

    python -m tests.benchmarks.ranking [--draws 60]

Prints the ranking as shipped; draws of other numbers, chosen on four fifths of the queries and
measured on the fifth that they have not seen; and what each number does when it alone changes.
"""

import argparse
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

from kb.find.ranking import RANKING, Ranking
from tests.judged import Judged, built, judged, ndcg, ranker, recall

FOLDS = 5
AROUND: dict[str, tuple[float, ...]] = {
    "k1": (0.8, 1.2, 1.6),
    "b": (0.4, 0.6, 0.8),
    "breadth": (1.0, 2.0, 3.0),
    "grams": (0.5, 1.0, 1.5),
    "gram_root": (0.2, 0.3, 0.5),
    "gram_common": (0.1, 0.15, 0.25),
    "least_grams": (0.15, 0.2, 0.25),
    "least_words": (0.5, 0.55, 0.7),
}
FIELDS = ("title", "organisation", "summary", "tags")

Measures = list[tuple[float, float]]


def of_each(rank: Callable[[str], list[str]], queries: list[Judged]) -> Measures:
    """nDCG@10 and recall@20 of each query."""
    ranked = [(rank(each.query), each.grades) for each in queries]
    return [(ndcg(slugs, grades), recall(slugs, grades)) for slugs, grades in ranked]


def overall(measures: Measures) -> str:
    """Both means."""
    return "  ".join(f"{mean(each[which] for each in measures):.3f}" for which in (0, 1))


def drawn(chance: random.Random) -> Ranking:
    """Other numbers for everything."""
    numbers: dict[str, Any] = {name: chance.choice(values) for name, values in AROUND.items()}
    weights = {name: RANKING.fields[name] * chance.choice((0.5, 1.0, 1.5)) for name in FIELDS}
    return replace(RANKING, fields={**RANKING.fields, **weights}, **numbers)


def main() -> None:
    """Prints the three tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--draws", type=int, default=60)
    chance = random.Random(7)
    queries = [each for each in judged() if each.grades]
    with tempfile.TemporaryDirectory() as folder:
        index = built(Path(folder) / "index")
        shipped = of_each(ranker(index), queries)
        print(f"as shipped               nDCG@10 and recall@20  {overall(shipped)}")
        tried = [
            of_each(ranker(index, drawn(chance)), queries) for _ in range(parser.parse_args().draws)
        ]
        places = list(range(len(queries)))
        chance.shuffle(places)
        unseen: Measures = []
        for fold in range(FOLDS):
            test = places[fold::FOLDS]
            train = [place for place in places if place not in test]
            best = max(tried, key=lambda measures: mean(sum(measures[place]) for place in train))
            unseen += [best[place] for place in test]
        print(f"chosen on four fifths, measured on the fifth    {overall(unseen)}")
        worst = min(tried, key=lambda measures: mean(map(sum, measures)))
        print(f"the worst of {len(tried)} draws                           {overall(worst)}")
        for name, values in AROUND.items():
            for value in values:
                numbers: dict[str, Any] = {name: value}
                print(
                    f"{name:12} {value:5}                              "
                    f"{overall(of_each(ranker(index, replace(RANKING, **numbers)), queries))}"
                )


if __name__ == "__main__":
    main()
