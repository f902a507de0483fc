"""The query language, defined here and nowhere else: what staff type, as things to look for.

    query   = { item }
    item    = [ "+" | "-" | "NOT" ] either
    either  = thing { "OR" thing }
    thing   = "(" query ")" | [ name ":" ] ( word [ "*" ] | '"' words '"' )

    word            looked for in every field; documents with all words come first
    +word           must occur
    NOT word        must not occur; -word likewise
    a OR b          either
    (a b)           both, as one thing
    "some words"    side by side, in this order
    begins*         every word that begins so
    field:word      in that field alone: title, organisation, summary, tags or text
    facet:code      coded so, as with --audience and its like
    since:2023      dated in that year, month or day, or later; until:2024-06 likewise, or earlier

Nothing that is typed is malformed. An open quote or bracket closes at the end, an operator with
nothing to work on is a word, and a note says how it was read.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kb.errors import Refused, Unknown
from kb.find.lexicon import WORD, Alternatives, fold

FIELDS = ("title", "organisation", "summary", "tags", "text")
FACETS = "role reach kind means audience setting group focus region status effect".split()
DATES = ("since", "until")
FEWEST_LETTERS = 2  # before a star
MOST_UNITS = 60
TOKEN = re.compile(
    r"""(?P<bracket>[()])
    | (?P<sign>[+-](?=[\w"(]))?
      (?:(?P<name>[A-Za-z_]+):(?=[^\s)]))?
      (?:"(?P<phrase>[^"]*)(?P<closed>"?)|(?P<word>[^\s"()]+))
    | (?P<alone>[+-])""",
    re.VERBOSE,
)
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
# Words of questions: they say nothing of what is asked for.
ASKING = frozenset("who what which where when how why does do did about there any our".split())


@dataclass(frozen=True)
class Unit:
    """One thing looked for: words side by side if a phrase, else any form of one idea."""

    words: tuple[str, ...]
    field: str | None = None
    phrase: bool = False
    prefix: bool = False
    others: tuple[tuple[str, float], ...] = ()  # forms that may stand in, with their weight

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        text = " ".join(self.words) + "*" * self.prefix
        text = f'"{text}"' if self.phrase else text
        return f"{self.field}:{text}" if self.field else text


@dataclass(frozen=True)
class Group:
    """Several things read as one: any of them, or all."""

    parts: tuple["Node", ...]
    all: bool

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        return f"({(' ' if self.all else ' OR ').join(part.shown for part in self.parts)})"


Node = Unit | Group


@dataclass(frozen=True)
class Query:
    """What is looked for, what must and must not be there, and how it was read."""

    wanted: tuple[Node, ...] = ()  # what must be there is among them
    must: tuple[Node, ...] = ()
    never: tuple[Node, ...] = ()
    codes: dict[str, list[str]] = field(default_factory=dict)
    since: str = ""
    until: str = ""
    see_also: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every single thing looked for, in the order typed."""
        return tuple(_units(self.wanted))

    @property
    def typed(self) -> str:
        """The words looked for in every field, as a text."""
        return " ".join(word for unit in self.units if not unit.field for word in unit.words)


def _units(nodes: Iterable[Node]) -> Iterator[Unit]:
    for node in nodes:
        if isinstance(node, Unit):
            yield node
        else:
            yield from _units(node.parts)


@dataclass(frozen=True)
class _Token:
    kind: str  # word, phrase, open, close
    text: str
    sign: str = ""
    name: str = ""


def parse(text: str, alternatives: Alternatives) -> Query:
    """The query as things to look for; words that make a form of the lexicon are one idea.

    Raises Unknown, naming the nearest, for a field that does not exist; Refused for a date that
    is none and for more than sixty things at once.
    """
    reader = _Reader(alternatives)
    tokens = list(_tokens(text.replace("\0", " "), reader.notes))
    if len(tokens) > MOST_UNITS:
        raise Refused(f"{len(tokens)} words at once", hint=f"a search takes up to {MOST_UNITS}")
    nodes = reader.read(tokens)
    return Query(
        wanted=tuple(nodes),
        must=tuple(reader.must),
        never=tuple(reader.never),
        codes=reader.codes,
        since=reader.dates.get("since", ""),
        until=reader.dates.get("until", ""),
        see_also=tuple(dict.fromkeys(reader.see_also)),
        notes=tuple(dict.fromkeys(reader.notes)),
    )


def _tokens(text: str, notes: list[str]) -> Iterator[_Token]:
    for match in TOKEN.finditer(text):
        if match["bracket"]:
            yield _Token("open" if match["bracket"] == "(" else "close", match["bracket"])
        elif match["phrase"] is not None:
            if not match["closed"]:
                notes.append("the quote is read to the end")
            yield _Token("phrase", match["phrase"], match["sign"] or "", match["name"] or "")
        elif match["word"]:
            name, word = match["name"] or "", match["word"]
            if word.startswith("//"):
                name, word = "", f"{name}:{word}"  # an address is words, no field
            sign = match["sign"] or ""
            if not sign and not name and word == "NOT":
                yield _Token("not", word)
            else:
                yield _Token("word", word, sign, name)


class _Reader:
    """Reads tokens, and notes what is to be said of them."""

    def __init__(self, alternatives: Alternatives) -> None:
        self.alternatives = alternatives
        self.must: list[Node] = []
        self.never: list[Node] = []
        self.codes: dict[str, list[str]] = {}
        self.dates: dict[str, str] = {}
        self.see_also: list[str] = []
        self.notes: list[str] = []

    def read(self, tokens: Sequence[_Token]) -> list[Node]:
        """The wanted things of a whole query."""
        found: list[Node] = []
        at = 0
        while at < len(tokens):
            if tokens[at].kind == "close":
                at += 1  # it closes nothing
                continue
            nodes, at = self._items(tokens, at)
            found += nodes
        return found

    def _items(self, tokens: Sequence[_Token], at: int) -> tuple[list[Node], int]:
        """What stands up to the closing bracket or the end."""
        found: list[Node] = []
        loose: list[str] = []
        while at < len(tokens) and tokens[at].kind != "close":
            token = tokens[at]
            sign = token.sign
            if token.kind == "not":
                if at + 1 < len(tokens) and tokens[at + 1].kind != "close":
                    sign, at = "-", at + 1
                    token = tokens[at]
                else:
                    self.notes.append("NOT with nothing after it is read as a word")
                    token = _Token("word", "not")
            plain = token.kind == "word" and not sign and not token.name
            if plain and not self._is_or(tokens, at + 1) and not token.text.endswith("*"):
                if token.text == "OR":
                    self.notes.append("OR with nothing on a side is read as a word")
                loose += WORD.findall(token.text.casefold())
                at += 1
                continue
            found += self._ideas(loose)
            loose = []
            node, at = self._either(tokens, at, token)
            if node is None:
                continue
            if sign == "-":
                self.never.append(node)
                continue
            if sign == "+":
                self.must.append(node)
            found.append(node)
        return [*found, *self._ideas(loose)], at

    def _either(self, tokens: Sequence[_Token], at: int, first: _Token) -> tuple[Node | None, int]:
        node, at = self._thing(tokens, at, first)
        parts = [node] if node else []
        while self._is_or(tokens, at):
            node, at = self._thing(tokens, at + 1, tokens[at + 1])
            parts += [node] if node else []
        if len(parts) > 1:
            return Group(tuple(parts), all=False), at
        return (parts[0] if parts else None), at

    @staticmethod
    def _is_or(tokens: Sequence[_Token], at: int) -> bool:
        """True for an OR that something follows."""
        return (
            0 < at < len(tokens) - 1
            and tokens[at] == _Token("word", "OR")
            and tokens[at + 1].kind not in ("close", "not")
        )

    def _thing(self, tokens: Sequence[_Token], at: int, token: _Token) -> tuple[Node | None, int]:
        if token.kind == "open":
            nodes, at = self._items(tokens, at + 1)
            if at == len(tokens):
                self.notes.append("the bracket is closed at the end")
            inner = tuple(nodes)
            node = inner[0] if len(inner) == 1 else Group(inner, all=True) if inner else None
            return node, at + 1
        return self._named(token), at + 1

    def _named(self, token: _Token) -> Node | None:
        name = token.name.casefold()
        if name in DATES:
            if not DATE.fullmatch(token.text):
                raise Refused(
                    f"{name}:{token.text} is no date", hint=f"{name}:2024, 2024-06 or 2024-06-30"
                )
            self.dates[name] = token.text
            return None
        if name in FACETS:
            self.codes.setdefault(name, []).append(token.text)
            return None
        if name and name not in FIELDS:
            raise Unknown("field", token.name, [*FIELDS, *FACETS, *DATES], where="the index")
        words = tuple(WORD.findall(token.text.casefold()))
        if not words:
            return None
        quoted = token.kind == "phrase"
        prefix = not quoted and token.text.endswith("*") and len(words) == 1
        if prefix and len(words[0]) < FEWEST_LETTERS:
            self.notes.append(f"{token.text} is read as a word: a star needs two letters before it")
            prefix = False
        if not name and not quoted and not prefix:
            ideas = self._ideas(words)
            return ideas[0] if len(ideas) == 1 else Group(tuple(ideas), all=True)
        return Unit(words, name or None, phrase=quoted or len(words) > 1, prefix=prefix)

    def _ideas(self, words: Sequence[str]) -> list[Node]:
        """Loose words as units, the longest run that is a form of the lexicon together."""
        telling = [word for word in words if word not in ASKING]
        words = telling or words
        units: list[Node] = []
        at = 0
        while at < len(words):
            for length in range(min(self.alternatives.longest, len(words) - at), 0, -1):
                form = fold(" ".join(words[at : at + length]))
                others = self.alternatives.forms.get(form)
                if others is not None:
                    self.see_also += self.alternatives.related.get(form, ())
                    # A form that stands in stands in for each of the words, with its share.
                    share = tuple((other, weight / length) for other, weight in others)
                    units += [Unit((word,), others=share) for word in words[at : at + length]]
                    break
            else:
                length = 1
                units.append(Unit((words[at],)))
            at += length
        return units
