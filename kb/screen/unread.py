"""What the order misses: pages drawn at random from below the line, and what follows from them.

One page in ten of a review is drawn from those below the threshold, each kind of body in
proportion to its pages. What people decide on these tells how many that are relevant lie there
unread: with x of n drawn relevant, and m unread, about m * x / n. The interval is that of Clopper
and Pearson 1934 (doi:10.1093/biomet/26.4.404) for the share; it is meant for drawing with
replacement and without strata, so it is rather too wide than too narrow.
"""

import importlib
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kb.declare.declarations import Declarations
from kb.declare.page_kinds import PageKind
from kb.keep.decisions import Decision, Screening
from kb.keep.documents import StoredDocument
from kb.workspace.snapshot import Snapshot, part

ONE_IN = 10
DRY = 20  # pages in a row that nobody included, before it is said that the yield has dried up
LEVEL = 0.95


@dataclass(frozen=True)
class Unread:
    """How many pages below the line are relevant and unread, as far as drawing tells."""

    unread: int
    drawn: int
    relevant: int  # of those drawn

    @property
    def estimate(self) -> int | None:
        """The likeliest number; None while none was drawn."""
        return round(self.unread * self.relevant / self.drawn) if self.drawn else None

    @property
    def interval(self) -> tuple[int, int]:
        """The least and the most, with a confidence of 95%; all may be while none was drawn."""
        if not self.drawn:
            return 0, self.unread
        low, high = share_interval(self.relevant, self.drawn)
        return int(low * self.unread), ceil(high * self.unread)


def share_interval(hits: int, drawn: int) -> tuple[float, float]:
    """The shares between which the true one lies, by Clopper and Pearson, with 95%."""
    # A lazy door: scipy loads longer than most commands run.
    quantile = importlib.import_module("scipy.special").betaincinv
    tail = (1 - LEVEL) / 2
    low = float(quantile(hits, drawn - hits + 1, tail)) if hits else 0.0
    high = float(quantile(hits + 1, drawn - hits, 1 - tail)) if hits < drawn else 1.0
    return low, high


@part
def below_the_line(snapshot: Snapshot) -> list[StoredDocument]:
    """The live pages that are not offered and that nobody decided on; list pages are none."""
    threshold = snapshot.declarations.lexicon.inbox.threshold
    settled = snapshot.verdicts.keys() | snapshot.memberships.keys()
    return [
        page
        for page in snapshot.pages
        if page.id not in settled
        and not page.gone
        and page.kind != PageKind.list_page
        and (page.score or 0.0) < threshold
    ]


def unread(snapshot: Snapshot) -> Unread:
    """What the pages that were drawn so far tell of those below the line."""
    drawn = {row.document for row in snapshot.reading.rows(Screening, drawn=True)}
    outcomes = [
        snapshot.verdicts[number].outcome for number in drawn if number in snapshot.verdicts
    ]
    told = [each for each in outcomes if each in (Decision.include, Decision.exclude)]
    return Unread(len(below_the_line(snapshot)), len(told), told.count(Decision.include))


def draw(
    pages: Sequence[StoredDocument], count: int, declarations: Declarations, chance: random.Random
) -> list[StoredDocument]:
    """So many pages at random, each kind of body in proportion to its pages; all if there are
    fewer.
    """
    by_kind: dict[str, list[StoredDocument]] = defaultdict(list)
    for page in pages:
        by_kind[body_kind(declarations, page)].append(page)
    for those in by_kind.values():
        chance.shuffle(those)
    taken: Counter[str] = Counter()
    drawn = []
    for number in range(1, min(count, len(pages)) + 1):
        left = [kind for kind, those in by_kind.items() if taken[kind] < len(those)]
        chance.shuffle(left)
        owed = {kind: number * len(by_kind[kind]) / len(pages) - taken[kind] for kind in left}
        kind = max(left, key=owed.__getitem__)
        drawn.append(by_kind[kind][taken[kind]])
        taken[kind] += 1
    return drawn


def body_kind(declarations: Declarations, page: StoredDocument) -> str:
    """The kind of the body that publishes the page; "" where nobody declared it."""
    body = declarations.bodies.find(declarations.publishers.get(page.source) or "")
    return body.kind if body else ""


def dried_up(snapshot: Snapshot) -> str:
    """A sentence that says why little is left to find; "" while that is not so.

    It rests on the newest decisions, of whomever, on pages that were not drawn, and on
    what was drawn.
    """
    rows = [row for row in snapshot.reading.rows(Screening) if not row.drawn]
    newest = sorted(rows, key=lambda row: -row.made)[:DRY]
    if len(newest) < DRY or any(row.decision == Decision.include for row in newest):
        return ""
    below = unread(snapshot)
    if not below.drawn:
        return (
            f"none of the last {DRY} pages was included; none was drawn from below the line yet, "
            "so what is missed there cannot be said"
        )
    most = below.interval[1]
    return (
        f"the yield has dried up: none of the last {DRY} pages was included, and of {below.drawn} "
        f"drawn from below the line {below.relevant} were; at most {most} of the {below.unread} "
        "unread there are relevant, with 95% confidence"
    )
