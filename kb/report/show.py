"""One initiative or one document in full: what holds of it, its diary, its versions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from kb.assess.evidence import Evidence, evidence_of
from kb.assess.gaps import would_become
from kb.assess.outcomes import quiet
from kb.assess.page_changes import pages_say_else
from kb.assess.positions import Position
from kb.declare.codebook import FACETS
from kb.errors import Unknown
from kb.keep.acts import ActKind, Row
from kb.keep.crawled import Revision, Standing, State
from kb.keep.decisions import (
    Assessment,
    Basis,
    Described,
    Membership,
    Merge,
    Profile,
    Relation,
    RelationKind,
    Resolved,
    Result,
    Screening,
    Tag,
)
from kb.keep.documents import StoredDocument
from kb.keep.register import Judgement, StoredInitiative
from kb.screen.unread import body_kind
from kb.table import Table, column
from kb.text.quotes import SENTENCE_END, locate
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import is_document, parse_id

ABOUT_DOCUMENTS = (Standing, Screening, Resolved, Membership)
HIDDEN = "hidden until you have decided"  # of a second reading, which is blind
ABOUT_INITIATIVES = (Profile, Tag, Relation, Merge, Assessment, Resolved, Result, Membership)
NOUNS: Mapping[type[Row], str] = {Resolved: "resolution"}  # else as it is called
UNSAID = frozenset({"address", "why", "strand_version", "place"})  # not repeated in the diary


@dataclass(frozen=True)
class DiaryLine:
    """Something that was said of a thing, or ended."""

    at: datetime = column("When, in UTC.", narrow=True)
    by: str = column("Who acted.", narrow=True)
    act: str = column("The command.")
    what: str = column("What was said, or ended.", narrow=True)
    said: str = column("What was said.", narrow=True)
    why: str | None = column("The reason given, in words.")


@dataclass(frozen=True)
class Event:
    """Something that an act did, with what orders it among others of that act."""

    act: int
    what: str
    said: str
    ended: bool
    row: int


@dataclass(frozen=True)
class AssessmentShown:
    """What an initiative is to a strand, and on what that rests."""

    strand: str
    level: str
    basis: Basis
    quote: str | None
    why: str | None
    by: str
    recheck: str | None  # why it is to be re-checked, since when
    would_become: Position | None  # of the strand, if it fell, where that is another


@dataclass(frozen=True)
class PageShown:
    """A page of an initiative: its number, its address."""

    document: str
    url: str


@dataclass(frozen=True)
class InitiativeInFull:
    """An initiative with everything that holds of it; `relations` and `parts` are slugs."""

    stored: StoredInitiative
    own: bool
    relations: Mapping[RelationKind, Sequence[str]]
    parts: Sequence[str]
    assessments: Sequence[AssessmentShown]
    documents: Sequence[PageShown]
    quiet: str | None  # why it seems to have gone quiet
    says_else: str | None  # what became of its pages since a person looked

    def values(self) -> dict[str, object]:
        """Field to value, for exporters."""
        relations = {kind.replace("-", "_"): slugs for kind, slugs in self.relations.items()}
        profile = self.stored.profile.values()
        del profile["initiative"], profile["address"]
        return {
            "id": self.stored.id,
            "slug": self.stored.slug,
            **profile,
            "own": self.own,
            "quiet": self.quiet,
            "says_else": self.says_else,
            **{facet: self.stored.codes(facet) for facet in FACETS},
            **relations,
            "parts": self.parts,
            "assessments": [vars(each) for each in self.assessments],
            "documents": [vars(each) for each in self.documents],
        }


@dataclass(frozen=True)
class DocumentInFull:
    """A page that is held: its content, what was decided on it, its initiatives' slugs."""

    page: StoredDocument
    screening: str | None
    initiatives: Sequence[str]
    body_kind: str = ""
    told: str = ""  # by whom it was described to us, when, in which file

    def values(self) -> dict[str, object]:
        """Field to value, for exporters."""
        page, content = self.page, self.page.loaded
        return {
            "document": page.name,
            "title": page.title,
            "source": page.source,
            "url": page.url,
            "described_to_us": self.told or None,
            "state": page.state,
            "fetched_at": page.fetched_at,
            "published_on": page.published_on,
            "published_from": content.published_from or None,
            "updated_on": page.updated_on,
            "updated_from": content.updated_from or None,
            "kind": f"{page.kind} ({content.kind_why})" if page.kind else None,
            "site": content.site or None,
            "body_kind": self.body_kind or None,
            "sector": "health and care" if content.of_health else "another",
            "link_share": content.link_share,
            "reported_speech": content.speech,
            "relevance": page.score,
            "terms": [vars(signal) for signal in content.signals],
            "screening": self.screening,
            "initiatives": self.initiatives,
            "text": content.text,
        }


def history(snapshot: Snapshot, name: str) -> Table[DiaryLine]:
    """Everything said of an initiative or document, as a diary, oldest first."""
    events = list(_events(snapshot, name))
    events.sort(key=lambda event: (event.act, not event.ended, event.row))
    rows = []
    for event in events:
        act = snapshot.acts[event.act]
        rows.append(DiaryLine(act.at, act.by, act.command, event.what, event.said, act.why or None))
    return Table("history", DiaryLine, rows)


def _events(snapshot: Snapshot, name: str) -> Iterator[Event]:
    number, models, id_column = _subject(snapshot, name)
    blind = id_column == "document" and number in snapshot.hidden.documents
    for model in (Standing,) if blind else models:
        for row in snapshot.reading.history(model, **{id_column: number}):
            if not _is_hidden(snapshot, row):
                yield from _said_and_ended(snapshot, row, id_column)
    if id_column == "initiative":
        for merge in snapshot.reading.history(Merge, into=number):
            yield from _said_and_ended(snapshot, merge, "into")
        yield from _carried(snapshot, number)


def _is_hidden(snapshot: Snapshot, row: Row) -> bool:
    hidden = snapshot.hidden
    if isinstance(row, Assessment | Resolved) and row.initiative:
        number = snapshot.merges.get(row.initiative, row.initiative)
        return row.made in hidden.acts or (number, row.strand) in hidden.pairs
    return row.made in hidden.acts


def _said_and_ended(snapshot: Snapshot, row: Row, about: str) -> Iterator[Event]:
    """What a row said of the thing that its column `about` names, and that it ended."""
    noun = NOUNS.get(type(row), type(row).__name__.casefold())
    content = _content(snapshot, row, about)
    if row.made in snapshot.acts:
        verb = "made again" if _is_undo(snapshot, row.made) else "said"
        yield Event(row.made, f"{noun} {verb}", content, False, row.row_id)
    if row.ended is not None and row.ended in snapshot.acts:
        verb = "taken back" if _is_undo(snapshot, row.ended) else "ended"
        yield Event(row.ended, f"{noun} {verb}", content, True, row.row_id)


def _is_undo(snapshot: Snapshot, act: int) -> bool:
    return snapshot.acts[act].kind == ActKind.undo


def _subject(snapshot: Snapshot, name: str) -> tuple[int, tuple[type[Row], ...], str]:
    """The id, the tables that speak of it, and the column by which they name it."""
    if is_document(name):
        page = snapshot.workspace.document(snapshot.reading, name)
        return page.id, ABOUT_DOCUMENTS, "document"
    by_slug = {slug: number for number, slug in snapshot.slugs.items()}
    number = parse_id(name) or by_slug.get(name.casefold())
    if number is None or number not in snapshot.slugs:
        raise Unknown("initiative", name, by_slug, where="the register")
    return number, ABOUT_INITIATIVES, "initiative"


def _content(snapshot: Snapshot, row: Row, about: str) -> str:
    """What a row says, in the names that people use; without what the diary is of."""
    parts = []
    for name, value in row.values().items():
        if name in UNSAID or name == about or not value:
            continue
        if name in ("initiative", "to", "into"):
            value = snapshot.slugs.get(value, value)
        elif name == "quote":
            value = snapshot.quoted(value, row.values().get("revision"))
        elif name in ("document", "revision"):
            value = f"d{value}" if name == "document" else f"version {value}"
        parts.append(f"{name}: {value}")
    return ", ".join(parts)


def _carried(snapshot: Snapshot, number: int) -> Iterator[Event]:
    """For each quote the later versions of its page, and whether it was still in them."""
    reading = snapshot.reading
    for row in reading.history(Assessment, initiative=number):
        if _is_hidden(snapshot, row):
            continue
        pinned = reading.get(Revision, row.revision)
        if pinned is None:
            continue
        for standing in reading.history(Standing, document=pinned.document):
            later = standing.made > row.made and (row.ended is None or standing.made < row.ended)
            version = reading.get(Revision, standing.revision)
            if later and version is not None and standing.revision != row.revision:
                holds = standing.state != State.gone and locate(row.quote, version.text)
                what = "quote carried" if holds else "quote gone"
                text = f"{row.strand}: {snapshot.quoted(row.quote, row.revision)}"
                yield Event(standing.made, what, text, False, row.row_id)


def versions(snapshot: Snapshot, name: str) -> list[Revision]:
    """The versions of a document in the order in which they were valid, the present one last."""
    page = snapshot.workspace.document(snapshot.reading, name)
    standings = snapshot.reading.history(Standing, document=page.id)
    revisions = [snapshot.reading.get(Revision, row.revision) for row in standings]
    known = [revision for revision in revisions if revision is not None]
    return [each for n, each in enumerate(known) if n == 0 or each.id != known[n - 1].id]


def difference(snapshot: Snapshot, name: str) -> list[str]:
    """The sentences by which a document's present version differs from the one before.

    Lines begin with `- ` (went) or `+ ` (came); none where there is one version alone.
    """
    every = versions(snapshot, name)
    if len(every) < 2:
        return []
    before, after = (_sentences(each) for each in every[-2:])
    lines: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            lines += [f"- {each}" for each in before[a:b]] + [f"+ {each}" for each in after[c:d]]
    return lines


def _sentences(revision: Revision) -> list[str]:
    """Title and sentences of a version."""
    flat = (" ".join(part.split()) for part in SENTENCE_END.split(revision.text))
    return [revision.title, *(sentence for sentence in flat if sentence)]


def initiative(snapshot: Snapshot, name: str) -> InitiativeInFull:
    """One initiative with everything that holds of it; by slug or number."""
    stored, slugs = snapshot.workspace.initiative(snapshot.reading, name), snapshot.slugs
    evidence = evidence_of(snapshot)
    return InitiativeInFull(
        stored,
        own=stored.id in snapshot.own,
        relations={
            kind: [slugs[number] for number in others] for kind, others in stored.relations.items()
        },
        parts=[
            other.slug
            for other in snapshot.register.values()
            if stored.id in other.relations.get(RelationKind.part_of, [])
        ],
        assessments=[
            _assessment(evidence, key, judgement)
            for (number, key), judgement in evidence.judgements.items()
            if number == stored.id
        ],
        documents=[
            PageShown(page.name, page.url)
            for page in snapshot.pages_of.get(stored.id, [])
            if page.id not in snapshot.hidden.documents
        ],
        quiet=quiet(snapshot).get(stored.id),
        says_else=pages_say_else(snapshot).get(stored.slug),
    )


def _assessment(evidence: Evidence, key: str, judgement: Judgement) -> AssessmentShown:
    if (judgement.initiative, key) in evidence.snapshot.hidden.pairs:
        return AssessmentShown(key, HIDDEN, Basis.proposed, None, None, "another", None, None)
    strand = next((each for each in evidence.strands if each.key == key), None)
    cause = evidence.causes.get((judgement.initiative, key))
    return AssessmentShown(
        key,
        level=judgement.outcome,
        basis=judgement.leading.basis,
        quote=evidence.snapshot.quoted(judgement.leading.quote, judgement.leading.revision),
        why=judgement.leading.why or None,
        by=judgement.leading.person,
        recheck=cause.words if cause else None,
        would_become=(
            would_become(evidence, strand, {judgement.initiative}) if cause and strand else None
        ),
    )


def document(snapshot: Snapshot, name: str) -> DocumentInFull:
    """One page that is held, with its text and what was decided on it."""
    page = snapshot.workspace.document(snapshot.reading, name)
    verdict = snapshot.verdicts.get(page.id)
    members = snapshot.memberships.get(page.id, set())
    screening = verdict.outcome if verdict else None
    if page.id in snapshot.hidden.documents:
        screening, members = HIDDEN, set()
    return DocumentInFull(
        page,
        screening=screening,
        initiatives=sorted(snapshot.slugs[number] for number in members),
        told=_told(snapshot, page.id),
        body_kind=body_kind(snapshot.declarations, page, site=page.loaded.site),
    )


def _told(snapshot: Snapshot, document: int) -> str:
    """By whom it was described to us, when, in which file; "" for what a crawl found."""
    row = snapshot.reading.row(Described, document=document)
    if row is None:
        return ""
    file = f", {row.file_name}" if row.file_name else ""
    return f"by {row.told_by} on {row.told_on}{file}"
