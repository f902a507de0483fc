"""When a page was published and updated, as it says itself, and where it says so.

None where it does not say, or says two things: no date is made up.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from lxml import html

from kb.days import WRITTEN, iso_day, written_day

PUBLISHED, UPDATED = "published", "updated"
BESIDE = "not(ancestor::nav or ancestor::aside or ancestor::li)"
# Names of meta elements that date a page, the best first; compared without case.
META = {
    PUBLISHED: (
        *("article:published_time", "dc.date.issued", "dcterms.issued", "dcterms.created"),
        *("dc.date.created", "datepublished", "date"),
    ),
    UPDATED: (
        *("article:modified_time", "dc.date.modified", "dcterms.modified", "datemodified"),
        "og:updated_time",
    ),
}
# Times that say what they date: (what, XPath).
TIMES = (
    (PUBLISHED, f"//time[(@itemprop='datePublished' or @pubdate) and {BESIDE}]/@datetime"),
    (UPDATED, f"//time[@itemprop='dateModified' and {BESIDE}]/@datetime"),
)
JSON_LD = "//script[@type='application/ld+json']/text()"
# Of a page itself; an event or a comment on it has dates of its own.
OF_PAGES = re.compile(r"(?:Article|Posting|WebPage|Report|CreativeWork|AboutPage|ItemPage)$")
NEWS = "NewsArticle"
MOST_NODES = 500
BYLINE = re.compile(r"(?:^|[\s_-])(?:date|published|posted|pubdate|timestamp)(?:$|[\s_-])", re.I)
WHEN = "|".join(re.sub(r"\?P<\w+>", "?:", form) for form in WRITTEN)
LABELLED = re.compile(
    r"(?:^|(?<=\d{4})(?:\s*[,/-](?:\s*and)?)?|[|·•–—;(]|\.\s)\s*"
    r"(?:(?:date|page|article|content|this page)\s+)?(?:was\s+)?(?:first\s+)?"
    r"(?:(?P<published>published|posted|publication date|date published|publish date)|"
    r"(?:last\s+)?(?P<updated>updated?|modified|amended|edited|revised))"
    rf"(?:\s+by\s[^|·•\d]{{1,60}}?)?(?:\s+(?:on|date))*\s*[:–—-]?\s*(?P<when>{WHEN})"
    r"(?!\s+(?:of|for|to|with|under|from|as|in\s+(?:the|a|an))\b)",
    re.IGNORECASE,
)
LABEL = re.compile(r"publi|posted|updat|modif|amend|edited|revis", re.IGNORECASE)
# What a block is called whose dates are not the page's.
OF_OTHERS = re.compile(
    r"(?:^|[\s_-])(?:events?|clos\w+|deadline|start|end|review|comments?|related|cards?|teasers?|"
    r"sidebar|widget|listing|webinars?|meetings?|consultation)(?:$|[\s_-])",
    re.IGNORECASE,
)
# What a day is labelled with, in a heading before it, that is of something else.
LABEL_OF_OTHERS = re.compile(
    r"\b(?:clos\w+|deadlines?|apply|applications?|open(?:s|ing)|starts?|ends?|event|interviews?|"
    r"held|takes place|meeting)\b|^when$",
    re.IGNORECASE,
)
HEADS = "self::h2 or self::h3 or self::h4 or self::dt or self::th"
LABEL_BEFORE = f"string((preceding::*[{HEADS}])[last()])"
NAMED = "ancestor::h1 or ancestor::title"
JUST_BEFORE = f"string((preceding::text()[normalize-space() and not({NAMED})])[last()])"
MOST_LABELS = 200
LABEL_WORDS = 4  # a longer heading is a sentence, and labels nothing
LINE_CHARACTERS = 200  # a longer line is prose, which speaks of other things


@dataclass(frozen=True)
class PageDates:
    """The days with their origins: meta, json-ld, time or text; "" with None."""

    published: date | None = None
    published_from: str = ""
    updated: date | None = None
    updated_from: str = ""


def dates_of(tree: html.HtmlElement) -> PageDates:
    """The dates that a whole page gives of itself."""
    found: dict[str, tuple[date, str]] = {}
    for what, origin, day in _said(tree):
        if day and what not in found:
            found[what] = (day, origin)
    published = found.get(PUBLISHED, (None, ""))
    updated = found.get(UPDATED, (None, ""))
    if published[0] and updated[0] and updated[0] < published[0]:
        updated = (None, "")  # of something else: a page is not updated before it is there
    return PageDates(*published, *updated)


def calls_itself_news(tree: html.HtmlElement) -> bool:
    """True for a page that calls itself a news article. https://schema.org/NewsArticle"""
    return any(NEWS in str(node.get("@type")) for node in _nodes(tree))


def _said(tree: html.HtmlElement) -> Iterator[tuple[str, str, date | None]]:
    """What is dated, the origin, the day; the most trustworthy first."""
    named = _metas(tree)
    for what, names in META.items():
        for name in names:
            yield what, "meta", iso_day(named.get(name, ""))
    for what, path in TIMES:
        yield what, "time", _only(iso_day(value) for value in tree.xpath(path)[:1])
    nodes = [each for each in _nodes(tree) if OF_PAGES.search(_type(each))]
    for what, key in ((PUBLISHED, "datePublished"), (UPDATED, "dateModified")):
        for pages in (False, True):
            some = (node for node in nodes if ("WebPage" in _type(node)) == pages)
            yield what, "json-ld", _only(iso_day(node.get(key)) for node in some)
    labelled = list(_labelled(tree))
    for what in (PUBLISHED, UPDATED):
        yield what, "text", _only(written_day(each["when"]) for each in labelled if each[what])
    times = [each for each in tree.xpath(f"//time[{BESIDE}]") if _is_own(each)]
    updates = [each for each in times if "updat" in str(each.get("class")).casefold()]
    yield UPDATED, "time", _only(_of_time(each) for each in updates)
    yield PUBLISHED, "time", _only(_of_time(each) for each in times if each not in updates)
    bylines = [
        each
        for each in tree.xpath(f"//body//*[(@class or @id) and {BESIDE}]")
        if BYLINE.search(f"{each.get('class', '')} {each.get('id', '')}") and _is_own(each)
    ]
    yield PUBLISHED, "text", _only(written_day(_line(each)) for each in bylines)


def _metas(tree: html.HtmlElement) -> Mapping[str, str]:
    """Each meta element of the page by its name, without case; the first of each."""
    named: dict[str, str] = {}
    for meta in tree.xpath("//meta[@content]"):
        for attribute in ("property", "name", "itemprop"):
            named.setdefault(meta.get(attribute, "").casefold(), meta.get("content"))
    return named


def _labelled(tree: html.HtmlElement) -> Iterator[re.Match[str]]:
    """*Published 3 June 2024* and its like: a label, with its day beside or below it."""
    texts = tree.xpath("//body//text()")
    labels = (text for text in texts if len(text) <= LINE_CHARACTERS and LABEL.search(text))
    # Each once: one element may hold the word a thousand times.
    for element in dict.fromkeys(label.getparent() for label in islice(labels, MOST_LABELS)):
        if not _is_own(element) or element.xpath("boolean(ancestor::aside or ancestor::nav)"):
            continue
        beside = [element, *element.xpath("following-sibling::*[1]")]
        lines = [_line(element), " ".join(map(_line, beside)), _line(element.getparent())]
        yield from next((found for line in lines if (found := list(LABELLED.finditer(line)))), [])


def _is_own(element: html.HtmlElement) -> bool:
    """True for what stands by itself and in no block of events, comments or other pages."""
    around = [element, *element.iterancestors()]
    names = " ".join(f"{each.get('class', '')} {each.get('id', '')}" for each in around)
    line = element.xpath("string(ancestor::*[self::p or self::li or self::dd or self::td][1])")
    beside = element.xpath("parent::*/text()[normalize-space()]") or line.split()
    alone = element.tag != "time" or not beside or line.split() == _line(element).split()
    labels = [element.xpath(LABEL_BEFORE)] if element.tag == "time" else []
    labels.append(element.xpath(JUST_BEFORE))
    short = [label.strip(" \n:") for label in labels if len(label.split()) <= LABEL_WORDS]
    others = any(LABEL_OF_OTHERS.search(label) for label in short)
    return alone and not OF_OTHERS.search(names) and not others


def _only(days: Iterable[date | None]) -> date | None:
    """The one day that is said; None where none is, or several."""
    different = {day for day in days if day}
    return different.pop() if len(different) == 1 else None


def _of_time(element: html.HtmlElement) -> date | None:
    """https://html.spec.whatwg.org/multipage/text-level-semantics.html#the-time-element"""
    return iso_day(element.get("datetime") or "") or written_day(_line(element))


def _line(element: html.HtmlElement | None) -> str:
    """The words of an element, on one line; "" for one that says more than a line."""
    if element is None:
        return ""
    text = " ".join(element.text_content().split())
    return text if len(text) <= LINE_CHARACTERS else ""


def _nodes(tree: html.HtmlElement) -> Sequence[Mapping[str, object]]:
    """The things that a page describes in JSON-LD; what does not parse is left out."""
    waiting: list[object] = []
    for text in tree.xpath(JSON_LD):
        try:
            waiting.append(json.loads(str(text), strict=False))
        except (ValueError, RecursionError):
            continue
    nodes = []
    for each in waiting:  # grows as it is walked
        if len(waiting) > MOST_NODES:
            break
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            nodes.append(each)
            waiting += [each[key] for key in ("@graph", "mainEntity") if key in each]
    return nodes


def _type(node: Mapping[str, object]) -> str:
    kinds = node.get("@type")
    every = [str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind]
    return next((kind for kind in every if OF_PAGES.search(kind)), every[0] if every else "")
