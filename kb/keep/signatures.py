"""Signatures of texts, by which copies are found."""

from collections.abc import Mapping

from sqlmodel import col, select

from kb.keep.found import Revision, Signature, Standing
from kb.keep.store import Reading, Writing, standing


def of(reading: Reading, documents: Mapping[int, int]) -> dict[int, bytes]:
    """Document to the signature of its standing text, by a mapping of revision to document."""
    query = select(Signature.revision, Signature.hashes).where(standing(Signature, reading.at))
    return {
        documents[revision]: hashes
        for revision, hashes in reading.session.exec(query)
        if revision in documents and hashes
    }


def lacking(reading: Reading, form: str) -> list[Revision]:
    """Standing revisions that have no signature of that form."""
    query = (
        select(Revision)
        .join(Standing, col(Standing.revision) == col(Revision.id))
        .join(
            Signature,
            (col(Signature.revision) == col(Revision.id))
            & standing(Signature, None)
            & (col(Signature.form) == form),
            isouter=True,
        )
        .where(standing(Standing, None), col(Signature.id).is_(None))
    )
    return list(reading.session.exec(query))


def keep(writing: Writing, made: Mapping[int, bytes], *, form: str) -> None:
    """Keeps the signature of each revision, in place of one of another form."""
    writing.end_all(writing.rows_in(Signature, "revision", list(made)))
    writing.add_all(
        [
            Signature(revision=revision, form=form, hashes=hashes)
            for revision, hashes in made.items()
        ]
    )
