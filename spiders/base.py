"""SourceSpider: what every shape shares."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from kb.contract import Page, Source, normalised

PERMANENT = (301, 308)


class SourceSpider(Spider):
    """Reads one declared source. Subclasses say what to follow and what is a page."""

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

    def parse(self, response: Response) -> Iterator[Page | Request]:
        """Every shape says for itself."""
        raise NotImplementedError

    def page(self, response: Response, **hints: Any) -> Page:
        """The response as a page, with what the shape knows of it."""
        asked = response.meta.get("redirect_urls", [response.url])[0]
        codes = response.meta.get("redirect_reasons", [])
        kind = _header(response, "Content-Type") or ""
        return Page(
            source=self.source.name,
            key=hints.pop("key", None) or normalised(response.url),
            url=response.url,
            fetched_at=datetime.now(UTC),
            status=response.status,
            media_type=kind.partition(";")[0].strip().lower() or "application/octet-stream",
            body=response.body,
            asked=asked,
            permanent=bool(codes) and all(code in PERMANENT for code in codes),
            etag=_header(response, "ETag"),
            last_modified=_header(response, "Last-Modified"),
            select=self.source.select.text,
            found_on=response.meta.get("found_on"),
            **hints,
        )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None
