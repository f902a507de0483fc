"""Conflicts: what holds where people differ, said by a person with a reason."""

from collections.abc import Iterator
from dataclasses import dataclass

from kb.assess.evidence import evidence_of
from kb.errors import Refused, Unknown
from kb.keep.acts import ActKind
from kb.keep.decisions import Decision, Level, Resolved
from kb.keep.documents import CONFLICT
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace


@dataclass(frozen=True)
class Resolution:
    """What holds from now on: on what, against which strand if any, and what people had said."""

    what: str
    strand: str | None
    outcome: str
    differed: list[str]


@dataclass(frozen=True)
class Conflict:
    """One of the answers on which people differ."""

    initiative: str | None = column("The slug of the initiative, which stays.", narrow=True)
    document: str | None = column("The number of a page that is held.", narrow=True)
    strand: str | None = column("The key of a strand of the offer.", narrow=True)
    person: str = column("Who said so.", narrow=True)
    decision: str = column("What they decided: a level, or include, exclude, unsure.", narrow=True)
    quote: str | None = column("The passage that they rest it on.", narrow=True)
    reason: str | None = column("Why a page was excluded, by the code book.", narrow=True)
    why: str | None = column("The reason given, in words.", narrow=True)
    title: str = column("The name of the page or the initiative.")


def differences(snapshot: Snapshot) -> list[list[Conflict]]:
    """Everything on which people differ and nobody has resolved it: what each of them said.

    Without what the person who acts here is still to decide blind.
    """
    return [*_on_pages(snapshot), *_on_strands(snapshot)]


def conflicts(snapshot: Snapshot) -> Table[Conflict]:
    """The same as one list, a row for each person's answer."""
    rows = [answer for answers in differences(snapshot) for answer in answers]
    return Table("conflicts", Conflict, rows, snapshot.marks)


def _on_pages(snapshot: Snapshot) -> Iterator[list[Conflict]]:
    pages = {page.id: page for page in snapshot.pages}
    for number, verdict in snapshot.verdicts.items():
        if verdict.outcome == CONFLICT and number not in snapshot.hidden.documents:
            yield [
                Conflict(
                    initiative=None,
                    document=f"d{number}",
                    strand=None,
                    person=row.person,
                    decision=row.decision.value,
                    quote=None,
                    reason=row.reason or None,
                    why=row.why or None,
                    title=pages[number].title,
                )
                for row in verdict.decisions
            ]


def _on_strands(snapshot: Snapshot) -> Iterator[list[Conflict]]:
    evidence = evidence_of(snapshot)
    for strand, judgements in evidence.by_strand.items():
        for number, judgement in judgements.items():
            blind = (number, strand) in snapshot.hidden.pairs
            if judgement.outcome == CONFLICT and not blind:
                initiative = snapshot.register[number]
                yield [
                    Conflict(
                        initiative=initiative.slug,
                        document=None,
                        strand=strand,
                        person=row.person,
                        decision=row.level.value,
                        quote=snapshot.quoted(row.quote, row.revision),
                        reason=None,
                        why=row.why or None,
                        title=initiative.profile.title,
                    )
                    for row in judgement.effective
                ]


def resolve(
    workspace: Workspace, name: str, outcome: str, *, strand: str = "", why: str = ""
) -> Resolution:
    """Says what holds where people differ, on a document or on an initiative and strand.

    Raises Refused where nobody differs, or without a reason.
    """
    if not why:
        raise Refused("say why", hint="--why TEXT, as if it will be published")
    with snapshot(workspace) as now:
        row, answers = _on_strand(now, name, strand) if strand else _on_document(now, name)
    known: list[str] = list(Level) if strand else list(Decision)
    if outcome not in known:
        raise Unknown("outcome", outcome, known, where="kb resolve")
    if len(answers) < 2:
        raise Refused(f"nobody differs on {name}{f' and {strand}' if strand else ''}")
    row.outcome, row.why = outcome, why
    command = f"resolve {name} {strand or outcome}"
    with workspace.writing(ActKind.resolve, command, subject=name, why=why) as writing:
        writing.replace_own(row, "document", "initiative", "strand")
    return Resolution(name, strand or None, outcome, sorted(answers))


def _on_strand(snapshot: Snapshot, name: str, strand: str) -> tuple[Resolved, set[str]]:
    """The row to fill in for an initiative and strand, and the levels that people gave."""
    initiative = snapshot.workspace.initiative(snapshot.reading, name)
    key = snapshot.declarations.offer.get(strand).key
    judgement = evidence_of(snapshot).judgements.get((initiative.id, key))
    levels = {row.level.value for row in judgement.effective} if judgement else set()
    return Resolved(initiative=initiative.id, strand=key, outcome=""), levels


def _on_document(snapshot: Snapshot, name: str) -> tuple[Resolved, set[str]]:
    """The row to fill in for a document, and what people decided on it."""
    page = snapshot.workspace.document(snapshot.reading, name)
    verdict = snapshot.verdicts.get(page.id)
    decisions = {each.decision.value for each in verdict.decisions} if verdict else set()
    return Resolved(document=page.id, outcome=""), decisions
