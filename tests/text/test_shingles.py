"""Copies of one text are found by what they share."""

import random

from kb.text.shingles import groups, resemblance, shingles_of
from kb.text.signature import signature

WORDS = "race equality boards trusts mentoring staff programme network learning data".split()


def text(seed: int, words: int = 120) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def test_a_text_too_short_has_no_shingles_and_no_signature() -> None:
    assert shingles_of("Too few words to say anything.") == frozenset()
    assert signature("Too few words to say anything.") == b""


def test_a_date_makes_no_other_text() -> None:
    assert shingles_of(f"{text(1)} 3 March 2025") == shingles_of(f"{text(1)} 2026-04-01")


def test_copies_are_grouped_and_others_are_not() -> None:
    texts = {1: text(1), 2: text(2), 3: f"{text(1)} added", 4: "short", 5: text(2)}
    signatures = {number: signature(each) for number, each in texts.items()}
    assert groups(signatures, texts.__getitem__) == [[1, 3], [2, 5]]


def test_resemblance_is_the_share_of_shingles_in_common() -> None:
    half = {1: text(1), 2: f"{text(1, 62)} {text(9, 60)}"}
    assert resemblance(1, 1, half.__getitem__, {}) == 1.0
    assert 0.2 < resemblance(1, 2, half.__getitem__, {}) < 0.5
    assert resemblance(1, 2, {1: "", 2: text(2)}.__getitem__, {}) == 0.0
