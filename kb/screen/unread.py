"""What the order misses: pages drawn at random from below the line, and what follows from them.

One page in ten of a review is drawn from those below the threshold, each kind of body in
proportion to its pages. What people decide on these tells how many that are relevant lie there
unread: with x of n drawn relevant, and m unread, about m * x / n. The interval is that of Clopper
and Pearson 1934 (doi:10.1093/biomet/26.4.404) for the share; it is meant for drawing with
replacement and without strata, so it is rather too wide than too narrow.
"""

import importlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from kb.declare.declarations import Declarations
from kb.declare.page_kinds import PageKind
from kb.keep.decisions import WITH_IT, Decision, Screening
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
    settled = snapshot.verdicts.keys() | snapshot.memberships.keys()
    return [
        page
        for page in snapshot.pages
        if page.id not in settled
        and not page.gone
        and page.kind != PageKind.list_page
        and not is_offered(snapshot, page)
    ]


def unread(snapshot: Snapshot) -> Unread:
    """What the pages that were drawn so far tell of those below the line."""
    drawn = {row.document for row in snapshot.reading.rows(Screening, drawn=True)}
    outcomes = [
        snapshot.verdicts[number].outcome for number in drawn if number in snapshot.verdicts
    ]
    told = [each for each in outcomes if each in (Decision.include, Decision.exclude)]
    return Unread(len(below_the_line(snapshot)), len(told), told.count(Decision.include))


def decided_since_drawn(snapshot: Snapshot) -> int:
    """How many pages people decided on since the last that was drawn, each once."""
    rows = snapshot.reading.rows(Screening)
    last = max((row.made for row in rows if row.drawn), default=0)
    return len(
        {row.document for row in rows if row.made > last and not row.why.startswith(WITH_IT)}
    )


def draw(
    pages: Sequence[StoredDocument], count: int, declarations: Declarations, chance: random.Random
) -> list[StoredDocument]:
    """So many pages at random, each as likely as any other; all if there are fewer.

    Every so-manieth is taken, from a start by chance, of a row in which pages of one kind of body
    stand together: so kinds are drawn in proportion, however few pages are.
    """
    by_kind: dict[str, list[StoredDocument]] = defaultdict(list)
    for page in pages:
        by_kind[body_kind(declarations, page)].append(page)
    kinds = list(by_kind.values())
    chance.shuffle(kinds)
    for those in kinds:
        chance.shuffle(those)
    row = [page for those in kinds for page in those]
    count = min(count, len(row))
    step = len(row) / count if count else 0.0
    start = chance.random() * step
    drawn = [row[int(start + place * step)] for place in range(count)]
    chance.shuffle(drawn)
    return drawn


def body_kind(declarations: Declarations, page: StoredDocument, *, site: str = "") -> str:
    """The kind of the body that publishes the page, else of the site as it calls itself.

    "" where neither is declared.
    """
    publisher = declarations.publishers.get(page.source) or ""
    body = declarations.bodies.find(publisher) or declarations.bodies.find(site)
    return body.kind if body else ""


def dried_up(snapshot: Snapshot) -> str:
    """A sentence that says why little is left to find; "" while that is not so.

    It rests on the pages of the inbox that were decided last, since the newest crawl, by whomever:
    each once, with what has the text of another left out. And none that was drawn from below
    the line may have been relevant.
    """
    runs = [run.finished or run.started for run in snapshot.last_runs.values()]
    offered = {page.id for page in snapshot.pages if is_offered(snapshot, page)}
    decided: dict[int, Decision] = {}
    for row in sorted(snapshot.reading.rows(Screening), key=lambda row: -row.made):
        newer = not runs or snapshot.acts[row.made].at >= max(runs)
        own = row.document in offered and not row.drawn and not row.why.startswith(WITH_IT)
        if newer and own and len(decided) < DRY:
            decided.setdefault(row.document, row.decision)
    if len(decided) < DRY or set(decided.values()) != {Decision.exclude}:
        return ""
    below = unread(snapshot)
    if not below.drawn:
        return (
            f"none of the last {DRY} pages was included; none was drawn from below the line yet, "
            "so what is missed there cannot be said"
        )
    if below.relevant:
        return ""
    return (
        f"the yield has dried up: none of the last {DRY} pages was included, and none of the "
        f"{below.drawn} drawn from below the line; at most {below.interval[1]} of the "
        f"{below.unread} unread there are relevant, with 95% confidence"
    )


def is_offered(snapshot: Snapshot, page: StoredDocument) -> bool:
    """True for a page that is relevant enough and does not only lead to others."""
    threshold = snapshot.declarations.lexicon.inbox.threshold
    return page.kind != PageKind.list_page and (page.score or 0.0) >= threshold
