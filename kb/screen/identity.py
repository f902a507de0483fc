"""Is this the same initiative? A score with its reasons, from titles, bodies and what a page names.

The same title at another body is not the same initiative: "Anti-racism pledge" exists at dozens
of trusts. The same initiative under two titles at one body often is. A body that takes on
somebody else's scheme is an adopter of it.

    score = one body: 0.25 + 0.75 * titles      parent or part: 0.15 + 0.75 * titles
            another body: 0.45 * titles, or 0.6 where a page names the other's scheme and body

`titles` compares what is left of two titles without the names of their bodies: the words they
share, each weighed by how rare it is in the register (Dice), or the whole as a string, the larger.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from kb.text.matcher import fold

SAME = 0.68  # from here on two are offered as one and the same
WORTH_SHOWING = 0.4
COMPARED = 25  # as many as share most with a title are compared in full
ONE_BODY, RELATED, ADOPTER = 0.25, 0.15, 0.6
BY_TITLES, ELSEWHERE = 0.75, 0.45
ALIKE = 0.92  # two words less apart than this are one word, misspelt or inflected
STOP = frozenset("a an and as at by for from in into nhs of on our the to with its their".split())
ACRONYM = re.compile(r"\b(?!NHS\b)[A-Z]{3,}\b")


@dataclass(frozen=True)
class Named:
    """What an initiative, or a page about one, is called and whose it is."""

    title: str
    body: str  # the declared name
    spellings: tuple[str, ...] = ()  # every name of the body
    related: frozenset[str] = frozenset()  # bodies it is part of, or that are part of it
    text: str = ""  # of a page

    @cached_property
    def names(self) -> frozenset[str]:
        """The folded names of the body."""
        return frozenset(fold(name) for name in (self.body, *self.spellings)) - {""}

    @cached_property
    def folded(self) -> str:
        """The title as its words."""
        return fold(self.title)

    @cached_property
    def all_words(self) -> str:
        """Title and text as words, one space at each side."""
        return f" {self.folded} {fold(self.text)} "

    def left(self, other: "Named") -> list[str]:
        """The words of the title without the names of either body and without small words."""
        words = f" {self.folded} "
        for name in sorted(self.names | other.names, key=len, reverse=True):
            if name in words:
                words = words.replace(f" {name} ", " ")
        return [word for word in words.split() if word not in STOP] or self.folded.split()


@dataclass(frozen=True)
class Similarity:
    """How likely two are the same, 0 to 1, and why; `adopts`: one takes on the other's scheme."""

    score: float
    reasons: tuple[str, ...]
    adopts: bool = False

    @property
    def same(self) -> bool:
        """True where the two are to be offered as one."""
        return self.score >= SAME and not self.adopts


class Similarities:
    """Compares by how rare each word is in the titles it was made from."""

    def __init__(self, titles: Iterable[str], known: Mapping[int, Named] | None = None) -> None:
        in_titles = [set(fold(title).split()) for title in titles]
        self._count = len(in_titles) + 1
        self._frequency = Counter(word for words in in_titles for word in words)
        self._known = known or {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for number, each in self._known.items():
            for word in set(each.folded.split()) - STOP:
                self._by_word[word].append(number)

    def weight(self, word: str) -> float:
        """How much a word tells: its inverse document frequency in the titles."""
        return math.log(1 + self._count / (1 + self._frequency[word]))

    def of(self, page: Named, known: Named) -> Similarity:
        """How likely the page is about the known initiative."""
        titles = self.titles(page, known)
        reasons = [f"titles {titles:.2f} alike"] if titles >= WORTH_SHOWING else []
        if page.body and page.body == known.body:
            reasons.append("same body")
            return _similarity(ONE_BODY + BY_TITLES * titles, reasons)
        if known.body in page.related or page.body in known.related:
            reasons.append(f"{known.body} is related to {page.body}")
            return _similarity(RELATED + BY_TITLES * titles, reasons)
        if self._takes_on(page, known):
            names = f"names {known.title!r} of {known.body}"
            return Similarity(ADOPTER, (*reasons, names), adopts=True)
        reasons.append(f"another body: {known.body}")
        return _similarity(ELSEWHERE * titles, reasons)

    def best_matches(self, page: Named, *, most: int = 3) -> list[tuple[int, Similarity]]:
        """The known initiatives most like the page, the likeliest first; none if nothing is alike.

        Only those that share the rarest words with the title are compared, and those whose
        whole title the page names.
        """
        shared: dict[int, float] = defaultdict(float)
        for word in set(page.folded.split()) - STOP:
            for number in self._by_word.get(word, ()):
                shared[number] += self.weight(word)
        near = nlargest(COMPARED, shared, key=lambda number: (shared[number], -number))
        near += [n for n, each in self._known.items() if f" {each.folded} " in page.all_words]
        compared = ((number, self.of(page, self._known[number])) for number in dict.fromkeys(near))
        worth = [pair for pair in compared if pair[1].score >= WORTH_SHOWING]
        return sorted(worth, key=lambda pair: (-pair[1].score, pair[0]))[:most]

    def titles(self, one: Named, other: Named) -> float:
        """How alike two titles are without the names of their bodies, 0 to 1."""
        a, b = one.left(other), other.left(one)
        if not a or not b:
            return 0.0
        whole = fuzz.token_sort_ratio(" ".join(a), " ".join(b)) / 100
        of_a, of_b = self._share(a, b), self._share(b, a)
        total_a, total_b = sum(map(self.weight, a)), sum(map(self.weight, b))
        dice = (of_a + of_b) / (total_a + total_b)
        contained = max(
            of_a / total_a if len(a) > 2 else 0.0,
            of_b / total_b if len(b) > 2 else 0.0,
            float(_abbreviates(one, other) or _abbreviates(other, one)),
        )
        return max(dice, whole, 0.85 * contained)

    def _share(self, words: list[str], others: Collection[str]) -> float:
        return sum(self.weight(word) for word in words if _among(word, others))

    def _takes_on(self, page: Named, known: Named) -> bool:
        """True where the page names a scheme by its whole title, and whose it is."""
        words = [word for word in known.folded.split() if word not in STOP]
        telling = sum(map(self.weight, words)) >= math.log(self._count)
        if len(words) < 2 or not telling or f" {known.folded} " not in page.all_words:
            return False
        return any(f" {name} " in page.all_words for name in known.names)


def _similarity(score: float, reasons: list[str]) -> Similarity:
    return Similarity(round(min(1.0, score), 4), tuple(reasons))


def _among(word: str, words: Collection[str]) -> bool:
    if word in words:
        return True
    return len(word) > 4 and any(JaroWinkler.similarity(word, each) >= ALIKE for each in words)


def _abbreviates(short: Named, long: Named) -> bool:
    """True where a word in capitals of one title is first letters of the other's words."""
    initials = "".join(word[0] for word in long.folded.split() if word not in STOP)
    return any(word.casefold() in initials for word in ACRONYM.findall(short.title))
