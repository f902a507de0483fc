"""GOV.UK: its Search API says what there is, its Content API what it says.

https://docs.publishing.service.gov.uk/repos/search-api/using-the-search-api.html
https://content-api.publishing.service.gov.uk/
"""

import html
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.text import TextResponse

from kb.contract import Page
from spiders.base import SourceSpider, day

# The Search API answers 422 to any parameter it does not know: these it documents.
FIELDS = "link,title,public_timestamp"
COUNT = 100
MOST_RESULTS = 1000  # a search; later ones are not about it


class GovukSpider(SourceSpider):
    """Asks for each declared search word, and for the content of what is found."""

    name = "govuk"

    async def start(self) -> AsyncIterator[Request]:
        """The first results of each search."""
        for address in self.source.start:
            for words in self.source.search or ("",):
                yield self.searched(address, words, 0)

    def searched(self, address: str, words: str, begin: int) -> Request:
        """One page of results."""
        parameters: list[tuple[str, str]] = [
            ("count", str(COUNT)),
            ("start", str(begin)),
            ("fields", FIELDS),
        ]
        parameters += [("q", words)] if words else [("order", "-public_timestamp")]
        parameters += [("filter_organisations", slug) for slug in self.source.organisations]
        return Request(
            urljoin(address, f"/api/search.json?{urlencode(parameters)}"),
            callback=self.parse_results,
            cb_kwargs={"address": address, "words": words, "begin": begin},
        )

    def parse_results(
        self, response: Response, address: str, words: str, begin: int
    ) -> Iterator[Request]:
        """The content of each result, then the next results."""
        results = json.loads(response.body)
        for result in results["results"]:
            yield from self.content(address, str(result.get("link", "")))
        following = begin + COUNT
        if following < min(int(results.get("total", 0)), MOST_RESULTS):
            yield self.searched(address, words, following)

    def content(self, address: str, path: str) -> Iterator[Request]:
        """The Content API's answer for a path; other sites' addresses are passed over."""
        if path.startswith("/") and any(self.followed([urljoin(address, path)])):
            yield self.request(
                urljoin(address, f"/api/content{path}"), self.parse_content, leaf=True
            )

    def parse_content(self, response: Response) -> Iterator[Page | Request]:
        """One item as a page, its attachments as files, its HTML publications as items."""
        item = json.loads(response.body)
        if "base_path" not in item or "content_id" not in item:
            return
        url = urljoin(response.url, item["base_path"])
        details = item.get("details") or {}
        content = _content(item, details)
        yield self.page(
            response,
            key=item["content_id"],
            url=url,
            html=f"<article>{content}</article>",
            title=item.get("title"),
            summary=item.get("description"),
            published_on=day(item.get("first_published_at")),
            updated_on=day(item.get("public_updated_at")),
        )
        for attachment in details.get("attachments") or []:
            link = str(attachment.get("url", ""))
            if attachment.get("attachment_type") == "html":
                yield from self.content(response.url, link)
            else:
                yield from self.files(self._held([link], url), url)
        links = TextResponse(url, body=content.encode(), encoding="utf-8")
        yield from self.files(self.links(links, links.css("a")), url)

    def _held(self, links: list[str], url: str) -> list[str]:
        whole = [urljoin(url, link) for link in links]
        return [link for link in whole if self.source.holds(link)]


def _content(item: dict[str, Any], details: dict[str, Any]) -> str:
    """The body of an item as HTML: what it says, its parts, and whether it was withdrawn."""
    pieces = []
    if notice := item.get("withdrawn_notice"):
        on = day(notice.get("withdrawn_at"))
        pieces.append(f"<p>Withdrawn{f' on {on}' if on else ''}.</p>")
        pieces.append(_html(notice.get("explanation")))
    for key in ("summary", "introduction"):
        pieces.append(_html(details.get(key)))
    pieces.append(_html(details.get("body")))
    for part in details.get("parts") or []:
        pieces.append(f"<h2>{html.escape(str(part.get('title', '')))}</h2>")
        pieces.append(_html(part.get("body")))
    named = [each.get("title") for each in (item.get("links") or {}).get("organisations") or []]
    if named:
        pieces.append(f"<p>{html.escape(', '.join(map(str, named)))}</p>")
    if not any(pieces):
        pieces.append(f"<p>{html.escape(str(item.get('description') or ''))}</p>")
    return "".join(pieces)


def _html(value: object) -> str:
    """A body that is HTML, or a list of forms of which one is."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        forms = [form for form in value if isinstance(form, dict)]
        return next(
            (str(form["content"]) for form in forms if form.get("content_type") == "text/html"), ""
        )
    return ""
