"""How pages became initiatives: what was met, what was left out and why, what stayed."""

from collections import Counter
from dataclasses import dataclass

from kb.declare.page_kinds import PageKind
from kb.keep.decisions import Decision
from kb.keep.documents import CONFLICT, StoredDocument
from kb.screen.inbox import waiting
from kb.screen.unread import unread
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot

SCREENED = {
    Decision.include.value: "included",
    Decision.exclude.value: "excluded",
    Decision.unsure.value: "unsure",
    CONFLICT: "people differ",
}
ORDER = (
    *(
        "described to us",
        "known by their address",
        "included",
        "excluded",
        "unsure",
        "people differ",
        "waiting",
    ),
    *("a copy of another page", "a list page", "below the threshold", "gone before screening"),
)


@dataclass(frozen=True)
class FlowStep:
    """A step on the way from page to initiative, with its count."""

    step: str = column("A step on the way from page to initiative.", narrow=True)
    reason: str | None = column("Why pages were excluded, by the code book.", narrow=True)
    count: int = column("How many.", narrow=True)


def flow(snapshot: Snapshot) -> Table[FlowStep]:
    """Each step with its count; pages that are met are the sum of those that follow.

    A page that two people exclude for different reasons is counted under the newer. Beside the
    sum stands how many of those below the threshold are relevant, once some were drawn.
    """
    threshold = snapshot.declarations.lexicon.inbox.threshold
    to_screen = frozenset(each.page.id for each in waiting(snapshot))
    counts = Counter(_step(snapshot, page, threshold, to_screen) for page in snapshot.pages)
    rows = [FlowStep("pages met", None, len(snapshot.pages))]
    rows += [
        FlowStep(name, reason or None, count)
        for name in ORDER
        for (step, reason), count in sorted(counts.items())
        if step == name
    ]
    below = unread(snapshot)
    if below.estimate is not None:
        low, high = below.interval
        told = f"95%: {low} to {high}; {below.relevant} of {below.drawn} drawn were"
        rows.append(FlowStep("relevant below the threshold, estimated", told, below.estimate))
    own = len(snapshot.own)
    rows.append(FlowStep("initiatives of others", None, len(snapshot.register) - own))
    rows.append(FlowStep("our own", None, own))
    return Table("flow", FlowStep, rows, snapshot.marks)


def _step(
    snapshot: Snapshot, page: StoredDocument, threshold: float, to_screen: frozenset[int]
) -> tuple[str, str]:
    """The step at which the page is, and the reason where it was excluded."""
    verdict = snapshot.verdicts.get(page.id)
    if verdict is not None:
        excluded = verdict.outcome == Decision.exclude
        return SCREENED[verdict.outcome], verdict.decisions[-1].reason if excluded else ""
    if page.described:
        return "described to us", ""
    if page.id in snapshot.memberships:
        return "known by their address", ""
    if page.gone:
        return "gone before screening", ""
    if page.kind == PageKind.list_page:
        return "a list page", ""
    if (page.score or 0.0) < threshold:
        return "below the threshold", ""
    return ("waiting" if page.id in to_screen else "a copy of another page"), ""
