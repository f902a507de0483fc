"""Backups: whole or not there, of one instant, and a home made of them again."""

import os
import shutil
import sqlite3
import stat
import subprocess
import threading
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from conftest import Command
from pages import held, held_at_once

import kb
from kb.errors import Refused
from kb.home import Home
from kb.keep.backup import MANIFEST, back_up, restore, verify

NOW = datetime(2026, 11, 27, 3, 15, tzinfo=UTC)


def made(home: Path, target: Path, **how: object) -> Path:
    return back_up(Home(home), target, now=NOW, **({"archive": False} | how)).path  # type: ignore[arg-type]


def test_a_backup_is_checked_without_kb_and_restored_elsewhere(home: Path, tmp_path: Path) -> None:
    with kb.connect(home, by="ana") as base:
        held(base, "one", "A race equality programme of mentoring for boards of NHS trusts.")
        before = base.report.status()
    (home / "archive/a-site").mkdir(parents=True)
    (home / "archive/a-site/000001.warc.gz").write_bytes(b"\x1f\x8b received")
    file = made(home, tmp_path / "b.zip", archive=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "out")
    done = subprocess.run(["sha256sum", "-c", MANIFEST], cwd=tmp_path / "out", check=False)
    assert done.returncode == 0
    place = tmp_path / "a home" / "with 'accents' é"
    assert restore(file, Home(place)) == len(verify(file))
    assert (place / "archive/a-site/000001.warc.gz").read_bytes() == b"\x1f\x8b received"
    assert not (place / "index").exists()
    with kb.connect(place, by="ana") as base:
        assert base.report.status() == before


def test_what_came_after_the_backup_is_not_found_after_the_restore(
    home: Path, run_kb: Command, tmp_path: Path
) -> None:
    file = made(home, tmp_path / "b.zip")
    slug = "nhs-providers-10-questions-boards"
    run_kb("edit", slug, "title=Quokka questions for boards")
    assert "Quokka" in run_kb("search", "quokka").stdout
    shutil.rmtree(home)
    assert run_kb("restore", str(file)).returncode == 0
    assert "Quokka" not in run_kb("search", "quokka").stdout
    run_kb("edit", slug, "title=Wombat questions for boards")
    assert "Wombat" in run_kb("search", "wombat").stdout


def test_nothing_is_restored_onto_what_is_there(home: Path, tmp_path: Path) -> None:
    file = made(home, tmp_path / "b.zip")
    before = {each.name for each in home.iterdir()}
    with pytest.raises(Refused, match="not empty"):
        restore(file, Home(home))
    assert {each.name for each in home.iterdir()} == before
    (tmp_path / "empty").mkdir()
    restore(file, Home(tmp_path / "empty"))


@pytest.mark.parametrize("harm", ["cut", "flipped", "smuggled", "stray", "not one"])
def test_a_backup_that_is_not_whole_is_refused_and_makes_nothing(
    home: Path, tmp_path: Path, harm: str
) -> None:
    file = made(home, tmp_path / "b.zip")
    content = file.read_bytes()
    if harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif harm == "flipped":
        changed = bytearray(content)
        changed[len(content) // 3] ^= 1
        file.write_bytes(bytes(changed))
    elif harm == "not one":
        file.write_text("no archive at all")
    else:
        name = "more.toml" if harm == "smuggled" else "../stray"
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(name, "x")
    with pytest.raises(Refused):
        restore(file, Home(tmp_path / "new"))
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "stray").exists()
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []


def test_a_name_that_leads_out_of_the_folder_is_refused_though_it_is_listed(
    home: Path, tmp_path: Path
) -> None:
    file = made(home, tmp_path / "b.zip")
    with zipfile.ZipFile(file) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    digest = (
        subprocess.run(["sha256sum"], input=b"x", capture_output=True, check=True)
        .stdout.split()[0]
        .decode()
    )
    files["../stray"] = b"x"
    files[MANIFEST] += f"{digest}  ../stray\n".encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    with pytest.raises(Refused, match="stray"):
        restore(file, Home(tmp_path / "new"))
    assert not (tmp_path / "stray").exists()


def test_while_others_write_it_is_of_one_instant(home: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with kb.connect(home, by="ana") as base:
            for number in range(200):
                if stop.is_set():
                    break
                held_at_once(base, [f"{number}-{at}" for at in range(5)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        files = [made(home, tmp_path / f"b{at}.zip") for at in range(4)]
    finally:
        stop.set()
        writer.join()
    for at, file in enumerate(files):
        place = tmp_path / f"r{at}"
        restore(file, Home(place))
        with closing(sqlite3.connect(place / "kb.sqlite")) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
            (pages,) = connection.execute("select count(*) from document").fetchone()
            assert pages % 5 == 0  # an act is in it whole, or not


def test_the_newest_are_kept_and_nothing_else_is_dropped(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "kb-backup-of-mine.zip").write_text("mine")
    for day in range(4):
        now = NOW + timedelta(days=day)
        made_now = back_up(Home(home), folder, now=now, archive=False, keep=2)
    names = sorted(each.name for each in folder.iterdir())
    assert len([name for name in names if name.startswith("kb-backup-2026")]) == 2
    assert "kb-backup-of-mine.zip" in names
    assert made_now.path.exists()
    with pytest.raises(Refused, match="folder"):
        back_up(Home(home), tmp_path / "f.zip", now=NOW, archive=False, keep=2)
    with pytest.raises(Refused, match="exists"):
        back_up(Home(home), made_now.path, now=NOW, archive=False)
    with pytest.raises(Refused, match="no folder"):
        back_up(Home(home), tmp_path / "none" / "f.zip", now=NOW, archive=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
def test_a_full_disk_leaves_no_half_backup(home: Path, run_kb: Command, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        done = run_kb("backup", str(small))
        assert done.returncode == 1
        assert "full" in done.stderr
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)
