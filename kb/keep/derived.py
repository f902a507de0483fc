"""What is derived from revisions and kept, because it is needed again: relevance, signatures,
matches of strands. Each row names the version of what made it; one of another version is made anew.
"""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import col, select

from kb.keep.crawled import Relevance, Revision, Signature, Standing, StrandMatch
from kb.keep.store import Reading, Writing, batches, valid_at
from kb.text.page_facts import PageFacts
from kb.text.page_reading import Signal


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


def relevance_row(
    revision: int, lexicon: str, score: float, signals: Sequence[Signal], facts: PageFacts
) -> Relevance:
    """The row of a revision's relevance, with the facts of its page."""
    return Relevance(
        revision=revision,
        lexicon=lexicon,
        score=score,
        terms=[vars(signal) for signal in signals],
        kind=facts.kind,
        kind_why=facts.why,
        of_health=facts.of_health,
        speech=facts.speech,
        link_share=facts.link_share,
        site=facts.site,
    )


def known_of_html(
    reading: Reading, revisions: Collection[int]
) -> dict[int, tuple[float | None, str]]:
    """Revision to the share of links and the site of its page, which its text does not tell."""
    query = select(Relevance.revision, Relevance.link_share, Relevance.site)
    return {
        revision: (links, site)
        for batch in batches(revisions)
        for revision, links, site in reading.session.exec(
            query.where(valid_at(Relevance, None), col(Relevance.revision).in_(batch))
        )
    }


def addresses(reading: Reading, revisions: Collection[int]) -> dict[int, str]:
    """Revision to the address at which it stands; one that does not stand is absent."""
    query = select(Standing.revision, Standing.url).where(valid_at(Standing, None))
    return {
        revision: url
        for batch in batches(revisions)
        for revision, url in reading.session.exec(query.where(col(Standing.revision).in_(batch)))
    }


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


def replace_rows(writing: Writing, rows: Sequence[Relevance | Signature | StrandMatch]) -> None:
    """Keeps rows about revisions, in place of those of the same kind about the same."""
    if rows:
        for batch in batches(row.revision for row in rows):
            writing.end_all(writing.rows_in(type(rows[0]), "revision", batch))
        writing.add_all(rows)
