"""The code book: the closed vocabularies an initiative is tagged with."""

import re
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator

from kb.contract import Strict
from kb.declare.boards import BOARD
from kb.errors import Refused, Unknown

HEADS = ("version", "facets", "columns")  # what is no vocabulary
# Vocabularies that are no facets: they code decisions and bodies, not initiatives.
NOT_FACETS = ("overlap", "exclusion_reason", "organisation_kind")
FACETS = (
    "role reach kind means audience setting group focus region status effect".split()
)  # the order shown


# The codes that rules count by: their definitions may change, their names may not.
RULED = {
    "role": ("support", "requirement", "practice", "knowledge", "voice"),
    "reach": ("england", "sector", "members", "one", "outside"),
    "status": ("active", "published", "unknown", "ended", "superseded"),
    "effect": ("measured", "evaluated"),
    "audience": tuple(sorted(BOARD)),
    "means": ("case-studies",),
    "kind": ("case-studies",),
    "region": ("England",),
}


class Code(Strict):
    """One code: its definition, the code it replaces, the code it lies in."""

    means: str
    was: str = ""
    within: str = ""


class Facets(Strict):
    """Which facets hold one code and which many."""

    one: tuple[str, ...] = ("role", "reach", "kind", "status", "effect")
    many: tuple[str, ...] = ("means", "audience", "setting", "group", "focus", "region")


MOST_COLUMNS = 8  # that a map shows side by side


class CodeBook(BaseModel):
    """Every vocabulary by name, each a code with its definition, in the order declared.

    `columns`: facet to the columns of a map, each a name with the codes under it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    facets: Facets = Facets()
    columns: dict[str, dict[str, tuple[str, ...]]] = {}
    codes: dict[str, dict[str, Code]]

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, content: Any) -> Any:
        """`[facet] code = "definition"`, or `{ means, was, in }`, as one mapping."""
        if not isinstance(content, dict) or "codes" in content:
            return content
        rest = {name: content[name] for name in HEADS if name in content}
        tables = {name: table for name, table in content.items() if name not in rest}
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise ValueError(f"{name}: a table of codes is wanted, got {table!r}")
        return rest | {
            "codes": {
                name: {code: _code(entry) for code, entry in table.items()}
                for name, table in tables.items()
            }
        }

    @model_validator(mode="after")
    def _whole(self) -> "CodeBook":
        for name in (*self.facets.one, *self.facets.many, *NOT_FACETS):
            if name not in self.codes:
                raise ValueError(f"[{name}] is missing")
        for name, codes in RULED.items():
            for code in codes:
                if code not in self.codes[name]:
                    raise ValueError(
                        f"[{name}] {code} is missing: positions are counted by it, so that it "
                        "keeps its name"
                    )
        for name, columns in self.columns.items():
            self._check_columns(name, columns)
        for name, table in self.codes.items():
            for code, entry in table.items():
                if entry.within and entry.within not in table:
                    raise ValueError(f"[{name}] {code}: lies in {entry.within!r}, which is no code")
        return self

    def _check_columns(self, name: str, columns: dict[str, tuple[str, ...]]) -> None:
        if name not in self.codes:
            raise ValueError(f"[columns.{name}]: there is no [{name}]")
        if len(columns) > MOST_COLUMNS:
            raise ValueError(f"[columns.{name}]: {len(columns)} columns, at most {MOST_COLUMNS}")
        named = [code for codes in columns.values() for code in codes]
        for code in named:
            if not self.heirs(name, code):
                raise ValueError(f"[columns.{name}]: {code!r} is no code of [{name}]")
        if twice := sorted({code for code in named if named.count(code) > 1}):
            raise ValueError(f"[columns.{name}]: {', '.join(twice)} in two columns")

    def columns_of(self, facet: str) -> dict[str, tuple[str, ...]]:
        """The declared columns of a facet, each with the codes under it as they are called now.

        A code that stands in none is in `Others`, or, of eight columns, in the last. Empty where
        the book declares none.
        """
        columns = {
            name: tuple(heir for code in codes for heir in self.heirs(facet, code))
            for name, codes in self.columns.get(facet, {}).items()
        }
        named = {code for codes in columns.values() for code in codes}
        rest = tuple(code for code in self.codes[facet] if code not in named)
        if columns and rest:
            last = "Others" if len(columns) < MOST_COLUMNS else list(columns)[-1]
            columns[last] = (*columns.get(last, ()), *rest)
        return columns

    @cached_property
    def facet_of(self) -> dict[str, list[str]]:
        """The facets in which each code occurs, so that a code alone may be enough."""
        facets: dict[str, list[str]] = {}
        for facet in FACETS:
            for code in self.codes[facet]:
                facets.setdefault(code.casefold(), []).append(facet)
        return facets

    def check(self, vocabulary: str, code: str) -> str:
        """The code as the book spells it; case is ignored.

        Raises Unknown, with the nearest, if the vocabulary or the code does not exist.
        """
        if vocabulary not in self.codes:
            raise Unknown("facet", vocabulary, FACETS, where="the code book")
        folded = {known.casefold(): known for known in self.codes[vocabulary]}
        if code.casefold() not in folded:
            raise Unknown("code", code, self.codes[vocabulary], where=f"facet {vocabulary!r}")
        return folded[code.casefold()]

    def heirs(self, facet: str, code: str) -> list[str]:
        """What a code became: itself while it is in the book, else the codes that it `was`."""
        table = self.codes[facet]
        return [code] if code in table else [new for new, each in table.items() if each.was == code]

    def root(self, facet: str, code: str) -> str:
        """What a code was called before it was renamed; itself where it was not, or was split."""
        entry = self.codes[facet].get(code)
        was = entry.was if entry else ""
        return was if was and self.heirs(facet, was) == [code] else code

    def tag(self, text: str) -> tuple[str, list[str]]:
        """`facet=code,code`, or a bare code that one facet alone has, as facet and codes.

        Codes are parted by `,` or `;`.
        """
        facet, equals, codes = text.partition("=")
        if equals:
            if facet not in FACETS:
                raise Unknown("facet", facet, FACETS, where="the code book")
            known = [self.check(facet, code.strip()) for code in parted(codes)]
            if not known:
                raise Refused(f"{text!r} names no code", hint=f"{facet}=CODE; --remove takes away")
            return facet, known
        facets = self.facet_of.get(text.casefold(), [])
        if not facets:
            raise Unknown("code", text, self.facet_of, where="the code book")
        if len(facets) > 1:
            choices = ", ".join(f"{facet}={text}" for facet in facets)
            raise Refused(
                f"the code {text!r} is in more than one facet", hint=f"say which: {choices}"
            )
        return facets[0], [self.check(facets[0], text)]

    def around(self, region: str) -> list[str]:
        """The region, then each wider one it lies in: London, England, UK."""
        chain = [self.check("region", region)]
        while within := self.codes["region"][chain[-1]].within:
            chain.append(within)
        return chain


def parted(text: str) -> list[str]:
    """What stands between commas and semicolons, without the empty."""
    return [each.strip() for each in re.split(r"[,;]", text) if each.strip()]


def _code(entry: Any) -> Any:
    if isinstance(entry, str):
        return {"means": entry}
    if isinstance(entry, dict) and "in" in entry:
        return {("within" if key == "in" else key): value for key, value in entry.items()}
    return entry
