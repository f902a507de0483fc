"""What needs another look, ordered by what its fall would change."""

from collections.abc import Mapping

from kb.assess import quotes
from kb.assess.levels import Answers
from kb.assess.suggest import Suggester
from kb.base.core import Rows
from kb.base.gaps import Gaps
from kb.base.ranking import Ranked
from kb.base.reviewing import Reviews
from kb.declare.offer import Strand
from kb.errors import Refused
from kb.keep import register
from kb.keep.merging import merges
from kb.keep.register import Judgement
from kb.keep.said import Result

RECHECK = "initiative strand cause old nearest would_become".split()
NO_QUOTE = "no quote"
CODE_SPLIT = "code split"
RESULT = "result"
CAUSES = (
    "quote gone",
    "page gone",
    "strand changed",
    "strand split",
    "initiative",
    RESULT,
    CODE_SPLIT,
    NO_QUOTE,
)


class Rechecks(Gaps, Reviews):
    """Assessments whose ground has moved, and proposals whose page is held by now."""

    def recheck(self, *, at: int | None = None) -> Rows:
        """What needs another look, what would change a position first.

        `would_become` is the strand's position if the assessment fell, where that differs;
        of a proposal, where it would stand confirmed.
        """
        ranked = self.ranked(at=at)
        suggester = Suggester(ranked.declarations.offer)
        rows: list[dict[str, object]] = []
        for strand in ranked.declarations.offer.strand:
            confirmed = ranked.levels(strand.key, proposals=False)
            now = ranked.position(strand, confirmed)
            for number, judgement in ranked.by_strand[strand.key].items():
                if ranked.candidates[number].own:
                    continue
                cause = self._cause(ranked, strand, number, judgement)
                if cause is None:
                    continue
                after = _after(confirmed, number, judgement, cause)
                then = ranked.position(strand, after)
                rows.append(
                    {
                        "initiative": ranked.entries[number].slug,
                        "strand": strand.key,
                        "cause": cause,
                        "old": judgement.leading.quote or None,
                        "nearest": _nearest(ranked, suggester, strand, number, judgement),
                        "would_become": then.value if then != now else None,
                    }
                )
        rows += self._split_codes(ranked, at)
        rows += self._results(ranked, at)
        rows.sort(key=_order)
        return Rows("recheck", tuple(RECHECK), rows, ranked.marks)

    def _split_codes(self, ranked: Ranked, at: int | None) -> list[dict[str, object]]:
        """The tags whose code became several: what was renamed alone is recoded already."""
        book = ranked.declarations.book
        with self.store.reading(at) as reading:
            tags = register.tags_outside(reading, book.codes)
        return [
            {
                "initiative": ranked.entries[tag.initiative].slug,
                "strand": None,
                "cause": f"{CODE_SPLIT}: {tag.facet} is {' or '.join(heirs)} now",
                "old": f"{tag.facet}={tag.code}",
                "nearest": None,
                "would_become": None,
            }
            for tag in tags
            if tag.initiative in ranked.entries
            and len(heirs := book.heirs(tag.facet, tag.code)) > 1
        ]

    def _results(self, ranked: Ranked, at: int | None) -> list[dict[str, object]]:
        """What worked by a passage that is no longer there."""
        with self.store.reading(at) as reading:
            into, results = merges(reading), reading.rows(Result)
        rows: list[dict[str, object]] = []
        for row in results:
            number = into.get(row.initiative, row.initiative)
            if number not in ranked.entries:
                continue
            if cause := ranked.quote_cause(number, row.quote, row.revision):
                texts = ranked.texts.of(ranked.pages.get(number, []))
                rows.append(
                    {
                        "initiative": ranked.entries[number].slug,
                        "strand": None,
                        "cause": f"{RESULT}: {cause}",
                        "old": row.quote,
                        "nearest": quotes.nearest(row.quote, texts),
                        "would_become": None,
                    }
                )
        return rows

    @staticmethod
    def _cause(ranked: Ranked, strand: Strand, number: int, judgement: Judgement) -> str | None:
        cause = ranked.cause(number, strand, judgement.leading)
        if cause or judgement.confirmed or judgement.outcome == "conflict":
            return cause
        return NO_QUOTE if ranked.pages.get(number) else None

    def renew(
        self, named: str, strand: str, *, quote: str = "", why: str = ""
    ) -> dict[str, object]:
        """Says again what stands, by the quote given, else by the one it had.

        Raises Refused where nothing stands; QuoteNotFound where no current page has the quote.
        """
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            key = self.declarations.offer.get(strand).key
            judgement = self.judgements(reading).get((entry.id, key))
        if judgement is None:
            raise Refused(f"nothing was said of {entry.slug!r} and {key!r}", hint="kb assess")
        row = judgement.leading
        answers = Answers(row.same_purpose, row.same_audience, row.same_means, row.open_now)
        return self.assess(
            entry.slug,
            key,
            row.level,
            quote=quote or row.quote,
            why=why or row.why,
            answers=answers,
        )


def _after(
    confirmed: Mapping[int, str], number: int, judgement: Judgement, cause: str
) -> dict[int, str]:
    """The levels if the assessment fell, or if the proposal were confirmed."""
    if cause == NO_QUOTE:
        return dict(confirmed) | {number: judgement.outcome}
    return {each: level for each, level in confirmed.items() if each != number}


def _nearest(
    ranked: Ranked, suggester: Suggester, strand: Strand, number: int, judgement: Judgement
) -> str | None:
    """The passage of the current pages nearest to the old quote; for none, the best to quote."""
    texts = ranked.texts.of(ranked.pages.get(number, []))
    old = judgement.leading.quote
    if old:
        if any(quotes.locate(old, text) for text in texts):
            return old
        return quotes.nearest(old, texts)
    found = suggester.passages(strand.key, texts, telling=True)
    return found[0] if found else None


def _order(row: Mapping[str, object]) -> tuple[bool, int, str, str]:
    cause = str(row["cause"])
    place = next(n for n, each in enumerate(CAUSES) if cause.startswith(each))
    moves = row["would_become"] is not None and cause != NO_QUOTE
    return (not moves, place, str(row["strand"] or ""), str(row["initiative"]))
