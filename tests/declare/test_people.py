"""people.toml: who may do what, and what a faulty file gets."""

from datetime import date
from pathlib import Path

import pytest
from conftest import Command
from pages import held

import kb
from kb.declare.people import People, Role
from kb.errors import Declared, Refused, Unknown
from kb.home import shipped
from kb.keep.decisions import Decision

TEAM = """
[[person]]
name = "Ana"
role = "editor"

[[person]]
name = "ben"
role = "screener"
from = 2026-11-01
until = 2026-12-31

[[person]]
name = "cleo"
role = "reader"
"""
DAY = date(2026, 11, 27)


def people(tmp_path: Path, text: str = TEAM) -> People:
    path = tmp_path / "people.toml"
    path.write_text(text)
    return People.of(path)


def test_where_nobody_is_named_anybody_may_act(tmp_path: Path) -> None:
    for nobody in (
        People(),
        People.of(tmp_path / "missing.toml"),
        People.of(shipped("people.toml")),
    ):
        nobody.check("whoever", Role.editor, DAY)
        assert nobody.who_screen(DAY) == []


def test_an_unknown_name_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Unknown) as caught:
        people(tmp_path).check("bem", Role.screener, DAY)
    assert "ben" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "role", "day"),
    [
        ("cleo", Role.screener, DAY),
        ("ben", Role.editor, DAY),
        ("ben", Role.screener, date(2026, 10, 31)),
        ("ben", Role.reader, date(2027, 1, 1)),
    ],
)
def test_what_a_role_or_a_day_does_not_allow_is_refused(
    tmp_path: Path, name: str, role: Role, day: date
) -> None:
    with pytest.raises(Refused):
        people(tmp_path).check(name, role, day)


def test_names_are_compared_without_case_and_each_role_may_what_lower_ones_may(
    tmp_path: Path,
) -> None:
    team = people(tmp_path)
    for role in Role:
        team.check("ANA", role, DAY)
    team.check("ben", Role.screener, date(2026, 12, 31))
    assert team.who_screen(DAY) == ["ana", "ben"]
    assert team.who_screen(DAY, besides=["ana"]) == ["ben"]
    assert team.who_screen(date(2027, 1, 1)) == ["ana"]


@pytest.mark.parametrize(
    "fault",
    [
        '[[person]]\nname = "ana"\nrole = "owner"',
        '[[person]]\nname = "ana"\nrole = "editor"\nmail = "x"',
        '[[person]]\nname = "ana"\nrole = "editor"\nfrom = 2026-02-01\nuntil = 2026-01-01',
        '[[person]]\nname = "ana"\nrole = "editor"\n[[person]]\nname = "Ana"\nrole = "reader"',
        '[[person]]\nname = ""\nrole = "editor"',
        "[[person]",
    ],
)
def test_a_faulty_file_is_refused_by_place(tmp_path: Path, fault: str) -> None:
    with pytest.raises(Declared, match=r"people\.toml"):
        people(tmp_path, fault)


def test_who_may_not_decide_changes_nothing(base: kb.KnowledgeBase, run_kb: Command) -> None:
    name = held(base, "one", "Race equality mentoring for chairs of boards.")
    (base.workspace.home.path / "people.toml").write_text(TEAM)
    before = base.workspace.store.last_act()
    done = run_kb("screen", name, "exclude", "--reason", "mention-only", "--by", "anna")
    assert done.returncode == 1
    assert "'Ana'" in done.stderr
    for who in ("cleo", "dora"):
        with kb.connect(base.workspace.home.path, by=who) as other:
            with pytest.raises((Refused, Unknown)):
                other.screen.decide([name], Decision.unsure)
            assert other.screen.inbox().rows
    assert base.workspace.store.last_act() == before
    held(base, "two", "A crawl may run under any name.")  # a timer has none of these names
    with kb.connect(base.workspace.home.path, by="ben") as other:
        other.screen.decide([name], Decision.unsure)
        with pytest.raises(Refused, match="editor"):
            other.register.forget(name, why="asked to")


def test_a_reader_is_told_before_the_first_card(base: kb.KnowledgeBase, run_kb: Command) -> None:
    (base.workspace.home.path / "people.toml").write_text(TEAM)
    done = run_kb("review", "proposals", "--by", "cleo", "--plain", stdin="")
    assert done.returncode == 1
    assert "cleo is a reader" in done.stderr
