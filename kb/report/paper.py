"""A paper: what stands in it, block by block, before it is a Word document or a page.

What was said by others stands in quotation marks with the number of its source.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from kb.report.drawings import Drawing


@dataclass(frozen=True)
class WebLink:
    """Words that lead to an address of the web, or to nothing where it is none."""

    text: str
    url: str


@dataclass(frozen=True)
class Cited:
    """The number of a source, which leads to the list of sources."""

    number: int


@dataclass(frozen=True)
class Strong:
    """Words that stand out."""

    text: str


Inline = str | WebLink | Cited | Strong


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Words, with links, numbers of sources and what stands out."""

    parts: tuple[Inline, ...]
    style: Literal["plain", "bullet", "quote", "note"] = "plain"

    @property
    def text(self) -> str:
        """The words alone."""
        return "".join(each if isinstance(each, str) else _text(each) for each in self.parts)


def _text(part: WebLink | Cited | Strong) -> str:
    return f"[{part.number}]" if isinstance(part, Cited) else part.text


@dataclass(frozen=True)
class Grid:
    """A table with a header row; `says` is its caption."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    says: str


@dataclass(frozen=True)
class Picture:
    """A drawing with its caption."""

    drawing: Drawing
    caption: str


@dataclass(frozen=True)
class CitedSource:
    """An entry of the list of sources."""

    number: int
    text: str
    url: str  # "" for none
    seen: date | None


class Contents:
    """Where the headings of level 1 and 2 are listed, under a heading of its own."""


class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Grid | Picture | CitedSource | Contents | PageBreak


@dataclass
class Citations:
    """The sources that a paper has cited so far, each once, numbered as they come."""

    numbers: dict[tuple[str, str], int] = field(default_factory=dict)
    entries: dict[int, CitedSource] = field(default_factory=dict)

    def cite(self, url: str | None, text: str, seen: date | None) -> Cited:
        """The number of a source: the next one, if it was not cited before."""
        number = self.numbers.setdefault((url or "", text), len(self.numbers) + 1)
        earlier = self.entries.get(number)
        seen = seen or (earlier.seen if earlier else None)
        self.entries[number] = CitedSource(number, text, url or "", seen)
        return Cited(number)


@dataclass(frozen=True)
class Paper:
    """A title, what stands below it, and the blocks in order."""

    title: str
    subtitle: str
    day: date
    blocks: tuple[Block, ...]

    @property
    def headings(self) -> list[Heading]:
        """What the contents list."""
        return [each for each in self.blocks if isinstance(each, Heading) and each.level < 3]


def said(*parts: Inline, style: Literal["plain", "bullet", "quote", "note"] = "plain") -> Paragraph:
    """A paragraph of those parts."""
    return Paragraph(parts, style)


def listed(names: Sequence[str], most: int | None = None) -> str:
    """A, B and C, as an editor writes it; of more than `most` the rest as a number. "" for none."""
    shown = list(names[:most])
    if len(names) > len(shown):
        shown.append(f"{len(names) - len(shown)} more")
    if not shown:
        return ""
    *lead, last = shown
    return f"{', '.join(lead)} and {last}" if lead else last


def counted(count: int, one: str, many: str = "") -> str:
    """The number with the word that fits it, in words up to nine."""
    word = one if count == 1 else many or f"{one}s"
    return f"{SMALL[count] if count < len(SMALL) else count} {word}"


def how_many(count: int) -> str:
    """A number that stands alone: none, in words up to nine, else figures."""
    return (SMALL[count] if count else "none") if count < len(SMALL) else str(count)


def was(count: int) -> str:
    """The verb that fits so many."""
    return "was" if count < 2 else "were"


ISO_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def day_of(day: date) -> str:
    """A date as an editor writes it: 3 June 2026."""
    return f"{day.day} {day:%B %Y}"


def in_words(text: str) -> str:
    """What the lists say of the state of evidence, with its dates as an editor writes them."""
    return ISO_DAY.sub(lambda found: day_of(date.fromisoformat(found[0])), text)


def capital(text: str) -> str:
    """The text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
