"""The inbox: which pages wait, in which order, and what people decide on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kb.contract import address_of
from kb.declare.register import slug_of
from kb.errors import Refused, SaidApart
from kb.keep import assignments, documents, register
from kb.keep.acts import ActKind
from kb.keep.decisions import (
    PAGE_OF,
    WITH_IT,
    Assessment,
    Decision,
    Initiative,
    Membership,
    NotSame,
    Profile,
    Screening,
)
from kb.keep.documents import StoredDocument
from kb.keep.store import Writing
from kb.screen import duplicates, order, second_readings
from kb.screen.identity import UNKNOWN_BODY
from kb.screen.unread import is_offered
from kb.table import Table, column
from kb.text.page_reading import Signal
from kb.workspace.snapshot import Snapshot, part, snapshot
from kb.workspace.workspace import Workspace, parse_enum

TERMS_SHOWN = 4


@dataclass(frozen=True)
class InboxPage:
    """A page that waits for a decision."""

    document: str = column("The number of a page that is held.", narrow=True)
    assigned_to: str | None = column("Who was given it to read.")
    relevance: float | None = column(
        "How likely the page is about an initiative, 0 to 1.", narrow=True
    )
    title: str = column("Its name.", narrow=True)
    organisation: str | None = column("Who publishes it.")
    url: str = column("Its address.")
    kind: str | None = column("What kind of page it is.", narrow=True)
    terms: list[str] = column("The strongest words, with where they stand.", narrow=True)
    carried_by: list[str] | None = column("The words that carried it in the order as learned.")
    similar_to: list[str] | None = column("Initiatives that the page may be about.")
    source: str = column("The declared source.")
    first_seen: datetime | None = column("When the page was first fetched.")


@dataclass(frozen=True)
class Screened:
    """What a decision on a page came to."""

    document: str = column("The number of the page.")
    decision: str = column("include, exclude or unsure.")
    reason: str | None = column("Why it was excluded, by the code book.")
    person: str = column("Who decided.")
    initiatives: list[str] = column("The initiatives that the page belongs to now.")


@dataclass(frozen=True)
class Waiting:
    """A page to screen, and the documents that have its text and are decided with it."""

    page: StoredDocument
    copies: tuple[int, ...]
    drawn: bool = False  # by chance, from below the line
    again: str = ""  # why who acts here is to read it a second time


@dataclass(frozen=True)
class ScreeningInput:
    """A decision as it is made on a document."""

    decision: Decision
    initiatives: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    reason: str = ""
    why: str = ""
    drawn: bool = False  # shown by chance, from below the line


@part
def waiting(snapshot: Snapshot, *, everything: bool = False) -> list[Waiting]:
    """Pages to screen, the likeliest first, each once: copies wait behind the one that leads.

    With `everything` also those below the threshold, and list pages, last. What has the text of
    a page that was decided on does not wait: it was decided with it.
    """
    settled = decided(snapshot) | snapshot.memberships.keys()
    pages = [
        page
        for page in snapshot.pages
        if page.id in settled or ((everything or is_offered(snapshot, page)) and not page.gone)
    ]
    groups = duplicates.copies(snapshot, pages)
    leading = {}
    for page in pages:
        group = groups.get(page.id, [page.id])
        if page.id == group[0] and not settled & set(group):
            leading[page] = tuple(group[1:])
    return [Waiting(page, leading[page]) for page in order.in_order(snapshot, tuple(leading))]


def for_person(snapshot: Snapshot, *, mine: bool = False) -> tuple[list[Waiting], int]:
    """What waits for who acts here, what they were given first; how many others were given.

    With `mine` what they were given alone.
    """
    givens = {row.document: row.person for row in snapshot.to_read if not row.again}
    every, by = waiting(snapshot), snapshot.workspace.by
    own = [each for each in every if givens.get(each.page.id) == by]
    free = [each for each in every if each.page.id not in givens]
    return [*own, *([] if mine else free)], len(every) - len(own) - len(free)


def read_again(snapshot: Snapshot) -> list[Waiting]:
    """The live pages that who acts here is to read a second time, oldest assignment first."""
    pages = {page.id: page for page in snapshot.pages if not page.gone}
    by = snapshot.workspace.by
    rows = [row for row in snapshot.to_read if row.again and row.person == by]
    return [
        Waiting(pages[row.document], (), again=row.why) for row in rows if row.document in pages
    ]


def decided(snapshot: Snapshot) -> frozenset[int]:
    """The pages that somebody screened, whatever they decided."""
    return frozenset(snapshot.verdicts)


def inbox(
    snapshot: Snapshot, *, everything: bool = False, mine: bool = False, limit: int | None = None
) -> Table[InboxPage]:
    """Documents to screen, the likeliest first; with `everything` also below the threshold.

    Never one that somebody screened, that belongs to an initiative, or that is gone. With `mine`
    what who acts here was given: what they read a second time, then the rest.
    """
    if mine:
        every = [*read_again(snapshot), *for_person(snapshot, mine=True)[0]]
    else:
        every = waiting(snapshot, everything=everything)
    pages = [each.page for each in every[:limit]]
    again = {each.page.id for each in every if each.again}  # what is like them may be made of them
    by = snapshot.workspace.by
    givens = {row.document: row.person for row in snapshot.to_read if not row.again}
    first_seen = documents.first_seen(snapshot.reading)
    known = duplicates.known_register(snapshot)
    publishers = snapshot.declarations.publishers
    carried_by = order.carried_by(snapshot, pages)
    rows = [
        InboxPage(
            document=page.name,
            assigned_to=f"{by}, a second time" if page.id in again else givens.get(page.id),
            relevance=page.score,
            title=page.title,
            organisation=publishers.get(page.source) or None,
            url=page.url,
            kind=page.kind or None,
            terms=terms_shown(page.loaded.signals),
            carried_by=carried_by.get(page.id),
            similar_to=[
                initiative.slug
                for initiative, similarity in known.best_matches(page)
                if similarity.same and page.id not in again
            ]
            or None,
            source=page.source,
            first_seen=first_seen.get(page.id),
        )
        for page in documents.with_content(snapshot.reading, pages)
    ]
    return Table("inbox", InboxPage, rows)


def terms_shown(signals: Sequence[Signal]) -> list[str]:
    """The strongest forms, with where they stand: `allyship (title)`."""
    return [f"{signal.form} ({signal.where})" for signal in signals[:TERMS_SHOWN]]


def decide(
    workspace: Workspace,
    names: Sequence[str],
    decision: Decision | str,
    *,
    initiatives: Sequence[str] = (),
    titles: Sequence[str] = (),
    reason: str = "",
    why: str = "",
    drawn: bool = False,
) -> list[Screened]:
    """A decision on one or more documents, as one act; a row for each.

    `include` makes an initiative of each document, unless `initiatives` names those it belongs
    to, or it belongs to one already; one more for each of `titles`, since a page may hold
    several. `exclude` needs a reason of the code book; `drawn` says that the page was shown by
    chance. Copies of a document that wait with it are decided with it.
    """
    decision = parse_enum(Decision, decision, where="kb screen")
    reason = _reason(workspace, decision, reason)
    if (initiatives or titles) and decision != Decision.include:
        raise Refused(
            f"--as and --new go with include, not with {decision}", hint="leave one of the two out"
        )
    with snapshot(workspace) as now:
        pages = [workspace.document(now.reading, name) for name in dict.fromkeys(names)]
        targets = [workspace.initiative(now.reading, name).id for name in initiatives]
        _check_apart(now, pages, targets, why)
        for page in pages:
            assignments.check_screening(now.reading, workspace.able, workspace.by, page.id)
        _check_not_led(now, pages)
        copies = _copies_waiting(now, pages)
    subject = " ".join(page.name for page in pages)
    answer = ScreeningInput(decision, tuple(targets), tuple(titles), reason, why, drawn)
    command = f"screen {subject} {decision}"
    with workspace.writing(ActKind.screen, command, subject=subject, why=why) as writing:
        rows = []
        for page in pages:
            second_readings.draw_page(workspace, writing, page)
            rows.append(_decide(workspace, writing, page, answer))
            joined = tuple(sorted(documents.memberships(writing).get(page.id, set())))
            why = f"{WITH_IT}{page.id}"
            with_it = replace(answer, initiatives=joined, titles=(), why=why, drawn=False)
            rows += [_decide(workspace, writing, copy, with_it) for copy in copies[page.id]]
        return rows


def _check_apart(
    snapshot: Snapshot, pages: Sequence[StoredDocument], initiatives: Sequence[int], why: str
) -> None:
    """Raises SaidApart, without a reason, for a page that was said to be of another initiative."""
    if why.strip():
        return
    for row in snapshot.reading.rows(NotSame, what=PAGE_OF):
        if row.a in initiatives and row.b in {page.id for page in pages}:
            act = snapshot.acts[row.made]
            slug = snapshot.slugs[row.a]
            raise SaidApart(
                f"{act.by} said on {act.at.date()} that d{row.b} is no page of {slug!r}",
                hint="say why it is: --why TEXT",
            )


def _check_not_led(snapshot: Snapshot, pages: Sequence[StoredDocument]) -> None:
    """Raises Refused for a page with the text of one that who acts here is to read blind."""
    blind = snapshot.hidden.documents
    if not blind or all(page.id in blind for page in pages):
        return
    groups = duplicates.copies(snapshot, [page for page in snapshot.pages if not page.gone])
    for page in pages:
        led = blind.intersection(groups.get(page.id, ())) - {page.id}
        if led and page.id not in blind:
            leader = min(led)
            raise Refused(
                f"{page.name} has the text of d{leader}, which you are to read",
                hint=f"decide on d{leader}; what has its text is decided with it",
            )


def _copies_waiting(
    snapshot: Snapshot, pages: Sequence[StoredDocument]
) -> dict[int, list[StoredDocument]]:
    """Document to its copies that nobody decided on, or that were decided on with it."""
    settled = decided(snapshot) | snapshot.memberships.keys() | {page.id for page in pages}
    with_it = {
        (row.document, row.why)
        for row in snapshot.reading.rows(Screening)
        if row.why.startswith(WITH_IT)
    }
    groups = duplicates.copies(snapshot, [page for page in snapshot.pages if not page.gone])
    copies = {
        page.id: [
            number
            for number in groups.get(page.id, [])
            if number not in settled or (number, f"{WITH_IT}{page.id}") in with_it
        ]
        for page in pages
    }
    pages_of_copies = documents.stored(
        snapshot.reading, {n for those in copies.values() for n in those}
    )
    by_id = {page.id: page for page in documents.with_content(snapshot.reading, pages_of_copies)}
    return {leader: [by_id[number] for number in those] for leader, those in copies.items()}


def _reason(workspace: Workspace, decision: Decision, reason: str) -> str:
    """The reason as the code book spells it. Raises Refused where one is missing, or too many."""
    if decision == Decision.exclude:
        book = workspace.declarations.book
        if not reason:
            known = ", ".join(book.codes["exclusion_reason"])
            raise Refused("exclude needs a reason", hint=f"--reason one of: {known}")
        return book.check("exclusion_reason", reason)
    if reason:
        raise Refused(f"--reason goes with exclude, not with {decision}", hint="--why TEXT")
    return ""


def _decide(
    workspace: Workspace, writing: Writing, page: StoredDocument, answer: ScreeningInput
) -> Screened:
    row = Screening(
        document=page.id,
        person=workspace.by,
        decision=answer.decision,
        reason=answer.reason,
        why=answer.why,
        drawn=answer.drawn or any(r.drawn for r in writing.history(Screening, document=page.id)),
    )
    writing.replace_own(row, "document", "person")
    members = documents.memberships(writing).get(page.id, set())
    joined = list(answer.initiatives)
    if answer.decision == Decision.include:
        joined += [_make(workspace, writing, page, title) for title in answer.titles]
        if not joined and not members:
            joined = [_make(workspace, writing, page)]
        for number in joined:
            if number not in members:
                writing.add(Membership(document=page.id, initiative=number))
    elif not documents.included_by_others(writing, page.id, workspace.by):
        _leave(workspace, writing, page)
    initiatives = register.initiatives(writing, joined or sorted(members)).values()
    return Screened(
        document=page.name,
        decision=answer.decision.value,
        reason=answer.reason or None,
        person=workspace.by,
        initiatives=[each.slug for each in initiatives],
    )


def _make(
    workspace: Workspace, writing: Writing, page: StoredDocument, given_title: str = ""
) -> int:
    """A new initiative, as its page describes it; its id.

    One that shares its page with others (`given_title`) is not at the page's address alone: it
    is known by membership.
    """
    organisation = workspace.declarations.publishers.get(page.source) or ""
    body = workspace.declarations.bodies.find(organisation)
    title = given_title.strip() or page.title or page.url
    slug = slug_of(title, organisation, frozenset(register.slugs(writing)))
    number = writing.add(Initiative(slug=slug)).row_id
    writing.add(
        Profile(
            initiative=number,
            title=title,
            organisation=organisation or UNKNOWN_BODY,
            organisation_kind=body.kind if body else "",
            summary="" if given_title else page.loaded.summary,
            url=None if page.described else page.url,
            address=None if given_title or page.described else address_of(page.url),
            url_is="owner",
            status_seen=page.fetched_at.date(),
        )
    )
    return number


def _leave(workspace: Workspace, writing: Writing, page: StoredDocument) -> None:
    """The document leaves its initiatives; one made from it alone goes with it."""
    for row in writing.rows(Membership, document=page.id):
        writing.end(row)
        others = writing.rows(Membership, initiative=row.initiative)
        initiative = writing.get(Initiative, row.initiative)
        if others or not initiative or initiative.made != row.made:
            continue
        if not _used_by_others(workspace, writing, row.initiative):
            writing.end_all(writing.rows(Profile, initiative=row.initiative))


def _used_by_others(workspace: Workspace, writing: Writing, number: int) -> bool:
    """True where something was merged into the initiative, or another person assessed it."""
    assessments = writing.rows(Assessment, initiative=number)
    merged = number in documents.merges(writing).values()
    return merged or any(each.person != workspace.by for each in assessments)
