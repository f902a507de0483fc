"""How a text becomes the words that are indexed and looked for, the same for both.

Every word counts, single letters, figures and common words among them: a phrase may hold them. A
common word in capitals is a name (IT, US, WHO), and another word than the common one, unless all
around it is in capitals.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from whoosh.lang.porter import stem

from kb.text.matcher import PASSED_OVER, WORD, joined_initials

# Words of questions: they say nothing of what is asked for.
ASKING = frozenset(
    "who what which where when how why does do did about there any our anything something like "
    "please me show find some".split()
)
OPERATORS = ("AND", "OR", "NOT")
NAMES = frozenset(word.upper() for word in PASSED_OVER | ASKING if len(word) > 1) - {*OPERATORS}
MOST_STEMS = 200_000
SHOUTED = 3  # words in capitals one after the other
LONGEST_ACRONYM = 4  # letters: what is longer, in capitals, is a word of a heading
_CUT = re.compile(r"\w+")
_LISTED = re.compile(r"[,;/]")
_STEMS: dict[str, str] = {}


def words_in(text: str) -> list[str]:
    """The words of a text in lower case but for names, without accents, initials as one word."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in apart if not unicodedata.combining(char))
    words = _CUT.findall(joined_initials(text) if "." in text else text)
    if NAMES.isdisjoint(words):
        return [word.lower() for word in words]
    # In a list (EU, UK, US) each stands for itself.
    parts = map(_CUT.findall, _LISTED.split(joined_initials(text)))
    return [
        word if word in NAMES and not _is_shouted(part, at) else word.lower()
        for part in parts
        for at, word in enumerate(part)
    ]


def _is_shouted(words: Sequence[str], at: int) -> bool:
    """True for a word among capitals: of a heading in capitals nothing is a name."""
    before = after = at
    while before and words[before - 1].isupper():
        before -= 1
    while after + 1 < len(words) and words[after + 1].isupper():
        after += 1
    run = words[before : after + 1]
    return len(run) >= SHOUTED and max(map(len, run)) > LONGEST_ACRONYM


def unshouted(text: str) -> str:
    """A query typed in capitals as if it were not; names alone stay, and operators."""
    words = [word for word in WORD.findall(text) if word not in OPERATORS]
    if len(words) < SHOUTED or not text.isupper() or NAMES.issuperset(words):
        return text
    return WORD.sub(lambda match: match[0].lower() if match[0] in NAMES else match[0], text)


def words_typed(text: str) -> tuple[str, ...]:
    """The words of a query in lower case, but for names."""
    return tuple(word if word in NAMES else word.lower() for word in WORD.findall(text))


def stems(text: str) -> list[str]:
    """The words of a text, stemmed."""
    return stemmed(words_in(text))


def stemmed(words: Iterable[str]) -> list[str]:
    """The stems of words; a name has none."""
    made = []
    for word in words:
        known = _STEMS.get(word)
        if known is None:
            if len(_STEMS) > MOST_STEMS:
                _STEMS.clear()
            known = _STEMS[word] = word if word in NAMES else stem(word) or word
        made.append(known)
    return made


def telling(words: Iterable[str]) -> list[str]:
    """Those words that do not stand in every text."""
    return [word for word in words if word not in PASSED_OVER]
