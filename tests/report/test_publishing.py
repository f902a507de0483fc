"""What readers get: briefing, workbook, references, with hostile text in all of them."""

import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import rispy
from hostile import HOSTILE
from pages import held

from kb.base import KnowledgeBase
from kb.errors import Refused
from kb.keep.decisions import Decision, Level
from kb.report.book import Book, Matrix, Sheet, SheetColumn, heat, names_of
from kb.report.map_page import write_map
from kb.report.named_lists import LISTS
from kb.report.references import write_ris
from kb.report.safe import for_document, for_script, for_sheet
from kb.report.workbook import write_workbook
from kb.table import columns_of

Command = Callable[..., "subprocess.CompletedProcess[str]"]
QUOTE = "Chairs of trusts meet six times a year to talk about race equality in learning sets."


def words_of(document: object) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)  # type: ignore[attr-defined]


def test_a_workbook_holds_values_of_their_own_type(tmp_path: Path) -> None:
    seen = datetime(2026, 11, 22, 19, 48)
    first: list[object] = [3, True, seen, date(2026, 1, 2), "https://a.example/x"]
    hostile: list[list[object]] = [[text, None, None, None, text] for text in HOSTILE]
    columns = [
        SheetColumn(name.capitalize(), name, "A thing.") for name in "n yes at on url".split()
    ]
    book = Book(
        date(2026, 11, 22),
        [("as of", date(2026, 11, 22)), ("note", "=1+1")],
        [Sheet("gaps", "Where it stands.", columns, [first, *hostile])],
        Matrix("heat", "What is counted.", ["a"], ["x", "y"], {("a", "x"): 2}),
    )
    write_workbook(tmp_path / "w.xlsx", book)
    read = openpyxl.load_workbook(tmp_path / "w.xlsx")
    assert read.sheetnames == ["About", "gaps", "heat", "Columns"]
    sheet = read["gaps"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    values = [cell.value for cell in sheet[2]]
    assert values[:2] == [3, True]
    assert values[2] == seen
    assert values[3] == datetime(2026, 1, 2)
    assert sheet["E2"].hyperlink.target == "https://a.example/x"
    assert all(cell.data_type in ("s", "n") for line in sheet.iter_rows(3) for cell in line)
    assert sheet["A3"].value == HOSTILE[0]
    assert not any(line[4].hyperlink for line in sheet.iter_rows(3))
    assert [cell.value for cell in read["heat"][3]] == ["a", 2, 0]
    assert read["heat"]["A1"].value == "What is counted."
    assert read["About"]["B2"].value == "=1+1"
    assert read["About"]["B2"].data_type == "s"
    for each in read:
        assert (each.page_setup.orientation, each.page_setup.paperSize) == ("landscape", 9)
        assert 11 * each.page_setup.scale / 100 >= 8  # points of the letters as printed


def test_references_stay_one_a_row_whatever_they_say(tmp_path: Path) -> None:
    rows = [
        {"slug": f"s{at}", "title": f"t {text}", "organisation": text, "url": text, "summary": text}
        for at, text in enumerate(HOSTILE)
    ]
    rows.append({"slug": "last", "title": "Last", "url": "https://a.example", "started": "2021-03"})
    write_ris(tmp_path / "r.ris", rows, seen=date(2026, 11, 22))
    entries = rispy.loads((tmp_path / "r.ris").read_text())
    assert [entry["id"] for entry in entries] == [row["slug"] for row in rows]
    assert entries[-1]["access_date"] == "2026/11/22"
    assert entries[-1]["year"] == "2021"
    assert [entry.get("urls") for entry in entries[:-1]] == [None] * len(HOSTILE)


def test_the_lists_of_a_home_go_into_one_workbook(run_kb: Command, tmp_path: Path) -> None:
    assert run_kb("export", "all", "-o", str(tmp_path / "all.xlsx")).returncode == 0
    book = openpyxl.load_workbook(tmp_path / "all.xlsx")
    expected = {"About", "gaps", "overlaps", "initiatives", "sources", "Columns"}
    assert expected <= set(book.sheetnames)
    assert book["gaps"].max_row == 11
    about = {row[0]: row[1] for row in book["About"].iter_rows(values_only=True)}
    assert all(about[f"sheet {name}"] for name in book.sheetnames if name != "About")
    heads = [cell.value for cell in book["gaps"][1]]
    assert heads[:3] == ["Strand", "Position", "If all proposals held"]
    names = [row[0] for row in book["gaps"].iter_rows(min_row=2, values_only=True)]
    assert "Peer learning" in names
    dictionary = {row[1]: row[0] for row in book["Columns"].iter_rows(values_only=True)}
    assert dictionary["if_proposals"] == "If all proposals held"
    titles = {row[1] for row in book["overlaps"].iter_rows(min_row=2, values_only=True)}
    assert any(" " in title for title in titles)
    words = {str(cell) for row in book["gaps"].iter_rows(values_only=True) for cell in row}
    assert not {"not-assessed", "part-served"} & words
    refused = run_kb("export", "all", "-o", str(tmp_path / "all.csv"))
    assert (refused.returncode, "workbook" in refused.stderr) == (1, True)
    run_kb("export", "gaps", "-o", str(tmp_path / "g.csv"), "--bom")
    assert (tmp_path / "g.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_heat_map_equals_gaps_by_means(base: KnowledgeBase) -> None:
    (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    slug = row.initiatives[0]
    codes = ["role=support", "reach=england", "status=active", "audience=chairs"]
    base.register.tag(slug, [*codes, "means=peer-learning"])
    base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
    with base.snapshot() as now:
        matrix = heat(now, names_of(now))
    rows = base.assess.gaps_by("means").rows
    expected = {
        (row.gap.name, row.code.replace("-", " ")): row.gap.duplicates
        + row.gap.overlaps
        + row.gap.complements
        for row in rows
    }
    assert {pair: matrix.counts[pair] for pair in expected} == expected
    assert matrix.counts["Peer learning", "peer learning"] == 1
    assert "count" in matrix.says


@pytest.mark.parametrize("name", LISTS)
def test_every_column_of_every_list_has_a_meaning(base: KnowledgeBase, name: str) -> None:
    columns = columns_of(base.table(name).row)
    assert all(column.meaning.endswith(".") for column in columns)
    assert any(column.narrow for column in columns)


def test_only_a_file_is_written_over_and_a_link_stays(base: KnowledgeBase, tmp_path: Path) -> None:
    content = base.report.map()
    with pytest.raises(Refused, match="no file"):
        write_map(tmp_path, content, force=True)
    real, link = tmp_path / "real.html", tmp_path / "link.html"
    real.write_text("old")
    link.symlink_to(real)
    write_map(link, content, force=True)
    assert link.is_symlink()
    assert real.read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    "url",
    ["javascript://x.example/%0aalert(1)", "ftp://x.example", "http://www.nhs.uk:x@x.example"],
)
def test_an_address_is_one_of_the_web(base: KnowledgeBase, url: str) -> None:
    with pytest.raises(Refused, match="no address"):
        base.register.edit("race-equality-week", [f"url={url}"])


def test_what_stands_unseen_is_left_out() -> None:
    turned = "a\u202eb\u2066c\u200bd"
    assert {for_sheet(turned), for_document(turned), for_script(turned)} == {"abcd"}
