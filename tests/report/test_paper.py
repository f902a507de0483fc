"""The paper for a board: what it says, in Word, as a page and as a PDF."""

import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx.oxml.ns import qn
from hostile import HOSTILE
from pages import held
from playwright.sync_api import sync_playwright

import kb
from kb.base import KnowledgeBase
from kb.errors import Refused, Unknown
from kb.keep.acts import ActKind
from kb.keep.decisions import Assessment, Basis, Decision, Level
from kb.report.audience import Audience
from kb.report.briefing_drawings import bars_of
from kb.report.briefing_paper import briefing_paper
from kb.report.drawings import as_png, as_svg
from kb.report.paper import CitedSource, Heading, Paper, Paragraph, Picture
from kb.report.paper_files import OFFICE, write_paper
from kb.report.paper_page import paper_page

Command = Callable[..., "subprocess.CompletedProcess[str]"]
QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."
STRAND = "peer-learning"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
LIBREOFFICE = next((found for name in OFFICE if (found := shutil.which(name))), None)


def assessed(base: KnowledgeBase, level: Level = Level.duplicates) -> str:
    (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=chairs"])
    base.assess.assess(slug, STRAND, level, quote=QUOTE)
    return slug


def paragraphs(paper: Paper) -> list[str]:
    return [block.text for block in paper.blocks if isinstance(block, Paragraph)]


def under(paper: Paper, heading: str) -> list[str]:
    """The paragraphs between a heading and the next of its level or above."""
    found: list[str] = []
    level = 0
    for block in paper.blocks:
        if isinstance(block, Heading):
            if level and block.level <= level:
                break
            if block.text == heading:
                level = block.level
        elif level and isinstance(block, Paragraph):
            found.append(block.text)
    assert level, heading
    return found


def written(paper: Paper, tmp_path: Path) -> Any:
    write_paper(tmp_path / "b.docx", paper)
    return docx.Document(str(tmp_path / "b.docx"))


def test_it_begins_with_five_sentences_tied_to_their_sources(base: KnowledgeBase) -> None:
    assessed(base)
    paper = briefing_paper(base.report.brief())
    found = under(paper, "What we found")
    assert len([each for each in found if "say nothing of quality" not in each]) == 5
    (served,) = [each for each in found if "Peer learning" in each]
    numbers = [int(each) for each in re.findall(r"\[(\d+)\]", served)]
    sources = {each.number: each for each in paper.blocks if isinstance(each, CitedSource)}
    assert numbers
    assert any("Race equality programme one" in sources[each].text for each in numbers)
    assert sorted(sources) == list(range(1, len(sources) + 1))


def test_the_picture_tells_the_three_states_apart_by_form_and_in_words(base: KnowledgeBase) -> None:
    slug = assessed(base)
    brief = base.report.brief()
    counts = {bar.name: bar for bar in bars_of(brief)}
    overlaps = [row for row in brief.overlaps.rows if row.strand == STRAND]
    bar = counts["Peer learning"]
    assert bar.confirmed == sum(row.counted and not row.recheck for row in overlaps) == 1
    assert bar.proposed == sum(row.why_not_counted == "a proposal" for row in overlaps)
    rows = [
        replace(row, recheck="quote gone") if row.initiative == slug else row
        for row in brief.overlaps.rows
    ]
    (bar,) = [
        bar
        for bar in bars_of(replace(brief, overlaps=replace(brief.overlaps, rows=rows)))
        if bar.name == "Peer learning"
    ]
    assert (bar.confirmed, bar.recheck) == (0, 1)
    (picture, flow) = [b.drawing for b in briefing_paper(brief).blocks if isinstance(b, Picture)]
    assert "Peer learning: another offers the same" in picture.says
    assert "1 confirmed" in picture.says
    assert "Pages met" in flow.says
    assert as_png(picture) == as_png(picture)
    assert as_svg(picture).count("<svg") == 1
    forms = {mark.form for mark in picture.marks if hasattr(mark, "form")}
    assert forms == {"plain", "hatched", "dashed"}


def test_what_is_asked_of_the_board_stands_there_or_the_heading_is_left_out(
    home: Path, run_kb: Command
) -> None:
    with kb.connect(home, by="ana") as base:
        texts = [b.text for b in briefing_paper(base.report.brief()).headings]
        assert "What is asked of the board" not in texts
    offer = home / "offer.toml"
    asked = 'recommendation = "Agree to lead on talent."\nowner = "ana"\ndate = 2027-01-28'
    offer.write_text(offer.read_text().replace('recommendation = ""', asked))
    assert run_kb("offer", "accept").returncode == 0
    with kb.connect(home, by="ana") as base:
        said = under(briefing_paper(base.report.brief()), "What is asked of the board")
        assert said == ["Agree to lead on talent.", "Owner: ana. By 28 January 2027."]
        outside = briefing_paper(base.report.brief(audience=Audience.partner))
        assert "Agree to lead" not in "\n".join(paragraphs(outside))
    offer.write_text(offer.read_text().replace('recommendation = "Agree to lead on talent."', ""))
    done = run_kb("offer", "accept")
    assert done.returncode == 1
    assert "without a recommendation" in done.stderr


def test_a_day_before_the_beginning_means_the_beginning_and_the_paper_says_so(
    made_home: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(made_home, tmp_path / "home"))
    later = datetime(2090, 5, 1, 12, tzinfo=UTC)
    with kb.connect(home, by="ana", clock=lambda: later) as base:
        slug = assessed(base)
        base.register.tag(slug, ["status=ended"])
        paper = briefing_paper(base.report.brief(since=date(2001, 1, 1)))
        (heading,) = [each.text for each in paper.headings if "What changed since" in each.text]
        said = "\n".join(under(paper, heading))
        assert "1 January 2001 is before the beginning" in said
        assert "By the world" in said
        assert "By us" in said
        assert "Race equality programme one" in said
        with pytest.raises(Refused, match="still to come"):
            base.report.brief(since=date(2091, 1, 1))


def test_names_and_dates_as_an_editor_writes_them_never_keys(base: KnowledgeBase) -> None:
    slug = assessed(base)
    paper = briefing_paper(base.report.brief(since=date(2001, 1, 1)))
    words = "\n".join([*paragraphs(paper), *(each.text for each in paper.headings)])
    keys = [strand.key for strand in base.workspace.declarations.offer.strand if "-" in strand.key]
    assert not [key for key in [*keys, slug, "not-assessed", "part-served"] if key in words]
    assert not re.search(r"\bd\d+\b|\b\d{4}-\d\d-\d\d\b|\b1 \w+s\b", words)


def test_every_count_of_a_briefing_is_in_the_lists(base: KnowledgeBase) -> None:
    assessed(base)
    words = "\n".join(paragraphs(briefing_paper(base.report.brief())))
    scan = base.report.map().scanned
    assert f"One assessment of {scan.confirmed + scan.proposed} is confirmed" in words
    assert f"Of {len(base.sources.list().rows)} public sources" in words


def test_word_has_headings_contents_numbers_of_pages_and_british_english(
    base: KnowledgeBase, tmp_path: Path
) -> None:
    assessed(base)
    paper = briefing_paper(base.report.brief())
    document = written(paper, tmp_path)
    styles = [p.style.name for p in document.paragraphs]
    assert {"Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "List Bullet"} <= {*styles}
    levels = [int(name[-1]) for name in styles if name.startswith("Heading ")]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert "PAGE" in document.sections[0].footer._element.xml
    anchors = {each.get(qn("w:anchor")) for each in document.element.iter(qn("w:hyperlink"))}
    marks = {each.get(qn("w:name")) for each in document.element.iter(qn("w:bookmarkStart"))}
    assert anchors - {None} <= marks
    assert len([each for each in marks if each.startswith("heading")]) == len(paper.headings)
    pictures = [each for each in document.element.iter() if each.tag.endswith("}docPr")]
    assert len(pictures) == 2
    assert all(len(each.get("descr")) > 40 for each in pictures)
    assert all(table.rows[0].cells[0].text for table in document.tables)
    with zipfile.ZipFile(tmp_path / "b.docx") as archive:
        told = archive.read("word/styles.xml") + archive.read("word/settings.xml")
    languages = re.findall(rb'<w:(?:lang|themeFontLang) [^>]*w:val="([^"]+)"', told)
    assert set(languages) == {b"en-GB"}


def test_two_pages_in_front_and_half_a_page_a_strand(base: KnowledgeBase, tmp_path: Path) -> None:
    if LIBREOFFICE is None or shutil.which("pdftotext") is None:
        pytest.skip("no LibreOffice on this machine")
    assessed(base)
    write_paper(tmp_path / "b.pdf", briefing_paper(base.report.brief(since=date(2001, 1, 1))))
    done = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "b.pdf"), "-"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    sheets = done.stdout.split("\f")
    assert "What we found" in sheets[0]
    assert "Where each strand stands" in sheets[0]
    assert "Contents" in sheets[1]
    assert sheets[2].strip().startswith("Strand by strand")
    (line,) = [line for line in sheets[1].splitlines() if line.startswith("Strand by strand")]
    assert line.split()[-1].endswith("3")


def test_without_an_office_a_pdf_is_refused_and_nothing_is_left(
    base: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = briefing_paper(base.report.brief())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="LibreOffice") as refused:
        write_paper(tmp_path / "b.pdf", paper)
    assert "docx" in refused.value.hint
    assert list(tmp_path.glob("*b.pdf*")) == []


def test_a_briefing_of_one_strand_is_of_that_alone(base: KnowledgeBase, tmp_path: Path) -> None:
    paper = briefing_paper(base.report.brief(strand="talent"))
    names = {row.name for row in base.assess.gaps().rows}
    words = "\n".join(paragraphs(paper))
    assert len([name for name in names if name in words]) == 1
    write_paper(tmp_path / "b.docx", paper)
    with pytest.raises(Refused, match="exists"):
        write_paper(tmp_path / "b.docx", paper)
    with pytest.raises(Unknown, match="odt"):
        write_paper(tmp_path / "b.odt", paper)


@pytest.fixture
def hostile(base: KnowledgeBase) -> Paper:
    """A paper in which everything from outside is hostile."""
    assessed(base)
    brief = base.report.brief()
    shown = {"counted": True, "why_not_counted": None}
    rows = [
        replace(row, title=text, organisation=text, quote=text, url=text, **shown)
        for row, text in zip(brief.overlaps.rows, HOSTILE * 20, strict=False)
    ]
    titles = dict.fromkeys(brief.titles, HOSTILE[0])
    return briefing_paper(
        replace(brief, titles=titles, overlaps=replace(brief.overlaps, rows=rows))
    )


def test_hostile_text_is_text_in_word(hostile: Paper, tmp_path: Path) -> None:
    document = written(hostile, tmp_path)
    assert "<script>alert(1)</script>" in "\n".join(p.text for p in document.paragraphs)
    links = [
        rel.target_ref for rel in document.part.rels.values() if rel.reltype.endswith("/hyperlink")
    ]
    assert all(link.startswith(("https://", "http://")) for link in links)


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Callable[[Paper], Any]]:
    """Opens a paper in a browser that may ask nobody for anything."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        asked: list[str] = []
        faults: list[str] = []
        page = browser.new_page(viewport={"width": 360, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: faults.append(message.text))

        def show(paper: Paper) -> Any:
            (tmp_path / "b.html").write_text(paper_page(paper), encoding="utf-8")
            page.goto((tmp_path / "b.html").as_uri())
            return page

        yield show
        assert asked == [(tmp_path / "b.html").as_uri()]
        assert faults == []
        browser.close()


def test_the_page_is_accessible_and_fits_a_phone(
    base: KnowledgeBase, shown: Callable[[Paper], Any]
) -> None:
    assessed(base)
    paper = briefing_paper(base.report.brief())
    page = shown(paper)
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360
    assert QUOTE in page.inner_text("main")
    for link in page.locator("nav a, main a[href^='#source']").all():
        assert page.locator(str(link.get_attribute("href"))).count() == 1


def test_hostile_text_is_text_on_the_page(hostile: Paper, shown: Callable[[Paper], Any]) -> None:
    page = shown(hostile)
    assert "<script>alert(1)</script>" in page.inner_text("main")
    assert page.locator("script").count() == 0
    assert page.locator("a:not([href^='#']):not([href^='http'])").count() == 0


def test_readers_outside_get_what_is_confirmed_and_the_public_no_quotes(
    base: KnowledgeBase,
) -> None:
    assessed(base)
    offer = base.workspace.declarations.offer
    for audience in (Audience.partner, Audience.public):
        paper = briefing_paper(base.report.brief(audience=audience))
        words = "\n".join(
            [*paragraphs(paper), paper.title, *(each.text for each in paper.headings)]
        )
        drawn = "".join(as_svg(b.drawing) for b in paper.blocks if isinstance(b, Picture))
        assert "Race equality programme one" in words
        assert ("another offers the same" in words) is True
        for private in (offer.offer.title, offer.strand[1].name, offer.strand[0].what, "proposal"):
            assert private not in words + drawn
        assert (QUOTE in words) is (audience == Audience.partner)
        assert ("Offers the same." in words) is (audience == Audience.partner)


def test_an_empty_home_has_a_paper_too(made_bare_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(made_bare_home, tmp_path / "home"))
    with kb.connect(home, by="ana") as base:
        paper = briefing_paper(base.report.brief(since=date(2001, 1, 1)))
        assert "nothing was done here yet" in "\n".join(paragraphs(paper))
        write_paper(tmp_path / "b.docx", paper)
        paper_page(paper)
        assert base.report.digest(date(2001, 1, 1)).sections == ()
        assert base.report.digest().sections == ()


def test_a_result_ties_nothing_to_a_strand_outside_that_is_merely_proposed(
    base: KnowledgeBase,
) -> None:
    slug = assessed(base)
    with base.snapshot() as now:
        number = next(each.id for each in now.register.values() if each.slug == slug)
    base.assess.note_result(slug, "more were shortlisted", quote=QUOTE)
    row = Assessment(
        initiative=number, strand="talent", person="ana", level=Level.overlaps, basis=Basis.proposed
    )
    with base.workspace.writing(ActKind.assess, "a proposal", subject=slug) as writing:
        writing.add(row)
    name = "Race equality programme one"
    inside = "\n".join(
        under(
            briefing_paper(base.report.brief()),
            "Inclusive recruitment, retention and talent management",
        )
    )
    assert name in inside
    for audience in (Audience.partner, Audience.public):
        paper = briefing_paper(base.report.brief(audience=audience))
        assert "Talent" not in [each.text for each in paper.headings]
        assert name in "\n".join(under(paper, "Peer learning"))
