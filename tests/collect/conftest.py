"""Homes for crawls: without the register, unless a test is about registered addresses."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A home of this test's own; with the shipped register where it is marked so."""
    registered = request.node.get_closest_marker("registered") is not None
    made = request.getfixturevalue("made_home" if registered else "made_bare_home")
    return Path(shutil.copytree(made, tmp_path / "home"))
