"""What filters let through, and in which order of place."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain

from kb.errors import Unknown
from kb.find.entries import Filters, Words, key
from kb.find.index import Index
from kb.find.lexicon import fold
from kb.find.query import Query


def allowed(index: Index, filters: Filters, query: Query) -> set[int] | None:
    """The document numbers that every filter lets through; None without a filter."""
    wanted: list[tuple[str, Sequence[str]]] = []
    if filters.part:
        wanted.append(("part", [filters.part]))
    if filters.organisation:
        wanted.append(("body", _bodies(index.words, filters.organisation)))
    found = [
        {n for value in values for n in index.entries_with(name, value)} for name, values in wanted
    ]
    for facet, codes in (*filters.codes.items(), *query.codes.items()):
        found.append(coded(index, facet, codes))
    let = set.intersection(*found) if found else None
    if query.since or query.until:
        within = dated(index, query.since, query.until)
        let = within if let is None else let & within
    return let


def coded(index: Index, facet: str, codes: Iterable[str]) -> set[int]:
    """What has one of those codes; of a region also what serves a wider one.

    Raises Unknown, naming the nearest, for a code there is not.
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
    """The code as the code book spells it; Unknown, naming the nearest, for none."""
    known = {each.casefold(): each for each in words.codes.get(facet, ())}
    if code.casefold() not in known:
        raise Unknown("code", code, known.values(), where=f"facet {facet!r}")
    return known[code.casefold()]


def dated(index: Index, since: str, until: str) -> set[int]:
    """What is dated within; a year or month counts where any day of it does."""
    found = set[int]()
    for day in index.terms("when"):
        last = day + "-99-99"[len(day) - 4 :] if len(day) < 10 else day
        ends = until + "-99-99"[len(until) - 4 :] if until else "9999"
        if day and last >= since and day <= ends:
            found |= set(index.entries_with("when", day))
    return found


def _bodies(words: Words, spelling: str) -> list[str]:
    names = words.bodies.get(fold(spelling))
    if names is None:
        raise Unknown("organisation", spelling, words.bodies, where="the index")
    return [key(name) for name in names]
