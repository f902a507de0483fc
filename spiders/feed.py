"""Feeds, RSS 0.9x to 2.0 and Atom: their entries are announcements, the linked pages documents."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import feedparser
from scrapy.http import Response

from kb.days import iso_day, mail_day
from spiders.base import Found, SourceSpider


class FeedSpider(SourceSpider):
    """Fetches the page of each entry; the entry's id is the document's key."""

    name = "feed"

    def parse(self, response: Response) -> Iterator[Found]:
        """A start address is a feed."""
        return entries(self, response)


def entries(spider: SourceSpider, response: Response) -> Iterator[Found]:
    """The pages of the entries of a feed that lie within the spider's source."""
    feed = feedparser.parse(response.body, response_headers={"content-location": response.url})
    for entry in feed.entries:
        link = response.urljoin(str(entry.get("link", "")))
        if spider.source.holds(link) and any(spider.followed([link])):
            yield spider.leaf(link.partition("#")[0], hints=_hints(entry))


def _hints(entry: Any) -> dict[str, object]:
    """What the feed knows of an entry; what says nothing is left out."""
    return {
        "key": str(entry.get("id") or "") or None,
        "published_on": _day(entry, "published"),
        "updated_on": _day(entry, "updated"),
    }


def _day(entry: Any, name: str) -> date | None:
    """The day as the site wrote it: feedparser's own is moved to UTC, and may be made up."""
    text = str(dict.get(entry, name) or "")
    return iso_day(text) or mail_day(text)
