"""A crawl killed at random moments leaves a sound store, and the next one completes it."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Command, Site

import kb
from kb.keep import documents
from kb.keep.crawled import Document, Revision, Standing

ABOUT = "This programme offers race equality support to boards of NHS trusts, with mentoring."
PAGES = 120


@pytest.mark.slow
def test_kill_at_ten_random_moments(
    site: Site, home: Path, run_kb: Command, declare: Callable[..., None]
) -> None:
    site.page("/list", "A list", ABOUT, links=tuple(f"/page-{n}" for n in range(PAGES)))
    for number in range(PAGES):
        site.page(f"/page-{number}", f"Programme {number}", f"{ABOUT} It is number {number}.")
    declare(start=[f"{site.address}/list"])
    chance = random.Random(20261122)
    for _ in range(10):
        process = subprocess.Popen(
            [sys.executable, "-m", "kb", "--home", str(home), "crawl"],
            env={**os.environ, "KB_USER": "ana"},
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.5, 5.0))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        with closing(sqlite3.connect(home / "kb.sqlite")) as connection:
            assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
            assert connection.execute("pragma foreign_key_check").fetchall() == []
    done = run_kb("crawl")
    assert done.returncode == 0, done.stderr
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        assert len(list(documents.with_content(reading, documents.stored(reading)))) == PAGES + 1
        assert len(reading.rows(Document)) == PAGES + 1
        assert len(reading.rows(Standing)) == PAGES + 1
        assert len(reading.rows(Revision)) == PAGES + 1
    assert run_kb("search", "programme", "-f", "json").returncode == 0
