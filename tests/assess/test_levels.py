"""Four answers come to a level, or to none while they do not decide."""

from itertools import product

import pytest

from kb.assess.levels import Answers
from kb.keep.decisions import Level

YES, NO, OPEN = True, False, None


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ((YES, YES, YES, YES), Level.duplicates),
        ((YES, YES, NO, YES), Level.overlaps),
        ((YES, NO, YES, YES), Level.complements),
        ((YES, YES, YES, NO), Level.complements),
        ((YES, OPEN, OPEN, NO), Level.complements),
        ((NO, OPEN, OPEN, OPEN), Level.no_overlap),
        ((YES, YES, OPEN, YES), None),
        ((YES, OPEN, YES, YES), None),
        ((OPEN, YES, YES, YES), None),
    ],
)
def test_answers_come_to_a_level(answers: tuple[bool | None, ...], level: Level | None) -> None:
    assert Answers(*answers).level == level


def test_an_answer_more_never_changes_what_was_decided() -> None:
    for answers in product((YES, NO, OPEN), repeat=4):
        level = Answers(*answers).level
        for place in range(4):
            if level is not None and answers[place] is None:
                for more in (YES, NO):
                    fuller = [*answers[:place], more, *answers[place + 1 :]]
                    assert Answers(*fuller).level == level
