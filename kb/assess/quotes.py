"""Quotes: what an assessment is pinned to, and the passage nearest to one that is not there."""

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.errors import Refused

LEAST_CHARACTERS = 25
LEAST_WORDS = 4
MOST_CHARACTERS = 300
SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True)
class Place:
    """Where a quote stands in a text, in characters, and how the text spells it."""

    start: int
    spelt: str
    length: int  # in the text, white space as it is there


def check(quote: str) -> str:
    """The quote with its white space folded.

    Raises Refused for one too short to pin anything to, or too long to be a quote.
    """
    plain = (char for char in unicodedata.normalize("NFC", quote) if not _unseen(char))
    folded = " ".join("".join(plain).split())
    if len(folded) < LEAST_CHARACTERS or len(folded.split()) < LEAST_WORDS:
        raise Refused(
            f"the quote {folded!r} is too short: {len(folded)} characters, "
            f"{len(folded.split())} words",
            hint=f"at least {LEAST_CHARACTERS} characters and {LEAST_WORDS} words",
        )
    if len(folded) > MOST_CHARACTERS:
        raise Refused(f"the quote has {len(folded)} characters", hint=f"at most {MOST_CHARACTERS}")
    return folded


def _unseen(char: str) -> bool:
    """True for what a copied passage may hold and a reader does not see, as soft hyphens."""
    return unicodedata.category(char) == "Cf"


def locate(quote: str, text: str) -> Place | None:
    """Where the quote occurs, white space and case folded; None where it does not."""
    words = [re.escape(word) for word in quote.split()]
    found = re.search(r"\s+".join(words), text, re.IGNORECASE)
    return (
        Place(found.start(), " ".join(found.group().split()), len(found.group())) if found else None
    )


def passages(text: str) -> list[str]:
    """The sentences of a text, white space folded, those long enough to be quoted."""
    sentences = (" ".join(part.split()) for part in SENTENCE_END.split(text))
    return [
        sentence
        for sentence in sentences
        if len(sentence) >= LEAST_CHARACTERS and len(sentence.split()) >= LEAST_WORDS
    ]


def between(first: str, last: str, text: str) -> str | None:
    """The passage from the first words to the nearest last ones, white space folded.

    None where a text does not hold it, or it would be no quote by its length.
    """
    start = locate(first, text)
    if start is None:
        return None
    end = locate(last, text[start.start :])
    if end is None:
        return None
    found = " ".join(text[start.start :][: end.start + end.length].split())
    fits = LEAST_CHARACTERS <= len(found) <= MOST_CHARACTERS and len(found.split()) >= LEAST_WORDS
    return found if fits else None


def nearest(quote: str, texts: list[str]) -> str | None:
    """The passage of the texts most like the quote; None where none shares three words in ten."""
    wanted = set(quote.casefold().split())
    best, score = None, 0.3
    for text in texts:
        for passage in passages(text):
            words = set(passage.casefold().split())
            shared = len(wanted & words) / max(1, len(wanted))
            if shared <= score * 0.6:
                continue
            ratio = max(shared, SequenceMatcher(None, quote.casefold(), passage.casefold()).ratio())
            if ratio > score:
                best, score = passage[:MOST_CHARACTERS], ratio
    return best
