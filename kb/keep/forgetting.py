"""The one exception to append-only: text that must not be held any longer is taken out.

What goes is a document's text, or every sentence that a passage touches: in each revision and
in each quote from it. A hash of it stays, by which it is taken out again where it comes back.
"""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kb.keep.acts import Act, Row
from kb.keep.crawled import Forgotten, Relevance, Revision, Signature, StrandMatch
from kb.keep.decisions import Assessment, Described, Profile, Result
from kb.keep.store import TABLES, Reading, Writing

REMOVED = "[removed]"
SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]*\s*")


@dataclass(frozen=True)
class TextPlace:
    """A place of the store that holds some words: table, row, column, and the whole text."""

    table: str
    row: int
    column: str
    text: str


def everywhere(
    reading: Reading, words: str, *, without: Collection[int] = ()
) -> Iterator[TextPlace]:
    """Every value of the store, valid or ended, that holds the words, case folded.

    Without those acts, and what they made.
    """
    folded = words.casefold()
    every: list[Act | Row] = [*reading.acts()]
    for model in TABLES:
        every += reading.history(model)
    for row in every:
        if (row.id if isinstance(row, Act) else row.made) in without:
            continue
        for column, value in row.model_dump().items():
            if folded in " ".join(str(value or "").casefold().split()):
                yield TextPlace(type(row).__name__.casefold(), row.id or 0, column, str(value))


def forget(writing: Writing, document: int, passage: str = "") -> int:
    """Takes a document's text, or the sentences a passage touches, out; how many sentences.

    0 where no revision holds the passage. A whole document counts as one.
    """
    revisions = writing.history(Revision, document=document)
    whole = not passage
    texts = [text for row in revisions for text in (row.title, row.summary, row.text)]
    gone = {hashed(text) for text in texts} if whole else _touched(texts, passage)
    writing.add_all(
        [Forgotten(document=document, sha256=each, whole=whole) for each in sorted(gone)]
    )
    numbers = {row.id for row in revisions}
    for row in revisions:
        for name in ("title", "summary", "text"):
            _write_over(writing, row, name, without(getattr(row, name), gone, whole=whole))
    sentences = [
        " ".join(sentence.casefold().split())
        for text in texts
        for sentence in SENTENCE.findall(text)
        if hashed(sentence) in gone
    ]
    pins: list[Assessment | Result] = [*writing.history(Assessment), *writing.history(Result)]
    for pin in pins:
        pinned = pin.revision in numbers and pin.quote
        if pinned and (whole or _shares(pin.quote, passage, sentences)):
            _write_over(writing, pin, "quote", REMOVED)
    for profile in writing.history(Profile):
        if profile.summary and profile.summary in texts:
            _write_over(writing, profile, "summary", without(profile.summary, gone, whole=whole))
    for told in writing.history(Described, document=document) if whole else ():
        _write_over(writing, told, "told_by", REMOVED)
        _write_over(writing, told, "file_name", "")
    writing.end_all(row for row in writing.rows(StrandMatch) if row.revision in numbers)
    derived: list[tuple[Relevance | Signature, str, object]]
    derived = [(row, "terms", []) for row in writing.history(Relevance)]
    derived += [(row, "kind_why", "") for row in writing.history(Relevance)]
    derived += [(row, "hashes", b"") for row in writing.history(Signature)]
    for each, column, nothing in derived:
        if each.revision in numbers:
            writing.end(each)
            _write_over(writing, each, column, nothing)
    return 1 if whole else len(gone)


def without(text: str, gone: Collection[str], *, whole: bool = False) -> str:
    """The text with each sentence replaced that hashes to one of those; the whole if asked."""
    if whole:
        return REMOVED if text else ""
    return "".join(
        f"{REMOVED} " if hashed(sentence) in gone else sentence
        for sentence in SENTENCE.findall(text)
    )


def hashed(text: str) -> str:
    """SHA-256 of a text, white space and case folded."""
    return hashlib.sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def _touched(texts: Collection[str], passage: str) -> set[str]:
    """The hashes of the sentences that hold some of the passage."""
    words = r"\s+".join(re.escape(word) for word in passage.split())
    hashes = set()
    for text in texts:
        places = [match.span() for match in re.finditer(words, text, re.IGNORECASE)]
        for sentence in SENTENCE.finditer(text):
            start, end = sentence.span()
            if any(start < last and first < end for first, last in places):
                hashes.add(hashed(sentence.group()))
    return hashes


def _shares(quote: str, passage: str, sentences: Collection[str]) -> bool:
    """True for a quote that holds some of what goes, or is a part of it; all case folded."""
    folded = " ".join(quote.casefold().split())
    return " ".join(passage.casefold().split()) in folded or any(
        folded in sentence or sentence in folded for sentence in sentences if sentence
    )


def _write_over(writing: Writing, row: Row, column: str, after: object) -> None:
    """Plain SQL, past the rule that no row is changed: here alone, and only to take out."""
    table = type(row).__table__  # type: ignore[attr-defined]
    writing.session.flush()
    writing.session.connection().execute(
        table.update().where(table.c.id == row.id).values({column: after})
    )
    writing.session.expire(row, [column])
