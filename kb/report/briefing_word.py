"""The briefing as a Word document, in Word's own styles.

Sentences are ours; what was said or quoted by others stands in quotation marks with the number
of its source.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kb.assess.gaps import A_PROPOSAL, CAVEAT, Gap, Overlap
from kb.assess.positions import PRINTED
from kb.declare.offer import Strand
from kb.keep.documents import CONFLICT
from kb.report.briefing import Brief
from kb.report.files import whole
from kb.report.safe import for_document, for_link
from kb.report.tables import text_of
from kb.screen.agreement import Agreement
from kb.text.described import unmarked

TABLE = "Light Grid Accent 1"
MOST_MOVED = 40
MOST_SERVING = 25  # of a strand: what a board reads; the lists have all
MOST_QUOTED = 10
LEVELS = "overlap"  # the code book's name for the levels of an assessment


def write_brief(path: Path, brief: Brief, *, force: bool = False) -> None:
    """Writes the document. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        _Briefing(brief).document.save(str(partial))


class _Briefing:
    """One document being written, with the sources it has numbered so far."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.offer = brief.declarations.offer.offer
        self.document = docx.Document()
        self.numbers: dict[tuple[str, str], int] = {}  # address and organisation to its number
        self.seen: dict[int, date | None] = {}
        self._properties()
        self._opening()
        self._moved()
        for strand, gap in zip(brief.strands, brief.gaps.rows, strict=True):
            self._strand(strand, gap)
        self._worked()
        self._sources()
        self._annex()

    def _properties(self) -> None:
        properties = self.document.core_properties
        day = datetime.combine(self.brief.day, time(), UTC).replace(tzinfo=None)
        properties.title = for_document(f"{self.offer.title}: what others already do")
        properties.author, properties.comments, properties.language = "kb", "", "en-GB"
        properties.created = properties.modified = day

    def _opening(self) -> None:
        brief, scan = self.brief, self.brief.scanned
        rows, gaps = brief.overlaps.rows, brief.gaps.rows
        self.document.add_heading(for_document(f"{self.offer.title}: what others already do"), 0)
        self._say(f"As of {_day(brief.day)}. Offer: {self.offer.version}. Place: {brief.region}.")
        for note in (*brief.marks, CAVEAT):
            self._say(note)
        self.document.add_heading("What we scanned", 1)
        last = f", the last on {scan.last}" if scan.last else ""
        self._say(
            f"Of {scan.sources} public sources that are declared, {scan.crawled} were crawled "
            f"without fault{last}. {len({row.initiative for row in rows})} initiatives of others "
            f"bear on {_count(len(gaps), 'strand')} of the offer."
        )
        pages, never = _count(scan.waiting, "page"), _count(len(scan.never), "source")
        self._say(
            f"Waiting to be screened: {pages}. Never crawled: {never}. Unwell, as their last run "
            f"failed in part or whole, or is overdue: {_count(len(scan.unwell), 'source')}."
        )
        self._say(
            f"{scan.confirmed} of {scan.confirmed + scan.proposed} assessments are confirmed by a "
            f"person, {scan.no_overlap} of them that there is no overlap; the rest are proposals, "
            "and no position rests on them."
        )
        self._table(
            ("Strand", "Position", "If all proposals held", "Search grade"),
            [(gap.name, _position(gap), PRINTED[gap.if_proposals], gap.grade) for gap in gaps],
            "Where each strand of the offer stands",
        )

    def _moved(self) -> None:
        table = self.brief.moved
        if table is None or self.brief.since is None:
            return
        self.document.add_heading(f"What moved since {_day(self.brief.since)}", 1)
        for sentence in table.lead:
            self._say(sentence)
        if not table.rows:
            self._say("Nothing moved.")
            return
        self._table(
            ("Whose doing", "Cause", "What", "Before", "After"),
            [
                (row.group, row.cause, row.row, row.before, row.after)
                for row in table.rows[:MOST_MOVED]
            ],
            "What moved, each with one cause",
        )
        if len(table.rows) > MOST_MOVED:
            self._say(f"{len(table.rows) - MOST_MOVED} more are in the list of moves.")

    def _strand(self, strand: Strand, gap: Gap) -> None:
        rows = [row for row in self.brief.overlaps.rows if row.strand == strand.key]
        self.document.add_heading(for_document(gap.name), 1)
        self._say(strand.what)
        counts = [
            _count(gap.duplicates, "duplicate"),
            _count(gap.overlaps, "overlap"),
            _count(gap.complements, "complement"),
        ]
        self._say(f"Position: {_position(gap)}. Counted are {_listed(counts)}.")
        if gap.need:
            self._say(f"Need: {gap.need}.")
        self._serving(gap, [row for row in rows if row.counted])
        self._proposed([row for row in rows if row.why_not_counted == A_PROPOSAL])
        self.document.add_heading("What is uncertain", 2)
        for sentence in _uncertain(gap, rows):
            self._say(sentence, style="List Bullet")
        self.document.add_heading("Prompt", 2)
        advice = gap.prompt.sentence
        self._say(f"Made by rule, not by a person. {advice[:1].upper()}{advice[1:]}.")

    def _serving(self, gap: Gap, counted: Sequence[Overlap]) -> None:
        self.document.add_heading("Who serves it", 2)
        if not counted:
            self._say("Nobody is counted.")
            return
        self._table(
            ("Initiative", "Organisation", "Level", "Reach", "State", "Source"),
            [
                (
                    *(row.title, row.organisation, row.level, row.reach, _state(row)),
                    self._cite_overlap(row),
                )
                for row in counted[:MOST_SERVING]
            ],
            f"Who serves {gap.name}",
        )
        for row in counted[:MOST_QUOTED]:
            if row.quote:
                stale = f" (to be looked at again: {row.recheck})" if row.recheck else ""
                quoted = f"{_in_marks(row.quote, self._cite_overlap(row))}{stale}"
                self._say(quoted, style="Intense Quote")
        if len(counted) > MOST_SERVING:
            self._say(f"{len(counted) - MOST_SERVING} more are in the list of overlaps.")

    def _proposed(self, rows: Sequence[Overlap]) -> None:
        if rows:
            shown = [f"{row.title} {self._cite_overlap(row)}" for row in rows[:MOST_SERVING]]
            rest = len(rows) - MOST_SERVING
            shown += [f"{rest} more in the list of overlaps"] if rest > 0 else []
            self._say(f"Proposed and not yet confirmed: {_listed(shown)}.")

    def _worked(self) -> None:
        self.document.add_heading("What has worked elsewhere", 1)
        if not self.brief.worked.rows:
            self._say("No result has been noted yet.")
        for row in self.brief.worked.rows:
            setting = f" ({row.setting})" if row.setting else ""
            effect = row.effect or "effect not coded"
            source = self._cite(row.url, row.organisation, row.strand, row.initiative)
            stale = f" (to be looked at again: {row.recheck})" if row.recheck else ""
            quoted = _in_marks(row.quote, source)
            self._say(f"{row.organisation}{setting}: {effect}. {quoted}{stale}")

    def _sources(self) -> None:
        self.document.add_heading("Sources", 1)
        if not self.numbers:
            self._say("Nothing is cited.")
        for (url, organisation), number in self.numbers.items():
            seen = self.seen.get(number)
            line = self._say(f"[{number}] {organisation}. ")
            if for_link(url):
                self._link(line, for_link(url))
            line.add_run(f" {f'Seen {seen}.' if seen else 'Not seen by a crawl yet.'}")

    def _annex(self) -> None:
        brief, protocol = self.brief, self.brief.declarations.protocol
        levels = brief.declarations.book.codes[LEVELS]
        self.document.add_page_break()  # type: ignore[no-untyped-call]
        self.document.add_heading("Annex: how this was made", 1)
        self.document.add_heading("Protocol", 2)
        self._say(f"Version {protocol.version}. {protocol.question}")
        self._say(protocol.unit)
        for each in protocol.include:
            self._say(each, style="List Bullet")
        self.document.add_heading("Definitions", 2)
        meanings = [(code, each.means) for code, each in levels.items()]
        self._table(("Level", "Meaning"), meanings, "Levels of an assessment")
        self._table(("Position", "Printed as"), list(PRINTED.items()), "Positions")
        self.document.add_heading("Agreement", 2)
        self._agreement(brief.agreement.rows)
        self.document.add_heading("Sources scanned", 2)
        self._table(
            ("Source", "Organisation", "Last run", "Outcome", "Pages"),
            [
                (row.name, row.organisation, row.last_run, row.outcome, row.documents)
                for row in brief.sources.rows
            ],
            "Every declared source with its last run",
        )
        self._say(f"{_count(len(brief.runs.rows), 'run')} in all.")

    def _agreement(self, rows: Sequence[Agreement]) -> None:
        """How far those who decided the same agree, without naming them."""
        if not rows:
            self._say("Nothing was decided by two people yet: how far they agree is unknown.")
            return
        self._table(
            ("What", "Decided by several", "All agree", "Beyond chance", "95% interval"),
            [
                (
                    row.question,
                    row.units,
                    f"{row.agreed:.0%}",
                    "unknown" if row.value is None else f"{row.measure} {row.value:.2f}",
                    "" if row.low is None else f"{row.low:.2f} to {row.high:.2f}",
                )
                for row in rows
            ],
            "How far those who decided the same agree",
        )

    def _say(self, text: str, style: str | None = None) -> Any:
        return self.document.add_paragraph(for_document(text), style=style)

    def _cite_overlap(self, row: Overlap) -> str:
        return self._cite(row.url, row.organisation, row.strand, row.initiative)

    def _cite(self, url: str | None, organisation: str, strand: str | None, initiative: str) -> str:
        """The number of a source, the next one for a source that was not cited before."""
        number = self.numbers.setdefault((url or "", organisation), len(self.numbers) + 1)
        seen = self.brief.seen.get((strand, initiative))
        self.seen[number] = seen or self.seen.get(number)
        return f"[{number}]"

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[object]], what: str) -> None:
        """A real table with a header row that Word repeats, and words for who cannot see it."""
        table = self.document.add_table(rows=1, cols=len(head), style=TABLE)
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), for_document(what))
        table._tbl.tblPr.append(caption)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(table.rows[0].cells, head, strict=True):
            cell.text = text
        for row in rows:
            for cell, value in zip(table.add_row().cells, row, strict=True):
                cell.text = for_document(text_of(value))
        self.document.add_paragraph()

    def _link(self, paragraph: Any, url: str) -> None:
        """The address as a link: python-docx reads links, but makes none."""
        target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), target)
        run = paragraph.add_run(url)
        link.append(run._r)
        paragraph._p.append(link)


def _position(gap: Gap) -> str:
    """The position in words, with what it would be without what is to be re-checked."""
    if not gap.recheck:
        return PRINTED[gap.position]
    rests = f"rests on {_count(gap.recheck, 'assessment')} to be looked at again"
    without = f"; without: {PRINTED[gap.without_recheck]}" if gap.without_recheck else ""
    return f"{PRINTED[gap.position]} ({rests}{without})"


def _state(row: Overlap) -> str:
    """What is to be known of the evidence behind a row."""
    states = [
        f"to be looked at again: {row.recheck}" if row.recheck else "",
        f"its pages: {row.says_else}" if row.says_else else "",
        row.quiet or "",
    ]
    return "; ".join(each for each in states if each) or "holds"


def _in_marks(quote: str, source: str) -> str:
    """A passage in quotation marks with its source: the number of a page, or that we were told."""
    words = unmarked(quote)
    told = quote.removesuffix(words).strip(" []")
    return f"“{words}” ({told})" if told else f"“{words}” {source}"


def _uncertain(gap: Gap, rows: Sequence[Overlap]) -> Iterator[str]:
    yield f"Search grade {gap.grade}, on a scale from A (looked well) to D."
    if gap.unscreened:
        verb = "waits" if gap.unscreened == 1 else "wait"
        yield f"{_count(gap.unscreened, 'page')} that may bear on it {verb} to be screened."
    if gap.recheck:
        yield f"{_count(gap.recheck, 'assessment')} to be looked at again: the ground has moved."
    conflicts = sum(row.level == CONFLICT for row in rows)
    if conflicts:
        yield f"On {_count(conflicts, 'initiative')} people differ; counted nowhere."
    if gap.position != gap.if_proposals:
        yield "If all proposals held, the position would be another: see the table above."


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _listed(parts: Iterable[str]) -> str:
    *lead, last = list(parts)
    return f"{', '.join(lead)} and {last}" if lead else last


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
