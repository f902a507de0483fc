"""Pages that lead to another by what they say: a meta refresh, or a script and nothing else."""

import re
from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response
from scrapy.http.response.html import HtmlResponse
from w3lib.html import get_meta_refresh

from kb.contract import AT_ONCE, normalised

MOST_SECONDS = 5.0  # a longer wait is for reading; a page that refreshes itself is no redirect
MOST_WORDS = 12  # a page that is a redirect says little else
MOST_BYTES = 50_000
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
JAVASCRIPT = re.compile(r"(?:text|application)/(?:java|ecma)script|module|", re.IGNORECASE)
SCRIPT = re.compile(
    r"""(?<![\w."'])(?<!var )(?<!let )(?<!const )(?:(?:window|document|self|top)\s*\.\s*)?"""
    r"""location\s*"""
    r"""(?:\.\s*href\s*)?(?:=\s*|\.\s*(?:replace|assign)\s*\(\s*)["']([^"'\s<>]+)["'](?!\s*\+)"""
)


CONDITION = re.compile(r"\b(?:if|else|while|for|function|case|on\w+)\b|=>|&&|\|\||\?[^?:]*$")


class PageRedirects(MetaRefreshMiddleware):
    """Follows what a page leads to as a redirect: to be guarded, counted and ended like any.

    One that leads on at once is taken as permanent, as search engines take it.
    """

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """The request for the page that a page leads to; the response where it leads nowhere."""
        passed = request.meta.get("dont_obey_robotstxt") or request.method == "HEAD"
        if not isinstance(response, HtmlResponse) or response.status != 200 or passed:
            return response
        target = target_of(response)
        if target is None or normalised(target) == normalised(response.url):
            return response
        following = self._redirect_request_using_get(request, response, target)
        return self._redirect(following, request, AT_ONCE)


def target_of(response: HtmlResponse) -> str | None:
    """The whole http address that a page leads to by itself; None where it stays."""
    if len(response.body) > MOST_BYTES:
        return None
    body = response.body.lower()
    try:
        target = _by_refresh(response) if b"refresh" in body else None
        if target is None and b"location" in body:
            target = _by_script(response)
        whole = response.urljoin(target or "javascript:")
        normalised(whole)
    except ValueError:  # no address
        return None
    return whole if whole.startswith(("http://", "https://")) else None


def _by_refresh(response: HtmlResponse) -> str | None:
    seconds, target = get_meta_refresh(response.text, response.url, response.encoding)
    return target if seconds is not None and seconds <= MOST_SECONDS else None


def _by_script(response: HtmlResponse) -> str | None:
    shown = response.xpath("//body//text()[not(parent::script or parent::style)]").getall()
    if sum(len(text.split()) for text in shown) > MOST_WORDS:
        return None
    for element in response.xpath("//script[not(@src)]"):
        if not JAVASCRIPT.fullmatch(element.attrib.get("type", "")):
            continue
        script = COMMENT.sub(" ", element.xpath("string()").get(""))
        found = SCRIPT.search(script)
        before = script[: found.start()] if found else ""
        # At once: in no function, and under no condition.
        if found and before.count("{") <= before.count("}") and not CONDITION.search(before):
            return found[1]
    return None
