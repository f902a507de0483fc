"""Feeds, RSS 0.9x to 2.0 and Atom: their entries are announcements, the linked pages documents."""

from collections.abc import Iterator
from typing import Any

import feedparser
from scrapy import Request
from scrapy.http import Response

from spiders.base import SourceSpider, day


class FeedSpider(SourceSpider):
    """Fetches the page of each entry; the entry's id is the document's key."""

    name = "feed"

    def parse(self, response: Response) -> Iterator[Request]:
        """A start address is a feed."""
        return entries(self, response)


def entries(spider: SourceSpider, response: Response) -> Iterator[Request]:
    """The pages of the entries of a feed that lie within the spider's source."""
    feed = feedparser.parse(response.body, response_headers={"content-location": response.url})
    for entry in feed.entries:
        link = response.urljoin(str(entry.get("link", "")))
        if spider.source.holds(link) and any(spider.followed([link])):
            yield spider.leaf(link.partition("#")[0], hints=_hints(entry))


def _hints(entry: Any) -> dict[str, object]:
    """What the feed knows of an entry; an id that says nothing is left out."""
    published = entry.get("published_parsed") or entry.get("updated_parsed")
    return {
        "key": str(entry.get("id") or "") or None,
        "published_on": day("{:04}-{:02}-{:02}".format(*published)) if published else None,
    }
