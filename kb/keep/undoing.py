"""Undoing an act: what it made is ended, what it ended made again, if nothing rests on it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.keep.acts import Act, Row
from kb.keep.found import Declaration, Revision
from kb.keep.said import (
    Assessment,
    Decision,
    Membership,
    Merge,
    Profile,
    Resolved,
    Screening,
    Tag,
)
from kb.keep.store import TABLES, Reading, Writing

NO_DECISIONS = ("crawl", "rescore", "init")  # what a run does, and what a home begins with
UNDO = re.compile(r"undo (\d+)")
# What is one place that only one row can hold: (table, columns).
PLACES: Mapping[type[Row], tuple[str, ...]] = {
    Screening: ("document", "person"),
    Assessment: ("initiative", "strand", "person"),
    Profile: ("initiative",),
    Tag: ("initiative", "facet"),
    Resolved: ("document", "initiative", "strand"),
}
KEPT = tuple(model for model in TABLES if model is not Declaration)


@dataclass(frozen=True)
class Undone:
    """What undoing an act came to: how many rows ended, how many made again."""

    act: Act
    ended: int
    again: int


def undone(reading: Reading) -> dict[int, int]:
    """The acts that were undone, each with the act that undid it."""
    found = {}
    for act in reading.acts():
        if met := UNDO.fullmatch(act.command):
            found[int(met.group(1))] = act.id or 0
    return found


def last_of(reading: Reading, person: str) -> Act | None:
    """The person's last act that left something to undo; runs and undoing itself are none."""
    gone = undone(reading)
    own = [act for act in reading.acts() if act.by == person and act.id not in gone]
    said = [
        act
        for act in own
        if act.command.split()[0] not in NO_DECISIONS and not UNDO.fullmatch(act.command)
    ]
    for act in reversed(said):
        number = act.id or 0
        if made_by(reading, number) or ended_by(reading, number):
            return act
    return None


def made_by(reading: Reading, act: int) -> list[Row]:
    """What the act made, as it stands now: itself, or what undoing a later act made again."""
    again = undone(reading)
    found: list[Row] = []
    for model in KEPT:
        waiting = list(reading.history(model, made=act))
        while waiting:
            row = waiting.pop()
            if row.ended is None or row.ended == act or row.ended not in again:
                found.append(row)
                continue
            copies = reading.history(model, made=again[row.ended])
            alike = [copy for copy in copies if copy.said() == row.said()]
            waiting += alike
            found += [] if alike else [row]
    return found


def ended_by(reading: Reading, act: int) -> list[Row]:
    """What had stood before the act and was ended by it."""
    return [row for model in KEPT for row in reading.history(model, ended=act) if row.made != act]


def rests_on(reading: Reading, act: int) -> int | None:
    """The first later act that rests on what the act made or ended; None where none does."""
    made = made_by(reading, act)
    ours = {(type(row), row.id) for row in made}
    later: list[Row] = []
    ends: set[int] = set()
    for row in made:
        if row.ended is not None and row.ended != act:
            ends.add(row.ended)
        later += _pointing_at(reading, row)
    for row in ended_by(reading, act):
        place = PLACES.get(type(row))
        if place:
            later += reading.rows(type(row), **{name: getattr(row, name) for name in place})
    ends |= {row.made for row in later if row.made > act and (type(row), row.id) not in ours}
    return min(ends, default=None)


def _pointing_at(reading: Reading, row: Row) -> list[Row]:
    """Standing rows that name this one, or rest on its making a page one of an initiative."""
    table = type(row).__tablename__
    found: list[Row] = []
    for model in KEPT:
        for column in model.__table__.columns:  # type: ignore[attr-defined]
            if any(key.column.table.name == table for key in column.foreign_keys):
                found += reading.rows(model, **{column.name: row.id})
    if isinstance(row, Membership):
        found += _quoting(reading, row.initiative, {row.document})
        included = reading.rows(Screening, document=row.document, decision=Decision.include)
        found += [each for each in included if each.made > row.made]
    if isinstance(row, Merge):
        pages = {each.document for each in reading.rows(Membership, initiative=row.initiative)}
        found += _quoting(reading, row.into, pages)
    return found


def _quoting(reading: Reading, initiative: int, pages: set[int]) -> list[Assessment]:
    """The standing assessments of an initiative that quote one of those pages."""
    found = []
    for said in reading.rows(Assessment, initiative=initiative):
        revision = reading.get(Revision, said.revision) if said.revision else None
        if revision and revision.document in pages:
            found.append(said)
    return found


def undo(writing: Writing, act: Act) -> Undone:
    """Undoes the act. Call `rests_on` first."""
    number = act.id or 0
    made = [row for row in made_by(writing, number) if row.ended is None]
    before = ended_by(writing, number)
    writing.end_all(made)
    writing.add_all([type(row)(**row.said()) for row in before])
    return Undone(act, len(made), len(before))
