"""The digest: what waits, and what came since a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kb.assess.causes import CauseKind
from kb.assess.changes import moved_since
from kb.assess.recheck import ToRecheck, recheck
from kb.report.lists import sources
from kb.screen.inbox import inbox
from kb.workspace.saved_searches import news_of
from kb.workspace.snapshot import Snapshot

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
    waiting = [
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
    unwell = [
        Line(f"{row.name}: {row.outcome} since {row.unwell_since}")
        for row in sources(snapshot).rows
        if row.unwell_since
    ]
    news = [Line(f"{row.watch}: {row.title}", row.url) for row in news_of(snapshot).rows]
    again = "to look at again, what would move a position first"
    sections = (
        _section("", "to screen", "kb review", waiting),
        _section("", again, "kb recheck --go", stale),
        _section("position", f"that moved since {since}", f"kb moved {since}", positions),
        _section("source", "unwell", "kb sources", unwell),
        _section("", "new or changed for saved searches", "kb watch run", news),
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
    about = row.strand or ("its codes" if of_codes else "what it changed")
    becomes = f"; without it {row.would_become}" if row.would_become else ""
    return f"{row.initiative} and {about}: {row.cause}{becomes}"
