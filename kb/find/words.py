"""How a text becomes the words that are indexed and looked for, the same for both.

Every word counts, single letters, figures and common words among them: a phrase may hold them.
`NAMES` in capitals (IT, US, WHO) are other words than the common ones, unless they stand in a
heading or a question that is in capitals. A phrase that nothing else has is found there.
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
FEWEST_IN_A_QUERY = 3  # people type names in capitals beside a word
LONGEST_ACRONYM = 4  # letters: what is longer, in capitals, is a word of a heading
_CUT = re.compile(r"\w+")
# What ends a heading, or parts what is listed (EU, UK, US): each part is looked at by itself.
_PART = re.compile('[.,:;!?()\\[\\]{}/|·•>»"“”\r\n\t\v\f\u2028]|\\s[-–—‒―]\\s')
_IS_NO_NAME = re.compile(rf"\b(?:{'|'.join(sorted(NAMES))})(?=['’]S\b)")  # IT'S, WHO'S
_SIGNS = re.compile(r"""["()+*:]|(?:^|\s)-(?=[\w"(])|\b(?:AND|OR|NOT)\b""")
_STEMS: dict[str, str] = {}


def words_in(text: str) -> list[str]:
    """The words of a text in lower case but for names, without accents, initials as one word."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in apart if not unicodedata.combining(char))
    words = _CUT.findall(joined_initials(text) if "." in text else text)
    if NAMES.isdisjoint(words):
        return [word.lower() for word in words]
    found = []
    for part in _PART.split(_IS_NO_NAME.sub(_lowered, joined_initials(text))):
        cut = _CUT.findall(part)
        shouted = not NAMES.isdisjoint(cut) and part.isupper() and _is_shouted(cut, least=2)
        found += [word if word in NAMES and not shouted else word.lower() for word in cut]
    return found


def _lowered(match: re.Match[str]) -> str:
    return match[0].lower()


def _is_shouted(capitals: Sequence[str], *, least: int) -> bool:
    """True for words in capitals that are no mere acronyms: one is common, or one is long."""
    words = [word for word in capitals if len(word) > 1 and not word.isdigit()]
    if not COMMON.isdisjoint(words):
        return True
    return len(words) >= least and max(map(len, words)) > LONGEST_ACRONYM


def unshouted(text: str) -> str:
    """A query typed in capitals as if it were not; with a sign or an operator it is as typed."""
    words = WORD.findall(text)
    if not text.isupper() or _SIGNS.search(text) or not _is_shouted(words, least=FEWEST_IN_A_QUERY):
        return text
    return WORD.sub(lambda match: match[0].lower() if match[0] in NAMES else match[0], text)


def words_typed(text: str) -> tuple[str, ...]:
    """The words of a query in lower case, but for names, also in WHO's."""
    words = WORD.findall(_IS_NO_NAME.sub(_lowered, text))
    return tuple(word if _CUT.match(word)[0] in NAMES else word.lower() for word in words)  # type: ignore[index]


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


def shouted(words: Iterable[str]) -> tuple[str, ...]:
    """The words of a phrase as a heading in capitals has them: names are no names there."""
    return tuple(word.lower() if word in NAMES else word for word in words)
