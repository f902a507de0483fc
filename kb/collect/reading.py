"""Reads text, title and dates out of a body. Runs in the worker process, on hostile input."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import trafilatura
from htmldate import find_date
from lxml import etree, html
from lxml.cssselect import CSSSelector

from kb.collect.masking import masked
from kb.errors import KBError

READER = "1"  # changes when the same body would give another text
HTML = ("text/html", "application/xhtml+xml")
SUMMARY_CHARACTERS = 300
NO_DAY: tuple[date | None, str] = (None, "")

# Where a date stands, the best first: (what it dates, where, XPath).
DATES = (
    ("published", "meta", "//meta[@property='article:published_time']/@content"),
    ("published", "meta", "//meta[@name='DC.date.issued' or @name='dcterms.created']/@content"),
    ("published", "time", "//time[@itemprop='datePublished']/@datetime"),
    ("updated", "meta", "//meta[@property='article:modified_time']/@content"),
    ("updated", "meta", "//meta[@name='DC.date.modified' or @name='dcterms.modified']/@content"),
    ("updated", "time", "//time[@itemprop='dateModified']/@datetime"),
)


class ReadError(KBError):
    """Raised when a body gives nothing to read; `failure` is its class in a run's counts."""

    def __init__(self, failure: str, message: str) -> None:
        super().__init__(message)
        self.failure = failure

    def __reduce__(self) -> tuple[type["ReadError"], tuple[str, str]]:
        return ReadError, (self.failure, str(self))


@dataclass(frozen=True)
class Body:
    """What the worker is given."""

    content: bytes
    media_type: str
    url: str
    select: str = ""


@dataclass(frozen=True)
class Read:
    """What was read, masked, without control characters."""

    title: str
    summary: str
    text: str
    language: str = ""
    published_on: date | None = None
    published_from: str = ""
    updated_on: date | None = None
    updated_from: str = ""


def read(body: Body) -> Read:
    """Text, title and dates of a body.

    Raises ReadError: `wrong type` for a media type we have no reader for, `unreadable` for
    a body that does not parse, `no text` for one without words.
    """
    if body.media_type not in HTML:
        raise ReadError("wrong type", f"no reader for {body.media_type}")
    return _read_html(body)


def _read_html(body: Body) -> Read:
    try:
        tree = trafilatura.load_html(body.content)
    except (etree.ParserError, ValueError) as error:
        raise ReadError("unreadable", str(error)) from error
    if tree is None:
        raise ReadError("unreadable", "no HTML in it")
    whole = html.tostring(tree, encoding="unicode")
    content = _selected(tree, body.select) if body.select else _main(tree) or whole
    text = _text(content, body.url) or _text(whole, body.url)
    if not text:
        raise ReadError("no text", "no words in it")
    days = _dates(tree, whole)
    published, updated = days.get("published", NO_DAY), days.get("updated", NO_DAY)
    return Read(
        title=clean(_title(tree)) or clean(text.partition("\n")[0])[:120],
        summary=clean(
            _first(tree, "//meta[@name='description']/@content")
            or _first(tree, "//meta[@property='og:description']/@content")
        )
        or _opening(text),
        text=text,
        language=_first(tree, "/html/@lang")[:2].lower(),
        published_on=published[0],
        published_from=published[1],
        updated_on=updated[0],
        updated_from=updated[1],
    )


def _selected(tree: html.HtmlElement, select: str) -> str:
    chosen = CSSSelector(select)(tree)
    if not chosen:
        raise ReadError("structure changed", f"nothing matches {select!r}")
    inner = "".join(html.tostring(element, encoding="unicode") for element in chosen)
    return f"<html><body><article>{inner}</article></body></html>"


def _text(content: str, url: str) -> str:
    extracted = trafilatura.extract(
        content, url=url, include_comments=False, include_tables=True, favor_recall=True, fast=True
    )
    return _lines(extracted or "")


def _main(tree: html.HtmlElement) -> str:
    """The one element that a page says is its content; "" where it says none, or several."""
    found = tree.xpath("//main") or tree.xpath("//*[@role='main']")
    if len(found) != 1:
        return ""
    return f"<html><body>{html.tostring(found[0], encoding='unicode')}</body></html>"


def _lines(text: str) -> str:
    cleaned = (clean(line) for line in text.splitlines())
    return "\n".join(line for line in cleaned if line)


def _title(tree: html.HtmlElement) -> str:
    """The page's own heading, else what it calls itself, without the name of the site."""
    headings = [" ".join(each.text_content().split()) for each in tree.xpath("//h1")]
    named = [heading for heading in headings if heading]
    if len(named) == 1:
        return named[0]
    shared = _first(tree, "//meta[@property='og:title']/@content")
    title = _first(tree, "//title/text()")
    return shared or re.split(r"\s[|–—-]\s", title)[0] or (named[0] if named else "")


def _opening(text: str) -> str:
    """The first sentences, up to the length of a summary."""
    flat = " ".join(text.split())
    if len(flat) <= SUMMARY_CHARACTERS:
        return flat
    return flat[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _first(tree: html.HtmlElement, path: str) -> str:
    found = tree.xpath(path)
    return " ".join(str(found[0]).split()) if found else ""


def _dates(tree: html.HtmlElement, whole: str) -> dict[str, tuple[date | None, str]]:
    """`published` and `updated`, those that are there, with where they stood."""
    found: dict[str, tuple[date | None, str]] = {}
    for what, where, path in DATES:
        day = _day(_first(tree, path))
        if day and what not in found:
            found[what] = (day, where)
    if "published" not in found:
        guessed = find_date(whole, extensive_search=False, original_date=True)
        if day := _day(guessed or ""):
            found["published"] = (day, "htmldate")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def clean(text: str) -> str:
    """The text masked, in one Unicode form, on one line, without control characters."""
    plain = unicodedata.normalize("NFC", text)
    printable = "".join(
        char
        for char in plain
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return masked(" ".join(printable.split()))
