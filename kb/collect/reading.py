"""Reads text, title and dates out of a body.

Loaded in the worker process alone: what parses hostile input never runs beside the store.
"""

import codecs
import email.message
import email.policy
import importlib
import logging
import re
import resource
import signal
import warnings
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import trafilatura
from lxml import etree, html
from w3lib.encoding import html_to_unicode

from kb.collect.body import (
    MAIL,
    MEDIA_TYPES,
    PDF,
    READER,
    SHEETS,
    SLIDES,
    TEXT,
    WORD,
    ReadError,
    ReceivedBody,
)
from kb.collect.noise import prune
from kb.collect.page_dates import calls_itself_news, dates_of
from kb.collect.page_text import link_share, text_of
from kb.failures import FailureKind
from kb.keep.archive import records_of
from kb.screen.relevance import Scorer
from kb.text import shingles
from kb.text.clean import clean, clean_lines
from kb.text.fingerprint import fingerprint
from kb.text.page_facts import facts_of
from kb.text.page_reading import DerivedFacts, PageReading
from kb.text.signature import signature

HTML = ("text/html", "application/xhtml+xml")
# https://html.spec.whatwg.org/multipage/links.html#link-type-license
LICENCE = (
    "//link[@rel='license']/@href | //a[contains(concat(' ', @rel, ' '), ' license ')]/@href | "
    "//meta[@name='dcterms.license' or @name='DC.rights' or @name='dcterms.rights']/@content"
)
TITLE_PARTS = re.compile(r"\s[|–—-]\s")
SUMMARY_CHARACTERS = 300
TITLE_CHARACTERS = 80  # of a text without a title: so much of its first line
PLAIN_SHARE = 4  # of the words of the HTML part: a plain one with fewer is a notice
MOST_BAD_LETTERS = 100  # one in so many that is none: the encoding is another


def read(body: ReceivedBody) -> PageReading:
    """Text, title and dates of a body.

    Raises ReadError: `wrong type` for a media type we have no reader for, `unreadable` for
    a body that does not parse, `no text` for one without words.
    """
    kind = _kind(body)
    if kind not in READERS:
        raise ReadError(FailureKind.wrong_type, f"no reader for {kind}")
    reading = READERS[kind](replace(body, media_type=kind))
    if not reading.text:
        raise ReadError(FailureKind.no_text, "no words in it")
    records = b""
    if body.page is not None:
        reservation = dict(body.page.exchange.received).get("Tdm-Reservation", "")
        records = records_of(
            body.page,
            licence=clean(reading.licence),
            reservation=clean(reading.reservation or reservation),
        )
    return replace(
        reading,
        reader=READER,
        records=records,
        title=clean(body.title) or reading.title,
        summary=clean(body.summary) or reading.summary or _opening(reading.text),
        sha256=fingerprint(reading.title, reading.text),
    )


def _kind(body: ReceivedBody) -> str:
    """The media type, by what the body begins with where a server says it is just bytes."""
    if body.content[:5] == b"%PDF-":
        return PDF
    if body.media_type != "application/octet-stream":
        return body.media_type
    if body.content.lstrip()[:1] == b"<":
        return HTML[0]  # a server that names no type, and a page
    ending = re.search(r"\.\w+$", urlsplit(body.url).path.lower())
    return MEDIA_TYPES.get(ending[0] if ending else "", body.media_type)


def _read_html(body: ReceivedBody) -> PageReading:
    try:
        tree = trafilatura.load_html(_decoded(body))
    except (etree.ParserError, ValueError) as error:
        raise ReadError(FailureKind.unreadable, str(error)) from error
    if tree is None:
        raise ReadError(FailureKind.unreadable, "no HTML in it")
    dates, news = dates_of(tree), calls_itself_news(tree)
    language = _first(tree, "/html/@lang")[:2].lower()
    canonical = _first(tree, "//link[@rel='canonical']/@href")
    licence = _first(tree, LICENCE)
    reservation = _first(tree, "//meta[@name='tdm-reservation']/@content")
    prune(tree)
    title = clean(_title(tree))
    summary = clean(
        _first(tree, "//meta[@name='description']/@content")
        or _first(tree, "//meta[@property='og:description']/@content")
    )
    links = link_share(tree)
    text = text_of(tree, body.url, body.select, news=news)
    return PageReading(
        title=title or text.partition("\n")[0][:120],
        summary=summary,
        text=text,
        language=language,
        published_on=dates.published,
        published_from=dates.published_from,
        updated_on=dates.updated,
        updated_from=dates.updated_from,
        canonical=canonical,
        licence=licence,
        reservation=reservation,
        site=clean(_site(tree)),
        link_share=links,
    )


def _decoded(body: ReceivedBody) -> bytes | str:
    """The body as text where the header names its charset: that goes before guessing.

    A byte that is none in it is one replacement mark.
    """
    if not body.charset:
        return body.content
    _, text = html_to_unicode(f"text/html; charset={body.charset}", body.content)
    return text


def _read_text(body: ReceivedBody) -> PageReading:
    """Plain words: UTF-8 or, as a byte order mark says, UTF-16; else as Windows writes them."""
    content = body.content
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in content and not marked:
        raise ReadError(FailureKind.unreadable, "it is no text")
    try:
        text = content.decode("utf-16" if marked else body.charset or "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        text = content.decode("cp1252", errors="replace")
        if text.count("\ufffd") * MOST_BAD_LETTERS > len(text):
            raise ReadError(FailureKind.unreadable, "its encoding is not known") from None
    return _written(text)


def _written(text: str, title: str = "") -> PageReading:
    lines = clean_lines(text)
    first = lines.partition("\n")[0]
    most = min(TITLE_CHARACTERS, len(lines) // 2)  # a title is no way to the whole
    if len(first) > most:
        first = f"{first[:most].rpartition(' ')[0]} …".strip()
    return PageReading(title=clean(title) or first, summary="", text=lines)


def _read_mail(body: ReceivedBody) -> PageReading:
    """An e-mail: its subject and what it says; who wrote to whom is left out."""
    content = body.content.removeprefix(codecs.BOM_UTF8).lstrip()
    message = email.message_from_bytes(content, policy=email.policy.default)
    part = message.get_body(preferencelist=("plain", "html"))
    within = [each for each in message.iter_attachments() if each.get_content_type() == MAIL]
    if part is None and within:  # it only hands another one on
        return _read_mail(replace(body, content=within[0].get_content().as_bytes()))
    if part is None or not message.keys():
        secret = "pkcs7" in message.get_content_type() or "encrypted" in message.get_content_type()
        why = "it is encrypted" if secret else "there is no e-mail in it"
        raise ReadError(FailureKind.unreadable, why)
    said, subject = _content_of(part), str(message["subject"] or "")
    html_part = message.get_body(preferencelist=("html",))
    shown = _content_of(html_part) if html_part is not None else ""
    # The plain part may only say that one cannot read the other.
    if shown and (part is html_part or len(said.split()) * PLAIN_SHARE < len(shown.split())):
        whole = f"<!doctype html><html><body>{shown}</body></html>"
        read = _read_html(replace(body, content=whole.encode(), charset="utf-8"))
        reading = replace(read, title=clean(subject) or read.title)
    else:
        reading = _written(said, subject)
    attached = [_named(each) for each in message.iter_attachments()]
    return replace(reading, not_read=tuple(attached))


def _content_of(part: email.message.MIMEPart) -> str:
    """The words of a part: by the charset it names, else UTF-8, else as Windows writes them."""
    content = bytes(part.get_payload(decode=True) or b"")
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return content.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", errors="replace")


def _named(part: email.message.MIMEPart) -> str:
    if part.get_content_type() == MAIL:
        return "an e-mail within it"
    return clean(part.get_filename() or "") or "one without a name"


def _read_file(body: ReceivedBody) -> PageReading:
    """A lazy door: the libraries of files take longer to load than all others, and much memory."""
    files = importlib.import_module("kb.collect.file_text")
    reading: PageReading = files.read_file(body)
    return reading


READERS: dict[str, Callable[[ReceivedBody], PageReading]] = {
    **dict.fromkeys(HTML, _read_html),
    **dict.fromkeys((PDF, WORD, SLIDES, SHEETS), _read_file),
    **{TEXT: _read_text, MAIL: _read_mail},
}


def _title(tree: html.HtmlElement) -> str:
    """The page's own heading, else what it calls itself, without the name of the site.

    A site whose banner is its only h1 names itself there, on every page.
    """
    headings = [" ".join(each.text_content().split()) for each in tree.xpath("//h1")]
    titles = [heading for heading in headings if heading]
    named, *site = TITLE_PARTS.split(_first(tree, "//title/text()"))
    site.append(_site(tree))
    banner = {each.casefold() for each in site} - {named.casefold()}
    if len(titles) == 1 and titles[0].casefold() not in banner:
        return titles[0]
    shared = _first(tree, "//meta[@property='og:title']/@content")
    return shared or named or (titles[0] if titles else "")


def _site(tree: html.HtmlElement) -> str:
    """What the page calls its site: as it says to others, else the last part of its title."""
    parts = TITLE_PARTS.split(_first(tree, "//title/text()"))
    return _first(tree, "//meta[@property='og:site_name']/@content") or "".join(parts[1:][-1:])


def _opening(text: str) -> str:
    """The first sentences, up to the length of a summary."""
    flat = " ".join(text.split())
    if len(flat) <= SUMMARY_CHARACTERS:
        return flat
    return flat[:SUMMARY_CHARACTERS].rsplit(" ", 1)[0] + " …"


def _first(tree: html.HtmlElement, path: str) -> str:
    matches = tree.xpath(path)
    return " ".join(str(matches[0]).split()) if matches else ""


def with_derived(reading: PageReading, body: ReceivedBody, scorer: Scorer) -> PageReading:
    """What was read with the facts of the page, its relevance and its signature."""
    words = (reading.title, reading.summary, reading.text)
    facts = facts_of(
        *words,
        url=body.url,
        media_type=_kind(body),
        link_share=reading.link_share,
        site=reading.site,
    )
    scored = scorer.score(*words, facts.marks)
    hashes = signature(f"{reading.title}\n{reading.text}")
    made = DerivedFacts(scorer.version, scored.score, scored.signals, shingles.FORM, hashes, facts)
    return replace(reading, derived=made)


def serve(pipe: Connection, memory: int, seconds: float, scorer: Scorer) -> None:
    """Reads what comes until the pipe closes. Any failure is an answer, not an end.

    A body that takes more seconds of the processor than that ends the process (SIGPROF).
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # What a parser warns of is in the body, and no news to who runs the crawl.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    while True:
        try:
            body = pipe.recv()
        except EOFError:
            return
        signal.setitimer(signal.ITIMER_PROF, seconds)
        try:
            pipe.send(with_derived(read(body), body, scorer))
        except ReadError as error:
            pipe.send(error)
        except Exception as error:  # noqa: BLE001 - a parser may raise anything on hostile input
            pipe.send(f"{type(error).__name__}: {error}"[:300])
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
