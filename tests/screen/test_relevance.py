"""Relevance: which words speak, where, and how loud."""

import json
from pathlib import Path

import pytest

from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.screen.relevance import Scorer
from kb.text.matcher import Matcher
from kb.text.page_facts import facts_of

LEXICON = Declarations.of(Home(shipped("offer.toml").parent)).lexicon


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer(LEXICON)


def forms(text: str) -> list[tuple[str, str]]:
    return [(each.term, each.form) for each in Matcher.of(LEXICON.term).occurrences(text)]


def test_a_form_is_found_whatever_stands_between_its_words() -> None:
    for text in ("anti-racism", "Anti racism", "ANTI–RACISM"):
        assert ("anti-racism", text) in forms(text)


def test_an_exact_term_has_no_other_endings() -> None:
    assert ("allyship", "ally") in forms("an ally at work")
    assert "allyship" not in [term for term, _ in forms("allied health professions")]


def test_a_cased_term_is_found_in_its_case_alone() -> None:
    assert forms("a black coat") == []
    assert [term for term, _ in forms("Black staff")] == ["Black"]


def test_exceptions_do_not_count() -> None:
    assert forms("The Black Country roadshow") == []
    assert [term for term, _ in forms("Black staff in the Black Country")] == ["Black"]


def test_the_longest_form_is_the_one_that_occurs() -> None:
    matches = forms("Medical Workforce Race Equality Standard")
    assert (
        "Workforce Race Equality Standard",
        "Medical Workforce Race Equality Standard",
    ) in matches
    assert len([f for f in matches if f[0] == "Workforce Race Equality Standard"]) == 1


def test_a_page_about_nothing_of_ours_scores_nothing(scorer: Scorer) -> None:
    scored = scorer.score("Car parking", "", "Parking costs two pounds an hour.")
    assert scored.score == 0


def test_an_empty_page_scores_nothing(scorer: Scorer) -> None:
    assert scorer.score("", "", "").score == 0
    assert scorer.score("", "", "").signals == ()


def test_a_programme_scores_above_the_threshold_and_says_why(scorer: Scorer) -> None:
    scored = scorer.score(
        "Reverse mentoring programme", "", "Pairs ethnic minority staff with board members."
    )
    assert scored.score > LEXICON.inbox.threshold
    assert {(each.term, each.where) for each in scored.signals} >= {
        ("reciprocal mentoring", "title"),
        ("ethnic minority", "text"),
        ("support", "sign"),
    }


def test_one_passing_mention_counts_less_than_a_title(scorer: Scorer) -> None:
    title = scorer.score("Anti-racism", "", "Words.").score
    once = scorer.score("Words", "", "Words on anti-racism.").score
    often = scorer.score("Words", "", "On anti-racism. " * 9).score
    assert title > often > once


def test_a_job_advert_sinks(scorer: Scorer) -> None:
    text = "Race equality lead. Closing date 3 May. Apply now. Salary band 8a."
    assert scorer.score("Race equality lead", "", text).score < LEXICON.inbox.threshold


def test_the_score_stays_between_nothing_and_one(scorer: Scorer) -> None:
    text = "anti-racism race equality structural racism WRES allyship " * 50
    assert scorer.score(text, text, text).score == 0.5  # about it, and nothing on offer
    some = f"{text} A mentoring course for trusts. "
    more = f"{some} A programme of workshops, launched after a study of gaps and barriers. "
    assert 0.5 < scorer.score(some, some, text).score < scorer.score(more, more, text).score < 1


def test_what_is_hardly_about_race_gains_little_by_offering_something(scorer: Scorer) -> None:
    offer = "A mentoring course for trusts, launched after a report. "
    passing = scorer.score("Mentoring", offer, "Everybody is welcome, ethnic minority staff too.")
    plain = scorer.score("Race equality mentoring", offer, "Ethnic minority staff are welcome.")
    assert passing.score < plain.score / 2


def test_the_version_changes_with_the_lexicon() -> None:
    heavier = LEXICON.term[0].model_copy(update={"weight": 0.01})
    other = LEXICON.model_copy(update={"term": (heavier, *LEXICON.term[1:])})
    assert Scorer(other).version != Scorer(LEXICON).version
    assert Scorer(LEXICON).version == Scorer(LEXICON).version


def test_initiatives_stand_before_what_only_talks_about_racism(scorer: Scorer) -> None:
    """The floor of the area under the ROC curve; weights are chosen by tests/benchmarks."""

    def scores(path: Path) -> list[float]:
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        words = [(row["title"], row["summary"], "") for row in rows]
        return [scorer.score(*each, facts_of(*each).marks).score for each in words]

    ours = scores(shipped("register.jsonl"))
    others = scores(shipped("look_alikes.jsonl"))
    above = sum((a > b) + (a == b) / 2 for a in ours for b in others)
    assert above / len(ours) / len(others) >= 0.78


def test_a_positive_action_programme_is_likely(scorer: Scorer) -> None:
    rows = [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()]
    ready = next(row for row in rows if row["title"] == "Ready Now programme")
    assert scorer.score(ready["title"], ready["summary"], "").score > 0.5
