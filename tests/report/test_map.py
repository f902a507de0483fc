"""The evidence map, opened in the machine's own Chromium."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe
from hostile import HOSTILE
from pages import held
from playwright.sync_api import Browser, Page, sync_playwright

import kb
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
    assert requests == [(tmp_path / "map.html").as_uri()]
    opened.close()


def members(content: EvidenceMap, strand: str, facet: str, code: str) -> list[str]:
    """The initiatives a cell should list, from the data that is exported."""
    return [
        each.title
        for each in content.initiatives
        if strand in each.strands and code in each.codes[facet]
    ]


def test_click_and_keyboard_reach_what_a_cell_holds(page: Page, content: EvidenceMap) -> None:
    page.select_option("#down", "all")
    cell = page.locator('button[data-strand="peer-learning"][data-code="peer-learning"]')
    cell.click()
    expected = members(content, "peer-learning", "means", "peer-learning")
    assert page.locator("#list > li").count() == len(expected) > 0
    assert QUOTE in page.locator("#list").inner_text()
    assert page.evaluate("document.activeElement.id") == "listed-title"
    page.locator("#close").click()
    assert page.locator("#listed").is_hidden()
    assert cell.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    assert page.locator("#list > li").count() == len(expected)


def test_every_cell_can_be_reached_by_tab_alone(page: Page) -> None:
    cells = page.locator("td.cell > button")
    assert cells.count() > 50
    assert page.evaluate(
        "[...document.querySelectorAll('td.cell > button')].every(each => each.tabIndex === 0)"
    )
    assert page.evaluate(
        "[...document.querySelectorAll('td.cell > button')]"
        ".every(each => each.getAttribute('aria-label').includes(': '))"
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


def test_a_confirmed_assessment_alone_is_shown_when_asked(page: Page) -> None:
    page.select_option("#down", "all")
    page.select_option("#basis", "confirmed")
    assert page.locator(".cell .chip.duplicates").all_inner_texts() == ["1 same"]
    assert page.locator(".cell .chip.overlaps").count() == 0


def test_the_view_is_in_the_address(page: Page, browser: Browser) -> None:
    page.select_option("#across", "audience")
    page.select_option("#view", "table")
    assert "across=audience" in unquote(page.url)
    other = browser.new_page()
    other.goto(page.url)
    assert other.input_value("#across") == "audience"
    assert other.locator("#map table thead th").nth(1).inner_text() == "Initiative"
    other.close()


@pytest.mark.parametrize("width", [320, 1280, 2560])
def test_nothing_keeps_anyone_out(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("td.cell > button").first.click()
    for view in ("map", "table"):
        page.select_option("#view", view)
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


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
    opened.goto((tmp_path / "hostile.html").as_uri() + "#view=table&down=all")
    titles = opened.locator("#map tbody td:nth-child(2)").all_text_contents()
    assert len(titles) == len(HOSTILE)
    assert "<script>alert(1)</script>" in titles
    assert opened.locator("#map a").count() == 0
    assert opened.locator("img").count() == 0
    assert faults == []
    opened.close()


def test_a_map_is_the_same_for_the_same_data(content: EvidenceMap) -> None:
    assert map_page(content) == map_page(content)
