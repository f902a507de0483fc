"""What to consider doing about a strand: made by rule from its position, grade and need."""

from collections.abc import Sequence

from kb.assess.positions import Position

POORLY = ("C", "D")
ASKED = "asked-for"
BY_RULE = "by rule: "
NAMED = 3


def prompt(
    position: Position,
    *,
    grade: str,
    needs: Sequence[str],
    names: Sequence[str],
    waiting: Sequence[str],
) -> str:
    """A sentence that says that it is made by rule.

    Args:
        position: from confirmed assessments.
        grade: A to D.
        needs: what boards said of the strand, `asked-for` among it where they asked.
        names: the bodies behind what counts.
        waiting: pages that wait and suggest the strand, the likeliest first.
    """
    told = ", ".join(names[:NAMED])
    known = {Position.crowded: f"signpost to {told}", Position.served: f"build on {told}"}
    if grade in POORLY or position == Position.not_assessed:
        first = f": {' '.join(waiting[:NAMED])}" if waiting else ""
        # What was found stands however little was searched: more of it may be there.
        then = f"; then {known[position]}" if position in known else ""
        return f"{BY_RULE}look first{first}{then}"
    if position in known:
        return f"{BY_RULE}{known[position]}"
    if not needs:
        return f"{BY_RULE}ask members first"
    if position == Position.part_served:
        return f"{BY_RULE}consider leading with {told}"
    return f"{BY_RULE}consider leading" if ASKED in needs else f"{BY_RULE}ask members first"
