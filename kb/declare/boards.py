"""Who sits on the board of a trust. Plain data: search reads it, and loads nothing for it."""

from collections.abc import Iterable

# What `boards` stands for.
BOARD = frozenset({"boards", "chairs", "chief-executives", "executives", "non-executives"})


def audiences(codes: Iterable[str]) -> frozenset[str]:
    """The codes, with `boards` widened to everyone who sits on one."""
    asked = frozenset(codes)
    return asked | BOARD if "boards" in asked else asked
