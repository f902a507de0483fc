"""How hits are ranked: the weights, and the two scores that are added.

The first score is by words: BM25 in each field (Robertson and Zaragoza 2009, "The Probabilistic
Relevance Framework", section 3). The second is by n-grams of four letters, which misspelt and
run-together words share with what was meant. The numbers were chosen by cross-validation
over judged queries: `python -m tests.benchmarks.ranking`.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kb.text.matcher import WORD

GRAM = 4  # letters


@dataclass(frozen=True)
class Ranking:
    """What weighs how much."""

    fields: Mapping[str, float] = field(
        default_factory=lambda: {
            "title": 3.0,
            "organisation": 1.5,
            "summary": 1.2,
            "tags": 0.8,
            "text": 1.0,
        }
    )
    k1: float = 1.2
    b: float = 0.6
    breadth: float = 3.0  # power of the share of what is looked for that a hit has
    grams: float = 0.9  # what the best by n-grams weighs, the best by words being 1
    gram_root: float = 0.1  # power of the number of n-grams by which long entries weigh less
    gram_common: float = 0.15  # share of all entries above which an n-gram says nothing
    gram_most: int = 400  # entries above which it is too common to be worth its time
    least_grams: float = 0.2  # weight of a query's n-grams that a hit without all words must have
    least_words: float = 0.55  # or of its words


RANKING = Ranking()


def bm25(often: float, length: float, average: float, ranking: Ranking) -> float:
    """What a word that often in a field of that length counts, before its rarity."""
    norm = ranking.k1 * (1 - ranking.b + ranking.b * length / (average or 1.0))
    return often * (ranking.k1 + 1) / (often + norm)


def rarity(frequency: int, count: int) -> float:
    """The logarithm by which a word in so many of all entries weighs; never below 0."""
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))


def gram_weight(frequency: int, count: int) -> float:
    """The weight of an n-gram that so many of all entries have."""
    weight = math.log((1 + count) / (1 + frequency)) + 1
    return weight * weight


def gram_share(often: float, total: float, ranking: Ranking) -> float:
    """What an n-gram counts that occurs so often among so many."""
    return (1 + math.log(often)) / math.pow(max(total, 1.0), ranking.gram_root)


def grams(text: str) -> Iterator[str]:
    """Every n-gram of four letters of the words, each with a space before and after it."""
    for word in WORD.findall(text.casefold()):
        spaced = f" {word} "
        if len(spaced) <= GRAM:
            yield spaced
        else:
            yield from (spaced[at : at + GRAM] for at in range(len(spaced) - GRAM + 1))


def grams_typed(text: str) -> dict[str, float]:
    """Each n-gram of a query with how much its repetition counts."""
    return {gram: 1 + math.log(often) for gram, often in Counter(grams(text)).items()}
