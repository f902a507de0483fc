"""Quotes: what an assessment is pinned to, and the passage nearest to one that is not there."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from rapidfuzz import fuzz, process, utils

from kb.errors import Refused
from kb.text.described import unmarked

LEAST_CHARACTERS = 25
LEAST_WORDS = 4
MOST_CHARACTERS = 300
LEAST_SHARED = 55  # of 100: how much a passage must share to be like a quote
CANDIDATES = 9
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
    normal = unicodedata.normalize("NFC", unmarked(quote))
    plain = (char for char in normal if not _unseen(char))
    folded = _on_one_line("".join(plain))
    if not _long_enough(folded):
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
    match = re.search(r"\s+".join(words), text, re.IGNORECASE)
    return Place(match.start(), _on_one_line(match[0]), len(match[0])) if match else None


def passages(text: str) -> list[str]:
    """The sentences of a text, white space folded, those long enough to be quoted."""
    sentences = map(_on_one_line, SENTENCE_END.split(text))
    return [sentence for sentence in sentences if _long_enough(sentence)]


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _long_enough(text: str) -> bool:
    return len(text) >= LEAST_CHARACTERS and len(text.split()) >= LEAST_WORDS


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
    passage = _on_one_line(text[start.start :][: end.start + end.length])
    return passage if _long_enough(passage) and len(passage) <= MOST_CHARACTERS else None


def nearest(quote: str, texts: Iterable[str]) -> str | None:
    """The passage of the texts most like the quote; None where none is like it.

    Of the passages that share most words with it, whatever their order, the one whose letters
    are most alike (RapidFuzz).
    """
    known = list(dict.fromkeys(passage for text in texts for passage in passages(text)))
    shared = process.extract(
        quote,
        known,
        scorer=fuzz.token_set_ratio,
        processor=utils.default_process,
        score_cutoff=LEAST_SHARED,
        limit=CANDIDATES,
    )
    best = max((passage for passage, *_ in shared), key=partial(_likeness, quote), default="")
    return best[:MOST_CHARACTERS] or None


def _likeness(quote: str, passage: str) -> float:
    return fuzz.ratio(quote, passage, processor=utils.default_process)
