"""What holds of an initiative against a strand, of what several people said: on values."""

from kb.keep.decisions import DESK_RESEARCH, Assessment, Basis, Level
from kb.keep.documents import CONFLICT
from kb.keep.register import Judgement, newest_of_each_person


def said(person: str, level: Level, basis: Basis = Basis.confirmed) -> Assessment:
    return Assessment(
        initiative=1, strand="talent", person=person, level=level, basis=basis, strand_version="v"
    )


def holds(*rows: Assessment, resolved: str = "") -> Judgement:
    return Judgement(1, "talent", rows, resolved)


def test_one_voice_holds() -> None:
    one = said("ana", Level.overlaps, Basis.proposed)
    assert (holds(one).outcome, holds(one).leading) == ("overlaps", one)
    assert holds(one).confirmed == ()


def test_confirmed_goes_before_proposed_and_a_person_before_desk_research() -> None:
    desk = said(DESK_RESEARCH, Level.duplicates, Basis.proposed)
    person = said("ana", Level.overlaps, Basis.proposed)
    confirmed = said("ben", Level.complements)
    assert holds(desk, person).outcome == "overlaps"
    assert holds(desk, person, confirmed).outcome == "complements"
    assert holds(desk, person, confirmed).leading is confirmed


def test_people_who_differ_are_in_conflict_until_it_is_resolved() -> None:
    rows = (said("ana", Level.overlaps), said("ben", Level.complements))
    assert holds(*rows).outcome == CONFLICT
    settled = holds(*rows, resolved="overlaps")
    assert (settled.outcome, settled.leading) == ("overlaps", rows[0])
    agreed = holds(said("ana", Level.overlaps), rows[0], resolved="complements")
    assert agreed.outcome == "overlaps"


def test_the_last_word_of_each_person_counts() -> None:
    first, other = said("ana", Level.overlaps), said("ben", Level.overlaps)
    last = said("ana", Level.no_overlap)
    assert newest_of_each_person([first, other, last]) == (other, last)
    assert newest_of_each_person([first]) == (first,)
    assert newest_of_each_person([]) == ()
