"""A disk that fills up during a crawl: what was kept is said, and stays."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Command, Site
from pages import documents_by_path

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring. "


@pytest.fixture
def small_disk(tmp_path: Path, made_bare_home: Path) -> Iterator[Path]:
    """A home on a disk of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no leave to mount a small disk")
    yield Path(shutil.copytree(made_bare_home, folder / "home"))
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk_says_what_was_kept_and_the_next_crawl_completes(
    site: Site, small_disk: Path, run_kb: Command
) -> None:
    names = [f"/p{number}" for number in range(300)]
    site.page("/list", "A list", ABOUT, links=tuple(names))
    for name in names:
        noise = os.urandom(6000).hex()  # what does not pack well
        lines = [f"{ABOUT}{name} {noise[at : at + 60]}" for at in range(0, 9000, 60)]
        site.page(name, f"Programme {name}", *lines)
    (small_disk / "sources.toml").write_text(
        '[[source]]\nname = "a-site"\norganisation = "A"\nshape = "listing"\n'
        f'start = ["{site.address}/list"]\n'
    )
    done = run_kb("--home", str(small_disk), "crawl")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    said = re.search(r"the disk is full: (\d+) pages of a-site were kept", done.stderr)
    assert said, done.stderr
    assert len(documents_by_path(small_disk)) == int(said[1]) > 0
    mount = ["mount", "-o", "remount,size=400m", str(small_disk.parent)]
    subprocess.run(mount, check=True)
    assert run_kb("--home", str(small_disk), "crawl").returncode == 0
    assert len(documents_by_path(small_disk)) == 301
