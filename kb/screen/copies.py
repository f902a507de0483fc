"""Copies of one text: the same words at other addresses, syndicated, printed, dated anew.

What may be a copy is found by bands of the signatures that `kb.screen.signing` makes; the share
of runs of words two texts have in common says whether it is one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping

FORM = "1"  # changes when the same text would give another signature
HASHES = 64
HASH_BYTES = 4
BAND_BYTES = 4 * HASH_BYTES  # four hashes a band: texts with half their runs in common meet
RUN = 5  # words
COPY = 0.8  # share of runs in common from which two texts are one
FEWEST_WORDS = 20  # of shorter texts too little can be said
WORD = re.compile(r"\w+")
DATE = re.compile(
    r"\b\d{1,4}(?:[/.-]\d{1,2}){1,2}\b|\b\d{1,2}\s+[a-z]{3,9}\s+\d{4}\b|\b(?:19|20)\d\d\b"
)

Texts = Callable[[int], str]


def runs_of(text: str) -> frozenset[str]:
    """The runs of five words of a text without dates; none where it is too short."""
    words = WORD.findall(DATE.sub(" ", text.casefold()))
    if len(words) < FEWEST_WORDS:
        return frozenset()
    return frozenset(" ".join(words[at : at + RUN]) for at in range(len(words) - RUN + 1))


def groups(signatures: Mapping[int, bytes], text: Texts) -> list[list[int]]:
    """Ids whose texts are copies of one another, each group and all groups in order of id.

    Args:
        signatures: id to its signature; an empty one is in no group.
        text: the text of an id, asked for only where it may be a copy.
    """
    met: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    runs: dict[int, frozenset[str]] = {}
    found: dict[int, list[int]] = {}
    head: dict[int, int] = {}
    for number in sorted(_meeting({n: made for n, made in signatures.items() if made})):
        bands = list(enumerate(_bands(signatures[number])))
        near = sorted({head[other] for band in bands for other in met[band]})
        copied = (each for each in near if shared(number, each, text, runs) >= COPY)
        head[number] = next(copied, number)
        found.setdefault(head[number], []).append(number)
        for band in bands:
            met[band].append(number)
    return [members for members in found.values() if len(members) > 1]


def shared(one: int, other: int, text: Texts, runs: dict[int, frozenset[str]]) -> float:
    """The share of runs that two texts have in common (Jaccard), 0 to 1; `runs` is kept."""
    for number in (one, other):
        if number not in runs:
            runs[number] = runs_of(text(number))
    together = len(runs[one] | runs[other])
    return len(runs[one] & runs[other]) / together if together else 0.0


def _meeting(signatures: Mapping[int, bytes]) -> set[int]:
    """The ids that share a band with another one: of many texts few do."""
    found: set[int] = set()
    for at in range(0, HASHES * HASH_BYTES, BAND_BYTES):
        bands = [made[at : at + BAND_BYTES] for made in signatures.values()]
        often = Counter(bands) if len(set(bands)) < len(bands) else {}
        if often:
            found.update(n for n, band in zip(signatures, bands, strict=True) if often[band] > 1)
    return found


def _bands(signature: bytes) -> list[bytes]:
    return [signature[at : at + BAND_BYTES] for at in range(0, len(signature), BAND_BYTES)]
