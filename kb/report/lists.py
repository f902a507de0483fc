"""Lists of what is held: initiatives, decisions, sources, runs; and what waits, in counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kb.assess.conflicts import differences
from kb.assess.evidence import evidence_of
from kb.assess.outcomes import quiet
from kb.assess.page_changes import pages_say_else
from kb.assess.proposals import read_again as levels_to_read_again
from kb.assess.recheck import to_recheck
from kb.contract import Shape
from kb.declare.declarations import Declarations
from kb.keep import documents, runs
from kb.keep.acts import Act, ActKind, Row
from kb.keep.crawled import Outcome, Run
from kb.keep.decisions import (
    PAGE_OF,
    Assessment,
    Basis,
    Membership,
    Merge,
    NotSame,
    Profile,
    Relation,
    Resolved,
    Screening,
    Tag,
)
from kb.keep.register import StoredInitiative
from kb.screen.duplicates import same
from kb.screen.inbox import decided, read_again, waiting
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot
from kb.workspace.sources import active, is_due, never_crawled, unwell
from kb.workspace.workspace import is_document

# The acts whose subject is the names of pages and initiatives, one space between.
ABOUT_NAMES = (
    ActKind.screen, ActKind.tag, ActKind.edit, ActKind.merge, ActKind.split_, ActKind.not_same,
    ActKind.assess, ActKind.result, ActKind.resolve,
)  # fmt: skip


@dataclass(frozen=True)
class InitiativeRow:
    """An initiative of the register."""

    id: int = column("A number that stays.", narrow=True)
    slug: str = column("The name of the initiative in addresses and commands, which stays.")
    title: str = column("Its name.", narrow=True)
    organisation: str = column("Who runs or publishes it.", narrow=True)
    organisation_kind: str | None = column("What kind of body that is, by the code book.")
    kind: str | None = column("What it is, by the code book.")
    role: str | None = column("What it is to a board, by the code book.", narrow=True)
    reach: str | None = column("Who may take it up, by the code book.")
    audience: list[str] = column("For whom it is made, by the code book.")
    means: list[str] = column("How it reaches people, by the code book.")
    focus: list[str] = column("What it is about, by the code book.")
    region: list[str] = column("Where, by the code book.")
    status: str | None = column("active, published, ended, superseded or unknown.", narrow=True)
    effect: str | None = column("What is known of its effect, by the code book.")
    own: bool = column("Our own work; never counted.")
    started: str | None = column("When it began: year or month, as far as known.")
    url: str | None = column("Its address.")
    summary: str | None = column("What it is, in a sentence or two.")
    quiet: str | None = column("Why it seems to have gone quiet.")
    says_else: str | None = column("What became of its pages since a person looked at them.")
    strands: list[str] = column("The strands it was assessed against.", inside=True)
    documents: list[str] = column("Its pages that are held.", inside=True)
    last_changed: datetime | None = column("When something was last said of it.", inside=True)


@dataclass(frozen=True)
class DecisionRow:
    """A decision of a person, as it was made and, if it was, ended."""

    at: datetime = column("When, in UTC.", narrow=True)
    by: str = column("Who acted.", narrow=True)
    what: str = column(
        "screening, assessment, proposal, resolution, merge, not the same, or undo.", narrow=True
    )
    document: str | None = column("The number of a page that is held.", narrow=True)
    initiative: str | None = column("The slug of the initiative, which stays.", narrow=True)
    strand: str | None = column("The key of a strand of the offer.", narrow=True)
    decision: str = column("include, exclude, unsure, a level, or what was undone.", narrow=True)
    reason: str | None = column("Why it was excluded, by the code book.")
    why: str | None = column("The reason given, in words.")
    ended_at: datetime | None = column("When the decision ceased to hold.", narrow=True)
    ended_by: str | None = column("Who ended it.")


@dataclass(frozen=True)
class SourceRow:
    """A declared source with what is known of it."""

    name: str = column("What the source is called.", narrow=True)
    organisation: str = column("Who publishes it.")
    shape: Shape = column("How the site lets itself be read.", narrow=True)
    url: str | None = column("Where reading begins.")
    cadence: int = column("Days between two crawls.")
    last_run: datetime | date | None = column("When it was last crawled, or searched by hand.")
    outcome: Outcome | None = column("ok, partial, failed or blocked.", narrow=True)
    documents: int = column("How many pages are held.", narrow=True)
    due: bool = column("True where the source is to be crawled again.", narrow=True)
    state: str = column("on, paused or retired.", narrow=True)
    checked: bool = column("True once a crawl confirmed the declaration.")
    unwell_since: date | None = column(
        "The day from which its runs are not ok, or it is overdue by more than its cadence.",
        narrow=True,
    )


@dataclass(frozen=True)
class RunRow:
    """A run."""

    id: int = column("A number that stays.", narrow=True)
    source: str = column("The declared source.", narrow=True)
    started: datetime = column("When it began.")
    seconds: float | None = column("How long it took.")
    outcome: Outcome = column("ok, partial, failed or blocked.", narrow=True)
    requests: int | None = column("How many requests were made.")
    new: int | None = column("Pages met for the first time.", narrow=True)
    changed: int | None = column("Pages whose text had changed.", narrow=True)
    same: int | None = column("Pages that had not changed.", narrow=True)
    gone: int | None = column("Pages that are no longer at their address.", narrow=True)
    errors: int | None = column("Requests that failed.", narrow=True)
    why: str | None = column("Why it was not ok.", narrow=True)
    must_find: float | None = column("The share of must-find pages that it met.", narrow=True)


def initiatives(
    snapshot: Snapshot,
    *,
    codes: Mapping[str, Sequence[str]] | None = None,
    organisation: str | None = None,
    strand: str | None = None,
    own: bool | None = None,
    only_quiet: bool = False,
) -> Table[InitiativeRow]:
    """The register, by title. Every filter given must hold; a region takes in wider ones.

    With `only_quiet` what has gone quiet alone: its pages are gone, or nothing dated is recent.
    """
    filters = _Filters(snapshot, codes or {}, organisation, strand, own)
    strands = _assessed_strands(snapshot)
    changed = _last_changed(snapshot)
    silent, changed_pages = quiet(snapshot), pages_say_else(snapshot)
    rows = []
    for number, initiative in snapshot.register.items():
        keys = strands.get(number, [])
        if not filters.hold(initiative, keys) or (only_quiet and number not in silent):
            continue
        profile = initiative.profile
        rows.append(
            InitiativeRow(
                id=number,
                slug=initiative.slug,
                title=profile.title,
                organisation=profile.organisation,
                organisation_kind=profile.organisation_kind or None,
                kind=initiative.code("kind"),
                role=initiative.code("role"),
                reach=initiative.code("reach"),
                audience=initiative.codes("audience"),
                means=initiative.codes("means"),
                focus=initiative.codes("focus"),
                region=initiative.codes("region"),
                status=initiative.code("status"),
                effect=initiative.code("effect"),
                own=number in snapshot.own,
                started=profile.started,
                url=profile.url,
                summary=profile.summary or None,
                quiet=silent.get(number),
                says_else=changed_pages.get(initiative.slug),
                strands=keys,
                documents=[page.name for page in snapshot.every_page_of.get(number, [])],
                last_changed=changed.get(number),
            )
        )
    rows.sort(key=lambda row: (row.title.casefold(), row.id))
    return Table("initiatives", InitiativeRow, rows, snapshot.marks)


class _Filters:
    """The filters of the register, made ready once."""

    def __init__(
        self,
        snapshot: Snapshot,
        codes: Mapping[str, Sequence[str]],
        organisation: str | None,
        strand: str | None,
        own: bool | None,
    ) -> None:
        self._declarations: Declarations = snapshot.declarations
        book = self._declarations.book
        self._codes = {
            facet: {
                each
                for code in those
                for each in (book.around(code) if facet == "region" else [book.check(facet, code)])
            }
            for facet, those in codes.items()
            if those
        }
        bodies = self._declarations.bodies
        self._bodies = bodies.with_parts(organisation) if organisation else None
        self._strand = self._declarations.offer.get(strand).key if strand else None
        self._own = own

    def hold(self, initiative: StoredInitiative, strands: Sequence[str]) -> bool:
        """True where every filter lets the initiative through."""
        body = self._declarations.bodies.name(initiative.profile.organisation)
        return (
            all(set(initiative.codes(facet)) & those for facet, those in self._codes.items())
            and (self._bodies is None or body in self._bodies)
            and (self._strand is None or self._strand in strands)
            and (self._own is None or self._own == (body in self._declarations.ours))
        )


def _assessed_strands(snapshot: Snapshot) -> dict[int, list[str]]:
    """Initiative to the strands that it was found to bear on."""
    strands: dict[int, list[str]] = {}
    for (number, strand), judgement in evidence_of(snapshot).judgements.items():
        if judgement.outcome != "no-overlap":
            strands.setdefault(number, []).append(strand)
    return strands


def _last_changed(snapshot: Snapshot) -> dict[int, datetime]:
    """Initiative to when something was last said of it, or ended."""
    last: dict[int, int] = {}
    for number, row in _rows_about_initiatives(snapshot):
        ended = row.ended if row.ended in snapshot.acts else None
        last[number] = max(last.get(number, 0), row.made, ended or 0)
    return {number: snapshot.acts[act].at for number, act in last.items()}


def _rows_about_initiatives(snapshot: Snapshot) -> Iterable[tuple[int, Row]]:
    for model in (Profile, Tag, Relation, Assessment, Membership):
        rows: list[Any] = list(snapshot.reading.history(model))
        yield from ((row.initiative, row) for row in rows)


def decisions(snapshot: Snapshot) -> Table[DecisionRow]:
    """Every decision ever made, what was resolved and undone among them, newest first.

    Without those on what the person who acts here is still to decide blind.
    """
    reading, hidden = snapshot.reading, snapshot.hidden
    rows = [
        *(
            (row.made, _screening(snapshot, row))
            for row in reading.history(Screening)
            if row.document not in hidden.documents
        ),
        *(
            (row.made, _assessment(snapshot, row))
            for row in reading.history(Assessment)
            if row.made not in hidden.acts
        ),
        *((row.made, _resolution(snapshot, row)) for row in reading.history(Resolved)),
        *((row.made, _merge(snapshot, row)) for row in reading.history(Merge)),
        *((row.made, _apart(snapshot, row)) for row in reading.history(NotSame)),
        *((act.id or 0, row) for act in reading.acts(ActKind.undo) for row in _undo(snapshot, act)),
    ]
    newest_first = sorted(enumerate(rows), key=lambda each: (each[1][0], each[0]), reverse=True)
    unread = len(hidden.documents) + len(hidden.pairs)
    notes = (
        (f"without what was decided on {unread} that you are to decide blind",) if unread else ()
    )
    return Table("decisions", DecisionRow, [row for _, (_, row) in newest_first], notes)


def _screening(snapshot: Snapshot, row: Screening) -> DecisionRow:
    return DecisionRow(
        at=snapshot.acts[row.made].at,
        by=row.person,
        what="screening",
        document=f"d{row.document}",
        initiative=None,
        strand=None,
        decision=row.decision,
        reason=row.reason or None,
        why=row.why or None,
        **_ended(snapshot, row),
    )


def _assessment(snapshot: Snapshot, row: Assessment) -> DecisionRow:
    return DecisionRow(
        at=snapshot.acts[row.made].at,
        by=row.person,
        what="assessment" if row.basis == Basis.confirmed else "proposal",
        document=None,
        initiative=snapshot.slugs[row.initiative],
        strand=row.strand,
        decision=row.level,
        reason=None,
        why=row.why or None,
        **_ended(snapshot, row),
    )


def _resolution(snapshot: Snapshot, row: Resolved) -> DecisionRow:
    act = snapshot.acts[row.made]
    return DecisionRow(
        at=act.at,
        by=act.by,
        what="resolution",
        document=f"d{row.document}" if row.document else None,
        initiative=snapshot.slugs[row.initiative] if row.initiative else None,
        strand=row.strand or None,
        decision=row.outcome,
        reason=None,
        why=row.why or None,
        **_ended(snapshot, row),
    )


def _merge(snapshot: Snapshot, row: Merge) -> DecisionRow:
    act = snapshot.acts[row.made]
    return DecisionRow(
        at=act.at,
        by=act.by,
        what="merge",
        document=None,
        initiative=snapshot.slugs[row.initiative],
        strand=None,
        decision=f"is {snapshot.slugs[row.into]}",
        reason=None,
        why=act.why or None,
        **_ended(snapshot, row),
    )


def _apart(snapshot: Snapshot, row: NotSame) -> DecisionRow:
    act = snapshot.acts[row.made]
    pages = {
        "document": (f"d{row.a}", f"d{row.b}"),
        PAGE_OF: (f"d{row.b}", snapshot.slugs.get(row.a)),
    }
    document, other = pages.get(row.what, (None, snapshot.slugs.get(row.b)))
    return DecisionRow(
        at=act.at,
        by=act.by,
        what="not the same",
        document=document,
        initiative=snapshot.slugs.get(row.a) if row.what != "document" else None,
        strand=None,
        decision=f"is not {other}",
        reason=None,
        why=act.why or None,
        **_ended(snapshot, row),
    )


def _undo(snapshot: Snapshot, act: Act) -> Iterator[DecisionRow]:
    """What an act took back: a row each page or initiative that it was about."""
    undone = snapshot.acts[act.undoes or 0]
    for name in undone.subject.split() if undone.kind in ABOUT_NAMES else [""]:
        yield DecisionRow(
            at=act.at,
            by=act.by,
            what="undo",
            document=name if is_document(name) else None,
            initiative=None if is_document(name) else name or None,
            strand=None,
            decision=f"act {act.undoes} ({undone.kind})",
            reason=None,
            why=act.why or None,
            ended_at=None,
            ended_by=None,
        )


def _ended(snapshot: Snapshot, row: Row) -> dict[str, Any]:
    act = snapshot.acts.get(row.ended or 0)
    return {"ended_at": act.at if act else None, "ended_by": act.by if act else None}


def sources(snapshot: Snapshot) -> Table[SourceRow]:
    """Every declared source with what is known of it.

    A search by hand counts as the last run of a source that is not crawled.
    """
    ill = unwell(snapshot)
    counts = documents.counts_by_source(snapshot.reading)
    rows = []
    for source in snapshot.declarations.sources.source:
        run = snapshot.last_runs.get(source.name)
        by_hand = snapshot.manual_searches.get(source.name)
        rows.append(
            SourceRow(
                name=source.name,
                organisation=source.organisation,
                shape=source.shape,
                url=source.start[0] if source.start else None,
                cadence=source.every_days,
                last_run=run.started if run else by_hand.on if by_hand else None,
                outcome=run.outcome if run else None,
                documents=counts.get(source.name, (0, 0))[0],
                due=is_due(source, run, snapshot.instant),
                state=source.state,
                checked=source.checked,
                unwell_since=ill[source.name].since if source.name in ill else None,
            )
        )
    return Table("sources", SourceRow, rows, notes=tuple(_moved(snapshot)))


def _moved(snapshot: Snapshot) -> Iterator[str]:
    """A line for each source whose start page says for good that it is at another host."""
    for source in active(snapshot):
        run = snapshot.last_runs.get(source.name)
        there = run.evidence.get("moved") if run else None
        if there and not source.holds(there):
            yield f"{source.name} has moved to {there}: kb sources move {source.name} {there}"


def runs_list(snapshot: Snapshot, source: str | None = None) -> Table[RunRow]:
    """Runs, newest first; Unknown for a source that is not declared and never ran."""
    if source and not snapshot.reading.rows(Run, source=source):
        snapshot.declarations.sources.get(source)
    rows = [_run(run) for run in runs.newest(snapshot.reading, source)]
    return Table("runs", RunRow, rows)


def _run(run: Run) -> RunRow:
    names = ("requests", "new", "changed", "same", "gone", "errors")
    return RunRow(
        id=run.number,
        source=run.source,
        started=run.started,
        seconds=(run.finished - run.started).total_seconds() if run.finished else None,
        outcome=run.outcome,
        **{name: run.counts.get(name) for name in names},
        must_find=run.evidence.get("must_find"),
        why=run.why or None,
    )


def status(snapshot: Snapshot) -> dict[str, int]:
    """Counts of what is held and of what waits for a person, each by its one definition."""
    evidence = evidence_of(snapshot)
    sources = snapshot.declarations.sources.source
    return {
        "initiatives of others": len(snapshot.register) - len(snapshot.own),
        "initiatives of our own": len(snapshot.own),
        "pages met": len(snapshot.pages),
        "pages waiting": len(waiting(snapshot)),
        "pages decided": len(decided(snapshot)),
        "yours to read again": len(read_again(snapshot)) + len(levels_to_read_again(snapshot)),
        "proposals to confirm": len(evidence.proposed),
        "assessments confirmed": len(evidence.confirmed),
        "to re-check": len(to_recheck(snapshot)),
        "conflicts": len(differences(snapshot)),
        "likely doubles": len(same(snapshot).rows),
        "sources": sum(source.state != "retired" for source in sources),
        "sources never crawled": len(never_crawled(snapshot)),
        "sources unwell": len(unwell(snapshot)),
    }
