"""The evidence map, opened in the machine's own Chromium."""

import re
import shutil
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile import HOSTILE
from pages import held
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from pypdf import PdfReader

import kb
from kb.assess.positions import Position
from kb.base import KnowledgeBase
from kb.keep.decisions import Decision, Level
from kb.report.evidence_map import EvidenceMap
from kb.report.map_page import map_page, write_map

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def content(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> EvidenceMap:
    """The map of the real register, with one assessment confirmed."""
    home = Path(shutil.copytree(made_home, tmp_path_factory.mktemp("map") / "home"))
    with kb.connect(home, by="ana") as base:
        (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
        slug = row.initiatives[0]
        base.register.tag(
            slug, ["role=support", "reach=england", "status=active", "audience=chairs"]
        )
        base.register.tag(slug, ["means=peer-learning", "kind=network"])
        base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
        return base.report.map()


@pytest.fixture
def page(browser: Browser, content: EvidenceMap, tmp_path: Path) -> Iterator[Page]:
    write_map(tmp_path / "map.html", content)
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    faults: list[str] = []
    requests: list[str] = []
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto((tmp_path / "map.html").as_uri())
    yield opened
    assert faults == []
    assert set(requests) == {(tmp_path / "map.html").as_uri()}
    opened.close()


def members(content: EvidenceMap, strand: str, facet: str, column: int) -> list[str]:
    """The initiatives a cell should list, from the data that is exported."""
    codes = content.columns[facet][column].codes
    return [
        each.title
        for each in content.initiatives
        if strand in each.strands and set(codes) & set(each.codes[facet])
    ]


def cell_of(page: Page, content: EvidenceMap, strand: str, column: str) -> Locator:
    """The button of a cell."""
    down = [each.key for each in content.strands].index(strand)
    across = [each.name for each in content.columns["means"]].index(column)
    return page.locator(f'button[data-strand="{down}"][data-column="{across}"]')


def test_click_and_keyboard_reach_what_a_cell_holds(page: Page, content: EvidenceMap) -> None:
    cell = cell_of(page, content, "peer-learning", "Meeting peers")
    cell.click()
    expected = members(content, "peer-learning", "means", 0)
    assert page.locator("#list > li").count() == len(expected) > 0
    first = page.locator("#list > li").first.inner_text()
    assert QUOTE in first
    assert "offers the same; counts" in first
    assert "seen 1 November 2026" in first
    assert page.evaluate("document.activeElement.id") == "listed-title"
    assert "cell=peer-learning" in unquote(page.url)
    page.locator("#close").click()
    assert page.locator("#listed").is_hidden()
    assert cell.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    assert page.locator("#list > li").count() == len(expected)
    page.keyboard.press("Escape")
    assert page.locator("#listed").is_hidden()


def test_every_strand_and_at_most_eight_columns_are_there(page: Page, content: EvidenceMap) -> None:
    names = page.locator("#map tbody th .name").all_inner_texts()
    assert names == [each.name for each in content.strands]
    assert len(names) == 10
    for facet in content.columns:
        page.select_option("#across", facet)
        assert page.locator("#map thead th").count() - 1 <= 8
        known = {code for each in content.columns[facet] for code in each.codes}
        used = {code for each in content.initiatives for code in each.codes[facet]}
        assert used <= known


def test_a_cell_is_a_picture_of_number_and_certainty(page: Page, content: EvidenceMap) -> None:
    cell = cell_of(page, content, "peer-learning", "Meeting peers")
    label = cell.get_attribute("aria-label") or ""
    assert "another offers the same" in label
    assert "1 confirmed" in label
    assert cell.locator("rect.sound").count() == 1
    assert cell.locator(".bars rect.full").count() == 3
    (strand,) = [each for each in content.strands if each.key == "peer-learning"]
    assert strand.position == "served"
    empty = page.locator("td.cell > button.unlooked")
    assert empty.count() > 0
    assert empty.first.inner_text() == ""
    assert "not enough assessed" in (empty.first.get_attribute("aria-label") or "")
    page.select_option("#basis", "confirmed")
    assert page.locator("#map rect.proposed").count() == 0
    assert page.locator("#map rect.sound").count() == 1


def test_looked_at_and_not_looked_at_are_told_apart(
    content: EvidenceMap, browser: Browser, tmp_path: Path
) -> None:
    cells = {
        facet: {key: [Position.none_found] * len(row) for key, row in rows.items()}
        for facet, rows in content.cells.items()
    }
    write_map(tmp_path / "m.html", replace(content, initiatives=[], cells=cells))
    opened = browser.new_page()
    opened.goto((tmp_path / "m.html").as_uri())
    assert opened.locator("td.cell > button.looked").count() == 80
    assert opened.locator("td.cell > button.unlooked").count() == 0
    backgrounds = opened.evaluate(
        """() => ["looked", "unlooked"].map((name) => {
          const each = document.querySelector(`.swatch.${name}`);
          return getComputedStyle(each).backgroundImage;
        })"""
    )
    assert len(set(backgrounds)) == 2
    opened.close()


def test_every_cell_can_be_reached_by_tab_alone(page: Page) -> None:
    cells = page.locator("td.cell > button")
    assert cells.count() == 80
    page.locator("#reset").focus()
    for _ in range(3):
        page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.closest('td.cell') !== null")
    assert reached
    assert page.evaluate(
        "[...document.querySelectorAll('td.cell > button')]"
        ".every(each => each.tabIndex === 0 && each.getAttribute('aria-label').includes(': '))"
    )


def test_filters_count_as_the_data_says(page: Page, content: EvidenceMap) -> None:
    initiatives = content.initiatives
    practice = [each for each in initiatives if "practice" in each.codes["role"]]
    page.select_option("#role", "practice")
    assert page.locator("#count").inner_text().startswith(f"{len(practice)} of {len(initiatives)} ")
    page.select_option("#role", "")
    page.fill("#words", "mentoring")
    assert 0 < int(page.locator("#count").inner_text().split()[0]) < len(initiatives)
    page.click("#reset")
    assert page.locator("#count").inner_text().startswith(f"{len(initiatives)} of ")


def test_filters_fold_away_on_a_phone(
    browser: Browser, content: EvidenceMap, tmp_path: Path
) -> None:
    write_map(tmp_path / "m.html", content)
    for width, shown in ((375, False), (1280, True)):
        opened = browser.new_page(viewport={"width": width, "height": 800})
        opened.goto((tmp_path / "m.html").as_uri())
        assert opened.locator("#role").is_visible() is shown
        opened.locator("#filters > summary").press("Enter")
        assert opened.locator("#role").is_visible() is not shown
        opened.close()


def test_the_view_is_in_the_address(page: Page, browser: Browser) -> None:
    page.select_option("#across", "audience")
    page.select_option("#view", "table")
    assert "across=audience" in unquote(page.url)
    other = browser.new_page()
    other.goto(page.url)
    assert other.input_value("#across") == "audience"
    assert other.locator("#map table thead th").nth(1).inner_text() == "Initiative"
    other.close()


def test_the_table_is_sorted_by_any_column(page: Page) -> None:
    page.select_option("#view", "table")

    def column() -> list[str]:
        return page.locator("#map tbody td:nth-child(3)").all_inner_texts()

    page.locator("#map thead button").nth(2).click()
    rising = column()
    assert page.locator("#map thead th").nth(2).get_attribute("aria-sort") == "ascending"
    page.locator("#map thead button").nth(2).press("Enter")
    assert page.locator("#map thead th").nth(2).get_attribute("aria-sort") == "descending"
    assert column() == sorted(rising, key=rising.index, reverse=True) or column() != rising
    assert rising[0].casefold() <= rising[-1].casefold()
    assert column()[0].casefold() >= column()[-1].casefold()
    assert page.evaluate("document.activeElement.textContent") == "Organisation"


@pytest.mark.parametrize("width", [320, 360, 1280, 2560])
def test_nothing_keeps_anyone_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.reload()
    page.locator("td.cell > button").first.click()
    for view in ("map", "table"):
        page.evaluate("document.getElementById('filters').open = true")
        page.select_option("#view", view)
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        widest = page.evaluate(
            "Math.max(...[...document.querySelectorAll('#map *, .cards *')]"
            ".filter(each => each.checkVisibility() && !each.closest('.head'))"
            ".map(each => each.getBoundingClientRect().right))"
        )
        assert widest <= width + 1
    page.select_option("#view", "map")
    smallest = page.evaluate(
        "Math.min(...[...document.querySelectorAll('td.cell > button')]"
        ".map(each => Math.min(each.offsetWidth, each.offsetHeight)))"
    )
    assert smallest >= 24  # px, WCAG 2.2, 2.5.8


def test_with_forced_colours_and_without_motion_it_is_still_told_apart(
    content: EvidenceMap, browser: Browser, tmp_path: Path
) -> None:
    write_map(tmp_path / "m.html", content)
    opened = browser.new_page(forced_colors="active", reduced_motion="reduce")
    opened.goto((tmp_path / "m.html").as_uri())
    fills = opened.evaluate(
        """() => ["sound", "again", "proposed"].map((name) =>
          getComputedStyle(document.querySelector(`#legend .${name}`)).fill)"""
    )
    assert len(set(fills)) == 3
    assert opened.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    opened.close()


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_on_paper_everything_is_opened_and_nothing_is_cut(
    page: Page, content: EvidenceMap, tmp_path: Path, paper: str
) -> None:
    page.pdf(path=tmp_path / "m.pdf", format=paper, landscape=True)
    reader = PdfReader(tmp_path / "m.pdf")
    first = reader.pages[0].mediabox
    assert first.width > first.height
    words = plain("".join(each.extract_text() for each in reader.pages))
    for strand in content.strands:
        assert words.count(plain(strand.name)) >= 2
    for name in [column.name for column in content.columns["means"]] + content.scanned.never:
        assert plain(name) in words


def plain(text: str) -> str:
    """Without ligatures, and without what the end of a line takes or adds."""
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text))


def test_what_is_hostile_is_text(base: KnowledgeBase, browser: Browser, tmp_path: Path) -> None:
    content = base.report.map()
    first = content.initiatives[0]
    strand, assessment = next(iter(first.strands.items()))
    hostile = [
        replace(
            first,
            title=text,
            organisation=text,
            url=text,
            slug=str(number),
            strands={strand: replace(assessment, quote=text, why_not=text)},
        )
        for number, text in enumerate(HOSTILE)
    ]
    content = replace(content, title=HOSTILE[4], initiatives=hostile)
    write_map(tmp_path / "hostile.html", content)
    opened = browser.new_page()
    faults: list[str] = []
    opened.on("dialog", lambda dialog: (faults.append(dialog.message), dialog.dismiss()))
    opened.on("console", lambda message: faults.append(message.text))
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto((tmp_path / "hostile.html").as_uri() + "#view=table")
    titles = opened.locator("#map tbody td:nth-child(2)").all_text_contents()
    assert len(titles) == len(HOSTILE)
    assert "<script>alert(1)</script>" in titles
    assert opened.locator("#map a").count() == 0
    assert opened.locator("img").count() == 0
    assert faults == []
    opened.close()


def test_a_map_is_the_same_for_the_same_data(content: EvidenceMap) -> None:
    assert map_page(content) == map_page(content)
