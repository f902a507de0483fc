"""Documents without their texts, which are long and seldom asked for."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from sqlalchemy import select
from sqlmodel import col

from kb.keep.found import Document, Relevance, Revision, Standing, State
from kb.keep.store import Reading, Writing, standing

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Outline:
    """Where a document stands, with which revision, and how relevant that is."""

    id: int
    source: str
    revision: int
    state: State
    url: str
    fetched_at: datetime
    dated: date | None  # by the page itself: updated, else published
    score: float | None  # relevance, 0 to 1; None where nothing scored it


@dataclass(frozen=True, slots=True)
class Text:
    """What a revision says."""

    title: str
    summary: str
    text: str


def outlines(reading: Reading) -> list[Outline]:
    """Every document that stands, oldest first; in one look, which does not change, read once."""
    if isinstance(reading, Writing) or "outlines" not in reading.seen:
        query = (
            select(
                col(Document.id),
                col(Document.source),
                col(Standing.revision),
                col(Standing.state),
                col(Standing.url),
                col(Revision.fetched_at),
                col(Revision.updated_on),
                col(Revision.published_on),
                col(Relevance.score),
            )
            .join(Standing, col(Standing.document) == col(Document.id))
            .join(Revision, col(Revision.id) == col(Standing.revision))
            .join(
                Relevance,
                (col(Relevance.revision) == col(Revision.id)) & standing(Relevance, reading.at),
                isouter=True,
            )
            .where(standing(Standing, reading.at))
            .order_by(col(Document.id))
        )
        rows = reading.session.execute(query)
        reading.seen["outlines"] = [
            Outline(number, source, revision, state, url, fetched_at, updated or published, score)
            for number, source, revision, state, url, fetched_at, updated, published, score in rows
        ]
    found: list[Outline] = reading.seen["outlines"]
    return found


def texts(reading: Reading, revisions: Collection[int]) -> dict[int, Text]:
    """What those revisions say, by their ids."""
    found = {}
    for some in batches(revisions):
        query = select(*map(col, (Revision.id, Revision.title, Revision.summary, Revision.text)))
        for number, *said in reading.session.execute(query.where(col(Revision.id).in_(some))):
            found[number] = Text(*said)
    return found


def batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The same numbers, a few at a time: a query takes only so many."""
    left = iter(numbers)
    while some := list(islice(left, AT_A_TIME)):
        yield some
