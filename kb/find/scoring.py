"""How well entries fit what is looked for: by words in each field, and by letter n-grams."""

import fnmatch
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kb.find import narrowing
from kb.find.index_reading import Index
from kb.find.query import DATES, HasCode, HasDate, Node, Unit, Without, units
from kb.find.ranking import Ranking, bm25, gram_share, gram_weight, grams_typed, rarity
from kb.find.words import NAMES, shouted, stems, words_in
from kb.text.matcher import PASSED_OVER

NEAR_WORDS = 10  # how far apart the words of a phrase may stand that nothing holds
MOST_BEGINNINGS = 50  # stems that a word with a star stands for, the commonest
STALE = 2  # times as many entries as have an n-gram may have had it before they changed
MOST_KEPT = 1_000_000  # places of words that are kept read for the next query
LONG_TEXT = 400  # words: a longer text holds many words by chance


@dataclass
class Tally:
    """What has the things looked for, by entry."""

    words: dict[int, float] = field(default_factory=lambda: defaultdict(float))  # score
    covered: dict[int, float] = field(default_factory=lambda: defaultdict(float))  # of the weights
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # things it has
    forms: list[dict[int, tuple[float, str]]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    weights: float = 0.0


class Scoring:
    """An index with the weights by which it is read."""

    def __init__(self, index: Index, ranking: Ranking) -> None:
        self.index = index
        self.ranking = ranking
        self._read: dict[tuple[str, str], list[tuple[int, float]]] = {}

    def tally(self, nodes: Sequence[Node]) -> "Tally":
        """The entries that have each of the things looked for."""
        tally = Tally()
        for node in nodes:
            matches = self.node(node)
            weight = rarity(len(matches), self.index.count or 1)
            tally.weights += weight
            tally.without += [] if matches else [node.shown]
            tally.forms.append(matches)
            words, covered, counts = tally.words, tally.covered, tally.counts
            for number, (score, _form) in matches.items():  # of which there may be thousands
                words[number] += score
                covered[number] += weight
                counts[number] += 1
        return tally

    def together(
        self, tally: Tally, by_grams: Mapping[int, float], keep: set[int], count: int
    ) -> dict[int, float]:
        """The two opinions as one score; each in shares of the best of what is kept."""
        best_words = max((tally.words[n] for n in keep if n in tally.words), default=0.0) or 1.0
        best_grams = max((by_grams[n] for n in keep if n in by_grams), default=0.0) or 1.0
        breadth = [(has / count) ** self.ranking.breadth for has in range(count + 1)]
        return {
            n: breadth[tally.counts.get(n, 0)] * tally.words.get(n, 0.0) / best_words
            + self.ranking.grams * by_grams.get(n, 0.0) / best_grams
            for n in keep
        }

    def by_grams(self, text: str) -> tuple[dict[int, float], dict[int, float]]:
        """Entry to its score by letter n-grams, and to the share of them it has.

        One that is too common says nothing, for an entry or against it.
        """
        count = self.index.count or 1
        most = max(min(count * self.ranking.gram_common, self.ranking.gram_most), 1.0)
        scores: dict[int, float] = defaultdict(float)
        shares: dict[int, float] = defaultdict(float)
        total = 0.0
        # A name is nothing like other words of its letters.
        own = (word for word in text.split() if word not in PASSED_OVER and word not in NAMES)
        telling = " ".join(own)
        for gram, typed in grams_typed(telling).items():
            if self.index.frequency("grams", gram) > STALE * most:
                continue
            places = list(self.index.occurrences("grams", gram))
            if len(places) > most:
                continue
            weight = gram_weight(len(places), count)
            total += weight
            for number, often, grams in places:
                scores[number] += weight * typed * gram_share(often, grams, self.ranking)
                shares[number] += weight
        return scores, {number: part / total for number, part in shares.items()} if total else {}

    def node(self, node: Node, *, strictly: bool = False) -> dict[int, tuple[float, str]]:
        """Entry to its score for the thing, with the form that it holds.

        A phrase that nothing has word by word is met by what has its words near one another,
        unless asked for `strictly`.
        """
        if isinstance(node, Unit):
            exactly = self.unit(node)
            if exactly or strictly or not node.phrase:
                return exactly
            in_heading = replace(node, words=shouted(node.words))
            return (in_heading != node and self.unit(in_heading)) or self.near(node)
        if isinstance(node, HasCode):
            coded = narrowing.coded(self.index, node.facet, [node.code])
            return dict.fromkeys(self.index.with_pages(coded), (0.0, node.shown))
        if isinstance(node, HasDate):
            since, until = [node.when if node.name == each else "" for each in DATES]
            dated = narrowing.dated(self.index, since, until)
            return dict.fromkeys(self.index.with_pages(dated), (0.0, node.shown))
        if isinstance(node, Without):
            having = self.index.with_pages(self.node(node.part, strictly=True))
            return dict.fromkeys(self.index.every() - having, (0.0, node.shown))
        parts = [self.node(part, strictly=strictly) for part in node.parts]
        if not node.all:
            best: dict[int, tuple[float, str]] = {}
            for each in parts:
                for number, scored in each.items():
                    best[number] = max(best.get(number, scored), scored)
            return best
        both = set.intersection(*(set(each) for each in parts))
        return {
            number: (
                sum(each[number][0] for each in parts),
                " ".join(dict.fromkeys(each[number][1] for each in parts)),
            )
            for number in both
        }

    def near(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """What has the words of a phrase in their order, but not side by side."""
        stemmed = stems(" ".join(unit.words))
        near = {
            name: self.index.side_by_side(name, stemmed, NEAR_WORDS)
            for name in (self._fields(unit.field) if len(stemmed) > 1 else ())
        }
        scores = self._form(unit.words, unit.field, phrase=False)
        numbers = set[int]().union(*near.values())
        return {number: (scores[number], " … ".join(unit.words)) for number in numbers}

    def unit(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """Document number to the best score of any form of the unit, with that form."""
        best: dict[int, tuple[float, str]] = {}
        if unit.prefix:
            return self._beginning(unit)
        if not unit.others:
            shown, scores = " ".join(unit.words), self._form(unit.words, unit.field, unit.phrase)
            return {number: (score, shown) for number, score in scores.items()}
        forms = [(unit.words, 1.0, unit.phrase)]
        forms += [
            (tuple(other.split()), weight, len(other.split()) > 1) for other, weight in unit.others
        ]
        for words, weight, phrase in forms:
            shown = " ".join(words)
            for number, score in self._form(words, unit.field, phrase).items():
                if score * weight > best.get(number, (0.0, ""))[0]:
                    best[number] = (score * weight, shown)
        return best

    def _beginning(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """What holds a word that begins so, or one of its stem."""
        (word,) = unit.words
        word = "*".join("".join(words_in(part)) for part in word.split("*"))
        if "*" in word:
            fits = re.compile(fnmatch.translate(word)).match
            begun = stems(" ".join(filter(fits, self.index.vocabulary)))
        else:
            begun = stems(" ".join(e for e in self.index.vocabulary if e.startswith(word)))
        scores: dict[int, float] = defaultdict(float)
        for name, weight in self._fields(unit.field).items():
            whole = stems(word) if "*" not in word else []
            often = {each: self.index.frequency(name, each) for each in {*begun, *whole}}
            for each in sorted(often, key=lambda each: -often[each])[:MOST_BEGINNINGS]:
                for number, score in self._postings(name, each):
                    scores[number] = max(scores[number], weight * score)
        return {number: (score, unit.shown) for number, score in scores.items()}

    def _fields(self, only: str | None) -> dict[str, float]:
        weights = self.ranking.fields
        return {only: weights[only]} if only else dict(weights)

    def _form(self, words: Sequence[str], only: str | None, phrase: bool) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        fields = self._fields(only)
        stemmed = stems(" ".join(words))
        if not stemmed:
            return scores
        weights = {name: weight / len(stemmed) for name, weight in fields.items()}
        for name, weight in weights.items():
            beside = self.index.side_by_side(name, stemmed) if phrase and stemmed[1:] else None
            if beside is None and len(stemmed) == 1 and not scores:
                scores.update((n, weight * score) for n, score in self._postings(name, stemmed[0]))
                continue
            for each in stemmed:
                for number, score in self._postings(name, each):
                    if beside is None or number in beside:
                        scores[number] += weight * score
        return scores

    def _postings(self, name: str, stem: str) -> list[tuple[int, float]]:
        """Entries with the stem in the field, with their BM25 score; kept for the next query."""
        if (name, stem) not in self._read:
            if sum(map(len, self._read.values())) > MOST_KEPT:
                self._read.clear()
            places = list(self.index.occurrences(name, stem))
            rare = rarity(len(places), self.index.count)
            average = self.index.average_length(name)
            self._read[name, stem] = [
                (number, rare * bm25(often, length, average, self.ranking))
                for number, often, length in places
            ]
        return self._read[name, stem]

    def together_in_text(self, nodes: Sequence[Node]) -> set[int]:
        """The entries in whose text the first words of those things stand near one another."""
        words = [stems(" ".join(unit.words))[:1] for unit in units(nodes)]
        typed = [stem for each in words for stem in each]
        orders = (typed, typed[::-1])
        return set[int]().union(
            *(self.index.side_by_side("text", each, NEAR_WORDS) for each in orders)
        )

    def heads(self, node: Node) -> set[int]:
        """The entries that have the thing in their title, summary, body or codes."""
        entries: set[int] = set()
        for unit in units([node]):
            forms = [unit.words, *(tuple(other.split()) for other, _ in unit.others)]
            for form in forms:
                entries |= self._heads_of(form)
        return entries

    def _heads_of(self, words: Sequence[str]) -> set[int]:
        names = [name for name in self.ranking.fields if name != "text"]
        having = [
            {number for name in names for number, _ in self._postings(name, each)}
            for each in stems(" ".join(words))
        ]
        return set.intersection(*having) if having else set()
