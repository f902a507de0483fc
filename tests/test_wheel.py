"""The wheel: what is in it, and that it works installed elsewhere without the checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = {
    "offer.toml", "codebook.toml", "lexicon.toml", "protocol.toml", "bodies.toml",
    "sources.toml", "people.toml", "register.jsonl", "look_alikes.jsonl",
}  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(ROOT)]
    subprocess.run(pip, check=True, capture_output=True)
    (made,) = folder.iterdir()
    return made


@pytest.mark.slow
def test_the_wheel_has_what_ships_and_nothing_that_kb_makes(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {name.removeprefix("kb/shipped/") for name in names if name.startswith("kb/shipped/")}
    assert {name for name in shipped if "/" not in name} == SHIPPED
    assert all(name.endswith((".html", ".xml", ".toml", ".jsonl", ".json")) for name in shipped)
    assert not [
        name for name in names if "sqlite" in name or "/index/" in name or "archive/" in name
    ]
    assert "spiders/listing.py" in names


@pytest.mark.slow
def test_the_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    install = [python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel]
    subprocess.run(install, check=True, capture_output=True)
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [tmp_path / "env" / "bin" / "kb", "demo"],
        cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "peer-learning" in done.stdout
