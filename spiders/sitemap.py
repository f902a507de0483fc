"""Sitemaps: what a site lists for machines. The protocol is that of sitemaps.org."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree
from scrapy import Request
from scrapy.http import Response
from scrapy.utils.gz import gunzip
from scrapy.utils.sitemap import Sitemap, sitemap_urls_from_robots

from kb.errors import BadAnswer
from kb.failures import FailureKind
from spiders.base import Found, SourceSpider
from spiders.feed import entries

GZIP_MAGIC = b"\x1f\x8b"
MOST_BYTES = 50_000_000  # the protocol's limit for one sitemap, unpacked
FEEDS = ("rss", "feed", "RDF")  # sitemaps.org/protocol.html#otherformats
BARE_AMPERSAND = re.compile(rb"&(?!#?\w{1,31};)")  # a parser that goes on drops what follows it
USUAL = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")


class SitemapSpider(SourceSpider):
    """Reads sitemaps and their indexes, those that robots.txt names too; newest pages first."""

    name = "sitemap"

    async def start(self) -> AsyncIterator[Request]:
        """The declared sitemaps; for a page, what robots.txt of its host names."""
        for address in self.source.start:
            yield self.begin(address)

    def begin(self, address: str) -> Request:
        """The first request for a sitemap, or for the site that has one."""
        if urlsplit(address).path.endswith((".xml", ".gz")):
            return self.request(address, self.parse_sitemap)
        robots = urljoin(address, "/robots.txt")
        return Request(
            robots,
            callback=self.parse_robots,
            errback=self.without_robots,
            meta={"optional": True, "handle_httpstatus_list": [404, 403, 410]},
            dont_filter=True,
        )

    def parse_robots(self, response: Response) -> Iterator[Request]:
        """What robots.txt names, else the usual places."""
        urls = list(sitemap_urls_from_robots(response.body, base_url=response.url))
        if response.status == 200 and urls:
            for url in urls:
                yield self.request(url, self.parse_sitemap)
        else:
            yield from self.usual(response.url)

    def without_robots(self, failure: object) -> Iterator[Request]:
        """Without robots.txt, the usual places of the declared hosts."""
        for address in self.source.start:
            yield from self.usual(address)

    def usual(self, address: str) -> Iterator[Request]:
        """Where a sitemap stands when nobody says where."""
        for path in USUAL:
            yield self.request(urljoin(address, path), self.parse_sitemap, optional=True)

    def parse_sitemap(self, response: Response) -> Iterator[Found]:
        """The sitemaps of an index, or the pages of a sitemap."""
        sitemap = _sitemap(response)
        if sitemap is None:
            if response.meta.get("optional"):  # one of the usual places: there is none
                return
            raise BadAnswer(FailureKind.no_sitemap, f"{response.url} is no sitemap")
        kind, every = sitemap
        if kind in FEEDS:
            yield from entries(self, response)
            return
        held = [entry for entry in every if self.source.holds(str(entry.get("loc")))]
        if kind == "sitemapindex":
            for entry in held:
                yield self.request(str(entry["loc"]), self.parse_sitemap)
            return
        held.sort(key=lambda entry: str(entry.get("lastmod", "")), reverse=True)
        for entry in held:
            for url in self.followed([str(entry["loc"])]):
                yield self.leaf(url, lastmod=str(entry.get("lastmod", "")))


def _sitemap(response: Response) -> tuple[str, list[dict[str, Any]]] | None:
    """What kind of sitemap or feed an answer is, with its entries; None for what is neither.

    A plain text of addresses, a line each, is one too: sitemaps.org/protocol.html#otherformats.
    """
    body = response.body
    if body[:2] == GZIP_MAGIC:
        try:
            body = gunzip(body, max_size=MOST_BYTES)
        except (EOFError, OSError, ValueError):
            return None
    lines = body.decode("utf-8-sig", "replace").split()
    if lines and all(line.startswith(("http://", "https://")) for line in lines):
        return "urlset", [{"loc": line} for line in lines]
    try:
        sitemap = Sitemap(BARE_AMPERSAND.sub(b"&amp;", body))
        every = list(sitemap)
    except (etree.LxmlError, ValueError, RuntimeError, StopIteration, AttributeError):
        return None
    return (sitemap.type, every) if sitemap.type in ("sitemapindex", "urlset", *FEEDS) else None
