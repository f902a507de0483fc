"""Rules over every spider, and each on a saved page."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from kb.collect.crawl import ADDRESSES, SPIDERS
from kb.contract import Noted, Page, Source
from kb.errors import BadAnswer
from kb.failures import FailureKind
from spiders.addresses import AddressesSpider
from spiders.base import SourceSpider
from spiders.feed import FeedSpider
from spiders.govuk import GovukSpider
from spiders.listing import ListingSpider
from spiders.sitemap import SitemapSpider
from spiders.wordpress import WordpressSpider

SAVED = Path(__file__).parent / "saved"
SITE = "https://www.a.example"
LOADER = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["spiders"]}))


def source(**fields: object) -> Source:
    values = {
        "name": "a-site",
        "organisation": "A Body",
        "shape": "listing",
        "start": ("https://www.a.example/work/",),
    }
    return Source(**values | fields)  # type: ignore[arg-type]


def answer(url: str, body: str, **meta: object) -> HtmlResponse:
    return HtmlResponse(url, body=body.encode(), request=Request(url, meta=meta))


@pytest.mark.parametrize("name", LOADER.list())
def test_every_spider_is_a_source_spider_of_its_file(name: str) -> None:
    spider = LOADER.load(name)
    assert issubclass(spider, SourceSpider)
    assert spider.__module__ == f"spiders.{name}"
    assert spider.__name__ == f"{name.title()}Spider"


def test_every_shape_that_is_crawled_has_its_spider() -> None:
    assert {*SPIDERS.values(), ADDRESSES} == set(LOADER.list())


def split(matches: Iterator[Page | Request]) -> tuple[list[Page], list[Request]]:
    every = list(matches)
    return (
        [each for each in every if isinstance(each, Page)],
        [each for each in every if isinstance(each, Request)],
    )


def test_a_listing_gives_itself_its_documents_and_what_continues_it() -> None:
    spider = ListingSpider(source(follow=("/work/",)))
    saved = (SAVED / "listing.html").read_text()
    pages, requests = split(spider.parse(answer("https://www.a.example/work/", saved)))
    assert [page.key for page in pages] == ["https://a.example/work"]
    assert [(r.url, r.callback.__name__) for r in requests] == [  # type: ignore[union-attr]
        ("https://www.a.example/work/one", "parse_document"),
        ("https://www.a.example/work/two?lang=en", "parse_document"),
        ("https://www.a.example/work/?page=2", "parse"),
    ]


def test_a_listing_without_main_is_read_whole() -> None:
    spider = ListingSpider(source())
    _, requests = split(
        spider.parse(answer("https://www.a.example/work/", "<body><a href=/x>x</a></body>"))
    )
    assert [request.url for request in requests] == ["https://www.a.example/x"]


def saved_answer(url: str, name: str) -> HtmlResponse:
    return answer(url, (SAVED / name).read_text())


def test_a_sitemap_gives_the_followed_part_the_newest_first() -> None:
    spider = SitemapSpider(source(shape="sitemap", follow=("/work/",)))
    requests = list(spider.parse_sitemap(saved_answer(f"{SITE}/sitemap.xml", "sitemap.xml")))
    assert [request.url for request in requests] == [f"{SITE}/work/newer", f"{SITE}/work/older"]


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
RSS = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>{}</channel></rss>'


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        (SITEMAP.format(f"<url><loc>{SITE}/a?b=1&c=2</loc></url>"), ["/a?b=1&c=2"]),
        (SITEMAP.format(f"<url><loc>{SITE}/a?b=1&amp;c=2</loc></url>"), ["/a?b=1&c=2"]),
        (f"\ufeff{SITE}/a\n{SITE}/b\n", ["/a", "/b"]),
        (RSS.format(f"<item><link>{SITE}/a</link></item>"), ["/a"]),
    ],
)
def test_a_sitemap_is_read_in_each_of_its_forms(body: str, paths: list[str]) -> None:
    spider = SitemapSpider(source(shape="sitemap"))
    requests = list(spider.parse_sitemap(answer(f"{SITE}/sitemap.xml", body)))
    assert [request.url for request in requests] == [f"{SITE}{path}" for path in paths]


def test_what_is_named_a_feed_and_is_none_is_said() -> None:
    with pytest.raises(BadAnswer, match="is no feed"):
        list(FeedSpider(source(shape="feed")).parse(answer(f"{SITE}/feed/", "<h1>Log in</h1>")))


@pytest.mark.parametrize(
    "written", ["<dc:date>2024-09-02T23:30:00Z</dc:date>", "<pubDate>02 Sept 2024</pubDate>"]
)
def test_a_date_of_an_entry_is_read_in_the_forms_that_sites_use(written: str) -> None:
    body = RSS.format(f"<item><link>{SITE}/a</link>{written}</item>")
    (request,) = FeedSpider(source(shape="feed")).parse(answer(f"{SITE}/feed/", body))
    hints = request.cb_kwargs or request.meta["hints"]
    assert (hints["published_on"], hints["updated_on"]) == (date(2024, 9, 2), None)


def test_a_feed_gives_its_pages_with_key_and_date() -> None:
    spider = FeedSpider(source(shape="feed"))
    requests = list(spider.parse(saved_answer(f"{SITE}/feed/", "feed.xml")))
    assert [(request.url, request.cb_kwargs or request.meta["hints"]) for request in requests] == [
        (
            f"{SITE}/work/mentoring",
            {"key": "a-site-17", "published_on": date(2026, 11, 2), "updated_on": None},
        ),
        (f"{SITE}/work/plain", {"key": None, "published_on": None, "updated_on": None}),
    ]


def test_a_wordpress_api_gives_its_open_posts_and_the_files_they_link_to() -> None:
    spider = WordpressSpider(source(shape="wordpress", follow=("/work/",)))
    response = saved_answer(f"{SITE}/wp-json/wp/v2/posts", "wordpress.json")
    pages, requests = split(spider.parse_posts(response, f"{SITE}/wp-json/", "posts", "", 1, None))
    (page,) = pages
    assert (page.key, page.url, page.title) == ("post:7", f"{SITE}/work/allies/", "Allies & boards")
    assert (page.published_on, page.updated_on) == (date(2026, 1, 5), date(2026, 2, 6))
    assert [request.url for request in requests] == [f"{SITE}/files/guide.pdf"]


def test_govuk_gives_items_of_the_site_and_the_next_results() -> None:
    spider = GovukSpider(source(shape="govuk"))
    response = saved_answer(f"{SITE}/api/search.json", "govuk_results.json")
    item, following = spider.parse_results(response, SITE, "race", 0)
    assert item.url == f"{SITE}/api/content/government/publications/race-report"
    assert following.callback == spider.parse_results


def test_a_govuk_item_is_a_page_with_its_files_and_its_html_publications() -> None:
    spider = GovukSpider(source(shape="govuk"))
    path = "/government/publications/race-report"
    pages, requests = split(
        spider.parse_content(saved_answer(f"{SITE}/api/content{path}", "govuk_content.json"))
    )
    (page,) = pages
    assert (page.key, page.url, page.title) == ("0a1b", f"{SITE}{path}", "Race report")
    assert (page.published_on, page.updated_on) == (date(2025, 4, 1), date(2026, 4, 2))
    assert [request.url for request in requests] == [
        f"{SITE}/files/report.pdf",
        f"{SITE}/api/content{path}/in-full",
    ]


def test_an_address_is_a_page_and_nothing_is_followed() -> None:
    spider = AddressesSpider(source())
    pages, requests = split(spider.parse_document(saved_answer(f"{SITE}/work/", "listing.html")))
    assert [page.key for page in pages] == ["https://a.example/work"]
    assert requests == []


def test_a_page_notes_where_it_was_asked_for() -> None:
    spider = ListingSpider(source())
    url = "https://www.a.example/new"
    response = answer(
        url, "<p>x</p>", redirect_urls=["https://www.a.example/old"], redirect_reasons=[301]
    )
    page = spider.page(response)
    assert (page.requested, page.permanent, page.status) == ("https://www.a.example/old", True, 200)
    assert not spider.page(answer(url, "<p>x</p>")).permanent


def test_a_wordpress_lists_the_types_it_made_for_itself() -> None:
    spider = WordpressSpider(source(shape="wordpress"))
    kinds = {
        "post": {"rest_base": "posts"},
        "attachment": {"rest_base": "media"},
        "resource": {"rest_base": "resources"},
        "elsewhere": {"rest_base": "x", "rest_namespace": "other/v1"},
        "broken": None,
        "worse": {"rest_base": "../users"},
    }
    response = answer(f"{SITE}/wp-json/wp/v2/types", json.dumps(kinds))
    asked = [request.url for request in spider.parse_types(response, f"{SITE}/wp-json/")]
    assert [url.partition("?")[0] for url in asked] == [f"{SITE}/wp-json/wp/v2/resources"]


def posts(count: int, total: str | None) -> HtmlResponse:
    headers = {"X-WP-TotalPages": total} if total else {}
    return answer(f"{SITE}/wp-json/wp/v2/posts", json.dumps([{"id": 0}] * count)).replace(
        headers=headers
    )


@pytest.mark.parametrize(
    ("count", "total", "more"),
    [(100, None, True), (7, None, False), (50, "3", True), (50, "2", False), (0, "9", False)],
)
def test_posts_are_asked_for_until_a_short_page(count: int, total: str | None, more: bool) -> None:
    spider = WordpressSpider(source(shape="wordpress"))
    found = spider.parse_posts(posts(count, total), f"{SITE}/wp-json/", "posts", "", 2, None)
    assert [request.url for request in found if "page=3" in request.url] == (
        [spider.listed(f"{SITE}/wp-json/", "posts", "", 3).url] if more else []
    )


def test_files_in_frames_are_files_and_those_we_cannot_read_are_noted() -> None:
    body = (
        "<main><h1>Plan</h1><a href='/old.doc'>Old</a><a href='/slides.pptx'>Slides</a>"
        "<iframe src='/plan.pdf'></iframe><iframe src='/viewer?file=/other.pdf'></iframe>"
        "<object data='https://elsewhere.example/x.pdf'></object></main>"
    )
    spider = ListingSpider(source())
    response = answer(f"{SITE}/work/x", body)
    found = list(spider.parse_document(response))
    assert [each.url for each in found if isinstance(each, Request)] == [
        f"{SITE}/slides.pptx",
        f"{SITE}/plan.pdf",
        f"{SITE}/other.pdf",
    ]
    assert [(each.failure, each.url) for each in found if isinstance(each, Noted)] == [
        (FailureKind.other_format, f"{SITE}/old.doc")
    ]
