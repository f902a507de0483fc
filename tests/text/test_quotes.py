"""Quotes: long enough, really there, and the nearest passage where they are not."""

import pytest

from kb.errors import Refused
from kb.text.quotes import check, locate, nearest

TEXT = "It opened in 2020.\nSix   evenings a year at which Chairs talk frankly about race. The end."


def test_a_quote_is_found_whatever_its_spaces_and_case() -> None:
    place = locate("six evenings a YEAR at which chairs", TEXT)
    assert place is not None
    assert TEXT[place.start :].startswith("Six   evenings")
    assert place.spelt == "Six evenings a year at which Chairs"


def test_what_is_not_there_is_not_found() -> None:
    assert locate("six evenings a month at which", TEXT) is None
    assert locate("a.year at which chairs talk", TEXT) is None


@pytest.mark.parametrize(
    "quote", ["", "too short", "a b c d", "fourteencharacters and more", "x " * 200]
)
def test_a_quote_of_the_wrong_length_is_refused(quote: str) -> None:
    with pytest.raises(Refused):
        check(quote)


def test_the_nearest_passage_is_offered() -> None:
    matches = nearest("Six evenings a month at which chairs talk about race", [TEXT])
    assert matches == "Six evenings a year at which Chairs talk frankly about race."
    assert nearest("Entirely different words stand here instead", [TEXT]) is None
