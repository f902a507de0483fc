"""The signature of a text: MinHash over its runs of words, by datasketch.

A. Broder, "On the resemblance and containment of documents", 1997. A file of its own, behind a
lazy door where the store is: datasketch loads longer than most commands run.
"""

from datasketch import MinHash

from kb.screen.copies import HASHES, runs_of


def signature(text: str) -> bytes:
    """64 hashes of 4 bytes, little endian; empty for a text too short to have one."""
    runs = runs_of(text)
    if not runs:
        return b""
    made = MinHash(num_perm=HASHES)
    made.update_batch([run.encode() for run in runs])
    return bytes(made.hashvalues.astype("<u4").tobytes())
