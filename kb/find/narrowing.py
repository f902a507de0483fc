"""What filters let through, and in which order of place."""

from collections.abc import Callable, Iterable
from itertools import chain

from kb.errors import Unknown
from kb.find.entries import Filters, Words, key
from kb.find.index_reading import Index
from kb.find.query import Query
from kb.text.matcher import fold


def allowed(index: Index, filters: Filters, query: Query) -> set[int] | None:
    """The document numbers that every filter lets through; None without a filter."""
    let_through = []
    if filters.part:
        let_through.append(set(index.entries_with("part", filters.part)))
    if filters.organisation:
        names = _bodies(index.words, filters.organisation)
        let_through.append({n for name in names for n in index.entries_with("body", name)})
    for facet, codes in (*filters.codes.items(), *query.codes.items()):
        let_through.append(coded(index, facet, codes))
    if query.since or query.until:
        let_through.append(dated(index, query.since, query.until))
    return set.intersection(*let_through) if let_through else None


def coded(index: Index, facet: str, codes: Iterable[str]) -> set[int]:
    """What has one of those codes; of a region also what serves a wider one.

    Raises Unknown, with the nearest, if the code does not exist.
    """
    known = [code_of(index.words, facet, code) for code in codes]
    around = [index.words.regions[each] if facet == "region" else [each] for each in known]
    values = [key(each) for each in chain.from_iterable(around)]
    return {number for value in values for number in index.entries_with(facet, value)}


def tiers(index: Index, filters: Filters, query: Query) -> Callable[[int], int]:
    """With a region, a key that puts the narrowest first; else a constant."""
    regions = filters.codes.get("region") or query.codes.get("region")
    if not regions:
        return lambda number: 0
    around = index.words.regions[code_of(index.words, "region", regions[0])]
    place = {}
    for rank, code in reversed(list(enumerate(around))):
        place.update(dict.fromkeys(index.entries_with("region", key(code)), rank))
    return lambda number: place.get(number, len(around))


def code_of(words: Words, facet: str, code: str) -> str:
    """The code as the code book spells it; Unknown, with the nearest, if there is none."""
    known = {each.casefold(): each for each in words.codes.get(facet, ())}
    if code.casefold() not in known:
        raise Unknown("code", code, known.values(), where=f"facet {facet!r}")
    return known[code.casefold()]


def dated(index: Index, since: str, until: str) -> set[int]:
    """What is dated within; a year or month counts where any day of it does."""
    numbers = set[int]()
    for day in index.terms("when"):
        last = day + "-99-99"[len(day) - 4 :] if len(day) < 10 else day
        ends = until + "-99-99"[len(until) - 4 :] if until else "9999"
        if day and last >= since and day <= ends:
            numbers |= set(index.entries_with("when", day))
    return numbers


def _bodies(words: Words, spelling: str) -> list[str]:
    names = words.bodies.get(fold(spelling))
    if names is None:
        raise Unknown("organisation", spelling, words.bodies, where="the index")
    return [key(name) for name in names]
