"""The register: imported, tagged, shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.base.core import IMPORTED, Core
from kb.contract import normalised
from kb.declare.bodies import folded
from kb.declare.files import parse_rows, read_text
from kb.declare.register import RegisterRow
from kb.errors import Declared, Refused
from kb.keep import register
from kb.keep.said import (
    Assessment,
    Basis,
    Initiative,
    Kinship,
    Level,
    Profile,
    Relation,
    Tag,
)
from kb.keep.store import Writing


@dataclass(frozen=True)
class Imported:
    """What an import came to: slugs made, slugs left alone, bodies nobody declared."""

    made: list[str]
    left_alone: list[str]
    undeclared: list[str]


class Registering(Core):
    """What is said of initiatives as such."""

    def import_rows(self, path: Path, *, command: str = "import") -> Imported:
        """Takes rows of the form of register.jsonl that are not there yet, as one act.

        Rows that exist, by slug or by body and title, are left alone. Raises Declared naming
        every bad row by number and field; then nothing is taken.
        """
        book, offer = self.declarations.book, self.declarations.offer
        numbered_rows = parse_rows(
            read_text(path), RegisterRow, name=path.name, check=lambda row: row.against(book, offer)
        )
        rows = [row for _, row in numbered_rows]
        with self.store.reading() as reading:
            taken = register.slugs(reading)
            known = {
                self._same(e.profile.organisation, e.profile.title)
                for e in register.entries(reading).values()
            }
        if faults := self._wrong_together(numbered_rows, taken, path.name):
            raise Declared(faults)
        fresh = [
            row
            for row in rows
            if row.slug not in taken and self._same(row.organisation, row.title) not in known
        ]
        if fresh:
            with self.writing(f"{command} {path.name}") as writing:
                self._take(writing, fresh)
        slugs = [row.slug for row in fresh]
        left = [row.slug for row in rows if row.slug not in set(slugs)]
        undeclared = {
            row.organisation
            for row in fresh
            if self.declarations.bodies.find(row.organisation) is None
        }
        return Imported(slugs, left, sorted(undeclared))

    def _same(self, organisation: str, title: str) -> tuple[str, str]:
        return folded(self.declarations.bodies.name(organisation)), folded(title)

    def _wrong_together(
        self, rows: list[tuple[int, RegisterRow]], taken: dict[str, int], name: str
    ) -> list[str]:
        """Faults that only show beside the other rows: doubles, relations, whose work it is."""
        earlier: set[str] = set()
        known = {*(row.slug for _, row in rows), *taken}
        faults = []
        for number, row in rows:
            place = f"{name}, row {number}: field"
            if row.slug in earlier:
                faults.append(f"{place} 'slug': {row.slug!r} stands in an earlier row")
            earlier.add(row.slug)
            strands = [self.declarations.offer.get(key).key for key in row.assessments]
            if len(set(strands)) < len(strands):
                faults.append(f"{place} 'assessments': one strand is named twice")
            for field in ("part_of", "adopts"):
                other = getattr(row, field)
                if other is not None and (other not in known or other == row.slug):
                    faults.append(f"{place} {field!r}: no other initiative {other!r}")
            ours = self.declarations.bodies.name(row.organisation) in self.declarations.ours
            if row.own != ours:
                said = "is" if ours else "is not"
                faults.append(f"{place} 'own': {row.organisation!r} {said} one of [[offer.we]]")
        return faults

    def _take(self, writing: Writing, rows: Iterable[RegisterRow]) -> None:
        made = {row.slug: writing.add(Initiative(slug=row.slug)) for row in rows}
        ids = register.slugs(writing) | {slug: _id(each) for slug, each in made.items()}
        for row in rows:
            number = ids[row.slug]
            writing.add(_profile(number, row))
            for facet, codes in row.tags(self.declarations.book).items():
                for code in codes:
                    writing.add(Tag(initiative=number, facet=facet, code=code))
            for kinship, other in ((Kinship.part_of, row.part_of), (Kinship.adopts, row.adopts)):
                if other is not None:
                    writing.add(Relation(initiative=number, to=ids[other], kinship=kinship))
            for key, level in row.assessments.items():
                strand = self.declarations.offer.get(key)
                writing.add(
                    Assessment(
                        initiative=number,
                        strand=strand.key,
                        person=IMPORTED,
                        level=Level(level),
                        basis=Basis.proposed,
                        strand_version=strand.version,
                    )
                )

    def tag(
        self, named: str, texts: Iterable[str], *, remove: bool = False
    ) -> dict[str, list[str]]:
        """Adds codes to an initiative (or takes them away); its tags as they then stand.

        A facet that holds one code has it replaced. `status` notes the day it was seen.
        Raises Unknown for a facet or code that is not in the code book.
        """
        book = self.declarations.book
        wanted = [book.tag(text) for text in texts]
        for facet, codes in wanted:
            if facet in book.facets.one and len(codes) > 1:
                raise Refused(f"facet {facet!r} holds one code, got {len(codes)}")
        with self.store.reading() as reading:
            slug = self.initiative(reading, named).slug
        with self.writing(f"tag {slug}") as writing:
            entry = self.initiative(writing, slug)
            for facet, codes in wanted:
                self._tag_facet(writing, entry, facet, codes, remove)
            return self.initiative(writing, slug).tags

    def _tag_facet(
        self, writing: Writing, entry: register.Entry, facet: str, codes: list[str], remove: bool
    ) -> None:
        old = entry.codes(facet)
        if remove:
            missing = [code for code in codes if code not in old]
            if missing:
                raise Refused(
                    f"{entry.slug!r} is not tagged {facet}={missing[0]}",
                    hint=f"it has: {', '.join(old) or 'none'}",
                )
            kept = [code for code in old if code not in codes]
        elif facet in self.declarations.book.facets.one:
            kept = codes
        else:
            book = self.declarations.book
            # A former code that became one of those named is what is said anew.
            stays = [code for code in old if not set(book.heirs(facet, code)) & {*codes} - {code}]
            kept = [*stays, *(code for code in codes if code not in stays)]
        rows = [Tag(initiative=entry.id, facet=facet, code=code) for code in kept]
        writing.replace(Tag, rows, initiative=entry.id, facet=facet)
        if facet == "status" and not remove:
            seen = entry.profile.model_copy(update={"status_seen": self.clock().date()})
            rewrite(writing, entry.profile, seen)


def rewrite(writing: Writing, before: Profile, after: Profile) -> None:
    """The profile as it is now said, in place of the one before."""
    writing.replace(Profile, [Profile(**after.said())], initiative=before.initiative)


def address_of(url: str | None) -> str | None:
    """The normalised address by which a page is known for that url; None for none."""
    return normalised(url) if url else None


def _profile(number: int, row: RegisterRow) -> Profile:
    return Profile(
        initiative=number,
        title=row.title,
        organisation=row.organisation,
        organisation_kind=row.organisation_kind,
        summary=row.summary,
        url=row.url,
        address=address_of(row.url),
        url_is=row.url_is,
        started=row.started,
        status_seen=row.status_seen,
        learning=row.learning,
        checked=row.checked,
    )


def _id(row: Initiative) -> int:
    if row.id is None:
        raise RuntimeError("the row has no id yet")
    return row.id
