"""A paper as a Word document, in Word's own styles and in British English."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from kb.report.drawings import as_png
from kb.report.paper import (
    Cited,
    CitedSource,
    Contents,
    Grid,
    Heading,
    Inline,
    PageBreak,
    Paper,
    Paragraph,
    Picture,
    Strong,
    WebLink,
    day_of,
)
from kb.report.safe import for_document, for_link

LANGUAGE = "en-GB"
TABLE = "Light Grid Accent 1"
PARAGRAPH = WD_STYLE_TYPE.PARAGRAPH
NOTE = "Note"  # a style of ours
STYLES = {"plain": None, "bullet": "List Bullet", "quote": "Quote", "note": NOTE}
INK, QUIET = RGBColor(0x1D, 0x24, 0x33), RGBColor(0x4A, 0x53, 0x64)
MARGIN, TEXT_WIDTH, NARROW = Cm(2.2), Cm(16.6), Cm(3.6)  # of A4


def write_word(path: Path, paper: Paper) -> None:
    """Writes the document."""
    _Word(paper).document.save(str(path))


class _Word:
    """One document being written."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.document = docx.Document()
        self.marks = 0  # bookmarks so far: Word tells them by number
        self.headings = {id(each): f"heading{at}" for at, each in enumerate(paper.headings)}
        self._settings()
        self._say([paper.title], "Title")
        self._say([paper.subtitle], "Subtitle")
        writers: dict[type, Callable[[Any], None]] = {
            Heading: self._heading,
            Paragraph: lambda block: self._say(block.parts, STYLES[block.style]),
            Grid: self._grid,
            Picture: self._picture,
            CitedSource: self._source,
            Contents: lambda _: self._contents(),
            PageBreak: lambda _: self._page_break(),
        }
        for before, block in zip([None, *paper.blocks], paper.blocks, strict=False):
            writers[type(block)](block)
            if isinstance(before, Heading) and isinstance(block, Paragraph):
                # What a heading begins with is not left alone at the foot of a page.
                document = self.document.paragraphs[-1]
                document.paragraph_format.keep_with_next = before.level == 2

    def _settings(self) -> None:
        """Language, page, styles, and a footer with the number of the page."""
        document, paper = self.document, self.paper
        properties = document.core_properties
        properties.title = for_document(paper.title)
        properties.author, properties.comments, properties.language = "kb", "", LANGUAGE
        properties.subject = for_document(paper.subtitle)
        day = datetime.combine(paper.day, time(), UTC).replace(tzinfo=None)
        properties.created = properties.modified = day
        for language in document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), LANGUAGE)
        for language in document.settings.element.iter(qn("w:themeFontLang")):
            language.set(qn("w:val"), LANGUAGE)
        section = document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = MARGIN
        section.top_margin = section.bottom_margin = Cm(2)
        self._styles()
        footer = section.footer.paragraphs[0]
        footer.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
        footer.add_run(for_document(f"{paper.title}, {day_of(paper.day)}\tPage "))
        _field(footer, "PAGE", "1")

    def _styles(self) -> None:
        styles = self.document.styles
        for name, size, before, after in (
            ("Normal", 10.5, 0, 4),
            ("List Bullet", 10.5, 0, 3),
            ("Title", 22, 0, 4),
            ("Subtitle", 11, 0, 6),
            ("Heading 1", 15, 12, 4),
            ("Heading 2", 12.5, 10, 3),
            ("Heading 3", 11, 6, 2),
            ("Quote", 10, 0, 5),
            (NOTE, 9.5, 2, 5),
            ("Caption", 9.5, 2, 6),
        ):
            style = styles[name] if name in styles else styles.add_style(name, PARAGRAPH)
            style.font.name, style.font.size, style.font.color.rgb = "Arial", Pt(size), INK
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            style.paragraph_format.space_before = Pt(before)
            style.paragraph_format.space_after = Pt(after)
        styles["Subtitle"].font.italic = styles["Caption"].font.bold = False
        for name in ("Title", "Subtitle"):  # letters as far apart as elsewhere
            for spacing in styles[name].element.rPr.findall(qn("w:spacing")):
                styles[name].element.rPr.remove(spacing)
        for name in ("Quote", NOTE, "Caption"):
            styles[name].font.color.rgb = QUIET
        for name in ("Quote", NOTE):
            styles[name].paragraph_format.left_indent = Cm(0.9)

    def _say(self, parts: Sequence[Inline], style: str | None = None) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        for part in parts:
            if isinstance(part, str):
                paragraph.add_run(for_document(part))
            elif isinstance(part, Strong):
                paragraph.add_run(for_document(part.text)).bold = True
            elif isinstance(part, Cited):
                _to_mark(paragraph, f"source{part.number}", f"[{part.number}]")
            else:
                _to_web(paragraph, part)
        return paragraph

    def _heading(self, block: Heading) -> None:
        heading = self.document.add_heading(for_document(block.text), block.level)
        if id(block) in self.headings:
            self._mark(heading, self.headings[id(block)])

    def _mark(self, paragraph: Any, name: str) -> None:
        """A place that links within the document lead to."""
        self.marks += 1
        for tag in ("bookmarkStart", "bookmarkEnd"):
            mark = OxmlElement(f"w:{tag}")
            mark.set(qn("w:id"), str(self.marks))
            if tag == "bookmarkStart":
                mark.set(qn("w:name"), name)
            paragraph._p.append(mark)

    def _contents(self) -> None:
        """A line a heading, which leads there, with the number of its page."""
        self.document.add_heading("Contents", 1)
        for each in self.paper.headings:
            line = self.document.add_paragraph()
            line.paragraph_format.left_indent = Cm(0.6 * (each.level - 1))
            line.paragraph_format.space_after = Pt(1)
            line.paragraph_format.tab_stops.add_tab_stop(
                TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
            )
            _to_mark(line, self.headings[id(each)], each.text, coloured=False)
            line.add_run("\t")
            # Whoever opens it knows on which page it is; we would have to guess.
            _field(line, f"PAGEREF {self.headings[id(each)]} \\h", "")

    def _page_break(self) -> None:
        """Before the next paragraph, so that no empty one is left behind."""
        self.document.add_page_break()  # type: ignore[no-untyped-call]

    def _source(self, block: CitedSource) -> None:
        seen = f" Seen {day_of(block.seen)}." if block.seen else " Not seen by a crawl yet."
        url = for_link(block.url)
        link = (WebLink(url, url),) if url else ()
        line = self._say([f"[{block.number}] {block.text} ", *link, seen])
        line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = (
            Cm(0.9),
            -Cm(0.9),
        )
        self._mark(line, f"source{block.number}")

    def _grid(self, block: Grid) -> None:
        """A real table with a header row that Word repeats, and words for who cannot see it."""
        table = self.document.add_table(rows=1, cols=len(block.head), style=TABLE)
        caption = OxmlElement("w:tblCaption")
        caption.set(qn("w:val"), for_document(block.says))
        table._tbl.tblPr.append(caption)
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(table.rows[0].cells, block.head, strict=True):
            cell.text = text
        for row in block.rows:
            line = table.add_row()
            line._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, value in zip(line.cells, row, strict=True):
                cell.text = for_document(value)
        if len(block.head) == 2:  # a word and what is said of it
            table.autofit = False
            for column, width in zip(table.columns, (NARROW, TEXT_WIDTH - NARROW), strict=True):
                column.width = width
                for cell in column.cells:
                    cell.width = width
        self.document.add_paragraph()

    def _picture(self, block: Picture) -> None:
        shape = self.document.add_picture(BytesIO(as_png(block.drawing)), TEXT_WIDTH)
        shape._inline.docPr.set("descr", for_document(block.drawing.says))
        self._say([block.caption], "Caption")


def _run_of(paragraph: Any, text: str, *, coloured: bool = True) -> Any:
    run = paragraph.add_run(for_document(text))
    if coloured:
        run.font.color.rgb = RGBColor(0x0B, 0x4F, 0x9E)
    return run


def _to_mark(paragraph: Any, name: str, text: str, *, coloured: bool = True) -> None:
    """A link to a place of this document."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), name)
    link.append(_run_of(paragraph, text, coloured=coloured)._r)
    paragraph._p.append(link)


def _to_web(paragraph: Any, part: WebLink) -> None:
    """A link to an address of the web: python-docx reads links, but makes none."""
    url = for_link(part.url)
    if not url:
        paragraph.add_run(for_document(part.text))
        return
    target = paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), target)
    link.append(_run_of(paragraph, part.text)._r)
    paragraph._p.append(link)


def _field(paragraph: Any, code: str, shown: str) -> None:
    """What Word reckons when it lays out the pages."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", shown), ("end", "")):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        else:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run._r.append(instruction)
