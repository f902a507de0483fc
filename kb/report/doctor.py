"""The doctor: what is wrong with a home, and what to do about each."""

import shutil
import stat
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

from kb.declare.people import PEOPLE, People
from kb.declare.upkeep import UPKEEP, Upkeep
from kb.errors import Declared, KBError
from kb.find import index
from kb.home import Home
from kb.keep import store_status
from kb.keep.backup import NAMED
from kb.table import Table, column
from kb.workspace.snapshot import snapshot
from kb.workspace.sources import never_crawled, unwell, wrongly_declared
from kb.workspace.workspace import Workspace

LEAST_FREE = 1 << 30  # bytes
LEAST_FREE_SHARE = 0.05
READER = "import kb.collect.reading, kb.collect.worker"
SLOW_READER = 10.0  # seconds for a reader to start
READER_SECONDS = 60
OLD_BACKUP = timedelta(days=8)
AHEAD = timedelta(hours=1)  # that an act may be ahead of this clock
NAMED_SOURCES = 5
GZIP_WINDOW = 31
CHUNK = 1 << 20


class Condition(StrEnum):
    """How a finding is to be taken."""

    well = "well"
    note = "note"  # nothing is wrong, but it is good to know
    wrong = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do."""

    checked: str = column("What was looked at.", narrow=True)
    state: Condition = column("well, note or wrong.", narrow=True)
    finding: str = column("How it is.", narrow=True)
    what_to_do: str | None = column("What to do about it.", narrow=True)


def doctor(workspace: Workspace) -> Table[Finding]:
    """A row for each thing that was looked at; those that are wrong come first."""
    order = [Condition.wrong, Condition.note, Condition.well]
    rows = sorted(_findings(workspace), key=lambda row: order.index(row.state))
    wrong = sum(row.state is Condition.wrong for row in rows)
    lead = "All is well." if not wrong else f"{wrong} of {len(rows)} things are not well."
    return Table("doctor", Finding, rows, lead=(lead,))


def _findings(workspace: Workspace) -> Iterator[Finding]:
    home = workspace.home
    yield _store(home)
    yield _clock(workspace)
    yield _index(workspace)
    yield from _archive(home)
    yield _declarations(workspace)
    yield _people(home)
    yield _permissions(home)
    yield _disk(home)
    yield from _backups(workspace)
    yield from _sources(workspace)
    yield _reader()
    yield Finding(
        "versions",
        Condition.well,
        f"kb {version('kb')}, Python {sys.version.split()[0]}, store {store_status.NEWEST}",
        None,
    )


def _store(home: Home) -> Finding:
    """Whether SQLite finds the file whole, and every row tied to what it names."""
    damaged, loose = store_status.damage(home.store)
    if damaged:
        what = "restore the last backup: kb --home NEW_FOLDER restore FILE"
        return Finding("store", Condition.wrong, f"it is damaged: {damaged}", what)
    if loose:
        what = "tell who looks after kb; make no decisions until then"
        return Finding("store", Condition.wrong, f"rows name what is not there: {loose}", what)
    return Finding("store", Condition.well, "whole", None)


def _clock(workspace: Workspace) -> Finding:
    last, now = workspace.store.last_act(), workspace.clock()
    if last and last.at > now + AHEAD:
        what = "set this machine's clock; acts bear the day of the last one until then"
        return Finding("clock", Condition.wrong, f"{now:%Y-%m-%d}, before the last act", what)
    return Finding("clock", Condition.well, f"{now:%Y-%m-%d %H:%M} UTC", None)


def _index(workspace: Workspace) -> Finding:
    with workspace.store.reading() as reading:
        home = workspace.home
        written_to = index.act_of(home.index, home.fingerprint(), holds=reading.holds)
        behind = reading.last_act() - (written_to or 0)
    if written_to is None:
        return Finding(
            "index", Condition.note, "missing or out of date", "the next search writes it"
        )
    if behind:
        return Finding(
            "index", Condition.note, f"{behind} acts behind", "the next search writes it"
        )
    return Finding("index", Condition.well, "up to the last act", None)


def _archive(home: Home) -> Iterator[Finding]:
    """Whether each file can be read to its end, and by its owner alone."""
    files = sorted(home.archive.rglob("*.warc.gz")) if home.archive.is_dir() else []
    cut = [file for file in files if not _is_whole(file)]
    if cut:
        names = ", ".join(file.name for file in cut[:NAMED_SOURCES])
        what = "pages that were received since stay quoted; kb crawl --fresh NAME fetches them anew"
        yield Finding("archive", Condition.wrong, f"{len(cut)} files are cut short: {names}", what)
    open_ = [file for file in files if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if open_:
        what = f"chmod -R go-rwx {home.archive}"
        yield Finding("archive", Condition.wrong, f"{len(open_)} files can be read by others", what)
    if not cut and not open_:
        size = sum(file.stat().st_size for file in files) / (1 << 20)
        yield Finding("archive", Condition.well, f"{len(files)} files, {size:.0f} MB", None)


def _is_whole(file: Path) -> bool:
    """True where every gzip member ends."""
    member = zlib.decompressobj(GZIP_WINDOW)
    with file.open("rb") as opened:
        rest = opened.read(CHUNK)
        while rest:
            try:
                member.decompress(rest)
            except zlib.error:
                return False
            rest = member.unused_data
            if member.eof and (rest or (rest := opened.read(CHUNK))):
                member = zlib.decompressobj(GZIP_WINDOW)
            elif not member.eof:
                rest = opened.read(CHUNK)
    return member.eof or file.stat().st_size == 0


def _declarations(workspace: Workspace) -> Finding:
    try:
        workspace.declarations.check()
        Upkeep.of(workspace.home.declaration(UPKEEP))
        with snapshot(workspace) as now:
            marks = now.marks
        faulty = wrongly_declared(workspace)
    except Declared as error:
        return Finding("declarations", Condition.wrong, error.faults[0], "mend the file it names")
    if faulty:
        named = ", ".join(sorted(faulty)[:NAMED_SOURCES])
        return Finding("declarations", Condition.wrong, f"sources: {named}", "kb sources check")
    if marks:
        return Finding("declarations", Condition.note, marks[0], "kb offer diff, or any act")
    return Finding("declarations", Condition.well, "all load", None)


def _people(home: Home) -> Finding:
    try:
        people = People.of(home.declaration(PEOPLE)).person
    except Declared as error:
        return Finding("people", Condition.wrong, error.faults[0], f"mend {PEOPLE}")
    if not people:
        return Finding(
            "people", Condition.note, "nobody is named: anybody may act", f"edit {PEOPLE}"
        )
    return Finding("people", Condition.well, f"{len(people)} named", None)


def _permissions(home: Home) -> Finding:
    probe = home.path / ".kb-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        what = "let the user that runs kb write to it"
        return Finding("folder", Condition.wrong, f"cannot be written to: {error.strerror}", what)
    if home.store.stat().st_mode & stat.S_IWOTH:
        return Finding(
            "folder", Condition.wrong, "anybody may write the store", f"chmod o-w {home.store}"
        )
    return Finding("folder", Condition.well, str(home.path.resolve()), None)


def _disk(home: Home) -> Finding:
    usage = shutil.disk_usage(home.path)
    free = f"{usage.free / (1 << 30):.1f} GB free"
    if usage.free < max(LEAST_FREE, LEAST_FREE_SHARE * usage.total):
        what = "make room: crawls, backups and the index need it"
        return Finding("disk", Condition.wrong, free, what)
    return Finding("disk", Condition.well, free, None)


def _backups(workspace: Workspace) -> Iterator[Finding]:
    try:
        how = Upkeep.of(workspace.home.declaration(UPKEEP))
    except Declared:
        return  # said of the declarations
    folder = workspace.home.path / how.backups
    made = (
        sorted(each.name for each in folder.iterdir() if NAMED.fullmatch(each.name))
        if (folder.is_dir())
        else []
    )
    if not made:
        yield Finding(
            "backups", Condition.wrong, f"none in {folder}", "kb backup FILE; kb schedule"
        )
        return
    age = workspace.clock().timestamp() - (folder / made[-1]).stat().st_mtime
    if age > OLD_BACKUP.total_seconds():
        days = int(age // 86_400)
        yield Finding("backups", Condition.wrong, f"the last is {days} days old", "kb backup FILE")
    else:
        yield Finding("backups", Condition.well, f"{len(made)}, the last {made[-1]}", None)


def _sources(workspace: Workspace) -> Iterator[Finding]:
    try:
        with snapshot(workspace) as now:
            ill, never = unwell(now), never_crawled(now)
    except Declared:
        return  # said of the declarations
    if ill:
        named = "; ".join(f"{name}: {each.why}" for name, each in list(ill.items())[:2])
        yield Finding("sources", Condition.wrong, f"{len(ill)} unwell: {named}", "kb sources check")
    if never:
        yield Finding("sources", Condition.note, f"{len(never)} never crawled", "kb crawl --due")
    if not ill and not never:
        yield Finding("sources", Condition.well, "all are well", None)


def _reader() -> Finding:
    """How long a reader of pages takes to start, as a crawl starts one."""
    begun = time.perf_counter()
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", READER],
            capture_output=True, text=True, timeout=READER_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        what = "is this machine very busy? then try again"
        return Finding("reader", Condition.wrong, f"none in {READER_SECONDS} s", what)
    seconds = time.perf_counter() - begun
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["it does not say why"])[-1]
        return Finding("reader", Condition.wrong, why, "install kb anew")
    state = Condition.note if seconds > SLOW_READER else Condition.well
    return Finding("reader", state, f"starts in {seconds:.1f} s", None)


def of_what_opens(error: KBError) -> Table[Finding]:
    """The one finding of a home that cannot even be opened."""
    row = Finding("store", Condition.wrong, str(error), error.hint or None)
    return Table("doctor", Finding, [row], lead=("The home cannot be opened.",))
