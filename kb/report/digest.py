"""The digest: what is new since the last one that was sent, and how much waits in all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from kb.assess.causes import CauseKind
from kb.assess.changes import moved_since, since_the_first_act
from kb.assess.conflicts import Conflict, differences
from kb.assess.page_changes import PageChange, page_changes
from kb.assess.recheck import ToRecheck, recheck
from kb.keep import documents
from kb.keep.acts import ActKind
from kb.report.book import Names, names_of
from kb.screen.inbox import inbox
from kb.workspace.saved_searches import news_of
from kb.workspace.snapshot import Snapshot
from kb.workspace.sources import never_crawled, unwell
from kb.workspace.workspace import Workspace

MOST = 5  # lines of a section: little that happened fits a screen


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
    """Every section that has something new to say, and in one line what waits in all."""

    scan: str  # whose digest it is, the same for each: feeds tell by it
    title: str
    since: date | None  # None for the first: it covers all
    day: date
    waiting: str
    sections: tuple[Section, ...]
    note: str = ""  # that the day asked for was before the beginning


def digest(snapshot: Snapshot, since: date | None = None) -> Digest:
    """What is new since the end of that day; without one, since the last digest that was sent.

    The first covers all, and so does a day before the beginning. Raises Refused for a day to come.
    """
    snapshot.workspace.catch_up_index()  # what is new for saved searches is found by it
    note = ""
    if since:
        day, note = since_the_first_act(snapshot.workspace, since)
        after = datetime.combine((day or since) + timedelta(days=1), time(), UTC)
        instant = None if note else after
    else:
        instant = max((act.at for act in snapshot.reading.acts(ActKind.digest)), default=None)
    start = instant.date() if instant else None
    ill = unwell(snapshot)
    waiting = inbox(snapshot).rows
    names = names_of(snapshot)
    first_seen = documents.first_seen(snapshot.reading)
    pages = [
        Line(f"{row.title} ({row.organisation or row.source})", row.url)
        for row in waiting
        if instant is None or first_seen[int(row.document[1:])] >= instant
    ]
    stale = [
        Line(_to_recheck(row, names))
        for row in recheck(snapshot).rows
        if row.cause.kind != CauseKind.no_quote and _is_new(row.since, start)
    ]
    failing = [
        Line(f"{name}: {each.why}; since {each.since}")
        for name, each in ill.items()
        if _is_new(each.since, start)
    ]
    conflicts = [Line(_difference(answers, names)) for answers in differences(snapshot)]
    news = [Line(f"{row.watch}: {row.title}", row.url) for row in news_of(snapshot).rows]
    changed = [
        Line(_changed(row, names), row.url)
        for row in page_changes(snapshot)
        if _is_new(row.since, start)
    ]
    moves = _moves(snapshot, start, names)
    again = "to look at again, what would move a position first"
    since_when = f"since {start}" if start else "so far"
    never = len(never_crawled(snapshot))
    sections = (
        _section("page", "to read that came new", "kb review", pages),
        _section("", again, "kb recheck --go", stale),
        _section("strand", f"standing otherwise {since_when}", f"kb moved {start}", moves),
        _section("", "on which people differ", "kb conflicts", conflicts),
        _section("source", "failing anew", "kb sources check", failing),
        _section("", "new or changed for saved searches", "kb watch run", news),
        _section("page", "of the register that changed", "kb changes", changed),
    )
    return Digest(
        scan=snapshot.declarations.offer.offer.title,
        title=f"{snapshot.declarations.offer.offer.title}: what is new {since_when}",
        since=start,
        day=snapshot.moment.day,
        waiting=(
            f"In all: {_count(len(waiting), 'page')} waiting, {_count(len(ill), 'source')} unwell, "
            f"{_count(never, 'source')} never crawled."
        ),
        sections=tuple(section for section in sections if section.lines),
        note=note,
    )


def sent(workspace: Workspace, where: str) -> None:
    """Notes that a digest was sent: the next begins here."""
    with workspace.writing(ActKind.digest, f"digest -o {where}"):
        pass  # an act that changes nothing else


def _is_new(day: date | None, start: date | None) -> bool:
    """True for what is so since that day or later, or since nobody knows when."""
    return start is None or day is None or day >= start


def _moves(snapshot: Snapshot, start: date | None, names: Names) -> list[Line]:
    """The strands that stand otherwise since the day before; none for the first digest."""
    if start is None:
        return []
    rows = moved_since(snapshot, start - timedelta(days=1)).rows
    return [
        Line(
            f"{names.strands.get(row.strand, row.strand)}: {row.before} → {row.after}; {row.cause}"
        )
        for row in rows
        if row.list_ == "gaps"
    ]


def _section(what: str, rest: str, command: str, lines: Iterable[Line]) -> Section:
    every = tuple(lines)
    named = f"{what if len(every) == 1 else what + 's'} " if what else ""
    shown = every[:MOST]
    if len(every) > MOST:
        shown += (Line(f"{len(every) - MOST} more: {command}"),)
    return Section(f"{len(every)} {named}{rest}", command, shown)


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _to_recheck(row: ToRecheck, names: Names) -> str:
    of_codes = row.cause.kind == CauseKind.code_split
    strand = names.strands.get(row.strand or "", row.strand or "")
    about = strand or row.document or ("its codes" if of_codes else "what it changed")
    becomes = f"; without it {row.would_become}" if row.would_become else ""
    return f"{names.of_initiative(row.initiative)}, {about}: {row.cause.words}{becomes}"


def _changed(row: PageChange, names: Names) -> str:
    what = row.says_else or "it says something else"
    return f"{names.of_initiative(row.initiative)}: {what}, since {row.since}"


def _difference(answers: Sequence[Conflict], names: Names) -> str:
    first = answers[0]
    strand = names.strands.get(first.strand or "", first.strand or "")
    pair = f"{names.of_initiative(first.initiative or '')}, {strand}"
    about = pair if first.strand else first.document
    return f"{about}: " + ", ".join(f"{each.person} says {each.decision}" for each in answers)
