"""What is known of evidence is said wherever the evidence is shown."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import docx
import pytest
from conftest import Command
from pages import held

import kb
from kb.assess.causes import CauseKind
from kb.base import KnowledgeBase
from kb.errors import Refused
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.decisions import Decision, Level
from kb.report.briefing_paper import briefing_paper
from kb.report.map_page import map_data, map_page
from kb.report.pack import pack
from kb.report.pack_files import write_pack
from kb.report.paper import in_words
from kb.report.paper_files import write_paper

QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."
OTHER = "The learning sets on race equality are closed to new trusts, and chairs meet no more."
NOON = datetime(2090, 11, 2, 12, tzinfo=UTC)
LATER = datetime(2090, 11, 20, 12, tzinfo=UTC)


def clock_of(base: KnowledgeBase, day: datetime) -> None:
    base.workspace.clock = lambda: day


@pytest.fixture
def slug(base: KnowledgeBase) -> str:
    """An initiative that alone serves a strand, by a quote that went from its page later."""
    clock_of(base, NOON)
    (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    made = row.initiatives[0]
    base.register.tag(made, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(made, "peer-learning", Level.duplicates, quote=QUOTE)
    clock_of(base, LATER)
    held(base, "one", OTHER, fetched_at=LATER)
    return made


STALE = "quote gone since 2090-11-20"


def test_lists_and_show_say_why_since_when_and_what_it_would_be(
    base: KnowledgeBase, slug: str
) -> None:
    (row,) = [row for row in base.assess.overlaps("peer-learning").rows if row.initiative == slug]
    assert (row.recheck, row.would_become) == (STALE, "not-assessed")
    (gap,) = [row for row in base.assess.gaps().rows if row.strand == "peer-learning"]
    assert (gap.position, gap.recheck, gap.without_recheck) == ("served", 1, "not-assessed")
    (shown,) = base.register.initiative(slug).assessments
    assert (shown.recheck, shown.would_become) == (STALE, "not-assessed")
    (todo,) = [row for row in base.assess.recheck().rows if row.initiative == slug and row.strand]
    assert (str(todo.since), todo.level) == ("2090-11-20", "duplicates")


def test_what_readers_get_says_it_too(base: KnowledgeBase, slug: str, tmp_path: Path) -> None:
    content = base.report.map()
    (strand,) = [each for each in content.strands if each.key == "peer-learning"]
    assert (strand.recheck, strand.without_recheck) == (1, "not-assessed")
    (found,) = [each for each in content.initiatives if each.slug == slug]
    assert found.strands["peer-learning"].recheck == STALE
    assert in_words(STALE) in map_data(content)["texts"]
    assert "rests on 1 to be looked at again" in map_page(content)
    write_paper(tmp_path / "b.docx", briefing_paper(base.report.brief()))
    document = docx.Document(str(tmp_path / "b.docx"))
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "rests on one assessment to be looked at again; without: not enough assessed" in words
    assert f"To be looked at again: {in_words(STALE)}" in words
    lines = [line.text for each in base.report.digest(NOON.date()).sections for line in each.lines]
    assert any(STALE in line for line in lines)


@pytest.mark.parametrize("audience", ["board", "partner", "public"])
def test_packs_say_it_to_whoever_reads_them(
    base: KnowledgeBase, slug: str, tmp_path: Path, audience: str
) -> None:
    with base.snapshot() as now:
        write_pack(tmp_path / "p.zip", pack(now, audience))
    with zipfile.ZipFile(io.BytesIO((tmp_path / "p.zip").read_bytes())) as archive:
        texts = {name: archive.read(name).decode(errors="replace") for name in archive.namelist()}
    (overlaps,) = [text for name, text in texts.items() if name.endswith("overlaps.csv")]
    (gaps,) = [text for name, text in texts.items() if name.endswith("gaps.csv")]
    (page,) = [text for name, text in texts.items() if name.endswith("map.html")]
    assert STALE in overlaps
    assert "without_recheck" in gaps
    assert "rests on 1 to be looked at again" in page


def test_a_page_that_is_gone_is_said_with_its_day(base: KnowledgeBase, slug: str) -> None:
    with base.workspace.writing(ActKind.crawl, "crawl") as writing:
        (page,) = base.register.initiative(slug).documents
        saving.absent(writing, int(page.document[1:]), at_once=True)
    (row,) = [row for row in base.assess.overlaps("peer-learning").rows if row.initiative == slug]
    assert row.recheck == "page gone since 2090-11-20"
    changed = base.assess.changes().rows
    assert [(row.initiative, row.says_else) for row in changed] == [(slug, "it is gone")]
    assert [row for row in base.assess.recheck().rows if row.document] == []  # said once


def test_an_inclusion_whose_page_is_gone_is_looked_at_and_kept(base: KnowledgeBase) -> None:
    name = held(base, "one", QUOTE)
    base.screen.decide([name], Decision.include)
    with base.workspace.writing(ActKind.crawl, "crawl") as writing:
        saving.absent(writing, int(name[1:]), at_once=True)
    inclusion = [row for row in base.assess.recheck().rows if row.document]
    assert [(row.document, row.cause.kind) for row in inclusion] == [
        (name, CauseKind.page_says_else)
    ]
    base.screen.decide([name], Decision.include)  # somebody looked, and keeps it
    assert [row for row in base.assess.recheck().rows if row.document] == []


def test_a_page_that_lost_its_subject_or_its_text_opens_the_inclusion(base: KnowledgeBase) -> None:
    long = f"{QUOTE} " + "Boards are helped with mentoring and anti-racism training. " * 8
    for key in ("fell", "shrank", "same"):
        base.screen.decide([held(base, key, f"{long} {key}")], Decision.include)
    held(base, "fell", "The car park is closed on Mondays. " * 20, title="Car park")
    held(base, "shrank", f"{QUOTE} shrank")
    held(base, "same", f"{long} same, with a word more")
    by_cause = {row.document: row.says_else for row in base.assess.changes().rows}
    fell, shrank, same = by_cause.values()
    assert fell is not None
    assert "relevance fell from" in fell
    assert shrank is not None
    assert "its text fell from" in shrank
    assert same is None
    falls = [row.fall for row in base.assess.changes().rows if row.says_else]
    assert falls == sorted(falls, reverse=True)
    assert len([row for row in base.assess.recheck().rows if row.document]) == 2


def test_what_has_gone_quiet_is_marked_until_it_is_seen(base: KnowledgeBase, slug: str) -> None:
    clock_of(base, datetime(2093, 1, 1, tzinfo=UTC))
    (row,) = [row for row in base.assess.overlaps("peer-learning").rows if row.initiative == slug]
    assert row.quiet == "no sign since 2090-11-02"
    base.register.edit(slug, ["status_seen=2092-12-30"])
    (row,) = [row for row in base.assess.overlaps("peer-learning").rows if row.initiative == slug]
    assert row.quiet is None
    with pytest.raises(Refused, match="still to come"):
        base.register.edit(slug, ["status_seen=2093-02-01"])


def going(run_kb: Command, keys: str) -> str:
    done = run_kb("recheck", "--go", "--plain", "--by", "ana", stdin=keys)
    assert done.returncode == 0
    return done.stdout + done.stderr


def test_another_passage_is_not_renewed_by_one_key(
    base: KnowledgeBase, slug: str, run_kb: Command
) -> None:
    base.close()
    shown = going(run_kb, "r\nn\nc\ny\nit is closed to new trusts\nq\n")
    assert "does that passage still say duplicates?" in shown
    assert "what holds now?" in shown
    assert "[d] duplicates" not in shown.partition("what holds now?")[2]  # no longer true
    assert "does that passage say complements?" in shown
    with kb.connect(base.workspace.home.path) as later:
        (row,) = later.register.initiative(slug).assessments
        assert (row.level, row.quote) == ("complements", OTHER)
        assert row.why == "it is closed to new trusts"


def test_no_longer_true_is_said_with_the_level_that_holds(
    base: KnowledgeBase, slug: str, run_kb: Command
) -> None:
    base.close()
    assert "0 decided" in going(run_kb, "n\nn\n\nq\n")  # without a reason nothing is stored
    assert "1 decided" in going(run_kb, "n\nn\nit ended in May\nq\n")
    with kb.connect(base.workspace.home.path) as later:
        (row,) = later.register.initiative(slug).assessments
        assert (row.level, row.basis) == ("no-overlap", "confirmed")


def test_a_page_is_left_out_only_after_saying_what_goes_with_it(
    base: KnowledgeBase, slug: str, run_kb: Command
) -> None:
    base.close()
    home = base.workspace.home.path
    held_text = "The car park is closed on Mondays and at the end of each month. " * 20
    with kb.connect(home, by="ana", clock=lambda: LATER) as later:
        later.screen.decide([held(later, "two", f"{QUOTE} {QUOTE} two")], Decision.include)
        held(later, "two", held_text, title="Car park", fetched_at=LATER)
        rows = [row for row in later.assess.recheck().rows if row.document]
        assert rows
    every = base.assess.recheck().rows
    before = "s\n" * [row.document for row in every].index(rows[0].document)
    shown = going(run_kb, f"{before}x\nn\ns\nq\n")
    assert "it has no other page; assessed: nothing. Leave d" in shown
    name = str(rows[0].document)
    with kb.connect(home) as later:
        assert later.register.document(name).screening == "include"
    going(run_kb, f"{before}x\ny\nno such reason\nmention-only\nq\n")
    with kb.connect(home) as later:
        assert later.register.document(name).screening == "exclude"


def test_two_that_hold_a_position_together_are_said_together(base: KnowledgeBase) -> None:
    clock_of(base, NOON)
    for key in ("one", "two"):
        quote = f"{QUOTE[:-1]}, called {key}."
        (row,) = base.screen.decide([held(base, key, quote)], Decision.include)
        made = row.initiatives[0]
        tags = ["role=support", "reach=england", "status=active", "audience=chairs"]
        base.register.tag(made, tags)
        base.assess.assess(made, "signposting", Level.duplicates, quote=quote)
    clock_of(base, LATER)
    for key in ("one", "two"):
        held(base, key, f"All is new on race equality, {key}.", fetched_at=LATER)
    table = base.assess.recheck()
    assert "signposting: without all 2 to re-check it is not-assessed" in table.notes
    (gap,) = [row for row in base.assess.gaps().rows if row.strand == "signposting"]
    assert gap.without_recheck == "not-assessed"


def test_another_passage_may_be_marked_and_a_difference_is_said(
    base: KnowledgeBase, slug: str, run_kb: Command
) -> None:
    base.close()
    keys = "m\nThe learning sets on\nmeet no more.\nq\n"
    done = run_kb("recheck", "--go", "--plain", "--by", "ben", stdin=keys)
    assert f"{slug} duplicates peer-learning (confirmed)" in done.stdout
    with kb.connect(base.workspace.home.path) as later:
        (row,) = later.register.initiative(slug).assessments
        assert (row.quote, row.by) == (OTHER, "ben")
    with kb.connect(base.workspace.home.path, by="ben", clock=lambda: LATER) as later:
        held(later, "one", f"{QUOTE} It is as it was, for boards.", fetched_at=LATER)
    keys = "n\nc\ny\nit has another aim\nq\n"
    done = run_kb("recheck", "--go", "--plain", "--by", "ana", stdin=keys)
    assert "people differ on it now: kb conflicts" in done.stdout


def test_a_page_that_was_left_out_is_no_longer_looked_at(base: KnowledgeBase) -> None:
    base.register.edit("race-equality-week", ["url=https://a.example/week"])
    name = held(base, "week", f"{QUOTE} {QUOTE} It is a week.")
    held(base, "week", "The car park is closed.", title="Cars")
    assert [row.document for row in base.assess.recheck().rows if row.document] == [name]
    base.screen.decide([name], Decision.exclude, reason="mention-only")
    assert [row for row in base.assess.recheck().rows if row.document] == []


def test_a_strand_that_changed_and_a_quote_that_is_gone_are_both_said(
    base: KnowledgeBase, slug: str
) -> None:
    file = base.workspace.home.declaration("offer.toml")
    text = file.read_text()
    assert "learn from one another across" in text
    file.write_text(text.replace("learn from one another across", "meet one another across", 1))
    with kb.connect(base.workspace.home.path, by="ana", clock=lambda: LATER) as later:
        later.assess.accept(why="as the board agreed")
        rows = later.assess.overlaps("peer-learning").rows
        (row,) = [each for each in rows if each.initiative == slug]
        assert row.recheck == "strand changed: and quote gone since 2090-11-20"
