"""Forms of terms: where they occur in a text, and what else to look for in their place.

A form is compared word by word, whatever stands between the words (`anti-racism` is
`anti racism`), and without case unless its term asks for it; the last word may take an `s`
unless the term is `exact`. The longest form that fits is the one that occurs.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.declare.lexicon import Term  # loads pydantic, which a search has no use for

WORD = re.compile(r"\w+(?:['’]\w+)*")

INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?!\w)|\b[^\W\d_](?:\.[^\W\d_])+\b")
ADDRESS_START = re.compile(r"(?:https?://)?(?:www\.)?", re.IGNORECASE)
# Words that stand in nearly every text, and tell none from another.
PASSED_OVER = frozenset(
    "a an and are as at be by can for from have if in is it may not of on or that the this to us "
    "we when will with yet you your".split()
)

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
    at: int = 0  # its first word, counted in words


@dataclass(frozen=True)
class _Form:
    term: str
    words: tuple[str, ...]
    cased: tuple[str, ...] | None
    plural: bool
    counts: bool

    def fits(self, tokens: "TokenizedText", at: int) -> bool:
        """True when the form stands at that word."""
        end = at + len(self.words)
        *lead, last = tokens.words[at:end]
        if tuple(lead) != self.words[:-1]:
            return False
        if last != self.words[-1] and not (self.plural and last == self.words[-1] + "s"):
            return False
        return self.cased is None or all(
            original.startswith(written)
            for original, written in zip(tokens.originals(at, end), self.cased, strict=True)
        )


class TokenizedText:
    """A text with its words, cut once for every search of forms in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded = text.casefold()
        # Folded at once where no letter became several, which might make other words.
        self.words: list[str] = (
            WORD.findall(folded)
            if len(folded) == len(text)
            else [word.casefold() for word in WORD.findall(text)]
        )
        self.places_of: dict[str, list[int]] = {}  # word to where it stands, in words
        for at, word in enumerate(self.words):
            self.places_of.setdefault(word, []).append(at)

    @property
    def known(self) -> Set[str]:
        """The words that occur."""
        return self.places_of.keys()

    @cached_property
    def _originals(self) -> list[str]:
        return WORD.findall(self.text)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return [match.span() for match in WORD.finditer(self.text)]

    def place(self, at: int, count: int) -> tuple[int, int]:
        """Where so many words from that one on stand, in characters of the text."""
        return self._places[at][0], self._places[at + count - 1][1]

    def originals(self, start: int, end: int) -> Sequence[str]:
        """Those words as they were written."""
        return self._originals[start:end]


@dataclass
class Matcher:
    """Finds the forms of terms in texts."""

    _by_first: dict[str, list[_Form]] = field(default_factory=lambda: defaultdict(list))
    # By the first word of one that has no other, else by the first two.
    _by_opening: dict[str | tuple[str, ...], list[_Form]] = field(
        default_factory=lambda: defaultdict(list)
    )

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
        return cls.of_families({phrase: [phrase] for phrase in phrases})

    @classmethod
    def of_families(cls, phrases: Mapping[str, Iterable[str]]) -> "Matcher":
        """A matcher for plain phrases, each a form of the term it is listed under."""
        matcher = cls()
        for term, forms in phrases.items():
            for form in forms:
                matcher._add(term, form, False, True, counts=True)
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
        if counts:
            self._by_opening[words[:2] if len(words) > 1 else words[0]].append(made)
            if plural and len(words) <= 2:
                *lead, last = words
                self._by_opening[(*lead, last + "s") if lead else last + "s"].append(made)

    def _sort(self) -> None:
        for forms in self._by_first.values():
            forms.sort(key=lambda form: len(form.words), reverse=True)

    def terms(self, tokens: "TokenizedText") -> set[str]:
        """Every term with a form that occurs; exceptions beside them are not looked for."""
        there: set[str | tuple[str, ...]] = {*tokens.known, *itertools.pairwise(tokens.words)}
        names = set[str]()
        for opening in there & self._by_opening.keys():
            for form in self._by_opening[opening]:
                short = len(form.words) <= 2 and not form.cased
                if short or any(form.fits(tokens, at) for at in range(len(tokens.words))):
                    names.add(form.term)
        return names

    def occurrences(self, text: "str | TokenizedText") -> list[Occurrence]:
        """Every term that occurs, in order of place; forms of different terms may overlap."""
        tokens = TokenizedText(text) if isinstance(text, str) else text
        occurrences: list[Occurrence] = []
        covered: dict[str, int] = {}  # term to the word up to which it has occurred
        firsts = self._by_first
        begins = (tokens.places_of[first] for first in firsts.keys() & tokens.known)
        for at in sorted(itertools.chain.from_iterable(begins)):
            for form in firsts[tokens.words[at]]:
                if at < covered.get(form.term, 0) or not form.fits(tokens, at):
                    continue
                covered[form.term] = at + len(form.words)
                if form.counts:
                    start, end = tokens.place(at, len(form.words))
                    occurrences.append(
                        Occurrence(form.term, tokens.text[start:end], start, end, at)
                    )
        return occurrences


def joined_initials(text: str) -> str:
    """The text with initials as one word: W.R.E.S. is WRES."""
    return INITIALS.sub(lambda match: match[0].replace(".", ""), text)


def address_words(url: str) -> str:
    """The words of a web address, without how it begins: england nhs uk about equality."""
    return " ".join(WORD.findall(ADDRESS_START.sub("", url, count=1)))


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
