"""What is derived from revisions and kept, because it is needed again: relevance, signatures,
matches of strands. Each row names the version of what made it; one of another version is made anew.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import col, select

from kb.keep.crawled import Relevance, Revision, Signature, Standing, StrandMatch
from kb.keep.store import Reading, Writing, batches, valid_at


def without_relevance(reading: Reading, lexicon: str) -> list[Revision]:
    """Valid revisions that were not scored by that version of lexicon and formula."""
    return _without(reading, Relevance, col(Relevance.lexicon) == lexicon)


def without_signature(reading: Reading, form: str) -> list[Revision]:
    """Valid revisions that have no signature of that form."""
    return _without(reading, Signature, col(Signature.form) == form)


def _without(
    reading: Reading, model: type[Relevance] | type[Signature], current: object
) -> list[Revision]:
    query = (
        select(Revision)
        .join(Standing, col(Standing.revision) == col(Revision.id))
        .join(
            model,
            (col(model.revision) == col(Revision.id)) & valid_at(model, None) & current,
            isouter=True,
        )
        .where(valid_at(Standing, None), col(model.id).is_(None))
    )
    return list(reading.session.exec(query))


def signatures(reading: Reading, revisions: Collection[int]) -> dict[int, bytes]:
    """Revision to its signature; one too short to have one is absent."""
    query = select(Signature.revision, Signature.hashes).where(valid_at(Signature, reading.moment))
    return {
        revision: hashes
        for revision, hashes in reading.session.exec(query)
        if hashes and revision in revisions
    }


def strand_matches(reading: Reading, terms: str) -> dict[int, Sequence[str]]:
    """Revision to the strands whose terms occur in it, by that version of the terms.

    A revision that was not looked through by them is absent.
    """
    query = select(StrandMatch.revision, StrandMatch.strands).where(
        valid_at(StrandMatch, reading.moment), col(StrandMatch.terms) == terms
    )
    return {revision: strands.split() for revision, strands in reading.session.exec(query)}


def keep_strand_matches(
    writing: Writing, matches: Mapping[int, Sequence[str]], *, terms: str
) -> None:
    """Keeps the strands of each revision, in place of those by other terms."""
    replace_rows(
        writing,
        [
            StrandMatch(revision=revision, terms=terms, strands=" ".join(strands))
            for revision, strands in matches.items()
        ],
    )


def replace_rows(
    writing: Writing, rows: Sequence[Relevance] | Sequence[Signature] | Sequence[StrandMatch]
) -> None:
    """Keeps rows about revisions, in place of those of the same kind about the same."""
    if rows:
        for batch in batches(row.revision for row in rows):
            writing.end_all(writing.rows_in(type(rows[0]), "revision", batch))
        writing.add_all(rows)
