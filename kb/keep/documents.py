"""Documents: what is held of each, whose it is, what people decided on it."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case
from sqlalchemy.orm import load_only
from sqlmodel import col, func, select

from kb.keep.found import Alias, Document, Relevance, Revision, Standing, State
from kb.keep.merging import merges
from kb.keep.said import Decision, Membership, Profile, Resolved, Screening
from kb.keep.store import Reading, Writing, standing

AT_A_TIME = 500


@dataclass(frozen=True)
class Held:
    """A document with the revision that stands and how relevant that is."""

    document: Document
    standing: Standing
    revision: Revision
    relevance: Relevance | None

    @property
    def id(self) -> int:
        """The document's number."""
        return self.standing.document


@dataclass(frozen=True)
class Verdict:
    """What stands of a document's screening: one decision, or a conflict of several."""

    decisions: tuple[Screening, ...]
    resolved: str = ""

    @property
    def outcome(self) -> str:
        """`include`, `exclude`, `unsure`, or `conflict` where people differ unresolved."""
        said = {screening.decision for screening in self.decisions}
        if len(said) > 1:
            return self.resolved or "conflict"
        return next(iter(said)).value


def by_key(reading: Reading, source: str, keys: Collection[str]) -> dict[str, Document]:
    """The documents of a source that have one of those keys."""
    query = select(Document).where(Document.source == source, col(Document.key).in_(list(keys)))
    return {document.key: document for document in reading.session.exec(query)}


def by_address(reading: Reading, source: str, addresses: Collection[str]) -> dict[str, Document]:
    """The documents of a source met under one of those addresses; the oldest, of several."""
    query = (
        select(Alias.url, Document)
        .join(Document, col(Document.id) == col(Alias.document))
        .where(Document.source == source, col(Alias.url).in_(list(addresses)))
        .where(standing(Alias, reading.at))
        .order_by(col(Document.id).desc())
    )
    return dict(reading.session.exec(query).all())


def find(reading: Reading, source: str, key: str, addresses: Collection[str]) -> Document | None:
    """The document of that key, else of any of those addresses, within the source."""
    named = by_key(reading, source, [key]) or by_address(reading, source, addresses)
    return min(named.values(), key=lambda document: document.id or 0, default=None)


def held(reading: Reading, ids: Collection[int] | None = None) -> list[Held]:
    """What is held of those documents, of all where none are named, oldest first."""
    if isinstance(reading, Writing):
        return _held(reading, ids)
    # A look at the store does not change: what was read whole is read once.
    if ids is None and "held" not in reading.seen:
        reading.seen["held"] = _held(reading, None)
    whole: list[Held] | None = reading.seen.get("held")
    if whole is None:
        return _held(reading, ids)
    wanted = None if ids is None else set(ids)
    return [each for each in whole if wanted is None or each.id in wanted]


def _held(reading: Reading, ids: Collection[int] | None) -> list[Held]:
    query = (
        select(Document, Standing, Revision, Relevance)
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
    if ids is not None:
        query = query.where(col(Document.id).in_(list(ids)))
    return [Held(*row) for row in reading.read(query, Document, Standing, Revision, Relevance)]


def each_held(reading: Reading, ids: Collection[int] | None = None) -> Iterator[Held]:
    """The same as `held`, a few at a time: texts are long, and there may be many."""
    every = select(Standing.document).where(standing(Standing, reading.at))
    in_order = sorted(reading.session.exec(every) if ids is None else ids)
    for start in range(0, len(in_order), AT_A_TIME):
        yield from held(reading, in_order[start : start + AT_A_TIME])


def memberships(reading: Reading) -> dict[int, set[int]]:
    """Document id to the initiatives that stand on it.

    Beside what people said, a document whose address is the url of a standing initiative
    belongs to it.
    """
    found: dict[int, set[int]] = defaultdict(set)
    for row in reading.rows(Membership):
        found[row.document].add(row.initiative)
    known = (
        select(Alias.document, Profile.initiative)
        .join(Profile, col(Profile.address) == col(Alias.url))
        .where(standing(Alias, reading.at), standing(Profile, reading.at))
    )
    for document, initiative in reading.session.exec(known):
        found[document].add(initiative)
    into = merges(reading)
    return {
        document: {into.get(number, number) for number in numbers}
        for document, numbers in found.items()
    }


def verdicts(reading: Reading) -> dict[int, Verdict]:
    """Document id to what stands of its screening; documents nobody screened are absent."""
    by_document: dict[int, list[Screening]] = defaultdict(list)
    for row in reading.rows(Screening):
        by_document[row.document].append(row)
    resolved = {row.document: row.outcome for row in reading.rows(Resolved) if row.document}
    return {
        document: Verdict(tuple(rows), resolved.get(document, ""))
        for document, rows in by_document.items()
    }


def screened(writing: Writing, row: Screening) -> Screening:
    """The person's decision, in place of the one they made before."""
    for before in writing.rows(Screening, document=row.document, person=row.person):
        writing.end(before)
    return writing.add(row)


def count_by_source(reading: Reading) -> dict[str, int]:
    """Source name to how many of its documents are not gone."""
    query = (
        select(Document.source, func.count())
        .join(Standing, col(Standing.document) == col(Document.id))
        .where(standing(Standing, reading.at), Standing.state != State.gone)
        .group_by(Document.source)
    )
    return dict(reading.session.exec(query).all())


def counts_by_source(reading: Reading) -> dict[str, tuple[int, int]]:
    """Source name to how many documents are not gone, and how many of these have no text."""
    empty = func.sum(case((col(Revision.text) == "", 1), else_=0))
    query = (
        select(Document.source, func.count(), empty)
        .join(Standing, col(Standing.document) == col(Document.id))
        .join(Revision, col(Revision.id) == col(Standing.revision))
        .where(standing(Standing, reading.at), Standing.state != State.gone)
        .group_by(Document.source)
    )
    return {source: (count, int(none)) for source, count, none in reading.session.exec(query)}


def all_addresses(reading: Reading) -> set[str]:
    """Every normalised address at which a document that is not gone was met."""
    query = (
        select(Alias.url)
        .join(Standing, col(Standing.document) == col(Alias.document))
        .where(standing(Alias, reading.at), standing(Standing, reading.at))
        .where(Standing.state != State.gone)
    )
    return set(reading.session.exec(query))


def of_source(reading: Reading, source: str) -> list[tuple[Document, Standing, Revision]]:
    """The documents of a source that are not gone, with where they stand and with what.

    Of a revision only reader, hash of the body and place in the archive are loaded: a source
    may have many, and long ones.
    """
    query = (
        select(Document, Standing, Revision)
        .join(Standing, col(Standing.document) == col(Document.id))
        .join(Revision, col(Revision.id) == col(Standing.revision))
        .options(load_only(Revision.reader, Revision.body_sha256, Revision.archived))  # type: ignore[arg-type]
        .where(Document.source == source, standing(Standing, reading.at))
        .where(Standing.state != State.gone)
        .order_by(col(Document.id))
    )
    return list(reading.session.exec(query))


def addresses(reading: Reading, source: str) -> dict[str, int]:
    """Every normalised address of a source's documents, with the document."""
    query = (
        select(Alias.url, Alias.document)
        .join(Document, col(Document.id) == col(Alias.document))
        .where(Document.source == source, standing(Alias, reading.at))
    )
    return dict(reading.session.exec(query).all())


def first_seen(reading: Reading) -> dict[int, datetime]:
    """Document id to when its first revision was fetched."""
    found: dict[int, datetime] = {}
    query = select(Revision.document, Revision.fetched_at).order_by(col(Revision.id))
    for document, fetched_at in reading.session.exec(query):
        found.setdefault(document, fetched_at)
    return found


def of_revision(reading: Reading, revision: int | None) -> int | None:
    """The document that a revision is of; None for none."""
    row = reading.get(Revision, revision) if revision is not None else None
    return row.document if row else None


def without_relevance(reading: Reading, version: str) -> list[Revision]:
    """Standing revisions that were not scored by that version of lexicon and formula."""
    query = (
        select(Revision)
        .join(Standing, col(Standing.revision) == col(Revision.id))
        .join(
            Relevance,
            (col(Relevance.revision) == col(Revision.id))
            & standing(Relevance, None)
            & (col(Relevance.lexicon) == version),
            isouter=True,
        )
        .where(standing(Standing, None), col(Relevance.id).is_(None))
    )
    return list(reading.session.exec(query))


def included(verdict: Verdict | None) -> bool:
    """True for a document that stands included."""
    return verdict is not None and verdict.outcome == Decision.include
