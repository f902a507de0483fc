"""The query language: what staff type, as units to look for.

word            looked for in every field; documents with all words come first
"some words"    side by side, in this order
field:word      in that field alone; field:"some words" likewise
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.errors import Unknown
from kb.find.lexicon import WORD, Alternatives, fold

FIELDS = ("title", "organisation", "summary", "tags", "text")
PIECE = re.compile(r'(?:(?P<field>[A-Za-z_]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


@dataclass(frozen=True)
class Unit:
    """One thing looked for: words side by side if a phrase, else any form of one idea."""

    words: tuple[str, ...]
    field: str | None = None
    phrase: bool = False
    others: tuple[tuple[str, float], ...] = ()  # forms that may stand in, with their weight

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        text = " ".join(self.words)
        return f'"{text}"' if self.phrase else text


@dataclass(frozen=True)
class Query:
    """The units looked for, and the terms to offer as "see also"."""

    units: tuple[Unit, ...]
    see_also: tuple[str, ...] = ()


def parse(text: str, alternatives: Alternatives) -> Query:
    """The query as units; words that make a form of the lexicon are one idea.

    Raises Unknown, naming the nearest, for a field that does not exist.
    """
    units: list[Unit] = []
    see_also: list[str] = []
    loose: list[str] = []
    for match in PIECE.finditer(text.replace("\0", " ")):
        field, phrase, word = match.group("field"), match.group("phrase"), match.group("word")
        if field is not None and (word or "").startswith("//"):
            field, word = None, match.group()  # an address is words, no field
        if field is not None and field.casefold() not in FIELDS:
            raise Unknown("field", field, FIELDS, where="the index")
        words = tuple(WORD.findall((phrase if phrase is not None else word or "").casefold()))
        if not words:
            continue
        if field is None and phrase is None:
            loose += words
            continue
        units += _ideas(loose, alternatives, see_also)
        loose = []
        quoted = phrase is not None or len(words) > 1
        units.append(Unit(words, field.casefold() if field else None, phrase=quoted))
    units += _ideas(loose, alternatives, see_also)
    return Query(tuple(units), tuple(dict.fromkeys(see_also)))


def _ideas(words: Sequence[str], alternatives: Alternatives, see_also: list[str]) -> list[Unit]:
    """Loose words as units, the longest run that is a form of the lexicon together."""
    units: list[Unit] = []
    at = 0
    while at < len(words):
        for length in range(min(alternatives.longest, len(words) - at), 0, -1):
            form = fold(" ".join(words[at : at + length]))
            others = alternatives.forms.get(form)
            if others is not None:
                see_also += alternatives.related.get(form, ())
                # A form that stands in stands in for each of the words, with its share.
                share = tuple((other, weight / length) for other, weight in others)
                units += [Unit((word,), others=share) for word in words[at : at + length]]
                break
        else:
            length = 1
            units.append(Unit((words[at],)))
        at += length
    return units
