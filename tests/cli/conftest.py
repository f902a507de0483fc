"""kb on a terminal, for the tests of the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from terminals import Open, terminals


@pytest.fixture
def terminal(home: Path) -> Iterator[Open]:
    """Starts kb on a pseudo-terminal; ended afterwards."""
    with terminals(home) as start:
        yield start
