"""What needs another look, ordered by what its fall would change."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kb.assess.causes import Cause, CauseKind
from kb.assess.evidence import Evidence, evidence_of
from kb.assess.positions import Position
from kb.declare.offer import Strand
from kb.keep import register
from kb.keep.decisions import Result
from kb.keep.documents import CONFLICT
from kb.keep.register import Judgement
from kb.table import Table, column
from kb.text import quotes
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class ToRecheck:
    """A decision that rests on what has moved, or a proposal whose page is held by now."""

    initiative: str = column("The slug of the initiative, which stays.", narrow=2)
    strand: str | None = column("The key of a strand of the offer.", narrow=True)
    cause: Cause = column("Why it needs another look.", narrow=2)
    old: str | None = column("The quote, or the code, that it rested on.")
    nearest: str | None = column("The passage of the current page nearest to the old quote.")
    would_become: Position | None = column(
        "The position if the assessment fell, where that is another.", narrow=2
    )


def recheck(snapshot: Snapshot) -> Table[ToRecheck]:
    """What needs another look, what would change a position first.

    `would_become` is the strand's position if the assessment fell, where that differs; of a
    proposal, where it would stand confirmed.
    """
    evidence = evidence_of(snapshot)
    rows = [*_assessments(evidence), *_split_codes(evidence), *_results(evidence)]
    return Table("recheck", ToRecheck, sorted(rows, key=_order), evidence.marks)


def _order(row: ToRecheck) -> tuple[bool, int, str, str]:
    moves = row.would_become is not None and row.cause.kind != CauseKind.no_quote
    return not moves, list(CauseKind).index(row.cause.kind), row.strand or "", row.initiative


def _assessments(evidence: Evidence) -> Iterator[ToRecheck]:
    terms = StrandTerms(evidence.declarations.offer)
    for strand in evidence.strands:
        confirmed = evidence.levels(strand.key, proposals=False)
        now = evidence.position(strand, confirmed)
        for number, judgement in evidence.by_strand[strand.key].items():
            kind = None if evidence.is_own(number) else _kind(evidence, strand, number, judgement)
            if kind is None:
                continue
            after = evidence.position(strand, _after(confirmed, number, judgement, kind))
            yield ToRecheck(
                initiative=evidence.register[number].slug,
                strand=strand.key,
                cause=Cause(kind),
                old=judgement.leading.quote or None,
                nearest=_nearest(evidence, terms, strand, number, judgement),
                would_become=after if after != now else None,
            )


def _kind(
    evidence: Evidence, strand: Strand, number: int, judgement: Judgement
) -> CauseKind | None:
    kind = evidence.cause(number, strand, judgement.leading)
    if kind or judgement.confirmed or judgement.outcome == CONFLICT:
        return kind
    return CauseKind.no_quote if number in evidence.snapshot.pages_of else None


def _after(
    confirmed: Mapping[int, str], number: int, judgement: Judgement, kind: CauseKind
) -> dict[int, str]:
    """The levels if the assessment fell, or if the proposal were confirmed."""
    if kind == CauseKind.no_quote:
        return dict(confirmed) | {number: judgement.outcome}
    return {each: level for each, level in confirmed.items() if each != number}


def _nearest(
    evidence: Evidence, terms: StrandTerms, strand: Strand, number: int, judgement: Judgement
) -> str | None:
    """The passage of the current pages nearest to the old quote; for none, the best to quote."""
    texts = evidence.snapshot.texts(evidence.snapshot.pages_of.get(number, []))
    old = judgement.leading.quote
    if old:
        still_there = any(quotes.locate(old, text) for text in texts)
        return old if still_there else quotes.nearest(old, texts)
    return next(iter(terms.passages(strand.key, texts, telling=True)), None)


def _split_codes(evidence: Evidence) -> Iterator[ToRecheck]:
    """The tags whose code became several: what was renamed alone is recoded already."""
    book = evidence.declarations.book
    for tag in register.tags_outside(evidence.snapshot.reading, book.codes):
        heirs = book.heirs(tag.facet, tag.code)
        if tag.initiative in evidence.register and len(heirs) > 1:
            yield ToRecheck(
                initiative=evidence.register[tag.initiative].slug,
                strand=None,
                cause=Cause(
                    CauseKind.code_split, f"{tag.facet} is {' or '.join(heirs)} now", tag.facet
                ),
                old=f"{tag.facet}={tag.code}",
                nearest=None,
                would_become=None,
            )


def _results(evidence: Evidence) -> Iterator[ToRecheck]:
    """What worked by a passage that is no longer there."""
    snapshot = evidence.snapshot
    for row in snapshot.reading.rows(Result):
        number = snapshot.merges.get(row.initiative, row.initiative)
        if number not in evidence.register:
            continue
        if kind := evidence.quote_cause(number, row.quote, row.revision):
            texts = snapshot.texts(snapshot.pages_of.get(number, []))
            yield ToRecheck(
                initiative=evidence.register[number].slug,
                strand=None,
                cause=Cause(CauseKind.result, kind.value),
                old=row.quote,
                nearest=quotes.nearest(row.quote, texts),
                would_become=None,
            )
