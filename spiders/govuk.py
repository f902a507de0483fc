"""GOV.UK: its Search API says what there is, its Content API what it says.

https://docs.publishing.service.gov.uk/repos/search-api/using-the-search-api.html
https://content-api.publishing.service.gov.uk/
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy import Request
from scrapy.http import Response
from scrapy.http.response.text import TextResponse

from kb.contract import normalised
from kb.days import british_day
from kb.errors import BadAnswer
from kb.failures import FailureKind
from spiders.base import Found, SourceSpider, json_of
from spiders.govuk_content import content_html

# The Search API answers 422 to any parameter it does not know: these it documents.
FIELDS = "link,title,public_timestamp"
COUNT = 100
MOST_RESULTS = 1000  # a search; later ones are not about it


class GovukSpider(SourceSpider):
    """Asks for each declared search word, and for the content of what is found."""

    name = "govuk"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places: dict[str, str] = {}  # key to the address of the item that has it

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
        """The content of each result, then the next results: until fewer come than asked for."""
        answer = json_of(response)
        results = answer.get("results") if isinstance(answer, dict) else None
        if not isinstance(results, list):
            raise BadAnswer(FailureKind.no_interface, f"{response.url} gives no results")
        for result in results:
            if isinstance(result, dict):
                yield from self.content(address, str(result.get("link", "")))
        following = begin + COUNT
        total = answer.get("total")
        if begin == 0:
            self.named += min(total if isinstance(total, int) else len(results), MOST_RESULTS)
        more = following < total if isinstance(total, int) else len(results) == COUNT
        if more and results and following < MOST_RESULTS:
            yield self.searched(address, words, following)

    def content(self, address: str, path: str) -> Iterator[Request]:
        """The Content API's answer for a path; other sites' addresses are passed over."""
        path = path.partition("#")[0]
        if (
            path.startswith("/")
            and not path.startswith("//")
            and any(self.followed([urljoin(address, path)]))
        ):
            yield self.request(
                urljoin(address, f"/api/content{path}"), self.parse_content, leaf=True
            )

    def parse_content(self, response: Response) -> Iterator[Found]:
        """One item as a page, its attachments as files, its HTML publications as items."""
        item = json_of(response)
        if not isinstance(item, dict) or not item.get("base_path") or not item.get("content_id"):
            raise BadAnswer(FailureKind.no_interface, f"{response.url} is no item")
        url = urljoin(response.url, "/" + str(item["base_path"]).strip("/"))
        content = content_html(item)
        yield self.page(
            response,
            key=self._key(item, url),
            url=url,
            html=f"<article>{content}</article>",
            title=item.get("title") if isinstance(item.get("title"), str) else None,
            summary=item.get("description") if isinstance(item.get("description"), str) else None,
            published_on=british_day(item.get("first_published_at")),
            updated_on=british_day(item.get("public_updated_at")),
        )
        for attachment in _attachments(item):
            link = str(attachment.get("url", ""))
            if attachment.get("attachment_type") == "html":
                yield from self.content(response.url, link)
            else:
                yield from self.files(self._held([link], url), url)
        links = TextResponse(url, body=content.encode(), encoding="utf-8")
        yield from self.files(self.links(links, links.css("a")), url)

    def _key(self, item: dict[str, Any], url: str) -> str:
        """What an item is known by, wherever it moves: its id, and its language if not English.

        Its address, where another item of the run has the same id.
        """
        locale = str(item.get("locale") or "en")
        key = str(item["content_id"]) + ("" if locale == "en" else f":{locale}")
        return key if self._places.setdefault(key, url) == url else normalised(url)

    def _held(self, links: list[str], url: str) -> list[str]:
        whole = [self.joined(Response(url), link) for link in links]
        return [link for link in whole if link and self.source.holds(link)]


def _attachments(item: dict[str, Any]) -> list[dict[str, Any]]:
    details = item.get("details")
    listed = details.get("attachments") if isinstance(details, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
