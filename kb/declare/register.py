"""The rows of register.jsonl, and of any file imported in its form."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, field_validator

from kb.contract import HttpAddress, Name, Strict, Text, normalised
from kb.declare.codebook import CodeBook
from kb.declare.offer import Offer
from kb.errors import nearest

Level = Literal["duplicates", "overlaps", "complements", "no-overlap"]
Started = Annotated[str, StringConstraints(pattern=r"^\d{4}(-(0[1-9]|1[0-2]))?$")]


class RegisterRow(Strict):
    """One initiative with its codes and proposed assessments."""

    slug: Annotated[Name, StringConstraints(max_length=100)]
    title: Text
    organisation: Text
    organisation_kind: str
    summary: str = ""
    url: HttpAddress | None = None
    url_is: Literal["owner", "partner", "press"] | None = None
    checked: str = ""
    started: Started | None = None
    status: str
    status_seen: date | None = None
    role: str
    reach: str
    kind: str
    means: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    setting: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    effect: str = "not-stated"
    own: bool = False
    part_of: str | None = None
    adopts: str | None = None
    learning: str = ""
    assessments: dict[str, Level] = Field(default_factory=dict)

    @field_validator("url", mode="before")
    @classmethod
    def _no_address(cls, value: Any) -> Any:
        return value or None

    @field_validator("url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is not None:
            normalised(value)  # ValueError where it is none
        return value

    def tags(self, book: CodeBook) -> dict[str, tuple[str, ...]]:
        """Facet to codes, as the row has them."""
        one = {facet: (getattr(self, facet),) for facet in book.facets.one}
        return one | {facet: getattr(self, facet) for facet in book.facets.many}

    def against(self, book: CodeBook, offer: Offer) -> list[str]:
        """Faults of the row against code book and offer, one line each."""
        faults = []
        for facet, codes in self.tags(book).items():
            faults += [
                f"field {facet!r}: no code {code!r}; {nearest(code, book.codes[facet])}"
                for code in codes
                if code not in book.codes[facet]
            ]
        if self.organisation_kind not in book.codes["organisation_kind"]:
            hint = nearest(self.organisation_kind, book.codes["organisation_kind"])
            faults.append(f"field 'organisation_kind': no code {self.organisation_kind!r}; {hint}")
        keys = {key for strand in offer.strand for key in (strand.key, strand.was) if key}
        faults += [
            f"field 'assessments': the offer has no strand {key!r}; {nearest(key, keys)}"
            for key in self.assessments
            if key not in keys
        ]
        return faults


class LookAlike(Strict):
    """A page of the field that was found not to be about an initiative, and why not."""

    slug: Text
    title: Text
    organisation: Text
    organisation_kind: str = ""
    url: str | None = None
    summary: str
    why_not: str
    checked: str = ""


def look_alikes(path: Path) -> list[LookAlike]:
    """Those in a file, a line each. ValueError for a line that is none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [LookAlike.model_validate_json(line) for line in lines]


def slug_of(title: str, organisation: str, taken: frozenset[str]) -> str:
    """A readable name that is not taken: the title, then with the body, then with a number."""
    plain = _plain(title)[:60].strip("-") or "initiative"
    longer = f"{plain}-{_plain(organisation)}"[:90].strip("-")
    tries = [plain, longer, *(f"{plain}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in tries if name not in taken)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")
