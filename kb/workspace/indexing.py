"""What the index is given: an entry for each initiative and document, and the words beside them."""

from collections.abc import Callable, Collection, Iterable, Iterator

from kb.declare.bodies import Bodies
from kb.declare.codebook import FACETS
from kb.declare.declarations import Declarations
from kb.declare.page_kinds import PageKind
from kb.find import index
from kb.find.entries import IndexEntry, Words
from kb.home import Home
from kb.keep import documents, history, register
from kb.keep.decisions import Decision
from kb.keep.documents import StoredDocument, Verdict
from kb.keep.store import Reading
from kb.text.matcher import Alternatives, fold

KIND_OF_BODY = "organisation_kind"  # found by its words, no facet to filter by

Progress = Callable[[Iterable[IndexEntry], int], Iterable[IndexEntry]]


def no_progress(entries: Iterable[IndexEntry], _count: int) -> Iterable[IndexEntry]:
    """Default: no progress shown."""
    return entries


def catch_up(
    home: Home,
    reading: Reading,
    declarations: Declarations,
    *,
    progress: Progress = no_progress,
    patience: float = 0.0,
) -> int:
    """Brings the index to the last act; the number of entries written.

    Only what changed is written, in one commit, unless there is no sound index, or a
    declaration changed whose words are in every entry: then as `rebuild` does.
    """
    written_to = index.act_of(home.index, home.fingerprint(), holds=reading.holds)
    if written_to is not None:
        touched = history.touched_since(reading, written_to)
        act, token = reading.last_token()
        outdated = [f"d{number}" for number in touched.documents]
        outdated += [f"i{number}" for number in touched.initiatives]
        if not outdated and act == written_to:
            return 0
        # What a page is of, and how it is shown, follows from what became of its initiative.
        members = documents.memberships(reading).items()
        moved = {page for page, owners in members if owners & touched.initiatives}
        pages = touched.documents | moved
        outdated += [f"d{number}" for number in moved - touched.documents]
        entries = entries_of(reading, declarations, pages, touched.initiatives)
        try:
            return index.update(home.index, entries, outdated, act=act, token=token)
        except index.Missing:
            pass  # damaged where its sizes do not show it: built anew
    return rebuild(home, reading, declarations, progress=progress, patience=patience)


def rebuild(
    home: Home,
    reading: Reading,
    declarations: Declarations,
    *,
    progress: Progress = no_progress,
    patience: float = 0.0,
) -> int:
    """Builds the index anew from the store; the number of entries.

    `progress` is given the entries as they are taken, and how many there are. Raises Locked
    where another process builds it, still after `patience` seconds.
    """
    count = len(register.initiatives(reading)) + len(documents.stored(reading))
    act, token = reading.last_token()
    return index.build(
        home.index,
        progress(entries_of(reading, declarations), count),
        words_of(declarations),
        act=act,
        token=token,
        made_by=home.fingerprint(),
        patience=patience,
    )


def entries_of(
    reading: Reading,
    declarations: Declarations,
    document_ids: Collection[int] | None = None,
    initiative_ids: Collection[int] | None = None,
) -> Iterator[IndexEntry]:
    """Entries of those documents and initiatives; of all where none are named."""
    bodies = declarations.bodies
    for initiative in register.initiatives(reading, initiative_ids).values():
        profile = initiative.profile
        yield IndexEntry(
            id=f"i{initiative.id}",
            part="register",
            number=initiative.id,
            title=profile.title,
            organisation=profile.organisation,
            url=profile.url or "",
            summary=profile.summary,
            slug=initiative.slug,
            when=profile.started or "",
            body=bodies.name(profile.organisation),
            names=bodies.spellings(profile.organisation),
            codes=initiative.tags | {KIND_OF_BODY: [profile.organisation_kind or ""]},
        )
    publishers = declarations.publishers
    members, verdicts = documents.memberships(reading), documents.verdicts(reading)
    threshold = declarations.lexicon.inbox.threshold
    pages = documents.stored(reading, document_ids)
    for page in documents.with_content(reading, pages):
        organisation = publishers.get(page.source, "")
        yield IndexEntry(
            id=page.name,
            part="documents",
            number=page.id,
            document=page.name,
            title=page.title,
            organisation=organisation,
            url=page.url,
            summary=page.loaded.summary,
            text=page.text,
            when=str(page.dated or "")[:10],
            body=bodies.name(organisation) if organisation else "",
            names=bodies.spellings(organisation) if organisation else (),
            decided=page.id in members or page.id in verdicts,
            of=f"i{min(members[page.id])}" if members.get(page.id) else "",
            low="" if page.id in members else _low(page, verdicts.get(page.id), threshold),
        )


def _low(page: StoredDocument, verdict: Verdict | None, threshold: float) -> str:
    """Why nobody would be offered a page, or would not be again; "" for one that is."""
    if page.gone:
        return "gone"
    if verdict is not None:
        return "left out" if verdict.outcome == Decision.exclude else ""
    if page.kind == PageKind.list_page:
        return "a list page"
    return "below the threshold" if (page.score or 0.0) < threshold else ""


def words_of(declarations: Declarations) -> Words:
    """The lexicon's forms, the bodies that a filter widens to, regions and codes."""
    book = declarations.book
    return Words(
        alternatives=Alternatives.of(declarations.lexicon.term),
        bodies=_body_filters(declarations.bodies),
        regions={code: book.around(code) for code in book.codes["region"]},
        codes={facet: list(book.codes[facet]) for facet in FACETS},
    )


def _body_filters(bodies: Bodies) -> dict[str, list[str]]:
    return {
        fold(spelling): sorted(bodies.with_parts(body.name))
        for body in bodies.body
        for spelling in (body.name, *body.also)
    }
