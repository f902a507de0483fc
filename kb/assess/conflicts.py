"""Conflicts: what holds where people differ, said by a person with a reason."""

from dataclasses import dataclass

from kb.assess.evidence import evidence_of
from kb.errors import Refused, Unknown
from kb.keep.acts import ActKind
from kb.keep.decisions import Decision, Level, Resolved
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace


@dataclass(frozen=True)
class Resolution:
    """What holds from now on: on what, against which strand if any, and what people had said."""

    what: str
    strand: str | None
    outcome: str
    differed: list[str]


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
