"""The offer as a versioned object, what needs another look, grades and prompts."""

from datetime import date
from pathlib import Path

import pytest
from pages import held

import kb
from kb.assess.causes import CauseKind
from kb.assess.gaps import Gap
from kb.assess.positions import Position
from kb.assess.prompts import prompt
from kb.assess.searched import SearchedSource, searched
from kb.declare.offer import Grades
from kb.errors import Declared, Refused, Unknown
from kb.keep.decisions import Decision, Level

QUOTE = "Chairs of trusts meet six times a year to talk about race."
TEXT = f"Opening words. {QUOTE} Closing words that anybody may read."


def made(base: kb.KnowledgeBase, key: str = "one") -> str:
    (row,) = base.screen.decide([held(base, key, TEXT)], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    return slug


def rewritten(base: kb.KnowledgeBase, *changes: tuple[str, str]) -> None:
    """Edits offer.toml in the home, as a person would."""
    file = base.workspace.home.declaration("offer.toml")
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    file.write_text(text)


def causes(base: kb.KnowledgeBase) -> list[tuple[object, object]]:
    rows = base.assess.recheck().rows
    return [(row.strand, str(row.cause)) for row in rows if row.cause.kind != CauseKind.no_quote]


def position(base: kb.KnowledgeBase, strand: str) -> Gap:
    return next(row for row in base.assess.gaps().rows if row.strand == strand)


def test_what_would_change_a_position_comes_first(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "talent", Level.complements, quote=QUOTE)
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    assert causes(base) == []
    held(
        base, "one", "All is new here. Chairs of trusts now meet nine times a year to talk on race."
    )
    first, second = base.assess.recheck().rows[:2]
    assert (first.strand, str(first.cause)) == ("peer-learning", "quote gone")
    assert first.would_become == "not-assessed"
    assert first.old == QUOTE
    assert first.nearest == "Chairs of trusts now meet nine times a year to talk on race."
    assert second.would_become is None
    base.assess.renew(slug, "peer-learning", quote=str(first.nearest))
    assert causes(base) == [("talent", "quote gone")]


def test_the_diary_says_that_an_untouched_quote_was_carried(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    held(base, "one", f"A new opening. {QUOTE} Closing words.")
    held(base, "one", "Entirely rewritten, about something else that nobody has quoted.")
    carried = [row.what for row in base.register.history(slug).rows if "quote" in row.what]
    assert carried == ["quote carried", "quote gone"]


def test_a_proposal_whose_page_is_held_is_offered_its_best_passage(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "peer-learning", Level.overlaps)
    (row,) = base.assess.recheck().rows
    assert (str(row.cause), row.old, row.nearest) == ("no quote", None, None)
    telling = "Chairs of trusts meet in a learning set six times a year."
    held(base, "one", f"{TEXT} {telling}")
    assert [row.nearest for row in base.assess.recheck().rows] == [telling]


def test_an_initiative_that_ended_is_looked_at_again(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "peer-learning", Level.overlaps, quote=QUOTE)
    base.register.tag(slug, ["status=superseded"])
    assert causes(base) == [("peer-learning", "initiative superseded")]


def test_terms_and_needs_never_reopen(base: kb.KnowledgeBase) -> None:
    base.assess.assess(made(base), "hearts-and-minds", Level.overlaps, quote=QUOTE)
    rewritten(base, ('"white ally"', '"a white ally"'), ("Hearts and minds", "Minds and hearts"))
    reopens = {row.strand: row.reopens for row in base.assess.accept().rows}
    assert reopens["hearts-and-minds"] == 0
    assert causes(base) == []


def test_a_minor_change_carries_over_with_a_reason(base: kb.KnowledgeBase) -> None:
    base.assess.assess(made(base), "hearts-and-minds", Level.overlaps, quote=QUOTE)
    rewritten(base, ("Honest conversations about race", "Frank conversations about race"))
    with pytest.raises(Refused, match="why"):
        base.assess.accept(minor=["hearts-and-minds"])
    base.assess.accept(minor=["hearts-and-minds"], why="a word")
    assert causes(base) == []
    with pytest.raises(Refused, match="accepted already"):
        base.assess.accept()
    assert [row.why for row in base.assess.offer_history().rows] == ["a word", None]


def test_a_renamed_strand_keeps_what_was_said(base: kb.KnowledgeBase) -> None:
    base.assess.assess(made(base), "hearts-and-minds", Level.duplicates, quote=QUOTE)
    before = position(base, "hearts-and-minds")
    rewritten(base, ('key = "hearts-and-minds"', 'key = "minds"\nwas = "hearts-and-minds"'))
    base.assess.accept()
    after = position(base, "minds")
    assert causes(base) == []
    assert before.position == after.position == "served"
    rewritten(base, ('key = "minds"\nwas = "hearts-and-minds"', 'key = "hearts"\nwas = "minds"'))
    base.assess.accept()
    assert position(base, "hearts").position == "served"


def test_what_was_said_last_holds_when_a_strand_is_named_back(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    rewritten(base, ('key = "talent"', 'key = "pipeline"\nwas = "talent"'))
    base.assess.accept()
    base.assess.assess(slug, "pipeline", Level.duplicates, quote=QUOTE)
    rewritten(base, ('key = "pipeline"\nwas = "talent"', 'key = "talent"\nwas = "pipeline"'))
    base.assess.accept()
    assert position(base, "talent").duplicates == 1


def test_a_split_sends_only_its_own_to_another_look(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "hearts-and-minds", Level.duplicates, quote=QUOTE)
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    file = base.workspace.home.declaration("offer.toml").read_text()
    start = file.index('[[strand]]\nkey = "hearts-and-minds"')
    end = file.index("[[strand]]", start + 10)
    table = file[start:end]
    halves = [
        table.replace('key = "hearts-and-minds"', f'key = "{key}"\nwas = "hearts-and-minds"')
        for key in ("hearts", "minds")
    ]
    rewritten(base, (table, "".join(halves)))
    base.assess.accept()
    assert causes(base) == [("hearts", "strand split"), ("minds", "strand split")]
    base.assess.assess(slug, "hearts", Level.overlaps, quote=QUOTE)
    assert causes(base) == [("minds", "strand split")]


def test_a_removed_strand_keeps_its_history(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "hearts-and-minds", Level.duplicates, quote=QUOTE)
    text = base.workspace.home.declaration("offer.toml").read_text()
    start = text.index('[[strand]]\nkey = "hearts-and-minds"')
    rewritten(base, (text[start : text.index("[[strand]]", start + 10)], ""))
    assert ("hearts-and-minds", "removed") in [
        (row.strand, row.change) for row in base.assess.offer_diff().rows
    ]
    base.assess.accept()
    assert all(row.strand != "hearts-and-minds" for row in base.assess.gaps().rows)
    assert all(row.position == "not-assessed" for row in base.assess.gaps().rows)
    assert causes(base) == []
    with pytest.raises(Refused, match="accepted an offer"):
        base.register.undo()
    assert any("hearts-and-minds" in str(row.said) for row in base.register.history(slug).rows)


def test_what_if_touches_nothing(base: kb.KnowledgeBase, tmp_path: Path) -> None:
    base.assess.assess(made(base), "hearts-and-minds", Level.duplicates, quote=QUOTE)
    before = base.workspace.store.last_act()
    draft = tmp_path / "draft3.toml"
    text = base.workspace.home.declaration("offer.toml").read_text()
    draft.write_text(
        text.replace('key = "hearts-and-minds"', 'key = "m"\nwas = "hearts-and-minds"')
    )
    supposed = base.assess.gaps(offer=str(draft))
    assert supposed.rows[0].strand == "m"
    assert supposed.rows[0].position == "served"
    assert "what if" in supposed.notes[0]
    assert base.assess.gaps().rows[0].strand == "hearts-and-minds"
    assert base.workspace.store.last_act() == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (('key = "talent"', 'key = "hearts-and-minds"'), Declared),
        (("assessed_share = 0.8", "assessed_share = 1.8"), Declared),
        (('key = "hearts-and-minds"', 'key = "new"\nwas = "never-was"'), Unknown),
        (('means = ["event"', 'means = ["telepathy"'), Declared),
    ],
)
def test_a_wrong_offer_is_refused_and_nothing_changes(
    base: kb.KnowledgeBase, change: tuple[str, str], error: type[Exception]
) -> None:
    before = base.workspace.store.last_act()
    rewritten(base, change)
    with pytest.raises(error):
        base.assess.accept()
    assert base.workspace.store.last_act() == before
    assert len(base.assess.gaps().rows) == 10


def source(last_ok: date | None, **more: object) -> SearchedSource:
    values = {
        "covers": frozenset({"all"}),
        "every_days": 7,
        "last_ok": last_ok,
        "must_find": (True,),
        "documents": 100,
        "without_text": 0,
    }
    return SearchedSource(**values | more)  # type: ignore[arg-type]


TODAY = date(2026, 11, 22)
FRESH, STALE = date(2026, 11, 10), date(2026, 10, 1)


@pytest.mark.parametrize(
    ("sources", "grade"),
    [
        ([], "D"),
        ([source(FRESH)], "A"),
        ([source(FRESH, without_text=10)], "B"),
        ([source(FRESH), source(FRESH), source(FRESH), source(STALE)], "B"),
        ([source(FRESH), source(STALE)], "C"),
        ([source(FRESH, must_find=(True, False))], "C"),
        ([source(STALE), source(None)], "D"),
        ([source(FRESH, covers=frozenset({"talent"})), source(STALE)], "C"),
        ([source(FRESH), source(STALE, covers=frozenset({"other"}))], "A"),
    ],
)
def test_the_grade_says_how_well_we_looked(sources: list[SearchedSource], grade: str) -> None:
    assert searched(sources, "talent", grades=Grades(), today=TODAY).grade == grade


@pytest.mark.parametrize(
    ("position", "grade", "needs", "sentences"),
    [
        (Position.none_found, "A", ["asked-for"], "by rule: consider leading"),
        (Position.related, "B", ["asked-for"], "by rule: consider leading"),
        (Position.related, "B", [], "by rule: ask members first"),
        (Position.related, "C", ["asked-for"], "by rule: look first: d1 d2"),
        (Position.not_assessed, "A", ["asked-for"], "by rule: look first: d1 d2"),
        (Position.part_served, "A", ["asked-for"], "by rule: consider leading with A, B"),
        (Position.served, "D", [], "by rule: look first: d1 d2; then build on A, B"),
        (Position.served, "B", [], "by rule: build on A, B"),
        (Position.crowded, "A", [], "by rule: signpost to A, B"),
    ],
)
def test_the_prompt_follows_the_rule(
    position: Position, grade: str, needs: list[str], sentences: str
) -> None:
    made = prompt(position, grade=grade, needs=needs, names=["A", "B"], waiting=["d1", "d2"])
    assert str(made) == sentences
