"""The query language, by its grammar."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.errors import Refused, Unknown
from kb.find.parsing import parse
from kb.find.query import Group, Query, Unit
from kb.find.words import words_in
from kb.text.matcher import Alternatives

NONE = Alternatives()


def read(text: str) -> Query:
    return parse(text, NONE)


def shown(text: str) -> list[str]:
    return [node.shown for node in read(text).terms]


def test_words_are_looked_for_one_by_one() -> None:
    assert shown("reverse mentoring London") == ["reverse", "mentoring", "london"]


def test_quotes_make_a_phrase_and_an_open_one_is_read_to_the_end() -> None:
    assert shown('race "board session" x') == ["race", '"board session"', "x"]
    query = read('race "board session x')
    assert [node.shown for node in query.terms] == ["race", '"board session x"']
    assert query.notes == ("the quote is read to the end",)


def test_plus_must_and_not_must_not() -> None:
    query = read('race +mentoring NOT nurses -midwives -"staff network"')
    assert shown("race +mentoring") == ["race", "mentoring"]
    assert [node.shown for node in query.must] == ["mentoring"]
    assert [node.shown for node in query.never] == ["nurses", "midwives", '"staff network"']
    assert [node.shown for node in query.terms] == ["race", "mentoring"]


def test_or_joins_what_stands_beside_it_and_brackets_join_what_they_hold() -> None:
    query = read("race (reverse mentoring) OR sponsorship OR course tool")
    race, either, tool = query.terms
    assert race == Unit(("race",))
    assert isinstance(either, Group)
    assert either.shown == "((reverse mentoring) OR sponsorship OR course)"
    assert tool.shown == "tool"


@pytest.mark.parametrize(
    ("text", "words", "note"),
    [
        ("OR", [], "OR with nothing"),
        ("race OR", ["race"], "OR with nothing"),
        ("race NOT", ["race"], "NOT with nothing"),
        ("race OR NOT", ["race"], "NOT with nothing"),
        ("(race boards", ["(race boards)"], "bracket"),
    ],
)
def test_an_operator_with_nothing_to_work_on_is_passed_over(
    text: str, words: list[str], note: str
) -> None:
    query = read(text)
    assert [node.shown for node in query.terms] == words
    assert any(note in each for each in query.notes)


def test_closing_brackets_that_close_nothing_and_lone_signs_are_passed_over() -> None:
    assert shown(") race ) - + boards )") == ["race", "boards"]


def test_a_star_begins_and_needs_two_letters() -> None:
    (unit,) = read("racis*").terms
    assert isinstance(unit, Unit)
    assert unit.prefix
    assert not any(unit.prefix for unit in read("r* *").units)
    assert read("*").terms == ()
    (unit,) = read("wom*n").units
    assert unit.prefix
    assert not any(unit.prefix for unit in read("w*n").units)


def test_fields_facets_and_dates() -> None:
    query = read('title:pledge summary:"board session" audience:boards since:2023 until:2024-06')
    assert [node.shown for node in query.terms] == ["title:pledge", 'summary:"board session"']
    assert query.codes == {"audience": ["boards"]}
    assert (query.since, query.until) == ("2023", "2024-06")
    assert shown("https://example.org/x www.example.org") == ['"example org x"', '"example org"']


def test_what_cannot_be_is_named_with_what_can() -> None:
    with pytest.raises(Unknown, match="titel") as wrong:
        read("titel:pledge")
    assert "'title'" in wrong.value.hint
    with pytest.raises(Refused, match="no date"):
        read("since:yesterday")
    with pytest.raises(Refused, match="10000 words"):
        read("word " * 10_000)


def test_words_of_questions_are_no_things_to_find() -> None:
    assert shown("who offers mentoring") == ["offers", "mentoring"]
    assert shown("who") == ["who"]


@pytest.mark.parametrize(
    ("text", "expected", "must", "never"),
    [
        ("mentoring -status:ended", ["mentoring"], [], ["status:ended"]),
        ("mentoring NOT since:2023", ["mentoring"], [], ["since:2023"]),
        ("mentoring OR role:support", ["(mentoring OR role:support)"], [], []),
        ("mentoring OR -london", ["(mentoring OR NOT london)"], [], []),
        ("mentoring OR NOT london", ["(mentoring OR NOT london)"], [], []),
        ("(race NOT mentoring) OR tool", ["((race NOT mentoring) OR tool)"], [], []),
        ("(+race mentoring) OR tool", ["((race mentoring) OR tool)"], [], []),
        ("-(race tool) course", ["course"], [], ["(race tool)"]),
        ("+(race OR tool) course", ["(race OR tool)", "course"], ["(race OR tool)"], []),
        ("race (role:support OR role:voice)", ["race"], ["(role:support OR role:voice)"], []),
        ("title:(board OR race)", ["(title:board OR title:race)"], [], []),
        ("title: board", ["title:board"], [], []),
        ("anti-rac*", ["(anti rac*)"], [], []),
        ("“board session” don’t", ['"board session"', "don't"], [], []),
        ("W.R.E.S. and E.D.I", ["wres", "edi"], [], []),
        ("mentoring in the +the london", ["mentoring", "london"], [], []),
        ("what support is there for the board?", ["support", "board"], [], []),
    ],
)
def test_signs_and_facets_hold_where_they_stand(
    text: str, expected: list[str], must: list[str], never: list[str]
) -> None:
    query = read(text)
    assert [node.shown for node in query.terms] == expected
    assert [node.shown for node in query.must] == must
    assert [node.shown for node in query.never] == never


def test_facets_and_dates_by_themselves_narrow() -> None:
    query = read("race role:support role:voice since:2023")
    assert (query.codes, query.since) == ({"role": ["support", "voice"]}, "2023")
    assert query.narrows
    assert not read("race").narrows


def test_what_must_or_must_not_be_there_is_meant_as_typed() -> None:
    wide = Alternatives(forms={"bame": [("ethnic minority", 0.5)]})
    query = parse("+BAME tool NOT bame", wide)
    assert [unit.others != () for unit in query.units] == [True, False]
    assert query.must == query.never == (Unit(("bame",)),)


def test_words_passed_over_stay_within_what_they_belong_to() -> None:
    at_work = Alternatives(forms={"race at work charter": []}, longest=4)
    query = parse("the race at work charter for us", at_work)
    assert [node.shown for node in query.terms] == ["race", "work", "charter"]
    assert read('"race at work"').terms == (Unit(("race", "at", "work"), phrase=True),)
    assert read('"to be" the').terms == (Unit(("to", "be"), phrase=True),)
    assert read("to be the").terms == ()


@pytest.mark.parametrize(
    "text", ["since:2023-02-31", "since:2023-13", '"' + "word " * 61, "a" * 101, "-".join("x" * 61)]
)
def test_what_is_no_date_or_too_much_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read(text)


PIECES = st.sampled_from(
    'OR NOT ( ) -( title:( role:x since:2023 the “ " + - * race r* a:b t: \0 \u202e é'.split(" ")
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map(" ".join)))
def test_whatever_is_typed_is_read_or_refused_with_a_reason(text: str) -> None:
    with suppress(Unknown, Refused):  # both name what can be
        query = read(text)
        assert all(node.shown for node in (*query.terms, *query.must, *query.never))
        assert all(unit.words for unit in query.units)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A US study", ["a", "US", "study"]),
        ("The UNISON HE conference", ["the", "unison", "HE", "conference"]),
        ("CONTACT US. IT staff", ["contact", "us", "IT", "staff"]),
        ("OUR WORK\nIT leaders meet", ["our", "work", "IT", "leaders", "meet"]),
        ("EU, UK, US", ["eu", "uk", "US"]),
        ("IT'S TIME", ["it", "s", "time"]),
        ("the WHO's guidance", ["the", "WHO", "s", "guidance"]),
        ("IT STRATEGY", ["it", "strategy"]),
        ("WHO 2024 REPORT", ["who", "2024", "report"]),
        ("CONTACT US – NHS England", ["contact", "us", "nhs", "england"]),
        ("HOME > ABOUT US > Staff", ["home", "about", "us", "staff"]),
    ],
)
def test_names_in_capitals_are_names_but_in_a_heading(text: str, words: list[str]) -> None:
    assert words_in(text) == words


@pytest.mark.parametrize("text", ["UNICEF NOT US NOT IT", "WHO OR UNICEF OR UN", '"WHO" UNICEF UN'])
def test_a_query_with_an_operator_or_a_quote_keeps_its_names(text: str) -> None:
    query = read(text)
    names = {word for node in (*query.terms, *query.never) for word in str(node.shown).split()}
    assert {"US", "IT"} <= names or "WHO" in " ".join(names)
    assert not [note for note in query.notes if "passed over" in note]


def test_a_star_behind_a_common_word_is_read() -> None:
    assert shown("can*") == ["can*"]
    assert read("can* care").notes == ()
    assert read("mentoring NOT a*").never == ()


def test_each_part_of_a_bracket_of_nots_must_hold_by_itself() -> None:
    query = read("race (NOT chairs NOT boards)")
    assert [node.shown for node in query.must] == ["NOT chairs", "NOT boards"]
    deeper = read("race ((NOT chairs NOT boards) NOT london)")
    assert [node.shown for node in deeper.must] == ["NOT chairs", "NOT boards", "NOT london"]


def test_a_minus_at_the_start_keeps_names() -> None:
    assert [node.shown for node in read("-US GRANT FUNDING").never] == ["US"]


def test_brackets_have_a_bound() -> None:
    assert shown("(" * 20 + "race") == ["race"]
    with pytest.raises(Refused, match="brackets"):
        read("(" * 350 + "race")
