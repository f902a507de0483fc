"""What assessments rest on, and what of it has moved: why, and since when."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property

from kb.assess.causes import Cause, CauseKind
from kb.assess.lineage import Lineage
from kb.declare.offer import Strand
from kb.keep.crawled import Revision, Standing, State
from kb.keep.decisions import Assessment, Basis
from kb.keep.forgetting import REMOVED
from kb.keep.register import Judgement
from kb.text import quotes
from kb.workspace.snapshot import Snapshot

OVER = {"ended": CauseKind.ended, "superseded": CauseKind.superseded}


class Ground:
    """The pages, the strands and the codes of a snapshot, as what was said rests on them."""

    def __init__(
        self, snapshot: Snapshot, lineage: Lineage, judgements: Mapping[tuple[int, str], Judgement]
    ) -> None:
        self.snapshot = snapshot
        self.lineage = lineage
        self._judgements = judgements

    def cause(self, number: int, strand: Strand, row: Assessment) -> Cause | None:
        """Why a confirmed assessment is to be re-checked; None where it holds."""
        if row.basis != Basis.confirmed:
            return None
        initiative = self.snapshot.register[number]
        coded = initiative.coded_at.get("status", 0)
        over = OVER.get(initiative.code("status") or "")
        if over and row.made <= coded:
            return Cause(over, since=self._day(coded))
        if initiative.succeeded_at and row.made <= initiative.succeeded_at:
            return Cause(CauseKind.superseded, since=self._day(initiative.succeeded_at))
        quote = self.quote_cause(number, row.quote, row.revision) if row.quote else None
        if kind := self.lineage.cause(row.strand, row.strand_version, strand):
            since = self._day(self.lineage.changed_at(row.strand, row.made))
            return Cause(kind, f"and {quote}" if quote else "", since=since)
        return quote

    def quote_cause(self, number: int, quote: str, revision: int | None) -> Cause | None:
        """Why a quote from an initiative's pages no longer holds; None where it does."""
        pages = self.snapshot.pages_of.get(number, [])
        if any(page.revision == revision for page in pages) and quote != REMOVED:
            return None  # the very version that it was taken from is valid
        if pages and quote != REMOVED:  # what was forgotten supports nothing
            _ = self._moved_texts
            if any(quotes.locate(quote, text) for text in self.snapshot.texts(pages)):
                return None
        kind = CauseKind.quote_gone if pages else CauseKind.page_gone
        return Cause(kind, since=self._gone_since(quote, revision))

    @cached_property
    def _moved_texts(self) -> list[str]:
        """Every text in which a quote is to be looked for, loaded at once: a query each is slow."""
        pages_of = self.snapshot.pages_of
        moved = {
            number
            for (number, _), judgement in self._judgements.items()
            if judgement.leading.quote
            and judgement.leading.revision not in [p.revision for p in pages_of.get(number, ())]
        }
        return self.snapshot.texts([page for n in moved for page in pages_of.get(n, ())])

    def _gone_since(self, quote: str, revision: int | None) -> date | None:
        """The day from which the page of that revision is gone, or without the quote."""
        reading, act = self.snapshot.reading, 0
        pinned = reading.get(Revision, revision)
        standings = reading.history(Standing, document=pinned.document) if pinned else []
        for standing in reversed(standings):
            version = reading.get(Revision, standing.revision)
            live = standing.state != State.gone
            if live and version is not None and quotes.locate(quote, version.text):
                break
            act = standing.made
        return self._day(act)

    def _day(self, act: int) -> date | None:
        known = self.snapshot.acts.get(act)
        return known.at.date() if known else None
