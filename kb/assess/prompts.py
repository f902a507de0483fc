"""What to consider doing about a strand: made by rule from its position, grade and need."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.assess.positions import Position

POORLY = ("C", "D")
ASKED = "asked-for"
NAMED = 3


@dataclass(frozen=True)
class Prompt:
    """What to consider, and the pages to look at first; as text it says that a rule made it."""

    look_first: bool
    pages: tuple[str, ...] = ()
    advice: str = ""

    @property
    def sentence(self) -> str:
        """The same without the numbers of pages, which tell a board nothing."""
        first = "look further before deciding" if self.look_first else ""
        return "; then ".join(filter(None, (first, self.advice)))

    def __str__(self) -> str:
        first = f"look first: {' '.join(self.pages)}" if self.pages else "look first"
        parts = (first if self.look_first else "", self.advice)
        return "by rule: " + "; then ".join(filter(None, parts))


def prompt(
    position: Position,
    *,
    grade: str,
    needs: Sequence[str],
    names: Sequence[str],
    waiting: Sequence[str],
) -> Prompt:
    """What to consider.

    Args:
        position: from confirmed assessments.
        grade: A to D.
        needs: what boards said of the strand, `asked-for` among it where they asked.
        names: the bodies behind what counts.
        waiting: pages that wait and suggest the strand, the likeliest first.
    """
    bodies = ", ".join(names[:NAMED])
    serving = {Position.crowded: f"signpost to {bodies}", Position.served: f"build on {bodies}"}
    if grade in POORLY or position == Position.not_assessed:
        # What was found stands however little was searched: more of it may be there.
        return Prompt(True, tuple(waiting[:NAMED]), serving.get(position, ""))
    if position in serving:
        return Prompt(False, advice=serving[position])
    if not needs or (position != Position.part_served and ASKED not in needs):
        return Prompt(False, advice="ask members first")
    leading = f" with {bodies}" if position == Position.part_served else ""
    return Prompt(False, advice=f"consider leading{leading}")
