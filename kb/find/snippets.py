"""The passage of a hit around the words that matched, with the places of these."""

import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kb.find.words import stems, telling, words_in
from kb.text.matcher import WORD

WIDTH = 160  # characters
MOST_PLACES = 200  # that are looked at for the best passage


@dataclass(frozen=True)
class Snippet:
    """A passage on one line, and where words of the query stand in it, in characters."""

    text: str
    places: Sequence[tuple[int, int]] = ()


def snippet(text: str, forms: Iterable[str], *, mark: str = "") -> Snippet:
    """The passage in which most of the words stand, cut at words, behind a mark if any."""
    flat = " ".join(text.split())
    words = [word.rpartition(":")[2] for form in forms for word in form.split()]
    wanted = set(stems(" ".join(telling(words) or words)))
    stars = [
        re.compile(fnmatch.translate("*".join("".join(words_in(part)) for part in word.split("*"))))
        for word in words
        if "*" in word
    ]
    stem_of: dict[str, str] = {}  # of the words that are wanted; "" for others
    places = []
    for match in WORD.finditer(flat):
        word = match[0]
        if word not in stem_of:
            (stem, *_) = stems(word) or [""]
            begun = any(star.match(each) for star in stars for each in words_in(word))
            stem_of[word] = stem if stem in wanted or begun else ""
        if stem_of[word]:
            places.append((match.start(), match.end(), stem_of[word]))
    at = max(0, _densest(places) - WIDTH // 3)
    start = flat.rfind(" ", 0, at) + 1 if at else 0
    cut = flat[start : start + WIDTH]
    if start + WIDTH < len(flat):
        cut = cut.rsplit(" ", 1)[0] + " …"
    lead = mark + ("… " if start else "")
    moved = [(a - start + len(lead), b - start + len(lead)) for a, b, _ in places]
    shown = lead + cut
    return Snippet(shown, [(a, b) for a, b in moved if len(lead) <= a and b <= len(shown)])


def _densest(places: Sequence[tuple[int, int, str]]) -> int:
    """Where the passage begins that has most different words; 0 for none."""
    best, most = 0, 0
    for number, (start, _, _) in enumerate(places[:MOST_PLACES]):
        within = {
            stem
            for at, _, stem in places[number : number + MOST_PLACES]
            if at < start + WIDTH * 2 // 3
        }
        if len(within) > most:
            best, most = start, len(within)
    return best
