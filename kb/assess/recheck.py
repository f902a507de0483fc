"""What needs another look, ordered by what its fall would change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kb.assess.causes import Cause, CauseKind
from kb.assess.evidence import Evidence, evidence_of
from kb.assess.gaps import would_become
from kb.assess.page_changes import page_changes
from kb.assess.positions import Position
from kb.assess.proposals import if_confirmed
from kb.declare.offer import Strand
from kb.keep import register
from kb.keep.decisions import Result
from kb.table import Table, column
from kb.text import quotes
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class ToRecheck:
    """A decision that rests on what has moved, or a proposal whose page is held by now."""

    initiative: str = column("The slug of the initiative, which stays.", narrow=2)
    strand: str | None = column("The key of a strand of the offer.", narrow=True)
    document: str | None = column("The page, where the decision is its inclusion.")
    level: str | None = column("What it was said to be to the strand.")
    cause: Cause = column("Why it needs another look.", narrow=2)
    since: date | None = column("The day from which it is so, where that is known.")
    old: str | None = column("The quote, or the code, that it rested on.")
    nearest: str | None = column("The passage of the current page nearest to the old quote.")
    would_become: Position | None = column(
        "The position if the assessment fell, where that is another.", narrow=2
    )


@dataclass(frozen=True)
class Stale:
    """What moved under one decision, before the passages are looked for."""

    number: int
    cause: Cause
    strand: Strand | None = None
    document: str | None = None
    quote: str | None = None
    revision: int | None = None  # of the page that the quote is from


def to_recheck(snapshot: Snapshot) -> list[Stale]:
    """Every decision to be re-checked: assessments, inclusions, codes that split, results."""
    evidence = evidence_of(snapshot)
    return [
        *_assessments(evidence),
        *_inclusions(evidence),
        *_split_codes(evidence),
        *_results(evidence),
    ]


def recheck(snapshot: Snapshot) -> Table[ToRecheck]:
    """What needs another look, what would change a position first.

    `would_become` is the strand's position if the assessment fell, where that differs; of a
    proposal, where it would stand confirmed.
    """
    evidence = evidence_of(snapshot)
    terms = StrandTerms(evidence.declarations.offer)
    every = [*to_recheck(snapshot), *_proposals(evidence)]
    rows = [_row(evidence, terms, each) for each in every]
    together = _together(evidence, rows)

    def order(row: ToRecheck) -> tuple[bool, int, str, str]:
        moves = row.would_become is not None or row.strand in together
        moves = moves and row.cause.kind != CauseKind.no_quote
        return not moves, list(CauseKind).index(row.cause.kind), row.strand or "", row.initiative

    notes = (*evidence.marks, *together.values())
    return Table("recheck", ToRecheck, sorted(rows, key=order), notes)


def _together(evidence: Evidence, rows: Sequence[ToRecheck]) -> dict[str, str]:
    """Strand to a sentence, where no row alone would move the position, and all together do."""
    moved_by_one = {row.strand for row in rows if row.would_become}
    sentences = {}
    for strand in evidence.strands:
        stale = [number for number, key in evidence.causes if key == strand.key]
        after = would_become(evidence, strand, stale) if len(stale) > 1 else None
        if after and strand.key not in moved_by_one:
            sentences[strand.key] = (
                f"{strand.key}: without all {len(stale)} to re-check it is {after}"
            )
    return sentences


def _row(evidence: Evidence, terms: StrandTerms, stale: Stale) -> ToRecheck:
    becomes = None
    if stale.strand and stale.cause.kind == CauseKind.no_quote:
        becomes = if_confirmed(evidence, stale.strand, stale.number)
    elif stale.strand:
        becomes = would_become(evidence, stale.strand, {stale.number})
    return ToRecheck(
        initiative=evidence.register[stale.number].slug,
        strand=stale.strand.key if stale.strand else None,
        document=stale.document,
        level=_level(evidence, stale),
        cause=stale.cause,
        since=stale.cause.since,
        old=_shown(evidence.snapshot, stale),
        nearest=_nearest(evidence, terms, stale),
        would_become=becomes,
    )


def _shown(snapshot: Snapshot, stale: Stale) -> str | None:
    """The quote that it rested on, marked where it was described to us."""
    return snapshot.quoted(stale.quote, stale.revision) if stale.quote else None


def _level(evidence: Evidence, stale: Stale) -> str | None:
    if stale.strand is None:
        return None
    return evidence.by_strand[stale.strand.key][stale.number].outcome


def _assessments(evidence: Evidence) -> Iterator[Stale]:
    strands = {strand.key: strand for strand in evidence.strands}
    for (number, key), cause in evidence.causes.items():
        row = evidence.by_strand[key][number].leading
        yield Stale(number, cause, strands[key], quote=row.quote or None, revision=row.revision)


def _proposals(evidence: Evidence) -> Iterator[Stale]:
    """Proposals whose pages are held by now: a passage would confirm them."""
    for each in evidence.proposed:
        if each.initiative in evidence.snapshot.pages_of:
            strand = evidence.declarations.offer.get(each.strand)
            yield Stale(each.initiative, Cause(CauseKind.no_quote), strand)


def _inclusions(evidence: Evidence) -> Iterator[Stale]:
    """Pages of included initiatives that say something else by now.

    That all its pages are gone is said once, by its assessments where it has some.
    """
    ids = {each.slug: number for number, each in evidence.register.items()}
    gone = {n for (n, _), cause in evidence.causes.items() if cause.kind == CauseKind.page_gone}
    for change in page_changes(evidence.snapshot):
        if change.says_else and ids[change.initiative] not in gone:
            cause = Cause(CauseKind.page_says_else, change.says_else, since=change.since)
            yield Stale(ids[change.initiative], cause, document=change.document)


def _nearest(evidence: Evidence, terms: StrandTerms, stale: Stale) -> str | None:
    """The passage of the current pages nearest to the old quote; for none, the best to quote."""
    of_words = stale.strand or stale.cause.kind == CauseKind.result
    if not of_words:
        return None
    texts = evidence.snapshot.texts(evidence.snapshot.pages_of.get(stale.number, []))
    if stale.quote:
        still_there = any(quotes.locate(stale.quote, text) for text in texts)
        return stale.quote if still_there else quotes.nearest(stale.quote, texts)
    passages = terms.passages(stale.strand.key, texts, telling=True) if stale.strand else ()
    return next(iter(passages), None)


def _split_codes(evidence: Evidence) -> Iterator[Stale]:
    """The tags whose code became several: what was renamed alone is recoded already."""
    book = evidence.declarations.book
    for tag in register.tags_outside(evidence.snapshot.reading, book.codes):
        heirs = book.heirs(tag.facet, tag.code)
        if tag.initiative in evidence.register and len(heirs) > 1:
            detail = f"{tag.facet} is {' or '.join(heirs)} now"
            cause = Cause(CauseKind.code_split, detail, tag.facet)
            yield Stale(tag.initiative, cause, quote=f"{tag.facet}={tag.code}")


def _results(evidence: Evidence) -> Iterator[Stale]:
    """What worked by a passage that is no longer there."""
    snapshot = evidence.snapshot
    for row in snapshot.reading.rows(Result):
        number = snapshot.merges.get(row.initiative, row.initiative)
        if number not in evidence.register:
            continue
        if cause := evidence.ground.quote_cause(number, row.quote, row.revision):
            detail = Cause(CauseKind.result, cause.kind.value, since=cause.since)
            yield Stale(number, detail, quote=row.quote, revision=row.revision)
