"""Codes guessed from those most alike: on values."""

import json
from typing import Any

from field_pages import field_pages

from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.screen.guessing import CodedExample, Guesser, likely_strands, read_of

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


def registered() -> list[dict[str, Any]]:
    return [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()]


def test_role_and_reach_of_pages_of_the_field_are_guessed_as_promised() -> None:
    guesser = Guesser(
        CodedExample(
            row["title"],
            row["summary"],
            row["organisation_kind"],
            {"role": [row["role"]], "reach": [row["reach"]]},
        )
        for row in registered()
    )
    pages = [page for page in field_pages() if page.role]
    right = {"role": 0, "reach": 0}
    for page in pages:
        title, summary, text = page.words
        guesses = guesser.codes(
            title, f"{summary} {text}", page.body_kind, one=["role", "reach"], many=[]
        )
        right["role"] += guesses["role"] == [page.role]
        right["reach"] += guesses["reach"] == [page.reach]
    assert right["role"] / len(pages) >= 0.68
    assert right["reach"] / len(pages) >= 0.65


def test_strands_of_pages_of_the_field_are_guessed_as_promised() -> None:
    offer = Declarations.of(Home(shipped("offer.toml").parent)).offer
    rows = registered()
    texts = {n: read_of(row["title"], row["summary"]) for n, row in enumerate(rows)}
    near = {
        n: [key for key, level in row["assessments"].items() if level != "no-overlap"]
        for n, row in enumerate(rows)
    }
    pages = [page for page in field_pages() if page.label != "no"]
    for number, page in enumerate(pages, start=len(rows)):
        title, summary, text = page.words
        texts[number] = read_of(title, f"{summary} {text}")
    likely = likely_strands(texts, near, [strand.key for strand in offer.strand])
    guessed = {pair for pair, share in likely.items() if share >= 0.5 and pair[0] >= len(rows)}
    true = {(n, key) for n, p in enumerate(pages, start=len(rows)) for key in p.strands}
    assert len(guessed & true) / len(guessed) >= 0.70
    assert len(guessed & true) / len(true) >= 0.55


def test_a_strand_is_learned_from_the_others_alone() -> None:
    texts = {
        n: ("sickle cell care" if n % 2 else "reverse mentoring for chairs") for n in range(20)
    }
    strands_of = {n: (["health"] if n % 2 else ["boards"]) for n in range(18)}
    likely = likely_strands(texts, strands_of, ["health", "boards", "never"])
    assert likely[19, "health"] > 0.5 > likely[18, "health"]
    assert (19, "never") not in likely
    assert likely_strands({}, {}, ["health"]) == {}
