"""How a text becomes the words that are indexed and looked for, the same for both.

Every word counts, single letters, figures and common words among them: a phrase may hold them.
`NAMES` in capitals (IT, US, WHO) are other words than the common ones, unless they stand in a
heading or a question that is in capitals.
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
NAMES = frozenset(("HE", "IT", "ME", "US", "WHO"))  # acronyms of this field, else common words
COMMON = frozenset(word.upper() for word in PASSED_OVER | ASKING) - {*NAMES, *OPERATORS}
MOST_STEMS = 200_000
FEWEST_IN_A_HEADING = 2  # words in capitals one after the other
FEWEST_IN_A_QUERY = 3  # people type names in capitals beside a word
LONGEST_ACRONYM = 4  # letters: what is longer, in capitals, is a word of a heading
_CUT = re.compile(r"\w+")
_LISTED = re.compile(r"[,;/|·•]")
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
        word
        if word in NAMES and not _is_shouted(_around(part, at), FEWEST_IN_A_HEADING)
        else word.lower()
        for part in parts
        for at, word in enumerate(part)
    ]


def _around(words: Sequence[str], at: int) -> Sequence[str]:
    """The words in capitals one after the other, of which that one is."""
    before = after = at
    while before and words[before - 1].isupper():
        before -= 1
    while after + 1 < len(words) and words[after + 1].isupper():
        after += 1
    return words[before : after + 1]


def _is_shouted(capitals: Sequence[str], least: int) -> bool:
    """True for words in capitals that are no mere acronyms: one is common, or one is long."""
    if not COMMON.isdisjoint(capitals):
        return True
    return len(capitals) >= least and max(map(len, capitals)) > LONGEST_ACRONYM


def unshouted(text: str) -> str:
    """A query typed in capitals as if it were not; operators stay, and names among acronyms."""
    words = [word for word in WORD.findall(text) if word not in OPERATORS]
    if not text.isupper() or not _is_shouted(words, FEWEST_IN_A_QUERY):
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
