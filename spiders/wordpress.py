"""WordPress: its REST API, and where that is closed its sitemap, then its feed.

https://developer.wordpress.org/rest-api/reference/posts/
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlencode, urljoin

from scrapy import Request, Selector
from scrapy.http import Response
from scrapy.http.response.text import TextResponse
from w3lib.url import safe_url_string

from kb.contract import Noted
from kb.days import british_day, iso_day
from kb.errors import BadAnswer
from kb.failures import FailureKind
from spiders import feed
from spiders.base import Found, json_of
from spiders.sitemap import SitemapSpider

TYPES = ("posts", "pages")
FIELDS = "id,link,type,date_gmt,modified_gmt,title,excerpt,content"
PER_PAGE = 100
# What every WordPress has, and is no content of its own.
BUILT_IN = frozenset(
    "post page attachment nav_menu_item wp_block wp_template wp_template_part wp_global_styles "
    "wp_navigation wp_font_family wp_font_face revision elementor_library".split()
)
CLOSED = [400, 401, 403, 404, 405, 410, 501]


class WordpressSpider(SitemapSpider):
    """Posts, pages and declared types, by search words where some are declared."""

    name = "wordpress"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._fallen_back = False

    async def start(self) -> AsyncIterator[Request]:
        """The start pages: each may name its API."""
        for address in self.source.start:
            yield Request(
                address,
                callback=self.find_api,
                errback=self.no_start,
                meta={"optional": True, "handle_httpstatus_list": CLOSED},
                cb_kwargs={"address": address},
            )

    def find_api(self, response: Response, address: str) -> Iterator[Request]:
        """The API that the page names, else that of its folder, its host, or plain permalinks.

        https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
        """
        named = []
        if isinstance(response, TextResponse):
            links = response.css("link[rel='https://api.w.org/']::attr(href)").getall()
            named = [self.joined(response, link) for link in links]
        folder = urljoin(address, ".")
        named = [url for url in named if self.source.holds(url)]
        roots = [*named, urljoin(folder, "wp-json/"), urljoin(address, "/wp-json/")]
        roots.append(f"{folder}?rest_route=/")
        yield self.first(list(dict.fromkeys(roots)))

    def no_start(self, failure: Any) -> Iterator[Request]:
        """Where the start page cannot be had, its usual places."""
        address = failure.request.cb_kwargs["address"]
        yield from self.find_api(Response(address), address)

    def first(self, roots: list[str]) -> Request:
        """The first page of posts by the first of those APIs; the others, if it is none."""
        return self.listed(roots[0], TYPES[0], self._words[0], 1, roots[1:])

    @property
    def _words(self) -> tuple[str, ...]:
        return self.source.search or ("",)

    def listed(
        self, root: str, kind: str, words: str, number: int, others: list[str] | None = None
    ) -> Request:
        """One page of a type's list; with the other APIs to try, while none has answered."""
        parameters = {"per_page": PER_PAGE, "page": number, "_fields": FIELDS}
        if words:
            parameters["search"] = words
        route = _route(root, kind)
        sign = "&" if "?" in route else "?"
        return Request(
            f"{route}{sign}{urlencode(parameters)}",
            callback=self.parse_posts,
            errback=self.closed_api,
            meta={"optional": True, "handle_httpstatus_list": CLOSED},
            cb_kwargs={
                **{"root": root, "kind": kind, "words": words, "number": number},
                "others": others,
            },
        )

    def parse_posts(
        self,
        response: Response,
        root: str,
        kind: str,
        words: str,
        number: int,
        others: list[str] | None,
    ) -> Iterator[Found]:
        """The posts of one page of the list, and the next page where there is one."""
        posts = _posts(response)
        if posts is None:
            # A declared type that this site does not have is no closed API.
            if others:
                yield self.first(others)
            elif others is not None or (number == 1 and response.status in (401, 403)):
                yield from self.fall_back(response.url)
            elif number > 1 and response.status != 400:  # 400: there are no more pages
                yield Noted(failure=FailureKind.no_interface, url=response.url)
            return
        if others is not None:  # the first answer of this API: what else is asked of it
            yield from self.other_lists(root)
        self.types.add(kind)
        if number == 1:
            total = response.headers.get("X-WP-Total") or b""
            self.named += int(total) if total.isdigit() and len(total) < 8 else len(posts)
        for post in posts:
            yield from self.parse_post(response, post)
        total = response.headers.get("X-WP-TotalPages") or b""
        told = total.isdigit() and len(total) < 8
        more = number < int(total) if told else len(posts) == PER_PAGE
        if more and posts:
            yield self.listed(root, kind, words, number + 1)

    def other_lists(self, root: str) -> Iterator[Request]:
        """The other lists of an API that answers: those declared, else what it says it has."""
        lists = [(kind, words) for kind in (*TYPES, *self.source.types) for words in self._words]
        for kind, words in lists[1:]:
            yield self.listed(root, kind, words, 1)
        if not self.source.types:
            yield Request(
                _route(root, "types"),
                callback=self.parse_types,
                meta={"optional": True},
                cb_kwargs={"root": root},
                errback=self.no_types,
            )

    def parse_types(self, response: Response, root: str) -> Iterator[Request]:
        """A list of each type of content that the site made for itself.

        https://developer.wordpress.org/rest-api/reference/post-types/
        """
        kinds = json_of(response)
        for name, kind in kinds.items() if isinstance(kinds, dict) else ():
            base = str(kind.get("rest_base") or "") if isinstance(kind, dict) else ""
            space = kind.get("rest_namespace", "wp/v2") if isinstance(kind, dict) else ""
            if name in BUILT_IN or space != "wp/v2" or not re.fullmatch(r"[\w-]+", base):
                continue
            for words in self._words:
                yield self.listed(root, base, words, 1)

    def no_types(self, failure: Any) -> None:
        """A site that does not list its types has posts and pages all the same."""

    def parse_post(self, response: Response, post: dict[str, Any]) -> Iterator[Found]:
        """One post as a page, with the files it links to; protected ones are passed over."""
        content = post.get("content")
        link = safe_url_string(self.joined(response, str(post.get("link") or "")))
        # What lacks an id, or a content of its own, is no post, and the others are read.
        if not isinstance(content, dict) or content.get("protected") or not post.get("id"):
            return
        if not self.source.holds(link) or not any(self.followed([link])):
            return
        rendered = str(content.get("rendered", ""))
        yield self.page(
            response,
            key=f"post:{post['id']}",
            url=link,
            requested=link,
            body=json.dumps(post, sort_keys=True).encode(),
            part=True,
            html=f"<article>{rendered}</article>",
            title=_text(post.get("title")) or link,
            summary=_text(post.get("excerpt")) or None,
            published_on=iso_day(post.get("date")) or british_day(post.get("date_gmt")),
            updated_on=iso_day(post.get("modified")) or british_day(post.get("modified_gmt")),
        )
        links = TextResponse(link, body=rendered.encode(), encoding="utf-8")
        yield from self.files(self.links(links, links.css("a")), link)

    def closed_api(self, failure: Any) -> Iterator[Found]:
        """What cannot be asked for at all, as where robots.txt forbids it, is closed."""
        others = failure.request.cb_kwargs["others"]
        if others:
            yield self.first(others)
        elif failure.request.cb_kwargs["number"] > 1:
            yield Noted(failure=FailureKind.no_interface, url=failure.request.url)
        else:
            yield from self.fall_back(self.source.start[0])

    def fall_back(self, address: str) -> Iterator[Found]:
        """The sitemap in place of the API, once."""
        if not self._fallen_back:
            self._fallen_back = True
            yield Noted(failure=FailureKind.closed_api, url=self.source.start[0])
            yield self.begin(urljoin(address, "/"))
            yield self.request(urljoin(address, "/feed/"), self.parse_feed, optional=True)

    def parse_feed(self, response: Response) -> Iterator[Found]:
        """The pages of the site's feed."""
        return feed.entries(self, response)


def _route(root: str, kind: str) -> str:
    return f"{root.rstrip('/')}/wp/v2/{kind}"


def _posts(response: Response) -> list[dict[str, Any]] | None:
    """The posts of an answer; None for what is no list of posts."""
    try:
        posts = json_of(response)
    except BadAnswer:
        return None
    if response.status != 200 or not isinstance(posts, list):
        return None
    return [post for post in posts if isinstance(post, dict)]


def _text(rendered: Any) -> str:
    """A rendered title or excerpt as plain text."""
    raw = str(rendered.get("rendered", "")) if isinstance(rendered, dict) else str(rendered or "")
    plain = Selector(text=f"<p>{raw}</p>").xpath("string()").get() if raw else ""
    return " ".join((plain or "").split())
