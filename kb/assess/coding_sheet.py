"""The coding sheet as it is exported: a row an initiative, to be filled in by hand.

Each row says at which act it was exported, so that what others said since is told from what the
sheet itself changes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.assess.evidence import evidence_of
from kb.declare.codebook import FACETS
from kb.declare.offer import Strand
from kb.keep.store import Reading
from kb.workspace.snapshot import Snapshot

FIELDS = ("title", "organisation", "url", "started", "summary", "learning")
EXPORTED = "exported"
QUOTE = ": quote"
MARK = re.compile(r"act (\d{1,18}) ([0-9a-f]{16})")


@dataclass(frozen=True)
class CodingSheet:
    """The header and the rows as a person fills them in: column to text.

    The columns follow from the offer and the code book, so a row is no class of its own.
    """

    header: tuple[str, ...]
    rows: list[dict[str, str]]


def coding_header(strands: Sequence[Strand]) -> tuple[str, ...]:
    """The header of the sheet, in order."""
    keys = [name for strand in strands for name in (strand.key, strand.key + QUOTE)]
    return ("slug", EXPORTED, *FIELDS, *FACETS, *keys)


def coding_sheet(snapshot: Snapshot) -> CodingSheet:
    """A row an initiative: the act it is exported at, profile, codes, levels with quotes."""
    strands, judgements = snapshot.declarations.offer.strand, evidence_of(snapshot).judgements
    exported = _mark(snapshot.reading)
    rows = []
    for each in sorted(snapshot.register.values(), key=lambda each: each.slug):
        row = {"slug": each.slug, EXPORTED: exported}
        row |= {name: getattr(each.profile, name) or "" for name in FIELDS}
        row |= {facet: "; ".join(each.codes(facet)) for facet in FACETS}
        for strand in strands:
            blind = (each.id, strand.key) in snapshot.hidden.pairs
            judgement = None if blind else judgements.get((each.id, strand.key))
            row[strand.key] = judgement.outcome if judgement else ""
            quote = judgement.leading.quote if judgement else ""
            revision = judgement.leading.revision if judgement else None
            row[strand.key + QUOTE] = snapshot.quoted(quote, revision) or ""
        rows.append(row)
    return CodingSheet(coding_header(strands), rows)


def _mark(reading: Reading) -> str:
    number = reading.past or reading.last_act()
    return f"act {number} {reading.act(number).token}" if number else ""


def act_of_mark(reading: Reading, mark: str) -> int | None:
    """The act that a row was exported at; None where this store has no such act."""
    match = MARK.fullmatch(mark.strip())
    if match is None or not reading.holds(int(match[1]), match[2]):
        return None
    return int(match[1])
