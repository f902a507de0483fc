"""The register: initiatives with their profiles, codes, relations and assessments."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import col, select

from kb.keep.decisions import (
    DESK_RESEARCH,
    Assessment,
    Basis,
    Initiative,
    Profile,
    Relation,
    RelationKind,
    Resolved,
    Tag,
)
from kb.keep.documents import CONFLICT, merges
from kb.keep.store import Reading, Writing, valid_at


@dataclass
class StoredInitiative:
    """One initiative of the register with everything that holds of it."""

    id: int
    slug: str
    profile: Profile
    tags: dict[str, list[str]] = field(default_factory=dict)
    relations: dict[RelationKind, list[int]] = field(default_factory=dict)
    coded_at: dict[str, int] = field(default_factory=dict)  # facet to the act of its newest code
    succeeded_at: int = 0  # the act that said what succeeds it; 0 for nothing

    @property
    def related(self) -> set[int]:
        """The initiatives it was said to be part of, to adopt, succeed or evaluate."""
        return {number for others in self.relations.values() for number in others}

    def codes(self, facet: str) -> list[str]:
        """The codes of one facet, none where nobody coded it."""
        return self.tags.get(facet, [])

    def code(self, facet: str) -> str | None:
        """The code of a facet that holds one."""
        codes = self.codes(facet)
        return codes[0] if codes else None


@dataclass(frozen=True)
class Judgement:
    """What holds of one initiative against one strand."""

    initiative: int
    strand: str
    assessments: tuple[Assessment, ...]
    resolved: str = ""

    @cached_property
    def confirmed(self) -> tuple[Assessment, ...]:
        """The assessments that a person confirmed."""
        if len(self.assessments) == 1:  # as nearly all are, and there are thousands
            return self.assessments if self.assessments[0].basis == Basis.confirmed else ()
        return tuple(row for row in self.assessments if row.basis == Basis.confirmed)

    @cached_property
    def effective(self) -> tuple[Assessment, ...]:
        """Those that decide: confirmed before proposed, a person's before desk research."""
        people = tuple(row for row in self.assessments if row.person != DESK_RESEARCH)
        return self.confirmed or people or self.assessments

    @cached_property
    def outcome(self) -> str:
        """The level that holds, or `conflict` where people differ."""
        if len(self.assessments) == 1:
            return self.assessments[0].level.value
        levels = {row.level.value for row in self.effective}
        if len(levels) > 1:
            return self.resolved or CONFLICT
        return next(iter(levels))

    @cached_property
    def leading(self) -> Assessment:
        """The newest assessment of the level that holds."""
        if len(self.assessments) == 1:
            return self.assessments[0]
        rows = self.effective
        agreeing = [row for row in rows if row.level == self.outcome] or rows
        return agreeing[-1]


def initiatives(
    reading: Reading, ids: Collection[int] | None = None
) -> dict[int, StoredInitiative]:
    """The initiatives by id; all where none are named.

    One that was merged is not among them: it lends its codes to the one that it counts for,
    where that has none of a facet, and its relations.
    """
    into = merges(reading)
    query = (
        select(Initiative.id, Initiative.slug, Profile)
        .join(Profile, col(Profile.initiative) == col(Initiative.id))
        .where(valid_at(Profile, reading.moment))
        .order_by(col(Initiative.id))
    )
    if ids is not None:
        lending = [number for number, end in into.items() if end in ids]
        query = query.where(col(Initiative.id).in_([*ids, *lending]))
    register = {
        number: StoredInitiative(number, slug, profile)
        for number, slug, profile in reading.session.exec(query)
        if number is not None
    }
    tags = select(Tag.initiative, Tag.facet, Tag.code, Tag.made)
    tags = tags.where(valid_at(Tag, reading.moment)).order_by(col(Tag.id))
    for number, facet, code, made in reading.session.exec(tags):
        if number in register:
            register[number].tags.setdefault(facet, []).append(code)
            register[number].coded_at[facet] = made
    _add_relations(reading, register, into)
    for number, end in into.items():
        merged = register.pop(number, None)
        if merged and end in register:
            register[end].tags = merged.tags | register[end].tags
    return register


def _add_relations(
    reading: Reading, register: Mapping[int, StoredInitiative], into: Mapping[int, int]
) -> None:
    for row in reading.rows(Relation):
        head, to = into.get(row.initiative, row.initiative), into.get(row.to, row.to)
        if head in register and head != to:
            others = register[head].relations.setdefault(row.kind, [])
            others += [to] if to not in others else []
            if row.kind == RelationKind.succeeds and to in register:
                register[to].succeeded_at = max(register[to].succeeded_at, row.made)


def tags_outside(reading: Reading, codes: Mapping[str, Collection[str]]) -> list[Tag]:
    """Valid tags whose code is in none of those vocabularies, oldest first."""
    used = select(Tag.facet, Tag.code).where(valid_at(Tag, reading.moment)).distinct()
    outside = [
        tag
        for facet, code in reading.session.exec(used)
        if code not in codes.get(facet, ())
        for tag in reading.rows(Tag, facet=facet, code=code)
    ]
    return sorted(outside, key=lambda tag: tag.row_id)


def slugs(reading: Reading) -> dict[str, int]:
    """Every slug ever given, with its id."""
    pairs = reading.session.exec(select(Initiative.slug, Initiative.id))
    return {slug: number for slug, number in pairs if number is not None}


def judgements(reading: Reading) -> dict[tuple[int, str], Judgement]:
    """(initiative, strand) to what holds of their assessments.

    What was said of a merged initiative counts for the one that it was merged into; of two
    things that one person said, the later.
    """
    into = merges(reading)
    rows: dict[tuple[int, str], list[Assessment]] = defaultdict(list)
    for row in reading.rows(Assessment):
        rows[into.get(row.initiative, row.initiative), row.strand].append(row)
    resolved = {
        (into.get(row.initiative, row.initiative), row.strand): row.outcome
        for row in reading.rows(Resolved)
        if row.initiative
    }
    return {
        pair: Judgement(*pair, newest_of_each_person(of_pair), resolved.get(pair, ""))
        for pair, of_pair in rows.items()
    }


def newest_of_each_person(rows: Collection[Assessment]) -> tuple[Assessment, ...]:
    """What each person said last, of rows that come oldest first."""
    if len(rows) == 1:
        return tuple(rows)
    newest = {row.person: row for row in rows}
    return tuple(row for row in rows if newest[row.person] is row)


def save_assessment(writing: Writing, row: Assessment) -> Assessment:
    """Saves the person's assessment, in place of the one they made before."""
    return writing.replace_own(row, "initiative", "strand", "person")


def rewrite_profile(writing: Writing, before: Profile, changed: Mapping[str, object]) -> None:
    """The profile with those fields changed, in place of the one before."""
    after = Profile(**before.values() | dict(changed))
    writing.replace(Profile, [after], initiative=before.initiative)
