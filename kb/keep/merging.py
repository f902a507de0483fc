"""Which initiatives were found to be another one."""

from kb.keep.said import Merge
from kb.keep.store import Reading


def merges(reading: Reading) -> dict[int, int]:
    """Each merged initiative to the one that stands for it now, however many steps away."""
    steps = {row.initiative: row.into for row in reading.rows(Merge)}
    found = {}
    for number in steps:
        stays = number
        while stays in steps:
            stays = steps[stays]
        found[number] = stays
    return found
