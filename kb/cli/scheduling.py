"""What runs kb by itself: lines for cron, units for systemd, a task for Windows."""

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.opening import home_of, settings
from kb.cli.output import stderr
from kb.errors import Refused
from kb.workspace.workspace import parse_enum

app = typer.Typer(rich_markup_mode=None)

EVERY_HOURS = 6  # what slept through its time is caught up with then
JITTER_SECONDS = 900
USER = "timer"


class Timer(StrEnum):
    """What there is to run things at their time."""

    cron = "cron"
    systemd = "systemd"
    windows = "windows"


@dataclass(frozen=True)
class Job:
    """What is to be run: the command, who asks, and a name that is this home's own."""

    home: Path
    contact: str
    name: str
    minute: int  # of the hour; another for each home, so that not all begin at once

    @property
    def words(self) -> list[str]:
        """The command."""
        kb = [sys.executable, "-m", "kb", "--home", str(self.home)]
        return [*kb, "upkeep", "--jitter", str(JITTER_SECONDS)]


@app.command()
def schedule(
    ctx: typer.Context,
    timer: Annotated[str, typer.Argument(metavar="TIMER", help=", ".join(Timer))],
    write: Annotated[
        bool, typer.Option("--write", help="Install it for you, in place of an earlier one.")
    ] = False,
) -> None:
    """Print what runs `kb upkeep` by itself, four times a day.

    It crawls what is due, writes the digest and makes backups, under one lock, at a moment drawn
    by chance, and catches up after the machine was asleep. KB_CONTACT must be set.

    Example: kb schedule cron
    """
    kind = parse_enum(Timer, timer, where="kb schedule")
    contact = settings(ctx).contact
    if not contact:
        raise Refused(
            "KB_CONTACT is not set: who asks has to be told to every site",
            hint="export KB_CONTACT=scan@example.org, then once more",
        )
    if any(not char.isprintable() for char in contact):
        raise Refused(f"KB_CONTACT holds what cannot be printed: {contact!r}")
    home = home_of(ctx).path.resolve()
    digest = hashlib.sha256(str(home).encode()).hexdigest()
    job = Job(home, contact, f"kb-{digest[:8]}", int(digest[:4], 16) % 60)
    if write:
        INSTALL[kind](job)
        stderr(f"installed for {home}: kb upkeep, every {EVERY_HOURS} hours")
    else:
        for text in TEXTS[kind](job).values():
            typer.echo(text)


def cron_text(job: Job) -> dict[str, str]:
    """The lines between two marks, by which they are found again."""
    # To cron a percent sign ends the command.
    words, contact = (
        each.replace("%", r"\%") for each in (shlex.join(job.words), shlex.quote(job.contact))
    )
    log = shlex.quote(str(job.home / "upkeep.log")).replace("%", r"\%")
    line = f"{job.minute} */{EVERY_HOURS} * * * KB_CONTACT={contact} KB_USER={USER} {words}"
    return {"": f"# {job.name} begins: {job.home}\n{line} >> {log} 2>&1\n# {job.name} ends"}


def systemd_texts(job: Job) -> dict[str, str]:
    """The service and its timer, by the names of their files."""
    command = " ".join(map(_for_systemd, job.words))
    contact = _for_systemd(f"KB_CONTACT={job.contact}")
    service = (
        f"[Unit]\nDescription=kb upkeep of {_plain(job.home)}\nWants=network-online.target\n"
        "After=network-online.target\n\n"
        f"[Service]\nType=oneshot\nEnvironment={contact} KB_USER={USER}\nExecStart={command}\n"
        # Another kb that writes here is no fault: the next run does what is left.
        "SuccessExitStatus=4\nTimeoutStartSec=infinity\nNice=10\n"
    )
    timer = (
        f"[Unit]\nDescription=kb upkeep of {_plain(job.home)}, every {EVERY_HOURS} hours\n\n"
        f"[Timer]\nOnCalendar=*-*-* 00/{EVERY_HOURS}:{job.minute:02}:00\n"
        f"RandomizedDelaySec={JITTER_SECONDS}\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n"
    )
    return {
        f"{job.name}.service": f"# ~/.config/systemd/user/{job.name}.service\n{service}",
        f"{job.name}.timer": f"# ~/.config/systemd/user/{job.name}.timer\n{timer}",
    }


def windows_texts(job: Job) -> dict[str, str]:
    """A task for the Task Scheduler, which starts late where its time was slept through."""
    words = subprocess.list2cmdline(job.words)
    run = f'/c "set "KB_CONTACT={job.contact}" & set "KB_USER={USER}" & {words}"'
    return {
        f"{job.name}.xml": (
            '<?xml version="1.0"?>\n'
            '<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">\n'
            f"<RegistrationInfo><Description>kb upkeep of {escape(str(job.home))}</Description>"
            "</RegistrationInfo>\n"
            "<Triggers><CalendarTrigger>"
            f"<StartBoundary>2026-01-01T00:{job.minute:02}:00</StartBoundary>"
            f"<RandomDelay>PT{JITTER_SECONDS}S</RandomDelay>"
            f"<Repetition><Interval>PT{EVERY_HOURS}H</Interval></Repetition>"
            "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay>"
            "</CalendarTrigger></Triggers>\n"
            "<Settings><StartWhenAvailable>true</StartWhenAvailable>"
            "<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy></Settings>\n"
            f"<Actions><Exec><Command>cmd.exe</Command><Arguments>{escape(run)}</Arguments>"
            "</Exec></Actions>\n</Task>"
        )
    }


def _for_systemd(word: str) -> str:
    """A word in double quotes, as systemd.syntax(7) and systemd.service(5) want it."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'


def _plain(path: Path) -> str:
    return str(path).replace("%", "%%")


def _to_cron(job: Job) -> None:
    """Puts the lines into the user's table, in place of those of the same home."""
    program = _program("crontab")
    listed = subprocess.run(  # noqa: S603
        [program, "-l"], capture_output=True, text=True, check=False
    )
    kept, ours = [], False
    for line in listed.stdout.splitlines() if listed.returncode == 0 else []:
        ours = ours or line.startswith(f"# {job.name} begins")
        kept += [] if ours else [line]
        ours = ours and line != f"# {job.name} ends"
    _run([program, "-"], "\n".join([*kept, *cron_text(job).values()]) + "\n")


def _to_systemd(job: Job) -> None:
    program = _program("systemctl")
    config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    folder = Path(config) / "systemd" / "user"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in systemd_texts(job).items():
        (folder / name).write_text(text, encoding="utf-8")
    for words in (["daemon-reload"], ["enable", "--now", f"{job.name}.timer"]):
        _run([program, "--user", *words])


def _to_windows(job: Job) -> None:
    program = _program("schtasks")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in windows_texts(job).items():
            path = Path(folder) / name
            path.write_text(text, encoding="utf-16")
            _run([program, "/Create", "/F", "/TN", job.name, "/XML", str(path)])


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Refused(
            f"there is no {name} on this machine", hint="without --write it is printed only"
        )
    return path


def _run(words: Sequence[str], given: str | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - a program of this system, found above
        words, input=given, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        why = said[-1] if said else f"it ended with {done.returncode}"
        raise Refused(f"{Path(words[0]).name} did not take it: {why}")


TEXTS: dict[Timer, Callable[[Job], dict[str, str]]] = {
    Timer.cron: cron_text,
    Timer.systemd: systemd_texts,
    Timer.windows: windows_texts,
}
INSTALL: dict[Timer, Callable[[Job], None]] = {
    Timer.cron: _to_cron,
    Timer.systemd: _to_systemd,
    Timer.windows: _to_windows,
}
