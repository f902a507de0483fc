"""What moved between two days, each difference with one cause: the world, or us."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from kb.assess.causes import CauseKind
from kb.assess.evidence import Evidence, evidence_of
from kb.assess.gaps import Gap, Overlap, gaps, overlaps
from kb.errors import Refused
from kb.keep.acts import ActKind
from kb.keep.crawled import Declaration, Forgotten
from kb.keep.decisions import Initiative, Merge
from kb.keep.register import Judgement, StoredInitiative
from kb.keep.store import Reading
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace

OVER = ("ended", "superseded")
AGED = ("no sign of", "published more than")  # how a reason begins that time alone brings


class Why(StrEnum):
    """Why a row differs, what the world did before what we did, the weightiest first."""

    began = "began"
    ended = "ended"
    superseded = "superseded"
    page_changed = "page changed"
    page_gone = "page gone"
    gone_quiet = "gone quiet"
    newly_found = "newly found"
    proposal_confirmed = "proposal confirmed"
    decision_changed = "decision changed"
    merged_or_split = "merged or split"
    offer = "offer"
    code_book = "code book"
    threshold_changed = "threshold changed"
    forgotten = "forgotten"
    looked_again = "looked again"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(Why).index(self)

    @property
    def of_the_world(self) -> bool:
        """True for what the world did, False for what we did."""
        return self.rank <= Why.gone_quiet.rank


@dataclass(frozen=True)
class Moved:
    """A row of overlaps or gaps that differs between two days."""

    group: str = column("The world, or us.")
    cause: Why = column("Why the row differs.", narrow=True)
    list_: str = column("The list in which the row differs.", narrow=True)
    row: str = column("The row that differs: a strand, or strand / initiative.", narrow=True)
    before: str | None = column("How the row stood at the end of the first day.", narrow=True)
    after: str | None = column("How the row stood at the end of the second day.", narrow=True)
    date_: date | None = column("The day of the last thing said that the row rests on.")
    strand: str = column("The key of a strand of the offer.")
    initiative: str | None = column("The slug of the initiative, which stays.")


Pair = tuple[str, str]  # strand key, initiative slug
Aspect = Callable[[Evidence], object]


@dataclass(frozen=True)
class Between:
    """What was done in the acts after the first day and up to the second."""

    made: frozenset[int]  # initiatives
    merged: frozenset[int]
    split: frozenset[str]  # slugs of what was split, and of what came out of it
    forgotten: frozenset[int]  # documents
    book: bool  # the code book was changed


class Day:
    """The lists as they were at the end of one day."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.evidence: Evidence = evidence_of(snapshot)
        self.overlaps: dict[Pair, Overlap] = {
            (row.strand, row.initiative): row for row in overlaps(snapshot).rows
        }
        self.gaps: dict[str, Gap] = {row.strand: row for row in gaps(snapshot).rows}

    @cached_property
    def by_slug(self) -> dict[str, StoredInitiative]:
        """The initiatives by slug."""
        return {each.slug: each for each in self.evidence.register.values()}

    @cached_property
    def assessments_of(self) -> dict[int, set[int]]:
        """Initiative to the ids of every assessment that bears on it."""
        ids: dict[int, set[int]] = {}
        for (number, _), judgement in self.evidence.judgements.items():
            ids.setdefault(number, set()).update(row.row_id for row in judgement.assessments)
        return ids

    def judgement(self, number: int, strand: str) -> Judgement | None:
        """What held of the pair; None where nobody had said anything."""
        return self.evidence.judgements.get((number, strand))

    def version(self, key: str) -> str | None:
        """The version of the strand; None where the offer had none of that key."""
        strands = self.evidence.strands
        return next((each.version for each in strands if each.key == key), None)

    def stale(self, number: int, key: str) -> CauseKind | None:
        """Why what held of the pair was to be re-checked; None where it was not."""
        cause = self.evidence.causes.get((number, key))
        return cause.kind if cause else None


def moved_between(workspace: Workspace, since: date, until: date | None = None) -> Table[Moved]:
    """Each row of overlaps and gaps that differs between the ends of two days, with one cause.

    Without a second day, until now. A first day before the first act means the beginning, and the
    table says so. Raises Refused for a future date, and for a second day before the first act.
    """
    if until is not None and until < since:
        raise Refused(f"{until} is before {since}", hint=f"kb moved {until} {since}")
    with snapshot(workspace, workspace.moment(until)) as after:
        return moved_since(after, since)


def moved_since(after: Snapshot, since: date) -> Table[Moved]:
    """The same, until the moment of a snapshot."""
    workspace = after.workspace
    begun, note = since_the_first_act(workspace, since)
    if begun is None:
        return Table("moved", Moved, [], (note,))
    with snapshot(workspace, workspace.moment(begun)) as before:
        rows = list(_Comparison(Day(before), Day(after)).rows())
    rows.sort(key=lambda row: (row.cause.rank, row.list_, row.row))
    until = "now" if after.moment.act is None else after.moment.day.isoformat()
    notes = (note,) if note else ()
    return Table("moved", Moved, rows, notes, lead=_sentences(rows, begun, until))


def since_the_first_act(workspace: Workspace, since: date) -> tuple[date | None, str]:
    """The day, or that of the first act where it was before, and a sentence if it was.

    None where nothing was done yet. Raises Refused for a day to come.
    """
    if since > workspace.today:
        raise Refused(f"{since} is still to come", hint=f"today is {workspace.today} (UTC)")
    with workspace.store.reading() as reading:
        first = reading.first_day()
    if first is None:
        return None, "nothing was done here yet"
    if since >= first:
        return since, ""
    return first, f"{since} is before the beginning of this scan: since {first}"


class _Comparison:
    """Two days side by side."""

    def __init__(self, before: Day, after: Day) -> None:
        self.before, self.after = before, after
        self.days = (before, after)
        self.between = _between(after.snapshot.reading, before.snapshot.moment.act or 0)

    def rows(self) -> Iterator[Moved]:
        """Every row that differs: overlaps, then gaps."""
        causes: dict[str, list[Why]] = {}
        for pair in sorted({*self.before.overlaps, *self.after.overlaps}):
            shown = [_overlap_shown(day.overlaps.get(pair)) for day in self.days]
            if shown[0] != shown[1]:
                strand, slug = pair
                cause = self._cause(strand, slug)
                causes.setdefault(strand, []).append(cause)
                said_on = self._last_said(strand, slug)
                yield _row(strand, slug, cause, shown, said_on)
        for strand in dict.fromkeys([*self.after.gaps, *self.before.gaps]):
            shown = [_gap_shown(day.gaps.get(strand)) for day in self.days]
            if shown[0] != shown[1]:
                cause = self._strand_cause(strand, causes.get(strand, []))
                yield _row(strand, None, cause, shown, None)

    def _cause(self, strand: str, slug: str) -> Why:
        """The one cause for which a row of overlaps differs, the weightiest first."""
        old, new = (day.by_slug.get(slug) for day in self.days)
        either = new or old
        number = either.id if either else 0
        if number in self.between.merged or slug in self.between.split:
            return Why.merged_or_split
        if number in self.between.made and old is None:
            return Why.began if new and self._began_between(new) else Why.newly_found
        over = new.code("status") if new else None
        if over in OVER and (old is None or old.code("status") != over):
            return Why(str(over))
        if self._said_anew(number, strand):
            return self._by_decision(number, strand)
        if self._versions_differ(strand):
            return Why.offer
        if old is None or new is None:
            return Why.decision_changed  # it was taken out of the register, or back into it
        return self._by_what_it_rests_on(number, strand, old, new)

    def _began_between(self, initiative: StoredInitiative) -> bool:
        """True where it began in the period, as far as that is known: to the month, or year."""
        started = initiative.profile.started
        first, last = (day.snapshot.moment.day.isoformat() for day in self.days)
        if not started:
            return False
        return first[: len(started)] <= started <= last[: len(started)]

    def _said_anew(self, number: int, strand: str) -> bool:
        """True where something was said, or taken back, that bears on the strand in between.

        A row that only stands under another strand's name now is nothing new.
        """
        old, new = (day.judgement(number, strand) for day in self.days)
        if old and new and old.resolved != new.resolved:
            return True
        came = _ids(new) - self.before.assessments_of.get(number, set())
        went = _ids(old) - self.after.assessments_of.get(number, set())
        return bool(came or went)

    def _by_decision(self, number: int, strand: str) -> Why:
        old, new = (day.judgement(number, strand) for day in self.days)
        same_level = old and new and old.outcome == new.outcome
        if old and new and same_level and new.confirmed and not old.confirmed:
            return Why.proposal_confirmed
        return Why.decision_changed

    def _by_what_it_rests_on(
        self, number: int, strand: str, old: StoredInitiative, new: StoredInitiative
    ) -> Why:
        """Where nothing was said anew: its pages, how it is coded, how it is counted."""
        pages = self.before.snapshot.pages_of.get(number, [])
        if self.between.forgotten & {page.id for page in pages}:
            return Why.forgotten
        stale = [day.stale(number, strand) for day in self.days]
        if stale[0] != stale[1]:
            if stale[1] == CauseKind.page_gone:
                return Why.page_gone
            if {CauseKind.page_gone, CauseKind.quote_gone} & set(stale):
                return Why.page_changed
        if _coded(old) != _coded(new) or self._differ(lambda e: e.candidates[number].contested):
            return Why.decision_changed
        if self._differ(lambda e: e.declarations.offer.offer.we):
            return Why.offer
        if self._differ(lambda e: e.rules.thresholds):
            return Why.threshold_changed
        reasons = (e.exclusion_reasons.get(strand, {}).get(number, "") for e in self._evidence)
        if any(reason.startswith(AGED) for reason in reasons):
            return Why.gone_quiet
        return Why.code_book if self.between.book else Why.decision_changed

    def _strand_cause(self, strand: str, causes: Iterable[Why]) -> Why:
        """The one cause for which a strand stands elsewhere: of its rows, or what all rest on."""
        if any(strand not in day.gaps for day in self.days) or self._versions_differ(strand):
            return Why.offer
        weightiest = min(causes, key=lambda cause: cause.rank, default=None)
        if weightiest:
            return weightiest
        if self._differ(lambda e: (e.rules.thresholds, e.declarations.offer.grades)):
            return Why.threshold_changed
        return Why.code_book if self.between.book else Why.looked_again

    @property
    def _evidence(self) -> tuple[Evidence, Evidence]:
        return self.before.evidence, self.after.evidence

    def _differ(self, aspect: Aspect) -> bool:
        before, after = map(aspect, self._evidence)
        return before != after

    def _versions_differ(self, strand: str) -> bool:
        return self.before.version(strand) != self.after.version(strand)

    def _last_said(self, strand: str, slug: str) -> date | None:
        """The day of the last thing said that the row rests on; None where nothing was."""
        initiative = self.after.by_slug.get(slug)
        judgement = self.after.judgement(initiative.id, strand) if initiative else None
        act = self.after.snapshot.acts.get(judgement.leading.made) if judgement else None
        return act.at.date() if act else None


def _between(reading: Reading, first: int) -> Between:
    merges = [row for row in reading.history(Merge) if row.made > first or (row.ended or 0) > first]
    declared = {
        row.name
        for row in reading.history(Declaration)
        if row.made > first and row.ended != row.made
    }
    initiatives = reading.history(Initiative)
    splits = {act.id: act.subject for act in reading.acts(ActKind.split_) if (act.id or 0) > first}
    parts = {row.slug for row in initiatives if row.made in splits}
    return Between(
        made=frozenset(row.row_id for row in initiatives if row.made > first),
        split=frozenset({*parts, *splits.values()}),
        merged=frozenset(number for row in merges for number in (row.initiative, row.into)),
        forgotten=frozenset(r.document for r in reading.rows(Forgotten) if r.made > first),
        book="codebook.toml" in declared,
    )


def _ids(judgement: Judgement | None) -> set[int]:
    return {row.row_id for row in judgement.assessments} if judgement else set()


def _coded(initiative: StoredInitiative) -> tuple[object, ...]:
    return initiative.tags, initiative.relations, initiative.profile.values()


def _overlap_shown(row: Overlap | None) -> str | None:
    """What is compared of a row of overlaps, in words; None where there is no row."""
    if row is None:
        return None
    marks = [name for name in ("counted", "recheck") if getattr(row, name)]
    why = [f"not counted: {row.why_not_counted}"] if row.why_not_counted else []
    return ", ".join([row.level, row.basis, *marks, *why])


def _gap_shown(row: Gap | None) -> str | None:
    """What is compared of a row of gaps, in words; None where there is no row."""
    if row is None:
        return None
    counts = {
        "duplicates": row.duplicates, "overlaps": row.overlaps, "complements": row.complements,
    }  # fmt: skip
    counted = [f"{name} {count}" for name, count in counts.items() if count]
    return ", ".join([row.position, row.if_proposals, *counted, row.grade])


def _row(
    strand: str, slug: str | None, cause: Why, shown: list[str | None], said_on: date | None
) -> Moved:
    """A row of overlaps, or of gaps where no initiative is named."""
    return Moved(
        group="the world" if cause.of_the_world else "us",
        cause=cause,
        list_="overlaps" if slug else "gaps",
        row=f"{strand} / {slug}" if slug else strand,
        before=shown[0],
        after=shown[1],
        date_=said_on,
        strand=strand,
        initiative=slug,
    )


def _sentences(rows: list[Moved], since: date, until: str) -> tuple[str, str, str]:
    """Three sentences: how many rows differ, what the world did, what we did."""
    counts = Counter(row.cause for row in rows)
    of_world = sum(count for cause, count in counts.items() if cause.of_the_world)
    return (
        f"Between {since} and {until}, {len(rows)} rows differ: {of_world} by the world, "
        f"{len(rows) - of_world} by us.",
        f"The world: {_listed(counts, of_the_world=True)}.",
        f"Us: {_listed(counts, of_the_world=False)}.",
    )


def _listed(counts: Mapping[Why, int], *, of_the_world: bool) -> str:
    causes = [each for each in Why if each.of_the_world == of_the_world and counts.get(each)]
    return ", ".join(f"{counts[each]} {each}" for each in causes) or "nothing"
