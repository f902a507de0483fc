"""Guesses how an initiative would be coded, from how those most like it were coded.

The nearest of the register by cosine of TF-IDF (Salton and Buckley 1988, "Term-weighting
approaches in automatic text retrieval") vote, each by how near it is. A guess is offered to a
person to accept; it is never stored by itself.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kb.text.matcher import fold

NEAREST = 9
TITLE_COUNTS = 3  # a word of the title as much as so many of the text
MOST_WORDS = 400  # what a page offers is said in its first paragraphs
SHARE = 0.5  # of the votes from which a code of a many-valued facet is guessed


@dataclass(frozen=True)
class CodedExample:
    """What was coded before: its words, whose it is, its codes."""

    title: str
    text: str
    kind_of_body: str
    tags: Mapping[str, Collection[str]]


class Guesser:
    """Guesses codes from what the register holds; an empty register guesses nothing."""

    def __init__(self, examples: Iterable[CodedExample]) -> None:
        self._examples = list(examples)
        counts = [_counts(each.title, each.text, each.kind_of_body) for each in self._examples]
        self._frequency = Counter(word for words in counts for word in words)
        self._vectors = [self._vector(words) for words in counts]

    def codes(
        self,
        title: str,
        text: str,
        kind_of_body: str,
        *,
        one: Collection[str],
        many: Collection[str],
    ) -> dict[str, list[str]]:
        """Facet to guessed codes: one for each of `one`, those half would give for `many`."""
        page = self._vector(_counts(title, text, kind_of_body))
        near = sorted(
            ((_cosine(page, other), place) for place, other in enumerate(self._vectors)),
            reverse=True,
        )[:NEAREST]
        votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for similarity, place in near:
            for facet, codes in self._examples[place].tags.items():
                for code in codes:
                    votes[facet][code] += similarity**2
        total = sum(similarity**2 for similarity, _ in near)
        guesses = {facet: _best(votes[facet], 1, 0.0) for facet in one}
        guesses |= {facet: _best(votes[facet], 3, SHARE * total) for facet in many}
        return {facet: codes for facet, codes in guesses.items() if codes}

    def _vector(self, counts: Mapping[str, int]) -> dict[str, float]:
        whole = 1 + len(self._examples)
        weighed = {
            word: (1 + math.log(count)) * math.log(whole / (1 + self._frequency[word]) + 1)
            for word, count in counts.items()
        }
        length = math.sqrt(sum(weight**2 for weight in weighed.values())) or 1.0
        return {word: weight / length for word, weight in weighed.items()}


def _counts(title: str, text: str, kind_of_body: str) -> Counter[str]:
    words = fold(text).split()[:MOST_WORDS]
    counts = Counter(word for word in words if len(word) > 2)
    for word in fold(title).split():
        counts[word] += TITLE_COUNTS
    if kind_of_body:
        counts[f"body:{kind_of_body}"] += TITLE_COUNTS
    return counts


def _cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    short, long = (one, other) if len(one) < len(other) else (other, one)
    return sum(weight * long.get(word, 0.0) for word, weight in short.items())


def _best(votes: Mapping[str, float], most: int, least: float) -> list[str]:
    ranked = sorted(votes, key=lambda code: (-votes[code], code))
    return [code for code in ranked[:most] if votes[code] > least]
