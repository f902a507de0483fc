"""Who sits on the board of a trust. Plain data: search reads it, and loads nothing for it."""

from collections.abc import Iterable
from functools import cache

# What `boards` stands for.
BOARD = frozenset({"boards", "chairs", "chief-executives", "executives", "non-executives"})


def audiences(codes: Iterable[str]) -> frozenset[str]:
    """The codes, with `boards` widened to everyone who sits on one."""
    return _audiences(frozenset(codes))


@cache  # few sets of codes are ever used, and each is asked for thousands of times
def _audiences(codes: frozenset[str]) -> frozenset[str]:
    return codes | BOARD if "boards" in codes else codes
