"""Listing pages: what they link to are the documents, and so are they themselves."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse

from kb.contract import Page, within
from spiders.base import SourceSpider

LINKS = "main a, article a, [role=main] a, #content a, #main a"
NEXT = "a[rel~=next], link[rel~=next], .pagination .next a"
ANY = "body a"


class ListingSpider(SourceSpider):
    """Follows the links of the start pages and of those that continue them."""

    name = "listing"

    def parse(self, response: Response) -> Iterator[Page | Request]:
        """The listing itself, then its documents, then the pages that continue it."""
        yield self.page(response)
        if not isinstance(response, HtmlResponse):
            return
        chosen = self.source.select
        turned = response.css(chosen.next or NEXT).css("::attr(href)").getall()
        following = list(self._addresses(response, turned))
        links = response.css(chosen.links or LINKS) or response.css(chosen.links or ANY)
        for url in self._addresses(response, links.css("::attr(href)").getall()):
            if url not in following:
                yield self.request(url, self.parse_document, found_on=response.url)
        for url in following:
            yield self.request(url, self.parse)

    def parse_document(self, response: Response) -> Iterator[Page]:
        """A document is a leaf: nothing is followed from it."""
        yield self.page(response)

    def _addresses(self, response: Response, links: list[str]) -> Iterator[str]:
        """What the links lead to within the source, each once, in order."""
        whole = (response.urljoin(link.strip()).partition("#")[0] for link in links)
        for url in dict.fromkeys(whole):
            parts = urlsplit(url)
            same = parts.netloc.lower() in self.source.hosts
            if parts.scheme in ("http", "https") and same and within(url, self.source.follow):
                yield url
