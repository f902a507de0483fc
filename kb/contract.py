"""Source and Page: what spiders and kb promise each other."""

import re
from collections.abc import Iterable
from datetime import date
from enum import StrEnum, auto
from functools import lru_cache
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from w3lib.url import canonicalize_url, url_query_cleaner

from kb.failures import FailureKind

AT_ONCE = "page redirect"  # why a redirect: what the page itself leads to
PERMANENT = (301, 308, AT_ONCE)
LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Parameters that say how a reader came, not what is shown.
TRACKING = (
    "utm_source utm_medium utm_campaign utm_term utm_content utm_id fbclid gclid dclid msclkid "
    "mc_cid mc_eid _ga _gl ref doing_wp_cron sessionid jsessionid phpsessid sid print"
).split()

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
# No white space and no control characters: an address goes into headers, logs and archives.
HttpAddress = Annotated[
    str, StringConstraints(pattern=r"^https?://[^\s/\x00-\x20\x7f]+[^\s\x00-\x20\x7f]*$")
]


class Shape(StrEnum):
    """How a site lets itself be read."""

    wordpress = auto()
    govuk = auto()
    sitemap = auto()
    feed = auto()
    listing = auto()
    by_hand = "by-hand"


class Strict(BaseModel):
    """A declared table: a key it does not know is a fault, and nothing is changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Select(Strict):
    """CSS for the parts of a listing; empty means the default of the shape."""

    links: str = ""
    next: str = ""
    text: str = ""


class Budget(Strict):
    """What one run of a source may take at most."""

    requests: int = Field(2000, ge=1)
    minutes: int = Field(90, ge=1)
    depth: int = Field(8, ge=1)


class Source(Strict):
    """One site or part of a site that is scanned, as declared in sources.toml."""

    name: Name
    organisation: Text
    shape: Shape
    start: tuple[HttpAddress, ...] = ()
    follow: tuple[str, ...] = ()
    select: Select = Select()
    search: tuple[str, ...] = ()  # words a search API is asked for; none takes everything
    types: tuple[str, ...] = ()  # WordPress: custom types beside posts and pages
    organisations: tuple[str, ...] = ()  # GOV.UK: slugs of organisations
    more_hosts: tuple[str, ...] = ()  # other hosts that hold its files
    budget: Budget = Budget()
    covers: tuple[str, ...] = ("all",)
    licence: str = "unknown"
    every_days: int = Field(7, ge=1, le=366)
    expect: int = Field(1, ge=0)
    must_find: tuple[HttpAddress, ...] = ()
    checked: bool = False
    state: Literal["on", "paused", "retired"] = "on"
    why: str = ""
    was: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "Source":
        if self.shape is not Shape.by_hand and not self.start:
            raise ValueError("start: at least one address, or shape 'by-hand'")
        if self.state != "on" and not self.why:
            raise ValueError(f"why: say why the source is {self.state}")
        return self

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that may be asked, with port where one is named."""
        starts = {urlsplit(address).netloc.lower() for address in self.start}
        return frozenset(starts | {host.lower() for host in self.more_hosts})

    @property
    def loopback(self) -> bool:
        """True when every host is this machine (demo, tests)."""
        return all(is_loopback(f"http://{host}") for host in self.hosts)

    def holds(self, address: str) -> bool:
        """True for an http address on a declared host, with or without www."""
        try:
            parts = urlsplit(address)
        except ValueError:  # brackets that hold no address
            return False
        hosts = {host.removeprefix("www.") for host in self.hosts}
        return parts.scheme in ("http", "https") and (
            parts.netloc.lower().removeprefix("www.") in hosts
        )


class Noted(Strict):
    """What a spider found and could not use, to be counted by its class."""

    failure: FailureKind
    url: HttpAddress


class Exchange(Strict):
    """How an answer came: what was sent and received around its body, and what allowed it."""

    protocol: str = "HTTP/1.1"
    sent: tuple[tuple[str, str], ...] = ()  # headers
    received: tuple[tuple[str, str], ...] = ()
    ip: str = ""
    robots: str = ""  # the rule of robots.txt that allowed it


class Page(Strict):
    """One response a spider takes for a document, before it is read.

    `body` is as received. The hints are what the shape knows better than reading can:
    `html` is the content alone where an API gives it apart.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, ser_json_bytes="base64")

    source: str
    key: Text
    url: HttpAddress
    fetched_at: AwareDatetime
    status: int
    media_type: Text
    charset: str = ""  # as the header names it
    body: bytes
    requested: HttpAddress | None = None  # the address before redirects
    permanent: bool = False  # every redirect on the way was permanent
    etag: str | None = None
    last_modified: str | None = None
    title: str | None = None
    summary: str | None = None
    published_on: date | None = None
    updated_on: date | None = None
    html: str | None = None
    select: str = ""
    found_on: str | None = None
    part: bool = False  # the body is a part of the answer: one post of a list
    exchange: Exchange = Exchange()

    def without_body(self) -> "Page":
        """The same response without its body, which may be large, once it was read."""
        html = "" if self.html is not None else None
        return self.model_copy(update={"body": b"", "html": html, "exchange": Exchange()})


def is_loopback(address: str) -> bool:
    """True for an address on this machine, by its name alone."""
    return (urlsplit(address).hostname or "") in LOOPBACK


@lru_cache(maxsize=8192)  # a crawl asks it of each address several times
def normalised(address: str) -> str:
    """One spelling for one place: https, no www, fragment, tracking or trailing slash.

    Loopback keeps its scheme and port. Raises ValueError where there is no host.
    """
    parts = urlsplit(canonicalize_url(address.strip()))
    if not parts.hostname or not -1 < (parts.port or 0) < 65536:
        raise ValueError(f"no address: {address!r}")
    cleaned = url_query_cleaner(parts.geturl(), TRACKING, remove=True, unique=False)
    path_and_query = urlsplit(cleaned)
    host = re.sub(r":(80|443)$", "", path_and_query.netloc.lower()).removeprefix("www.")
    scheme = path_and_query.scheme if is_loopback(cleaned) else "https"
    path = re.sub(r";jsessionid=[^/?]*", "", path_and_query.path, flags=re.I).rstrip("/")
    query = f"?{path_and_query.query}" if path_and_query.query else ""
    return f"{scheme}://{host}{path}{query}"


def address_of(url: str | None) -> str | None:
    """The normalised address by which the page at a url is known; None for no url."""
    return normalised(url) if url else None


def within(address: str, prefixes: Iterable[str]) -> bool:
    """True when the path begins with one of the prefixes, or when there is none."""
    path = urlsplit(address).path or "/"
    starts = tuple(prefixes)
    return not starts or path.startswith(starts)
