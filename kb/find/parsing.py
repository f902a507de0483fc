"""The query language, defined here and nowhere else: what staff type, as things to look for.

    query   = { item }
    item    = [ "+" | "-" | "NOT" ] either
    either  = thing { "OR" [ "-" | "NOT" ] thing }
    thing   = [ name ":" ] ( "(" { [ "-" | "NOT" ] either } ")" | word [ "*" ] | '"' words '"' )

    word            looked for in every field; documents with all words come first
    +word           must occur, as it is typed
    NOT word        must not occur, as it is typed; -word likewise
    a OR b          either; a OR NOT b likewise
    (a b)           both, as one thing; (a NOT b) the one without the other
    "some words"    side by side, in this order; where nothing has them so, near one another
    begins*         every word that begins so, and what has its stem; wom*n likewise
    D&I             letters side by side; IT, US, WHO in capitals are names
    field:word      in that field alone: title, organisation, summary, tags or text
    field:(a b)     each of them in that field
    facet:code      coded so, as with --audience and its like: what is found must be
    since:2023      dated in that year, month or day, or later; until:2024-06 likewise, or earlier

A facet or a date counts like a word for NOT, OR and brackets; by itself it says what may be found
at all, and so does a bracket with nothing else in it. Words that stand in every text
(`PASSED_OVER`) are passed over; those that words of the lexicon or a quote go over are not.

Nothing that is typed is malformed. An open quote or bracket closes at the end, an operator with
nothing to work on is passed over, and a note says how it was read.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kb.errors import Refused, Unknown
from kb.find.query import (
    DATES,
    FACETS,
    FIELDS,
    Group,
    HasCode,
    HasDate,
    Node,
    Query,
    Unit,
    Without,
    as_typed,
    units,
)
from kb.find.words import ASKING, unshouted, words_typed
from kb.text.matcher import PASSED_OVER, WORD, Alternatives, address_words, fold, joined_initials

FEWEST_LETTERS = 2  # before a star
MOST_WORDS = 60
MOST_LETTERS = 100  # of one word
MOST_BRACKETS = 20  # one within another
TOKEN = re.compile(
    r"""(?P<close>\))
    | (?P<sign>[+-](?=[\w"(]))?
      (?:(?P<name>[A-Za-z_]+):(?=[^\s)]))?
      (?:(?P<open>\()|"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))
    | (?P<alone>[+-])""",
    re.VERBOSE,
)
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
SPACED = re.compile(rf"\b({'|'.join((*FIELDS, *FACETS, *DATES))}):\s+(?=[\w\"(])", re.IGNORECASE)
QUOTES = dict.fromkeys(map(ord, "“”„‟″«»"), '"') | dict.fromkeys(map(ord, "‘’‚‛′"), "'")
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
DAY = len("2024-06-30")
# Letters that stand for a name, as D&I: read side by side.
LETTERED = re.compile(r"\w{1,2}(?:&\w{1,2})+")


@dataclass(frozen=True)
class _Token:
    kind: str  # word, phrase, open, close, not
    text: str
    sign: str = ""
    name: str = ""


def parse(text: str, alternatives: Alternatives) -> Query:
    """The query as things to look for; words that make a form of the lexicon are one idea.

    Raises Unknown, with the nearest, for a field that does not exist; Refused for what is no
    date, for more than sixty words at once, a word of more than a hundred letters, and more than
    twenty brackets within one another.
    """
    reader = _Reader(alternatives)
    tokens = list(_tokens(_plain(text, reader.notes), reader.notes))
    words = [word for token in tokens for word in WORD.findall(token.text)]
    if len(words) > MOST_WORDS:
        raise Refused(f"{len(words)} words at once", hint=f"a search takes up to {MOST_WORDS}")
    for word in words:
        if len(word) > MOST_LETTERS:
            raise Refused(
                f"a word of {len(word)} letters: {word[:20]}…", hint=f"at most {MOST_LETTERS}"
            )
    reader.read(tokens)
    return Query(
        terms=tuple(reader.terms),
        must=tuple(reader.must),
        never=tuple(reader.never),
        codes=reader.codes,
        since=reader.dates.get("since", ""),
        until=reader.dates.get("until", ""),
        see_also=tuple(dict.fromkeys(reader.see_also)),
        notes=tuple(dict.fromkeys(reader.notes)),
    )


def _plain(text: str, notes: list[str]) -> str:
    """The text as keys type it: quotes straight, letters composed, initials without stops."""
    text = unicodedata.normalize("NFC", text).translate(QUOTES).replace("\0", " ")
    for match in SPACED.finditer(text):
        notes.append(f"{match[1]}: and what follows are read together")
    text = unshouted(SPACED.sub(r"\1:", text))
    return joined_initials(ADDRESS.sub(lambda match: f'"{address_words(match[0])}"', text))


def _tokens(text: str, notes: list[str]) -> Iterator[_Token]:
    for match in TOKEN.finditer(text):
        sign, name = match["sign"] or "", match["name"] or ""
        if match["close"]:
            yield _Token("close", "")
        elif match["open"]:
            yield _Token("open", "", sign, name)
        elif match["phrase"] is not None:
            if not match["closed"]:
                notes.append("the quote is read to the end")
            yield _Token("phrase", match["phrase"], sign, name)
        elif match["word"]:
            if LETTERED.fullmatch(match["word"]):
                yield _Token("initials", match["word"], sign, name)
            elif not sign and not name and match["word"] == "NOT":
                yield _Token("not", "NOT")
            else:
                yield _Token("word", match["word"], sign, name)


class _Reader:
    """Reads tokens, and notes what is to be said of them."""

    def __init__(self, alternatives: Alternatives) -> None:
        self.alternatives = alternatives
        self.terms: list[Node] = []
        self.must: list[Node] = []
        self.never: list[Node] = []
        self.codes: dict[str, list[str]] = {}
        self.dates: dict[str, str] = {}
        self.see_also: list[str] = []
        self.notes: list[str] = []
        self.depth = 0  # brackets that are open

    def read(self, tokens: Sequence[_Token]) -> None:
        """Reads a whole query."""
        at = 0
        while at < len(tokens):
            items, at = self._items(tokens, at, "")
            for sign, node in items:
                self._take(sign, node)
            at += 1  # a bracket that closes nothing

    def _take(self, sign: str, node: Node) -> None:
        if sign == "-":
            self.never.append(as_typed(node))
        elif isinstance(node, HasCode):
            self.codes.setdefault(node.facet, []).append(node.code)
        elif isinstance(node, HasDate):
            self.dates[node.name] = node.when
        elif next(units([node]), None) is None:
            # Nothing in it to look for: it says what may be found, each part by itself.
            self.must += _conditions(node)
        else:
            self.terms.append(node)
            if sign == "+":
                self.must.append(as_typed(node))

    def _items(
        self, tokens: Sequence[_Token], at: int, within: str
    ) -> tuple[list[tuple[str, Node]], int]:
        """Each thing with its sign up to the closing bracket or the end; `within` a field."""
        items: list[tuple[str, Node]] = []
        loose: list[str] = []
        while at < len(tokens) and tokens[at].kind != "close":
            token, sign, at = self._signed(tokens, at)
            if self._is_loose(token, sign) and not within and not self._is_or(tokens, at + 1):
                if token.text == "OR":
                    self.notes.append("OR with nothing on a side is passed over")
                loose += words_typed(token.text)
                at += 1
                continue
            items += [("", idea) for idea in self._ideas(loose)]
            loose = []
            node, at = self._either(tokens, at, token, within)
            items += [(sign, node)] if node else []
        return [*items, *(("", idea) for idea in self._ideas(loose))], at

    def _signed(self, tokens: Sequence[_Token], at: int) -> tuple[_Token, str, int]:
        """The token there with its sign, past a NOT that has something to work on."""
        token = tokens[at]
        if token.kind != "not":
            return token, token.sign, at
        if at + 1 < len(tokens) and tokens[at + 1].kind not in ("close", "not"):
            return tokens[at + 1], "-", at + 1
        self.notes.append("NOT with nothing after it is passed over")
        return _Token("word", "not"), "", at

    @staticmethod
    def _is_loose(token: _Token, sign: str) -> bool:
        """True for a word that may be part of a form of several."""
        return token.kind == "word" and not sign and not token.name and "*" not in token.text

    def _either(
        self, tokens: Sequence[_Token], at: int, first: _Token, within: str
    ) -> tuple[Node | None, int]:
        node, at = self._thing(tokens, at, first, within)
        parts = [node] if node else []
        while self._is_or(tokens, at):
            token, sign, at = self._signed(tokens, at + 1)
            node, at = self._thing(tokens, at, token, within)
            if node:
                parts.append(Without(as_typed(node)) if sign == "-" else node)
        if len(parts) > 1:
            return Group(tuple(parts), all=False), at
        return (parts[0] if parts else None), at

    @staticmethod
    def _is_or(tokens: Sequence[_Token], at: int) -> bool:
        """True for an OR that something follows."""
        if not (0 < at < len(tokens) - 1 and tokens[at] == _Token("word", "OR")):
            return False
        if tokens[at + 1].kind == "not":
            return at + 2 < len(tokens) and tokens[at + 2].kind not in ("close", "not")
        return tokens[at + 1].kind != "close"

    def _thing(
        self, tokens: Sequence[_Token], at: int, token: _Token, within: str
    ) -> tuple[Node | None, int]:
        if token.kind != "open":
            return self._named(token, within), at + 1
        name = self._known(token.name) or within
        self.depth += 1
        if self.depth > MOST_BRACKETS:
            raise Refused(
                f"more than {MOST_BRACKETS} brackets within one another",
                hint="leave out those that say nothing",
            )
        items, at = self._items(tokens, at + 1, name)
        self.depth -= 1
        if at == len(tokens):
            self.notes.append("the bracket is closed at the end")
        inner = tuple(Without(as_typed(n)) if sign == "-" else n for sign, n in items)
        node = inner[0] if len(inner) == 1 else Group(inner, all=True) if inner else None
        return node, at + 1

    def _known(self, name: str) -> str:
        """The name of a field, facet or date; Unknown, naming the nearest, for another."""
        known = [*FIELDS, *FACETS, *DATES]
        if name and name.casefold() not in known:
            raise Unknown("field", name, known, where="the index")
        return name.casefold()

    def _named(self, token: _Token, within: str) -> Node | None:
        name = self._known(token.name) or within
        if name in DATES:
            return HasDate(name, _day(name, token.text))
        if name in FACETS:
            return HasCode(name, token.text)
        words = words_typed(token.text)
        if not words:
            return None
        if token.kind in ("phrase", "initials"):
            return Unit(words, name or None, phrase=True, initials=token.kind == "initials")
        starred = "*" in token.text.lstrip("*") and len(words[-1]) >= FEWEST_LETTERS
        if not name and not starred and all(word in PASSED_OVER for word in words):
            self._passed_over(words)
            return None
        if token.text.startswith("*"):
            self.notes.append(f"{token.text}: a star stands behind letters")
        if "*" in token.text.strip("*"):
            return self._pattern(token.text.casefold(), name)
        if token.text.endswith("*"):
            return self._beginning(token.text, words, name)
        if not name:
            ideas = self._ideas(words)
            return ideas[0] if len(ideas) == 1 else Group(tuple(ideas), all=True)
        return Unit(words, name, phrase=len(words) > 1)

    def _pattern(self, text: str, name: str) -> Node:
        """A word with a star in its midst, which stands for any letters."""
        lead = WORD.match(text)
        if lead is None or len(lead[0]) < FEWEST_LETTERS:
            self.notes.append(f"{text} is read as words: a star needs two letters before it")
            return Group(tuple(Unit((word,), name or None) for word in words_typed(text)), all=True)
        return Unit((text,), name or None, prefix=True)

    def _beginning(self, text: str, words: tuple[str, ...], name: str) -> Node:
        """The words before the last, and what begins as that does."""
        prefix = len(words[-1]) >= FEWEST_LETTERS
        if not prefix:
            self.notes.append(f"{text} is read as a word: a star needs two letters before it")
        units = tuple(Unit((word,), name or None) for word in words[:-1])
        units += (Unit(words[-1:], name or None, prefix=prefix),)
        return units[0] if len(units) == 1 else Group(units, all=True)

    def _passed_over(self, words: Iterable[str]) -> None:
        if phrase := " ".join(words):
            self.notes.append(f"{phrase} stands in every text, and is passed over")

    def _ideas(self, words: Sequence[str]) -> list[Node]:
        """Loose words as units, the longest run that is a form of the lexicon together."""
        units: list[Node] = []
        at = 0
        while at < len(words):
            for length in range(min(self.alternatives.longest, len(words) - at), 0, -1):
                form = fold(" ".join(words[at : at + length]))
                others = self.alternatives.forms.get(form)
                telling = [word for word in words[at : at + length] if word not in PASSED_OVER]
                if others is not None and telling:
                    self.see_also += self.alternatives.related.get(form, ())
                    # A form that stands in stands in for each of the words, with its share.
                    share = tuple((other, weight / len(telling)) for other, weight in others)
                    units += [Unit((word,), others=share) for word in telling]
                    break
            else:
                length = 1
                units.append(Unit((words[at],)))
            at += length
        return _worth_it(units)


def _conditions(node: Node) -> Iterator[Node]:
    """What must hold, each by itself, of brackets within brackets too."""
    if isinstance(node, Group) and node.all:
        for part in node.parts:
            yield from _conditions(part)
    else:
        yield node


def _worth_it(units: Sequence[Node]) -> list[Node]:
    """Without words that say nothing: those of questions stay where there are no others."""

    def word(node: Node) -> str:
        return node.words[0] if isinstance(node, Unit) and not node.others else ""

    telling = [node for node in units if word(node) not in PASSED_OVER]
    return [node for node in telling if word(node) not in ASKING] or telling


def _day(name: str, text: str) -> str:
    """The year, month or day typed. Raises Refused for one that is none."""
    hint = f"{name}:2024, 2024-06 or 2024-06-30"
    try:
        if DATE.fullmatch(text) and (len(text) < DAY or date.fromisoformat(text)):
            return text
    except ValueError:
        pass  # a day that its month has not
    raise Refused(f"{name}:{text} is no date", hint=hint)
