"""Agreement where several people decided the same: on values."""

import json

import pytest
from conftest import Command
from pages import held
from sklearn.metrics import cohen_kappa_score

import kb
from kb.keep.decisions import Decision, Level
from kb.screen.agreement import cohen, interval, krippendorff

# The example of Krippendorff 2011, section C: four observers, twelve units, values missing.
A = "1 2 3 3 2 1 4 1 2 . . .".split()
B = "1 2 3 3 2 2 4 1 2 5 . 3".split()
C = ". 3 3 3 2 3 4 2 2 5 1 .".split()
D = "1 2 3 3 2 4 4 1 2 5 1 .".split()


def test_alpha_is_that_of_its_author_s_example() -> None:
    units = [[value for value in unit if value != "."] for unit in zip(A, B, C, D, strict=True)]
    assert krippendorff(units) == pytest.approx(0.743, abs=5e-4)


def test_nothing_answered_twice_or_all_the_same_has_no_number() -> None:
    assert krippendorff([["a"], ["b"]]) is None
    assert krippendorff([["a", "a"], ["a", "a"]]) is None
    assert cohen([["a", "a"], ["a", "a"]]) is None
    assert krippendorff([]) is None


def test_full_agreement_is_one_and_the_interval_holds_the_value() -> None:
    assert krippendorff([["a", "a"], ["b", "b"]]) == 1.0
    units = [["a", "a"]] * 12 + [["b", "b"]] * 6 + [["a", "b"]] * 4
    value = cohen(units)
    assert value == pytest.approx(cohen_kappa_score(*zip(*units, strict=True)))
    low, high = interval(units, cohen)
    assert low is not None
    assert high is not None
    assert value is not None
    assert low < value < high
    assert interval(units, cohen) == (low, high)  # one seed


def test_people_are_compared_on_what_several_decided(
    base: kb.KnowledgeBase, run_kb: Command
) -> None:
    home = base.workspace.home.path
    names = [
        held(base, f"p{n}", f"Race equality mentoring for boards, group {n}.") for n in range(4)
    ]
    assert base.screen.agreement().rows == []
    base.screen.decide(names, Decision.include)
    slug = base.register.document(names[0]).initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england"])
    base.assess.assess(slug, "talent", Level.no_overlap)
    with kb.connect(home, by="ben") as other:
        other.screen.decide(names[:2], Decision.include)
        other.screen.decide(names[2:3], Decision.exclude, reason="mention-only")
        other.assess.assess(slug, "talent", Level.no_overlap)
    screening, levels = base.screen.agreement().rows
    assert (screening.units, screening.people) == (3, ["ana", "ben"])
    assert screening.agreed == pytest.approx(2 / 3, abs=1e-4)
    assert screening.measure == "kappa"
    assert screening.differ == [f"{names[2]}: ana include, ben exclude"]
    assert (levels.units, levels.agreed, levels.value, levels.differ) == (1, 1.0, None, [])
    with kb.connect(home, by="cat") as third:
        third.screen.decide(names[3:], Decision.unsure)
    screening, _ = base.screen.agreement().rows
    assert (screening.units, screening.measure) == (4, "alpha")
    base.close()
    shown = json.loads(run_kb("agreement", "-f", "json").stdout)
    assert [row["question"] for row in shown] == ["screening", "levels"]
