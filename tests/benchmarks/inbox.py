"""How well the inbox is ordered: on pages of the field, and on four finished reviews.

    python -m tests.benchmarks.inbox [--reviews] [--pages 20000]

Of the pages: area under the ROC curve of relevance and of the order shown, precision and recall of
what is offered, precision of the first twenty, by kind of page and of body, and on five random
splits by body. With --reviews a screening is simulated on each finished review (one included and
one excluded record known, refitted after each batch; five seeds): work saved over sampling
at 95% recall, recall after 10%, mean place of an included record. With --pages N the time in which
so many pages are ordered, once the order is loaded.
"""

import argparse
import csv
import gzip
import json
import math
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

import kb
from kb.declare.declarations import Declarations
from kb.home import LOOK_ALIKES, Home, shipped
from kb.screen import order
from kb.screen.order import Example, LearnedOrder, fitted, parted, vectorizer
from tests.field_pages import FieldPage, area, field_pages, places, precision_of_first, told
from tests.pages import page, save

REVIEWS = sorted((Path(__file__).parents[1] / "sets/screening").glob("*.csv.gz"))
SEEDS = 5
# Of the same pages before this order was made, for comparison.
BEFORE = {"relevance": 0.644, "order": 0.650, "precision": 0.429, "recall": 0.857, "first": 0.40}


def first_order() -> LearnedOrder:
    """The order of the first day: from the register and the look-alikes alone."""
    examples = []
    for name, relevant in (("register.jsonl", True), (LOOK_ALIKES, False)):
        for line in shipped(name).read_text().splitlines():
            row = json.loads(line)
            examples.append(Example(f"{row['title']} {row['summary']}", relevant))
    return LearnedOrder(*fitted(examples), act=0, token="")


def offered(pages: Sequence[FieldPage]) -> list[FieldPage]:
    """Those that the inbox offers."""
    lexicon = Declarations.of(Home(shipped("offer.toml").parent)).lexicon
    return [
        page
        for page in pages
        if page.scored.score >= lexicon.inbox.threshold and page.facts.kind != "list page"
    ]


def on_pages() -> None:
    """Prints the figures on the pages of the field."""
    pages, made = told(field_pages()), first_order()
    scores, ranks = [each.scored.score for each in pages], places(pages, made)
    shown = offered(pages)
    right = sum(page.label == "yes" for page in shown)
    whole = sum(page.label == "yes" for page in pages)
    figures = {
        "relevance": area(pages, scores),
        "order": area(pages, ranks),
        "precision": right / len(shown),
        "recall": right / whole,
        "first": precision_of_first(pages, ranks),
    }
    for name, value in figures.items():
        print(f"{name:10} {value:.3f}   before {BEFORE[name]:.3f}")
    for name in ("page_kind", "body_kind"):
        print(f"of those offered, by {name}: right / offered, and how many yes there are")
        offers = Counter(getattr(page, name) for page in shown)
        hits = Counter(getattr(page, name) for page in shown if page.label == "yes")
        there = Counter(getattr(page, name) for page in pages if page.label == "yes")
        for kind in sorted(set(offers) | set(there)):
            print(f"  {kind:24} {hits[kind]:3} / {offers[kind]:3}   of {there[kind]}")
    print("halves by body: area of relevance, of the order, precision, recall")
    for seed in range(SEEDS):
        half = _half(pages, seed)
        some = offered(half)
        hit = sum(page.label == "yes" for page in some)
        every = sum(page.label == "yes" for page in half)
        print(
            f"  {area(half, [page.scored.score for page in half]):.3f} "
            f"{area(half, places(half, made)):.3f} {hit / len(some):.3f} {hit / every:.3f}"
        )


def _half(pages: Sequence[FieldPage], seed: int) -> list[FieldPage]:
    bodies = sorted({page.body for page in pages})
    random.Random(seed).shuffle(bodies)
    kept = set(bodies[: len(bodies) // 2])
    return [page for page in pages if page.body in kept]


def on_review(path: Path, seed: int) -> tuple[float, float, float]:
    """WSS@95, recall after 10% and mean place of one simulated screening."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    labels = np.array([row["label"] == "1" for row in rows])
    vectors = vectorizer().fit_transform(f"{row['title']} {row['abstract']}" for row in rows)
    chance = np.random.RandomState(seed)
    known = [int(chance.choice(np.where(labels == side)[0])) for side in (True, False)]
    left, read = set(range(len(rows))) - set(known), list[int]()
    while left:
        sides = labels[known].tolist()
        machine = parted(vectors[known], sides, [1.0] * len(known))
        waiting = np.array(sorted(left))
        best = np.argsort(-machine.decision_function(vectors[waiting]), kind="stable")
        batch = waiting[best[: max(1, len(rows) // 300)]].tolist()
        read += batch
        known += batch
        left -= set(batch)
    met = np.where(labels[read])[0] + 1
    enough = met[math.ceil(0.95 * len(met)) - 1]
    return (
        (len(read) - enough) / len(read) - 0.05,
        float(labels[read][: len(read) // 10].mean() * (len(read) // 10) / len(met)),
        float(met.mean() / len(read)),
    )


def timed(count: int) -> None:
    """Prints how long so many pages of a home take to be ordered, first and once more."""
    chance = random.Random(1)
    words = [term for term in first_order().weights if " " not in term]
    with tempfile.TemporaryDirectory() as folder, kb.make(Home(Path(folder)), by="b") as base:
        texts = (" ".join(chance.choices(words, k=100)) for _ in range(count))
        save(base, *(page(f"p{number}", text) for number, text in enumerate(texts)))
        order.refresh(base.workspace)
        with base.snapshot() as now:
            pages = tuple(now.pages)
            for name in ("first", "again"):
                began = time.perf_counter()
                order.in_order.__wrapped__(now, pages)
                print(f"{len(pages)} pages ordered, {name}: {time.perf_counter() - began:.2f} s")


def main() -> None:
    """Prints what was asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--reviews", action="store_true")
    parser.add_argument("--pages", type=int, default=0)
    options = parser.parse_args()
    on_pages()
    if options.pages:
        timed(options.pages)
    for path in REVIEWS if options.reviews else ():
        figures = [on_review(path, seed) for seed in range(SEEDS)]
        means = " / ".join(f"{mean(each):.3f}" for each in zip(*figures, strict=True))
        print(f"{path.name.partition('.')[0]:16} {means}")


if __name__ == "__main__":
    main()
