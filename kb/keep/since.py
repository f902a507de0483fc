"""What acts since a given one bear on, for whoever keeps something derived from the store."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from kb.keep.acts import Row
from kb.keep.found import Alias, Document, Forgotten, Relevance, Revision, Standing
from kb.keep.said import Initiative, Membership, Merge, Profile, Relation, Screening, Tag
from kb.keep.store import Reading

ABOUT_DOCUMENTS = (Standing, Alias, Forgotten, Screening, Membership)
ABOUT_INITIATIVES = (Profile, Tag, Relation, Membership)


@dataclass(frozen=True)
class Touched:
    """Ids of documents and initiatives."""

    documents: frozenset[int]
    initiatives: frozenset[int]


def touched_since(reading: Reading, act: int) -> Touched:
    """What rows made or ended after that act bear on."""
    documents: set[int] = set()
    initiatives: set[int] = set()
    for about in ABOUT_DOCUMENTS:
        query = select(about.document).where(_later(about, act))
        documents.update(reading.session.exec(query))
    scored = select(Revision.document).join(Relevance, col(Relevance.revision) == col(Revision.id))
    documents.update(reading.session.exec(scored.where(_later(Relevance, act))))
    for said in ABOUT_INITIATIVES:
        initiatives.update(reading.session.exec(select(said.initiative).where(_later(said, act))))
    for end in (Merge.initiative, Merge.into):
        initiatives.update(reading.session.exec(select(end).where(_later(Merge, act))))
    for made, model in ((documents, Document), (initiatives, Initiative)):
        ids = reading.session.exec(select(model.id).where(col(model.made) > act))
        made.update(number for number in ids if number is not None)
    return Touched(frozenset(documents), frozenset(initiatives))


def _later(model: type[Row], act: int) -> ColumnElement[bool]:
    return or_(col(model.made) > act, col(model.ended) > act)
