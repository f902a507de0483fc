"""A home with three initiatives, made anew for each example."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import kb
from kb.home import Home, shipped


@pytest.fixture
def small_home(tmp_path: Path) -> Iterator[Path]:
    rows = [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()[:3]]
    for row in rows:
        row["part_of"] = row["adopts"] = None
    folder = tmp_path / "small"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "register.jsonl").write_text("\n".join(map(json.dumps, rows)))
    kb.make(Home(folder), by="ana").close()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
