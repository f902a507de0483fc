"""SourceSpider: what every shape shares."""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse
from scrapy.http.response.text import TextResponse
from w3lib.encoding import http_content_type_encoding
from w3lib.url import safe_url_string

from kb.contract import Page, Source, normalised, within

PERMANENT = (301, 308)
FILES = (".pdf", ".docx")
# What is linked to and is no document we can read.
OTHER_MEDIA = tuple(
    ".jpg .jpeg .png .gif .svg .webp .ico .mp3 .mp4 .mov .avi .zip .css .js .doc .xls .xlsx .ppt "
    ".pptx .csv .ics .xml .json".split()
)
CONTENT_LINKS = "main a, article a, [role=main] a, #content a, #main a"
ANY_LINKS = "body a"


class SourceSpider(Spider):
    """Reads one declared source. Subclasses say what to follow and what is a page.

    What a request's meta says to kb: `leaf`, nothing is followed from it but files; `lastmod`,
    the site's word on when it changed; `optional`, a failure of it is no page lost.
    """

    def __init__(self, source: Source, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    async def start(self) -> AsyncIterator[Request]:
        """One request for each declared address."""
        for address in self.source.start:
            yield self.request(address, self.parse)

    def request(self, url: str, callback: Any, **meta: object) -> Request:
        """A request of this source; an address already asked for in this run is passed over."""
        return Request(url, callback=callback, meta=meta)

    def leaf(self, url: str, **meta: object) -> Request:
        """A request for a document. `hints` are what the shape knows of it already."""
        return self.request(url, self.parse_document, leaf=True, **meta)

    def parse(self, response: Response) -> Iterator[Page | Request]:
        """Every shape says for itself."""
        raise NotImplementedError

    def parse_document(self, response: Response) -> Iterator[Page | Request]:
        """The document, and the files it links to."""
        if not _says(response, "noindex"):
            yield self.page(response, **response.meta.get("hints", {}))
        if isinstance(response, HtmlResponse) and _may_name(response, *FILES):
            links = self.links(response, response.css(CONTENT_LINKS) or response.css(ANY_LINKS))
            yield from self.files(links, response.url)

    def files(self, links: Iterable[str], found_on: str) -> Iterator[Request]:
        """Requests for those of the links that are files we can read."""
        for url in links:
            if urlsplit(url).path.lower().endswith(FILES):
                yield self.leaf(url, found_on=found_on)

    def links(self, response: TextResponse, anchors: Any) -> list[str]:
        """What chosen links lead to within the source, each once; none where it says nofollow."""
        if _says(response, "nofollow"):
            return []
        hrefs = anchors.xpath("self::*[not(contains(@rel, 'nofollow'))]/@href").getall()
        whole = (self._joined(response, href.strip()) for href in hrefs)
        return [url for url in dict.fromkeys(whole) if url and self.source.holds(url)]

    @staticmethod
    def _joined(response: TextResponse, href: str) -> str:
        """The whole address without its fragment; "" for what is none, and for other media."""
        try:
            url = response.urljoin(href).partition("#")[0]
            path = urlsplit(url).path.lower()
        except ValueError:
            return ""
        return "" if path.endswith(OTHER_MEDIA) else url

    def followed(self, urls: Iterable[str]) -> Iterator[str]:
        """Those of the addresses that lie in the part of the site that is followed."""
        return (url for url in urls if within(url, self.source.follow))

    def page(self, response: Response, **hints: Any) -> Page:
        """The response as a page, with what the shape knows of it.

        A temporary redirect leaves a page at the address that was asked for.
        """
        requested = response.meta.get("redirect_urls", [response.url])[0]
        codes = response.meta.get("redirect_reasons", [])
        permanent = bool(codes) and all(code in PERMANENT for code in codes)
        address = response.url if permanent or not codes else requested
        kind = _header(response, "Content-Type") or ""
        return Page(
            source=self.source.name,
            key=hints.pop("key", None) or normalised(address),
            url=safe_url_string(hints.pop("url", None) or response.url),
            fetched_at=datetime.now(UTC),
            status=response.status,
            media_type=kind.partition(";")[0].strip().lower() or "application/octet-stream",
            charset=http_content_type_encoding(kind) or "",
            body=hints.pop("body", None) or response.body,
            requested=safe_url_string(hints.pop("requested", requested)),
            permanent=permanent,
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            select=self.source.select.text,
            found_on=response.meta.get("found_on"),
            **hints,
        )


def day(text: object) -> date | None:
    """The date that an ISO 8601 text begins with; None for what does not."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _says(response: Response, word: str) -> bool:
    """True where a page asks robots for it: in its head, or in X-Robots-Tag."""
    directives = (_header(response, "X-Robots-Tag") or "").casefold()
    if isinstance(response, HtmlResponse) and _may_name(response, "robots"):
        named = "//meta[translate(@name, 'ROBTS', 'robts')='robots']/@content"
        directives += " ".join(response.xpath(named).getall()).casefold()
    return word in directives


def _may_name(response: Response, *words: str) -> bool:
    """False where the body holds none of the words: then it need not be parsed to know."""
    body = response.body.lower()
    return any(word.encode() in body for word in words)
