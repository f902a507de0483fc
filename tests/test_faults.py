"""Bad luck, a test each: nothing said by a person is lost, and the message says what to do."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Command
from pages import held

import kb
from kb.errors import Refused
from kb.keep.decisions import Decision

RACE = "A race equality programme of mentoring for boards of NHS trusts, with anti-racism training."
SLUG = "nhs-providers-10-questions-boards"
YEAR = timedelta(days=366)


def decided(home: Path) -> int:
    """Everything that people said in a home."""
    with kb.connect(home, by="ana") as base:
        return len(base.register.decisions().rows)


def test_two_writers_lose_nothing(home: Path, run_kb: Command) -> None:
    def edit(name: str) -> None:
        for number in range(4):
            done = run_kb(
                "tag", SLUG, f"focus={('workforce', 'patients')[number % 2]}", "--by", name
            )
            assert done.returncode in (0, 1), done.stderr  # 1: it has that code already

    before = decided(home)
    writers = [threading.Thread(target=edit, args=(name,)) for name in ("ana", "ben")]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        acts = reading.acts()
    assert [act.id for act in acts] == list(range(1, len(acts) + 1))
    assert acts == sorted(acts, key=lambda act: act.at)
    assert decided(home) >= before


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("tag", SLUG, "focus=workforce", "focus=patients"),
        ("edit", SLUG, "summary=Another sentence about it."),
        ("reindex",),
        ("backup",),
        ("pack", "--for", "board", "-o", "{out}/p.zip", "--force"),
        ("brief", "-o", "{out}/b.docx", "--force"),
        ("export", "all", "-o", "{out}/a.xlsx", "--force"),
        ("digest", "-o", "{out}/d.md", "--force"),
    ],
    ids=lambda words: words[0],
)
def test_killed_at_ten_random_moments(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, "-m", "kb", "--home", str(home)]
    command += [word.format(out=out) for word in words]
    environ = {"PATH": os.environ["PATH"], "KB_USER": "ana", "HOME": str(tmp_path)}
    begun = time.monotonic()
    subprocess.run(command, check=False, env=environ, capture_output=True)
    whole = time.monotonic() - begun
    before = decided(home)
    chance = random.Random(words[0])
    for _ in range(10):
        process = subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.1, whole))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert decided(home) >= before
    for file in out.iterdir():  # what stands under its own name is whole
        if not file.name.startswith(".") and file.suffix in (".zip", ".docx", ".xlsx"):
            assert zipfile.ZipFile(file).testzip() is None
    for file in (home / "backups").glob("kb-backup-*.zip"):
        assert zipfile.ZipFile(file).testzip() is None
    done = subprocess.run(command, check=False, env=environ, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    assert "Traceback" not in done.stderr
    with kb.connect(home) as base:
        assert base.assess.gaps().rows


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
@pytest.mark.parametrize(
    "words",
    [
        ("edit", SLUG, "summary={long}"),
        ("backup",),
        ("pack", "--for", "board", "-o", "{home}/p.zip"),
        ("reindex",),
    ],
    ids=lambda words: words[0],
)
def test_a_full_disk_changes_nothing_and_says_so(
    home: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    small = tmp_path / "small"
    small.mkdir()
    size = sum(file.stat().st_size for file in home.rglob("*") if file.is_file()) + 300_000
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        place = Path(shutil.copytree(home, small / "home"))
        before = decided(place)
        filler = small / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:  # until there is no room at all
                file.write(b"x" * 4096)
        command = [sys.executable, "-m", "kb", "--home", str(place)]
        command += [word.format(home=place, long="words " * 4000) for word in words]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False,
            env={"PATH": os.environ["PATH"], "KB_USER": "ana", "TMPDIR": str(small)},
        )  # fmt: skip
        assert done.returncode != 0
        assert "Traceback" not in done.stderr, done.stderr
        assert "full" in done.stderr or "space" in done.stderr
        assert not (place / "p.zip").exists()
        filler.unlink()
        assert decided(place) == before
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
def test_a_home_that_may_be_read_alone_says_so(home: Path) -> None:
    for path in (home, *home.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    command += [sys.executable, "-m", "kb", "--home", str(home)]
    try:
        for words in (["gaps"], ["tag", SLUG, "focus=patients"]):
            done = subprocess.run(
                [*command, *words], capture_output=True, text=True, check=False,
                env={"PATH": os.environ["PATH"], "KB_USER": "ana"},
            )  # fmt: skip
            assert done.returncode == 1
            assert "cannot be written to" in done.stderr
            assert "hint: " in done.stderr
    finally:
        home.chmod(0o755)


@pytest.mark.parametrize("by", [YEAR, -YEAR])
def test_a_clock_that_goes_a_year_off_keeps_acts_in_order(home: Path, by: timedelta) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    for moment in (now, now + by, now + timedelta(minutes=1)):
        with kb.connect(home, by="ana", clock=lambda moment=moment: moment) as base:
            name = held(base, f"p{moment:%Y%m%d%H%M}", f"{RACE} {moment}")
            base.screen.decide([name], Decision.exclude, reason="mention-only")
            base.assess.gaps()
            base.report.digest()
    with kb.connect(home, by="ana") as base, base.workspace.store.reading() as reading:
        acts = reading.acts()
        assert [act.at for act in acts] == sorted(act.at for act in acts)
        assert len([row for row in base.register.decisions().rows if row.what == "screening"]) == 3


@pytest.mark.parametrize(
    "harm",
    [
        lambda index: shutil.rmtree(index),
        lambda index: [file.write_bytes(b"") for file in index.iterdir() if file.is_file()],
        lambda index: [
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
            for file in index.iterdir()
            if file.is_file()
        ],
    ],
    ids=["missing", "emptied", "cut"],
)
def test_an_index_that_is_missing_or_corrupt_is_written_anew(
    home: Path, run_kb: Command, harm: Callable[[Path], object]
) -> None:
    whole = json.loads(run_kb("search", "mentoring", "-f", "json").stdout)
    harm(home / "index")
    done = run_kb("search", "mentoring", "-f", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == whole


def test_sources_torn_in_the_middle_are_named_and_nothing_is_lost(
    home: Path, run_kb: Command
) -> None:
    file = home / "sources.toml"
    text = file.read_text()
    file.write_text(text[: len(text) // 2])
    before = len(text)
    for words in (("gaps",), ("crawl", "--dry-run"), ("tag", SLUG, "focus=patients")):
        done = run_kb(*words)
        assert (done.returncode, "sources.toml" in done.stderr) == (1, True), words
        assert "Traceback" not in done.stderr
    assert len(file.read_text()) == before // 2
    file.write_text(text)
    assert run_kb("gaps").returncode == 0


def test_an_archive_cut_short_is_found_and_stops_nothing(home: Path, run_kb: Command) -> None:
    folder = home / "archive" / "a-site"
    folder.mkdir(parents=True)
    (folder / "000001.warc.gz").write_bytes(b"\x1f\x8b\x08\x00cut")
    run_kb("backup")
    done = run_kb("doctor", "--json")
    told = {row["checked"]: row for row in json.loads(done.stdout)}
    assert told["archive"]["state"] == "wrong"
    assert told["archive"]["what_to_do"]
    assert run_kb("gaps").returncode == 0
    assert run_kb("backup", "--archive").returncode == 0


def test_a_home_with_spaces_accents_and_an_apostrophe_can_be_moved(
    home: Path, tmp_path: Path
) -> None:
    place = tmp_path / "Ana's scân 100%"
    home.rename(place)
    environ = {"PATH": os.environ["PATH"], "KB_USER": "ana"}

    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "kb", "--home", str(place), *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environ)

    for words in (
        ("tag", SLUG, "focus=patients"),
        ("search", "mentoring"),
        ("gaps",),
        ("map", "-o", str(tmp_path / "m.html")),
        ("backup",),
        ("reindex",),
    ):
        done = run(*words)
        assert done.returncode == 0, (words, done.stderr)
    elsewhere = tmp_path / "moved"
    shutil.copytree(place, elsewhere)
    shutil.rmtree(place)
    with kb.connect(elsewhere, by="ana") as base:
        (row,) = [each for each in base.register.list().rows if each.slug == SLUG]
        assert "patients" in row.focus


def test_what_is_refused_is_an_error_of_ours(home: Path) -> None:
    with kb.connect(home, by="ana") as base, pytest.raises(Refused):
        base.assess.note_result(SLUG, " ", quote="x")
