"""Feeds, RSS 0.9x to 2.0 and Atom: their entries are announcements, the linked pages documents."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import feedparser
from scrapy.http import Response

from kb.days import iso_day, mail_day, written_day
from kb.errors import BadAnswer
from kb.failures import FailureKind
from spiders.base import Found, SourceSpider


class FeedSpider(SourceSpider):
    """Fetches the page of each entry; the entry's id is the document's key."""

    name = "feed"

    def parse(self, response: Response) -> Iterator[Found]:
        """A start address is a feed."""
        return entries(self, response)


def entries(spider: SourceSpider, response: Response) -> Iterator[Found]:
    """The pages of the entries of a feed that lie within the spider's source.

    Raises BadAnswer for what is no feed.
    """
    feed = feedparser.parse(response.body, response_headers={"content-location": response.url})
    if not feed.version and not feed.entries:
        raise BadAnswer(FailureKind.no_feed, f"{response.url} is no feed")
    pages: dict[str, Any] = {}
    for entry in feed.entries:
        link = spider.joined(response, str(entry.get("link") or ""))
        if link not in ("", response.url) and spider.source.holds(link):
            pages.setdefault(link, entry)
    ids = Counter(str(entry.get("id") or "") for entry in pages.values())
    for link in spider.followed(pages):
        hints = _hints(pages[link], feed.version)
        shared = ids[str(hints["key"])] > 1  # what several entries are called names none of them
        yield spider.leaf(link, hints=hints | {"key": None} if shared else hints)


def _hints(entry: Any, version: str) -> dict[str, object]:
    """What the feed knows of an entry; what says nothing is left out."""
    published, updated = _day(entry, "published"), _day(entry, "updated")
    if not version.startswith("atom") and not published:
        published, updated = updated, None  # the dc:date of an item, which feedparser takes so
    return {
        "key": str(entry.get("id") or "") or None,
        "published_on": published,
        "updated_on": updated,
    }


def _day(entry: Any, name: str) -> date | None:
    """The day as the site wrote it: feedparser's own is moved to UTC, and may be made up."""
    text = str(dict.get(entry, name) or "")
    return iso_day(text) or mail_day(text) or written_day(text)
