"""The words of a page: nothing of its content is lost, and what stands beside it is left out."""

from statistics import mean

import pytest
import trafilatura
from gold_pages import f1, gold_pages, shares

from kb.collect.body import ReceivedBody
from kb.collect.reading import read

OPENING = (
    "The trust runs a race equality programme for its board and its staff, with reverse "
    "mentoring for each director."
)
MORE = "It is open to every member in the region who has not yet taken part in the scheme."
MENU = (
    "<nav><ul>"
    + "".join(f"<li><a href=/{n}>Section {n}</a></li>" for n in range(9))
    + "</ul></nav>"
)
FOOT = "<footer><ul><li>Privacy</li><li>Cookies</li></ul></footer>"
STYLE = "<style>" + " ".join(f".c{n} {{ margin : 0 }}" for n in range(400)) + "</style>"
SCRIPT = "<script>" + "var a = 1 ; " * 300 + "</script>"


def text(inner: str, head: str = "") -> str:
    page = f"<!doctype html><html><head><title>T</title>{head}</head><body>{inner}</body></html>"
    return read(ReceivedBody(page.encode(), "text/html", "https://a.example/x")).text


def lines(inner: str, head: str = "") -> list[str]:
    return text(inner, head).splitlines()


def main(*inner: str, name: str = "") -> str:
    begin = f"<main class='{name}'>" if name else "<main>"
    return f"{MENU}{begin}<h1>Programme</h1><p>{OPENING}</p>{''.join(inner)}</main>{FOOT}"


@pytest.mark.parametrize("name", ["page social-anchor", "newsletter", "related cookie"])
def test_no_name_takes_out_the_content_itself(name: str) -> None:
    assert lines(main(f"<p>{MORE}</p>", name=name) + SCRIPT) == ["Programme", OPENING, MORE]
    article = f"{STYLE}{MENU}<article class='{name}'><h1>P</h1><p>{OPENING}</p></article>{FOOT}"
    assert OPENING in text(article)
    holder = f"<div class='{name}'><h1>P</h1><p>{OPENING}</p></div><p>{MORE}</p>"
    assert OPENING in text(holder)


def test_what_an_article_is_filed_under_is_no_name_of_a_block() -> None:
    article = "<article class='post category-newsletter tag-social'><h1>P</h1><p>{}</p></article>"
    assert OPENING in text(STYLE + MENU + article.format(OPENING) + FOOT)


@pytest.mark.parametrize(
    "block",
    [
        "<section id='sharing-good-practice'><h2>Sharing good practice</h2><p>{}</p></section>",
        "<div class='testimonials'><p>{}</p></div>",
        "<div class='related'><h2>Kin</h2><p>{}</p></div>",
        "<div class='feedback promo'>{}</div>",
    ],
)
def test_sentences_within_the_content_stay_whatever_their_block_is_called(block: str) -> None:
    said = "Nine in ten directors said that it changed how they chair."
    assert said in lines(main(block.format(said), f"<p>{MORE}</p>"))


def test_words_within_a_sentence_are_no_block() -> None:
    said = "The <span class='share'>share</span> spent fell <strong class='promo'>by 40%</strong>."
    assert "The share spent fell by 40%." in text(main(f"<p>{said}</p>", f"<p>{MORE}</p>"))


def test_a_page_that_declares_no_content_keeps_its_sentences_too() -> None:
    said = "Ninety-two of a hundred directors said that it helped."
    block = f"<div class='feedback'><h2>F</h2><p>{said}</p></div>"
    assert said in text(f"{MENU}<h1>P</h1><p>{OPENING}</p>{block}<p>{MORE}</p>{FOOT}")


def test_a_heading_stays_whatever_its_anchor_is_called() -> None:
    inner = f"<h2 id='social-care-and-the-nhs'>Social care and the NHS</h2><p>{MORE}</p>"
    assert lines(main(inner)) == ["Programme", OPENING, "Social care and the NHS", MORE]


def test_links_without_a_sentence_go_by_the_name_of_their_block() -> None:
    block = "<div class='related-links'><ul><li><a href=/x>Another page</a></li></ul></div>"
    assert "Another page" not in text(main(f"<p>{MORE}</p>", block))


@pytest.mark.parametrize("last", ["", f"<p>{MORE}</p>"])
def test_lists_of_links_captions_and_headings_that_are_buttons(last: str) -> None:
    inner = (
        "<ul><li><a href=/a>Board development day</a></li><li><a href=/b>Allies network</a></li>"
        "</ul><figure><img src=x><figcaption>Launch of the charter in Leeds</figcaption></figure>"
        "<h3><button>Who can apply</button></h3>"
    )
    found = lines(main(inner, last))
    for each in ("- Board development day", "- Allies network", "Launch of the charter in Leeds"):
        assert each in found
    assert found.index("Launch of the charter in Leeds") < found.index("Who can apply")
    assert found[:2] == ["Programme", OPENING]


def test_definitions_summaries_and_cells_that_are_links() -> None:
    inner = (
        "<dl><dt><a href=/a>Mentoring</a></dt><dd><a href=/b>For chairs</a></dd></dl>"
        "<details><summary>How to join</summary><p>Write to the team of the trust.</p></details>"
        "<table><tr><td><a href=/c>Toolkit for boards</a></td><td>2024</td></tr></table>"
    )
    found = text(main(inner, f"<p>{MORE}</p>"))
    for each in ("Mentoring", "For chairs", "How to join", "Toolkit for boards"):
        assert each in found


def test_one_long_paragraph_in_a_div_is_content() -> None:
    body = f"{MENU}<h1>Mentoring</h1><div class='article-body'>{(OPENING + ' ') * 6}</div>{FOOT}"
    assert OPENING in text(body)
    assert "Section 3" not in text(body)


def test_short_pages_are_told_a_line_each() -> None:
    assert lines("<p>Some words stand here.</p><p>Others stand there.</p>") == [
        "Some words stand here.",
        "Others stand there.",
    ]


def test_what_stands_beside_the_content_is_left_out() -> None:
    beside = (
        "<aside>Beside it</aside><form><ul><li><a href=/q>Send it</a></li></ul></form>"
        "<div role='dialog'><ul><li><a href=/q>Accept all</a></li></ul></div>"
    )
    assert lines(main(beside, f"<p>{MORE}</p>")) == ["Programme", OPENING, MORE]


def test_a_page_that_is_one_form_is_read() -> None:
    found = lines("<form><main><h1>P</h1><ul><li><a href=/a>An offer</a></li></ul></main></form>")
    assert "An offer" in found


def test_a_page_that_calls_itself_news_leads_to_other_news() -> None:
    links = "<ul><li><a href=/a>Other news of the day</a></li></ul>"
    said = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    assert "Other news" in text(main(links, f"<p>{MORE}</p>"))
    assert "Other news" not in text(main(links, f"<p>{MORE}</p>"), said)


def test_a_selection_is_the_whole_content() -> None:
    page = f"<html><body><p>{MORE}</p><div id=x><p>{OPENING}</p></div></body></html>"
    body = ReceivedBody(page.encode(), "text/html", "https://a.example/x", "#x")
    assert read(body).text == OPENING


def test_of_pages_in_twelve_forms_no_less_is_found_than_by_the_extractor_alone() -> None:
    pages = gold_pages()
    assert len(pages) >= 60
    ours = [shares(page.gold, _read(page.body)) for page in pages]
    bare = [shares(page.gold, trafilatura.extract(page.body) or "") for page in pages]
    assert mean(f1(*each) for each in ours) >= 0.96
    assert mean(recall for _, recall in ours) >= mean(recall for _, recall in bare)


def _read(body: bytes) -> str:
    return read(ReceivedBody(body, "text/html", "https://a.example/x")).text


@pytest.mark.parametrize(
    ("last", "held"),
    [
        (
            "<div class=accordion-section><h2><button>How are chairs matched?</button></h2><div>"
            "<p>By region and by the type of the trust, each spring.</p></div></div>",
            ["How are chairs matched?"],
        ),
        (
            "<section><h2>Our partners</h2><ul><li><a href=/l>Leeds trust</a></li>"
            "<li><a href=/y>York trust</a></li></ul></section>",
            ["Our partners", "Leeds trust", "York trust"],
        ),
        (
            "<div class='related-projects'><h3>Projects of the programme</h3><ul>"
            "<li>Leeds mentoring circle</li><li>York allies</li></ul></div>",
            ["Projects of the programme", "Leeds mentoring circle"],
        ),
    ],
)
def test_what_ends_a_page_under_a_heading_of_its_own_is_content(last: str, held: list[str]) -> None:
    found = text(main(f"<p>{MORE}</p>", last))
    for each in held:
        assert each in found


@pytest.mark.parametrize("heading", ["Related articles", "Share this page", "Latest news"])
def test_what_ends_a_page_under_a_heading_that_leads_elsewhere_is_not(heading: str) -> None:
    links = "".join(f"<li><a href=/{n}>Another page {n}</a></li>" for n in range(3))
    found = text(main(f"<p>{MORE}</p>", f"<div><h2>{heading}</h2><ul>{links}</ul></div>"))
    assert "Another page" not in found


@pytest.mark.parametrize(
    "block",
    [
        "<div class='parental-consent'><h2>Parental consent</h2><p>Under 16 one signs.</p></div>",
        "<section class='section consent'><p>At 16 you may agree to treatment.</p></section>",
        "<div class='social-care'><p>Adult team: Unit 7</p></div>",
        "<div class='service social prescribing'><ul><li>Unit 7</li></ul></div>",
    ],
)
def test_consent_and_social_care_are_matters_of_content(block: str) -> None:
    held = text(main(block, f"<p>{MORE}</p>"))
    assert any(words in held for words in ("Under 16", "At 16", "Unit 7"))


def test_what_stands_with_the_heading_before_the_content_is_read() -> None:
    notice = "The programme is closed until further notice from 1 May."
    hero = f"<section class='hero'><h1>Programme</h1><p>{notice}</p></section>"
    page = f"{MENU}{hero}<main><p>{OPENING}</p><p>{MORE}</p></main>{FOOT}"
    assert notice in text(page)
    assert "Privacy" not in text(page)


@pytest.mark.parametrize("name", ["id='onetrust-consent-sdk'", "class='cc-consent wrapper'"])
def test_a_banner_of_consent_is_no_content(name: str) -> None:
    banner = f"<div {name}><p>We value your privacy and would like to count your visit.</p></div>"
    assert "privacy" not in text(f"{banner}<h1>Programme</h1><p>{OPENING}</p><p>{MORE}</p>")


def test_a_line_of_the_site_is_not_the_opening_of_a_page() -> None:
    banner = "<header><div><h1>The Trust</h1><p>Caring for the people of Leeds every day.</p></div>"
    page = f"{banner}</header><main><h2>Plan</h2><p>{OPENING}</p><p>{MORE}</p></main>"
    assert "Caring" not in text(page)
