"""Second readings: which pages and levels are drawn for one, and who reads them.

The protocol says how much: `calibrate` pages are read by everybody before the scan begins, then
the shares of `read_twice` by one other person. What is drawn follows from the page or the pair
itself (the SHA-256 of its name, as a number from 0 to 1, is below the share), so that nobody can
choose it and the same scan draws the same.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence

from kb.keep import assignments
from kb.keep.decisions import DESK_RESEARCH, Assessment, Assignment, Basis, Level, Screening
from kb.keep.documents import StoredDocument
from kb.keep.store import Reading, Writing
from kb.workspace.workspace import Workspace

CALIBRATION = "calibration"
READ_TWICE = "read twice"


def is_drawn(name: str, share: float) -> bool:
    """True for that share of all names, always the same ones."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) / 2**64
    return number < share


def draw_page(workspace: Workspace, writing: Writing, page: StoredDocument) -> None:
    """Has others read a page too, where the protocol asks for it, as the first decides on it."""
    others = workspace.people.who_screen(workspace.today, besides=[workspace.by])
    if not others or writing.rows(Screening, document=page.id):
        return
    protocol = workspace.declarations.protocol
    if len(calibrated(writing, workspace.able)) < protocol.calibrate:
        readers, why = others, CALIBRATION
    elif is_drawn(f"{page.source} {page.key}", protocol.read_twice.screening):
        readers, why = [_least_burdened(workspace, writing, others)], READ_TWICE
    else:
        return
    writing.add_all(
        [Assignment(document=page.id, person=each, again=True, why=why) for each in readers]
    )


def draw_level(workspace: Workspace, writing: Writing, slug: str, row: Assessment) -> None:
    """Has another person assess a pair too, where the protocol asks for it.

    As the first confirms that an initiative bears on the strand; not of what does not overlap.
    """
    others = workspace.people.who_screen(workspace.today, besides=[workspace.by])
    number, strand = row.initiative, row.strand
    bears = row.basis == Basis.confirmed and row.level != Level.no_overlap
    rows = writing.rows(Assessment, initiative=number, strand=strand)
    people = {each.person for each in rows}
    if not (others and bears) or people - {workspace.by, DESK_RESEARCH}:
        return
    share = workspace.declarations.protocol.read_twice.overlap_assessments
    drawn_before = writing.rows(Assignment, initiative=number, strand=strand)
    if is_drawn(f"{slug} {strand}", share) and not drawn_before:
        person = _least_burdened(workspace, writing, others)
        writing.add(
            Assignment(initiative=number, strand=strand, person=person, again=True, why=READ_TWICE)
        )


def calibrated(reading: Reading, able: Collection[str]) -> dict[int, bool]:
    """Each page given to everybody to begin with, and whether all who could have read it.

    One that nobody has read a second time, and nobody can any more, is none.
    """
    waits = {row.row_id for row in assignments.to_read(reading, able)}
    read = {(row.document, row.person) for row in reading.rows(Screening)}
    pages: dict[int, bool] = {}
    for row in reading.rows(Assignment, why=CALIBRATION):
        if row.document is not None and (row.row_id in waits or (row.document, row.person) in read):
            pages[row.document] = pages.get(row.document, True) and row.row_id not in waits
    return pages


def _least_burdened(workspace: Workspace, reading: Reading, people: Sequence[str]) -> str:
    waits = assignments.to_read(reading, workspace.able)
    burden = Counter(row.person for row in waits if row.again)
    return min(people, key=lambda person: (burden[person], person))
