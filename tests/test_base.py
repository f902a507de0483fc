"""The knowledge base as Python callers have it."""

from datetime import timedelta
from pathlib import Path

import pages
import pytest

import kb
from kb.assess.gaps import Gap
from kb.errors import QuoteNotFound, Refused, Unknown
from kb.find.entries import Filters
from kb.find.parsing import parse
from kb.find.search import Search
from kb.keep.decisions import Decision, Level
from kb.report.show import PageShown

QUOTE = "Chairs of trusts meet six times a year to talk about race."


def held(base: kb.KnowledgeBase, key: str = "one", text: str = QUOTE, **more: object) -> str:
    return pages.held(base, key, text, **more)


def included(base: kb.KnowledgeBase, name: str) -> str:
    (slug,) = base.screen.decide([name], Decision.include)[0].initiatives
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    return slug


def position(base: kb.KnowledgeBase, strand: str) -> Gap:
    rows = base.assess.gaps().rows
    return next(row for row in rows if row.strand == strand)


def test_the_register_is_there_ours_apart(base: kb.KnowledgeBase) -> None:
    counts = base.report.status()
    assert counts["initiatives of others"] == 198
    assert counts["initiatives of our own"] == 9
    assert all(row.organisation != "NHS Providers" for row in base.assess.overlaps().rows)
    assert len(base.assess.gaps().rows) == 10


def test_a_page_that_looks_like_an_initiative_waits_with_its_reasons(
    base: kb.KnowledgeBase,
) -> None:
    name = held(base)
    held(base, "two", "The car park is open.", title="Parking")
    (row,) = base.screen.inbox().rows
    assert row.document == name
    assert row.terms[0] == "Race equality (title)"
    assert "Chairs (sign)" in row.terms
    assert row.kind == "programme"
    assert len(base.screen.inbox(everything=True).rows) == 2


def test_including_makes_an_initiative_and_takes_the_page_out(base: kb.KnowledgeBase) -> None:
    slug = included(base, held(base))
    assert base.screen.inbox().rows == []
    shown = base.register.initiative(slug)
    assert shown.stored.profile.title == "Race equality programme one"
    assert shown.documents == [PageShown("d1", "https://a.example/one")]


def test_a_page_may_belong_to_several_initiatives(base: kb.KnowledgeBase) -> None:
    name = held(base)
    row = base.screen.decide(
        [name], Decision.include, initiatives=["race-equality-week", "shuri-network"]
    )[0]
    assert row.initiatives == ["race-equality-week", "shuri-network"]
    assert base.register.document(name).initiatives == ["race-equality-week", "shuri-network"]


def test_excluding_needs_a_reason_of_the_list(base: kb.KnowledgeBase) -> None:
    name = held(base)
    with pytest.raises(Refused, match="reason"):
        base.screen.decide([name], Decision.exclude)
    with pytest.raises(Unknown) as wrong:
        base.screen.decide([name], Decision.exclude, reason="too-olde")
    assert "too-old" in wrong.value.hint
    assert base.register.decisions().rows[0].what == "proposal"
    base.screen.decide([name], Decision.exclude, reason="too-old")
    assert base.screen.inbox().rows == []


def test_a_new_decision_ends_only_ones_own_and_people_may_differ(base: kb.KnowledgeBase) -> None:
    name = held(base)
    base.screen.decide([name], Decision.unsure)
    base.screen.decide([name], Decision.include)
    base.workspace.by = "ben"
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    rows = [r for r in base.register.decisions().rows if r.document == name]
    assert [(r.by, r.decision, r.ended_at is None) for r in rows] == [
        ("ben", "exclude", True),
        ("ana", "include", True),
        ("ana", "unsure", False),
    ]
    assert base.register.document(name).screening == "conflict"
    assert base.report.status()["conflicts"] == 1


def test_what_rests_on_a_conflict_does_not_count(base: kb.KnowledgeBase) -> None:
    name = held(base)
    slug = included(base, name)
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    assert position(base, "peer-learning").position == "served"
    base.workspace.by = "ben"
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    assert position(base, "peer-learning").duplicates == 0
    row = next(r for r in base.assess.overlaps().rows if r.initiative == slug)
    assert row.why_not_counted == "people differ on whether it belongs here"


def test_excluding_what_one_included_takes_back_what_it_made(base: kb.KnowledgeBase) -> None:
    name = held(base)
    slug = included(base, name)
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    with pytest.raises(Refused, match="no longer stands"):
        base.register.initiative(slug)


def test_an_assessment_is_confirmed_by_a_quote_of_a_current_page(base: kb.KnowledgeBase) -> None:
    slug = included(base, held(base))
    row = base.assess.assess(
        slug, "peer-learning", Level.duplicates, quote="chairs of   TRUSTS meet six times a year"
    )
    assert row.basis == "confirmed"
    assert row.quote == "Chairs of trusts meet six times a year"
    gap = position(base, "peer-learning")
    assert (gap.position, gap.duplicates, gap.if_proposals) == ("served", 1, "served")


def test_a_quote_that_is_not_there_is_refused_with_the_nearest(base: kb.KnowledgeBase) -> None:
    slug = included(base, held(base))
    with pytest.raises(QuoteNotFound) as wrong:
        base.assess.assess(
            slug, "talent", Level.overlaps, quote="Chairs of trusts meet five times a year"
        )
    assert "six times a year" in wrong.value.hint
    with pytest.raises(QuoteNotFound, match="no page"):
        base.assess.assess("race-equality-week", "talent", Level.overlaps, quote=QUOTE)
    with pytest.raises(Refused, match="too short"):
        base.assess.assess(slug, "talent", Level.overlaps, quote="six times")
    assert base.assess.overlaps("talent").rows == [
        r for r in base.assess.overlaps("talent").rows if r.initiative != slug
    ]


def test_role_and_reach_must_be_known_before_it_is_confirmed(base: kb.KnowledgeBase) -> None:
    (slug,) = base.screen.decide([held(base)], Decision.include)[0].initiatives
    with pytest.raises(Refused, match="no role and no reach"):
        base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    assert base.assess.assess(slug, "talent", Level.overlaps).basis == "proposed"


def test_without_a_quote_it_is_a_proposal_that_counts_only_in_the_second_column(
    base: kb.KnowledgeBase,
) -> None:
    slug = included(base, held(base))
    base.assess.assess(slug, "peer-learning", Level.duplicates)
    gap = position(base, "peer-learning")
    assert (gap.position, gap.duplicates) == ("not-assessed", 0)
    assert gap.if_proposals == "served"


def test_people_who_differ_on_an_assessment_are_a_conflict_that_counts_nowhere(
    base: kb.KnowledgeBase,
) -> None:
    slug = included(base, held(base))
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    base.workspace.by = "ben"
    base.assess.assess(slug, "peer-learning", Level.complements, quote=QUOTE)
    gap = position(base, "peer-learning")
    assert (gap.duplicates, gap.complements) == (0, 0)
    row = next(r for r in base.assess.overlaps("peer-learning").rows if r.initiative == slug)
    assert (row.level, row.counted) == ("conflict", False)


def test_a_rewritten_passage_puts_the_assessment_up_for_another_look(
    base: kb.KnowledgeBase,
) -> None:
    slug = included(base, held(base))
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    held(base, text=f"New opening. {QUOTE} New end.")
    assert position(base, "peer-learning").recheck == 0
    held(base, text="Entirely rewritten, about something else.")
    gap = position(base, "peer-learning")
    assert (gap.recheck, gap.duplicates) == (1, 1)  # marked, and it still counts


def test_a_strand_that_is_rewritten_puts_its_assessments_up_for_another_look(
    base: kb.KnowledgeBase,
) -> None:
    slug = included(base, held(base))
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    file = base.workspace.home.declaration("offer.toml")
    file.write_text(file.read_text().replace("learn from one another across", "meet across"))
    with kb.connect(base.workspace.home.path, by="ana") as later:
        listed = later.assess.gaps()
        assert any("offer changed" in note for note in listed.notes)
        assert position(later, "peer-learning").recheck == 0  # until it is accepted
        (changed,) = later.assess.accept().rows
        assert (changed.strand, changed.fields, changed.reopens) == ("peer-learning", ["what"], 1)
        assert position(later, "peer-learning").recheck == 1
        assert not any("offer changed" in note for note in later.assess.gaps().notes)


def test_a_name_in_other_case_is_the_same_person(base: kb.KnowledgeBase) -> None:
    name = held(base)
    base.screen.decide([name], Decision.unsure)
    with kb.connect(base.workspace.home.path, by=" ANA ") as other:
        other.screen.decide([name], Decision.include)
        assert other.register.document(name).screening == "include"


def test_tags_are_added_replaced_and_taken_away(base: kb.KnowledgeBase) -> None:
    before = base.register.initiative("race-equality-week")
    tags = base.register.tag("race-equality-week", ["chairs", "role=practice"])
    assert tags["audience"] == [*before.stored.codes("audience"), "chairs"]
    assert tags["role"] == ["practice"]
    assert (
        "chairs" not in base.register.tag("race-equality-week", ["chairs"], remove=True)["audience"]
    )
    with pytest.raises(Refused, match="is not tagged"):
        base.register.tag("race-equality-week", ["chairs"], remove=True)
    with pytest.raises(Refused, match="holds one code"):
        base.register.tag("race-equality-week", ["role=practice,support"])


def test_a_status_notes_the_day_it_was_seen(base: kb.KnowledgeBase) -> None:
    base.register.tag("race-equality-week", ["status=active"])
    assert (
        base.register.initiative("race-equality-week").stored.profile.status_seen
        == base.workspace.clock().date()
    )


def test_the_register_is_filtered_as_search_is(base: kb.KnowledgeBase) -> None:
    rows = base.register.list(codes={"region": ["London"], "role": ["support"]}).rows
    assert rows
    assert all({"London", "England", "UK"} & set(row.region) for row in rows)
    assert all(row.role == "support" for row in rows)
    assert {row.own for row in base.register.list(own=True).rows} == {True}
    assert len(base.register.list(organisation="nhs providers").rows) == 9
    with pytest.raises(Unknown):
        base.register.list(strand="talnt")


def test_lists_of_a_day_are_what_was_written_then(base: kb.KnowledgeBase) -> None:
    name = held(base)
    then = base.table("initiatives").rows
    tomorrow = base.workspace.clock() + timedelta(days=1)
    base.workspace.clock = lambda: tomorrow
    included(base, name)
    today = (tomorrow - timedelta(days=1)).date()
    assert base.at(today).table("initiatives").rows == then
    assert base.table("initiatives").rows != then
    with pytest.raises(Refused, match="still to come"):
        base.at(tomorrow.date() + timedelta(days=1))


def test_what_is_decided_is_found_at_once(base: kb.KnowledgeBase) -> None:
    slug = included(base, held(base))
    search = Search(base.workspace.home.index)
    query = parse("programme one", search.words.alternatives)
    hits = search.best(query, Filters(part="register"), limit=5)
    search.close()
    assert slug in [hit.slug for hit in hits]


@pytest.mark.parametrize(
    ("call", "near"),
    [
        (lambda base: base.register.initiative("race-equality-weak"), "race-equality-week"),
        (lambda base: base.assess.assess("race-equality-week", "talnt", Level.overlaps), "talent"),
        (lambda base: base.register.tag("race-equality-week", ["role=suport"]), "support"),
        (lambda base: base.assess.gaps(region="Londn"), "London"),
        (lambda base: base.screen.decide(["d77"], Decision.unsure), "none yet"),
    ],
)
def test_unknown_names_give_the_nearest_and_change_nothing(
    base: kb.KnowledgeBase, call: object, near: str
) -> None:
    before = base.workspace.store.last_act()
    with pytest.raises(Unknown) as wrong:
        call(base)  # type: ignore[operator]
    assert near in wrong.value.hint
    assert base.workspace.store.last_act() == before


def test_the_diary_of_an_initiative_says_who_said_what(base: kb.KnowledgeBase) -> None:
    slug = included(base, held(base))
    base.assess.assess(slug, "talent", Level.overlaps, quote=QUOTE)
    rows = base.register.history(slug).rows
    assert [row.what for row in rows][:2] == ["membership said", "profile said"]
    assert rows[-1].by == "ana"
    assert "overlaps" in rows[-1].said


def test_making_a_second_home_in_one_folder_is_refused(base: kb.KnowledgeBase) -> None:
    with pytest.raises(Refused, match="there is a knowledge base"):
        kb.make(base.workspace.home, by="ana")


def test_a_level_that_is_none_is_refused_and_the_store_stays_sound(base: kb.KnowledgeBase) -> None:
    with pytest.raises(Unknown, match="bogus"):
        base.assess.assess("race-equality-week", "talent", "bogus")
    assert base.assess.gaps().rows
    assert base.assess.assess("race-equality-week", "talent", "overlaps").level == "overlaps"


@pytest.mark.parametrize("name", ["sources.toml", "bodies.toml", "lexicon.toml", "protocol.toml"])
def test_a_broken_declaration_refuses_every_act(base: kb.KnowledgeBase, name: str) -> None:
    file = base.workspace.home.declaration(name)
    file.write_text(file.read_text() + "\nx = [")
    with kb.connect(base.workspace.home.path, by="ana") as later:
        before = later.workspace.store.last_act()
        with pytest.raises(kb.KBError, match=name):
            later.register.tag("race-equality-week", ["chairs"])
        assert later.workspace.store.last_act() == before


def test_a_register_that_does_not_load_leaves_no_home(tmp_path: Path) -> None:
    (tmp_path / "register.jsonl").write_text('{"slug": 1}')
    for _ in range(2):
        with pytest.raises(kb.KBError, match="row 1"):
            kb.make(kb.Home(tmp_path), by="ana")
    assert not (tmp_path / "kb.sqlite").exists()


def test_a_code_that_is_empty_takes_nothing_away(base: kb.KnowledgeBase) -> None:
    with pytest.raises(Refused, match="no code"):
        base.register.tag("race-equality-week", ["role="])
    assert base.register.initiative("race-equality-week").stored.codes("role") == ["support"]


def test_lists_as_of_today_are_the_lists_of_now(base: kb.KnowledgeBase) -> None:
    later = base.workspace.clock() + timedelta(days=800)
    base.workspace.clock = lambda: later
    base.register.tag("race-equality-week", ["chairs"])
    much_later = later + timedelta(days=800)
    base.workspace.clock = lambda: much_later
    assert base.at(much_later.date()).table("overlaps").rows == base.table("overlaps").rows
    assert base.at(much_later.date()).table("gaps").rows == base.table("gaps").rows


def test_an_inclusion_that_is_withdrawn_no_longer_counts(base: kb.KnowledgeBase) -> None:
    name = held(base)
    slug = included(base, name)
    base.assess.assess(slug, "peer-learning", Level.overlaps, quote=QUOTE)
    base.screen.decide([name], Decision.unsure)
    assert position(base, "peer-learning").overlaps == 0


def test_a_persons_proposal_goes_before_desk_research(base: kb.KnowledgeBase) -> None:
    (row, *_) = [r for r in base.assess.overlaps("talent").rows if r.made_by == "desk research"]
    base.assess.assess(str(row.initiative), "talent", Level.duplicates)
    rows = [r for r in base.assess.overlaps("talent").rows if r.initiative == row.initiative]
    assert [each.level for each in rows] == ["duplicates"]
    with pytest.raises(Refused, match="desk research"):
        kb.connect(base.workspace.home.path, by="Register")


def test_contact_details_are_masked_in_what_people_write(base: kb.KnowledgeBase) -> None:
    base.screen.decide([held(base)], Decision.unsure, why="ask jane.doe@nhs.net on 020 7946 0958")
    (why,) = {row.why for row in base.register.decisions().rows if row.what == "screening"}
    assert why == "ask [e-mail address] on [telephone number]"


def test_an_edited_declaration_reaches_the_index(base: kb.KnowledgeBase) -> None:
    file = base.workspace.home.declaration("bodies.toml")
    file.write_text(file.read_text().replace('"NHS Confed"', '"NHS Confed", "Zebra Confed"'))
    with kb.connect(base.workspace.home.path) as later:
        later.workspace.catch_up_index()
        search = Search(later.workspace.home.index)
        assert "zebra confed" in search.words.bodies
        search.close()


@pytest.mark.parametrize("name", ["q?x=1", "p%20q", "a b", "é#"])
def test_a_home_may_have_any_name(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    kb.make(kb.Home(folder), by="ana", register=False).close()
    with kb.connect(folder) as base:
        assert base.report.status()["pages met"] == 0
    assert [each.name for each in tmp_path.iterdir()] == [name]
