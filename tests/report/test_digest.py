"""The digest, in its three formats."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import feedparser
import pytest
from conftest import Command
from hostile import HOSTILE
from lxml import etree, html
from pages import held

import kb
from kb.base import KnowledgeBase
from kb.errors import Refused, Unknown
from kb.keep.decisions import Decision, Level
from kb.report.digest import Digest, Line, Section
from kb.report.digest_files import as_atom, as_html, as_markdown, write_digest

RACE = "A race equality programme of mentoring for boards of NHS trusts, with anti-racism training."


def headings(digest: Digest) -> list[str]:
    return [section.heading for section in digest.sections]


def test_what_is_new_is_told_and_empty_sections_are_left_out(base: KnowledgeBase) -> None:
    today = base.workspace.moment().day
    never = base.report.status()["sources never crawled"]
    first = base.report.digest(today)
    assert first.sections == ()
    assert f"{never} sources never crawled" in first.waiting
    base.screen.save_search("mentors", "mentoring anti-racism", why="for the paper")
    held(base, "one", RACE)
    told = base.report.digest()
    assert headings(told) == ["1 page to read that came new", "1 new or changed for saved searches"]
    assert "1 page waiting" in told.waiting
    with pytest.raises(Refused, match="still to come"):
        base.report.digest(date(2999, 1, 1))
    assert "before the beginning" in base.report.digest(date(2001, 1, 1)).note


def test_the_next_digest_begins_where_the_last_was_sent(
    home: Path, run_kb: Command, tmp_path: Path
) -> None:
    with kb.connect(home, by="ana") as base:
        held(base, "one", RACE)
    for name in ("first", "second"):
        done = run_kb("digest", "-o", str(tmp_path / f"{name}.md"))
        assert done.returncode == 0
    first, second = ((tmp_path / f"{name}.md").read_text() for name in ("first", "second"))
    assert "1 page to read that came new" in first
    assert "came new" not in second
    assert "1 page waiting" in second
    with kb.connect(home, by="ana") as base:
        held(base, "two", RACE.replace("boards", "chairs"), fetched_at=base.workspace.clock())
        assert headings(base.report.digest()) == ["1 page to read that came new"]
        # Looking at what came since a day sends nothing.
        base.report.digest(base.workspace.moment().day)
        assert headings(base.report.digest()) == ["1 page to read that came new"]
    refused = run_kb("digest", "-o", str(tmp_path / "first.md"))
    assert refused.returncode == 1
    with kb.connect(home, by="ana") as base:
        assert headings(base.report.digest()) == ["1 page to read that came new"]


def test_where_little_happened_it_is_one_screen(base: KnowledgeBase) -> None:
    held(base, "one", RACE)
    lines = as_markdown(base.report.digest()).splitlines()
    assert len(lines) <= 24


def test_pages_of_the_register_that_changed_and_conflicts_are_told(
    home: Path, base: KnowledgeBase
) -> None:
    (row,) = base.screen.decide([held(base, "one", RACE)], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=RACE)
    held(base, "one", "It is all about something else now, and says nothing of what it said.")
    with kb.connect(home, by="ben") as ben:
        ben.assess.assess(slug, "peer-learning", Level.no_overlap, why="not for boards")
    told = headings(base.report.digest())
    assert "1 page of the register that changed" in told
    assert "1 on which people differ" in told


@pytest.fixture
def hostile() -> Digest:
    lines = tuple(Line(text, text) for text in HOSTILE)
    section = Section(f"{len(lines)} to screen", "kb review", lines)
    return Digest(
        "The offer", "What came", date(2026, 11, 1), date(2026, 11, 22), "In all: 3.", (section,)
    )


def test_hostile_text_is_text_in_every_format(hostile: Digest) -> None:
    page = html.fromstring(as_html(hostile))
    assert page.xpath("//script | //img | //@onerror | //@onmouseover | //a") == []
    assert "<script>alert(1)</script>" in page.text_content()
    text = as_markdown(hostile)
    lines = text.split("\n")
    assert len([line for line in lines if line.startswith("- ")]) == len(HOSTILE)
    assert "<script" not in text
    assert r"\[click\]\(javascript:alert\(1\)\)" in text
    root = etree.fromstring(as_atom(hostile).encode())
    assert len(root.findall("{http://www.w3.org/2005/Atom}entry")) == 1


def test_the_feed_has_what_the_standard_asks(hostile: Digest) -> None:
    """RFC 4287, sections 3.3 and 4.1 to 4.2."""
    text = as_atom(hostile)
    feed = feedparser.parse(text)
    assert not feed.bozo
    assert feed.version == "atom10"
    root = etree.fromstring(text.encode())
    atom = "{http://www.w3.org/2005/Atom}"
    entries = root.findall(f"{atom}entry")
    for each in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(each.findall(f"{atom}{name}")) == 1
        assert UUID(each.findtext(f"{atom}id").removeprefix("urn:uuid:"))
        moment = datetime.fromisoformat(each.findtext(f"{atom}updated"))
        assert moment.tzinfo is not None
    assert root.findtext(f"{atom}author/{atom}name")
    ids = [each.findtext(f"{atom}id") for each in (root, *entries)]
    assert len(set(ids)) == len(ids)
    for each in entries:  # without a link to what it says, an entry has its content
        (content,) = each.findall(f"{atom}content")
        assert (content.get("type"), len(content)) == ("text", 0)


def test_the_feed_keeps_its_id_and_entries_have_their_own(hostile: Digest) -> None:
    later = replace(hostile, day=date(2026, 11, 29), title="Another", waiting="In all: 4.")
    one, two = (feedparser.parse(as_atom(each)) for each in (hostile, later))
    assert one.feed.id == two.feed.id
    assert one.entries[0].id != two.entries[0].id
    assert as_atom(hostile) == as_atom(hostile)


def test_the_suffix_says_the_format(hostile: Digest, tmp_path: Path) -> None:
    for suffix in ("md", "html", "atom"):
        write_digest(tmp_path / f"d.{suffix}", hostile)
        assert (tmp_path / f"d.{suffix}").stat().st_size > 100
    with pytest.raises(Unknown, match="pdf"):
        write_digest(tmp_path / "d.pdf", hostile)
