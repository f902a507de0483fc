"""What the index takes in, what is asked of it, and what comes out: plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.find.lexicon import Alternatives, fold


@dataclass(frozen=True)
class Entry:
    """What the index takes in of one initiative or document."""

    id: str  # i12 or d42
    part: str  # register or documents
    number: int
    title: str
    organisation: str
    url: str
    summary: str = ""
    text: str = ""
    slug: str | None = None
    document: str | None = None
    when: str = ""  # YYYY, YYYY-MM or YYYY-MM-DD
    body: str = ""
    names: Sequence[str] = ()  # other names of the body: found, not shown
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    judged: bool = False  # a page that somebody screened, or that an initiative stands on


@dataclass(frozen=True)
class Words:
    """What the index knows beside its rows."""

    alternatives: Alternatives = field(default_factory=Alternatives)
    bodies: Mapping[str, Sequence[str]] = field(default_factory=dict)  # folded spelling to names
    regions: Mapping[str, Sequence[str]] = field(default_factory=dict)  # code to itself and wider
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # facet to its codes


@dataclass(frozen=True)
class Hit:
    """One thing found, best first."""

    id: int
    slug: str | None
    document: str | None
    title: str
    organisation: str
    url: str
    score: float
    snippet: str
    matched: list[str]
    when: str = ""
    why: tuple[str, ...] = ()  # what each part of the score is


@dataclass(frozen=True)
class Found:
    """What a query found, best first, before any of it is shown."""

    numbers: list[int]
    scores: Mapping[int, float]
    # For each thing looked for what has it, with the score for it and the form of it.
    holdings: Sequence[Mapping[int, tuple[float, str]]]
    letters: Mapping[int, float]  # the share of its runs of letters that each has
    without: tuple[str, ...] = ()  # things looked for that nothing holds
    notes: tuple[str, ...] = ()

    def matched(self, number: int) -> list[str]:
        """The forms that an entry holds, each once; none where it is only like it in letters."""
        return list(dict.fromkeys(held[number][1] for held in self.holdings if number in held))

    def why(self, number: int) -> list[tuple[str, float]]:
        """What each part of an entry's score is."""
        told = [(held[number][1], held[number][0]) for held in self.holdings if number in held]
        shared = self.letters.get(number)
        return told + ([("letters shared", shared)] if shared is not None else [])


@dataclass(frozen=True)
class Filters:
    """All that are given must hold."""

    part: str | None = None
    organisation: str | None = None
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def narrow(self) -> bool:
        """True where they say what may be found, without any word."""
        return bool(self.organisation or self.codes)


def key(value: str) -> str:
    """A code or a name as the index compares it."""
    return fold(value).replace(",", " ")
