"""A list rests on one reading, however many parts it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pages import held

import kb
from kb.base import KnowledgeBase
from kb.errors import Refused
from kb.keep.acts import Moment
from kb.keep.decisions import Decision, Level
from kb.keep.store import Reading
from kb.report.named_lists import LISTS
from kb.workspace.snapshot import Snapshot, part

QUOTE = "Chairs of trusts meet six times a year to talk about race."


@pytest.fixture
def readings(base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> list[Moment | None]:
    """The moments of the readings that are opened, in order."""
    opened: list[Moment | None] = []
    (slug,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)[0].initiatives
    base.register.tag(slug, ["role=support", "reach=england"])
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    reading = base.workspace.store.reading

    @contextmanager
    def counted(moment: Moment | None = None) -> Iterator[Reading]:
        opened.append(moment)
        with reading(moment) as one:
            yield one

    monkeypatch.setattr(base.workspace.store, "reading", counted)
    return opened


@pytest.mark.parametrize("name", LISTS)
def test_a_list_opens_one_reading(
    base: KnowledgeBase, readings: list[Moment | None], name: str
) -> None:
    base.table(name)
    assert len(readings) == 1


@pytest.mark.parametrize(
    "make",
    [
        lambda base: base.report.map(),
        lambda base: base.report.brief(),
        lambda base: base.report.pack("board"),
        lambda base: base.report.pack("public"),
        lambda base: base.report.status(),
        lambda base: base.assess.gaps_by("region"),
        lambda base: base.assess.suggest(),
        lambda base: base.assess.quiet(),
        lambda base: base.assess.offer_diff(),
        lambda base: base.assess.offer_history(),
        lambda base: base.assess.coding_sheet(),
        lambda base: base.register.initiative("race-equality-programme-one"),
        lambda base: base.screen.searches(),
    ],
)
def test_what_readers_get_opens_one_reading(
    base: KnowledgeBase, readings: list[Moment | None], make: Any
) -> None:
    make(base)
    assert len(readings) == 1


def test_a_moment_is_handed_to_the_reading(
    base: KnowledgeBase, readings: list[Moment | None]
) -> None:
    today = base.workspace.clock().date()
    then = base.at(today)
    readings.clear()
    then.assess.gaps()
    (moment,) = readings
    assert moment is not None
    assert moment.day == today
    with pytest.raises(Refused):
        base.at(today.replace(year=today.year + 2, day=1))


def test_a_part_is_made_once_for_each_of_what_it_is_asked_with(base: KnowledgeBase) -> None:
    made: list[str] = []

    @part
    def length(snapshot: Snapshot, word: str) -> int:
        made.append(word)
        return len(word)

    with base.snapshot() as one, base.snapshot() as other:
        assert [length(one, "ab"), length(one, "abc"), length(one, "ab")] == [2, 3, 2]
        assert length(other, "ab") == 2
    assert made == ["ab", "abc", "ab"]


def test_what_is_saved_meanwhile_is_not_in_the_snapshot(base: KnowledgeBase) -> None:
    with base.snapshot() as now:
        before = len(now.pages)
        with kb.connect(base.workspace.home.path, by="ben") as another:
            held(another, "two", QUOTE)
        assert len(documents_read_anew(now)) == before
    with base.snapshot() as later:
        assert len(later.pages) == before + 1


def documents_read_anew(snapshot: Snapshot) -> list[Any]:
    """The documents asked of the same transaction once more."""
    return list(Snapshot(snapshot.workspace, snapshot.reading, snapshot.moment).pages)
