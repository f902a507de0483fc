"""Copies of one text: the same words at other addresses, syndicated, printed, dated anew.

Candidates are found by bands of the signatures that `kb.text.signature` makes; the share of
shingles (runs of five words) that two texts have in common says whether one is a copy.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

FORM = "2"  # changes when the same text would give another signature
HASHES = 64
HASH_BYTES = 4
BAND_BYTES = 4 * HASH_BYTES  # four hashes a band: texts with half their shingles in common meet
SHINGLE = 5  # words
COPY = 0.8  # share of shingles in common from which two texts are one
FEWEST_WORDS = 20  # of shorter texts too little can be said
WORD = re.compile(r"\w+")
DATE = re.compile(
    r"\b\d{1,4}(?:[/.-]\d{1,2}){1,2}\b|\b\d{1,2}\s+[a-z]{3,9}\s+\d{4}\b|\b(?:19|20)\d\d\b"
)

Texts = Callable[[int], str]


def shingles_of(text: str) -> frozenset[str]:
    """The shingles of a text without its dates; none where it is too short."""
    words = WORD.findall(DATE.sub(" ", text.casefold()))
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))


def groups(signatures: Mapping[int, bytes], text: Texts) -> list[list[int]]:
    """Ids whose texts are copies of one another, each group and all groups in order of id.

    Args:
        signatures: id to its signature; an empty one is in no group.
        text: the text of an id, asked for only where it may be a copy.
    """
    in_band: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    shingles: dict[int, frozenset[str]] = {}
    members: dict[int, list[int]] = {}
    head: dict[int, int] = {}
    for number in sorted(_sharing_a_band({n: each for n, each in signatures.items() if each})):
        bands = list(enumerate(_bands(signatures[number])))
        candidates = sorted({head[other] for band in bands for other in in_band[band]})
        copied = (each for each in candidates if resemblance(number, each, text, shingles) >= COPY)
        head[number] = next(copied, number)
        members.setdefault(head[number], []).append(number)
        for band in bands:
            in_band[band].append(number)
    return [group for group in members.values() if len(group) > 1]


def resemblance(one: int, other: int, text: Texts, shingles: dict[int, frozenset[str]]) -> float:
    """The share of shingles that two texts have in common (Jaccard), 0 to 1.

    `shingles` keeps what was cut already.
    """
    for number in (one, other):
        if number not in shingles:
            shingles[number] = shingles_of(text(number))
    together = len(shingles[one] | shingles[other])
    return len(shingles[one] & shingles[other]) / together if together else 0.0


def _sharing_a_band(signatures: Mapping[int, bytes]) -> set[int]:
    """The ids that share a band with another one: of many texts few do."""
    sharing: set[int] = set()
    for at in range(0, HASHES * HASH_BYTES, BAND_BYTES):
        bands = [signature[at : at + BAND_BYTES] for signature in signatures.values()]
        often = Counter(bands) if len(set(bands)) < len(bands) else {}
        if often:
            sharing.update(n for n, band in zip(signatures, bands, strict=True) if often[band] > 1)
    return sharing


def _bands(signature: bytes) -> list[bytes]:
    return [signature[at : at + BAND_BYTES] for at in range(0, len(signature), BAND_BYTES)]
