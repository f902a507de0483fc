"""Is this the same initiative? A score with its reasons, from titles, bodies and what a page names.

The same title at another body is not the same initiative: "Anti-racism pledge" exists at dozens
of trusts; of a name that tells it from others it is that scheme, taken on there. The same
initiative under two titles at one body often is one. A name that holds another's whole is that of
a part; names that differ in a number, a year, a cohort or a part are kin, and not one.

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
from enum import StrEnum
from functools import cached_property
from heapq import nlargest

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from kb.text.matcher import fold

UNKNOWN_BODY = "unknown"  # as an inclusion stores a body that no source names
SAME = 0.68  # from here on two are offered as one and the same
WORTH_SHOWING = 0.4
COMPARED = 25  # as many as share most with a title are compared in full
ONE_BODY, RELATED, ADOPTER = 0.25, 0.15, 0.6
BY_TITLES, ELSEWHERE = 0.75, 0.45
ALIKE = 0.92  # two words less apart than this are one word, misspelt or inflected
STOP = frozenset("a an and as at by for from in into nhs of on our the to with its their".split())
SUBTITLE = re.compile(r"\s*[:(–—|]|\s-\s")
# Words that a page puts beside a name, and that make nothing of it a part.
SAID_BESIDE = frozenset(
    "about apply case explained full home information initiative introducing join launch launches "
    "new now overview page programme project report scheme study update work year".split()
)
TELLING = 0.4  # of the log of all titles: less says little
PART = re.compile(
    r"\b(part|phase|cohort|wave|volume|vol|edition|round|stage|tranche)\.?\s+"
    r"(\d+|[ivx]+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
)
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

    @property
    def knows_its_body(self) -> bool:
        """True where somebody said whose it is."""
        return self.body not in ("", UNKNOWN_BODY)

    @cached_property
    def folded(self) -> str:
        """The title as its words."""
        return fold(self.title)

    @cached_property
    def all_words(self) -> str:
        """Title and text as words, one space at each side."""
        return f" {self.folded} {fold(self.text)} "

    def main(self, other: "Named") -> list[str]:
        """The same words of the title without what stands behind a colon, a dash or a bracket."""
        title = SUBTITLE.split(self.title, maxsplit=1)[0]
        return Named(title, self.body, self.spellings).left(other)

    def left(self, other: "Named") -> list[str]:
        """The words of the title without the names of either body and without small words."""
        words = f" {self.folded} "
        for name in sorted(self.names | other.names, key=len, reverse=True):
            if name in words:
                words = words.replace(f" {name} ", " ")
        return [word for word in words.split() if word not in STOP] or self.folded.split()


class Kinship(StrEnum):
    """What two that look alike may be to each other."""

    one = "one"
    part = "part of"
    kin = "kin"
    adopts = "adopts"


@dataclass(frozen=True)
class Similarity:
    """How alike two are, 0 to 1, why, and what they may be to each other."""

    score: float
    reasons: tuple[str, ...]
    kinship: Kinship = Kinship.one

    @property
    def same(self) -> bool:
        """True where the two are to be offered as one."""
        return self.score >= SAME and self.kinship == Kinship.one

    @property
    def part(self) -> bool:
        """True where one is to be offered as a part of the other."""
        return self.score >= SAME and self.kinship == Kinship.part

    @property
    def adopts(self) -> bool:
        """True where one takes on the other's scheme."""
        return self.kinship == Kinship.adopts


class Similarities:
    """Compares by how rare each word is in the titles it was made from."""

    def __init__(self, titles: Iterable[str], known: Mapping[int, Named] | None = None) -> None:
        in_titles = [set(fold(title).split()) for title in titles]
        self._count = len(in_titles) + 1
        self._frequency = Counter(word for words in in_titles for word in words)
        self._known = known or {}
        self._weights: dict[str, float] = {}
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_rarest: dict[str, list[int]] = defaultdict(list)  # the word of a title that tells
        for number, each in self._known.items():
            words = each.folded.split()
            for word in set(words) - STOP:
                self._by_word[word].append(number)
            if words:
                self._by_rarest[max(words, key=self.weight)].append(number)

    def weight(self, word: str) -> float:
        """How much a word tells: its inverse document frequency in the titles."""
        weight = self._weights.get(word)
        if weight is None:
            weight = math.log(1 + self._count / (1 + self._frequency[word]))
            self._weights[word] = weight
        return weight

    def of(self, page: Named, known: Named) -> Similarity:
        """How likely the page is about the known initiative."""
        titles = self.titles(page, known)
        reasons = [f"titles {titles:.2f} alike"] if titles >= WORTH_SHOWING else []
        nameless = [each for each in (page, known) if not each.knows_its_body]
        if nameless and titles >= ALIKE and self._tells(known.folded):
            reasons.append(
                "whose it is is not known" if len(nameless) == 1 else "nor whose they are"
            )
            return self._kinship(page, known, titles, reasons)
        if page.knows_its_body and page.body == known.body:
            reasons.append("same body")
            return self._kinship(page, known, ONE_BODY + BY_TITLES * titles, reasons)
        if known.body in page.related or page.body in known.related:
            reasons.append(f"{known.body} is related to {page.body}")
            return self._kinship(page, known, RELATED + BY_TITLES * titles, reasons)
        if self._takes_on(page, known):
            names = f"names {known.title!r} of {known.body}"
            return Similarity(ADOPTER, (*reasons, names), Kinship.adopts)
        reasons.append(f"another body: {known.body}")
        if titles >= ALIKE and page.body and self._tells(known.folded):
            return Similarity(ADOPTER, tuple(reasons), Kinship.adopts)
        return _similarity(ELSEWHERE * titles, reasons)

    def _kinship(self, page: Named, known: Named, score: float, reasons: list[str]) -> Similarity:
        """One, a part or kin, of two at one body or at related ones."""
        numbers = differing_numbers(page.title, known.title)
        if numbers:
            return _similarity(score, [*reasons, f"another number: {numbers}"], Kinship.kin)
        if self._holds(page, known):
            why = f"{page.title!r} holds the other's name whole"
            return _similarity(score, [*reasons, why], Kinship.part)
        return _similarity(score, reasons)

    def _holds(self, holder: Named, held: Named) -> bool:
        """True where one name holds the other's whole, with words before or behind that tell.

        The other way round a name is but shortened.
        """
        words, part = holder.main(held), held.main(holder)
        for at in range(len(words) - len(part) + 1 if len(part) > 1 else 0):
            if words[at : at + len(part)] == part:
                beside = words[:at] + words[at + len(part) :]
                said = SAID_BESIDE | set(held.folded.split())
                extra = [word for word in beside if word not in said and not word.isdigit()]
                return sum(map(self.weight, extra)) >= TELLING * math.log(self._count)
        return False

    def _tells(self, folded: str) -> bool:
        words = [word for word in folded.split() if word not in STOP]
        return len(words) > 1 and sum(map(self.weight, words)) >= math.log(self._count)

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
        near += self._named_whole(page)
        compared = ((number, self.of(page, self._known[number])) for number in dict.fromkeys(near))
        worth = [pair for pair in compared if pair[1].score >= WORTH_SHOWING]
        return sorted(worth, key=lambda pair: (-pair[1].score, pair[0]))[:most]

    def _named_whole(self, page: Named) -> list[int]:
        """The known whose whole title the page names: those alone whose rarest word it has."""
        words = self._by_rarest.keys() & set(page.all_words.split())
        found = [
            number
            for word in words
            for number in self._by_rarest[word]
            if f" {self._known[number].folded} " in page.all_words
        ]
        return sorted(found)

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
        if not self._tells(known.folded) or f" {known.folded} " not in page.all_words:
            return False
        return any(f" {name} " in page.all_words for name in known.names)


def _similarity(score: float, reasons: list[str], kinship: Kinship = Kinship.one) -> Similarity:
    return Similarity(round(min(1.0, score), 4), tuple(reasons), kinship)


def differing_numbers(one: str, other: str) -> str:
    """The numbers, years, cohorts or parts by which two titles differ; "" where they do not.

    A number that one has and the other lacks says nothing; a cohort or a part does.
    """
    a, b = (set(re.findall(r"\d+", title)) for title in (one, other))
    parts_a, parts_b = (set(PART.findall(title.casefold())) for title in (one, other))
    if parts_a != parts_b:
        return ", ".join(sorted(" ".join(each) for each in parts_a ^ parts_b))
    apart = a - b and b - a
    return ", ".join(sorted(a ^ b)) if apart else ""


def _among(word: str, words: Collection[str]) -> bool:
    if word in words:
        return True
    return len(word) > 4 and any(JaroWinkler.similarity(word, each) >= ALIKE for each in words)


def _abbreviates(short: Named, long: Named) -> bool:
    """True where a word in capitals of one title is first letters of the other's words."""
    initials = "".join(word[0] for word in long.folded.split() if word not in STOP)
    return any(word.casefold() in initials for word in ACRONYM.findall(short.title))
