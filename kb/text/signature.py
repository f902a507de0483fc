"""The signature of a text: MinHash over its shingles, by datasketch.

A. Broder, "On the resemblance and containment of documents", 1997. A file of its own, behind a
lazy door where the store is: datasketch loads longer than most commands run.
"""

from datasketch import MinHash

from kb.text.shingles import HASHES, shingles_of


def signature(text: str) -> bytes:
    """64 hashes of 4 bytes, little endian; empty for a text too short to have one."""
    shingles = shingles_of(text)
    if not shingles:
        return b""
    minhash = MinHash(num_perm=HASHES)
    minhash.update_batch([shingle.encode() for shingle in shingles])
    return bytes(minhash.hashvalues.astype("<u4").tobytes())
