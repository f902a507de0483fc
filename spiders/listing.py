"""Listing pages: what they link to are the documents, and so are they themselves."""

from collections.abc import Iterator

from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse

from spiders.base import ANY_LINKS, CONTENT_LINKS, Found, SourceSpider

NEXT = "a[rel~=next], link[rel~=next], .pagination .next a"


class ListingSpider(SourceSpider):
    """Follows the links of the start pages and of those that continue them."""

    name = "listing"

    def parse(self, response: Response) -> Iterator[Found]:
        """The listing itself, then its documents, then the pages that continue it."""
        yield self.page(response)
        if not isinstance(response, HtmlResponse):
            return
        select = self.source.select
        following = self.links(response, response.css(select.next or NEXT))
        anchors = response.css(select.links or CONTENT_LINKS) or response.css(
            select.links or ANY_LINKS
        )
        for url in self.followed(self.links(response, anchors)):
            if url not in following:
                yield self.leaf(url, found_on=response.url)
        for url in self.followed(following):
            yield self.request(url, self.parse)
