"""The briefing as a paper: two pages in front, then half a page a strand, then annexes.

The sentences are made by rule from one snapshot; each is tied to the sources it rests on.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from kb.assess.changes import Moved, Why
from kb.assess.gaps import A_PROPOSAL, CAVEAT, Gap, Overlap
from kb.assess.outcomes import Worked
from kb.assess.positions import PRINTED, Position
from kb.keep.documents import CONFLICT
from kb.report.briefing import Brief, Moves
from kb.report.briefing_annex import annexes
from kb.report.briefing_drawings import strands_drawing
from kb.report.paper import (
    Block,
    Citations,
    Cited,
    Contents,
    Heading,
    Inline,
    PageBreak,
    Paper,
    Paragraph,
    Picture,
    Strong,
    capital,
    counted,
    day_of,
    how_many,
    in_words,
    listed,
    said,
    was,
)
from kb.text.described import unmarked

MOST_CITED = 4  # sources of one sentence; the strands below have all
MOST_SERVING = 4  # of a strand, with a line and a quote each: half a page
MOST_NAMED = 3
# Why rows differ between two days, said of initiatives.
CAUSES = {
    Why.began: "that began",
    Why.ended: "that ended",
    Why.superseded: "that something else took the place of",
    Why.page_changed: "whose page changed",
    Why.page_gone: "whose page is gone",
    Why.gone_quiet: "that went quiet",
    Why.newly_found: "newly found",
    Why.proposal_confirmed: "whose proposal was confirmed",
    Why.decision_changed: "decided on anew",
    Why.merged_or_split: "merged or split",
    Why.offer: "read against a strand that was rewritten",
    Why.code_book: "coded by a new code book",
    Why.threshold_changed: "counted by other thresholds",
    Why.forgotten: "whose page was taken out on request",
    Why.looked_again: "looked at again",
}
# What a level says, of one initiative and of several.
LEVELS = {
    "duplicates": ("offers the same", "offer the same"),
    "overlaps": ("comes close", "come close"),
    "complements": ("goes together with it", "go together with it"),
    CONFLICT: ("people differ on it", "people differ on them"),
}
CLOSE = ("duplicates", "overlaps")
SERVED = (Position.crowded, Position.served)


def briefing_paper(brief: Brief) -> Paper:
    """The whole paper."""
    return _Briefing(brief).paper()


class _Briefing:
    """A paper being made, with the sources that it has cited so far."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.sources = Citations()

    def paper(self) -> Paper:
        brief, offer = self.brief, self.brief.declarations.offer.offer
        title = offer.title if brief.with_offer else "Race equality initiatives"
        where = f"Horizon scan as of {day_of(brief.day)}, for {brief.region}"
        body = [*self._front(), *self._strands()]  # cites, before the sources are listed
        blocks = (
            *body,
            Heading("Sources"),
            *(self.sources.entries.values() or [said("Nothing is cited.")]),
            PageBreak(),
            *annexes(brief),
        )
        return Paper(
            title=f"{title}: what others already do",
            subtitle=f"{where}. Offer: {offer.version}." if brief.with_offer else f"{where}.",
            day=brief.day,
            blocks=blocks,
        )

    def _front(self) -> Iterator[Block]:
        yield Heading("What we found")
        for sentence in self._found():
            yield Paragraph(sentence, "bullet")
        for note in (*self.brief.marks, CAVEAT):
            yield said(note, style="note")
        yield Heading("Where each strand stands")
        yield Picture(
            strands_drawing(self.brief),
            "Initiatives that count for a strand, by the state of their evidence. "
            + ("" if self.brief.audience.outside else "Positions rest on what is confirmed alone."),
        )
        yield from self._asked()
        if self.brief.moves:
            yield from self._moved(self.brief.moves)
        yield Heading("How sure we are, and what was not looked at")
        yield said(self._sure())
        yield said(self._unseen())
        yield Contents()
        yield PageBreak()

    def _found(self) -> Iterator[tuple[Inline, ...]]:
        """Five sentences: served, something close, nothing, not known, what worked."""
        gaps = self.brief.gaps.rows
        served = [gap for gap in gaps if gap.position in SERVED]
        close = [gap for gap in gaps if gap.position == Position.part_served]
        clear = [gap for gap in gaps if gap.position in (Position.related, Position.none_found)]
        open_ = [gap for gap in gaps if gap.position == Position.not_assessed]
        yield self._sentence(
            served,
            "Others already offer the same, or several things close to it, for {}",
            "No strand is known to be served by others already",
            CLOSE,
        )
        yield self._sentence(
            close,
            "Something close exists, but not the same, for {}",
            "Of no strand is it known that others come close without serving it",
            CLOSE,
        )
        yield self._sentence(
            clear,
            "Nothing like it was found where we looked for {}",
            "For no strand did we look well enough to say that nothing like it exists",
            ("complements",),
        )
        yield self._not_known(open_)
        yield self._worked_best()

    def _sentence(
        self, gaps: Sequence[Gap], many: str, none: str, levels: Sequence[str]
    ) -> tuple[Inline, ...]:
        if not gaps:
            return (f"{none}.",)
        keys = [gap.strand for gap in gaps]
        rows = [
            row
            for row in self.brief.overlaps.rows
            if row.counted and row.strand in keys and row.level in levels
        ]
        stale = [gap for gap in gaps if gap.recheck and gap.without_recheck]
        names = Strong(listed([self.brief.names[key] for key in keys]))
        before, after = many.split("{}")
        doubt = (
            f"; {listed([self.brief.names[gap.strand] for gap in stale])} would stand otherwise "
            "without what is to be looked at again"
            if stale
            else ""
        )
        return (before, names, after, doubt, ".", *self._cited(rows))

    def _not_known(self, gaps: Sequence[Gap]) -> tuple[Inline, ...]:
        brief = self.brief
        if not gaps:
            return ("Of every strand enough was looked at and assessed to say where it stands.",)
        keys = [gap.strand for gap in gaps]
        of_these = [row for row in brief.overlaps.rows if row.strand in keys]
        proposed = [row for row in of_these if row.why_not_counted == A_PROPOSAL]
        names = Strong(listed([brief.names[key] for key in keys]))
        if brief.audience.outside or not proposed:
            stand = " stands." if len(gaps) == 1 else " stand."
            return ("Not enough was looked at and assessed to say where ", names, stand)
        verb = "bears" if len(proposed) == 1 else "bear"
        it = "it" if len(gaps) == 1 else "them"
        closer = sorted(proposed, key=lambda row: list(LEVELS).index(row.level))
        return (
            "Not enough was looked at and assessed to say of ",
            names,
            f"; {counted(len(proposed), 'proposal')} that {verb} on {it} "
            f"{'waits' if len(proposed) == 1 else 'wait'} to be confirmed.",
            *self._cited(closer),
        )

    def _worked_best(self) -> tuple[Inline, ...]:
        rows = [row for row in self.brief.worked.rows if not row.recheck]
        if not rows:
            return ("No result of any initiative that still stands on its page has been noted.",)
        bodies = list(dict.fromkeys(row.organisation for row in rows))
        return (
            f"What changed where others tried it is told by {listed(bodies, MOST_NAMED)}.",
            *self._each_cited([self._cite_worked(row) for row in rows[:MOST_CITED]]),
        )

    def _cited(self, rows: Sequence[Overlap]) -> Iterator[Inline]:
        """The numbers of the first of the sources that rows rest on."""
        chosen = list({row.initiative: row for row in rows}.values())[:MOST_CITED]
        return self._each_cited([self._cite(row) for row in chosen])

    @staticmethod
    def _each_cited(numbers: Sequence[Cited]) -> Iterator[Inline]:
        for number in dict.fromkeys(numbers):
            yield " "
            yield number

    def _cite(self, row: Overlap) -> Cited:
        seen = self.brief.seen.get((row.strand, row.initiative))
        return self._number(row.url, row.organisation, row.title, seen)

    def _cite_worked(self, row: Worked) -> Cited:
        title = self.brief.titles.get(row.initiative, row.initiative)
        return self._number(row.url, row.organisation, title, row.seen)

    def _number(self, url: str | None, body: str, title: str, seen: date | None) -> Cited:
        return self.sources.cite(url, f"{body}. {title}.", seen)

    def _asked(self) -> Iterator[Block]:
        """What is asked of the board; nothing where nobody wrote it down."""
        asked = self.brief.declarations.offer.briefing
        if self.brief.audience.outside or not asked.recommendation:
            return
        yield Heading("What is asked of the board")
        yield said(Strong(asked.recommendation))
        who = f"Owner: {asked.owner}." if asked.owner else ""
        when = f"By {day_of(asked.by)}." if asked.by else ""
        if who or when:
            yield said(" ".join(filter(None, (who, when))))

    def _moved(self, moves: Moves) -> Iterator[Block]:
        yield Heading(f"What changed since {day_of(moves.since)}")
        if moves.note:
            yield said(f"{in_words(moves.note)}.", style="note")
        shown = [row for row in moves.rows if row.list_ == "overlaps"]
        for whose, lead in (("the world", "By the world"), ("us", "By us, who looked further")):
            rows = [row for row in shown if row.group == whose]
            yield said(Strong(f"{lead}: "), self._causes(rows), style="bullet")
        otherwise: dict[tuple[Position, Position], list[str]] = {}
        for gap in self.brief.gaps.rows:
            before = moves.positions.get(gap.strand, gap.position)
            if before != gap.position:
                names = otherwise.setdefault((before, gap.position), [])
                names.append(self.brief.names[gap.strand])
        told = [
            f"{listed(names)}: “{PRINTED[before]}” before, now “{PRINTED[now]}”"
            for (before, now), names in otherwise.items()
        ]
        stands = f"{'; '.join(told)}." if told else "no strand stands elsewhere."
        yield said(Strong("Where strands stand: "), stands, style="bullet")

    def _causes(self, rows: Sequence[Moved]) -> str:
        if not rows:
            return "nothing."
        counts = Counter(row.cause for row in rows)
        told = []
        for cause, _ in counts.most_common():
            slugs = dict.fromkeys(row.initiative or "" for row in rows if row.cause == cause)
            titles = [self.brief.titles.get(slug, slug) for slug in slugs]
            what = counted(len(titles), "initiative")
            told.append(f"{what} {CAUSES[cause]} ({listed(titles, MOST_NAMED)})")
        return f"{'; '.join(told)}."

    def _sure(self) -> str:
        scan = self.brief.scanned
        total = scan.confirmed + scan.proposed
        if not total:
            return "Nothing was assessed yet, so there is nothing to be sure of."
        stale = sum(gap.recheck for gap in self.brief.gaps.rows)
        twice = [row for row in self.brief.agreement.rows if row.question == "levels"]
        agreed = (
            f", and where two people decided they agree on {twice[0].agreed:.0%}"
            if twice
            else ", and none was decided by two people yet"
        )
        of_all = "" if self.brief.audience.outside else f" of {total}"
        return (
            f"{capital(counted(scan.confirmed, 'assessment'))}{of_all} "
            f"{'is' if scan.confirmed == 1 else 'are'} confirmed by a passage that a person read"
            f"{agreed}; {counted(stale, 'confirmed one')} {'is' if stale == 1 else 'are'} to be "
            "looked at again, as the page or the offer has changed since."
        )

    def _unseen(self) -> str:
        scan = self.brief.scanned
        last = f", last on {day_of(date.fromisoformat(scan.last))}" if scan.last else ""
        return (
            f"Of {counted(scan.sources, 'public source')} {how_many(scan.crawled)} "
            f"{was(scan.crawled)} crawled without fault{last}, and {how_many(len(scan.never))} "
            f"{was(len(scan.never))} never crawled; "
            f"{counted(scan.waiting, 'page')} that may hold an initiative "
            f"{'waits' if scan.waiting == 1 else 'wait'} to be read."
        )

    def _strands(self) -> Iterator[Block]:
        """Those of which something is to be said, then the others in one paragraph."""
        yield Heading("Strand by strand")
        silent = []
        for gap in self.brief.gaps.rows:
            rows = [row for row in self.brief.overlaps.rows if row.strand == gap.strand]
            results = [row for row in self.brief.worked.rows if row.strand == gap.strand]
            if any(row.counted for row in rows) or gap.recheck or results:
                yield from self._strand(gap, rows, results)
            else:
                silent.append((gap, sum(row.why_not_counted == A_PROPOSAL for row in rows)))
        if silent:
            yield Heading("Strands of which nothing is confirmed", 2)
            for gap, proposed in silent:
                more = (
                    ""
                    if self.brief.audience.outside
                    else f"; {counted(proposed, 'proposal')} to confirm"
                )
                stands = PRINTED[gap.position]
                yield said(
                    Strong(self.brief.names[gap.strand]),
                    f": {stands}; search grade {gap.grade}{more}.",
                    style="bullet",
                )

    def _strand(
        self, gap: Gap, rows: Sequence[Overlap], results: Sequence[Worked]
    ) -> Iterator[Block]:
        brief = self.brief
        counts = [row for row in rows if row.counted]
        close = [row for row in counts if row.level in CLOSE]
        beside = [row for row in counts if row.level == "complements"]
        yield Heading(brief.names[gap.strand], 2)
        yield said(
            f"{self._stands(gap, counts)} Search grade {gap.grade}, of A (looked well) to D."
        )
        if gap.need and brief.with_offer:
            yield said(f"What boards said: {gap.need}.")
        if close:
            yield Heading("Who serves it", 3)
        for row in close[:MOST_SERVING]:
            yield from self._serving(row)
        if len(close) > MOST_SERVING:
            rest = counted(len(close) - MOST_SERVING, "more", "more")
            yield said(f"{capital(rest)} in the list of overlaps.", style="note")
        yield from self._worked(results)
        if beside:
            yield Heading("Complements worth a conversation", 3)
        for row in beside[:MOST_NAMED]:
            yield from self._serving(row)
        yield from self._open(gap, rows)

    def _stands(self, gap: Gap, rows: Sequence[Overlap]) -> str:
        levels = Counter(row.level for row in rows)
        told = (
            []
            if not self.brief.audience.sees_quotes
            else [
                f"{counted(levels[level], 'initiative')} {words[levels[level] != 1]}"
                for level, words in LEVELS.items()
                if levels[level]
            ]
        )
        rests = (
            f" It rests on {counted(gap.recheck, 'assessment')} to be looked at again"
            + (f"; without: {PRINTED[gap.without_recheck]}" if gap.without_recheck else "")
            + "."
            if gap.recheck
            else ""
        )
        found = f": {listed(told)}" if told else ""
        return f"{capital(PRINTED[gap.position])}{found}.{rests}"

    def _serving(self, row: Overlap) -> Iterator[Block]:
        """An initiative in a line, and the passage that says so."""
        what = _first_sentence(self.brief.summaries.get(row.initiative, ""))
        level = f" {capital(LEVELS[row.level][0])}." if self.brief.audience.sees_quotes else ""
        yield said(
            Strong(row.title),
            f" ({row.organisation}).{level}{' ' if what else ''}{what} ",
            self._cite(row),
            style="bullet",
        )
        if row.quote and self.brief.audience.sees_quotes:
            yield said(*_in_marks(row.quote, self._cite(row)), _stale(row), style="quote")
        elif _stale(row):
            yield said(_stale(row).strip(), style="note")

    def _worked(self, results: Sequence[Worked]) -> Iterator[Block]:
        if results:
            yield Heading("What worked", 3)
        for row in results[:MOST_NAMED]:
            title = self.brief.titles.get(row.initiative, row.initiative)
            where = f" in {row.setting}" if row.setting else ""
            effect = f", effect {row.effect.replace('-', ' ')}" if row.effect else ""
            yield said(Strong(title), f" ({row.organisation}){where}{effect}.", style="bullet")
            again = f" To be looked at again: {in_words(row.recheck)}." if row.recheck else ""
            if self.brief.audience.sees_quotes:
                yield said(*_in_marks(row.quote, self._cite_worked(row)), again, style="quote")

    def _open(self, gap: Gap, rows: Sequence[Overlap]) -> Iterator[Block]:
        """What is not settled, for the board alone; and what to consider, by rule."""
        if self.brief.audience.outside:
            return
        proposed = sum(row.why_not_counted == A_PROPOSAL for row in rows)
        differ = sum(row.level == CONFLICT for row in rows)
        open_ = [
            f"{counted(proposed, 'proposal')} to confirm" if proposed else "",
            f"{counted(gap.unscreened, 'page')} to read" if gap.unscreened else "",
            f"people differ on {counted(differ, 'initiative')}" if differ else "",
            f"if all proposals held: {PRINTED[gap.if_proposals]}"
            if gap.position != gap.if_proposals
            else "",
        ]
        if any(open_):
            yield said(Strong("Open: "), f"{'; '.join(filter(None, open_))}.")
        yield said(Strong("To consider, by rule: "), f"{gap.prompt.sentence}.")


def _first_sentence(text: str) -> str:
    """The first sentence of what an initiative is, whole."""
    first, stop, _ = text.partition(". ")
    return f"{first}." if stop else text


def _stale(row: Overlap) -> str:
    """What is to be known of the evidence behind a row; "" where it holds."""
    states = [
        f"to be looked at again: {row.recheck}" if row.recheck else "",
        f"its pages: {row.says_else}" if row.says_else else "",
        row.quiet or "",
    ]
    told = in_words("; ".join(filter(None, states)))
    return f" ({capital(told)}.)" if told else ""


def _in_marks(quote: str, source: Cited) -> tuple[Inline, ...]:
    """A passage in quotation marks with its source: the number of a page, or that we were told."""
    words = unmarked(quote)
    told = quote.removesuffix(words).strip(" []")
    return (f"“{words}” ({in_words(told)})",) if told else (f"“{words}” ", source)
