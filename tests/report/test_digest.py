"""The digest, in its three formats."""

from datetime import date
from pathlib import Path

import feedparser
import pytest
from hostile import HOSTILE
from lxml import etree, html
from pages import held

from kb.base import KnowledgeBase
from kb.errors import Refused, Unknown
from kb.report.digest import Digest, Line, Section
from kb.report.digest_files import as_atom, as_html, as_markdown, write_digest

RACE = "A race equality programme of mentoring for boards of NHS trusts, with anti-racism training."


def test_what_waits_is_told_and_empty_sections_are_left_out(base: KnowledgeBase) -> None:
    today = base.workspace.moment().day
    never = f"{base.report.status()['sources never crawled']} sources never crawled"
    assert [section.heading for section in base.report.digest(today).sections] == [never]
    base.screen.save_search("mentors", "mentoring anti-racism", why="for the paper")
    held(base, "one", RACE)
    headings = [section.heading for section in base.report.digest(today).sections]
    assert headings == ["1 page waiting", "1 new or changed for saved searches", never]
    with pytest.raises(Refused, match="still to come"):
        base.report.digest(date(2999, 1, 1))


@pytest.fixture
def hostile() -> Digest:
    lines = tuple(Line(text, text) for text in HOSTILE)
    section = Section(f"{len(lines)} to screen", "kb review", lines)
    return Digest("What came", date(2026, 11, 1), date(2026, 11, 22), (section,))


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
    feed = feedparser.parse(as_atom(hostile))
    assert not feed.bozo
    assert feed.version == "atom10"
    for each in (feed.feed, *feed.entries):
        assert each.id.startswith("urn:uuid:")
        assert each.title
        assert each.updated_parsed
    assert feed.feed.author == "kb"


def test_the_suffix_says_the_format(hostile: Digest, tmp_path: Path) -> None:
    for suffix in ("md", "html", "atom"):
        write_digest(tmp_path / f"d.{suffix}", hostile)
        assert (tmp_path / f"d.{suffix}").stat().st_size > 100
    with pytest.raises(Unknown, match="pdf"):
        write_digest(tmp_path / "d.pdf", hostile)
