"""Rules over every spider, and each on a saved page."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scrapy import Request
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from kb.collect.crawl import ADDRESSES, SPIDERS
from kb.contract import Page, Source
from spiders.base import SourceSpider
from spiders.listing import ListingSpider

SAVED = Path(__file__).parent / "saved"
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


def test_a_page_notes_where_it_was_asked_for() -> None:
    spider = ListingSpider(source())
    url = "https://www.a.example/new"
    response = answer(
        url, "<p>x</p>", redirect_urls=["https://www.a.example/old"], redirect_reasons=[301]
    )
    page = spider.page(response)
    assert (page.asked, page.permanent, page.status) == ("https://www.a.example/old", True, 200)
    assert not spider.page(answer(url, "<p>x</p>")).permanent
