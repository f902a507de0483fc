"""Many pages that become one text: what a site in trouble answers, and no change of its pages.

A challenge, a log-in, a notice of maintenance or of consent comes with status 200 in place of every
page. A held page whose text changed waits here until it is known whether others changed to the
same; if so, none of them is saved, and the run says what it saw.
"""

import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from kb.keep.saving import ReadPage

MOST_ALIKE = 2  # pages that may change to one text
FEWEST_NEW = 5  # new pages with one text, before a word is said
MOST_HELD_BACK = 500  # pages; one text for many shows itself sooner
SHORT = 600  # characters: a challenge says little else than its number
# What is new each time a challenge is shown: an id by chance, a time, the page asked for.
TOKEN = re.compile(
    r"\W*(?:\w+:)?(?:(?=.*\d)[0-9a-f][0-9a-f.:#_-]{5,}|\d+(?:[:.]\d+)+|\d{8,})"
    r"(?:t\d\d:\S*|-[a-z]{2,4})?\W*|\S*/\S*"
)
SHOWN = 60  # characters of what they all say


@dataclass
class OneText:
    """What a run has met so far: pages held back, and the texts that many pages changed to."""

    waiting: dict[bytes, list[ReadPage]] = field(default_factory=lambda: defaultdict(list))
    shared: dict[bytes, str] = field(default_factory=dict)  # with an example
    of_new: Counter[bytes] = field(default_factory=Counter)
    example: dict[bytes, str] = field(default_factory=dict)  # in words: pages are not held on to

    def changed(self, page: ReadPage) -> tuple[list[ReadPage], list[ReadPage]]:
        """A held page with another text: those that may be saved now, those that must not be."""
        key = _key(page)
        if key in self.shared:
            return [], [page]
        self.waiting[key].append(page)
        if len(self.waiting[key]) > MOST_ALIKE:
            self.shared[key] = _example(page)
            return [], self.waiting.pop(key)
        if sum(map(len, self.waiting.values())) > MOST_HELD_BACK:
            return self.waiting.pop(next(iter(self.waiting))), []
        return [], []

    def met(self, page: ReadPage) -> None:
        """A page met for the first time: there is nothing to lose, and something to say."""
        key = _key(page)
        self.of_new[key] += 1
        self.example.setdefault(key, _example(page))

    @property
    def held_back(self) -> list[ReadPage]:
        """Those of which it is not known yet whether others change to the same text."""
        return [page for held in self.waiting.values() for page in held]

    def rest(self) -> list[ReadPage]:
        """Those that still wait when all pages were met: their texts are their own."""
        pages = self.held_back
        self.waiting.clear()
        return pages

    def faults(self) -> list[str]:
        """A sentence for each text that many pages changed to: none of them was saved."""
        return [f"changed to one text: {example}" for example in self.shared.values()]

    def warnings(self) -> list[str]:
        """A sentence for each text that many pages were first met with: they were saved."""
        return [
            f"{count} new pages say the same: {self.example[key]}"
            for key, count in self.of_new.items()
            if count >= FEWEST_NEW
        ]


def _example(page: ReadPage) -> str:
    return f"{page.reading.text[:SHOWN]!r}, {page.url}"


def _key(page: ReadPage) -> bytes:
    """What two pages share that say the same under their titles.

    In what is short, ids, times and addresses do not count.
    """
    title, text = page.reading.title.casefold(), page.reading.text.casefold()
    words = " ".join(line for line in text.splitlines() if line.strip() != title).split()
    if len(text) <= SHORT:
        words = [word for word in words if not TOKEN.fullmatch(word)]
    return hashlib.sha256(" ".join(words).encode()).digest()
