"""The history of acts: what one made and ended, what rests on it, undoing it, and what acts since
a given one bear on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from kb.keep.acts import Act, ActKind, Row
from kb.keep.crawled import Alias, Declaration, Document, Forgotten, Relevance, Revision, Standing
from kb.keep.decisions import (
    Assessment,
    Decision,
    Initiative,
    Membership,
    Merge,
    Profile,
    Relation,
    Resolved,
    Screening,
    Tag,
)
from kb.keep.store import TABLES, Reading, Writing

ABOUT_DOCUMENTS = (Standing, Alias, Forgotten, Screening, Membership)
ABOUT_INITIATIVES = (Profile, Tag, Relation, Membership)
# What a run does, what a home begins with, and undoing itself: nothing for a person to undo.
NOT_UNDONE = (ActKind.crawl, ActKind.derive, ActKind.init, ActKind.undo)
# What is one place that only one row can hold: (table, columns).
PLACES: Mapping[type[Row], tuple[str, ...]] = {
    Screening: ("document", "person"),
    Assessment: ("initiative", "strand", "person"),
    Profile: ("initiative",),
    Tag: ("initiative", "facet"),
    Resolved: ("document", "initiative", "strand"),
}
KEPT = tuple(model for model in TABLES if model is not Declaration)


@dataclass(frozen=True)
class Touched:
    """Ids of documents and initiatives."""

    documents: frozenset[int]
    initiatives: frozenset[int]


def touched_since(reading: Reading, act: int) -> Touched:
    """The documents and initiatives that rows made or ended after that act bear on."""
    documents: set[int] = set()
    initiatives: set[int] = set()
    for about in ABOUT_DOCUMENTS:
        query = select(about.document).where(_later(about, act))
        documents.update(reading.session.exec(query))
    scored = select(Revision.document).join(Relevance, col(Relevance.revision) == col(Revision.id))
    documents.update(reading.session.exec(scored.where(_later(Relevance, act))))
    for model in ABOUT_INITIATIVES:
        initiatives.update(reading.session.exec(select(model.initiative).where(_later(model, act))))
    for end in (Merge.initiative, Merge.into):
        initiatives.update(reading.session.exec(select(end).where(_later(Merge, act))))
    for touched, made in ((documents, Document), (initiatives, Initiative)):
        ids = reading.session.exec(select(made.id).where(col(made.made) > act))
        touched.update(number for number in ids if number is not None)
    return Touched(frozenset(documents), frozenset(initiatives))


def _later(model: type[Row], act: int) -> ColumnElement[bool]:
    return or_(col(model.made) > act, col(model.ended) > act)


@dataclass(frozen=True)
class Undone:
    """What undoing an act came to: how many rows ended, how many were made again."""

    act: Act
    ended: int
    made_again: int


def undone(reading: Reading) -> dict[int, int]:
    """The acts that were undone, each with the act that undid it."""
    return {act.undoes: act.id or 0 for act in reading.acts(ActKind.undo) if act.undoes}


def last_of(reading: Reading, person: str) -> Act | None:
    """The person's last act that left something to undo; None for none."""
    taken_back = undone(reading)
    for act in reversed(reading.acts()):
        number = act.id or 0
        own = act.by == person and act.kind not in NOT_UNDONE and number not in taken_back
        if own and (made_by(reading, number) or ended_by(reading, number)):
            return act
    return None


def made_by(reading: Reading, act: int) -> list[Row]:
    """What the act made, as it holds now: itself, or what undoing a later act made again."""
    undoing = undone(reading)
    made: list[Row] = []
    for model in KEPT:
        queue = list(reading.history(model, made=act))
        while queue:
            row = queue.pop()
            if row.ended is None or row.ended == act or row.ended not in undoing:
                made.append(row)
                continue
            copies = reading.history(model, made=undoing[row.ended])
            alike = [copy for copy in copies if copy.values() == row.values()]
            queue += alike
            made += [] if alike else [row]
    return made


def ended_by(reading: Reading, act: int) -> list[Row]:
    """The rows from before the act that it ended."""
    return [row for model in KEPT for row in reading.history(model, ended=act) if row.made != act]


def rests_on(reading: Reading, act: int) -> int | None:
    """The first later act that rests on what the act made or ended; None where none does."""
    made = made_by(reading, act)
    ours = {(type(row), row.id) for row in made}
    later: list[Row] = []
    acts: set[int] = set()
    for row in made:
        if row.ended is not None and row.ended != act:
            acts.add(row.ended)
        later += _resting_on(reading, row)
    for row in ended_by(reading, act):
        place = PLACES.get(type(row))
        if place:
            later += reading.rows(type(row), **{name: getattr(row, name) for name in place})
    acts |= {row.made for row in later if row.made > act and (type(row), row.id) not in ours}
    return min(acts, default=None)


def _resting_on(reading: Reading, row: Row) -> Iterator[Row]:
    """Valid rows that name this one, or rest on its making a page one of an initiative."""
    for model in KEPT:
        for column in model.__table__.columns:  # type: ignore[attr-defined]
            if any(key.column.table.name == type(row).__tablename__ for key in column.foreign_keys):
                yield from reading.rows(model, **{column.name: row.id})
    if isinstance(row, Membership):
        yield from _quoting(reading, row.initiative, {row.document})
        included = reading.rows(Screening, document=row.document, decision=Decision.include)
        yield from (each for each in included if each.made > row.made)
    if isinstance(row, Assessment):
        pair = {"initiative": row.initiative, "strand": row.strand}
        yield from _after(reading, row, Assessment, **pair)
        yield from _after(reading, row, Resolved, **pair)
    if isinstance(row, Screening):
        yield from _after(reading, row, Screening, document=row.document)
        yield from _after(reading, row, Resolved, document=row.document)
    if isinstance(row, Merge):
        pages = {each.document for each in reading.rows(Membership, initiative=row.initiative)}
        yield from _quoting(reading, row.into, pages)


def _after(reading: Reading, row: Row, model: type[Row], **equal: object) -> Iterator[Row]:
    """Valid rows on the same thing that were made later: they resolve, renew or answer it."""
    yield from (each for each in reading.rows(model, **equal) if each.made > row.made)


def _quoting(reading: Reading, initiative: int, pages: set[int]) -> Iterator[Assessment]:
    """The valid assessments of an initiative that quote one of those pages."""
    for assessment in reading.rows(Assessment, initiative=initiative):
        revision = reading.get(Revision, assessment.revision)
        if revision and revision.document in pages:
            yield assessment


def undo(writing: Writing, act: Act) -> Undone:
    """Undoes the act. Call `rests_on` first."""
    number = act.id or 0
    made = [row for row in made_by(writing, number) if row.ended is None]
    before = ended_by(writing, number)
    writing.end_all(made)
    writing.add_all([type(row)(**row.values()) for row in before])
    return Undone(act, len(made), len(before))
