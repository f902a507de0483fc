"""What moved between two days, each difference with one cause: the world, or us."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kb.base.core import Rows
from kb.base.ranking import Ranked
from kb.base.rechecking import Rechecks
from kb.errors import Refused
from kb.keep.found import Declaration, Forgotten
from kb.keep.register import Entry, Judgement
from kb.keep.said import Initiative, Merge, StrandStep
from kb.keep.store import Reading

MOVED = "group cause list row before after date".split()
WORLD, US = "the world", "us"
WORLD_CAUSES = ("began", "ended", "superseded", "page changed", "page gone", "gone quiet")
US_CAUSES = (
    "newly found",
    "proposal confirmed",
    "decision changed",
    "merged or split",
    "offer",
    "code book",
    "threshold changed",
    "forgotten",
    "looked again",
)
COMPARED = ("level", "basis", "counted", "recheck")
POSITIONS = ("position", "if_proposals", "duplicates", "overlaps", "complements", "grade")
OVER = ("ended", "superseded")
AGED = ("no sign of", "published more than")  # why something no longer counts, by time alone

Row = Mapping[str, object]


@dataclass(frozen=True)
class Then:
    """The lists as they stood at one act, on the day they are asked for."""

    ranked: Ranked
    overlaps: Mapping[str, Row]  # "strand / initiative" to its row
    gaps: Mapping[str, Row]
    day: date


@dataclass(frozen=True)
class Between:
    """What was done in the acts after the first and up to the second."""

    made: frozenset[int]  # initiatives
    merged: frozenset[int]
    split: frozenset[str]  # slugs of what was split, and of what came out of it
    forgotten: frozenset[int]  # documents
    offer: bool
    book: bool


class Moves(Rechecks):
    """Two days side by side."""

    def moved(self, since: date, until: date | None = None) -> Rows:
        """Each row of overlaps and gaps that differs between the ends of two days, with one cause.

        Raises Refused for a day to come, or before the first act.
        """
        if until is not None and until < since:
            raise Refused(f"{until} is before {since}", hint=f"kb moved {until} {since}")
        first = self.act_on(since)
        second = self.act_on(until)
        before, after = self._then(first, since), self._then(second, until or self.today(None))
        with self.store.reading(second) as reading:
            between = _between(reading, first or 0)
            acts = {act.id: act.at.date() for act in reading.acts()}
        rows: list[dict[str, object]] = []
        for name in sorted({*before.overlaps, *after.overlaps}):
            old, new = before.overlaps.get(name), after.overlaps.get(name)
            if _shown(old, COMPARED) != _shown(new, COMPARED):
                cause = _cause(name, before, after, between)
                rows.append(
                    _row("overlaps", name, _shown(old, COMPARED), _shown(new, COMPARED), cause)
                )
        by_strand: dict[str, list[str]] = {}
        for row in rows:
            by_strand.setdefault(str(row["row"]).partition(" / ")[0], []).append(str(row["cause"]))
        for name in [*after.gaps, *(key for key in before.gaps if key not in after.gaps)]:
            old, new = before.gaps.get(name), after.gaps.get(name)
            if _shown(old, POSITIONS) != _shown(new, POSITIONS):
                cause = _strand_cause(name, before, after, between, by_strand.get(name, []))
                rows.append(
                    _row("gaps", name, _shown(old, POSITIONS), _shown(new, POSITIONS), cause)
                )
        for row in rows:
            row["date"] = _when(str(row["row"]), after, acts)
        order = [*WORLD_CAUSES, *US_CAUSES]
        rows.sort(
            key=lambda row: (order.index(str(row["cause"])), str(row["list"]), str(row["row"]))
        )
        return Rows("moved", tuple(MOVED), rows, lead=_sentences(rows, since, until))

    def _then(self, at: int | None, day: date) -> Then:
        ranked = self.ranked(at=at, day=day)
        overlaps = self.overlaps_of(ranked).rows
        gaps = self.gaps_of(ranked, ranked.declarations.offer.strand).rows
        return Then(
            ranked,
            {f"{row['strand']} / {row['initiative']}": row for row in overlaps},
            {str(row["strand"]): row for row in gaps},
            day,
        )


def _between(reading: Reading, first: int) -> Between:
    merges = [row for row in reading.history(Merge) if row.made > first or (row.ended or 0) > first]
    declared = {
        row.name
        for row in reading.history(Declaration)
        if row.made > first and row.ended != row.made
    }
    steps = [row for row in reading.rows(StrandStep) if row.made > first]
    return Between(
        made=frozenset(row.id or 0 for row in reading.history(Initiative) if row.made > first),
        split=_split(reading, first),
        merged=frozenset(number for row in merges for number in (row.initiative, row.into)),
        forgotten=frozenset(r.document for r in reading.rows(Forgotten) if r.made > first),
        offer="offer.toml" in declared or bool(steps),
        book="codebook.toml" in declared,
    )


def _split(reading: Reading, first: int) -> frozenset[str]:
    acts = {
        act.id: act.command.split()[1]
        for act in reading.acts()
        if (act.id or 0) > first and act.command.startswith("split ")
    }
    made = {row.slug for row in reading.history(Initiative) if row.made in acts}
    return frozenset({*made, *acts.values()})


def _cause(name: str, before: Then, after: Then, between: Between) -> str:
    """The one cause for which a row of overlaps differs, the weightiest first."""
    strand, _, slug = name.partition(" / ")
    number, old, new = _entries(slug, before, after)
    if number in between.merged or slug in between.split:
        return "merged or split"
    if number in between.made and old is None:
        started = new.profile.started if new else None
        return "began" if started and _within(started, before.day, after.day) else "newly found"
    status = (new.code("status") if new else None, old.code("status") if old else None)
    if status[0] in OVER and status[0] != status[1]:
        return str(status[0])
    if _said_anew(before, after, number, strand):
        return _by_decision(_said(before, number, strand), _said(after, number, strand))
    if _strands_differ(strand, before, after):
        return "offer"
    return _by_ground(name, before, after, between, number, (old, new))


def _by_decision(old: Judgement | None, new: Judgement | None) -> str:
    if old and new and old.outcome == new.outcome and bool(new.confirmed) > bool(old.confirmed):
        return "proposal confirmed"
    return "decision changed"


def _by_ground(
    name: str,
    before: Then,
    after: Then,
    between: Between,
    number: int,
    entries: tuple[Entry | None, Entry | None],
) -> str:
    """Where nothing was said anew: what it stands on, how it is coded, how it is counted."""
    strand = name.partition(" / ")[0]
    old, new = entries
    if old is None or new is None:
        return "decision changed"  # it was taken out of the register, or back into it
    if between.forgotten & {page.id for page in before.ranked.pages.get(number, [])}:
        return "forgotten"
    causes = [_stale(then, number, strand) for then in (before, after)]
    if causes[0] != causes[1]:
        if causes[1] == "page gone":
            return "page gone"
        if {"page gone", "quote gone"} & set(causes):
            return "page changed"
    if _coded(old) != _coded(new) or _contested(before, number) != _contested(after, number):
        return "decision changed"
    if _ours(before) != _ours(after):
        return "offer"
    if before.ranked.ground.thresholds != after.ranked.ground.thresholds:
        return "threshold changed"
    if any(each in AGED for each in _why_not(before, after, strand, number)):
        return "gone quiet"
    return "code book" if between.book else "decision changed"


def _stale(then: Then, number: int, strand: str) -> str | None:
    """Why what stood of the pair needed another look then; None where its ground held."""
    judgement = _said(then, number, strand)
    declared = next((s for s in then.ranked.declarations.offer.strand if s.key == strand), None)
    if judgement is None or declared is None:
        return None
    return then.ranked.cause(number, declared, judgement.leading)


def _coded(entry: Entry) -> tuple[object, ...]:
    return entry.tags, entry.relations, entry.profile.said()


def _contested(then: Then, number: int) -> bool:
    return then.ranked.candidates[number].contested


def _ours(then: Then) -> tuple[object, ...]:
    return then.ranked.declarations.offer.offer.we


def _why_not(before: Then, after: Then, strand: str, number: int) -> list[str]:
    """The first words of why the pair did not count, on the days on which it did not."""
    told = (then.ranked.uncounted.get(strand, {}).get(number, "") for then in (before, after))
    return [" ".join(each.split()[:3]) for each in told]


def _strand_cause(
    name: str, before: Then, after: Then, between: Between, causes: Iterable[str]
) -> str:
    """The one cause for which a strand stands elsewhere: that of its rows, or what all rest on."""
    if name not in before.gaps or name not in after.gaps or _strands_differ(name, before, after):
        return "offer"
    found = list(causes)
    if found:
        order = [*WORLD_CAUSES, *US_CAUSES]
        return min(found, key=order.index)
    grades = [then.ranked.declarations.offer.grades for then in (before, after)]
    thresholds = [then.ranked.ground.thresholds for then in (before, after)]
    if thresholds[0] != thresholds[1] or grades[0] != grades[1]:
        return "threshold changed"
    return "code book" if between.book else "looked again"


def _entries(slug: str, before: Then, after: Then) -> tuple[int, Entry | None, Entry | None]:
    old = next((e for e in before.ranked.entries.values() if e.slug == slug), None)
    new = next((e for e in after.ranked.entries.values() if e.slug == slug), None)
    either = new or old
    return (either.id if either else 0), old, new


def _said(then: Then, number: int, strand: str) -> Judgement | None:
    return then.ranked.judgements.get((number, strand))


def _said_anew(before: Then, after: Then, number: int, strand: str) -> bool:
    """True where something was said, or taken back, that bears on the strand in between.

    A row that only stands under another strand's name now is nothing new.
    """
    old, new = _said(before, number, strand), _said(after, number, strand)
    if old and new and old.resolved != new.resolved:
        return True
    return bool((_ids(new) - _ids_of(before, number)) or (_ids(old) - _ids_of(after, number)))


def _ids(judgement: Judgement | None) -> set[int | None]:
    return {row.id for row in judgement.assessments} if judgement else set()


def _ids_of(then: Then, number: int) -> set[int | None]:
    judgements = then.ranked.judgements.items()
    return {row.id for (each, _), said in judgements if each == number for row in said.assessments}


def _strands_differ(key: str, before: Then, after: Then) -> bool:
    versions = [
        next((s.version for s in then.ranked.declarations.offer.strand if s.key == key), None)
        for then in (before, after)
    ]
    return versions[0] != versions[1]


def _within(started: str, first: date, last: date) -> bool:
    """True where a month, or a year, lies in the period, as far as it is known."""
    return first.isoformat()[: len(started)] <= started <= last.isoformat()[: len(started)]


def _shown(row: Row | None, columns: Iterable[str]) -> str | None:
    """What is compared of a row, in words; None where there is no row."""
    if row is None:
        return None
    told = []
    for column in columns:
        value = row[column]
        if isinstance(value, bool):
            told += [column] if value else []
        elif value not in (None, 0):
            told.append(f"{column} {value}" if isinstance(value, int) else str(value))
    return ", ".join(told)


def _row(
    listed: str, name: str, before: str | None, after: str | None, cause: str
) -> dict[str, object]:
    group = WORLD if cause in WORLD_CAUSES else US
    return dict(zip(MOVED, (group, cause, listed, name, before, after, None), strict=True))


def _when(name: str, after: Then, acts: Mapping[int | None, date]) -> date | None:
    """The day of the last thing said that the row rests on; None for a row of no assessment."""
    strand, _, slug = name.partition(" / ")
    number, _old, _new = _entries(slug, after, after)
    judgement = _said(after, number, strand)
    return acts.get(judgement.leading.made) if judgement else None


def _sentences(rows: list[dict[str, object]], since: date, until: date | None) -> tuple[str, ...]:
    """Three sentences: how many rows differ, what the world did, what we did."""
    counts = Counter(str(row["cause"]) for row in rows)
    period = f"Between {since} and {until or 'now'}"
    of_world = sum(counts[cause] for cause in WORLD_CAUSES)
    total = (
        f"{period}, {len(rows)} rows differ: {of_world} by the world, {len(rows) - of_world} by us."
    )
    return (
        total,
        f"The world: {_counted(counts, WORLD_CAUSES)}.",
        f"Us: {_counted(counts, US_CAUSES)}.",
    )


def _counted(counts: Counter[str], causes: Iterable[str]) -> str:
    told = [f"{counts[cause]} {cause}" for cause in causes if counts[cause]]
    return ", ".join(told) or "nothing"
