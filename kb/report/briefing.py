"""The briefing: a Word document for a board, in Word's own styles.

Every number in it is in the lists that `kb export` writes. Sentences are ours; what was said or
quoted by others stands in quotation marks with the number of its source.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from kb.base.briefing import Brief
from kb.report.files import whole
from kb.report.safe import for_document, for_link
from kb.report.tables import text_of

TABLE = "Light Grid Accent 1"
MOST_MOVED = 40
MOST_SERVING = 25  # of a strand: what a board reads; the lists have all
MOST_QUOTED = 10
SERVING = ("title", "organisation", "level", "reach")
SCANNED = ("name", "organisation", "last_run", "outcome", "documents")
NEAR = ("duplicates", "overlaps", "complements")


def write_brief(path: Path, brief: Brief, *, force: bool = False) -> None:
    """Writes the document. Raises Refused for a file that exists, without `force`."""
    with whole(path, force=force) as partial:
        _Briefing(brief).document.save(str(partial))


class _Briefing:
    """One document being written, with the sources it has numbered so far."""

    def __init__(self, brief: Brief) -> None:
        self.brief = brief
        self.document = docx.Document()
        self.numbers: dict[tuple[str, str], int] = {}  # address and organisation to its number
        self.seen: dict[int, str | None] = {}
        self._properties()
        self._opening()
        self._moved()
        for row in brief.gaps.rows:
            self._strand(row)
        self._worked()
        self._sources()
        self._annex()

    def _properties(self) -> None:
        told, day = self.document.core_properties, datetime.combine(self.brief.day, time(), UTC)
        told.title = for_document(f"{self.brief.title}: what others already do")
        told.author, told.comments = "kb", ""
        told.created = told.modified = day.replace(tzinfo=None)
        told.language = "en-GB"

    def _opening(self) -> None:
        brief, scanned = self.brief, self.brief.scanned
        self.document.add_heading(for_document(f"{brief.title}: what others already do"), 0)
        self._say(f"As of {_day(brief.day)}. Offer: {brief.version}. Place: {brief.region}.")
        for note in brief.gaps.notes:
            if note.partition(":")[0] not in brief.positions:  # these are in the annex
                self._say(note)
        self.document.add_heading("What we scanned", 1)
        self._say(
            f"Of {scanned['sources']} public sources that are declared, {scanned['crawled']} were "
            f"crawled without fault{_last(scanned['last'])}. "
            f"{len({row['initiative'] for row in brief.overlaps.rows})} initiatives of others bear "
            f"on {len(brief.gaps.rows)} {_plural('strand', len(brief.gaps.rows))} of the offer."
        )
        confirmed = sum(row["basis"] == "confirmed" for row in brief.overlaps.rows)
        self._say(
            f"{confirmed} of {len(brief.overlaps.rows)} assessments are confirmed by a person with "
            "a quoted passage; the rest are proposals, and no position rests on them."
        )
        self._table(
            ("Strand", "Position", "If all proposals held", "Search grade"),
            [
                (
                    row["name"],
                    brief.positions[str(row["position"])],
                    brief.positions[str(row["if_proposals"])],
                    row["grade"],
                )
                for row in brief.gaps.rows
            ],
            "Where each strand of the offer stands",
        )

    def _moved(self) -> None:
        moved = self.brief.moved
        if moved is None or self.brief.since is None:
            return
        self.document.add_heading(f"What moved since {_day(self.brief.since)}", 1)
        for sentence in moved.lead:
            self._say(sentence)
        if not moved.rows:
            self._say("Nothing moved.")
            return
        self._table(
            ("Whose doing", "Cause", "What", "Before", "After"),
            [
                tuple(row[name] for name in ("group", "cause", "row", "before", "after"))
                for row in moved.rows[:MOST_MOVED]
            ],
            "What moved, each with one cause",
        )
        left = len(moved.rows) - MOST_MOVED
        if left > 0:
            self._say(f"{left} more are in the list of moves.")

    def _strand(self, row: Mapping[str, object]) -> None:
        brief, key = self.brief, str(row["strand"])
        mine = [each for each in brief.overlaps.rows if each["strand"] == key]
        counted = [each for each in mine if each["counted"]]
        self.document.add_heading(for_document(str(row["name"])), 1)
        self._say(brief.whats[key])
        self._say(
            f"Position: {brief.positions[str(row['position'])]}. Counted are "
            + _listed(_number(row[level], level) for level in NEAR)
            + "."
        )
        if row["need"]:
            self._say(f"Need: {row['need']}.")
        self.document.add_heading("Who serves it", 2)
        if counted:
            self._table(
                ("Initiative", "Organisation", "Level", "Reach", "Source"),
                [
                    (*(each[name] for name in SERVING), self._cite(each))
                    for each in counted[:MOST_SERVING]
                ],
                f"Who serves {row['name']}",
            )
            for each in counted[:MOST_QUOTED]:
                if each["quote"]:
                    self._say(f"“{each['quote']}” {self._cite(each)}", style="Intense Quote")
        else:
            self._say("Nobody is counted.")
        if len(counted) > MOST_SERVING:
            self._say(f"{len(counted) - MOST_SERVING} more are in the list of overlaps.")
        proposed = [each for each in mine if each["why_not_counted"] == "a proposal"]
        if proposed:
            shown = [f"{each['title']} {self._cite(each)}" for each in proposed[:MOST_SERVING]]
            left = len(proposed) - MOST_SERVING
            shown += [f"{left} more in the list of overlaps"] if left > 0 else []
            self._say(f"Proposed and not yet confirmed: {_listed(shown)}.")
        self.document.add_heading("What is uncertain", 2)
        for sentence in _uncertain(row, mine):
            self._say(sentence, style="List Bullet")
        self.document.add_heading("Prompt", 2)
        self._say(f"Made by rule, not by a person. {_capital(str(row['prompt']))}.")

    def _worked(self) -> None:
        self.document.add_heading("What has worked elsewhere", 1)
        if not self.brief.worked.rows:
            self._say("No result has been noted yet.")
            return
        for row in self.brief.worked.rows:
            setting = f" ({row['setting']})" if row["setting"] else ""
            self._say(
                f"{row['organisation']}{setting}: {text_of(row['effect']) or 'effect not coded'}. "
                f"“{row['quote']}” {self._cite(row)}"
            )

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
        brief = self.brief
        self.document.add_page_break()  # type: ignore[no-untyped-call]
        self.document.add_heading("Annex: how this was made", 1)
        self.document.add_heading("Protocol", 2)
        self._say(f"Version {brief.protocol.version}. {brief.protocol.question}")
        self._say(brief.protocol.unit)
        for each in brief.protocol.include:
            self._say(each, style="List Bullet")
        self.document.add_heading("Definitions", 2)
        self._table(("Level", "Meaning"), list(brief.levels.items()), "Levels of an assessment")
        self._table(("Position", "Printed as"), list(brief.positions.items()), "Positions")
        self.document.add_heading("Sources scanned", 2)
        self._table(
            ("Source", "Organisation", "Last run", "Outcome", "Pages"),
            [tuple(row[name] for name in SCANNED) for row in brief.sources.rows],
            "Every declared source with its last run",
        )
        self._say(f"{len(brief.runs.rows)} {_plural('run', len(brief.runs.rows))} in all.")

    def _say(self, text: str, style: str | None = None) -> Any:
        return self.document.add_paragraph(for_document(text), style=style)

    def _cite(self, row: Mapping[str, object]) -> str:
        place = str(row["url"] or ""), str(row["organisation"])
        number = self.numbers.setdefault(place, len(self.numbers) + 1)
        pair = str(row.get("strand")), str(row["initiative"])
        self.seen[number] = self.brief.seen.get(pair) or self.seen.get(number)
        return f"[{number}]"

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[object]], what: str) -> None:
        """A real table with a header row that Word repeats, and words for who cannot see it."""
        table = self.document.add_table(rows=1, cols=len(head), style=TABLE)
        told = table._tbl.tblPr
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), for_document(what))
        told.append(caption)
        repeated = OxmlElement("w:tblHeader")
        table.rows[0]._tr.get_or_add_trPr().append(repeated)
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


def _uncertain(row: Mapping[str, object], mine: Sequence[Mapping[str, object]]) -> Iterable[str]:
    yield f"Search grade {row['grade']}, on a scale from A (looked well) to D."
    unscreened = int(str(row["unscreened"]))
    if unscreened:
        what = _plural("page", unscreened)
        yield f"{unscreened} {what} that may bear on it wait to be screened."
    recheck = int(str(row["recheck"]))
    if recheck:
        yield f"{_number(recheck, 'assessment')} to be looked at again: the ground has moved."
    conflicts = sum(each["level"] == "conflict" for each in mine)
    if conflicts:
        yield f"On {_number(conflicts, 'initiative')} people differ; counted nowhere."
    if row["position"] != row["if_proposals"]:
        yield "If all proposals held, the position would be another: see the table above."


def _number(count: object, what: str) -> str:
    return f"{count} {what}" if what.endswith("s") else f"{count} {_plural(what, int(str(count)))}"


def _plural(what: str, count: int) -> str:
    return what if count == 1 else f"{what}s"


def _listed(parts: Iterable[str]) -> str:
    *lead, last = list(parts)
    return f"{', '.join(lead)} and {last}" if lead else last


def _last(day: object) -> str:
    return f", the last on {day}" if day else ""


def _day(day: Any) -> str:
    return f"{day.day} {day:%B %Y}"


def _capital(text: str) -> str:
    told = text.removeprefix("by rule: ")
    return told[:1].upper() + told[1:]
