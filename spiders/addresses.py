"""Addresses known one by one: each is fetched once, and nothing is followed."""

from collections.abc import Iterator

from scrapy.http import Response

from kb.contract import Page
from spiders.base import SourceSpider


class AddressesSpider(SourceSpider):
    """Fetches the start addresses: those of the register, for `kb crawl --register`."""

    name = "addresses"

    def parse(self, response: Response) -> Iterator[Page]:
        """Each answer is a document."""
        yield self.page(response)
