"""Forms of terms: where they occur in a text, and what else to look for in their place.

A form is compared word by word, whatever stands between the words (`anti-racism` is
`anti racism`), and without case unless its term asks for it; the last word may take an `s`
unless the term is `exact`. The longest form that fits is the one that occurs.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.declare.lexicon import Term  # loads pydantic, which a search has no use for

WORD = re.compile(r"\w+(?:['’]\w+)*")

# What a form adds when it stands in for the one that was typed (1.0).
ALSO_WEIGHT = 0.45
NARROWER_WEIGHT = 0.35


@dataclass(frozen=True)
class Occurrence:
    """One form of one term at one place of a text, in characters."""

    term: str
    form: str
    start: int
    end: int


@dataclass(frozen=True)
class _Form:
    term: str
    words: tuple[str, ...]
    cased: tuple[str, ...] | None
    plural: bool
    counts: bool

    def fits(self, worded: "Worded", at: int) -> bool:
        """True when the form stands at that word."""
        end = at + len(self.words)
        *lead, last = worded.words[at:end]
        if tuple(lead) != self.words[:-1]:
            return False
        if last != self.words[-1] and not (self.plural and last == self.words[-1] + "s"):
            return False
        return self.cased is None or all(
            original.startswith(wanted)
            for original, wanted in zip(worded.originals(at, end), self.cased, strict=True)
        )


class Worded:
    """A text with its words, cut once for all who look for forms in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._originals = WORD.findall(text)
        self.words = [original.casefold() for original in self._originals]
        self.known = frozenset(self.words)
        self._places: list[tuple[int, int]] | None = None

    def place(self, at: int, count: int) -> tuple[int, int]:
        """Where so many words from that one on stand, in characters of the text."""
        if self._places is None:
            self._places = [match.span() for match in WORD.finditer(self.text)]
        return self._places[at][0], self._places[at + count - 1][1]

    def originals(self, start: int, end: int) -> Sequence[str]:
        """Those words as they were written."""
        return self._originals[start:end]


@dataclass
class Matcher:
    """Finds the forms of terms in texts."""

    _by_first: dict[str, list[_Form]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, terms: Iterable["Term"]) -> "Matcher":
        """A matcher for every form of those terms; their exceptions are passed over."""
        matcher = cls()
        for term in terms:
            for form in (*term.same, *term.narrower):
                matcher._add(term.name, form, term.case_sensitive, not term.exact, counts=True)
            for form in term.except_:
                matcher._add(term.name, form, False, False, counts=False)
        matcher._sort()
        return matcher

    @classmethod
    def of_phrases(cls, phrases: Iterable[str]) -> "Matcher":
        """A matcher for plain phrases, each its own term."""
        matcher = cls()
        for phrase in phrases:
            matcher._add(phrase, phrase, False, True, counts=True)
        matcher._sort()
        return matcher

    def _add(self, term: str, form: str, case: bool, plural: bool, *, counts: bool) -> None:
        originals = tuple(WORD.findall(form))
        if not originals:
            return
        words = tuple(word.casefold() for word in originals)
        made = _Form(term, words, originals if case else None, plural, counts)
        self._by_first[words[0]].append(made)
        if plural and len(words) == 1:
            self._by_first[words[0] + "s"].append(made)

    def _sort(self) -> None:
        for forms in self._by_first.values():
            forms.sort(key=lambda form: len(form.words), reverse=True)

    def meets(self, worded: "Worded") -> bool:
        """True where any form that counts occurs; an exception beside it is not looked for."""
        firsts = self._by_first
        return not firsts.keys().isdisjoint(worded.known) and any(
            form.counts and form.fits(worded, at)
            for at, first in enumerate(worded.words)
            if first in firsts
            for form in firsts[first]
        )

    def occurrences(self, text: "str | Worded") -> list[Occurrence]:
        """Every term that occurs, in order of place; forms of different terms may overlap."""
        worded = Worded(text) if isinstance(text, str) else text
        occurrences: list[Occurrence] = []
        covered: dict[str, int] = {}  # term to the word up to which it was met already
        firsts = self._by_first
        if firsts.keys().isdisjoint(worded.known):
            return []
        for at, first in enumerate(worded.words):
            if first not in firsts:
                continue
            for form in firsts[first]:
                if at < covered.get(form.term, 0) or not form.fits(worded, at):
                    continue
                covered[form.term] = at + len(form.words)
                if form.counts:
                    start, end = worded.place(at, len(form.words))
                    occurrences.append(Occurrence(form.term, worded.text[start:end], start, end))
        return occurrences


def fold(form: str) -> str:
    """A form as its words, for looking up: lower case, one space between."""
    return " ".join(WORD.findall(form.casefold()))


@dataclass(frozen=True)
class Alternatives:
    """What else to look for in place of what was typed: plain data, kept beside the index."""

    forms: Mapping[str, Sequence[tuple[str, float]]] = field(default_factory=dict)
    related: Mapping[str, Sequence[str]] = field(default_factory=dict)
    longest: int = 1  # words in the longest form

    @classmethod
    def of(cls, terms: Iterable["Term"]) -> "Alternatives":
        """From declared terms: same meaning both ways, `narrower` one way, `related` as offers."""
        forms: dict[str, dict[str, float]] = defaultdict(dict)
        related: dict[str, list[str]] = defaultdict(list)
        for term in terms:
            for typed in map(fold, term.same):
                others = forms[typed]  # there even where nothing stands in: it is one idea
                for other in map(fold, term.same):
                    if other != typed:
                        others.setdefault(other, ALSO_WEIGHT)
                for narrower in map(fold, term.narrower):
                    others.setdefault(narrower, NARROWER_WEIGHT)
                related[typed] += term.related
        longest = max((len(form.split()) for form in forms), default=1)
        return cls(
            {typed: sorted(others.items()) for typed, others in forms.items()},
            {typed: names for typed, names in related.items() if names},
            longest,
        )
