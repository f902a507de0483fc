"""Who is to read what: what is assigned and not read yet, and what is blind until it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kb.errors import Refused
from kb.keep import documents
from kb.keep.crawled import Standing, State
from kb.keep.decisions import (
    DESK_RESEARCH,
    WITH_IT,
    Assessment,
    Assignment,
    Initiative,
    Level,
    Screening,
)
from kb.keep.store import Reading

Pair = tuple[int, str]  # an initiative and a strand; of a merged one, what it counts for


@dataclass(frozen=True)
class Hidden:
    """What a person is not shown yet of others' decisions: they are to decide blind."""

    documents: frozenset[int] = frozenset()  # with the copies that were decided with them
    pairs: frozenset[Pair] = frozenset()
    acts: frozenset[int] = frozenset()  # by which others decided on these


@dataclass
class _Decided:
    """Who decided on what, as it stands."""

    screened: dict[int, set[str]] = field(default_factory=dict)
    assessed: dict[Pair, set[str]] = field(default_factory=dict)

    def by(self, row: Assignment, into: dict[int, int]) -> Collection[str]:
        if row.document is not None:
            return self.screened.get(row.document, ())
        return self.assessed.get(_pair(row, into), ())


def to_read(reading: Reading, able: Collection[str]) -> list[Assignment]:
    """What is assigned to those who are able to read it, and not read yet, oldest first.

    A first reading is done once anybody decided on the document; a second once its person did. It
    falls where nobody else's decision stands any more, and with a page that is gone.
    """
    rows = [row for row in reading.rows(Assignment) if row.person in able]
    if not rows:
        return []
    into, decided = documents.merges(reading), _decided(reading)
    gone = {row.document for row in reading.rows(Standing, state=State.gone)}
    members = documents.memberships(reading)
    waiting = []
    for row in rows:
        people = decided.by(row, into)
        if row.again:
            unread = bool(people) and row.person not in people
        else:
            unread = not people and row.document not in members
        if unread and row.document not in gone:
            waiting.append(row)
    return waiting


def _decided(reading: Reading) -> _Decided:
    into, decided = documents.merges(reading), _Decided()
    for screening in reading.rows(Screening):
        decided.screened.setdefault(screening.document, set()).add(screening.person)
    for assessment in reading.rows(Assessment):
        if assessment.person != DESK_RESEARCH:
            decided.assessed.setdefault(_pair(assessment, into), set()).add(assessment.person)
    return decided


def _pair(row: Assignment | Assessment, into: dict[int, int]) -> Pair:
    number = row.initiative or 0
    return into.get(number, number), row.strand


def hidden_from(reading: Reading, able: Collection[str], person: str) -> Hidden:
    """What others decided and this person is to decide blind, as a second reader."""
    own = [row for row in to_read(reading, able) if row.again and row.person == person]
    if not own:
        return Hidden()
    into = documents.merges(reading)
    leaders = {row.document for row in own if row.document is not None}
    pages = leaders | _copies_of(reading, leaders)
    pairs = {_pair(row, into) for row in own if row.initiative is not None}
    acts = {row.made for row in reading.history(Screening) if row.document in pages}
    acts |= {row.made for row in reading.history(Assessment) if _pair(row, into) in pairs}
    return Hidden(frozenset(pages), frozenset(pairs), frozenset(acts))


def _copies_of(reading: Reading, leaders: Collection[int]) -> set[int]:
    """The documents that were decided with one of those, whose text they have."""
    with_it = {f"{WITH_IT}{number}" for number in leaders}
    return {row.document for row in reading.rows(Screening) if row.why in with_it}


def check_screening(reading: Reading, able: Collection[str], person: str, document: int) -> None:
    """Raises Refused for a second decision on a page that somebody is to read blind.

    And for a decision on a copy, while its person is to read the page it is a copy of.
    """
    rows = [row for row in to_read(reading, able) if row.again and row.document is not None]
    if not rows:
        return
    why = [row.why for row in reading.rows(Screening, document=document)]
    led = {row.document for row in rows if f"{WITH_IT}{row.document}" in why}
    waits = [row for row in rows if row.document == document or row.document in led]
    leader = next((row for row in waits if row.person == person and row.document in led), None)
    if leader:
        raise Refused(
            f"d{document} has the text of d{leader.document}, which you are to read",
            hint=f"decide on d{leader.document}; what has its text is decided with it",
        )
    if reading.rows(Screening, document=document, person=person):
        _refuse(f"d{document}", waits)


def check_level(
    reading: Reading, able: Collection[str], person: str, pair: Pair, level: Level
) -> None:
    """The same for a level of an initiative and a strand: another than the person gave before."""
    rows = [row for row in to_read(reading, able) if row.again and row.initiative is not None]
    if not rows:
        return
    into = documents.merges(reading)
    own = [row for row in reading.rows(Assessment, person=person) if _pair(row, into) == pair]
    if own and own[-1].level != level:
        slug = reading.get(Initiative, pair[0])
        waits = [row for row in rows if _pair(row, into) == pair]
        _refuse(f"{slug.slug if slug else pair[0]} and {pair[1]}", waits)


def _refuse(what: str, waits: Sequence[Assignment]) -> None:
    if waits:
        readers = ", ".join(sorted({row.person for row in waits}))
        raise Refused(
            f"{what} is being read a second time, blind, by {readers}",
            hint="decide anew once they have; kb undo takes your last decision back",
        )
