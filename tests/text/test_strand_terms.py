"""Which strands a text points to, on the shipped offer."""

from kb.declare.declarations import Declarations
from kb.home import Home, shipped
from kb.text.matcher import Matcher
from kb.text.strand_terms import StrandTerms

DECLARED = Declarations.of(Home(shipped("offer.toml").parent))
STRAND = next(strand for strand in DECLARED.offer.strand if strand.axis == "topic")
MEANS = next(strand for strand in DECLARED.offer.strand if strand.axis == "means")
TERMS = StrandTerms(DECLARED.offer)
ALL_OF_MEANS = {"means": MEANS.means, "audience": MEANS.audience}


def test_a_term_points_to_its_strand_and_other_words_to_none() -> None:
    assert STRAND.key in TERMS.strands(f"We offer {STRAND.terms[0]} to members.", {})
    assert TERMS.strands("The car park is open.", {}) == []


def test_a_strand_of_means_is_met_by_shared_means_and_audience_together() -> None:
    assert MEANS.key in TERMS.strands("", ALL_OF_MEANS)
    assert TERMS.strands("", {"means": MEANS.means}) == []


def test_a_likelihood_rises_with_terms_and_codes_up_to_one() -> None:
    none = TERMS.likelihood(MEANS.key, "", {})
    by_codes = TERMS.likelihood(MEANS.key, "", ALL_OF_MEANS)
    by_both = TERMS.likelihood(MEANS.key, "; ".join(MEANS.terms), ALL_OF_MEANS)
    assert (none, by_codes) == (0.0, 0.4)
    assert by_codes < by_both <= 1.0


def test_terms_score_only_in_passages_that_speak_of_race() -> None:
    race = Matcher.of_phrases(["race equality"])
    term = STRAND.terms[0]
    beside = f"Our race equality programme is about {term} for every trust."
    apart = f"Our programme is about {term} for each and every trust."
    assert TERMS.scores([beside], {}, race)[STRAND.key] == (0.35, [beside])
    assert TERMS.scores([apart], {}, race)[STRAND.key] == (0.0, [])


def test_passages_with_most_terms_come_first() -> None:
    term = STRAND.terms[0]
    plain, telling = "The office is open on each working day.", f"All of our members get {term}."
    assert TERMS.passages(STRAND.key, [f"{plain} {telling}"]) == [telling, plain]
    assert TERMS.passages(STRAND.key, [f"{plain} {telling}"], telling=True) == [telling]
