"""What the index takes in, what is asked of it, and what comes out: plain data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.table import column
from kb.text.matcher import Alternatives, fold

LETTERS = "like it in letters"  # what stands for the words of a hit that has none


@dataclass(frozen=True)
class IndexEntry:
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
    decided: bool = False  # a page that somebody screened, or that belongs to an initiative
    of: str = ""  # the id of the initiative that a page belongs to: i12
    low: str = ""  # why nobody would be offered a page


@dataclass(frozen=True)
class Words:
    """What the index knows beside its rows."""

    alternatives: Alternatives = field(default_factory=Alternatives)
    bodies: Mapping[str, Sequence[str]] = field(default_factory=dict)  # folded spelling to names
    regions: Mapping[str, Sequence[str]] = field(default_factory=dict)  # code to itself and wider
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # facet to its codes


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    id: int = column("A number that stays.", narrow=True)
    slug: str | None = column("The name of the initiative, which stays.")
    document: str | None = column("The number of a page that is held.", narrow=True)
    title: str = column("Its name.", narrow=True)
    organisation: str = column("Who runs or publishes it.", narrow=True)
    what: str | None = column("Its role, reach and status; why a page comes last.", narrow=True)
    url: str = column("Its address.")
    score: float = column("How well it fits the query; 2 is the most.")
    snippet: str = column("A passage around the words that matched.")
    places: list[list[int]] = column("Where these stand in the passage, in characters.")
    matched: list[str] = column("The words of the query that it holds.", narrow=True)
    pages: list[str] = column("Pages of the initiative that were found.", narrow=True)


@dataclass(frozen=True)
class ExplainedHit(Hit):
    """The same, with what its score is made of."""

    why: list[str] = column("What each part of the score is.")


@dataclass(frozen=True)
class Matches:
    """What a query found, best first, before any of it is shown: entries by their number."""

    numbers: list[int]
    scores: Mapping[int, float]
    # For each thing looked for: the entries that have it, with their score and the form met.
    forms: Sequence[Mapping[int, tuple[float, str]]]
    letters: Mapping[int, float]  # the share of its letter n-grams that each has
    without: tuple[str, ...] = ()  # things looked for that nothing holds
    notes: tuple[str, ...] = ()
    under: Mapping[int, Sequence[int]] = field(default_factory=dict)  # initiative to its pages

    def matched(self, number: int) -> list[str]:
        """The forms that an entry holds, each once; none where it is only like it in letters."""
        return list(dict.fromkeys(each[number][1] for each in self.forms if number in each))

    def why(self, number: int) -> list[tuple[str, float]]:
        """What each part of an entry's score is."""
        parts = [(each[number][1], each[number][0]) for each in self.forms if number in each]
        shared = self.letters.get(number)
        return parts + ([("letters shared", shared)] if shared is not None else [])


@dataclass(frozen=True)
class Filters:
    """What a hit must have: every filter that is set must hold."""

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
