"""The pictures of a briefing: where each strand stands, and how pages became initiatives."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb.assess.gaps import A_PROPOSAL
from kb.assess.positions import PRINTED
from kb.report.briefing import Brief
from kb.report.drawings import Arrow, Box, Drawing, Label, Mark, lines_of, width_of
from kb.report.paper import counted
from kb.screen.flow import FlowStep

WIDTH = 640
NAME, BAR = 212, 214  # where names end, and how long the longest bar is
LINE = 15  # units between two lines of text
CONFIRMED, RECHECK, PROPOSED = "#1f4e79", "#ffd9a8", "#ffffff"
LEAST_FULL = 6  # initiatives: a bar of fewer is never drawn as long as the longest may be
EXCLUDED = "excluded"


@dataclass(frozen=True)
class Bar:
    """How many initiatives count for a strand, by the state of their evidence."""

    name: str
    stands: str
    confirmed: int
    recheck: int
    proposed: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.confirmed + self.recheck + self.proposed


def bars_of(brief: Brief) -> list[Bar]:
    """A bar a strand: initiatives that count, or would if their proposal were confirmed."""
    counts: Counter[tuple[str, str]] = Counter()
    for row in brief.overlaps.rows:
        if row.counted:
            counts[row.strand, "recheck" if row.recheck else "confirmed"] += 1
        elif row.why_not_counted == A_PROPOSAL:
            counts[row.strand, "proposed"] += 1
    return [
        Bar(
            brief.names[gap.strand],
            PRINTED[gap.position],
            counts[gap.strand, "confirmed"],
            counts[gap.strand, "recheck"],
            counts[gap.strand, "proposed"],
        )
        for gap in brief.gaps.rows
    ]


def strands_drawing(brief: Brief) -> Drawing:
    """A bar a strand: confirmed filled, to be looked at again hatched, proposed in dashes."""
    bars = bars_of(brief)
    unit = BAR / max([LEAST_FULL, *(bar.total for bar in bars)])
    marks: list[Mark] = list(_legend(brief))
    y = 44.0
    for bar in bars:
        name = lines_of(bar.name, 12.5, NAME - 10)
        stands = lines_of(bar.stands, 11.5, WIDTH - NAME - BAR - 14)
        height = max(len(name), len(stands), 2) * LINE + 8
        middle = y + height / 2
        marks += _column(name, 0, middle, 12.5, bold=True)
        marks += _segments(bar, middle, unit)
        marks += _column(stands, NAME + BAR + 14, middle, 11.5)
        y += height
    says = "Where each strand stands. " + " ".join(
        f"{bar.name}: {bar.stands}; {_said(bar, brief)}." for bar in bars
    )
    return Drawing(WIDTH, y + 4, marks, says)


def _legend(brief: Brief) -> Iterator[Mark]:
    """What each form means; outside the house nothing is proposed."""
    forms = [("confirmed", "plain"), ("to be looked at again", "hatched")]
    forms += [] if brief.audience.outside else [("proposed, not confirmed", "dashed")]
    fills = {"plain": CONFIRMED, "hatched": RECHECK, "dashed": PROPOSED}
    x = float(NAME)
    for text, form in forms:
        yield Box(x, 6, 22, 14, fills[form], form=form)  # type: ignore[arg-type]
        yield Label(x + 28, 13, text, 11.5)
        x += 40 + width_of(text, 11.5)
    yield Label(0, 13, "Initiatives of others, by strand", 11.5)


def _segments(bar: Bar, middle: float, unit: float) -> Iterator[Mark]:
    x, top, height = float(NAME), middle - 10, 20
    if not bar.total:
        yield Label(x, middle, "none", 11.5)
    for count, fill, form, colour in (
        (bar.confirmed, CONFIRMED, "plain", "#ffffff"),
        (bar.recheck, RECHECK, "hatched", "#000000"),
        (bar.proposed, PROPOSED, "dashed", "#1d2433"),
    ):
        if not count:
            continue
        width = max(count * unit, 9)
        yield Box(x, top, width, height, fill, form=form)  # type: ignore[arg-type]
        if form == "hatched":  # a plate, so that the number can be read
            plate = width_of(str(count), 11) + 6
            yield Box(x + width / 2 - plate / 2, middle - 7, plate, 14, RECHECK, RECHECK)
        yield Label(x + width / 2, middle, str(count), 11, True, colour, "middle")
        x += width + 1.5


def _said(bar: Bar, brief: Brief) -> str:
    parts = [f"{bar.confirmed} confirmed", f"{bar.recheck} to be looked at again"]
    parts += [] if brief.audience.outside else [f"{bar.proposed} proposed"]
    return ", ".join(parts)


def _column(
    lines: Sequence[str], x: float, middle: float, size: float, bold: bool = False
) -> list[Mark]:
    first = middle - (len(lines) - 1) * LINE / 2
    return [Label(x, first + at * LINE, text, size, bold) for at, text in enumerate(lines)]


def flow_drawing(steps: Sequence[FlowStep], initiatives: int) -> Drawing:
    """The way of pages, drawn as PRISMA 2020 asks (Page et al. 2021, doi:10.1136/bmj.n71)."""
    counts: Mapping[str, int] = _by_step(steps)
    never = (
        "a copy of another page",
        "a list page",
        "below the threshold",
        "gone before screening",
    )
    before = [f"{step}: {counts[step]}" for step in never if counts.get(step)]
    screened = sum(
        counts.get(step, 0) for step in ("included", EXCLUDED, "unsure", "people differ")
    )
    reasons = [
        f"{(row.reason or 'no reason').replace('-', ' ')}: {row.count}"
        for row in steps
        if row.step == EXCLUDED
    ]
    open_ = [f"{step}: {counts[step]}" for step in ("unsure", "people differ") if counts.get(step)]
    waiting = counts.get("waiting", 0)
    known, told = counts.get("known by their address", 0), counts.get("described to us", 0)
    left = [
        [f"Pages met by crawls and added by hand: {counts.get('pages met', 0)}"],
        [f"Pages that people decided on: {screened}"],
        [
            f"Pages included: {counts.get('included', 0)}",
            f"known by their address: {known}",
            f"described to us: {told}",
        ],
        [f"Initiatives of others in the register: {initiatives}", "those it began with among them"],
    ]
    right = [
        [
            "Left out before anybody read them:",
            *(before or ["none"]),
            f"waiting to be read: {waiting}",
        ],
        [f"Excluded: {counts.get(EXCLUDED, 0)}", *reasons, *open_],
    ]
    stages = ("Found", "Screened", "Included", "Register")
    return _boxes(stages, left, right)


def _by_step(steps: Sequence[FlowStep]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in steps:
        counts[row.step] += row.count
    return counts


def _boxes(
    stages: Sequence[str], left: Sequence[Sequence[str]], right: Sequence[Sequence[str]]
) -> Drawing:
    marks: list[Mark] = []
    wide, gap, x_left, x_right = 236, 34, 84, 384
    y, places = 8.0, []
    for at, texts in enumerate(left):
        wrapped = [line for text in texts for line in lines_of(text, 12, wide - 20)]
        beside = right[at] if at < len(right) else []
        aside = [line for text in beside for line in lines_of(text, 12, wide - 20)]
        height = len(wrapped) * LINE + 16
        tall = max(height, len(aside) * LINE + 16 if aside else 0)
        marks.append(Label(0, y + height / 2, stages[at], 12.5, True))
        marks.append(Box(x_left, y, wide, height))
        marks += _column(wrapped, x_left + 10, y + height / 2, 12)
        if aside:
            marks.append(Box(x_right, y, wide, len(aside) * LINE + 16, form="dashed"))
            marks += _column(aside, x_right + 10, y + (len(aside) * LINE + 16) / 2, 12)
            marks.append(Arrow(x_left + wide, y + height / 2, x_right, y + height / 2))
        places.append((y, y + height))
        y += tall + gap
    for (_, bottom), (top, _) in pairwise(places):
        marks.append(Arrow(x_left + wide / 2, bottom, x_left + wide / 2, top))
    told = [*(text for texts in left for text in texts), *(text for each in right for text in each)]
    return Drawing(WIDTH, y - gap + 8, marks, f"{counted(len(left), 'step')}. {'; '.join(told)}.")
