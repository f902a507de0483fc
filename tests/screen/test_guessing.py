"""Codes guessed from those most alike: on values."""

from kb.screen.guessing import CodedExample, Guesser

MENTORING = CodedExample(
    "Reciprocal mentoring",
    "Executives are mentored by staff of the trust.",
    "system",
    {"role": ["support"], "means": ["mentoring", "peer-learning"]},
)
REPORT = CodedExample(
    "Annual data report",
    "Figures of the workforce by grade and ethnicity.",
    "national",
    {"role": ["knowledge"], "means": ["data"]},
)


def guess(guesser: Guesser, title: str, text: str) -> dict[str, list[str]]:
    return guesser.codes(title, text, "", one=["role"], many=["means"])


def test_the_nearest_vote_by_how_near_they_are() -> None:
    guesser = Guesser([MENTORING, REPORT])
    near = guess(guesser, "Mentoring scheme", "Staff mentor executives of the trust.")
    assert near == {"role": ["support"], "means": ["mentoring", "peer-learning"]}
    near = guess(guesser, "Workforce data", "A report of figures by grade.")
    assert near == {"role": ["knowledge"], "means": ["data"]}


def test_nothing_is_guessed_without_examples_or_likeness() -> None:
    assert guess(Guesser([]), "Mentoring", "Staff mentor executives.") == {}
    assert guess(Guesser([MENTORING]), "Parking", "Cars stand here.") == {}
    assert guess(Guesser([MENTORING]), "", "") == {}


def test_the_kind_of_body_counts_like_a_title() -> None:
    guesser = Guesser([MENTORING, REPORT])
    guesses = guesser.codes("Untitled", "", "national", one=["role"], many=[])
    assert guesses == {"role": ["knowledge"]}
