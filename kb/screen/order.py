"""The order of the inbox, learned from what people decided.

A page is read as words and pairs of words, weighed by TF-IDF (Salton and Buckley 1988,
doi:10.1016/0306-4573(88)90021-0), and parted from others by a linear support vector machine with
squared hinge loss (Fan et al. 2008, "LIBLINEAR"). That pair is what screening tools order by:
Ferdinands et al. 2023, doi:10.1186/s13643-023-02257-7. What was included weighs 9.8 times what
was not, as in ASReview's "ELAS u4"; C is 0.6, chosen on four finished reviews
(tests/benchmarks/inbox.py).

It learns from the register and from pages that were found to be none, so that it is of use on the
first day, and from every screening, which counts five times. A page's place is the mean of its rank
by this and its rank by relevance. The fit is kept in the home, as plain numbers, and made anew when
ten decisions are newer than it; it can be made anew at any time.
"""

import importlib
import json
import math
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from heapq import nlargest
from itertools import pairwise
from pathlib import Path
from typing import Any

from kb.declare.page_kinds import PageKind
from kb.declare.register import look_alikes
from kb.home import LOOK_ALIKES, Home, shipped
from kb.keep import documents
from kb.keep.decisions import Decision, Screening
from kb.keep.documents import StoredDocument
from kb.keep.store import batches
from kb.workspace.snapshot import Snapshot, part, snapshot
from kb.workspace.workspace import Workspace

FORM = 1  # changes when the same decisions would give another fit
READ_CHARACTERS = 500  # of a page's text: what it is is said there, and the register says no more
DECISIONS = 10  # newer than the fit, before it is made anew
FEWEST_PAGES = 10  # held, before anything is learned
OF_A_PAGE = 5.0  # a decision on a page counts as so many rows of the register
KNOWN = "same-as-other"  # a reason to exclude that says nothing against the kind of page
C = 0.6
EXCLUDED_SHARE = 9.8  # what was included weighs so many times all that was excluded
MOST_STEPS = 5000
KEPT = ("weights", "intercept", "act", "token")
SHOWN = 3  # words that carried a page
WORD = re.compile(r"(?u)\b\w\w+\b")


@dataclass(frozen=True)
class Example:
    """A text of which it is known whether it is about an initiative."""

    text: str
    relevant: bool
    weight: float = 1.0


@dataclass(frozen=True)
class LearnedOrder:
    """A fit: what each word or pair of words weighs, and what it was made from."""

    weights: Mapping[str, tuple[float, float]]  # to its inverse document frequency and its weight
    intercept: float
    act: int  # the newest of the store when it was made, with its token
    token: str
    scores: dict[int, float] = field(default_factory=dict, compare=False)  # by revision, as asked

    def score(self, text: str) -> float:
        """How far a text lies on the side of what was included; above 0 is that side.

        intercept + sum of (1 + ln n) * idf * weight, over the length of all (1 + ln n) * idf.
        """
        total = squares = 0.0
        find = self._products.get
        for term, count in _counts(text).items():
            product = find(term)
            if product is not None:
                often = 1.0 if count == 1 else 1 + math.log(count)
                squares += product[0] * often * often
                total += product[1] * often
        return self.intercept + total / (math.sqrt(squares) or 1.0)

    @cached_property
    def _products(self) -> dict[str, tuple[float, float]]:
        """Word or pair to idf squared, and to idf * weight: thousands of pages are scored."""
        return {term: (idf * idf, idf * weight) for term, (idf, weight) in self.weights.items()}

    def carried_by(self, text: str) -> list[str]:
        """The words and pairs that speak most for the text, the strongest first."""
        parts = {
            term: (1 + math.log(count)) * self._products[term][1]
            for term, count in _counts(text).items()
            if term in self.weights
        }
        speaking = [term for term, part in parts.items() if part > 0]
        return nlargest(SHOWN, speaking, key=lambda term: (parts[term], term))


def vectorizer() -> Any:
    """What reads a text as weighed words and pairs of words; not fitted yet."""
    # A lazy door: scikit-learn loads longer than most commands run.
    text = importlib.import_module("sklearn.feature_extraction.text")
    return text.TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95)


def parted(vectors: Any, relevant: Sequence[bool], weights: Sequence[float]) -> Any:
    """The machine that parts the relevant from the others; see the head of this file."""
    svm = importlib.import_module("sklearn.svm")
    whole = {
        side: sum(w for w, r in zip(weights, relevant, strict=True) if r is side)
        for side in (True, False)
    }
    share = {True: 1.0, False: whole[True] / (EXCLUDED_SHARE * whole[False])}
    weighed = [weight * share[bool(side)] for weight, side in zip(weights, relevant, strict=True)]
    scale = len(weighed) / sum(weighed)
    machine = svm.LinearSVC(C=C, loss="squared_hinge", max_iter=MOST_STEPS, random_state=0)
    machine.fit(vectors, relevant, sample_weight=[weight * scale for weight in weighed])
    return machine


def fitted(examples: Sequence[Example]) -> tuple[dict[str, tuple[float, float]], float]:
    """The weights of words and pairs, and the intercept, that part the examples.

    Raises ValueError where all examples are of one class.
    """
    if len({example.relevant for example in examples}) < 2:
        raise ValueError("nothing to part: all examples are alike")
    reader = vectorizer()
    vectors = reader.fit_transform(example.text for example in examples)
    machine = parted(
        vectors,
        [example.relevant for example in examples],
        [example.weight for example in examples],
    )
    terms = reader.get_feature_names_out()
    pairs = zip(reader.idf_.tolist(), machine.coef_[0].tolist(), strict=True)
    return dict(zip(terms.tolist(), pairs, strict=True)), float(machine.intercept_[0])


def refresh(workspace: Workspace) -> bool:
    """Fits the order anew where it is missing or ten decisions are newer; True if it did.

    Nothing is fitted while fewer than ten pages are held: that is read in any order.
    """
    with snapshot(workspace) as now:
        known = learned_order(workspace.home)
        if len(now.pages) < FEWEST_PAGES or (known and _is_fresh(now, known)):
            return False
        examples = _examples(now)
        act, token = now.reading.last_token()
    try:
        weights, intercept = fitted(examples)
    except ValueError:
        return False
    with suppress(OSError):  # a folder that takes no file: relevance alone orders
        _keep(workspace.home, LearnedOrder(weights, intercept, act, token))
        return True
    return False


def learned_order(home: Home) -> LearnedOrder | None:
    """The order as it was kept; None where there is none of this form."""
    try:
        status = home.order.stat()
    except FileNotFoundError:
        return None
    return _loaded(home.order, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=1)
def _loaded(path: Path, _changed: int, _size: int) -> LearnedOrder | None:
    """The order in a file, loaded once for as long as the file is the same."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        order = LearnedOrder(**{name: kept[name] for name in KEPT})
        numbers = [order.intercept, *(n for pair in order.weights.values() for n in pair)]
        pairs = all(len(pair) == 2 for pair in order.weights.values())
        pairs = pairs and isinstance(order.act, int) and isinstance(order.token, str)
        sound = bool(order.weights) and pairs and all(map(math.isfinite, numbers))
        return order if kept["form"] == FORM and sound else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None  # it is made anew from what people decided


def _keep(home: Home, order: LearnedOrder) -> None:
    kept = {"form": FORM} | {name: getattr(order, name) for name in KEPT}
    partial = home.order.with_suffix(f".{secrets.token_hex(4)}")
    partial.write_text(json.dumps(kept), encoding="utf-8")
    partial.replace(home.order)


def _is_fresh(snapshot: Snapshot, order: LearnedOrder) -> bool:
    """True while fewer than ten decisions were made or ended since, in this very store."""
    rows = snapshot.reading.history(Screening)
    newer = sum((row.made > order.act) + ((row.ended or 0) > order.act) for row in rows)
    return newer < DECISIONS and snapshot.reading.holds(order.act, order.token)


def _decided(snapshot: Snapshot) -> dict[int, bool]:
    """Document to whether it was included; what is open, or says nothing, is absent."""
    decided = {}
    for number, verdict in snapshot.verdicts.items():
        if verdict.outcome == Decision.include:
            decided[number] = True
        reasons = {row.reason for row in verdict.decisions}
        if verdict.outcome == Decision.exclude and KNOWN not in reasons:
            decided[number] = False
    return decided


def _examples(snapshot: Snapshot) -> list[Example]:
    """What is learned from."""
    profiles = [each.profile for each in snapshot.register.values()]
    examples = [Example(f"{each.title} {each.summary}", True) for each in profiles]
    others = look_alikes(shipped(LOOK_ALIKES))
    examples += [Example(f"{each.title} {each.summary}", False) for each in others]
    decided = _decided(snapshot)
    pages = [page for page in snapshot.pages if page.id in decided]
    for page, text in zip(pages, _texts(snapshot, pages), strict=True):
        examples.append(Example(text, decided[page.id], OF_A_PAGE))
    return examples


def _texts(snapshot: Snapshot, pages: Sequence[StoredDocument]) -> list[str]:
    """Of each page its title, its summary and how it begins."""
    openings: dict[int, str] = {}
    for batch in batches(page.revision for page in pages):
        openings |= documents.openings(snapshot.reading, batch, READ_CHARACTERS)
    return [openings[page.revision] for page in pages]


@part
def in_order(snapshot: Snapshot, pages: tuple[StoredDocument, ...]) -> list[StoredDocument]:
    """The pages, the likeliest first; list pages last.

    As of an earlier moment, or before anything was learned, relevance alone decides: what people
    said since then must not.
    """
    order = None if snapshot.moment.act is not None else learned_order(snapshot.workspace.home)
    by_relevance = {page.id: page.score or 0.0 for page in pages}
    ranks = _ranks(by_relevance)
    if order is not None:
        unscored = [page for page in pages if page.revision not in order.scores]
        for page, text in zip(unscored, _texts(snapshot, unscored), strict=True):
            order.scores[page.revision] = order.score(text)
        learned = _ranks({page.id: order.scores[page.revision] for page in pages})
        ranks = {number: rank + learned[number] for number, rank in ranks.items()}
    return sorted(
        pages,
        key=lambda page: (
            page.kind == PageKind.list_page,
            ranks[page.id],
            -by_relevance[page.id],
            page.id,
        ),
    )


def carried_by(snapshot: Snapshot, pages: Sequence[StoredDocument]) -> dict[int, list[str]]:
    """Document to the words that carried it in the order as it was learned; none if it was not."""
    order = None if snapshot.moment.act is not None else learned_order(snapshot.workspace.home)
    if order is None:
        return {}
    texts = _texts(snapshot, pages)
    return {page.id: order.carried_by(text) for page, text in zip(pages, texts, strict=True)}


def _ranks(values: Mapping[int, float]) -> dict[int, float]:
    """Each to its rank, the highest value 1; those that are level share the mean of theirs."""
    places: dict[float, list[int]] = {}
    for place, number in enumerate(sorted(values, key=lambda n: -values[n]), start=1):
        places.setdefault(values[number], []).append(place)
    means = {value: sum(those) / len(those) for value, those in places.items()}
    return {number: means[value] for number, value in values.items()}


def _counts(text: str) -> Counter[str]:
    """How often each word and each pair of words stands in a text."""
    words = WORD.findall(text.lower())
    counts = Counter(words)
    counts.update(map(" ".join, pairwise(words)))
    return counts
