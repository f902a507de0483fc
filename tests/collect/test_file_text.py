"""Files as they are: their words in order, a title and dates only where they are true."""

from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from files import pdf, word

from kb.collect.body import PDF, SHEETS, SLIDES, WORD, ReadError, ReceivedBody
from kb.collect.file_text import title_of_file
from kb.collect.reading import read
from kb.text.page_reading import PageReading


def as_read(content: bytes, media_type: str, name: str = "plan") -> PageReading:
    return read(ReceivedBody(content, media_type, f"https://a.example/{name}"))


def paragraph(words: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


def made_of(*pieces: str) -> bytes:
    """A Word file of raw parts of its body."""
    file = docx.Document()
    for each in reversed(pieces):
        more = 'xmlns:mc="urn:mc" xmlns:v="urn:v" xmlns:wps="urn:wps"'
        parent = parse_xml(f"<w:body {nsdecls('w')} {more}>{each}</w:body>")
        for child in reversed(list(parent)):
            file.element.body.insert(0, child)
    out = BytesIO()
    file.save(out)
    return out.getvalue()


def table(*rows: tuple[str, ...]) -> str:
    """A table; a cell is a paragraph, or a table of its own."""
    cells = [
        "<w:tr>" + "".join(f"<w:tc>{cell}<w:p/></w:tc>" for cell in row) + "</w:tr>" for row in rows
    ]
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(cells)}</w:tbl>"


def test_a_word_file_is_read_in_its_order_whatever_wraps_its_words() -> None:
    box = "<w:txbxContent>" + paragraph("Panels are diverse.") + "</w:txbxContent>"
    content = made_of(
        paragraph("What the board will do."),
        table((paragraph("Action"), table((paragraph("By March"), paragraph("Chair"))))),
        f"<w:sdt><w:sdtContent>{paragraph('It adopts the framework.')}</w:sdtContent></w:sdt>",
        "<w:p><w:r><w:t>Mentoring </w:t></w:r><w:ins><w:r><w:t>in reverse</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText> for nobody</w:delText></w:r></w:del>"
        "<w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>"
        "<w:smartTag><w:r><w:t> in Leeds</w:t></w:r></w:smartTag></w:p>",
        f"<w:p><w:r><mc:AlternateContent><mc:Choice><wps:wsp>{box}</wps:wsp></mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
        paragraph("It ends here."),
    )
    assert as_read(content, WORD).text.splitlines() == [
        "What the board will do.",
        "Action By March Chair",
        "It adopts the framework.",
        "Mentoring in reverse in Leeds",
        "Panels are diverse.",
        "It ends here.",
    ]


def test_a_word_file_without_properties_has_none_of_the_reader() -> None:
    whole, out = ZipFile(BytesIO(word("Title", "Delivery plan", "It runs."))), BytesIO()
    with ZipFile(out, "w") as bare:
        for name in whole.namelist():
            if name.startswith("docProps/"):
                continue
            content = whole.read(name)
            if name == "_rels/.rels":
                content = b"".join(
                    part for part in content.replace(b"<Rel", b"\n<Rel").splitlines(True)
                    if b"docProps" not in part
                )  # fmt: skip
                content = (
                    content if b"</Relationships>" in content else content + b"</Relationships>"
                )
            bare.writestr(name, content)
    reading = as_read(out.getvalue(), WORD)
    assert reading.title == "Delivery plan"
    assert (reading.published_on, reading.updated_on) == (None, None)


@pytest.mark.parametrize(
    "title",
    [
        "Microsoft Word - Plan v3 FINAL.docx",
        "untitled",
        "Untitled-1",
        "Report_inner_0312.indd",
        "Document1",
        "PowerPoint Presentation",
        "Slide 1",
        "C:\\\\Users\\\\x\\\\plan",
        "",
    ],
)
def test_a_title_that_a_program_wrote_is_none(title: str) -> None:
    assert as_read(pdf(title, "Race equality plan", "It runs."), PDF).title == "Race equality plan"


def test_a_title_that_a_person_wrote_is_kept() -> None:
    assert as_read(pdf("Documenting change", "1", "It runs."), PDF).title == "Documenting change"
    assert title_of_file(None, "- 3 -\nThe plan of the board", "https://a.example/x") == (
        "The plan of the board"
    )
    assert title_of_file(None, "12 34", "https://a.example/plan.pdf") == "plan.pdf"


def test_a_date_of_a_file_that_is_none_costs_nothing() -> None:
    told = as_read(pdf("Plan", "It runs."), PDF)
    assert (told.published_on, told.published_from) == (date(2025, 3, 4), "file")
    for nonsense in ("yesterday", "D:19700101000000Z", "D:29990101000000Z"):
        assert as_read(pdf("Plan", "It runs.", made=nonsense), PDF).published_on is None


def test_a_copy_says_when_it_was_copied() -> None:
    file = docx.Document()
    file.add_paragraph("It runs.")
    file.core_properties.created = datetime(2025, 5, 1)
    file.core_properties.modified = datetime(2024, 3, 1)
    out = BytesIO()
    file.save(out)
    reading = as_read(out.getvalue(), WORD)
    assert (reading.published_on, reading.updated_on) == (None, date(2024, 3, 1))


def test_slides_are_read_with_tables_groups_and_notes() -> None:
    file = pptx.Presentation()
    slide = file.slides.add_slide(file.slide_layouts[5])
    slide.shapes.title.text = "Mentoring for boards"
    grid = slide.shapes.add_table(1, 2, 0, 0, 10, 10).table
    grid.cell(0, 0).text, grid.cell(0, 1).text = "Chair", "by March"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, 10, 10).text_frame.text = "Grouped words"
    slide.notes_slide.notes_text_frame.text = "What is said of it"
    out = BytesIO()
    file.save(out)
    reading = as_read(out.getvalue(), SLIDES)
    assert reading.title == "Mentoring for boards"
    for words in ("Chair by March", "Grouped words", "What is said of it"):
        assert words in reading.text.splitlines()


def test_sheets_are_read_for_their_words() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Indicator", "Trusts that act on it", 17])
    out = BytesIO()
    book.save(out)
    assert "Indicator Trusts that act on it" in as_read(out.getvalue(), SHEETS).text.splitlines()


@pytest.mark.parametrize(("name", "kind"), [("plan.docx", "Word"), ("x.pptx", "PowerPoint")])
def test_a_file_is_known_by_its_name_where_the_server_names_no_type(name: str, kind: str) -> None:
    with pytest.raises(ReadError) as wrong:
        as_read(b"PK nothing", "application/octet-stream", name)
    assert (wrong.value.failure, kind in str(wrong.value)) == ("unreadable", True)


@pytest.mark.parametrize("media_type", [PDF, WORD, SLIDES, SHEETS])
def test_a_file_that_is_none_is_unreadable(media_type: str) -> None:
    for content in (b"", b"PK\x03\x04", b"%PDF-1.4 and no more", b"<html>"):
        with pytest.raises(ReadError):
            as_read(content, media_type)


def test_a_scan_says_that_it_has_no_words() -> None:
    with pytest.raises(ReadError) as wrong:
        as_read(pdf("Scan"), PDF)
    assert wrong.value.failure == "no text"
    assert "scan" in str(wrong.value)


def test_hidden_words_and_controls_that_nobody_filled_in_are_no_content() -> None:
    content = made_of(
        paragraph("The board meets in May."),
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        f"{paragraph('Click or tap here to enter text.')}</w:sdtContent></w:sdt>",
        "<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>A note of the editor </w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="false"/></w:rPr><w:t>It is open to all.</w:t></w:r></w:p>',
    )
    assert as_read(content, WORD).text.splitlines() == [
        "The board meets in May.",
        "It is open to all.",
    ]
