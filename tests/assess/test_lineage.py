"""What a strand became from one accepted offer to the next, on values."""

from kb.assess.causes import CauseKind
from kb.assess.lineage import Difference, Lineage, differences, earlier_of
from kb.declare.offer import Offer, Strand
from kb.keep.decisions import StrandStep


def strand(key: str, **fields: object) -> Strand:
    about: dict[str, object] = {"name": key, "what": f"What {key} is.", "axis": "topic"}
    about |= {"basis": "said", "audience": ["chairs"], "means": ["event"], "counts": ["support"]}
    return Strand.model_validate({"key": key} | about | fields)


def offer(*strands: Strand, **tables: object) -> Offer:
    head = {"title": "An offer", "owner": "A body", "version": "1"}
    return Offer.model_validate({"offer": head, "strand": strands} | tables)


def step(before: Strand, after: Strand | None, act: int = 1, minor: bool = False) -> StrandStep:
    return StrandStep(
        made=act,
        before=before.key,
        before_version=before.version,
        after=after.key if after else "",
        after_version=after.version if after else "",
        minor=minor,
    )


ONE, TWO, THREE = strand("one"), strand("two"), strand("three")


def test_a_strand_that_stands_is_itself_and_a_removed_one_is_nothing() -> None:
    lineage = Lineage(offer(ONE), (step(TWO, None, 4), step(TWO, None, 7)))
    assert lineage.now("one") == ["one"]
    assert lineage.now("two") == []
    assert (lineage.removed("one"), lineage.removed("two")) == (0, 7)


def test_a_strand_renamed_twice_is_what_it_is_called_now() -> None:
    lineage = Lineage(offer(THREE), (step(ONE, TWO), step(TWO, THREE)))
    assert lineage.now("one") == ["three"]


def test_a_circle_of_names_ends() -> None:
    lineage = Lineage(offer(ONE), (step(ONE, TWO), step(TWO, ONE)))
    assert lineage.now("two") == ["one"]


def test_what_was_said_of_another_version_is_rechecked_unless_called_minor() -> None:
    changed = strand("one", what="Something else.")
    assert Lineage(offer(ONE)).cause("one", ONE.version, ONE) is None
    differs = Lineage(offer(changed), (step(ONE, changed),))
    assert differs.cause("one", ONE.version, changed) == CauseKind.strand_changed
    minor = Lineage(offer(changed), (step(ONE, changed, minor=True),))
    assert minor.cause("one", ONE.version, changed) is None


def test_a_renamed_strand_keeps_what_was_said_and_a_split_one_asks() -> None:
    renamed = strand("two", what=ONE.what)
    assert Lineage(offer(renamed), (step(ONE, renamed),)).cause("one", ONE.version, renamed) is None
    other = strand("three", what=ONE.what)
    split = Lineage(offer(renamed, other), (step(ONE, renamed), step(ONE, other)))
    assert split.now("one") == ["two", "three"]
    assert split.cause("one", ONE.version, renamed) == CauseKind.strand_split


def test_offers_differ_by_strand_and_by_what_all_rest_on() -> None:
    after = offer(
        strand("one", name="Otherwise named"),
        strand("half", was="two"),
        strand("rest", was="two"),
        strand("fresh"),
        positions={"crowded_duplicates": 9},
    )
    found = differences(offer(ONE, TWO, THREE), after)
    assert [(each.strand, each.change) for each in found] == [
        ("one", "changed"),
        ("half", "split"),
        ("rest", "split"),
        ("fresh", "new"),
        ("all", "changed"),
        ("three", "removed"),
    ]
    assert [each.reopens for each in found[:3]] == [False, True, True]
    assert found[4].fields == ("positions",)
    assert differences(offer(ONE), offer(ONE)) == []


def test_only_what_an_assessment_relies_on_opens_it_again() -> None:
    assert Difference("one", "changed", ("what", "name")).reopens
    assert not Difference("one", "changed", ("terms", "need")).reopens


def test_the_earlier_strand_is_of_that_key_before_of_that_former_key() -> None:
    before = offer(ONE, TWO)
    assert earlier_of(strand("two", was="one"), before) == TWO
    assert earlier_of(strand("new", was="one"), before) == ONE
    assert earlier_of(strand("new"), before) is None
