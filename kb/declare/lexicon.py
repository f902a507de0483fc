"""The lexicon: the words of the field, their history and how strongly they speak."""

import re

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb.contract import Strict, Text
from kb.declare.page_kinds import MARKS


class Term(Strict):
    """One idea and the forms it takes."""

    name: Text
    weight: float = Field(0.0, ge=0, le=1)
    also: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    find_only: tuple[str, ...] = ()
    exact: bool = False
    case_sensitive: bool = False
    except_: tuple[str, ...] = Field((), alias="except")
    say: str = ""
    not_: tuple[str, ...] = Field((), alias="not")
    note: str = ""
    since: int | None = None

    @property
    def same(self) -> tuple[str, ...]:
        """Every form that means the same, the name first."""
        return (self.name, *self.also, *self.find_only)


class Sign(Strict):
    """A sign of the kind of page, and what it does to the score."""

    name: Text
    weight: float = Field(ge=-1, le=1)
    any_one_of: tuple[str, ...] = ()
    any_two_of: tuple[str, ...] = ()
    any_mark_of: tuple[str, ...] = ()  # of the page's facts, in place of phrases
    in_opening: bool = False  # looked for in title, summary and first sentences alone
    in_title: bool = False  # in the title alone
    only_with_race_term: bool = False
    only_without_race_term: bool = False

    @model_validator(mode="after")
    def _known_marks(self) -> "Sign":
        unknown = sorted(set(self.any_mark_of) - MARKS)
        if unknown:
            known = ", ".join(sorted(MARKS))
            raise ValueError(f"no mark is named {unknown[0]!r}; there are: {known}")
        return self

    @property
    def forms(self) -> tuple[str, ...]:
        """The phrases looked for."""
        return self.any_one_of or self.any_two_of

    @property
    def fewest(self) -> int:
        """How many different phrases make the sign."""
        return 2 if self.any_two_of else 1


class Near(Strict):
    """A group named within so many words of a condition: an idea that no term is."""

    name: Text
    weight: float = Field(ge=0, le=1)
    within: int = Field(8, ge=1, le=50)
    groups: tuple[str, ...] = Field(min_length=1)
    conditions: tuple[str, ...] = Field(min_length=1)


class Inbox(Strict):
    """From which relevance a document is offered for screening."""

    threshold: float = Field(0.35, ge=0, le=1)


class Lexicon(BaseModel):
    """Terms and signs, in the order declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reviewed_on: str = ""
    reviewed_by: str = ""
    inbox: Inbox = Inbox()
    term: tuple[Term, ...]
    sign: tuple[Sign, ...] = ()
    near: Near | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> "Lexicon":
        seen: set[str] = set()
        for term in self.term:
            if term.name in seen:
                raise ValueError(f"two terms are named {term.name!r}")
            seen.add(term.name)
        return self

    def style(self, text: str) -> list[str]:
        """What the house style says of our own sentences: a line a word it does without."""
        return [
            f"say {term.say!r}, not {form!r}"
            for term in self.term
            for form in term.not_
            if re.search(rf"(?<!\w){re.escape(form)}(?!\w)", text, re.IGNORECASE)
        ]
