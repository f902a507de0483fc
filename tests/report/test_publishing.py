"""What readers get: briefing, workbook, references, with hostile text in all of them."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
import rispy
from hostile import HOSTILE
from pages import held

import kb
from kb.assess.between_days import changed_since
from kb.base import KnowledgeBase
from kb.errors import Refused
from kb.keep.decisions import Decision, Level
from kb.report.book import Book, Matrix, Sheet, SheetColumn, heat, names_of
from kb.report.map_page import write_map
from kb.report.named_lists import LISTS
from kb.report.references import write_references
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


@pytest.fixture
def references() -> list[dict[str, object]]:
    """Rows whose every text is hostile, and one of a body with a comma."""
    rows: list[dict[str, object]] = [
        {"slug": f"s{at}", "title": f"t {text}", "organisation": text, "url": text, "summary": text}
        for at, text in enumerate(HOSTILE)
    ]
    return [
        *rows,
        {
            **{"slug": "last", "title": "Last {of} 100%", "url": "https://a.example/x_y"},
            **{"organisation": "UK Parliament, Women and Equalities", "started": "2021-03"},
        },
    ]


def test_ris_is_read_right(references: list[dict[str, object]], tmp_path: Path) -> None:
    write_references(tmp_path / "r.ris", references, seen=date(2026, 11, 22))
    text = (tmp_path / "r.ris").read_text()
    entries = rispy.loads(text)
    assert [entry["id"] for entry in entries] == [row["slug"] for row in references]
    assert entries[-1]["access_date"] == "2026/11/22"
    assert entries[-1]["year"] == "2021"
    assert entries[-1]["authors"] == ["UK Parliament – Women and Equalities"]
    assert [entry.get("urls") for entry in entries[:-1]] == [None] * len(HOSTILE)
    records = [each for each in text.split("ER  - ") if each.strip()]
    assert all(each.strip().startswith("TY  - ELEC") for each in records)
    assert "," not in "".join(re.findall(r"^AU  - (.*)$", text, re.MULTILINE))


def test_csl_json_has_bodies_as_literals(
    references: list[dict[str, object]], tmp_path: Path
) -> None:
    write_references(tmp_path / "r.csl.json", references, seen=date(2026, 11, 22))
    items = json.loads((tmp_path / "r.csl.json").read_text())
    assert [each["id"] for each in items] == [row["slug"] for row in references]
    last = items[-1]
    assert last["author"] == [{"literal": "UK Parliament, Women and Equalities"}]
    assert last["issued"] == {"date-parts": [[2021]]}
    assert last["accessed"] == {"date-parts": [[2026, 11, 22]]}
    assert not [each for each in items[:-1] if "URL" in each]


def test_bibtex_parts_nothing_and_breaks_nothing(
    references: list[dict[str, object]], tmp_path: Path
) -> None:
    write_references(tmp_path / "r.bib", references, seen=date(2026, 11, 22))
    text = (tmp_path / "r.bib").read_text()
    assert len(re.findall(r"^@online\{", text, re.MULTILINE)) == len(references)
    assert "author = {{UK Parliament, Women and Equalities}}" in text
    assert r"title = {{Last \{of\} 100\%}}" in text
    assert "url = {https://a.example/x_y}" in text
    bare = re.sub(r"\\[{}]", "", text)
    depth = 0
    for char in bare:
        depth += {"{": 1, "}": -1}.get(char, 0)
        assert depth >= 0
    assert depth == 0


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


def test_changes_between_two_days_have_kind_and_cause(made_home: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(made_home, tmp_path / "home"))
    first, later = datetime(2090, 1, 1, 12, tzinfo=UTC), datetime(2090, 2, 1, 12, tzinfo=UTC)
    with kb.connect(home, by="ana", clock=lambda: first) as base:
        base.register.tag("race-equality-week", ["status=active"])
        one, two = (each.slug for each in base.register.list().rows[:2])
        (row,) = base.screen.decide([held(base, "one", QUOTE)], Decision.include)
    with kb.connect(home, by="ana", clock=lambda: later) as base:
        slug = row.initiatives[0]
        codes = ["role=support", "reach=england", "status=active", "audience=chairs"]
        base.register.tag(slug, codes)
        base.assess.assess(slug, "peer-learning", Level.duplicates, quote=QUOTE)
        base.register.tag("race-equality-week", ["status=ended"])
        (new,) = base.screen.decide([held(base, "two", f"{QUOTE} Two.")], Decision.include)
        base.register.merge(one, two)
        with base.snapshot() as now:
            table = changed_since(now, date(2090, 1, 1))
    told = {(row.list_, row.initiative): row for row in table.rows if row.list_ != "gaps"}
    assert (
        told["initiatives", new.initiatives[0]].kind,
        str(told["initiatives", new.initiatives[0]].cause),
    ) == ("added", "newly found")
    ended = told["initiatives", "race-equality-week"]
    assert (ended.kind, str(ended.cause), ended.group) == ("changed", "ended", "the world")
    gone = told["initiatives", two]
    assert (gone.kind, str(gone.cause)) == ("removed", "merged or split")
    assert told["overlaps", slug].kind == "added"
    assert any(row.list_ == "gaps" and row.strand == "peer-learning" for row in table.rows)


def test_changes_since_are_exported_and_before_the_beginning_is_the_beginning(
    run_kb: Command, tmp_path: Path
) -> None:
    done = run_kb("export", "changes", "--since", "2001-01-01", "-o", str(tmp_path / "c.csv"))
    assert done.returncode == 0
    assert "before the beginning" in done.stderr
    head = (tmp_path / "c.csv").read_text().splitlines()[0]
    assert head.startswith("kind,list,strand,initiative,title,group,cause,before,after,date")
    wrong = run_kb("export", "gaps", "--since", "2026-01-01", "-o", str(tmp_path / "g.csv"))
    assert (wrong.returncode, "changes" in wrong.stderr) == (1, True)
    assert run_kb("export", "initiatives", "-o", str(tmp_path / "i.bib")).returncode == 0
    assert run_kb("export", "sources", "-o", str(tmp_path / "i.bib"), "--force").returncode == 1
