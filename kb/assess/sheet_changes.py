"""A coding sheet that was filled in, taken back as one act.

An empty cell says nothing; a `-` takes a field or a code away. A row without a slug is a new
initiative, unless it is one that is known by its address, or by its body and title. What differs
from the register because somebody else said so since the export is left as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kb.assess.assessments import NEEDED, PinnedQuote, locate_in, new_assessment
from kb.assess.coding_sheet import EXPORTED, FIELDS, QUOTE, act_of_mark, coding_header, coding_sheet
from kb.assess.evidence import evidence_of
from kb.declare.codebook import FACETS, parted
from kb.declare.profile_fields import checked_fields
from kb.declare.register import slug_of
from kb.errors import Declared, KBError, Refused
from kb.keep import register
from kb.keep.acts import ActKind, Moment
from kb.keep.assignments import check_level
from kb.keep.decisions import Initiative, Level, Profile, Tag
from kb.keep.register import Judgement, StoredInitiative
from kb.keep.store import Writing
from kb.screen.duplicates import known_as
from kb.screen.second_readings import draw_level
from kb.table import Table, column
from kb.text import quotes
from kb.text.described import unmarked
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace

NOTHING = "-"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
CHANGED_HERE = "changed here since the export: left as it is"

Cells = Mapping[str, str]


@dataclass(frozen=True)
class SheetChange:
    """One field that a row of the sheet changes."""

    row: int = column("The row of the sheet.", narrow=True)
    initiative: str = column("The slug of the initiative, which stays.", narrow=True)
    field: str = column("What is changed.", narrow=True)
    before: str = column("What it was.", narrow=True)
    after: str = column("What it is.", narrow=True)
    note: str | None = column("Why nothing is changed: somebody else said so since.", narrow=True)


@dataclass
class RowChange:
    """What one row of the sheet changes."""

    number: int
    slug: str
    initiative: StoredInitiative | None  # None: it is new
    fields: dict[str, str | date | None] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    levels: dict[str, tuple[Level, PinnedQuote | None]] = field(default_factory=dict)
    shown: list[SheetChange] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        """True where something of it is to be stored."""
        return bool(self.initiative is None or self.fields or self.tags or self.levels)


def take_coding(
    workspace: Workspace,
    header: Sequence[str],
    rows: Sequence[tuple[int, Cells]],
    *,
    name: str,
    update: bool = False,
    dry_run: bool = False,
) -> Table[SheetChange]:
    """Takes a filled-in sheet as one act; each change as a row.

    Rows that exist are left alone without `update`. Raises Refused for another header, Declared
    naming every bad row by number and field; then nothing is taken.
    """
    expected = coding_header(workspace.declarations.offer.strand)
    if tuple(header) != expected:
        missing = [each for each in expected if each not in header]
        unknown = [each for each in header if each not in expected]
        raise Refused(
            f"{name} has another header than the coding sheet",
            hint=f"missing: {', '.join(missing) or 'none'}; not known: "
            f"{', '.join(unknown) or 'none'}; kb export coding -o FILE has it",
        )
    with snapshot(workspace) as now:
        exported = _exported(now, rows, name)
        changes = _changes(now, rows, exported, name, update)
    taken = [change for change in changes if change.changes_something]
    if taken and not dry_run:
        with workspace.writing(ActKind.import_, f"import {name}") as writing:
            for change in taken:
                _carry_out(workspace, writing, change)
    shown = [each for change in changes for each in change.shown]
    return Table("changes", SheetChange, shown)


def _exported(
    snapshot: Snapshot, rows: Sequence[tuple[int, Cells]], name: str
) -> dict[str, dict[str, Cells]]:
    """Each mark of the rows to the sheet as it stood at that act: slug to cells.

    Raises Refused for a mark of another home, or of an act that this one has not.
    """
    sheets: dict[str, dict[str, Cells]] = {}
    for mark in {cells[EXPORTED].strip() for _, cells in rows} - {""}:
        act = act_of_mark(snapshot.reading, mark)
        if act is None:
            raise Refused(
                f"{name} was not exported from this knowledge base: it has no {mark!r}",
                hint="kb export coding -o FILE, here, and fill that in",
            )
        moment = Moment(act, snapshot.acts[act].at.date())
        with snapshot.workspace.store.reading(moment) as reading:
            then = coding_sheet(Snapshot(snapshot.workspace, reading, moment))
        sheets[mark] = {cells["slug"]: cells for cells in then.rows}
    return sheets


def _changes(
    snapshot: Snapshot,
    rows: Sequence[tuple[int, Cells]],
    exported: Mapping[str, Mapping[str, Cells]],
    name: str,
    update: bool,
) -> list[RowChange]:
    by_slug = {each.slug: each for each in snapshot.register.values()}
    now = {cells["slug"]: cells for cells in coding_sheet(snapshot).rows}
    taken = set(snapshot.slugs.values())
    faults: list[str] = []
    changes = []
    earlier: set[str] = set()
    for number, cells in rows:
        place = f"{name}, row {number}:"
        slug, mark = cells["slug"].strip().casefold(), cells[EXPORTED].strip()
        fault = _slug_fault(slug, mark, by_slug, taken) or (
            f"{slug!r} stands twice" if slug and slug in earlier else ""
        )
        if fault:
            faults.append(f"{place} field 'slug': {fault}")
            continue
        initiative = by_slug.get(slug)
        if not slug:
            about = (cells["title"], cells["organisation"], cells["url"])
            initiative = known_as(snapshot, *about) if all(about[:2]) else None
        earlier.add(slug)
        if initiative and not update:
            continue
        if initiative and mark and slug not in exported[mark]:
            faults.append(f"{place} field {EXPORTED!r}: {slug!r} did not stand at {mark!r}")
            continue
        slug = slug or slug_of(cells["title"], cells["organisation"], frozenset(taken))
        taken.add(slug)
        change = RowChange(number, initiative.slug if initiative else slug, initiative)
        reader = _RowReader(
            snapshot,
            change,
            then=exported[mark][slug] if initiative and mark else None,
            now=now[initiative.slug] if initiative else {},
        )
        faults += [f"{place} {fault}" for fault in reader.read(cells)]
        if change.shown:
            changes.append(change)
    if faults:
        raise Declared(faults)
    return changes


def _slug_fault(
    slug: str, mark: str, by_slug: Mapping[str, StoredInitiative], taken: set[str]
) -> str:
    """What is wrong with the slug of a row; "" where nothing is."""
    if slug and (not SLUG.fullmatch(slug) or slug.isdigit()):
        return f"{slug!r} is no slug"
    if slug in taken and slug not in by_slug:
        return f"{slug!r} no longer stands"
    if mark and slug not in by_slug:
        return f"{slug!r} was not exported: leave {EXPORTED!r} empty for a new initiative"
    if slug in by_slug and not mark:
        return f"{slug!r} is in the register: kb export coding has its row, with {EXPORTED!r}"
    return ""


def _carry_out(workspace: Workspace, writing: Writing, change: RowChange) -> None:
    initiative = change.initiative
    if initiative:
        number = initiative.id
        if change.fields:
            register.rewrite_profile(writing, initiative.profile, change.fields)
    else:
        number = writing.add(Initiative(slug=change.slug)).row_id
        fields: dict[str, Any] = {"initiative": number} | change.fields
        writing.add(Profile(**fields))
    for facet, codes in change.tags.items():
        rows = [Tag(initiative=number, facet=facet, code=code) for code in codes]
        writing.replace(Tag, rows, initiative=number, facet=facet)
    for key, (level, pinned) in change.levels.items():
        confirmed = bool(pinned) or level == Level.no_overlap
        row = new_assessment(workspace, number, key, level, pinned, confirmed=confirmed)
        draw_level(workspace, writing, initiative.slug if initiative else change.slug, row)
        register.save_assessment(writing, row)


class _RowReader:
    """Reads one row of the sheet into what it changes."""

    def __init__(
        self, snapshot: Snapshot, change: RowChange, *, then: Cells | None, now: Cells
    ) -> None:
        self._snapshot = snapshot
        self._change = change
        self._then = then  # the row as it was exported; None where that is not known
        self._now = now

    def read(self, cells: Cells) -> list[str]:
        """Notes the changes; the faults, one line each."""
        faults = []
        strands = self._snapshot.declarations.offer.strand
        steps: dict[str, Callable[[str, Cells], None]] = dict.fromkeys(FIELDS, self._field)
        steps |= dict.fromkeys(FACETS, self._facet)
        steps |= dict.fromkeys((strand.key for strand in strands), self._level)
        for name, step in steps.items():
            try:
                step(name, cells)
            except KBError as error:
                hint = f"; {error.hint}" if error.hint else ""
                faults.append(f"field {name!r}: {error}{hint}")
        if not self._change.initiative:
            faults += [
                f"field {name!r}: a new initiative needs it"
                for name in ("title", "organisation")
                if not cells[name].strip()
            ]
        return faults

    def _note(self, name: str, before: str, after: str, note: str | None = None) -> None:
        change = self._change
        change.shown.append(SheetChange(change.number, change.slug, name, before, after, note))

    def _is_own(self, typed: Cells, *names: str) -> bool:
        """True where the sheet itself changed those cells, and the register has not since.

        Raises Refused where both did, and differ.
        """
        if self._then is None:
            return True
        sheet, then, now = (
            [_plain(cells.get(name, "")) for name in names]
            for cells in (typed, self._then, self._now)
        )
        if sheet == now:
            return False
        if sheet == then or not any(sheet):
            if now != then:
                self._note(names[0], "; ".join(then), "; ".join(now), CHANGED_HERE)
            return False
        if now != then:
            raise Refused(
                f"changed here since the export, from {then[0]!r} to {now[0]!r}, and in the "
                f"sheet to {sheet[0]!r}",
                hint="export anew, and say which holds",
            )
        return True

    def _field(self, name: str, cells: Cells) -> None:
        initiative, typed = self._change.initiative, " ".join(cells[name].split())
        before = (getattr(initiative.profile, name) or "") if initiative else ""
        if name == "started":
            typed = _month(typed)
        if not self._is_own(dict(cells) | {name: typed}, name):
            return
        value = "" if typed == NOTHING else typed
        today = self._snapshot.moment.day
        checked = checked_fields(self._snapshot.declarations, {name: value}, today=today)
        if not typed or _plain(str(checked[name] or "")) == _plain(before):
            return
        self._check_known(name, before)
        self._change.fields |= checked
        self._note(name, before, value)

    def _check_known(self, name: str, before: str) -> None:
        """Raises Refused for a row without a slug that is known, and says otherwise."""
        if self._change.initiative and self._then is None:
            raise Refused(
                f"{self._change.slug!r} is this one, and has {before or 'nothing'!r} there",
                hint="kb export coding has its row",
            )

    def _codes(self, facet: str) -> list[str]:
        initiative = self._change.initiative
        return initiative.codes(facet) if initiative else []

    def _facet(self, name: str, cells: Cells) -> None:
        typed, before = cells[name].strip(), self._codes(name)
        book = self._snapshot.declarations.book
        codes = [] if typed == NOTHING else parted(typed)
        after = list(dict.fromkeys(book.check(name, code) for code in codes))
        if not self._is_own(dict(cells) | {name: "; ".join(after) or typed}, name) or not typed:
            return
        if name in book.facets.one and len(after) > 1:
            raise Refused(f"holds one code, got {len(after)}")
        if after != before:
            self._check_known(name, "; ".join(before))
            self._change.tags[name] = after
            self._note(name, "; ".join(before), "; ".join(after))

    def _judgement(self, key: str) -> Judgement | None:
        initiative = self._change.initiative
        judgements = evidence_of(self._snapshot).judgements
        return judgements.get((initiative.id, key)) if initiative else None

    def _level(self, key: str, cells: Cells) -> None:
        typed, quote = cells[key].strip(), unmarked(" ".join(cells[key + QUOTE].split()))
        if not self._is_own(cells, key, key + QUOTE):
            return
        judgement = self._judgement(key)
        before = (judgement.outcome, judgement.leading.quote) if judgement else ("", "")
        if not typed and quote and quote != before[1]:
            raise Refused("a quote without a level", hint="say what it shows")
        if not typed or (typed, quote or before[1]) == before:
            return
        if typed not in list(Level):
            raise Refused(f"no level {typed!r}", hint=f"one of: {', '.join(Level)}")
        self._check_known(key, before[0])
        if initiative := self._change.initiative:
            who, reading = self._snapshot.workspace, self._snapshot.reading
            check_level(reading, who.able, who.by, (initiative.id, key), Level(typed))
        pinned = self._pin(quote) if quote else None
        if pinned or typed == Level.no_overlap:
            self._check_coded()
        self._change.levels[key] = (Level(typed), pinned)
        self._note(key, " ".join(filter(None, before)), f"{typed} {quote!r}" if quote else typed)

    def _check_coded(self) -> None:
        for facet in NEEDED:
            if not self._change.tags.get(facet, self._codes(facet)):
                raise Refused(f"no {facet} yet: it must be known first")

    def _pin(self, quote: str) -> PinnedQuote:
        initiative = self._change.initiative
        pages = self._snapshot.pages_of.get(initiative.id, []) if initiative else []
        pinned = locate_in(pages, self._snapshot.texts(pages), quotes.check(quote))
        if pinned is None:
            raise Refused(f"the quote {quote!r} is in no current page of it")
        return pinned


def _plain(text: str) -> str:
    return " ".join(text.split())


def _month(text: str) -> str:
    """Jan-19, as Excel shows and saves a month in csv, as 2019-01; other text as it is."""
    try:
        shown = datetime.strptime(text, "%b-%y")
    except ValueError:
        return text
    return f"{shown:%Y-%m}"
