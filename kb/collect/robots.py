"""robots.txt: obeyed as RFC 9309 asks, and kept with the run as evidence of permission."""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.utils.misc import build_from_crawler

from kb.collect.failures import OverBudget, RobotsForbid, failure_of
from kb.collect.pace import slow_down
from kb.collect.runs import run_of
from kb.failures import FailureKind

MOST_ROBOTS = 20_000  # characters kept as evidence
ROBOTS_NAME = "kb-horizon-scan"  # what robots.txt may call us by
# RFC 9309, section 2.2.1: a crawler is named by its product token, whatever stands behind it.
PRODUCT = re.compile(r"[A-Za-z_-]+")
AGENT = re.compile(rb"^([ \t]*user-agent[ \t]*:[ \t]*)([A-Za-z_-]+)[^\r\n]*", re.I | re.M)
MOST_DELAY_SECONDS = 120.0
FORBIDS_ALL = b"User-agent: *\nDisallow: /\n"  # section 2.3.1.4: where nothing can be known


class RobotsRfc9309(RobotsTxtMiddleware):
    """robots.txt as RFC 9309, section 2.3.1 asks: 4xx allows, 5xx or silence forbids.

    Scrapy takes an unreachable file for leave to go on. Crawl-delay is obeyed.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._kept_from_us: dict[str, FailureKind] = {}  # host to why robots.txt could not be had
        self._paced: set[str] = set()  # hosts whose rules name a delay

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        rules = response.body
        if 400 <= response.status < 500:
            rules = b""
        elif response.status >= 500:
            rules = FORBIDS_ALL
            self._kept_from_us[netloc] = FailureKind.robots_down
        self._settle(netloc, rules, received=response.body, status=response.status)
        self._obey_delay(request, netloc)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        # Refused by ourselves (another host after a redirect, a loop) or no answer at all.
        ours = isinstance(exc, IgnoreRequest)
        self._kept_from_us[netloc] = FailureKind.robots_down if ours else failure_of(exc)
        self._settle(netloc, FORBIDS_ALL, received=b"", status=0)

    def _settle(self, netloc: str, rules: bytes, *, received: bytes, status: int) -> None:
        """Sets the rules for the host, and keeps what it sent as evidence."""
        run_of(self.crawler).evidence.setdefault("robots", {})[netloc] = {
            "status": status,
            "sha256": hashlib.sha256(received).hexdigest(),
            "group": group_for(ROBOTS_NAME, rules.decode("utf-8", "replace")),
            "text": received.decode("utf-8", "replace")[:MOST_ROBOTS],
        }
        parser = build_from_crawler(self._parserimpl, self.crawler, AGENT.sub(rb"\1\2", rules))
        waiting = self._parsers[netloc]
        self._parsers[netloc] = parser
        waiting.callback(parser)  # type: ignore[union-attr]

    def _obey_delay(self, request: Request, netloc: str) -> None:
        parser = self._parsers[netloc]
        delay = parser.rp.crawl_delay(self._default_useragent)  # type: ignore[union-attr]
        if not delay:
            return
        self._paced.add(netloc)
        if float(delay) > MOST_DELAY_SECONDS:
            run_of(self.crawler).stopped = f"robots.txt asks for {delay:.0f} seconds a request"
        slow_down(self.crawler, request, min(float(delay), MOST_DELAY_SECONDS))

    def process_request_2(self, rp: object, request: Request) -> None:
        """Raises RobotsForbid where the rules do. A delay they name is not for us to adjust."""
        if run_of(self.crawler).stopped:
            raise OverBudget(request.url)
        if urlsplit(request.url).netloc in self._paced:
            request.meta["autothrottle_dont_adjust_delay"] = True
        request.meta["robots"] = self._allowed_by(request)
        try:
            super().process_request_2(rp, request)  # type: ignore[arg-type]
        except IgnoreRequest as error:
            netloc = urlsplit(request.url).netloc
            failure = self._kept_from_us.get(netloc, FailureKind.robots)
            raise RobotsForbid(str(error), failure) from error

    def _allowed_by(self, request: Request) -> str:
        """What of robots.txt speaks of an address: kept with what it answers."""
        parts = urlsplit(request.url)
        rules = run_of(self.crawler).evidence.get("robots", {}).get(parts.netloc)
        if rules is None:
            return ""
        if rules["status"] != 200:
            return f"robots.txt: {rules['status']}"
        path = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
        return rule_for(rules["group"], path) or "no rule of robots.txt speaks of it"


def rule_for(group: Iterable[str], path: str) -> str:
    """The rule of a group that decides on a path: the longest that matches; "" for none.

    RFC 9309, section 2.2.2: of two as long, the one that allows.
    """
    matching = []
    for line in group:
        key, _, value = (part.strip() for part in line.partition(":"))
        pattern = re.escape(value.rstrip("$")).replace(r"\*", ".*") + "$" * value.endswith("$")
        if value and key.casefold() in ("allow", "disallow") and re.match(pattern, path):
            matching.append((len(value), key.casefold() == "allow", line))
    return max(matching, default=(0, False, ""))[2]


def group_for(agent: str, text: str) -> list[str]:
    """The lines of robots.txt that speak to an agent: its own groups, else those for all.

    RFC 9309, section 2.2.1: the product token is compared without case.
    """
    groups: dict[str, list[str]] = {}
    agents: list[str] = []
    speaking = False
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon:
            continue
        if key.casefold() == "user-agent":
            token = PRODUCT.match(value)
            name = token[0].casefold() if token else value.casefold()
            agents = [name] if speaking else [*agents, name]
            speaking = False
        elif key.casefold() in ("allow", "disallow", "crawl-delay"):
            speaking = True
            for name in agents:
                groups.setdefault(name, []).append(line)
    return groups.get(agent.casefold(), groups.get("*", []))
