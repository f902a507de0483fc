"""A search: what a query finds by words and by letter n-grams, ranked, and as it is shown."""

import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from kb.errors import Unknown
from kb.find import narrowing
from kb.find.entries import ExplainedHit, Filters, Hit, Matches, key
from kb.find.index import Index
from kb.find.query import DATES, HasCode, HasDate, Node, Query, Unit, Without, units
from kb.find.ranking import RANKING, Ranking, bm25, gram_share, gram_weight, grams_typed, rarity
from kb.find.words import stems, telling
from kb.text.described import DESCRIBED_AT, marked
from kb.text.matcher import PASSED_OVER, WORD

SNIPPET_WIDTH = 160
NEAR_WORDS = 10  # how far apart the words of a phrase may stand that nothing holds
MOST_BEGINNINGS = 50  # stems that a word with a star stands for, the commonest
LIKE_WORDS = 20
FEWEST_LETTERS = 3  # of a word that another is suggested for
LETTERS_MORE = 2  # or fewer, that it may have
MOST_ALIKE = 5
STALE = 2  # times as many entries as have an n-gram may have had it before they changed
MOST_KEPT = 1_000_000  # places of words that a search keeps read for the next query
LETTERS = "like it in letters"  # what stands for the words of a hit that has none


@dataclass
class _Tally:
    """What has the things looked for, by entry."""

    words: dict[int, float] = field(default_factory=lambda: defaultdict(float))  # score
    covered: dict[int, float] = field(default_factory=lambda: defaultdict(float))  # of the weights
    counts: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # things it has
    forms: list[dict[int, tuple[float, str]]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)  # what nothing holds
    weights: float = 0.0


class Search:
    """An index opened for searching."""

    def __init__(self, folder: Path, ranking: Ranking = RANKING) -> None:
        """Raises Missing where there is no index, or it is of another form, or damaged."""
        self.ranking = ranking
        self._index = Index(folder)
        self.words = self._index.words
        self._read: dict[tuple[str, str], list[tuple[int, float]]] = {}

    def close(self) -> None:
        """Gives back the files."""
        self._index.close()

    def best(self, query: Query, filters: Filters, *, limit: int) -> list[Hit]:
        """The best hits: those with all that is looked for first, then by score."""
        return self.hits(self.find(query, filters), limit=limit)

    def hits(self, matches: Matches, *, limit: int, explain: bool = False) -> list[Hit]:
        """The first matches as they are shown; with what their score is made of if asked."""
        hits = [self._hit(number, matches) for number in matches.numbers[:limit]]
        if not explain:
            return hits
        return [
            ExplainedHit(**vars(hit), why=[f"{form} {score:.2f}" for form, score in parts])
            for hit, parts in zip(hits, map(matches.why, matches.numbers), strict=False)
        ]

    def code(self, facet: str, code: str) -> str:
        """The code as the code book spells it; Unknown, naming the nearest, for none."""
        return narrowing.code_of(self.words, facet, code)

    def find(self, query: Query, filters: Filters, *, but: str = "") -> Matches:
        """Everything the query finds, best first; without the initiative of the slug `but`.

        What lacks something looked for is left out unless it shares enough of the rest, by
        words or by letter n-grams: a query that nothing answers finds nothing.
        """
        tiers = narrowing.tiers(self._index, filters, query)
        tally = self._tally(query.terms)
        by_grams, share = self._by_grams(query.typed)
        if query.terms:
            keep = {
                number
                for number in {*tally.words, *by_grams}
                if bool(but)  # likeness is a matter of degree
                or tally.counts[number] == len(query.terms)
                or share.get(number, 0.0) >= self.ranking.least_grams
                or tally.covered[number] >= self.ranking.least_words * tally.weights
            }
        else:
            keep = self._index.every() if query.narrows or filters.narrow else set()
        allowed = narrowing.allowed(self._index, filters, query)
        keep = keep if allowed is None else keep & allowed
        keep -= {self._slugs[but]} if but else set()
        for node in query.terms:
            if isinstance(node, Unit) and node.phrase:
                keep &= self._node(node).keys()
        for node in query.must:
            keep &= self._node(node, strictly=True).keys()
        for node in query.never:
            keep -= self._node(node, strictly=True).keys()
        scores = self._together(tally, by_grams, keep, len(query.terms) or 1)
        order = sorted(
            keep,
            key=lambda number: (
                tiers(number),
                tally.counts[number] < len(query.terms),
                -scores[number],
                number,
            ),
        )
        notes = (*query.notes, *self._nearby(query))
        return Matches(order, scores, tally.forms, share, tuple(tally.without), notes)

    def _tally(self, nodes: Sequence[Node]) -> "_Tally":
        """The entries that have each of the things looked for."""
        tally = _Tally()
        for node in nodes:
            matches = self._node(node)
            weight = rarity(len(matches), self._index.count or 1)
            tally.weights += weight
            tally.without += [] if matches else [node.shown]
            tally.forms.append(matches)
            for number, (score, _form) in matches.items():
                tally.words[number] += score
                tally.covered[number] += weight
                tally.counts[number] += 1
        return tally

    def _together(
        self, tally: _Tally, by_grams: Mapping[int, float], keep: set[int], count: int
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

    def _by_grams(self, text: str) -> tuple[dict[int, float], dict[int, float]]:
        """Entry to its score by letter n-grams, and to the share of them it has.

        One that is too common says nothing, for an entry or against it.
        """
        count = self._index.count or 1
        most = max(min(count * self.ranking.gram_common, self.ranking.gram_most), 1.0)
        scores: dict[int, float] = defaultdict(float)
        shares: dict[int, float] = defaultdict(float)
        total = 0.0
        telling = " ".join(word for word in text.split() if word not in PASSED_OVER)
        for gram, typed in grams_typed(telling).items():
            if self._index.frequency("grams", gram) > STALE * most:
                continue
            places = list(self._index.occurrences("grams", gram))
            if len(places) > most:
                continue
            weight = gram_weight(len(places), count)
            total += weight
            for number, often, grams in places:
                scores[number] += weight * typed * gram_share(often, grams, self.ranking)
                shares[number] += weight
        return scores, {number: part / total for number, part in shares.items()} if total else {}

    def _node(self, node: Node, *, strictly: bool = False) -> dict[int, tuple[float, str]]:
        """Entry to its score for the thing, with the form that it holds.

        A phrase that nothing has word by word is met by what has its words near one another,
        unless asked for `strictly`.
        """
        if isinstance(node, Unit):
            exactly = self._unit(node)
            return exactly if exactly or strictly or not node.phrase else self._near(node)
        if isinstance(node, HasCode):
            coded = narrowing.coded(self._index, node.facet, [node.code])
            return dict.fromkeys(coded, (0.0, node.shown))
        if isinstance(node, HasDate):
            since, until = [node.when if node.name == each else "" for each in DATES]
            return dict.fromkeys(narrowing.dated(self._index, since, until), (0.0, node.shown))
        if isinstance(node, Without):
            others = self._index.every() - self._node(node.part, strictly=True).keys()
            return dict.fromkeys(others, (0.0, node.shown))
        parts = [self._node(part, strictly=strictly) for part in node.parts]
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

    def _near(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """What has the words of a phrase in their order, but not side by side."""
        stemmed = stems(" ".join(unit.words))
        near = {
            name: self._index.side_by_side(name, stemmed, NEAR_WORDS)
            for name in (self._fields(unit.field) if len(stemmed) > 1 else ())
        }
        scores = self._form(unit.words, unit.field, phrase=False)
        numbers = set[int]().union(*near.values())
        return {number: (scores[number], " … ".join(unit.words)) for number in numbers}

    def _nearby(self, query: Query) -> list[str]:
        """For each phrase that nothing holds, how many hold its words near one another."""
        notes = []
        for unit in query.units:
            if unit.phrase and len(unit.words) > 1 and not self._unit(unit):
                *lead, last = unit.words
                near = len(self._near(unit))
                notes.append(f"no hit for {unit.shown}; {near} for {last} near {' '.join(lead)}")
        return notes

    def did_you_mean(self, matches: Matches, query: Query) -> list[str]:
        """Words that entries hold, each spelt nearly as one that none does."""
        words = {
            word
            for node in query.terms
            if node.shown in matches.without
            for unit in units([node])
            for word in unit.words
            if len(word) >= FEWEST_LETTERS and not unit.prefix
        }
        near = [self._nearest(word) for word in query.typed.split() if word in words]
        return [word for word in near if word]

    def _nearest(self, word: str) -> str | None:
        """The word of the vocabulary spelt most like one that it lacks, of these the commonest."""
        if self._frequency(word):
            return None
        alike = [
            each
            for each in self._index.vocabulary
            if each[:1] == word[:1] and abs(len(each) - len(word)) <= LETTERS_MORE
        ]
        near = process.extract(word, alike, scorer=fuzz.ratio, limit=MOST_ALIKE, score_cutoff=75)
        frequency = {each: often for each, *_ in near if (often := self._frequency(each))}
        # The slip most made is two letters in the other order.
        alikeness = {
            each: 1.0 if sorted(each) == sorted(word) else fuzz.ratio(word, each) / 100
            for each in frequency
        }
        return max(
            frequency, key=lambda each: (round(alikeness[each], 2), frequency[each]), default=None
        )

    def _frequency(self, word: str) -> int:
        """How many entries have the word in the field that has it most."""
        return max(
            (
                self._index.frequency(name, each)
                for name in self.ranking.fields
                for each in stems(word)
            ),
            default=0,
        )

    def facets(self, matches: Matches) -> dict[str, dict[str, int]]:
        """Facet to its codes with how many of what was found have each; none are left out."""
        numbers = set(matches.numbers)
        counted = {
            facet: {
                code: len(numbers.intersection(self._index.entries_with(facet, key(code))))
                for code in codes
            }
            for facet, codes in self.words.codes.items()
        }
        return {
            facet: {code: count for code, count in codes.items() if count}
            for facet, codes in counted.items()
        }

    def coded(self, matches: Matches, facet: str) -> dict[int, list[str]]:
        """Each id of what was found with its codes of the facet."""
        numbers = set(matches.numbers)
        coded: dict[int, list[str]] = {number: [] for number in matches.numbers}
        for code in self.words.codes.get(facet, ()):
            for number in self._index.entries_with(facet, key(code)):
                if number in numbers:
                    coded[number].append(code)
        return coded

    def undecided(self, query: Query) -> int:
        """How many pages the query finds that nobody screened and that belong to no initiative."""
        pages = self.find(query, Filters(part="documents")).numbers
        return len(set(pages) - set(self._index.entries_with("decided", "yes")))

    def slug_of(self, name: str) -> str:
        """The slug of an initiative by slug or number; Unknown, with the nearest, if none."""
        by_number = {str(self._index.kept(n)["number"]): slug for slug, n in self._slugs.items()}
        slug = by_number.get(name, name.casefold())
        if slug not in self._slugs:
            raise Unknown("initiative", name, self._slugs, where="the index")
        return slug

    def when(self, number: int) -> str:
        """The date of an entry: YYYY, YYYY-MM or YYYY-MM-DD; "" for none."""
        return str(self._index.kept(number)["when"])

    def words_of(self, slug: str) -> list[Unit]:
        """The rarest words of an initiative, by which others like it are found."""
        kept = self._index.kept(self._slugs[slug])
        count = self._index.count or 1
        words = dict.fromkeys(WORD.findall(f"{kept['title']} {kept['summary']}".casefold()))

        def rare(word: str) -> float:
            stemmed = stems(word)
            often = [self._index.frequency("summary", each) for each in stemmed]
            return rarity(often[0], count) if often and often[0] > 1 else 0.0

        rarest = sorted(words, key=rare, reverse=True)[:LIKE_WORDS]
        return [Unit((word,)) for word in words if word in rarest]

    @cached_property
    def _slugs(self) -> dict[str, int]:
        numbers = self._index.entries_with("part", "register")
        return {self._index.kept(number)["slug"]: number for number in numbers}

    def _unit(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """Document number to the best score of any form of the unit, with that form."""
        best: dict[int, tuple[float, str]] = {}
        if unit.prefix:
            return self._beginning(unit)
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
        if "*" in word:
            fits = re.compile(fnmatch.translate(word)).match
            begun = stems(" ".join(filter(fits, self._index.vocabulary)))
        else:
            begun = stems(" ".join(e for e in self._index.vocabulary if e.startswith(word)))
        scores: dict[int, float] = defaultdict(float)
        for name, weight in self._fields(unit.field).items():
            whole = stems(word) if "*" not in word else []
            often = {each: self._index.frequency(name, each) for each in {*begun, *whole}}
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
            beside = self._index.side_by_side(name, stemmed) if phrase and stemmed[1:] else None
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
            places = list(self._index.occurrences(name, stem))
            rare = rarity(len(places), self._index.count)
            average = self._index.average_length(name)
            self._read[name, stem] = [
                (number, rare * bm25(often, length, average, self.ranking))
                for number, often, length in places
            ]
        return self._read[name, stem]

    def _hit(self, number: int, matches: Matches) -> Hit:
        stored = self._index.kept(number)
        matched = matches.matched(number) or [LETTERS] * (number in matches.letters)
        text = stored["summary"] if stored["part"] == "register" else stored["text"]
        return Hit(
            id=stored["number"],
            slug=stored.get("slug"),
            document=stored.get("document"),
            title=stored["title"],
            organisation=stored["organisation"],
            url=stored["url"],
            score=round(matches.scores[number], 4),
            snippet=_told(stored["url"])
            + _snippet(text or stored["summary"], [each for each in matched if each != LETTERS]),
            matched=matched,
        )


def _told(url: str) -> str:
    """The mark of what was described to us, and stands on no page; "" for a page."""
    day = url.removeprefix(DESCRIBED_AT).partition("/")[0]
    return marked("", date.fromisoformat(day)) if url.startswith(DESCRIBED_AT) else ""


def _snippet(text: str, forms: Iterable[str]) -> str:
    """The passage around the first matched word, cut at words, on one line."""
    flat = " ".join(text.split())
    words = [word for form in forms for word in form.split()]
    stemmed = set(stems(" ".join(telling(words) or words)))
    places = (
        match.start()
        for match in WORD.finditer(flat)
        if not stemmed.isdisjoint(stems(match.group()))
    )
    at = max(0, next(places, 0) - SNIPPET_WIDTH // 3)
    start = flat.rfind(" ", 0, at) + 1 if at else 0
    cut = flat[start : start + SNIPPET_WIDTH]
    if start + SNIPPET_WIDTH < len(flat):
        cut = cut.rsplit(" ", 1)[0] + " …"
    return ("… " if start else "") + cut
