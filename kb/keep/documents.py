"""Documents: what is held of each, whose it is, what people decided on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import case
from sqlalchemy import select as select_columns
from sqlmodel import col, func, select

from kb.declare.sources import DESCRIBED
from kb.keep.crawled import Alias, Document, Relevance, Revision, Standing, State
from kb.keep.decisions import Decision, Described, Membership, Merge, Profile, Resolved, Screening
from kb.keep.store import AT_A_TIME, Reading, batches, valid_at
from kb.text.page_reading import Signal

CONFLICT = "conflict"  # people differ, and nobody resolved it


@dataclass(frozen=True, slots=True)
class Content:
    """What a revision says, and what its relevance was made of; long, and seldom needed."""

    summary: str
    text: str
    published_from: str
    updated_from: str
    signals: tuple[Signal, ...]  # the strongest first
    kind_why: str = ""  # what made the kind of page
    site: str = ""  # what the page calls its site
    of_health: bool = True  # its words are of health and care
    speech: float = 0.0  # verbs of reported speech a hundred words
    link_share: float | None = None  # of its letters, in links


@dataclass(frozen=True, slots=True)
class LastFetch:
    """What the next crawl compares with: validators, and the body that was read last."""

    etag: str | None
    last_modified: str | None
    asked_at: datetime | None
    reader: str
    body_sha256: str
    archived: str
    sha256: str  # of what counts as content


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document where it stands, with the revision that is valid and how relevant that is."""

    id: int
    source: str
    key: str
    state: State
    url: str
    revision: int
    title: str
    fetched_at: datetime
    published_on: date | None
    updated_on: date | None
    score: float | None  # relevance, 0 to 1; None where nothing scored it
    kind: str | None = None  # of page
    content: Content | None = None
    last_fetch: LastFetch | None = None

    @property
    def name(self) -> str:
        """What people call it: d42."""
        return f"d{self.id}"

    @property
    def gone(self) -> bool:
        """True where it is no longer at its address."""
        return self.state == State.gone

    @property
    def described(self) -> bool:
        """True for what a person was given, and no crawl found."""
        return self.source == DESCRIBED

    @property
    def dated(self) -> date | None:
        """The day that the page itself names: updated, else published."""
        return self.updated_on or self.published_on

    @property
    def loaded(self) -> Content:
        """Its content. RuntimeError where `with_content` has not loaded it."""
        if self.content is None:
            raise RuntimeError(f"the content of {self.name} has not been loaded")
        return self.content

    @property
    def text(self) -> str:
        """Its text, if the content is loaded."""
        return self.loaded.text


@dataclass(frozen=True)
class Verdict:
    """What holds of a document's screening: one decision, or a conflict of several."""

    decisions: tuple[Screening, ...]
    resolved: str = ""

    @property
    def outcome(self) -> str:
        """`include`, `exclude`, `unsure`, or `conflict` where people differ unresolved."""
        decisions = {screening.decision for screening in self.decisions}
        if len(decisions) > 1:
            return self.resolved or CONFLICT
        return next(iter(decisions)).value


def stored(reading: Reading, ids: Collection[int] | None = None) -> list[StoredDocument]:
    """Those documents, all where none are named, oldest first, without their content."""
    query = (
        select_columns(
            *map(col, (Document.id, Document.source, Document.key, Standing.state)),
            *map(col, (Standing.url, Standing.revision, Revision.title, Revision.fetched_at)),
            *map(col, (Revision.published_on, Revision.updated_on, Relevance.score)),
            col(Relevance.kind),
        )
        .join(Standing, col(Standing.document) == col(Document.id))
        .join(Revision, col(Revision.id) == col(Standing.revision))
        .join(
            Relevance,
            (col(Relevance.revision) == col(Revision.id)) & valid_at(Relevance, reading.moment),
            isouter=True,
        )
        .where(valid_at(Standing, reading.moment))
        .order_by(col(Document.id))
    )
    if ids is None:
        return [StoredDocument(*row) for row in reading.session.execute(query)]
    return [
        StoredDocument(*row)
        for batch in batches(sorted(ids))
        for row in reading.session.execute(query.where(col(Document.id).in_(batch)))
    ]


def with_content(reading: Reading, documents: Iterable[StoredDocument]) -> Iterator[StoredDocument]:
    """The same documents with their content, loaded a few at a time: there may be many."""
    every = list(documents)
    for start in range(0, len(every), AT_A_TIME):
        some = every[start : start + AT_A_TIME]
        contents = _contents(reading, [each.revision for each in some])
        yield from (replace(each, content=contents[each.revision]) for each in some)


def _contents(reading: Reading, revisions: Collection[int]) -> dict[int, Content]:
    query = (
        select_columns(
            *map(col, (Revision.id, Revision.summary, Revision.text)),
            *map(col, (Revision.published_from, Revision.updated_from, Relevance.terms)),
            *map(col, (Relevance.kind_why, Relevance.site, Relevance.of_health)),
            *map(col, (Relevance.speech, Relevance.link_share)),
        )
        .join(
            Relevance,
            (col(Relevance.revision) == col(Revision.id)) & valid_at(Relevance, reading.moment),
            isouter=True,
        )
        .where(col(Revision.id).in_(list(revisions)))
    )
    contents = {}
    for row in reading.session.execute(query):
        number, summary, text, published, updated, terms, why, site, of_health, *rates = row
        contents[number] = Content(
            summary,
            text,
            published,
            updated,
            signals=tuple(Signal(**each) for each in terms or ()),
            kind_why=why or "",
            site=site or "",
            of_health=of_health is not False,
            speech=rates[0] or 0.0,
            link_share=rates[1],
        )
    return contents


def texts(reading: Reading, revisions: Iterable[int]) -> dict[int, str]:
    """The text of each of those revisions."""
    return {
        number: text
        for batch in batches(revisions)
        for number, text in reading.session.execute(
            select_columns(col(Revision.id), col(Revision.text)).where(col(Revision.id).in_(batch))
        )
    }


def text_lengths(reading: Reading, revisions: Iterable[int]) -> dict[int, int]:
    """How many characters the text of each of those revisions has."""
    query = select_columns(col(Revision.id), func.length(Revision.text))
    return {
        number: length
        for batch in batches(revisions)
        for number, length in reading.session.execute(query.where(col(Revision.id).in_(batch)))
    }


def of_revisions(reading: Reading, revisions: Iterable[int]) -> dict[int, int]:
    """The document that each of those revisions is of."""
    query = select_columns(col(Revision.id), col(Revision.document))
    return {
        number: document
        for batch in batches(revisions)
        for number, document in reading.session.execute(query.where(col(Revision.id).in_(batch)))
    }


def changed_standings(reading: Reading, ids: Iterable[int]) -> dict[int, list[Standing]]:
    """Where each of those documents stood, oldest first; without those that never changed."""
    changed = (
        select_columns(col(Standing.document))
        .group_by(col(Standing.document))
        .having(func.count() > 1)
    )
    numbers = set(ids) & set(reading.session.scalars(changed))
    histories: dict[int, list[Standing]] = defaultdict(list)
    for document in sorted(numbers):
        histories[document] = reading.history(Standing, document=document)
    return {document: rows for document, rows in histories.items() if len(rows) > 1}


def openings(reading: Reading, revisions: Iterable[int], characters: int) -> dict[int, str]:
    """Title, summary and so many first characters of the text of each of those revisions."""
    query = select_columns(
        col(Revision.id),
        col(Revision.title),
        col(Revision.summary),
        func.substr(Revision.text, 1, characters),
    )
    return {
        number: f"{title}\n{summary}\n{text}"
        for batch in batches(revisions)
        for number, title, summary, text in reading.session.execute(
            query.where(col(Revision.id).in_(batch))
        )
    }


def of_source(reading: Reading, source: str) -> list[StoredDocument]:
    """The documents of a source that are not gone, each with its last fetch."""
    fetches = (
        select_columns(
            *map(col, (Document.id, Document.etag, Document.last_modified, Document.asked_at)),
            *map(col, (Revision.reader, Revision.body_sha256, Revision.archived, Revision.sha256)),
        )
        .join(Standing, col(Standing.document) == col(Document.id))
        .join(Revision, col(Revision.id) == col(Standing.revision))
        .where(col(Document.source) == source, valid_at(Standing, reading.moment))
    )
    last = {number: LastFetch(*rest) for number, *rest in reading.session.execute(fetches)}
    documents = stored(reading, list(last))
    return [replace(each, last_fetch=last[each.id]) for each in documents if not each.gone]


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
        .where(valid_at(Alias, reading.moment))
        .order_by(col(Document.id).desc())
    )
    return dict(reading.session.exec(query).all())


def find(reading: Reading, source: str, key: str, addresses: Collection[str]) -> Document | None:
    """The document of that key, else of any of those addresses, within the source."""
    matches = by_key(reading, source, [key]) or by_address(reading, source, addresses)
    return min(matches.values(), key=lambda document: document.row_id, default=None)


def merges(reading: Reading) -> dict[int, int]:
    """Each merged initiative to the one that it counts for now, however many steps away."""
    steps = {row.initiative: row.into for row in reading.rows(Merge)}
    ends = {}
    for number in steps:
        end = number
        while end in steps:
            end = steps[end]
        ends[number] = end
    return ends


def memberships(reading: Reading) -> dict[int, set[int]]:
    """Document id to the initiatives that it belongs to.

    Beside what people decided, a document whose address is the url of an initiative belongs to
    it.
    """
    members: dict[int, set[int]] = defaultdict(set)
    for row in reading.rows(Membership):
        members[row.document].add(row.initiative)
    by_url = (
        select(Alias.document, Profile.initiative)
        .join(Profile, col(Profile.address) == col(Alias.url))
        .where(valid_at(Alias, reading.moment), valid_at(Profile, reading.moment))
    )
    for document, initiative in reading.session.exec(by_url):
        members[document].add(initiative)
    into = merges(reading)
    return {
        document: {into.get(number, number) for number in numbers}
        for document, numbers in members.items()
    }


def verdicts(reading: Reading) -> dict[int, Verdict]:
    """Document id to what holds of its screening; documents nobody screened are absent."""
    by_document: dict[int, list[Screening]] = defaultdict(list)
    for row in reading.rows(Screening):
        by_document[row.document].append(row)
    resolved = {row.document: row.outcome for row in reading.rows(Resolved) if row.document}
    return {
        document: Verdict(tuple(rows), resolved.get(document, ""))
        for document, rows in by_document.items()
    }


def decided(reading: Reading) -> set[int]:
    """The documents that somebody screened, or that belong to an initiative."""
    return verdicts(reading).keys() | memberships(reading).keys()


def counts_by_source(reading: Reading) -> dict[str, tuple[int, int]]:
    """Source name to how many documents are not gone, and how many of these have no text."""
    empty = func.sum(case((col(Revision.text) == "", 1), else_=0))
    query = (
        select(Document.source, func.count(), empty)
        .join(Standing, col(Standing.document) == col(Document.id))
        .join(Revision, col(Revision.id) == col(Standing.revision))
        .where(valid_at(Standing, reading.moment), Standing.state != State.gone)
        .group_by(Document.source)
    )
    return {source: (count, int(none)) for source, count, none in reading.session.exec(query)}


def addresses_met(reading: Reading) -> set[str]:
    """Every normalised address at which a document that is not gone was met."""
    query = (
        select(Alias.url)
        .join(Standing, col(Standing.document) == col(Alias.document))
        .where(valid_at(Alias, reading.moment), valid_at(Standing, reading.moment))
        .where(Standing.state != State.gone)
    )
    return set(reading.session.exec(query))


def addresses_of(reading: Reading, source: str) -> dict[str, int]:
    """Every normalised address of a source's documents, with the document."""
    query = (
        select(Alias.url, Alias.document)
        .join(Document, col(Document.id) == col(Alias.document))
        .where(Document.source == source, valid_at(Alias, reading.moment))
    )
    return dict(reading.session.exec(query).all())


def described(reading: Reading) -> dict[int, date]:
    """Each revision of what was described to us to the day on which it was."""
    query = (
        select_columns(col(Revision.id), col(Described.told_on))
        .join(Described, col(Described.document) == col(Revision.document))
        .where(valid_at(Described, reading.moment))
    )
    return {row[0]: row[1] for row in reading.session.execute(query)}


def first_seen(reading: Reading) -> dict[int, datetime]:
    """Document id to when its first revision was fetched."""
    first: dict[int, datetime] = {}
    query = select(Revision.document, Revision.fetched_at).order_by(col(Revision.id))
    for document, fetched_at in reading.session.exec(query):
        first.setdefault(document, fetched_at)
    return first


def of_revision(reading: Reading, revision: int | None) -> int | None:
    """The document that a revision is of; None for no revision."""
    row = reading.get(Revision, revision)
    return row.document if row else None


def included_by_others(reading: Reading, document: int, person: str) -> bool:
    """True where somebody other than the person stands for including the document."""
    rows = reading.rows(Screening, document=document, decision=Decision.include)
    return any(row.person != person for row in rows)
