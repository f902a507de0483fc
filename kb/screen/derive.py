"""What follows from texts is made and kept: relevance, signatures, matches of strands."""

import importlib
from collections.abc import Mapping

from kb.declare.offer import Offer
from kb.keep import derived, documents
from kb.keep.acts import ActKind
from kb.keep.crawled import Signature
from kb.keep.documents import StoredDocument
from kb.keep.store import Reading, batches
from kb.screen import order
from kb.screen.relevance import Scorer
from kb.text import shingles
from kb.text.page_facts import facts_of
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import Workspace

READ_CHARACTERS = 5_000  # what a page bears on is said early


def derive(workspace: Workspace) -> None:
    """Makes and keeps whatever is missing of all three, each as an act if there is any; then the
    order of the inbox is learned anew, if it is time.
    """
    score_pages(workspace)
    sign_pages(workspace)
    match_strands(workspace)
    order.refresh(workspace)


def score_pages(workspace: Workspace) -> int:
    """Scores the revisions that the present lexicon has not scored; how many."""
    scorer = Scorer(workspace.declarations.lexicon)
    with workspace.store.reading() as reading:
        if not derived.without_relevance(reading, scorer.version):
            return 0
    with workspace.writing(ActKind.derive, "rescore") as writing:
        revisions = derived.without_relevance(writing, scorer.version)
        numbers = [revision.row_id for revision in revisions]
        of_html = derived.known_of_html(writing, numbers)
        addresses = derived.addresses(writing, numbers)
        rows = []
        for revision in revisions:
            number = revision.row_id
            words = (revision.title, revision.summary, revision.text)
            links, site = of_html.get(number, (None, ""))
            facts = facts_of(
                *words,
                url=addresses.get(number, ""),
                media_type=revision.media_type,
                link_share=links,
                site=site,
            )
            scored = scorer.score(*words, facts.marks)
            rows.append(
                derived.relevance_row(number, scorer.version, scored.score, scored.signals, facts)
            )
        derived.replace_rows(writing, rows)
    return len(rows)


def sign_pages(workspace: Workspace) -> int:
    """Keeps the signature of each valid text that has none; how many were made."""
    with workspace.store.reading() as reading:
        if not derived.without_signature(reading, shingles.FORM):
            return 0
    # A lazy door: numpy loads longer than most commands run.
    signature = importlib.import_module("kb.text.signature").signature
    with workspace.writing(ActKind.derive, "rescore") as writing:
        rows = [
            Signature(
                revision=row.row_id,
                form=shingles.FORM,
                hashes=signature(f"{row.title}\n{row.text}"),
            )
            for row in derived.without_signature(writing, shingles.FORM)
        ]
        derived.replace_rows(writing, rows)
    return len(rows)


def match_strands(workspace: Workspace) -> int:
    """Keeps which strands each page that could wait bears on, by the offer; how many pages."""
    terms = StrandTerms(workspace.declarations.offer)
    threshold = workspace.declarations.lexicon.inbox.threshold
    with workspace.store.reading() as reading:
        known = derived.strand_matches(reading, terms.version)
        missing = [
            page.revision
            for page in documents.stored(reading)
            if (page.score or 0.0) >= threshold and page.revision not in known
        ]
    if missing:
        with workspace.writing(ActKind.derive, "rescore") as writing:
            for batch in batches(missing):
                matches = _matches(writing, terms, batch)
                derived.keep_strand_matches(writing, matches, terms=terms.version)
    return len(missing)


def _matches(reading: Reading, terms: StrandTerms, revisions: list[int]) -> dict[int, list[str]]:
    """Revision to the strands whose terms occur in its title, summary or first pages."""
    openings = documents.openings(reading, revisions, READ_CHARACTERS)
    return {revision: terms.strands(opening, {}) for revision, opening in openings.items()}


def by_strand(
    snapshot: Snapshot, offer: Offer, pages: list[StoredDocument]
) -> Mapping[str, tuple[str, ...]]:
    """Strand to the names of those pages whose words point to it, in the order given."""
    terms = StrandTerms(offer)
    matches = dict(derived.strand_matches(snapshot.reading, terms.version))
    missing = [page.revision for page in pages if page.revision not in matches]
    matches |= _matches(snapshot.reading, terms, missing)
    names: dict[str, list[str]] = {strand.key: [] for strand in offer.strand}
    for page in pages:
        for key in matches[page.revision]:
            names[key].append(page.name)
    return {key: tuple(each) for key, each in names.items()}
