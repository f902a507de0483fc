"""What worked, what is worth assessing, what has gone quiet, and the matrix."""

from datetime import UTC, datetime

import pytest
from pages import held

import kb
from kb.assess.causes import CauseKind
from kb.assess.recheck import ToRecheck
from kb.base import KnowledgeBase
from kb.errors import QuoteNotFound, Unknown
from kb.keep.acts import ActKind, Moment
from kb.keep.crawled import Outcome, Run
from kb.keep.decisions import Decision, Level
from kb.screen.derive import match_strands

QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."


def made(base: kb.KnowledgeBase, key: str = "one", **more: object) -> str:
    (row,) = base.screen.decide(
        [held(base, key, f"{QUOTE} It is called {key}.", **more)], Decision.include
    )
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    return slug


def test_a_result_is_pinned_to_a_quote(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "peer-learning", Level.overlaps, quote=QUOTE)
    base.register.tag(slug, ["effect=claimed", "setting=acute"])
    with pytest.raises(QuoteNotFound):
        base.assess.note_result(
            slug, "boards changed", quote="This stands on no page of it at all."
        )
    base.assess.note_result(slug, "they meet", quote=QUOTE)
    (row,) = base.assess.worked("peer-learning").rows
    assert (row.effect, row.setting, row.quote) == ("claimed", "acute", QUOTE)
    assert base.assess.worked("talent").rows == []


def test_suggestions_say_why_and_never_count(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    before = base.assess.gaps().rows
    (row,) = [row for row in base.assess.suggest(slug).rows if row.strand == "peer-learning"]
    assert row.passages == [QUOTE]
    assert base.assess.gaps().rows == before
    base.assess.assess(slug, "peer-learning", Level.overlaps, quote=QUOTE)
    assert all(row.strand != "peer-learning" for row in base.assess.suggest(slug).rows)
    assert any(
        "peer-learning: precision 1.00, recall 1.00" in note for note in base.assess.suggest().notes
    )


def test_a_strand_whose_suggestions_miss_says_so(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    base.assess.assess(slug, "using-data", Level.overlaps, quote=QUOTE)
    assert any(
        note.startswith("using-data") and "not reliable" in note
        for note in base.assess.suggest().notes
    )


def test_what_shows_no_sign_of_life_is_listed(base: kb.KnowledgeBase) -> None:
    slug = made(base)
    assert base.register.list(only_quiet=True).rows == []
    later = kb.connect(
        base.workspace.home.path, by="ana", clock=lambda: datetime(2029, 1, 1, tzinfo=UTC)
    )
    assert slug in [row.slug for row in later.register.list(only_quiet=True).rows]
    later.close()


def test_the_matrix_is_a_row_a_code_and_strand(base: kb.KnowledgeBase) -> None:
    base.assess.assess(made(base), "peer-learning", Level.duplicates, quote=QUOTE)
    rows = {(row.code, row.gap.strand): row.gap for row in base.assess.gaps_by("role").rows}
    assert rows["support", "peer-learning"].duplicates == 1
    assert rows["voice", "peer-learning"].duplicates == 0
    assert any("do not add up" in note for note in base.assess.gaps_by("audience").notes)
    assert not any("do not add up" in note for note in base.assess.gaps_by("role").notes)
    topics = {row.gap.strand for row in base.assess.gaps_by("means", topics=True).rows}
    assert "talent" in topics
    assert "peer-learning" not in topics
    with pytest.raises(Unknown):
        base.assess.gaps_by("colour")


def split_codes(base: KnowledgeBase) -> list[ToRecheck]:
    return [row for row in base.assess.recheck().rows if row.cause.kind == CauseKind.code_split]


def test_of_codes_renamed_or_split_only_the_ambiguous_are_queued(base: KnowledgeBase) -> None:
    slug = made(base)
    base.register.tag(slug, ["means=network,course", "kind=network"])
    book = base.workspace.home.declaration("codebook.toml")
    text = book.read_text()
    network, course = (
        'network = "Standing membership."',
        'course = "Taught, with a beginning and an end."',
    )
    assert text.count(network) == 1
    assert text.count(course) == 1
    renamed = 'membership = { means = "Standing membership.", was = "network" }'
    split = [
        f'{name} = {{ means = "Taught.", was = "course" }}'
        for name in ("short-course", "long-course")
    ]
    book.write_text(text.replace(network, renamed).replace(course, "\n".join(split)))
    offer = base.workspace.home.declaration("offer.toml")
    draft = offer.read_text().replace('"course"', '"long-course"')
    offer.write_text(draft.replace('"network"', '"membership"'))
    with kb.connect(base.workspace.home.path, by="ana") as later:
        later.assess.accept()
        (row,) = [row for row in later.register.list().rows if row.slug == slug]
        assert sorted(row.means) == ["course", "membership"]
        rows = [
            row for row in later.assess.recheck().rows if row.cause.kind == CauseKind.code_split
        ]
        assert (slug, "means=course") in [(row.initiative, row.old) for row in rows]
        later.register.tag(slug, ["means=short-course"])
        rows = [
            row for row in later.assess.recheck().rows if row.cause.kind == CauseKind.code_split
        ]
        assert slug not in [row.initiative for row in rows]
        (row,) = [row for row in later.register.list().rows if row.slug == slug]
        assert sorted(row.means) == ["membership", "short-course"]
        assert row.kind == "network"  # another facet's code of that name


def test_the_grade_of_a_cell_is_of_the_sources_of_that_kind_alone(base: KnowledgeBase) -> None:
    declared = base.workspace.declarations
    kinds = {body.name: body.kind for body in declared.bodies.body}
    covering = [s for s in declared.sources.source if "all" in s.covers and s.shape != "by-hand"]
    kind = kinds[declared.bodies.name(covering[0].organisation)]
    now = base.workspace.clock()
    theirs = [
        source.name
        for source in declared.sources.source
        if kinds.get(declared.bodies.name(source.organisation)) == kind
    ]
    with base.workspace.writing(ActKind.crawl, "crawl") as writing:
        for number, name in enumerate(theirs, start=1):
            run = Run(number=number, source=name, started=now, finished=now, outcome=Outcome.ok)
            writing.add(run)
    grades = {
        (row.code, row.gap.strand): row.gap.grade
        for row in base.assess.gaps_by("organisation_kind").rows
    }
    assert grades[kind, "talent"] != "D"
    others = {grade for (code, strand), grade in grades.items() if code != kind}
    assert others == {"D"}


def test_the_flow_adds_up_and_is_kept_as_of_its_day(base: KnowledgeBase) -> None:
    made(base, "one")
    base.screen.decide([held(base, "two", f"{QUOTE} And more of the second.")], Decision.unsure)
    three = held(base, "three", "Race equality training of a council, mentioned in passing here.")
    base.screen.decide([three], Decision.exclude, reason="too-old")
    held(base, "four", "Parking at the hospital is dearer from next month on, it was decided.")
    rows = [(row.step, row.reason, row.count) for row in base.screen.flow().rows]
    assert ("included", None, 1) in rows
    assert ("unsure", None, 1) in rows
    assert ("excluded", "too-old", 1) in rows
    counts = [count for step, _, count in rows if "initiatives" not in step and step != "our own"]
    assert counts[0] == sum(counts[1:]) == 4
    act = base.workspace.store.last_act()
    assert act is not None
    base.screen.decide([three], Decision.include)
    then = base.at(Moment(act.id, act.at.date())).screen.flow().rows
    assert [(row.step, row.reason, row.count) for row in then] == rows


def test_pages_that_wait_are_told_of_the_strands_their_words_name(base: KnowledgeBase) -> None:
    def waiting() -> dict[object, object]:
        return {row.strand: row.unscreened for row in base.assess.gaps().rows}

    text = f"{QUOTE} Race equality for trusts, ethnic minority staff, anti-racism."
    page = held(base, "waits", text, title="Race equality learning set for trust boards")
    assert {row.document for row in base.screen.inbox().rows} == {page}
    assert waiting()["peer-learning"] == 1
    assert waiting()["talent"] == 0
    (row,) = [row for row in base.assess.gaps().rows if row.strand == "peer-learning"]
    assert page in str(row.prompt)

    path = base.workspace.home.declaration("offer.toml")
    whole = path.read_text(encoding="utf-8")
    (terms,) = [s.terms for s in base.workspace.declarations.offer.strand if s.key == "talent"]
    path.write_text(whole.replace(f'"{terms[0]}"', '"learning sets"', 1), encoding="utf-8")
    assert waiting()["talent"] == 0
    base.assess.accept(why="the board says learning sets")
    by_words = waiting()  # nothing was kept of the terms of now: the texts are read
    assert by_words["talent"] == 1
    assert match_strands(base.workspace) == 1
    assert match_strands(base.workspace) == 0
    assert waiting() == by_words
    act = base.workspace.store.last_act()
    assert act is not None
    then = base.at(Moment(act.id, act.at.date()))
    assert then.assess.gaps().rows == base.assess.gaps().rows
