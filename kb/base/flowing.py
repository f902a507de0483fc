"""How pages became initiatives: what was met, what was left out and why, what stayed."""

from collections import Counter

from kb.base.core import Rows
from kb.base.offering import Offers
from kb.base.screening import Screens
from kb.keep import documents, outlines, register
from kb.keep.found import State
from kb.keep.said import Decision

FLOW = "step reason count".split()


class Flows(Screens, Offers):
    """The flow of a review, by which its reader can reckon what was left out."""

    def flow(self, *, at: int | None = None) -> Rows:
        """Each step with its count; pages that are met are the sum of those that follow.

        A page that two people exclude for different reasons is counted under the newer.
        """
        with self.store.reading(at) as reading:
            declarations = self.declared(reading)
            threshold = declarations.lexicon.inbox.threshold
            held = outlines.outlines(reading)
            verdicts = documents.verdicts(reading)
            belongs = documents.memberships(reading)
            entries = register.entries(reading)
        steps = Counter[tuple[str, str]]()
        for each in held:
            verdict = verdicts.get(each.id)
            if verdict is not None:
                excluded = verdict.outcome == Decision.exclude
                reason = verdict.decisions[-1].reason if excluded else ""
                steps[SCREENED[verdict.outcome], reason or ""] += 1
            elif each.id in belongs:
                steps["known by their address", ""] += 1
            elif each.state == State.gone:
                steps["gone before screening", ""] += 1
            elif (each.score or 0.0) < threshold:
                steps["below the threshold", ""] += 1
            else:
                steps["waiting", ""] += 1
        own = sum(
            declarations.bodies.name(entry.profile.organisation) in declarations.ours
            for entry in entries.values()
        )
        told = [("pages met", "", len(held))]
        for step in ORDER:
            of_step = sorted((why, count) for (name, why), count in steps.items() if name == step)
            told += [(step, why, count) for why, count in of_step]
        told += [("initiatives of others", "", len(entries) - own), ("our own", "", own)]
        rows: list[dict[str, object]] = [
            {"step": step, "reason": why or None, "count": count} for step, why, count in told
        ]
        return Rows("flow", tuple(FLOW), rows, self.marked() if at is None else ())


SCREENED = {
    "include": "included",
    "exclude": "excluded",
    "unsure": "unsure",
    "conflict": "people differ",
}
ORDER = (
    *("known by their address", "included", "excluded", "unsure", "people differ", "waiting"),
    *("below the threshold", "gone before screening"),
)
