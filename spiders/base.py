"""SourceSpider: what every shape shares."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request, Spider
from scrapy.http import Headers, Response
from scrapy.http.response.html import HtmlResponse
from scrapy.http.response.text import TextResponse
from w3lib.encoding import http_content_type_encoding
from w3lib.url import safe_url_string

from kb.contract import PERMANENT, Exchange, Noted, Page, Source, normalised, within
from kb.errors import BadAnswer
from kb.failures import FailureKind

FILES = (".pdf", ".docx", ".pptx", ".xlsx")
# Files of words that we cannot read: counted, so that it is known what was not looked at.
UNREAD = (".doc", ".ppt", ".xls", ".odt", ".odp", ".ods", ".rtf", ".pages", ".key")
# What is linked to and is no document.
OTHER_MEDIA = tuple(
    ".jpg .jpeg .png .gif .svg .webp .ico .mp3 .mp4 .mov .avi .zip .css .js .csv .ics .xml "
    ".json".split()
)
HALF_CHARACTER = re.compile(
    r"(?<!\\)\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|"
    r"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})(?<!\\)\\u[dD][c-fC-F][0-9a-fA-F]{2}"
)
FRAMES = "iframe::attr(src), frame::attr(src), embed::attr(src), object::attr(data)"
CONTENT_LINKS = "main a, article a, [role=main] a, #content a, #main a"
ANY_LINKS = "body a"


Found = Page | Noted | Request


class SourceSpider(Spider):
    """Reads one declared source. Subclasses say what to follow and what is a page.

    What a request's meta says to kb: `leaf`, nothing is followed from it but files; `lastmod`,
    the site's word on when it changed; `optional`, a failure of it is no page lost.
    """

    def __init__(self, source: Source, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source
        self.named = 0  # documents that the site names so far, asked for or not
        self.types: set[str] = set()  # of content that it has

    async def start(self) -> AsyncIterator[Request]:
        """One request for each declared address."""
        for address in self.source.start:
            yield self.request(address, self.parse)

    def request(self, url: str, callback: Any, **meta: object) -> Request:
        """A request of this source; an address already asked for in this run is passed over."""
        return Request(url, callback=callback, meta=meta)

    def leaf(self, url: str, **meta: object) -> Request | Noted:
        """A request for a document; a note of a file that we cannot read.

        `hints` are what the shape knows of it already.
        """
        if urlsplit(url).path.lower().endswith(UNREAD):
            return Noted(failure=FailureKind.other_format, url=safe_url_string(url))
        self.named += 1
        return self.request(url, self.parse_document, leaf=True, **meta)

    def parse(self, response: Response) -> Iterator[Found]:
        """Every shape says for itself."""
        raise NotImplementedError

    def parse_document(self, response: Response) -> Iterator[Found]:
        """The document, and the files it links to."""
        if not _says(response, "noindex"):
            yield self.page(response, **response.meta.get("hints", {}))
        if isinstance(response, HtmlResponse) and _may_name(response, *FILES, *UNREAD):
            links = self.links(response, response.css(CONTENT_LINKS) or response.css(ANY_LINKS))
            yield from self.files([*links, *self.framed(response)], response.url)

    def framed(self, response: TextResponse) -> list[str]:
        """What the frames of a page show, also through a viewer that is given its file."""
        shown = response.css(FRAMES).getall()
        given = [value for src in shown for _, value in parse_qsl(urlsplit(src).query)]
        whole = (self.joined(response, each.strip()) for each in (*shown, *given))
        return [url for url in dict.fromkeys(whole) if url and self.source.holds(url)]

    def files(self, links: Iterable[str], found_on: str) -> Iterator[Request | Noted]:
        """Requests for those of the links that are files; notes of those we cannot read."""
        for url in links:
            if urlsplit(url).path.lower().endswith((*FILES, *UNREAD)):
                yield self.leaf(url, found_on=found_on)

    def links(self, response: TextResponse, anchors: Any) -> list[str]:
        """What chosen links lead to within the source, each once; none where it says nofollow."""
        if _says(response, "nofollow"):
            return []
        hrefs = anchors.xpath("self::*[not(contains(@rel, 'nofollow'))]/@href").getall()
        whole = (self.joined(response, href.strip()) for href in hrefs)
        return [url for url in dict.fromkeys(whole) if url and self.source.holds(url)]

    @staticmethod
    def joined(response: TextResponse, href: str) -> str:
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
            exchange=_exchange(response),
            **hints,
        )


def _exchange(response: Response) -> Exchange:
    request = response.request
    return Exchange(
        protocol=response.protocol or "HTTP/1.1",
        sent=_pairs(request.headers) if request else (),
        received=_pairs(response.headers),
        ip=str(response.ip_address or ""),
        robots=str(response.meta.get("robots", "")) if request else "",
    )


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Headers as text, each on one line."""
    return tuple(
        (name.decode("latin-1"), " ".join(value.decode("latin-1").split()))
        for name, values in headers.items()
        for value in values
    )


def json_of(response: Response) -> Any:
    """The JSON of an answer. Raises BadAnswer for what is none, or is too deep to be one."""
    text = response.body.decode("utf-8-sig", "replace")
    try:
        # Half a character is none: what is made of it could not be written as text.
        return json.loads(HALF_CHARACTER.sub(r"\\ufffd", text))
    except (ValueError, RecursionError) as error:
        raise BadAnswer(FailureKind.no_interface, f"{response.url} is no JSON") from error


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
