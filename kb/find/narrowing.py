"""What filters let through, and in which order of place."""

from collections.abc import Callable, Sequence
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
    for facet, codes in (*filters.codes.items(), *query.codes.items()):
        known = [code_of(index.words, facet, code) for code in codes]
        around = [index.words.regions[each] if facet == "region" else [each] for each in known]
        wanted.append((facet, [key(each) for each in chain.from_iterable(around)]))
    let: set[int] | None = None
    for name, values in wanted:
        found = {number for value in values for number in index.entries_with(name, value)}
        let = found if let is None else let & found
    if query.since or query.until:
        dated = _dated(index, query.since, query.until)
        let = dated if let is None else let & dated
    return let


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


def _dated(index: Index, since: str, until: str) -> set[int]:
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
