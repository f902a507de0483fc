"""A query as it was read: the things looked for, what must and must not be there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

FIELDS = ("title", "organisation", "summary", "tags", "text")
FACETS = "role reach kind means audience setting group focus region status effect".split()
DATES = ("since", "until")


@dataclass(frozen=True)
class Unit:
    """One thing looked for: words side by side if a phrase, else any form of one idea."""

    words: tuple[str, ...]
    field: str | None = None
    phrase: bool = False
    prefix: bool = False
    initials: bool = False  # letters as in D&I: beside other things they need not occur
    others: tuple[tuple[str, float], ...] = ()  # forms that may stand in, with their weight

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        text = " ".join(self.words) + "*" * (self.prefix and "*" not in self.words[0])
        text = f'"{text}"' if self.phrase else text
        return f"{self.field}:{text}" if self.field else text


@dataclass(frozen=True)
class HasCode:
    """What is coded so."""

    facet: str
    code: str

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        return f"{self.facet}:{self.code}"


@dataclass(frozen=True)
class HasDate:
    """What is dated since then, or until then: YYYY, YYYY-MM or YYYY-MM-DD."""

    name: str
    when: str

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        return f"{self.name}:{self.when}"


@dataclass(frozen=True)
class Without:
    """Everything that is not that."""

    part: "Node"

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        return f"NOT {self.part.shown}"


@dataclass(frozen=True)
class Group:
    """Several things read as one: any of them, or all."""

    parts: tuple["Node", ...]
    all: bool

    @property
    def shown(self) -> str:
        """As a reader would write it."""
        return f"({(' ' if self.all else ' OR ').join(part.shown for part in self.parts)})"


Node = Unit | HasCode | HasDate | Without | Group


@dataclass(frozen=True)
class Query:
    """What is looked for, what must and must not be there, and how it was read."""

    terms: tuple[Node, ...] = ()
    must: tuple[Node, ...] = ()  # as typed: no other form stands in
    never: tuple[Node, ...] = ()
    codes: dict[str, list[str]] = field(default_factory=dict)  # any of each
    since: str = ""
    until: str = ""
    see_also: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def units(self) -> tuple[Unit, ...]:
        """Every single thing looked for, in the order typed."""
        return tuple(units(self.terms))

    @property
    def typed(self) -> str:
        """The words looked for in every field, as a text."""
        return " ".join(word for unit in self.units if not unit.field for word in unit.words)

    @property
    def narrows(self) -> bool:
        """True where something says what may be found at all."""
        return bool(self.codes or self.since or self.until or self.must)


def units(nodes: Iterable[Node]) -> Iterator[Unit]:
    """The units among them, without what must not be there."""
    for node in nodes:
        if isinstance(node, Unit):
            yield node
        elif isinstance(node, Group):
            yield from units(node.parts)


def as_typed(node: Node) -> Node:
    """The same without forms that stand in for what was typed."""
    if isinstance(node, Unit):
        return replace(node, others=())
    if isinstance(node, Group):
        return replace(node, parts=tuple(as_typed(part) for part in node.parts))
    return Without(as_typed(node.part)) if isinstance(node, Without) else node
