"""The planned support offer: its strands, and the numbers that positions are read off by."""

import hashlib
import json
from datetime import date
from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from kb.contract import Name, Strict, Text
from kb.declare.codebook import CodeBook
from kb.errors import Unknown, nearest

# Fields of a strand that hold codes, with their facet, in the order that versions are made of.
CODED = {"audience": "audience", "means": "means", "counts": "role"}


class Need(Strict):
    """What boards said of a strand, in the words of a source."""

    says: str
    text: Text
    share: float | None = Field(None, ge=0, le=1)
    of: str = ""
    year: int | None = None
    source: str = ""
    seen: str = ""

    @property
    def words(self) -> str:
        """The need with year and base, as lists print it."""
        if self.share is not None:
            year = f", {self.year}" if self.year else ""
            return f"{self.says.replace('-', ' ')} by {self.share:.0%} of {self.of}{year}"
        return f"{self.says.replace('-', ' ')}: {self.text}"


class Strand(Strict):
    """One component of the offer."""

    key: Name
    name: Text
    what: Text
    axis: Literal["means", "topic"]
    basis: str
    audience: tuple[str, ...] = Field(min_length=1)
    means: tuple[str, ...] = Field(min_length=1)
    counts: tuple[str, ...] = Field(min_length=1)
    terms: tuple[str, ...] = ()
    was: str = ""
    source: str = ""
    need: tuple[Need, ...] = ()

    # Its codes as they were first called, field by field; as declared until a code book is known.
    _roots: tuple[tuple[str, ...], ...] = PrivateAttr(())

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits that change with `what`, `audience`, `means` or `counts`.

        A code that the code book renamed is the same code.
        """
        return _version(self.what, *(self._roots or (self.audience, self.means, self.counts)))

    def named_by(self, book: CodeBook) -> "Strand":
        """The strand with each code as the book names it now; of a split one, as it was."""
        now: dict[str, tuple[str, ...]] = {}
        roots = []
        for name, facet in CODED.items():
            codes = []
            for code in getattr(self, name):
                heirs = book.heirs(facet, code)
                codes.append(heirs[0] if len(heirs) == 1 else code)
            now[name] = tuple(dict.fromkeys(codes))
            roots.append(tuple(book.root(facet, code) for code in now[name]))
        strand = self.model_copy(update=now)
        strand._roots = tuple(roots)
        return strand


@cache
def _version(what: str, *codes: tuple[str, ...]) -> str:
    content = [what, *(sorted(each) for each in codes)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:12]


class Ours(Strict):
    """A body whose work is our own."""

    body: Text


class OfferHead(Strict):
    """What the offer is called, whose it is and where it was said."""

    title: Text
    owner: Text
    version: Text
    announced: date | None = None
    source: str = ""
    evidence: str = ""
    evidence_source: str = ""
    we: tuple[Ours, ...] = ()


class Positions(Strict):
    """The thresholds a position is read off by."""

    crowded_duplicates: int = Field(2, ge=1)
    served_duplicates: int = Field(1, ge=1)
    served_overlaps: int = Field(3, ge=1)
    assessed_share: float = Field(0.8, ge=0, le=1)
    quiet_months: int = Field(18, ge=1)
    shelf_years: int = Field(5, ge=1)


class Grade(Strict):
    """How well one must have looked: two least shares and one largest."""

    sources: float = Field(ge=0, le=1)
    must_find: float = Field(0, ge=0, le=1)
    unreadable: float = Field(1, ge=0, le=1)


class Grades(Strict):
    """The search grades but the last: D is what reaches none of them."""

    A: Grade = Grade(sources=0.9, must_find=0.9, unreadable=0.05)
    B: Grade = Grade(sources=0.7, must_find=0.7, unreadable=0.15)
    C: Grade = Grade(sources=0.4)


class Asked(Strict):
    """What a briefing asks of the board; nothing while there is no recommendation."""

    recommendation: str = ""
    owner: str = ""
    by: date | None = Field(None, alias="date")

    @model_validator(mode="after")
    def _says_what(self) -> "Asked":
        if (self.owner or self.by) and not self.recommendation.strip():
            raise ValueError("an owner or a date without a recommendation")
        return self


class Offer(BaseModel):
    """The offer as declared: strands in the order shown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    offer: OfferHead
    positions: Positions = Positions()
    grades: Grades = Grades()
    briefing: Asked = Asked()
    strand: tuple[Strand, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_of_each(self) -> "Offer":
        seen: set[str] = set()
        for strand in self.strand:
            if strand.key in seen:
                raise ValueError(f"two strands have the key {strand.key!r}")
            seen.add(strand.key)
        return self

    def get(self, key: str) -> Strand:
        """The strand of that key or former key; Unknown, with the nearest, where there is none."""
        by_key = {strand.was: strand for strand in self.strand if strand.was}
        by_key |= {strand.key: strand for strand in self.strand}
        if key in by_key:
            return by_key[key]
        raise Unknown("strand", key, [strand.key for strand in self.strand], where="the offer")

    def named_by(self, book: CodeBook) -> "Offer":
        """The offer with the codes of its strands as the book names them now."""
        strands = tuple(strand.named_by(book) for strand in self.strand)
        return self.model_copy(update={"strand": strands})

    def against(self, book: CodeBook) -> list[str]:
        """Faults of the strands against the code book, one line each.

        A code that the book renamed or split is none: the offer was accepted before.
        """
        faults = []
        for number, strand in enumerate(self.strand, 1):
            for field, facet in CODED.items():
                for code in getattr(strand, field):
                    if not book.heirs(facet, code):
                        hint = nearest(code, book.codes[facet])
                        faults.append(
                            f"offer.toml: strand {number} ({strand.key}) field {field!r}: "
                            f"the code book's {facet} has no {code!r}; {hint}"
                        )
        return faults
