"""The text of files: PDF, Word, PowerPoint and Excel; title and dates only where they are true."""

import re
import zlib
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import docx
import openpyxl
import pptx
import pypdf
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import OpcError
from lxml import etree
from openpyxl.utils.exceptions import InvalidFileException
from pptx.exc import PythonPptxError

from kb.collect.body import PDF, SHEETS, SLIDES, WORD, ReadError, ReceivedBody
from kb.days import believed
from kb.failures import FailureKind
from kb.text.clean import clean, clean_lines
from kb.text.page_reading import PageReading

MOST_PAGES = 300  # of a PDF; what it is about is said before
MOST_ROWS = 5000  # of a workbook
TITLE_CHARACTERS = 120
# What a program writes where nobody gave a title: its own name for a new file, or the file's name.
NO_TITLE = re.compile(
    r"^(?:microsoft (?:word|powerpoint|excel|publisher|office)\b.*|word document|"
    r"powerpoint[- ]pr.sentation|excel (?:sheet|workbook)|"
    r"(?:document|presentation|book|publication|layout|drawing|slide|folie|sheet|page|title|"
    r"untitled|unbenannt)[\s_-]?\d*|untitled[\s_-].*|"
    r"\(?(?:anonymous|unspecified|no title|none|null|title)\)?|no slide title|about:blank|"
    r"(?:https?|file):\S*|[a-z]:\\.*|print(?:ing)?|scan(?:ned)?(?: document| image)?[\s_-]?\d*|"
    r"[\W\d_]*|.*\.(?:docx?|docm|dotx?|rtf|odt|pages|indd|indb|qxp|qxd|pub|pdf|pptx?|pptm|key|xlsx?|"
    r"ai|eps|ps|tex|dvi|html?|tmp|tiff?|jpe?g|png|cdr|vsdx?|wpd|txt))$",
    re.IGNORECASE,
)
# What a parser raises on a part of a file that is damaged, or made to be.
DAMAGED = (
    pypdf.errors.PyPdfError,
    OpcError,
    PythonPptxError,
    InvalidFileException,
    BadZipFile,
    ArithmeticError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    OSError,
    TypeError,
    ValueError,
    etree.LxmlError,
    zlib.error,
)
# Of a paragraph: what was taken out of it, what is said a second time, how it looks.
NO_WORDS = ("del", "moveFrom", "Fallback", "pPr", "rPr", "txbxContent")
HIDDEN = etree.XPath(
    "boolean(*[local-name()='rPr']/*[local-name()='vanish' and not(@*[.='0' or .='false'])] | "
    "*[local-name()='sdtPr']/*[local-name()='showingPlcHdr' and not(@*[.='0' or .='false'])])"
)
BLANKS = {"tab": " ", "br": " ", "cr": " ", "noBreakHyphen": "-"}
# The days of the templates of python-docx and python-pptx, which say nothing of a file.
TEMPLATES = (date(2013, 12, 23), date(2013, 1, 27))
NOTES = ("footnotes", "endnotes")


def read_file(body: ReceivedBody) -> PageReading:
    """A file of one of the media types of READERS. Raises ReadError for one that is damaged."""
    try:
        return READERS[body.media_type](body)
    except DAMAGED as error:
        kind = NAMES[body.media_type]
        raise ReadError(FailureKind.unreadable, f"it is damaged, or no {kind} file") from error


def read_pdf(body: ReceivedBody) -> PageReading:
    """A PDF. A page that is damaged costs only itself; ReadError where none can be read."""
    file = pypdf.PdfReader(BytesIO(body.content))
    if file.is_encrypted and not file.decrypt(""):
        raise ReadError(FailureKind.unreadable, "it is encrypted")
    pages = [_pdf_page(page) for page in file.pages[:MOST_PAGES]]
    if pages and all(page is None for page in pages):
        raise ReadError(FailureKind.unreadable, "PDF: none of its pages can be read")
    text = clean_lines("\n".join(page or "" for page in pages))
    if not text:
        raise ReadError(FailureKind.no_text, "a PDF without words: a scan, or pictures")
    said = _asked(lambda: file.metadata)
    return _file_reading(
        body,
        text,
        title=_asked(lambda: said.title),
        created=_asked(lambda: _pdf_moment(said.creation_date_raw)),
        modified=_asked(lambda: _pdf_moment(said.modification_date_raw)),
    )


def _pdf_moment(raw: str | None) -> datetime | None:
    """The day of a date of PDF, where it names one whole: what is left out is not made up."""
    named = re.match(r"D:(\d{8})", raw or "")
    return datetime.strptime(named[1], "%Y%m%d") if named else None


def _pdf_page(page: pypdf.PageObject) -> str | None:
    try:
        return str(page.extract_text())
    except DAMAGED:
        return None


def read_word(body: ReceivedBody) -> PageReading:
    """A Word file: its paragraphs and the rows of its tables in their order, then its notes."""
    file = docx.Document(BytesIO(body.content))
    lines = list(_word_lines(file.element.body))
    for relation in file.part.rels.values():
        if relation.reltype.rpartition("/")[2] in NOTES and not relation.is_external:
            lines += _noted(relation.target_part.blob)
    own = any(
        relation.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES
        for relation in file.part.package.rels.values()
    )
    # Without properties of its own, python-docx gives those of its template.
    return _office_reading(body, lines, file.core_properties if own else None)


def _noted(part: bytes) -> list[str]:
    """The lines of footnotes or endnotes; none where that part of the file is damaged."""
    try:
        return list(_word_lines(etree.fromstring(part)))
    except etree.LxmlError:
        return []


def _word_lines(element: Any) -> Iterator[str]:
    for child in element:
        name = _name(child)
        if name == "p":
            yield "".join(_words(child))
            for box in _boxes(child):
                yield from _word_lines(box)
        elif name == "tr":
            yield " ".join(line for line in _word_lines(child) if line.strip())
        elif name not in NO_WORDS and not _is_hidden(child):
            yield from _word_lines(child)


def _words(element: Any) -> Iterator[str]:
    """The words of a paragraph, whatever they are wrapped in; those of its boxes stand apart."""
    for child in element:
        name = _name(child)
        if name == "t":
            yield child.text or ""
        elif name in BLANKS:
            yield BLANKS[name]
        elif name not in NO_WORDS and not _is_hidden(child):
            yield from _words(child)


def _is_hidden(element: Any) -> bool:
    """True for a run set as hidden, and for a control that nobody filled in yet."""
    return bool(HIDDEN(element))


def _boxes(element: Any) -> Iterator[Any]:
    for child in element:
        name = _name(child)
        if name == "txbxContent":
            yield child
        elif name not in NO_WORDS:
            yield from _boxes(child)


def _name(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def read_slides(body: ReceivedBody) -> PageReading:
    """A PowerPoint file: the words of each slide, then what its speaker says."""
    file = pptx.Presentation(BytesIO(body.content))
    lines = []
    for slide in file.slides:
        lines += [line for shape in slide.shapes for line in _shape_lines(shape)]
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame:
            lines.append(slide.notes_slide.notes_text_frame.text)
    return _office_reading(body, lines, file.core_properties)


def _shape_lines(shape: Any) -> Iterator[str]:
    for part in getattr(shape, "shapes", ()):  # a group
        yield from _shape_lines(part)
    if shape.has_text_frame:
        yield from shape.text_frame.text.splitlines()
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            yield " ".join(cell.text for cell in row.cells)


def read_sheets(body: ReceivedBody) -> PageReading:
    """An Excel file: the cells that hold words, a line a row; figures alone say nothing here."""
    file = openpyxl.load_workbook(BytesIO(body.content), read_only=True, data_only=True)
    lines = []
    for sheet in file.worksheets:
        lines.append(sheet.title)
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        for row in sheet.iter_rows(max_row=MOST_ROWS, values_only=True):
            lines.append(" ".join(cell for cell in row if isinstance(cell, str)))
    return _office_reading(body, lines, file.properties)


def _office_reading(body: ReceivedBody, lines: list[str], said: Any) -> PageReading:
    return _file_reading(
        body,
        clean_lines("\n".join(lines)),
        title=_asked(lambda: said.title),
        created=_asked(lambda: said.created),
        modified=_asked(lambda: said.modified),
    )


def _asked(property_of_file: Callable[[], Any]) -> Any:
    """A property of a file; None where it has none, or a damaged one."""
    try:
        return property_of_file()
    except DAMAGED:
        return None


def _file_reading(
    body: ReceivedBody, text: str, *, title: Any, created: Any, modified: Any
) -> PageReading:
    published, updated = _true_day(created), _true_day(modified)
    if published in TEMPLATES:
        published = updated = None
    if published and updated and updated < published:
        published = None  # a copy: its program says when it was copied
    return PageReading(
        title=title_of_file(title, text, body.url),
        summary="",
        text=text,
        published_on=published,
        published_from="file" if published else "",
        updated_on=updated,
        updated_from="file" if updated else "",
    )


def _true_day(moment: Any) -> date | None:
    """The day of a moment that a file names; None for one that cannot be true."""
    return believed(moment.date().isoformat()) if isinstance(moment, datetime) else None


def title_of_file(title: object, text: str, url: str) -> str:
    """The title a file gives itself, else its first line of words, else its name."""
    given = clean(str(title or ""))
    if given and not NO_TITLE.match(given):
        return given
    lines = (line for line in text.splitlines() if re.search(r"[^\W\d_]{3}", line))
    first = next(lines, "")
    if len(first) > TITLE_CHARACTERS:
        first = first[:TITLE_CHARACTERS].rsplit(" ", 1)[0]
    return first or clean(url.rpartition("/")[2])


READERS: dict[str, Callable[[ReceivedBody], PageReading]] = {
    PDF: read_pdf,
    WORD: read_word,
    SLIDES: read_slides,
    SHEETS: read_sheets,
}
NAMES = {PDF: "PDF", WORD: "Word", SLIDES: "PowerPoint", SHEETS: "Excel"}
