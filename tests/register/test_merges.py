"""One thing once: copies, merging and splitting, undoing, what is not the same."""

import subprocess
import sys
from pathlib import Path

import pytest
from pages import held, held_at_once

import kb
from kb.errors import Refused, Unknown
from kb.keep.decisions import Decision, Level
from kb.screen.inbox import InboxPage

PAGE = (
    "Chairs and chief executives of NHS trusts meet six times a year to talk about race equality. "
    "The programme is open to every trust in England and was launched in {year}. "
    "Those who took part say that mentoring changed how their boards decide."
)
QUOTE = "Chairs and chief executives of NHS trusts meet six times a year"


def made(base: kb.KnowledgeBase, key: str, text: str = "", **more: object) -> str:
    """An initiative of a page of its own, coded; its slug."""
    text = text or f"About {key} itself. " + PAGE.format(year=2020) + f" It is called {key}. " * 9
    name = held(base, key, text, **more)
    (row,) = base.screen.decide([name], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    return slug


def levels(base: kb.KnowledgeBase, slug: str) -> dict[str, str]:
    return {each.strand: each.level for each in base.register.initiative(slug).assessments}


def names(inbox: kb.Table[InboxPage]) -> list[str]:
    return [row.document for row in inbox.rows]


def test_copies_wait_behind_one_and_are_judged_with_it(base: kb.KnowledgeBase) -> None:
    first = held(base, "one", PAGE.format(year=2021))
    again = held(base, "print", PAGE.format(year=2024), source="b-site")
    other = held(base, "two", "An anti-racism toolkit for boards. " * 9, source="b-site")
    assert set(names(base.screen.inbox())) == {first, other}
    rows = base.screen.decide([first], "exclude", reason="mention-only")
    assert [(row.document, row.decision) for row in rows] == [
        (first, "exclude"),
        (again, "exclude"),
    ]
    assert names(base.screen.inbox()) == [other]
    held(base, "late", PAGE.format(year=2026), source="c-site")
    assert names(base.screen.inbox()) == [other]


def test_the_page_of_the_body_the_text_names_leads(base: kb.KnowledgeBase) -> None:
    sources = base.workspace.declarations.sources.source
    bma = next(source.name for source in sources if "British Medical" in source.organisation)
    text = PAGE.format(year=2021) + " Run by the British Medical Association since then."
    held(base, "copy", text)
    own = held(base, "own", text, source=bma)
    assert names(base.screen.inbox()) == [own]


def test_merging_counts_for_the_one_that_stays_and_splitting_takes_it_back(
    base: kb.KnowledgeBase,
) -> None:
    a, b = made(base, "alpha"), made(base, "beta")
    base.assess.assess(b, "hearts-and-minds", Level.duplicates, quote=QUOTE)
    base.register.tag(b, ["means=conversation"])
    before = base.register.initiative(b)
    base.register.merge(a, b)
    assert levels(base, a) == {"hearts-and-minds": "duplicates"}
    assert base.register.initiative(a).stored.codes("means") == ["conversation"]
    assert len(base.register.initiative(a).documents) == 2
    with pytest.raises(Refused, match="merged"):
        base.register.initiative(b)
    with pytest.raises(Refused, match="merged"):
        base.assess.assess(b, "hearts-and-minds", Level.overlaps)
    base.register.split(a, [b])
    assert levels(base, a) == {}
    assert base.register.initiative(b) == before


def test_what_quotes_a_page_of_the_merged_one_goes_with_it(base: kb.KnowledgeBase) -> None:
    a, b = made(base, "alpha"), made(base, "beta")
    base.register.merge(a, b)
    base.assess.assess(a, "talent", Level.overlaps, quote="It is called beta. It is called beta.")
    base.register.split(a, [b])
    assert (levels(base, a), levels(base, b)) == ({}, {"talent": "overlaps"})


def test_a_page_split_off_becomes_an_initiative_with_what_quotes_it(base: kb.KnowledgeBase) -> None:
    a = made(base, "alpha")
    page = held(base, "gamma", "About gamma. " + PAGE.format(year=2020) + " Gamma is new. " * 9)
    base.screen.decide([page], Decision.include, initiatives=[a])
    base.assess.assess(
        a, "talent", Level.overlaps, quote="Gamma is new. Gamma is new. Gamma is new."
    )
    (fresh,) = base.register.split(a, [page]).parts
    assert levels(base, a) == {}
    assert levels(base, str(fresh)) == {"talent": "overlaps"}
    assert base.register.initiative(str(fresh)).stored.codes("role") == ["support"]


def test_a_split_that_leaves_nothing_is_refused(base: kb.KnowledgeBase) -> None:
    a = made(base, "alpha")
    (page,) = [each.document for each in base.register.initiative(a).documents]
    for parts in ([page], ["d999"], ["nothing-like-it"]):
        with pytest.raises((Refused, Unknown)):
            base.register.split(a, parts)
    with pytest.raises(Refused, match="itself"):
        base.register.merge(a, a)


def test_one_page_may_hold_several(base: kb.KnowledgeBase) -> None:
    page = held(base, "one", PAGE.format(year=2021))
    (row,) = base.screen.decide([page], Decision.include, titles=["Talks", "Mentors"])
    assert row.initiatives == ["talks", "mentors"]
    assert (
        base.register.initiative("talks").documents == base.register.initiative("mentors").documents
    )


def test_pairs_are_listed_until_they_are_found_not_to_be_the_same(base: kb.KnowledgeBase) -> None:
    base.register.edit(made(base, "alpha"), ["title=Chairs talk about race", "organisation=CQC"])
    base.register.edit(made(base, "beta"), ["title=Chairs' talk on race", "organisation=CQC"])

    def listed() -> list[tuple[object, object]]:
        return [(row.a, row.b) for row in base.screen.same().rows]

    pair = ("race-equality-programme-alpha", "race-equality-programme-beta")
    assert pair in listed()
    base.register.not_same(*pair, why="two years apart")
    assert pair not in listed()
    base.register.undo()
    assert pair in listed()


def test_a_page_that_arrives_later_is_matched_with_what_is_known(base: kb.KnowledgeBase) -> None:
    slug = made(base, "alpha", source="nhs-employers")
    base.register.edit(slug, ["title=Chairs' conversations on race"])
    late = held(
        base, "late", PAGE.format(year=2026) + " Now in its third year, with more of everything.",
        title="Chairs' conversation on race: third year", source="nhs-employers",
    )  # fmt: skip
    row = next(row for row in base.screen.inbox().rows if row.document == late)
    assert row.similar_to == [slug]


def test_undo_goes_back_step_by_step(base: kb.KnowledgeBase) -> None:
    slug = made(base, "alpha")
    before = base.register.initiative(slug)
    base.register.tag(slug, ["status=ended"])
    base.register.edit(slug, ["title=Another"])
    base.register.undo()
    assert base.register.initiative(slug).stored.profile.title == before.stored.profile.title
    base.register.undo()
    assert base.register.initiative(slug).stored.codes("status") == ["active"]
    base.register.undo()  # the codes of `made`
    base.register.undo()  # the inclusion
    assert [row.document for row in base.screen.inbox().rows] == ["d1"]
    with pytest.raises(Refused):
        base.register.initiative(slug)


def test_what_a_home_begins_with_is_not_undone(base: kb.KnowledgeBase) -> None:
    with pytest.raises(Refused, match="no act to undo"):
        base.register.undo()
    assert base.report.status()["initiatives of others"] == 198


def test_what_something_rests_on_is_not_undone(base: kb.KnowledgeBase, home: Path) -> None:
    slug = made(base, "alpha")
    with kb.connect(home, by="ben") as ben:
        ben.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
        with pytest.raises(Refused, match="no act to undo") as nothing:
            ben.register.undo()
            ben.register.undo()
        assert nothing.value.hint
        ben.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    base.register.undo()  # the tags: nobody rests on them
    with pytest.raises(Refused, match=r"of ben .*rests on it"):
        base.register.undo()
    assert levels(base, slug) == {"talent": "overlaps"}


def test_undo_follows_what_was_made_again_more_than_once(base: kb.KnowledgeBase) -> None:
    slug = made(base, "alpha")
    base.register.tag(slug, ["role=voice"])
    base.register.undo()
    base.register.tag(slug, ["role=practice"])
    base.register.undo()
    assert base.register.initiative(slug).stored.codes("role") == ["support"]
    base.register.undo()
    assert base.register.initiative(slug).stored.codes("role") == []


def test_what_another_person_included_too_is_not_undone(base: kb.KnowledgeBase, home: Path) -> None:
    page = held(base, "one", PAGE.format(year=2021))
    base.screen.decide([page], "include")
    with kb.connect(home, by="ben") as ben:
        ben.screen.decide([page], "include")
    with pytest.raises(Refused, match="of ben"):
        base.register.undo()


def test_what_others_assessed_or_merged_stays_when_its_page_is_left_out(
    base: kb.KnowledgeBase, home: Path
) -> None:
    slug = made(base, "alpha")
    with kb.connect(home, by="ben") as ben:
        ben.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    base.screen.decide(["d1"], "exclude", reason="mention-only")
    assert levels(base, slug) == {"talent": "overlaps"}


def test_a_chain_of_merges_gives_each_its_own_back(base: kb.KnowledgeBase) -> None:
    a, b, c = made(base, "alpha"), made(base, "beta"), made(base, "gamma")
    base.register.merge(b, c)
    base.assess.assess(b, "talent", Level.overlaps, quote="It is called gamma. It is called gamma.")
    base.register.merge(a, b)
    assert levels(base, a) == {"talent": "overlaps"}
    base.register.split(a, [c])
    assert (levels(base, a), levels(base, c)) == ({}, {"talent": "overlaps"})
    base.register.split(a, [b])
    assert levels(base, b) == {}


def test_a_change_of_mind_takes_the_copies_with_it(base: kb.KnowledgeBase) -> None:
    first = held(base, "one", PAGE.format(year=2021))
    again = held(base, "print", PAGE.format(year=2024), source="b-site")
    base.screen.decide([first], "include")
    rows = base.screen.decide([first], "exclude", reason="mention-only")
    assert [row.document for row in rows] == [first, again]


def test_edit_checks_each_value_and_keeps_what_stood(base: kb.KnowledgeBase) -> None:
    slug = made(base, "alpha")
    other = made(base, "beta")
    base.register.edit(
        slug, ["started=2024-03", "part-of=race-equality-week"], why="as its page says"
    )
    assert base.register.initiative(slug).relations["part-of"] == ["race-equality-week"]
    for wrong in ("started=March", "title=", "colour=red", "url=nowhere", f"part-of={slug}"):
        with pytest.raises((Refused, Unknown)):
            base.register.edit(slug, [wrong])
    base.register.edit(other, [f"part-of={slug}"])
    with pytest.raises(Refused):
        base.register.edit(slug, [f"part-of={other}"])
    diary = base.register.history(slug).rows
    assert any(row.why == "as its page says" for row in diary)
    assert all((line.at, line.by, line.what, line.said) for line in diary)


def test_people_who_differ_are_resolved_with_a_reason(base: kb.KnowledgeBase, home: Path) -> None:
    page = held(base, "one", PAGE.format(year=2021))
    base.screen.decide([page], "include")
    with kb.connect(home, by="ben") as ben:
        ben.screen.decide([page], "exclude", reason="mention-only")
    assert base.report.status()["conflicts"] == 1
    with pytest.raises(Refused, match="why"):
        base.assess.resolve(page, "include")
    base.assess.resolve(page, "include", why="read together")
    assert base.report.status()["conflicts"] == 0


@pytest.mark.slow
def test_two_processes_that_screen_at_once_lose_nothing(home: Path) -> None:
    count = 100
    with kb.connect(home, by="ana") as base:
        held_at_once(base, [f"p{number}" for number in range(2 * count)])
    script = (
        "import sys, kb\n"
        "home, person, first, last = sys.argv[1:]\n"
        "with kb.connect(home, by=person) as base:\n"
        "    for number in range(int(first), int(last)):\n"
        "        base.screen.decide([f'd{number}'], 'exclude', reason='mention-only')\n"
    )
    halves = [("ana", 1, count + 1), ("ben", count + 1, 2 * count + 1)]
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(home), *map(str, half)])
        for half in halves
    ]
    assert [process.wait(120) for process in processes] == [0, 0]
    with kb.connect(home) as base:
        rows = [row for row in base.register.decisions().rows if row.document]
        assert len(rows) == 2 * count
        assert {row.document for row in rows} == {f"d{n}" for n in range(1, 2 * count + 1)}
        assert base.screen.inbox().rows == []
