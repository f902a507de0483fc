"""The coding sheet: a row an initiative, filled in by hand, taken back as one act.

An empty cell says nothing; a `-` takes a field or a code away. A row without a slug, or with a
new one, is a new initiative.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.assess.assessments import NEEDED, PinnedQuote, locate_in, new_assessment
from kb.assess.evidence import evidence_of
from kb.declare.codebook import FACETS
from kb.declare.offer import Strand
from kb.declare.profile_fields import checked_fields
from kb.declare.register import slug_of
from kb.errors import Declared, KBError, Refused
from kb.keep import register
from kb.keep.acts import ActKind
from kb.keep.decisions import Initiative, Level, Profile, Tag
from kb.keep.register import Judgement, StoredInitiative
from kb.keep.store import Writing
from kb.table import Table, column
from kb.text import quotes
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace

FIELDS = ("title", "organisation", "url", "started", "summary", "learning")
NOTHING = "-"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
QUOTE = ": quote"

Cells = Mapping[str, str]


@dataclass(frozen=True)
class CodingSheet:
    """The header and the rows as a person fills them in: column to text."""

    header: tuple[str, ...]
    rows: list[dict[str, str]]


@dataclass(frozen=True)
class SheetChange:
    """One field that a row of the sheet changes."""

    row: int = column("The row of the sheet.", narrow=True)
    initiative: str = column("The slug of the initiative, which stays.", narrow=True)
    field: str = column("What is changed.", narrow=True)
    before: str = column("What it was.", narrow=True)
    after: str = column("What it is.", narrow=True)


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


def coding_header(strands: Sequence[Strand]) -> tuple[str, ...]:
    """The header of the sheet, in order."""
    keys = [name for strand in strands for name in (strand.key, strand.key + QUOTE)]
    return ("slug", *FIELDS, *FACETS, *keys)


def coding_sheet(snapshot: Snapshot) -> CodingSheet:
    """A row an initiative: profile, codes, and each strand's level with its quote."""
    strands, judgements = snapshot.declarations.offer.strand, evidence_of(snapshot).judgements
    rows = []
    for each in sorted(snapshot.register.values(), key=lambda each: each.slug):
        row = {"slug": each.slug}
        row |= {name: getattr(each.profile, name) or "" for name in FIELDS}
        row |= {facet: "; ".join(each.codes(facet)) for facet in FACETS}
        for strand in strands:
            judgement = judgements.get((each.id, strand.key))
            row[strand.key] = judgement.outcome if judgement else ""
            row[strand.key + QUOTE] = judgement.leading.quote if judgement else ""
        rows.append(row)
    return CodingSheet(coding_header(strands), rows)


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
        changes = _changes(now, rows, name, update)
    if changes and not dry_run:
        with workspace.writing(ActKind.import_, f"import {name}") as writing:
            for change in changes:
                _carry_out(workspace, writing, change)
    shown = [each for change in changes for each in change.shown]
    return Table("changes", SheetChange, shown)


def _changes(
    snapshot: Snapshot, rows: Sequence[tuple[int, Cells]], name: str, update: bool
) -> list[RowChange]:
    by_slug = {each.slug: each for each in snapshot.register.values()}
    taken = set(snapshot.slugs.values())
    faults: list[str] = []
    changes = []
    earlier: set[str] = set()
    for number, cells in rows:
        place = f"{name}, row {number}:"
        slug = cells["slug"].strip().casefold()
        if slug and (not SLUG.fullmatch(slug) or slug.isdigit()):
            faults.append(f"{place} field 'slug': {slug!r} is no slug")
            continue
        if slug and slug in earlier:
            faults.append(f"{place} field 'slug': {slug!r} stands twice")
        if slug in taken and slug not in by_slug:
            faults.append(f"{place} field 'slug': {slug!r} no longer stands")
        initiative = by_slug.get(slug)
        earlier.add(slug)
        if initiative and not update:
            continue
        slug = slug or slug_of(cells["title"], cells["organisation"], frozenset(taken))
        taken.add(slug)
        change = RowChange(number, slug, initiative)
        faults += [f"{place} {fault}" for fault in _RowReader(snapshot, change).read(cells)]
        if change.shown:
            changes.append(change)
    if faults:
        raise Declared(faults)
    return changes


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
        register.save_assessment(writing, row)


class _RowReader:
    """Reads one row of the sheet into what it changes."""

    def __init__(self, snapshot: Snapshot, change: RowChange) -> None:
        self._snapshot = snapshot
        self._change = change

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

    def _note(self, name: str, before: str, after: str) -> None:
        change = self._change
        change.shown.append(SheetChange(change.number, change.slug, name, before, after))

    def _field(self, name: str, cells: Cells) -> None:
        initiative, typed = self._change.initiative, " ".join(cells[name].split())
        before = (getattr(initiative.profile, name) or "") if initiative else ""
        if not typed or typed == " ".join(before.split()):
            return
        value = "" if typed == NOTHING else typed
        self._change.fields |= checked_fields(
            self._snapshot.declarations, {name: value}, today=self._snapshot.moment.day
        )
        self._note(name, before, value)

    def _codes(self, facet: str) -> list[str]:
        initiative = self._change.initiative
        return initiative.codes(facet) if initiative else []

    def _facet(self, name: str, cells: Cells) -> None:
        typed, before = cells[name].strip(), self._codes(name)
        if not typed:
            return
        book = self._snapshot.declarations.book
        codes = [] if typed == NOTHING else [each.strip() for each in typed.split(";")]
        after = list(dict.fromkeys(book.check(name, code) for code in codes if code))
        if name in book.facets.one and len(after) > 1:
            raise Refused(f"holds one code, got {len(after)}")
        if after != before:
            self._change.tags[name] = after
            self._note(name, "; ".join(before), "; ".join(after))

    def _judgement(self, key: str) -> Judgement | None:
        initiative = self._change.initiative
        judgements = evidence_of(self._snapshot).judgements
        return judgements.get((initiative.id, key)) if initiative else None

    def _level(self, key: str, cells: Cells) -> None:
        typed, quote = cells[key].strip(), " ".join(cells[key + QUOTE].split())
        judgement = self._judgement(key)
        before = (judgement.outcome, judgement.leading.quote) if judgement else ("", "")
        if not typed and quote and quote != before[1]:
            raise Refused("a quote without a level", hint="say what it shows")
        if not typed or (typed, quote or before[1]) == before:
            return
        if typed not in list(Level):
            raise Refused(f"no level {typed!r}", hint=f"one of: {', '.join(Level)}")
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
