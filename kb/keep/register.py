"""The register: initiatives with their profiles, codes, relations and assessments."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sqlmodel import col, select

from kb.keep.merging import merges
from kb.keep.said import (
    Assessment,
    Basis,
    Initiative,
    Kinship,
    Profile,
    Relation,
    Resolved,
    Tag,
)
from kb.keep.store import Reading, Writing, standing

DESK_RESEARCH = "register"  # who made the proposals that come with imported rows: no person


@dataclass
class Entry:
    """One standing initiative with everything said of it."""

    id: int
    slug: str
    profile: Profile
    tags: dict[str, list[str]] = field(default_factory=dict)
    relations: dict[Kinship, list[int]] = field(default_factory=dict)
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
    """What stands of one initiative against one strand."""

    initiative: int
    strand: str
    assessments: tuple[Assessment, ...]
    resolved: str = ""

    @cached_property
    def confirmed(self) -> tuple[Assessment, ...]:
        """Those that a person confirmed."""
        if len(self.assessments) == 1:  # as nearly all are, and there are thousands
            return self.assessments if self.assessments[0].basis == Basis.confirmed else ()
        return tuple(row for row in self.assessments if row.basis == Basis.confirmed)

    @cached_property
    def ground(self) -> tuple[Assessment, ...]:
        """Those that hold: confirmed before proposed, a person's before desk research."""
        people = tuple(row for row in self.assessments if row.person != DESK_RESEARCH)
        return self.confirmed or people or self.assessments

    @cached_property
    def outcome(self) -> str:
        """The level that holds, or `conflict` where people differ."""
        if len(self.assessments) == 1:
            return self.assessments[0].level.value
        levels = {row.level.value for row in self.ground}
        if len(levels) > 1:
            return self.resolved or "conflict"
        return next(iter(levels))

    @cached_property
    def leading(self) -> Assessment:
        """The newest assessment of the level that holds."""
        if len(self.assessments) == 1:
            return self.assessments[0]
        rows = self.ground
        agreeing = [row for row in rows if row.level == self.outcome] or rows
        return agreeing[-1]


def entries(reading: Reading, ids: Collection[int] | None = None) -> dict[int, Entry]:
    """The standing initiatives by id; all where none are named.

    One that was merged is no entry of its own: it lends codes to the one it was found to be,
    where that has none of a facet, and its relations.
    """
    into = merges(reading)
    query = (
        select(Initiative.id, Initiative.slug, Profile)
        .join(Profile, col(Profile.initiative) == col(Initiative.id))
        .where(standing(Profile, reading.at))
        .order_by(col(Initiative.id))
    )
    if ids is not None:
        lending = [number for number, stays in into.items() if stays in ids]
        query = query.where(col(Initiative.id).in_([*ids, *lending]))
    found = {
        number: Entry(number, slug, profile)
        for number, slug, profile in reading.session.exec(query)
        if number is not None
    }
    tags = select(Tag.initiative, Tag.facet, Tag.code, Tag.made).where(standing(Tag, reading.at))
    for number, facet, code, made in reading.session.exec(tags.order_by(col(Tag.id))):
        if number in found:
            found[number].tags.setdefault(facet, []).append(code)
            found[number].coded_at[facet] = made
    for row in reading.rows(Relation):
        head, to = into.get(row.initiative, row.initiative), into.get(row.to, row.to)
        if head in found and head != to:
            known = found[head].relations.setdefault(row.kinship, [])
            known += [to] if to not in known else []
            if row.kinship == Kinship.succeeds and to in found:
                found[to].succeeded_at = max(found[to].succeeded_at, row.made)
    for number, stays in into.items():
        merged = found.pop(number, None)
        if merged and stays in found:
            found[stays].tags = merged.tags | found[stays].tags
    return found


def tags_outside(reading: Reading, codes: Mapping[str, Collection[str]]) -> list[Tag]:
    """Standing tags whose code is in none of those vocabularies, oldest first."""
    named = select(Tag.facet, Tag.code).where(standing(Tag, reading.at)).distinct()
    found = [
        tag
        for facet, code in reading.session.exec(named)
        if code not in codes.get(facet, ())
        for tag in reading.rows(Tag, facet=facet, code=code)
    ]
    return sorted(found, key=lambda tag: tag.id or 0)


def by_slug(reading: Reading, slug: str) -> int | None:
    """The id of the initiative of that slug, whether it stands or not."""
    return reading.session.exec(select(Initiative.id).where(Initiative.slug == slug)).first()


def slugs(reading: Reading) -> dict[str, int]:
    """Every slug ever given, with its id."""
    found = reading.session.exec(select(Initiative.slug, Initiative.id))
    return {slug: number for slug, number in found if number is not None}


def judgements(reading: Reading) -> dict[tuple[int, str], Judgement]:
    """(initiative, strand) to what stands of their assessments.

    What was said of a merged initiative counts for the one it was found to be; of two things
    that one person said, the later.
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
        pair: Judgement(*pair, _last_words(found), resolved.get(pair, ""))
        for pair, found in rows.items()
    }


def _last_words(rows: list[Assessment]) -> tuple[Assessment, ...]:
    """What each person said last, of rows that come oldest first."""
    if len(rows) == 1:
        return tuple(rows)
    last = {row.person: row for row in rows}
    return tuple(row for row in rows if last[row.person] is row)


def assessed(writing: Writing, row: Assessment) -> Assessment:
    """The person's assessment, in place of the one they made before."""
    pair = {"initiative": row.initiative, "strand": row.strand, "person": row.person}
    for before in writing.rows(Assessment, **pair):
        writing.end(before)
    return writing.add(row)
