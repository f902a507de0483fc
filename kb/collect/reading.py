"""Reads text, title and dates out of a body.

Loaded in the worker process alone: what parses hostile input never runs beside the store.
"""

import re
import resource
import signal
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from multiprocessing.connection import Connection
from zipfile import BadZipFile

import docx
import pypdf
import trafilatura
from docx.opc.exceptions import OpcError
from htmldate import find_date
from lxml import etree, html
from lxml.cssselect import CSSSelector
from w3lib.encoding import html_to_unicode

from kb.collect.body import READER, ReadError, ReceivedBody
from kb.collect.noise import prune
from kb.screen.relevance import Scorer
from kb.text import shingles
from kb.text.fingerprint import fingerprint
from kb.text.masking import masked
from kb.text.page_reading import DerivedFacts, PageReading
from kb.text.signature import signature

HTML = ("text/html", "application/xhtml+xml")
PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BLOCKS = ("h1", "h2", "h3", "h4", "p", "li", "dt", "dd", "td", "th", "blockquote", "pre")
MOST_PAGES = 300  # of a PDF; what it is about is said before
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


def read(body: ReceivedBody) -> PageReading:
    """Text, title and dates of a body.

    Raises ReadError: `wrong type` for a media type we have no reader for, `unreadable` for
    a body that does not parse, `no text` for one without words.
    """
    reader = READERS.get(_kind(body))
    if reader is None:
        raise ReadError("wrong type", f"no reader for {body.media_type}")
    reading = reader(body)
    if not reading.text:
        raise ReadError("no text", "no words in it")
    return replace(
        reading,
        reader=READER,
        title=clean(body.title) or reading.title,
        summary=clean(body.summary) or reading.summary,
        sha256=fingerprint(reading.title, reading.text),
    )


def _kind(body: ReceivedBody) -> str:
    """The media type, by what the body begins with where a server says it is just bytes."""
    if body.content[:5] == b"%PDF-":
        return PDF
    if body.media_type == "application/octet-stream" and body.content.lstrip()[:1] == b"<":
        return HTML[0]  # a server that names no type, and a page
    if body.media_type == "application/octet-stream" and body.url.lower().endswith(".docx"):
        return WORD
    return body.media_type


def _read_html(body: ReceivedBody) -> PageReading:
    try:
        tree = trafilatura.load_html(_decoded(body))
    except (etree.ParserError, ValueError) as error:
        raise ReadError("unreadable", str(error)) from error
    if tree is None:
        raise ReadError("unreadable", "no HTML in it")
    prune(tree)
    whole = html.tostring(tree, encoding="unicode")
    content = _selected(tree, body.select) if body.select else _main(tree) or whole
    text = _text(content, body.url) or _text(whole, body.url)
    days = _dates(tree, whole)
    published, updated = days.get("published", NO_DAY), days.get("updated", NO_DAY)
    return PageReading(
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
        canonical=_first(tree, "//link[@rel='canonical']/@href"),
    )


def _decoded(body: ReceivedBody) -> bytes | str:
    """The body as text where the header names its charset: that goes before guessing.

    A byte that is none in it is one replacement mark.
    """
    if not body.charset:
        return body.content
    _, text = html_to_unicode(f"text/html; charset={body.charset}", body.content)
    return text


def _read_pdf(body: ReceivedBody) -> PageReading:
    try:
        file = pypdf.PdfReader(BytesIO(body.content))
        texts = [page.extract_text() for page in file.pages[:MOST_PAGES]]
        properties = file.metadata
    except (pypdf.errors.PyPdfError, ValueError, KeyError) as error:
        raise ReadError("unreadable", f"PDF: {error}") from error
    text = _lines("\n".join(texts))
    made = properties.creation_date if properties else None
    changed = properties.modification_date if properties else None
    return PageReading(
        title=clean((properties.title if properties else "") or "") or _file_title(text, body.url),
        summary=_opening(text),
        text=text,
        published_on=made.date() if made else None,
        published_from="file" if made else "",
        updated_on=changed.date() if changed else None,
        updated_from="file" if changed else "",
    )


def _read_word(body: ReceivedBody) -> PageReading:
    try:
        file = docx.Document(BytesIO(body.content))
    except (OpcError, BadZipFile, KeyError, ValueError) as error:
        raise ReadError("unreadable", f"Word: {error}") from error
    pieces = [paragraph.text for paragraph in file.paragraphs]
    for table in file.tables:
        pieces += [" ".join(cell.text for cell in row.cells) for row in table.rows]
    text = _lines("\n".join(pieces))
    properties = file.core_properties
    return PageReading(
        title=clean(properties.title or "") or _file_title(text, body.url),
        summary=_opening(text),
        text=text,
        published_on=properties.created.date() if properties.created else None,
        published_from="file" if properties.created else "",
        updated_on=properties.modified.date() if properties.modified else None,
        updated_from="file" if properties.modified else "",
    )


def _file_title(text: str, url: str) -> str:
    """The first line of a file that has no title, else its name."""
    first = text.partition("\n")[0][:120]
    return first or clean(url.rpartition("/")[2])


READERS: dict[str, Callable[[ReceivedBody], PageReading]] = {
    **dict.fromkeys(HTML, _read_html),
    PDF: _read_pdf,
    WORD: _read_word,
}


def _selected(tree: html.HtmlElement, select: str) -> str:
    elements = CSSSelector(select)(tree)
    if not elements:
        raise ReadError("structure changed", f"nothing matches {select!r}")
    inner = "".join(html.tostring(element, encoding="unicode") for element in elements)
    return f"<html><body><article>{inner}</article></body></html>"


def _text(content: str, url: str) -> str:
    extracted = trafilatura.extract(
        content, url=url, include_comments=False, include_tables=True, favor_recall=True, fast=True
    )
    text = _lines(extracted or "")
    # What is short, an extractor runs together; a line each is what can be compared.
    return text if "\n" in text else _blocks(content) or text


def _blocks(content: str) -> str:
    """The text of the innermost blocks, a line each; headings, paragraphs, items, cells."""
    tree = trafilatura.load_html(content)
    if tree is None:
        return ""
    inner = " or ".join(f".//{tag}" for tag in BLOCKS)
    blocks = tree.xpath(f"//*[{' or '.join(f'self::{tag}' for tag in BLOCKS)}][not({inner})]")
    marks = {"li": "- "}  # as the extractor writes the items of a list
    lines = (marks.get(each.tag, "") + " ".join(each.text_content().split()) for each in blocks)
    return _lines("\n".join(line for line in lines if line.strip("- ")))


def _main(tree: html.HtmlElement) -> str:
    """The one element that a page says is its content; "" where it says none, or several."""
    mains = tree.xpath("//main") or tree.xpath("//*[@role='main']")
    if len(mains) != 1:
        return ""
    return f"<html><body>{html.tostring(mains[0], encoding='unicode')}</body></html>"


def _lines(text: str) -> str:
    cleaned = (clean(line) for line in text.splitlines())
    return "\n".join(line for line in cleaned if line)


def _title(tree: html.HtmlElement) -> str:
    """The page's own heading, else what it calls itself, without the name of the site."""
    headings = [" ".join(each.text_content().split()) for each in tree.xpath("//h1")]
    titles = [heading for heading in headings if heading]
    if len(titles) == 1:
        return titles[0]
    shared = _first(tree, "//meta[@property='og:title']/@content")
    title = _first(tree, "//title/text()")
    return shared or re.split(r"\s[|–—-]\s", title)[0] or (titles[0] if titles else "")


def _opening(text: str) -> str:
    """The first sentences, up to the length of a summary."""
    flat = " ".join(text.split())
    if len(flat) <= SUMMARY_CHARACTERS:
        return flat
    return flat[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _first(tree: html.HtmlElement, path: str) -> str:
    matches = tree.xpath(path)
    return " ".join(str(matches[0]).split()) if matches else ""


def _dates(tree: html.HtmlElement, whole: str) -> dict[str, tuple[date | None, str]]:
    """`published` and `updated`, those that are there, with where they stood."""
    dates: dict[str, tuple[date | None, str]] = {}
    for what, where, path in DATES:
        day = _day(_first(tree, path))
        if day and what not in dates:
            dates[what] = (day, where)
    if "published" not in dates:
        guessed = find_date(whole, extensive_search=False, original_date=True)
        if day := _day(guessed or ""):
            dates["published"] = (day, "htmldate")
    return dates


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def clean(text: str) -> str:
    """The text masked, in one Unicode form, on one line, without control characters."""
    plain = unicodedata.normalize("NFC", text)
    if plain.isprintable():
        return masked(" ".join(plain.split()))
    printable = "".join(
        char
        for char in plain
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cf", "Cs")
    )
    return masked(" ".join(printable.split()))


def with_derived(reading: PageReading, scorer: Scorer) -> PageReading:
    """What was read with its relevance and its signature."""
    scored = scorer.score(reading.title, reading.summary, reading.text)
    hashes = signature(f"{reading.title}\n{reading.text}")
    facts = DerivedFacts(scorer.version, scored.score, scored.signals, shingles.FORM, hashes)
    return replace(reading, derived=facts)


def serve(pipe: Connection, memory: int, seconds: float, scorer: Scorer) -> None:
    """Reads what comes until the pipe closes. Any failure is an answer, not an end.

    A body that takes more seconds of the processor than that ends the process (SIGPROF).
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    while True:
        try:
            body = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            pipe.send(with_derived(read(body), scorer))
        except ReadError as error:
            pipe.send(error)
        except Exception as error:  # noqa: BLE001 - a parser may raise anything on hostile input
            pipe.send(f"{type(error).__name__}: {error}"[:300])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
