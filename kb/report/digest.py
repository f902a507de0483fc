"""The digest: what waits, and what came since a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from kb.assess.causes import CauseKind
from kb.assess.changes import moved_since
from kb.assess.conflicts import Conflict, differences
from kb.assess.recheck import ToRecheck, recheck
from kb.screen.inbox import inbox
from kb.workspace.saved_searches import news_of
from kb.workspace.snapshot import Snapshot
from kb.workspace.sources import never_crawled, unwell

MOST = 10  # lines of a section


@dataclass(frozen=True)
class Line:
    """One thing to know, with where it stands if that is an address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Section:
    """What a heading says, the command that shows it whole, and its first lines."""

    heading: str
    command: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Digest:
    """Every section that has something to say."""

    title: str
    since: date
    day: date
    sections: tuple[Section, ...]


def digest(snapshot: Snapshot, since: date) -> Digest:
    """What waits, and what moved since the end of that day.

    Raises Refused for a future date, or one before the first act.
    """
    snapshot.workspace.catch_up_index()  # what is new for saved searches is found by it
    pages = [
        Line(f"{row.title} ({row.organisation or row.source})", row.url)
        for row in inbox(snapshot).rows
    ]
    stale = [
        Line(_to_recheck(row))
        for row in recheck(snapshot).rows
        if row.cause.kind != CauseKind.no_quote
    ]
    positions = [
        Line(f"{row.row}: {row.before} → {row.after}; {row.cause}")
        for row in moved_since(snapshot, since).rows
        if row.list_ == "gaps"
    ]
    ill = [
        Line(f"{name}: {each.why}; since {each.since}") for name, each in unwell(snapshot).items()
    ]
    never = [Line(name) for name in never_crawled(snapshot)]
    conflicts = [Line(_difference(answers)) for answers in differences(snapshot)]
    news = [Line(f"{row.watch}: {row.title}", row.url) for row in news_of(snapshot).rows]
    again = "to look at again, what would move a position first"
    sections = (
        _section("page", "waiting", "kb review", pages),
        _section("", again, "kb recheck --go", stale),
        _section("strand", f"that stand otherwise since {since}", f"kb moved {since}", positions),
        _section("", "on which people differ", "kb conflicts", conflicts),
        _section("source", "unwell", "kb sources check", ill),
        _section("", "new or changed for saved searches", "kb watch run", news),
        _section("source", "never crawled", "kb crawl --due", never),
    )
    return Digest(
        title=f"{snapshot.declarations.offer.offer.title}: what came since {since}",
        since=since,
        day=snapshot.moment.day,
        sections=tuple(section for section in sections if section.lines),
    )


def _section(what: str, rest: str, command: str, lines: Iterable[Line]) -> Section:
    every = tuple(lines)
    named = f"{what if len(every) == 1 else what + 's'} " if what else ""
    shown = every[:MOST]
    if len(every) > MOST:
        shown += (Line(f"{len(every) - MOST} more: {command}"),)
    return Section(f"{len(every)} {named}{rest}", command, shown)


def _to_recheck(row: ToRecheck) -> str:
    of_codes = row.cause.kind == CauseKind.code_split
    about = row.strand or row.document or ("its codes" if of_codes else "what it changed")
    becomes = f"; without it {row.would_become}" if row.would_become else ""
    return f"{row.initiative} and {about}: {row.cause.words}{becomes}"


def _difference(answers: Sequence[Conflict]) -> str:
    first = answers[0]
    about = f"{first.initiative} and {first.strand}" if first.strand else first.document
    return f"{about}: " + ", ".join(f"{each.person} says {each.decision}" for each in answers)
