"""The signature of a text: MinHash over its shingles.

A. Broder, "On the resemblance and containment of documents", 1997; hashed by multiply-shift as in
M. Thorup, "High speed hashing for integers and strings", 2015, section 3.3. A file of its own,
behind a lazy door where the store is: numpy loads longer than most commands run.
"""

import random
import zlib

import numpy as np

from kb.text.shingles import HASHES, shingles_of

CHANCE = random.Random(1997)  # noqa: S311 - the same numbers in every process
MULTIPLIERS = np.array([CHANCE.getrandbits(64) | 1 for _ in range(HASHES)], dtype=np.uint64)
ADDENDS = np.array([CHANCE.getrandbits(64) for _ in range(HASHES)], dtype=np.uint64)
UPPER_HALF = np.uint64(32)


def signature(text: str) -> bytes:
    """64 hashes of 4 bytes, little endian; empty for a text too short to have one."""
    shingles = shingles_of(text)
    if not shingles:
        return b""
    keys = np.fromiter((zlib.crc32(each.encode()) for each in shingles), np.uint64, len(shingles))
    hashes = (keys[:, np.newaxis] * MULTIPLIERS + ADDENDS) >> UPPER_HALF
    return bytes(hashes.min(axis=0).astype("<u4").tobytes())
