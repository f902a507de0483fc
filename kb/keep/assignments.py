"""Who is to read what: what is assigned and not read yet, and what is blind until it is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.errors import Refused
from kb.keep import documents, register
from kb.keep.decisions import Assessment, Assignment, Initiative, Level, Screening
from kb.keep.store import Reading

Pair = tuple[int, str]  # an initiative and a strand


@dataclass(frozen=True)
class Hidden:
    """What a person is not shown yet of others' decisions: they are to decide blind."""

    documents: frozenset[int]
    pairs: frozenset[Pair]

    def __bool__(self) -> bool:
        return bool(self.documents or self.pairs)


def to_read(reading: Reading) -> list[Assignment]:
    """What is assigned and not read yet, oldest first.

    A first reading is done once anybody decided on the document; a second once its person did,
    and falls where nobody else's decision stands any more.
    """
    screened: dict[int, set[str]] = {}
    for screening in reading.rows(Screening):
        screened.setdefault(screening.document, set()).add(screening.person)
    assessed: dict[Pair, set[str]] = {}
    for assessment in reading.rows(Assessment):
        pair = assessment.initiative, assessment.strand
        if assessment.person != register.DESK_RESEARCH:
            assessed.setdefault(pair, set()).add(assessment.person)
    members = documents.memberships(reading)
    waiting = []
    for row in reading.rows(Assignment):
        if row.document is not None and not row.again:
            unread = row.document not in screened and row.document not in members
        elif row.document is not None:
            unread = _waits(row.person, screened.get(row.document, ()))
        else:
            unread = _waits(row.person, assessed.get((row.initiative or 0, row.strand), ()))
        if unread:
            waiting.append(row)
    return waiting


def _waits(person: str, decided: Collection[str]) -> bool:
    return bool(decided) and person not in decided


def hidden_from(reading: Reading, person: str) -> Hidden:
    """What others decided and this person is to decide blind, as a second reader."""
    own = [row for row in to_read(reading) if row.again and row.person == person]
    return Hidden(
        frozenset(row.document for row in own if row.document is not None),
        frozenset((row.initiative, row.strand) for row in own if row.initiative is not None),
    )


def check_screening(reading: Reading, person: str, document: int) -> None:
    """Raises Refused for a second decision on a page that somebody is to read blind."""
    if reading.rows(Screening, document=document, person=person):
        waits = [row for row in _open_again(reading) if row.document == document]
        _refuse(f"d{document}", waits)


def check_level(reading: Reading, person: str, pair: Pair, level: Level) -> None:
    """The same for a level of an initiative and a strand: another than the person gave before."""
    initiative, strand = pair
    before = reading.row(Assessment, initiative=initiative, strand=strand, person=person)
    if before is not None and before.level != level:
        waits = [row for row in _open_again(reading) if (row.initiative, row.strand) == pair]
        slug = reading.get(Initiative, initiative)
        _refuse(f"{slug.slug if slug else initiative} and {strand}", waits)


def _open_again(reading: Reading) -> list[Assignment]:
    return [row for row in to_read(reading) if row.again]


def _refuse(what: str, waits: Sequence[Assignment]) -> None:
    if waits:
        readers = ", ".join(sorted({row.person for row in waits}))
        raise Refused(
            f"{what} is being read a second time, blind, by {readers}",
            hint="decide anew once they have; kb undo takes your last decision back",
        )
