"""Initiatives taken in as rows of the form of register.jsonl."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kb.contract import address_of
from kb.declare.files import parse_rows, read_text
from kb.declare.register import RegisterRow
from kb.errors import Declared
from kb.keep import register
from kb.keep.acts import ActKind
from kb.keep.decisions import (
    DESK_RESEARCH,
    Assessment,
    Basis,
    Initiative,
    Level,
    Profile,
    Relation,
    RelationKind,
    Tag,
)
from kb.keep.store import Writing
from kb.screen.duplicates import known_as, nearest_to
from kb.workspace.snapshot import snapshot
from kb.workspace.workspace import Workspace


@dataclass(frozen=True)
class Imported:
    """What an import came to.

    `left_alone`: a row's slug to that of the initiative that it is. `near`: a slug that was made
    to that of one which it may well be. `undeclared`: bodies.
    """

    made: list[str]
    left_alone: dict[str, str]
    near: dict[str, str]
    undeclared: list[str]


def import_rows(workspace: Workspace, path: Path, *, kind: ActKind = ActKind.import_) -> Imported:
    """Takes rows of the form of register.jsonl that are not there yet, as one act.

    Rows that exist, by slug, by address or by body and title, are left alone. Raises Declared
    naming every bad row by number and field; then nothing is taken.
    """
    declarations = workspace.declarations
    numbered_rows = parse_rows(
        read_text(path),
        RegisterRow,
        name=path.name,
        check=lambda row: row.against(declarations.book, declarations.offer),
    )
    rows = [row for _, row in numbered_rows]
    with snapshot(workspace) as now:
        slugs = {slug: number for number, slug in now.slugs.items()}
        if faults := _faults_together(workspace, numbered_rows, slugs, path.name):
            raise Declared(faults)
        known = {row.slug: row.slug for row in rows if row.slug in slugs}
        for row in rows:
            if now.register and row.slug not in known:
                same = known_as(now, row.title, row.organisation, row.url)
                known |= {row.slug: same.slug} if same else {}
        fresh = [row for row in rows if row.slug not in known]
        near = {
            row.slug: other
            for row in fresh
            if now.register and (other := nearest_to(now, row.title, row.organisation))
        }
    if fresh:
        with workspace.writing(kind, f"{kind} {path.name}") as writing:
            _take(workspace, writing, fresh)
    undeclared = {
        row.organisation for row in fresh if declarations.bodies.find(row.organisation) is None
    }
    return Imported([row.slug for row in fresh], known, near, sorted(undeclared))


def _faults_together(
    workspace: Workspace, rows: list[tuple[int, RegisterRow]], slugs: dict[str, int], name: str
) -> list[str]:
    """Faults that only show beside the other rows: doubles, relations, whose work it is."""
    declarations = workspace.declarations
    earlier: set[str] = set()
    known = {*(row.slug for _, row in rows), *slugs}
    faults = []
    for number, row in rows:
        place = f"{name}, row {number}: field"
        if row.slug in earlier:
            faults.append(f"{place} 'slug': {row.slug!r} stands in an earlier row")
        earlier.add(row.slug)
        strands = [declarations.offer.get(key).key for key in row.assessments]
        if len(set(strands)) < len(strands):
            faults.append(f"{place} 'assessments': one strand is named twice")
        for field in ("part_of", "adopts"):
            other = getattr(row, field)
            if other is not None and (other not in known or other == row.slug):
                faults.append(f"{place} {field!r}: no other initiative {other!r}")
        own = declarations.is_own(row.organisation)
        if row.own != own:
            verb = "is" if own else "is not"
            faults.append(f"{place} 'own': {row.organisation!r} {verb} one of [[offer.we]]")
    return faults


def _take(workspace: Workspace, writing: Writing, rows: Iterable[RegisterRow]) -> None:
    declarations = workspace.declarations
    made = {row.slug: writing.add(Initiative(slug=row.slug)).row_id for row in rows}
    ids = register.slugs(writing) | made
    for row in rows:
        number = ids[row.slug]
        writing.add(_profile(number, row))
        writing.add_all(
            [
                Tag(initiative=number, facet=facet, code=code)
                for facet, codes in row.tags(declarations.book).items()
                for code in codes
            ]
        )
        related = ((RelationKind.part_of, row.part_of), (RelationKind.adopts, row.adopts))
        writing.add_all(
            [
                Relation(initiative=number, to=ids[other], kind=kind)
                for kind, other in related
                if other is not None
            ]
        )
        strands = {declarations.offer.get(key): level for key, level in row.assessments.items()}
        writing.add_all(
            [
                Assessment(
                    initiative=number,
                    strand=strand.key,
                    person=DESK_RESEARCH,
                    level=Level(level),
                    basis=Basis.proposed,
                    strand_version=strand.version,
                )
                for strand, level in strands.items()
            ]
        )


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
