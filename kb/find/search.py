"""A search: what a query finds, in the order in which it is shown.

What is known comes first: those with all that is looked for before those with some, initiatives
before pages that belong to none, a page of an initiative under it. Pages that nobody would be
offered (below the threshold, lists, left out) come last.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path

from kb.errors import Unknown
from kb.find import narrowing, spelling
from kb.find.entries import LETTERS, ExplainedHit, Filters, Hit, Matches, key
from kb.find.index_reading import Index
from kb.find.query import Query, Unit, Without, as_typed
from kb.find.ranking import RANKING, Ranking, rarity
from kb.find.scoring import LONG_TEXT, Scoring, Tally
from kb.find.snippets import snippet
from kb.find.words import stems
from kb.text.described import DESCRIBED_AT, marked
from kb.text.matcher import WORD

LIKE_WORDS = 20
SAID_OF_IT = ("role", "reach", "status")  # what an initiative is, in short


class Search:
    """An index opened for searching."""

    def __init__(self, folder: Path, ranking: Ranking = RANKING) -> None:
        """Raises Missing where there is no index, or it is of another form, or damaged."""
        self.ranking = ranking
        self._index = Index(folder)
        self._scoring = Scoring(self._index, ranking)
        self.words = self._index.words

    def close(self) -> None:
        """Gives back the files."""
        self._index.close()

    def best(self, query: Query, filters: Filters, *, limit: int) -> list[Hit]:
        """The best hits, as `find` orders them."""
        return self.hits(self.find(query, filters), limit=limit)

    def hits(self, matches: Matches, *, limit: int, explain: bool = False) -> list[Hit]:
        """The first matches as they are shown; with what their score is made of if asked."""
        first = matches.numbers[:limit]
        shown = replace(matches, numbers=first)
        coded = {facet: self.coded(shown, facet) for facet in SAID_OF_IT}
        hits = [self._hit(number, matches, coded) for number in first]
        if not explain:
            return hits
        return [
            ExplainedHit(**vars(hit), why=[f"{form} {score:.2f}" for form, score in parts])
            for hit, parts in zip(hits, map(self._why(matches), first), strict=True)
        ]

    @staticmethod
    def _why(matches: Matches) -> Callable[[int], list[tuple[str, float]]]:
        """What each part of a score is, of an entry or of the first of its pages."""

        def why(number: int) -> list[tuple[str, float]]:
            pages = matches.under.get(number, ())
            return matches.why(number) or [part for page in pages[:1] for part in matches.why(page)]

        return why

    def code(self, facet: str, code: str) -> str:
        """The code as the code book spells it; Unknown, naming the nearest, for none."""
        return narrowing.code_of(self.words, facet, code)

    def find(self, query: Query, filters: Filters, *, but: str = "") -> Matches:
        """Everything the query finds, best first; without the initiative of the slug `but`.

        What lacks something looked for is left out unless it shares enough of the rest, by
        words or by letter n-grams: a query that nothing answers finds nothing.
        """
        tally = self._scoring.tally(query.terms)
        by_grams, share = self._scoring.by_grams(query.typed)
        keep = self._kept(query, filters, tally, share, by_grams, but)
        allowed = narrowing.allowed(self._index, replace(filters, part=None), query)
        if allowed is not None:
            keep = {number for number in keep if allowed & self._with_head(number)}
        if filters.part == "documents":
            keep -= self._register
        scores = self._scoring.together(tally, by_grams, keep, len(query.terms) or 1)
        tiers, last = narrowing.tiers(self._index, filters, query), self._last
        whole = self._whole(query, tally, keep)
        alone = filters.part == "documents"
        known = self._register | (set() if alone else self._index.owners.keys())
        order = sorted(
            keep,
            key=lambda number: (
                min(tiers(number), tiers(self._head(number))),
                number in last,
                number not in whole,
                number not in known,
                -scores[number],
                number,
            ),
        )
        forms, notes = tally.forms, (*query.notes, *self._nearby(query))
        found = Matches(order, scores, forms, share, tuple(tally.without), notes)
        if alone:
            return found
        grouped = self._grouped(found)
        if filters.part != "register":
            return grouped
        register = [number for number in grouped.numbers if number in self._register]
        return replace(grouped, numbers=register)

    def _head(self, number: int) -> int:
        """The initiative that a page belongs to; anything else itself."""
        return self._index.owners.get(number, number)

    def _with_head(self, number: int) -> set[int]:
        """The entry, with the initiative that it is a page of."""
        return {number, self._head(number)}

    def _kept(
        self,
        query: Query,
        filters: Filters,
        tally: Tally,
        share: Mapping[int, float],
        by_grams: Mapping[int, float],
        but: str,
    ) -> set[int]:
        """The entries that have enough of what is looked for, and all that they must."""
        ranking, node = self.ranking, self._scoring.node
        counts, covered, wanted = tally.counts, tally.covered, len(query.terms)
        least = ranking.least_words * tally.weights
        keep = {*tally.words, *by_grams}
        if not query.terms:
            keep = self._index.every() if query.narrows or filters.narrow else set()
        elif all(as_typed(each) in query.must for each in query.terms):
            pass  # what must be there is looked at below, in a page and its initiative together
        elif not but:  # else likeness is a matter of degree
            keep = {
                number
                for number in keep
                if counts.get(number, 0) == wanted
                or share.get(number, 0.0) >= ranking.least_grams
                or covered.get(number, 0.0) >= least
            }
        keep -= self._index.with_pages([self._slugs[but]] if but else [])
        for each in query.terms:
            if not (isinstance(each, Unit) and each.phrase):
                continue
            if as_typed(each) not in query.must and (wanted == 1 or not each.initials):
                keep &= node(each).keys()
        for each in query.must:
            must = node(each, strictly=True).keys()
            # What may not be there must be in neither, the page nor its initiative.
            enough = all if isinstance(each, Without) else any
            keep = {n for n in keep if enough(one in must for one in self._with_head(n))}
        for each in query.never:
            never = node(each, strictly=True).keys()
            keep = {number for number in keep if not never & self._with_head(number)}
        return keep

    def _whole(self, query: Query, tally: Tally, keep: set[int]) -> set[int]:
        """The entries that have all that is looked for.

        A long text holds every word once by chance: there they must stand in what names it, or
        near one another.
        """
        wanted, counts = len(query.terms), tally.counts
        whole = {number for number in keep if counts.get(number, 0) == wanted}
        length = self._index.length
        long = {n for n in whole - self._register if length("text", n) > LONG_TEXT}
        if long and len(query.terms) > 1:
            named = set.intersection(*(self._scoring.heads(node) for node in query.terms))
            whole -= long - named - self._scoring.together_in_text(query.terms)
        return whole

    def _grouped(self, matches: Matches) -> Matches:
        """With pages under the initiative that they belong to, each of these once."""
        places: dict[int, None] = {}
        under: dict[int, list[int]] = defaultdict(list)
        scores = dict(matches.scores)
        for number in matches.numbers:
            head = self._head(number)
            if head != number:
                under[head].append(number)
                scores[head] = max(scores.get(head, 0.0), scores[number])
            places.setdefault(head)
        return replace(matches, numbers=list(places), scores=scores, under=under)

    def _nearby(self, query: Query) -> list[str]:
        """For each phrase that nothing holds, how many hold its words near one another."""
        notes = []
        for unit in query.units:
            if unit.phrase and len(unit.words) > 1 and not self._scoring.unit(unit):
                *lead, last = unit.words
                near = len(self._scoring.near(unit))
                notes.append(f"no hit for {unit.shown}; {near} for {last} near {' '.join(lead)}")
        return list(dict.fromkeys(notes))

    def did_you_mean(self, matches: Matches, query: Query) -> list[str]:
        """Words that entries hold, each spelt nearly as one that none does."""
        return spelling.did_you_mean(self._scoring, matches, query)

    def facets(self, matches: Matches) -> dict[str, dict[str, int]]:
        """Facet to its codes with how many of what was found have each; none are left out.

        A page has the codes of its initiative.
        """
        found: dict[int, set[int]] = defaultdict(set)  # by the entry that may have the code
        for number in matches.numbers:
            for entry in self._with_head(number):
                found[entry].add(number)
        counted = {
            facet: {
                code: len(
                    set[int]().union(*(found.get(n, ()) for n in self._coded_so(facet, code)))
                )
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
        coded: dict[int, list[str]] = {number: [] for number in matches.numbers}
        for code in self.words.codes.get(facet, ()):
            for number in self._coded_so(facet, code):
                if number in coded:
                    coded[number].append(code)
        return coded

    def _coded_so(self, facet: str, code: str) -> list[int]:
        return self._index.entries_with(facet, key(code))

    def is_initiative(self, number: int) -> bool:
        """True for an entry that is an initiative, and no page."""
        return number in self._register

    def undecided(self, matches: Matches) -> int:
        """How many pages that were found nobody screened, and belong to no initiative."""
        decided = set(self._index.entries_with("decided", "yes"))
        pages = set(matches.numbers) - self._register
        return len(pages - decided)

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
            often = [self._index.frequency("summary", each) for each in stems(word)]
            return rarity(often[0], count) if often and often[0] > 1 else 0.0

        rarest = sorted(words, key=rare, reverse=True)[:LIKE_WORDS]
        return [Unit((word,)) for word in words if word in rarest]

    @cached_property
    def _register(self) -> frozenset[int]:
        return frozenset(self._index.entries_with("part", "register"))

    @cached_property
    def _slugs(self) -> dict[str, int]:
        return {self._index.kept(number)["slug"]: number for number in self._register}

    @cached_property
    def _last(self) -> frozenset[int]:
        """The pages that nobody would be offered."""
        return frozenset(n for why in self._index.terms("low") for n in self._low(why))

    def _low(self, why: str) -> list[int]:
        return self._index.entries_with("low", why)

    def _hit(
        self, number: int, matches: Matches, coded: Mapping[str, Mapping[int, list[str]]]
    ) -> Hit:
        stored, pages = self._index.kept(number), matches.under.get(number, [])
        matched = matches.matched(number) or [LETTERS] * (number in matches.letters)
        # A code is no word: it has no score.
        shown, forms = stored, [form for form, score in matches.why(number) if score]
        forms = [form for form in forms if form in matched]
        text = stored["summary"] if stored["part"] == "register" else stored["text"]
        if pages and not (forms and text):  # it is its page that has the words
            of_page = matches.matched(pages[0])
            forms = of_page or forms
            matched = list(dict.fromkeys([*matched, *of_page])) or [LETTERS]
            shown = self._index.kept(pages[0])
            text = shown["text"]
        passage = snippet(text or stored["summary"], forms, mark=_told(shown["url"]))
        what = [", ".join(coded[facet][number]) for facet in SAID_OF_IT]
        return Hit(
            id=stored["number"],
            slug=stored.get("slug"),
            document=stored.get("document"),
            title=stored["title"],
            organisation=stored["organisation"],
            what=", ".join(filter(None, what)) or stored["low"] or None,
            url=stored["url"],
            score=round(matches.scores[number], 4),
            snippet=passage.text,
            places=[list(place) for place in passage.places],
            matched=matched,
            pages=[str(self._index.kept(page)["document"]) for page in pages],
        )


def _told(url: str) -> str:
    """The mark of what was described to us, and stands on no page; "" for a page."""
    day = url.removeprefix(DESCRIBED_AT).partition("/")[0]
    return marked("", date.fromisoformat(day)) if url.startswith(DESCRIBED_AT) else ""
