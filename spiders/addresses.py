"""Addresses known one by one: each is fetched once, and nothing is followed."""

from collections.abc import AsyncIterator

from scrapy import Request

from spiders.base import SourceSpider


class AddressesSpider(SourceSpider):
    """Fetches the start addresses: those of the register, for `kb crawl --register`."""

    name = "addresses"

    async def start(self) -> AsyncIterator[Request]:
        """Each address is a document."""
        for address in self.source.start:
            # Two registered addresses may lead to one page: neither is passed over for that.
            yield self.request(address, self.parse_document, leaf=True).replace(dont_filter=True)
