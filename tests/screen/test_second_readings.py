"""Second readings: drawn as the protocol says, blind until read; shares given to a person."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pages import held, held_at_once

import kb
from kb.errors import Refused, Unknown
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.decisions import Decision, Level
from kb.screen.assigning import assign
from kb.screen.second_codes import facets_to_code_again
from kb.screen.second_readings import is_drawn

TEAM = """
[[person]]
name = "ana"
role = "editor"
[[person]]
name = "ben"
role = "screener"
[[person]]
name = "cleo"
role = "reader"
"""
QUOTE = (
    "Chairs and chief executives of NHS trusts meet six times a year to talk about race equality."
)


def protocol(
    home: Path, *, calibrate: int = 0, screening: float = 0.0, levels: float = 0.0
) -> None:
    path = home / "protocol.toml"
    text = re.sub(r"(?m)^calibrate = .*$", f"calibrate = {calibrate}", path.read_text())
    twice = f"{{ screening = {screening}, overlap_assessments = {levels} }}"
    path.write_text(re.sub(r"(?m)^read_twice = .*$", f"read_twice = {twice}", text))


@pytest.fixture
def team(home: Path) -> Path:
    """A home in which ana and ben screen, and nothing is asked to be read twice."""
    (home / "people.toml").write_text(TEAM)
    protocol(home)
    return home


@pytest.fixture
def ana(team: Path) -> Iterator[kb.KnowledgeBase]:
    with kb.connect(team, by="ana") as base:
        yield base


@pytest.fixture
def ben(ana: kb.KnowledgeBase) -> Iterator[kb.KnowledgeBase]:
    with kb.connect(ana.workspace.home.path, by="ben") as base:
        yield base


def again(base: kb.KnowledgeBase) -> list[str]:
    """The pages that the person is to read a second time, as their review shows them."""
    return [card.document for card in base.screen.review(mine=True).cards() if card.again]


def to_code_again(base: kb.KnowledgeBase, slug: str) -> list[str]:
    with base.snapshot() as now:
        return facets_to_code_again(now, slug)


def test_the_share_drawn_is_that_of_the_protocol_and_always_the_same() -> None:
    names = [f"a-site https://a.example/{n}" for n in range(10_000)]
    drawn = [name for name in names if is_drawn(name, 0.1)]
    assert 900 < len(drawn) < 1100
    assert drawn == [name for name in names if is_drawn(name, 0.1)]
    assert set(drawn) < {name for name in names if is_drawn(name, 0.2)}
    assert all(is_drawn(name, 1.0) for name in names)
    assert not any(is_drawn(name, 0.0) for name in names)


def test_the_first_pages_are_read_by_everybody(team: Path) -> None:
    protocol(team, calibrate=2)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        names = [held(ana, key, f"Race equality {key}.") for key in ("one", "two", "three")]
        for name in names:
            ana.screen.decide([name], Decision.exclude, reason="mention-only")
        assert again(ben) == names[:2]
        notes = ana.screen.agreement().notes
        assert any("0 of 2 pages are read by everybody" in note for note in notes)
        assert any("ben is to read 2" in note for note in notes)
        ben.screen.decide(names[:2], Decision.unsure)
        assert again(ben) == []
        assert not any("calibration" in note for note in ana.screen.agreement().notes)
        # Undone, the page waits for nobody.
        other = held(ana, "four", "Race equality four.")
        assert again(ben) == []
        assert other in [row.document for row in ana.screen.inbox().rows]


def test_undoing_the_first_reading_takes_the_second_back(team: Path) -> None:
    protocol(team, screening=1.0)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        name = held(ana, "one", "Race equality, page one.")
        ana.screen.decide([name], Decision.unsure)
        assert again(ben) == [name]
        assert ben.report.status()["yours to read again"] == 1
        ana.register.undo()
        assert again(ben) == []
        ana.screen.decide([name], Decision.unsure)
        ben.screen.decide([name], Decision.unsure)
        assert ben.report.status()["yours to read again"] == 0
        with pytest.raises(Refused):
            ana.register.undo()  # ben's rests on it


def test_what_others_decided_is_hidden_until_both_have(team: Path) -> None:
    protocol(team, screening=1.0)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        name = held(ana, "one", "Race equality, page one.", title="The Allyship Charter of A Body")
        ana.screen.decide([name], Decision.include, why="it is what we look for")
        (slug,) = ana.register.document(name).initiatives
        shown = ben.register.document(name)
        assert shown.initiatives == []
        assert "hidden" in str(shown.screening)
        assert "include" not in str([line.said for line in ben.register.history(name).rows])
        assert name not in [row.document for row in ben.register.decisions().rows]
        assert ben.register.decisions().notes
        assert name in [row.document for row in ana.register.decisions().rows]
        (card,) = ben.screen.review(mine=True).cards()
        assert slug not in [each.slug for each, _ in card.similar]
        assert not card.said
        review = ben.screen.review(mine=True)
        assert slug not in [each.slug for each in review.nearest("allyship charter", name)]
        (opened,) = ben.screen.review(mine=True, blind=False).cards()
        assert opened.said == ["ana include"]
        with pytest.raises(Refused, match="ben"):
            ana.screen.decide([name], Decision.unsure)
        ben.screen.decide([name], Decision.include)
        assert ben.register.document(name).initiatives == [slug]
        assert name in [row.document for row in ben.register.decisions().rows]
        ana.screen.decide([name], Decision.unsure)
        assert ana.report.status()["conflicts"] == 1


def test_levels_are_read_twice_blind(team: Path) -> None:
    protocol(team, levels=1.0)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        slug, strand = ana.assess.proposals()[0]
        ana.register.edit(slug, ["url=https://a.example/one"])
        ana.register.tag(slug, ["role=support", "reach=england"])
        held(ana, "one", QUOTE)
        ana.assess.assess(slug, strand, Level.no_overlap)
        assert ben.assess.proposals(mine=True) == []
        ana.assess.assess(slug, strand, Level.overlaps, quote=QUOTE)
        assert ben.assess.proposals(mine=True) == [(slug, strand)]
        assert ana.assess.proposals(mine=True) == []
        card = ben.assess.proposal_card(slug, strand)
        assert card is not None
        assert (card.level, card.by, card.why, card.becomes, card.said) == (None, "", "", None, [])
        assert QUOTE in card.passages
        opened = ben.assess.proposal_card(slug, strand, blind=False)
        assert opened is not None
        assert any("ana overlaps" in said for said in opened.said)
        (row,) = [r for r in ben.register.initiative(slug).assessments if r.strand == strand]
        assert "hidden" in row.level
        assert row.quote is None
        assert (slug, strand) not in [
            (r.initiative, r.strand) for r in ben.register.decisions().rows
        ]
        assert "overlaps" not in str([line.said for line in ben.register.history(slug).rows])
        with pytest.raises(Refused, match="ben"):
            ana.assess.assess(slug, strand, Level.complements, quote=QUOTE)
        ana.assess.renew(slug, strand)  # the same again is no other decision
        ben.assess.assess(slug, strand, Level.overlaps, quote=QUOTE)
        assert ben.assess.proposals(mine=True) == []
        (levels,) = [r for r in ana.screen.agreement().rows if r.question == "levels"]
        assert (levels.units, levels.agreed) == (1, 1.0)


def test_codes_of_two_readers_are_compared_and_none_changes(team: Path) -> None:
    protocol(team, screening=1.0)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        name = held(ana, "one", "Race equality, page one.")
        ana.screen.decide([name], Decision.include)
        (slug,) = ana.register.document(name).initiatives
        ana.register.tag(slug, ["role=support", "audience=chairs,executives"])
        ben.screen.decide([name], Decision.include)
        assert to_code_again(ben, slug) == ["role", "audience"]
        assert to_code_again(ana, slug) == []
        ben.screen.code_again(slug, ["role=practice", "audience=executives,chairs"])
        assert to_code_again(ben, slug) == []
        with pytest.raises(Unknown):
            ben.screen.code_again(slug, ["role=nonsense"])
        rows = {row.question: row for row in ana.screen.agreement().rows}
        assert rows["code: role"].differ == [f"{slug}: ana support, ben practice"]
        assert (rows["code: audience"].units, rows["code: audience"].agreed) == (1, 1.0)
        assert ana.register.initiative(slug).stored.code("role") == "support"
        ben.register.undo()
        assert "code: role" not in {row.question for row in ana.screen.agreement().rows}


def test_a_share_is_given_and_taken_back(ana: kb.KnowledgeBase, ben: kb.KnowledgeBase) -> None:
    held_at_once(ana, [f"p{n}" for n in range(10)])
    waits = len(ana.screen.inbox().rows)
    made = assign(ana.workspace, 0.2, "Ben", chance=random.Random(1))
    assert (made.person, made.pages, made.to_read) == (
        "ben",
        round(0.2 * waits),
        round(0.2 * waits),
    )
    own = [card.document for card in ben.screen.review(mine=True).cards()]
    assert sorted(own) == sorted(r.document for r in ana.screen.inbox().rows if r.assigned_to)
    assert [row.document for row in ben.screen.inbox(mine=True).rows] == own
    others = ana.screen.review()
    assert not {card.document for card in others.cards()} & set(own)
    assert others.given_to_others == len(own)
    assert [card.document for card in ben.screen.review().cards()][: len(own)] == own
    # A second share takes none of the first.
    more = assign(ana.workspace, 1.0, "ben", chance=random.Random(1))
    assert more.to_read == waits
    taken = assign(ana.workspace, 0.0, "ben")
    assert (taken.pages, taken.to_read) == (-waits, 0)
    assert not any(row.assigned_to for row in ana.screen.inbox().rows)
    with pytest.raises(Refused):
        assign(ana.workspace, 0.0, "ben")
    for share in (1.2, -0.1):
        with pytest.raises(Refused):
            assign(ana.workspace, share, "ben")
    with pytest.raises(Unknown) as caught:
        assign(ana.workspace, 0.2, "bem")
    assert "ben" in caught.value.hint
    with pytest.raises(Refused, match="reader"):
        assign(ana.workspace, 0.2, "cleo")
    with pytest.raises(Refused, match="editor"):
        assign(ben.workspace, 0.2, "ben")


def test_what_was_decided_before_can_be_read_a_second_time(
    ana: kb.KnowledgeBase, ben: kb.KnowledgeBase
) -> None:
    names = [held(ana, f"p{n}", f"Race equality, page {n}.") for n in range(4)]
    with pytest.raises(Refused):
        assign(ana.workspace, 0.5, "ben", again=True)
    ana.screen.decide(names, Decision.unsure)
    assert assign(ana.workspace, 0.5, "ben", again=True, chance=random.Random(1)).pages == 2
    assert len(again(ben)) == 2
    assign(ana.workspace, 0.0, "ben", again=True)
    assert again(ben) == []


def test_nobody_reads_where_nobody_is_named(base: kb.KnowledgeBase) -> None:
    with pytest.raises(Refused, match="names nobody"):
        assign(base.workspace, 0.2, "ben")
    name = held(base, "one", "Race equality, page one.")
    base.screen.decide([name], Decision.unsure)
    with kb.connect(base.workspace.home.path, by="ben") as ben:
        assert again(ben) == []
    assert any("names no two" in note for note in base.screen.agreement().notes)


@pytest.mark.parametrize("change", ['until = 2026-01-01\nrole = "screener"', 'role = "reader"'])
def test_what_a_reader_who_left_was_given_falls(team: Path, change: str) -> None:
    protocol(team, screening=1.0)
    with kb.connect(team, by="ana") as ana:
        decided, given = (held(ana, key, f"Race equality {key}.") for key in ("one", "two"))
        ana.screen.decide([decided], Decision.unsure)
        assign(ana.workspace, 1.0, "ben")
    (team / "people.toml").write_text(
        re.sub(r'name = "ben"\nrole = "screener"', f'name = "ben"\n{change}', TEAM)
    )
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        ana.screen.decide([decided], Decision.exclude, reason="mention-only")
        assert [card.document for card in ana.screen.review().cards()] == [given]
        assert ben.report.status()["yours to read again"] == 0
        assert not any("ben" in note for note in ana.screen.agreement().notes)


def test_a_page_that_is_gone_is_read_by_nobody(team: Path) -> None:
    protocol(team, calibrate=2)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        names = [held(ana, key, f"Race equality {key}.") for key in ("one", "two", "three")]
        ana.screen.decide([names[0]], Decision.unsure)
        with ana.workspace.writing(ActKind.crawl, "crawl a-site") as writing:
            saving.absent(writing, int(names[0][1:]), at_once=True)
        assert again(ben) == []
        ana.screen.decide([names[0]], Decision.exclude, reason="mention-only")
        for name in names[1:]:
            ana.screen.decide([name], Decision.unsure)
        assert again(ben) == names[1:]  # another takes its place


def test_copies_are_hidden_and_read_with_their_page(team: Path) -> None:
    protocol(team, screening=1.0)
    words = " ".join(
        f"Race equality mentoring for the boards of trusts, part {n}." for n in range(30)
    )
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        leader, copy = (held(ana, key, words, title="Mentoring") for key in ("one", "two"))
        ana.screen.decide([leader], Decision.exclude, reason="mention-only")
        assert "hidden" in str(ben.register.document(copy).screening)
        assert copy not in [row.document for row in ben.register.decisions().rows]
        with pytest.raises(Refused, match=leader):
            ben.screen.decide([copy], Decision.include)
        with pytest.raises(Refused, match="ben"):
            ana.screen.decide([copy], Decision.include)
        ben.screen.decide([leader], Decision.exclude, reason="mention-only")
        assert ben.report.status()["conflicts"] == 0
        assert ben.register.document(copy).screening == "exclude"


def test_a_merge_opens_nothing(team: Path) -> None:
    protocol(team, levels=1.0)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        slug, strand = ana.assess.proposals()[0]
        other = next(s for s, key in ana.assess.proposals() if s != slug and key != strand)
        ana.register.edit(slug, ["url=https://a.example/one"])
        ana.register.tag(slug, ["role=support", "reach=england"])
        ana.register.tag(other, ["role=support", "reach=england"])
        held(ana, "one", QUOTE)
        ana.assess.assess(slug, strand, Level.overlaps, quote=QUOTE, why="SECRET")
        ana.register.merge(other, slug)
        assert ben.assess.proposals(mine=True) == [(other, strand)]
        assert "SECRET" not in str(ben.register.initiative(other).values())
        assert not ben.register.everywhere("SECRET").rows
        with pytest.raises(Refused, match="ben"):
            ana.assess.assess(other, strand, Level.no_overlap)
        ben.assess.assess(other, strand, Level.no_overlap)
        assert ben.assess.proposals(mine=True) == []


def test_a_copy_that_comes_later_opens_no_way_round(team: Path) -> None:
    protocol(team, screening=1.0)
    words = " ".join(
        f"Race equality mentoring for the boards of trusts, part {n}." for n in range(30)
    )
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        first = held(ana, "one", words, title="Mentoring")
        ana.screen.decide([first], Decision.exclude, reason="mention-only")
        later = held(ana, "two", words, title="Mentoring")
        with pytest.raises(Refused, match=first):
            ben.screen.decide([later], Decision.include)


def test_agreement_waits_until_all_have_read(team: Path) -> None:
    (team / "people.toml").write_text(TEAM.replace('"reader"', '"screener"'))
    protocol(team, calibrate=1)
    with kb.connect(team, by="ana") as ana, kb.connect(team, by="ben") as ben:
        name = held(ana, "one", "Race equality, page one.")
        ana.screen.decide([name], Decision.include)
        ben.screen.decide([name], Decision.exclude, reason="mention-only")
        assert ana.screen.agreement().rows == []
        with kb.connect(team, by="cleo") as cleo:
            cleo.screen.decide([name], Decision.unsure)
        (row, *_) = ana.screen.agreement().rows
        assert row.people == ["ana", "ben", "cleo"]
