"""When a page was published and updated: as it says, with where it says so, else not at all."""

from datetime import date

import pytest
from lxml import html

from kb.collect.page_dates import PageDates, calls_itself_news, dates_of

MAIN = "<main><h1>A programme</h1><p>It offers mentoring to chairs.</p>{}</main>"


def dates(head: str = "", inner: str = "", after: str = "") -> PageDates:
    body = MAIN.format(inner) + after
    return dates_of(html.fromstring(f"<html><head>{head}</head><body>{body}</body></html>"))


def test_the_head_says_both() -> None:
    said = dates(
        '<meta property="article:published_time" content="2024-03-01T10:00:00Z">'
        '<meta property="article:modified_time" content="2025-05-06">'
    )
    assert said == PageDates(date(2024, 3, 1), "meta", date(2025, 5, 6), "meta")


def test_what_says_only_when_it_was_updated_was_published_nobody_knows_when() -> None:
    said = dates('<meta property="article:modified_time" content="2025-05-06T10:00:00+00:00">')
    assert said == PageDates(None, "", date(2025, 5, 6), "meta")


@pytest.mark.parametrize(
    "written",
    [
        '{"@type": "Article", "datePublished": "2024-03-01", "dateModified": "2025-05-06"}',
        '{"@graph": [{"@type": "WebPage", "datePublished": "2020-01-01"}, '
        '{"@type": ["BlogPosting"], "datePublished": "2024-03-01", "dateModified": "2025-05-06"}]}',
        '[{"@type": "Event", "datePublished": "2023-01-01"}, '
        '{"@type": "WebPage", "datePublished": "2024-03-01", "dateModified": "2025-05-06"}]',
    ],
)
def test_json_ld_of_the_page_itself(written: str) -> None:
    said = dates(f'<script type="application/ld+json">{written}</script>')
    assert said == PageDates(date(2024, 3, 1), "json-ld", date(2025, 5, 6), "json-ld")


@pytest.mark.parametrize(
    "broken", ["{", "[" * 100_000, "null", '{"@type": {}, "datePublished": []}', '{"@graph": 3}']
)
def test_json_ld_that_is_none_costs_only_itself(broken: str) -> None:
    said = dates(
        f'<script type="application/ld+json">{broken}</script>'
        '<meta property="article:published_time" content="2024-03-01">'
    )
    assert said.published == date(2024, 3, 1)


@pytest.mark.parametrize(
    "line",
    [
        "<p>Published 1 March 2024</p><p>Last updated: 6 May 2025</p>",
        "<p>Published: 1 March 2024 | Updated on 6 May 2025</p>",
        "<dl><dt>Published</dt><dd>1 March 2024</dd><dt>Last updated</dt><dd>6 May 2025</dd></dl>",
        "<div><strong>Date published:</strong> 1 March 2024 <b>Last modified</b> 6 May 2025</div>",
        "<p>Posted by the equality team on 1 March 2024</p><footer>Page updated 6/5/2025</footer>",
    ],
)
def test_a_line_that_says_so(line: str) -> None:
    assert dates(inner=line) == PageDates(date(2024, 3, 1), "text", date(2025, 5, 6), "text")


@pytest.mark.parametrize(
    "line",
    [
        "<p>ref 2019-11-12-44</p>",
        "<p>The strategy was published 3 June 2023 in Leeds.</p>",
        "<p>Our next event is on 3 June 2023.</p>",
        "<ul><li>Published 3 June 2023</li><li>Published 4 July 2024</li></ul>",
        "<p>Published 31 February 2024</p>",
        "<footer>© 2024 The trust</footer>",
    ],
)
def test_no_day_is_made_up(line: str) -> None:
    assert dates(inner=line) == PageDates()


def test_a_time_of_the_content_is_its_own_and_one_of_a_list_is_not() -> None:
    own = dates(inner="<time datetime='2024-03-01T09:00+00:00'>1 March</time>")
    assert own == PageDates(date(2024, 3, 1), "time")
    others = "<aside><time datetime='2023-01-02'>2 January</time></aside>"
    assert dates(after=others) == PageDates()


def test_a_line_under_the_heading_that_is_a_day() -> None:
    said = dates(inner="<p class='post-date'>Friday 1 March 2024</p>")
    assert said == PageDates(date(2024, 3, 1), "text")


def test_a_page_may_call_itself_news() -> None:
    said = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    assert calls_itself_news(html.fromstring(f"<html><head>{said}</head><body>x</body></html>"))
    assert not calls_itself_news(html.fromstring("<html><body>x</body></html>"))


@pytest.mark.parametrize(
    "inner",
    [
        "<p>Closing date: <time datetime='2024-04-01'>1 April</time></p>",
        "<p><strong>Next review:</strong> <time datetime='2024-04-01'>1 April</time></p>",
        "<p>The hospital opened on <time>1 April 1995</time>.</p>",
        "<div class='event-card'><span class='date'>1 April 2024</span></div>",
        "<div id='comments'><p>Posted on 5 May 2022 by Jo</p></div>",
        "<p>Published 12 Marching 2024</p>",
        "<h2>Closing date</h2><p><time datetime='2024-04-01'>1 April 2024</time></p>",
        "<dl><dt>Deadline</dt><dd><time datetime='2024-04-01'>1 April 2024</time></dd></dl>",
        "<div class='webinar'><p class='date'>2 January 2024</p></div>",
        "<p>Closing date</p><p><time datetime='2024-04-01'>1 April 2024</time></p>",
        "<div>Interview date</div><div class='date'>12 March 2026</div>",
        "<p>Published 3 June 2019 in a journal, the study found it.</p>",
    ],
)
def test_the_days_of_other_things_are_not_the_page_s(inner: str) -> None:
    assert dates(inner=inner) == PageDates()


def test_what_was_updated_before_it_was_published_was_not() -> None:
    said = dates(
        '<meta property="article:published_time" content="2024-03-01">'
        '<meta property="article:modified_time" content="2020-03-01">'
    )
    assert said == PageDates(date(2024, 3, 1), "meta")


@pytest.mark.parametrize(
    "line",
    [
        "Published 3 June 2020, updated 4 June 2024",
        "Published: 3 June 2020 - Updated: 4 June 2024",
        "First published 3 June 2020 / Last updated 4 June 2024",
    ],
)
def test_one_line_may_say_both(line: str) -> None:
    said = dates(inner=f"<p>{line}</p>")
    assert (said.published, said.updated) == (date(2020, 6, 3), date(2024, 6, 4))


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="DCTERMS.issued" content="2024-03-01">',
        '<meta name="dc.date.issued" content="2024-03-01">',
        '<script type="application/ld+json">'
        '{"@type": ["Thing", "BlogPosting"], "datePublished": "2024-03-01"}</script>',
    ],
)
def test_names_are_read_however_they_are_spelt(head: str) -> None:
    assert dates(head).published == date(2024, 3, 1)
