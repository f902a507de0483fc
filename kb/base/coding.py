"""The coding sheet: a row an initiative, filled in by hand, taken back as one act.

An empty cell says nothing; a `-` takes a field or a code away. A row without a slug, or with a
new one, is a new initiative.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.assess import quotes
from kb.base.assessing import pages_of_each
from kb.base.core import Rows
from kb.base.editing import Edits
from kb.base.reviewing import Reviews
from kb.declare.codebook import FACETS
from kb.declare.offer import Strand
from kb.declare.register import slug_of
from kb.errors import Declared, KBError, Refused
from kb.keep import register
from kb.keep.documents import Held
from kb.keep.register import Entry
from kb.keep.said import Assessment, Basis, Initiative, Level, Profile, Tag
from kb.keep.store import Writing

FIELDS = ("title", "organisation", "url", "started", "summary", "learning")
NOTHING = "-"
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
QUOTE = ": quote"
CHANGES = "row initiative field before after".split()

Cells = Mapping[str, str]


@dataclass
class Change:
    """What one row of the sheet changes."""

    number: int
    slug: str
    entry: Entry | None  # None: it is new
    fields: dict[str, str | None] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    levels: dict[str, tuple[Level, quotes.Place | None, Held | None]] = field(default_factory=dict)
    told: list[tuple[str, str, str]] = field(default_factory=list)  # field, before, after


class Codes(Reviews, Edits):
    """The way officers work: in a sheet."""

    def coding(self, *, at: int | None = None) -> Rows:
        """A row an initiative of others: profile, codes, and each strand's level with its quote."""
        with self.store.reading(at) as reading:
            declarations = self.declared(reading)
            entries = register.entries(reading)
            judgements = self.judgements(reading)
        offer = declarations.offer
        rows = []
        for entry in entries.values():
            row: dict[str, object] = {"slug": entry.slug}
            row |= {name: getattr(entry.profile, name) or "" for name in FIELDS}
            row |= {facet: "; ".join(entry.codes(facet)) for facet in FACETS}
            for strand in offer.strand:
                judgement = judgements.get((entry.id, strand.key))
                row[strand.key] = judgement.outcome if judgement else ""
                row[strand.key + QUOTE] = judgement.leading.quote if judgement else ""
            rows.append(row)
        rows.sort(key=lambda row: str(row["slug"]))
        return Rows("coding", coding_columns(offer.strand), rows)

    def take_coding(
        self,
        header: Sequence[str],
        rows: Sequence[tuple[int, Cells]],
        *,
        name: str,
        update: bool = False,
        dry_run: bool = False,
    ) -> Rows:
        """Takes a filled-in sheet as one act; each change as a row.

        Rows that exist are left alone without `update`. Raises Refused for another header,
        Declared naming every bad row by number and field; then nothing is taken.
        """
        wanted = coding_columns(self.declarations.offer.strand)
        if tuple(header) != wanted:
            missing = [column for column in wanted if column not in header]
            other = [column for column in header if column not in wanted]
            raise Refused(
                f"{name} has another header than the coding sheet",
                hint=f"missing: {', '.join(missing) or 'none'}; not known: "
                f"{', '.join(other) or 'none'}; kb export coding -o FILE has it",
            )
        changes = self._changes(rows, name, update)
        if changes and not dry_run:
            with self.writing(f"import {name}") as writing:
                for change in changes:
                    self._carry_out(writing, change)
        told: list[dict[str, object]] = [
            dict(zip(CHANGES, (change.number, change.slug, *each), strict=True))
            for change in changes
            for each in change.told
        ]
        return Rows("changes", tuple(CHANGES), told)

    def _changes(self, rows: Sequence[tuple[int, Cells]], name: str, update: bool) -> list[Change]:
        with self.store.reading() as reading:
            entries = {entry.slug: entry for entry in register.entries(reading).values()}
            taken = set(register.slugs(reading))
            judgements = self.judgements(reading)
            named = {cells["slug"].strip().casefold() for _, cells in rows}
            coded = [entry.id for slug, entry in entries.items() if slug in named]
            pages = pages_of_each(reading, coded)
        faults: list[str] = []
        changes = []
        met: set[str] = set()
        for number, cells in rows:
            slug = cells["slug"].strip().casefold()
            if slug and (not SLUG.fullmatch(slug) or slug.isdigit()):
                faults.append(f"{name}, row {number}: field 'slug': {slug!r} is no slug")
                continue
            if slug and slug in met:
                faults.append(f"{name}, row {number}: field 'slug': {slug!r} stands twice")
            if slug in taken and slug not in entries:
                faults.append(f"{name}, row {number}: field 'slug': {slug!r} no longer stands")
            entry = entries.get(slug)
            met.add(slug)
            if entry and not update:
                continue
            slug = slug or slug_of(cells["title"], cells["organisation"], frozenset(taken))
            taken.add(slug)
            change = Change(number, slug, entry)
            reader = _Reader(self, change, judgements, pages.get(entry.id, []) if entry else [])
            faults += [f"{name}, row {number}: {fault}" for fault in reader.read(cells)]
            if change.told:
                changes.append(change)
        if faults:
            raise Declared(faults)
        return changes

    def _carry_out(self, writing: Writing, change: Change) -> None:
        entry = change.entry
        number = entry.id if entry else writing.add(Initiative(slug=change.slug)).id or 0
        if change.fields or not entry:
            said = entry.profile.said() if entry else {"initiative": number}
            said |= change.fields
            writing.replace(Profile, [Profile(**said)], initiative=number)
        for facet, codes in change.tags.items():
            rows = [Tag(initiative=number, facet=facet, code=code) for code in codes]
            writing.replace(Tag, rows, initiative=number, facet=facet)
        for key, (level, place, page) in change.levels.items():
            confirmed = bool(place) or level == Level.no_overlap
            register.assessed(
                writing,
                Assessment(
                    initiative=number,
                    strand=key,
                    person=self.by,
                    level=level,
                    basis=Basis.confirmed if confirmed else Basis.proposed,
                    quote=place.spelt if place else "",
                    revision=page.revision.id if page else None,
                    place=place.start if place else None,
                    strand_version=self.declarations.offer.get(key).version,
                ),
            )


class _Reader:
    """Reads one row of the sheet into what it changes."""

    def __init__(
        self,
        base: Codes,
        change: Change,
        judgements: Mapping[tuple[int, str], register.Judgement],
        pages: Sequence[Held],
    ) -> None:
        self._base = base
        self._change = change
        self._judgements = judgements
        self._pages = pages

    def read(self, cells: Cells) -> list[str]:
        """Notes the changes; the faults, one line each."""
        faults = []
        strands = self._base.declarations.offer.strand
        steps: dict[str, Callable[[str, Cells], None]] = dict.fromkeys(FIELDS, self._field)
        steps |= dict.fromkeys(FACETS, self._facet)
        steps |= dict.fromkeys((strand.key for strand in strands), self._level)
        for name, step in steps.items():
            try:
                step(name, cells)
            except KBError as error:
                hint = f"; {error.hint}" if error.hint else ""
                faults.append(f"field {name!r}: {error}{hint}")
        if not self._change.entry:
            faults += [
                f"field {name!r}: a new initiative needs it"
                for name in ("title", "organisation")
                if not cells[name].strip()
            ]
        return faults

    def _note(self, name: str, before: str, after: str) -> None:
        self._change.told.append((name, before, after))

    def _field(self, name: str, cells: Cells) -> None:
        entry, typed = self._change.entry, " ".join(cells[name].split())
        before = (getattr(entry.profile, name) or "") if entry else ""
        if not typed or typed == " ".join(before.split()):
            return
        value = "" if typed == NOTHING else typed
        self._change.fields |= self._base.checked({name: value})
        self._note(name, before, value)

    def _facet(self, name: str, cells: Cells) -> None:
        entry, typed = self._change.entry, cells[name].strip()
        before = entry.codes(name) if entry else []
        if not typed:
            return
        book = self._base.declarations.book
        codes = [] if typed == NOTHING else [each.strip() for each in typed.split(";")]
        after = list(dict.fromkeys(book.check(name, code) for code in codes if code))
        if name in book.facets.one and len(after) > 1:
            raise Refused(f"holds one code, got {len(after)}")
        if after != before:
            self._change.tags[name] = after
            self._note(name, "; ".join(before), "; ".join(after))

    def _level(self, key: str, cells: Cells) -> None:
        typed, quote = cells[key].strip(), " ".join(cells[key + QUOTE].split())
        entry = self._change.entry
        judgement = self._judgements.get((entry.id, key)) if entry else None
        before = (judgement.outcome, judgement.leading.quote) if judgement else ("", "")
        if not typed and quote and quote != before[1]:
            raise Refused("a quote without a level", hint="say what it shows")
        if not typed or (typed, quote or before[1]) == before:
            return
        if typed not in list(Level):
            raise Refused(f"no level {typed!r}", hint=f"one of: {', '.join(Level)}")
        place, page = self._pin(quote) if quote else (None, None)
        if place or typed == Level.no_overlap:
            self._ready(cells)
        self._change.levels[key] = (Level(typed), place, page)
        shown = f"{typed} {quote!r}" if quote else typed
        self._note(key, " ".join(filter(None, before)), shown)

    def _ready(self, cells: Cells) -> None:
        entry = self._change.entry
        for facet in ("role", "reach"):
            told = self._change.tags.get(facet, entry.codes(facet) if entry else [])
            if not told:
                raise Refused(f"no {facet} yet: it must be known first")

    def _pin(self, quote: str) -> tuple[quotes.Place, Held]:
        checked = quotes.check(quote)
        for held in self._pages:
            if place := quotes.locate(checked, held.revision.text):
                return place, held
        raise Refused(f"the quote {quote!r} is in no current page of it")


def coding_columns(strands: Sequence[Strand]) -> tuple[str, ...]:
    """The header of the sheet, in order."""
    keys = [name for strand in strands for name in (strand.key, strand.key + QUOTE)]
    return ("slug", *FIELDS, *FACETS, *keys)
