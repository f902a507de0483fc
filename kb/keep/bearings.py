"""Which strands a text bears on by its words, kept because it is asked of every page that waits."""

from collections.abc import Mapping, Sequence

from sqlmodel import col, select

from kb.keep.found import Bearing
from kb.keep.store import Reading, Writing, standing


def of(reading: Reading, version: str) -> dict[int, Sequence[str]]:
    """Revision to the strands it bears on, by those terms; what was not looked at is absent."""
    query = select(Bearing.revision, Bearing.strands).where(
        standing(Bearing, reading.at), col(Bearing.terms) == version
    )
    return {revision: strands.split() for revision, strands in reading.session.exec(query)}


def keep(writing: Writing, made: Mapping[int, Sequence[str]], *, version: str) -> None:
    """Keeps what each revision bears on, in place of what it did by other terms."""
    writing.end_all(writing.rows_in(Bearing, "revision", list(made)))
    writing.add_all(
        [
            Bearing(revision=revision, terms=version, strands=" ".join(strands))
            for revision, strands in made.items()
        ]
    )
