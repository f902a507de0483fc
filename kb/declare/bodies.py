"""Organisations: one body for each real one, found by any of its spellings."""

import re
from datetime import date
from functools import cached_property

from pydantic import BaseModel, ConfigDict, model_validator
from rapidfuzz import fuzz, process

from kb.contract import Strict, Text
from kb.errors import ALIKE, Unknown


class Body(Strict):
    """One organisation. `also`: its other spellings and names; `parent`: whose part it is.

    `captures_agreed`: the day on which it was agreed in writing that it may have captures.
    """

    name: Text
    kind: str
    region: str = ""  # where it works, as the code book has it
    also: tuple[str, ...] = ()
    parent: str = ""
    succeeded_by: str = ""
    captures_agreed: date | None = None


def folded(name: str) -> str:
    """A spelling without what varies: case, punctuation, 'The', FT for Foundation Trust."""
    plain = re.sub(r"[^\w&]+", " ", name.casefold()).strip()
    plain = re.sub(r"\bft\b", "foundation trust", plain)
    return plain.removeprefix("the ")


class Bodies(BaseModel):
    """Every declared body."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: tuple[Body, ...]

    @model_validator(mode="after")
    def _whole(self) -> "Bodies":
        seen: dict[str, str] = {}
        for body in self.body:
            for spelling in (body.name, *body.also):
                other = seen.setdefault(folded(spelling), body.name)
                if other != body.name:
                    raise ValueError(f"{spelling!r} is said to be {other!r} and {body.name!r}")
        for body in self.body:
            for other in filter(None, (body.parent, body.succeeded_by)):
                if folded(other) not in seen:
                    raise ValueError(f"{body.name!r} names {other!r}, which is no body")
        return self

    @cached_property
    def _by_spelling(self) -> dict[str, Body]:
        return {
            folded(spelling): body for body in self.body for spelling in (body.name, *body.also)
        }

    def find(self, spelling: str) -> Body | None:
        """The body of that spelling; None if nobody declared it."""
        return self._by_spelling.get(folded(spelling))

    def nearest(self, spelling: str, most: int) -> list[Body]:
        """The bodies whose spellings are likest to it, the likest first."""
        found = process.extract(
            folded(spelling), self._by_spelling.keys(), scorer=fuzz.WRatio, limit=3 * most
        )
        bodies = dict.fromkeys(self._by_spelling[key] for key, score, _ in found if score >= ALIKE)
        return list(bodies)[:most]

    def name(self, spelling: str) -> str:
        """The body's own name; an undeclared one keeps the spelling it came with."""
        body = self.find(spelling)
        return body.name if body else spelling.strip()

    def get(self, spelling: str) -> Body:
        """The body of that spelling; Unknown, with the nearest, where there is none."""
        body = self.find(spelling)
        if body is None:
            known = [name for each in self.body for name in (each.name, *each.also)]
            raise Unknown("organisation", spelling, known, where="bodies.toml")
        return body

    @cached_property
    def _under(self) -> dict[str, list[str]]:
        """Body to the names of its parts and of those it succeeded."""
        under: dict[str, list[str]] = {}
        for body in self.body:
            for above in filter(None, (body.parent, body.succeeded_by)):
                under.setdefault(self.name(above), []).append(body.name)
        return under

    def with_parts(self, spelling: str) -> frozenset[str]:
        """The names of a body, of its parts at any depth, and of those it succeeded."""
        names: set[str] = set()
        queue = [self.get(spelling).name]
        while queue:
            name = queue.pop()
            if name not in names:
                names.add(name)
                queue += self._under.get(name, [])
        return frozenset(names)

    def spellings(self, spelling: str) -> tuple[str, ...]:
        """Every name the body goes by, its own first."""
        body = self.find(spelling)
        return (body.name, *body.also) if body else (spelling,)

    def related_bodies(self, spelling: str) -> frozenset[str]:
        """The names of a body's parent, successor, parts and predecessors; without its own."""
        body = self.find(spelling)
        if body is None:
            return frozenset()
        above = {self.name(each) for each in (body.parent, body.succeeded_by) if each}
        return (self.with_parts(body.name) | above) - {body.name}
