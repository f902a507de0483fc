"""Who works in a home, and what each may do there: people.toml, which may name nobody."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum, auto
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb.contract import Strict, Text
from kb.declare.files import parse_toml, read_text
from kb.errors import Refused, Unknown

PEOPLE = "people.toml"


class Role(StrEnum):
    """What a person may do; each may do what those before it may."""

    reader = auto()
    screener = auto()
    editor = auto()


class Person(Strict):
    """One person; `since` is `from` in the file."""

    name: Text
    role: Role
    since: date | None = Field(None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Person":
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until {self.until} is before from {self.since}")
        return self

    def is_there(self, day: date) -> bool:
        """True on the days from the first to the last."""
        return (self.since or day) <= day <= (self.until or day)


class People(BaseModel):
    """Everybody who is named; nobody is where anybody may act."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: tuple[Person, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> "People":
        names = [each.name.casefold() for each in self.person]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"{name!r} is named {names.count(name)} times")
        return self

    @classmethod
    def of(cls, path: Path) -> "People":
        """Those of the file; nobody where there is none. Raises Declared for a faulty one."""
        return parse_toml(read_text(path), cls, name=path.name) if path.exists() else cls()

    @cached_property
    def _by_name(self) -> dict[str, Person]:
        return {each.name.casefold(): each for each in self.person}

    def get(self, name: str) -> Person:
        """The person of that name. Raises Unknown, with the nearest, where there is none."""
        person = self._by_name.get(name.casefold())
        if person is None:
            raise Unknown("person", name, [each.name for each in self.person], where=PEOPLE)
        return person

    def check(self, name: str, role: Role, day: date) -> None:
        """Raises Unknown or Refused for a name that may not do what that role may, on that day.

        Never while nobody is named.
        """
        if not self.person:
            return
        person = self.get(name)
        if not person.is_there(day):
            began = person.since and day < person.since
            when = f"from {person.since} on" if began else f"until {person.until}"
            raise Refused(f"{person.name} acts here {when}", hint=f"{PEOPLE} says so")
        if _rank(person.role) < _rank(role):
            raise Refused(
                f"{person.name} is a {person.role}, and that takes {_of_role(role)}",
                hint=f"{PEOPLE} says who is what",
            )

    def who_screen(self, day: date, *, besides: Iterable[str] = ()) -> list[str]:
        """The names, case folded, of those who may decide on pages on that day."""
        able = [n for n, p in self._by_name.items() if p.is_there(day) and p.role != Role.reader]
        return [name for name in able if name not in besides]


def _rank(role: Role) -> int:
    return list(Role).index(role)


def _of_role(role: Role) -> str:
    return f"an {role}" if role == Role.editor else f"a {role}"
