"""What people decide on pages: stored with what follows for copies and initiatives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

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
from kb.screen import duplicates, second_readings
from kb.screen.identity import UNKNOWN_BODY
from kb.screen.inbox import decided
from kb.table import column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace, parse_enum


@dataclass(frozen=True)
class Screened:
    """What a decision on a page came to."""

    document: str = column("The number of the page.")
    decision: str = column("include, exclude or unsure.")
    reason: str | None = column("Why it was excluded, by the code book.")
    person: str = column("Who decided.")
    initiatives: list[str] = column("The initiatives that the page belongs to now.")


@dataclass(frozen=True)
class ScreeningInput:
    """A decision as it is made on a document."""

    decision: Decision
    initiatives: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    reason: str = ""
    why: str = ""
    drawn: bool = False  # shown by chance, from below the line


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
