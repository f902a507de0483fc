"""What a timer runs, what prints it, and what the doctor says."""

import json
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import Command, Site

import kb
from kb.contract import Source
from kb.keep.acts import ActKind
from kb.keep.crawled import Outcome, Run
from kb.workspace.sources import is_due

CONTACT = "scan@example.org"
WEEKLY = Source(name="a", organisation="CQC", shape="listing", start=("https://a.example/",))
MONDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)


def last_run(started: datetime) -> Run:
    return Run(source="a", number=1, started=started, outcome=Outcome.ok)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (MONDAY, MONDAY + timedelta(days=7) - timedelta(seconds=4), True),  # seconds early
        (MONDAY + timedelta(hours=2.5), MONDAY + timedelta(days=7), True),  # late in the queue
        (MONDAY, MONDAY + timedelta(days=7, hours=-1), True),  # after a change of the clocks
        (MONDAY, MONDAY + timedelta(days=6), False),
        (MONDAY.replace(hour=23), MONDAY + timedelta(days=6, hours=18), False),
    ],
)
def test_due_is_counted_in_days_with_leeway(last: datetime, now: datetime, due: bool) -> None:
    assert is_due(WEEKLY, last_run(last), now) is due


def test_a_daily_source_is_not_asked_twice_in_a_night() -> None:
    daily = WEEKLY.model_copy(update={"every_days": 1})
    late = MONDAY.replace(hour=21)
    assert not is_due(daily, last_run(late), late + timedelta(hours=3))
    assert is_due(daily, last_run(late), late + timedelta(hours=23))


def scheduled(run_kb: Command, timer: str) -> str:
    done = run_kb("schedule", timer, KB_CONTACT=CONTACT)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_cron_line_runs_as_it_stands(home: Path, run_kb: Command) -> None:
    lines = scheduled(run_kb, "cron").splitlines()
    (line,) = [each for each in lines if not each.startswith("#")]
    times, rest = line.split(" ")[:5], " ".join(line.split(" ")[5:])
    assert times[1:] == ["*/6", "*", "*", "*"]
    assert 0 <= int(times[0]) < 60
    command = rest.replace(r"\%", "%").replace("upkeep --jitter 900", "status")
    done = subprocess.run(["sh", "-c", command], check=False, cwd="/")
    assert done.returncode == 0
    assert "initiatives of others" in (home / "upkeep.log").read_text()
    assert f"KB_CONTACT={CONTACT}" in line


def test_systemd_units_say_all_that_is_asked(home: Path, run_kb: Command) -> None:
    text = scheduled(run_kb, "systemd")
    for words in ("Persistent=true", "RandomizedDelaySec=", "OnCalendar=", f"KB_CONTACT={CONTACT}"):
        assert words in text
    (start,) = [each for each in text.splitlines() if each.startswith("ExecStart=")]
    words = shlex.split(start.removeprefix("ExecStart="))
    assert words[:5] == [sys.executable, "-m", "kb", "--home", str(home)]


def test_a_windows_task_is_xml_and_starts_when_it_can(run_kb: Command) -> None:
    root = ElementTree.fromstring(scheduled(run_kb, "windows"))
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert root.findtext(f".//{space}StartWhenAvailable") == "true"
    assert CONTACT in (root.findtext(f".//{space}Arguments") or "")


def test_a_path_with_what_a_shell_acts_on_stays_one_path(
    home: Path, run_kb: Command, tmp_path: Path
) -> None:
    strange = tmp_path / "a home's 100% & $HOME é"
    home.rename(strange)
    environ = {"KB_CONTACT": CONTACT, "KB_USER": "ana", "PATH": os.environ["PATH"]}

    def printed(timer: str) -> str:
        command = [sys.executable, "-m", "kb", "--home", str(strange), "schedule", timer]
        return subprocess.run(
            command, capture_output=True, text=True, check=True, env=environ
        ).stdout

    (line,) = [each for each in printed("cron").splitlines() if not each.startswith("#")]
    command = " ".join(line.split(" ")[5:]).replace(r"\%", "%")
    words = shlex.split(command)
    assert str(strange) in words
    service = printed("systemd")
    (start,) = [each for each in service.splitlines() if each.startswith("ExecStart=")]
    unescaped = start.replace("%%", "%").replace("$$", "$")
    assert f'"{strange}"' in unescaped
    ElementTree.fromstring(printed("windows"))


def test_installed_in_cron_it_takes_the_place_of_an_earlier_one(
    run_kb: Command, tmp_path: Path
) -> None:
    table = tmp_path / "table"
    table.write_text("0 1 * * * backup-of-mine\n")
    program = tmp_path / "crontab"
    program.write_text(
        f'#!/bin/sh\nif [ "$1" = -l ]; then cat {table}; else cat > {table}.new; '
        f"mv {table}.new {table}; fi\n"
    )
    program.chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    for _ in range(2):
        done = run_kb("schedule", "cron", "--write", KB_CONTACT=CONTACT, PATH=path)
        assert done.returncode == 0, done.stderr
    lines = table.read_text().splitlines()
    assert lines[0] == "0 1 * * * backup-of-mine"
    assert len([each for each in lines if "upkeep" in each]) == 1


def test_without_a_contact_or_a_program_it_says_so(run_kb: Command, tmp_path: Path) -> None:
    done = run_kb("schedule", "cron")
    assert (done.returncode, "KB_CONTACT" in done.stderr) == (1, True)
    done = run_kb("schedule", "windows", "--write", KB_CONTACT=CONTACT)
    assert (done.returncode, "schtasks" in done.stderr) == (1, True)
    assert run_kb("schedule", "anacron", KB_CONTACT=CONTACT).returncode == 1


@pytest.mark.slow
def test_upkeep_does_what_is_due_and_tells_once_of_what_fails(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None], tmp_path: Path
) -> None:
    site.page("/list", "List", links=("/one",))
    site.page("/one", "Race equality programme", "Mentoring for boards of trusts, race equality.")
    declare(start=[f"{site.address}/list"], every_days=7)
    done = run_kb("upkeep")
    assert done.returncode == 0, done.stderr
    assert len(list((home / "digests").glob("*.html"))) == 1
    assert len(list((home / "backups").iterdir())) == 1
    again = run_kb("upkeep")
    assert again.returncode == 0
    assert again.stderr == ""

    told = tmp_path / "told"
    (home / "upkeep.toml").write_text(f'on_failure = ["tee", "{told}"]\n')
    site.put("/list", "gone wrong", 500)
    declare(start=[f"{site.address}/list"], every_days=1, name="another")
    failing = run_kb("upkeep")
    assert failing.returncode == 3
    assert "the site has a fault of its own" in told.read_text()
    assert str(home) in told.read_text()
    told.unlink()
    assert run_kb("upkeep").returncode == 0  # known, and not due
    assert not told.exists()


@pytest.mark.slow
def test_without_a_command_the_message_is_left_beside_the_digests(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.put("/list", "gone wrong", 500)
    declare(start=[f"{site.address}/list"])
    assert run_kb("upkeep").returncode == 3
    (left,) = (home / "digests").glob("failed-*.md")
    assert "127.0.0.1" in left.read_text()


def test_a_setting_that_does_not_load_is_named(home: Path, run_kb: Command) -> None:
    (home / "upkeep.toml").write_text("keep = 0\n")
    done = run_kb("upkeep")
    assert done.returncode == 1
    assert "upkeep.toml" in done.stderr
    assert run_kb("doctor").returncode == 1


def findings(done: "subprocess.CompletedProcess[str]") -> dict[str, tuple[str, str]]:
    rows = json.loads(done.stdout)
    return {row["checked"]: (row["state"], row["finding"]) for row in rows}


def test_the_doctor_says_what_is_wrong_and_what_to_do(home: Path, run_kb: Command) -> None:
    first = run_kb("doctor", "--json")
    assert first.returncode == 1
    told = findings(first)
    assert told["store"] == ("well", "whole")
    assert told["backups"][0] == "wrong"
    assert told["sources"][0] == "note"
    for row in json.loads(first.stdout):
        assert row["what_to_do"] or row["state"] == "well"
    assert run_kb("backup").returncode == 0
    healthy = run_kb("doctor")
    assert (healthy.returncode, "All is well." in healthy.stdout) == (0, True)


@pytest.mark.parametrize(
    ("harm", "checked"),
    [
        (lambda home: (home / "sources.toml").write_text('[[source]]\nname = "a'), "declarations"),
        (lambda home: (home / "people.toml").write_text("[[person]]\n"), "people"),
        (lambda home: archived(home, b"\x1f\x8b\x08cut"), "archive"),
        (lambda home: (home / "kb.sqlite").chmod(0o666), "folder"),
    ],
)
def test_each_kind_of_harm_is_found(
    home: Path, run_kb: Command, harm: Callable[[Path], object], checked: str
) -> None:
    run_kb("backup")
    harm(home)
    done = run_kb("doctor", "--json")
    assert done.returncode == 1
    assert findings(done)[checked][0] == "wrong"


def archived(home: Path, content: bytes) -> None:
    (home / "archive/a-site").mkdir(parents=True)
    file = home / "archive/a-site/000001.warc.gz"
    file.write_bytes(content)
    file.chmod(0o600)


def test_a_store_that_cannot_be_opened_is_a_finding(home: Path, run_kb: Command) -> None:
    (home / "kb.sqlite").write_bytes(b"no store at all")
    done = run_kb("doctor", "--json")
    assert done.returncode == 1
    assert findings(done)["store"][0] == "wrong"


def test_kb_alone_says_whether_all_is_well_on_one_screen(home: Path, run_kb: Command) -> None:
    def said() -> str:
        texts = [run_kb(*words).stdout.splitlines() for words in ((), ("status",))]
        assert all(len(lines) <= 24 for lines in texts)
        first, second = (lines[0] for lines in texts)
        assert first == second
        return first

    def ran(outcome: Outcome) -> None:
        with kb.connect(home, by="ana") as base:
            now = base.workspace.clock()
            name = base.workspace.declarations.sources.source[0].name
            with base.workspace.writing(ActKind.crawl, f"crawl {name}", subject=name) as writing:
                writing.add(Run(source=name, number=1, started=now, finished=now, outcome=outcome))

    assert "No source was crawled yet" in said()
    ran(Outcome.ok)
    assert "All is well" in said()
    ran(Outcome.failed)
    assert "Not all is well: 1 source unwell" in said()


def test_machines_read_what_is_noted_as_json(run_kb: Command) -> None:
    done = run_kb("backup", "/nonexistent/x", KB_LOG="json")
    (line,) = done.stderr.splitlines()
    said = json.loads(line)
    assert said["level"] == "error"
    assert datetime.fromisoformat(said["at"]).tzinfo
    made = run_kb("backup", KB_LOG="json").stderr.splitlines()
    assert all(json.loads(each)["message"] for each in made)


def test_the_shipped_settings_need_no_file() -> None:
    from kb.declare.upkeep import Upkeep

    assert Upkeep.of(Path("/nonexistent/upkeep.toml")).keep == 7
    assert tomllib.loads("keep = 7") == {"keep": 7}
