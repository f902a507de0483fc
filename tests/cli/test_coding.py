"""The coding sheet: written, filled in as people do, taken back."""

import csv
import shutil
import subprocess
from datetime import datetime, time
from pathlib import Path

import openpyxl
import pytest
from conftest import Command
from pages import held

import kb

QUOTE = "Chairs of trusts meet six times a year to talk about race."


@pytest.fixture(scope="module")
def coded_home(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one coded initiative whose page is held. Do not write into it: copy it."""
    folder = Path(shutil.copytree(made_home, tmp_path_factory.mktemp("coded") / "home"))
    with kb.connect(folder, by="ana") as base:
        base.screen.decide([held(base, "one", QUOTE)], "include")
        base.register.tag("race-equality-programme-one", ["role=support", "reach=england"])
    return folder


@pytest.fixture
def home(coded_home: Path, tmp_path: Path) -> Path:
    """That home as a test's own."""
    return Path(shutil.copytree(coded_home, tmp_path / "home"))


@pytest.fixture
def sheet(home: Path, run_kb: Command, tmp_path: Path) -> Path:
    """The coding sheet of that home."""
    path = tmp_path / "coding.xlsx"
    assert run_kb("export", "coding", "-o", str(path)).returncode == 0
    return path


def fill(path: Path, slug: str, **cells: object) -> None:
    """Fills in cells of a row, as a person in Excel; a new row where the slug is new."""
    book = openpyxl.load_workbook(path)
    rows = book["coding"]
    header = {cell.value: cell.column for cell in rows[1]}
    number = next((row[0].row for row in rows.iter_rows(min_row=2) if row[0].value == slug), None)
    number = number or rows.max_row + 1
    for name, value in cells.items():
        rows.cell(number, header[name.replace("__", ": ").replace("_", "-")]).value = value  # type: ignore[index]
    book.save(path)


def test_what_is_not_filled_in_changes_nothing(sheet: Path, run_kb: Command) -> None:
    done = run_kb("import", str(sheet), "--update")
    assert done.stderr.splitlines()[-1] == "0 rows, 0 fields changed"


def test_a_choice_is_offered_for_each_code(sheet: Path) -> None:
    rows = openpyxl.load_workbook(sheet)["coding"]
    lists = {str(each.sqref): each for each in rows.data_validations.dataValidation}
    role = next(cell.column_letter for cell in rows[1] if cell.value == "role")
    (matches,) = [each for place, each in lists.items() if place.startswith(f"{role}2:")]
    assert matches.type == "list"
    assert rows.freeze_panes == "D2"


def test_changes_are_shown_and_taken_as_one_act(sheet: Path, home: Path, run_kb: Command) -> None:
    slug = "race-equality-programme-one"
    fill(
        sheet,
        slug,
        status="active",
        audience="chairs; non-executives",
        talent="overlaps",
        talent__quote=QUOTE,
    )
    fill(sheet, "", title="A new one", organisation="CQC", role="voice")
    with kb.connect(home) as base:
        before = base.workspace.store.last_act()
    dry = run_kb("import", str(sheet), "--update", "--dry-run", "--by", "ben")
    assert "fields would change" in dry.stderr
    with kb.connect(home) as base:
        assert base.workspace.store.last_act() == before
    assert run_kb("import", str(sheet), "--update", "--by", "ben").returncode == 0
    with kb.connect(home) as base:
        shown = base.register.initiative(slug)
        assert shown.stored.codes("audience") == ["chairs", "non-executives"]
        (row,) = shown.assessments
        assert (row.level, row.basis, row.by) == ("overlaps", "confirmed", "ben")
        assert base.register.initiative("a-new-one").stored.codes("role") == ["voice"]
        after = base.workspace.store.last_act()
        assert before is not None
        assert after is not None
        assert after.id == (before.id or 0) + 1
    again = run_kb("import", str(sheet), "--update", "--by", "ben", "--dry-run")
    assert "field 'title'" not in again.stderr


def test_rows_that_exist_are_left_alone_without_update(
    sheet: Path, home: Path, run_kb: Command
) -> None:
    fill(sheet, "race-equality-week", status="ended")
    assert run_kb("import", str(sheet)).stderr.splitlines()[-1] == "0 rows, 0 fields changed"
    with kb.connect(home) as base:
        assert base.register.initiative("race-equality-week").stored.codes("status") != ["ended"]


def test_bad_rows_are_named_by_number_and_field_and_nothing_is_taken(
    sheet: Path, home: Path, run_kb: Command
) -> None:
    fill(sheet, "race-equality-week", status="fine", talent="more", started="March")
    fill(
        sheet,
        "race-equality-programme-one",
        talent="overlaps",
        talent__quote="This is nowhere on any page.",
    )
    fill(sheet, "", title="Whose is it")
    with kb.connect(home) as base:
        before = base.workspace.store.last_act()
    done = run_kb("import", str(sheet), "--update")
    assert done.returncode == 1
    for field in ("status", "talent", "started", "organisation"):
        assert f"field {field!r}" in done.stderr
    assert "row " in done.stderr
    with kb.connect(home) as base:
        assert base.workspace.store.last_act() == before


def test_formulas_and_other_headers_are_refused(
    sheet: Path, run_kb: Command, tmp_path: Path
) -> None:
    fill(sheet, "race-equality-week", summary="=1+1")
    done = run_kb("import", str(sheet), "--update")
    assert done.returncode == 1
    assert "a formula" in done.stderr
    fill(sheet, "race-equality-week", summary="plain")
    book = openpyxl.load_workbook(sheet)
    book["coding"]["A1"] = "id"
    book.save(sheet)
    assert "another header" in run_kb("import", str(sheet)).stderr
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    assert "another header" in run_kb("import", str(wrong)).stderr
    wrong.with_suffix(".xlsx").write_bytes(b"not a workbook")
    assert "is no workbook" in run_kb("import", str(wrong.with_suffix(".xlsx"))).stderr


def test_the_same_by_csv(home: Path, run_kb: Command, tmp_path: Path) -> None:
    with kb.connect(home, by="ana") as base:
        base.register.edit("race-equality-week", ["learning==SUM(A1) worked"])
    path = tmp_path / "coding.csv"
    run_kb("export", "coding", "-o", str(path))
    assert run_kb("import", str(path), "--update").stderr.splitlines()[-1].startswith("0 rows")
    with path.open(newline="") as read:
        rows = list(csv.DictReader(read))
    rows[0]["status"] = "paused"
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert (
        run_kb("import", str(path), "--update").stderr.splitlines()[-1]
        == "1 rows, 1 fields changed"
    )


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_sheet_survives_libreoffice(sheet: Path, run_kb: Command, tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder), str(sheet)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    if not (folder / "coding.xlsx").exists():
        pytest.skip("LibreOffice without Calc reads no sheet")
    done = run_kb("import", str(folder / "coding.xlsx"), "--update")
    assert done.stderr.splitlines()[-1] == "0 rows, 0 fields changed"
    saved = openpyxl.load_workbook(folder / "coding.xlsx")["coding"]
    assert saved.data_validations.dataValidation


def as_csv(run_kb: Command, tmp_path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """The header and the rows of the coding sheet of that home."""
    file = tmp_path / "coding.csv"
    assert run_kb("export", "coding", "-o", str(file), "--force").returncode == 0
    with file.open(newline="", encoding="utf-8") as text:
        rows = list(csv.DictReader(text))
    return list(rows[0]), rows


def write(path: Path, rows: list[list[str]], encoding: str = "utf-8", parted: str = ",") -> None:
    with path.open("w", newline="", encoding=encoding) as out:
        csv.writer(out, delimiter=parted).writerows(rows)


SLUG = "race-equality-programme-one"


def test_what_somebody_else_said_since_the_export_is_left_as_it_is(
    sheet: Path, home: Path, run_kb: Command
) -> None:
    with kb.connect(home, by="ben") as base:
        base.register.tag(SLUG, ["status=active"])
        base.register.tag("race-equality-week", ["status=ended"])
        base.assess.assess(SLUG, "talent", "overlaps", quote=QUOTE)
    fill(sheet, SLUG, learning="Boards learnt this.")
    done = run_kb("import", str(sheet), "--update", COLUMNS="200")
    assert "changed here since the export" in done.stdout
    assert done.stderr.splitlines()[-1] == "1 rows, 1 fields changed"
    with kb.connect(home) as base:
        shown = base.register.initiative(SLUG)
        assert shown.stored.codes("status") == ["active"]
        assert shown.stored.profile.learning == "Boards learnt this."
        assert [row.level for row in shown.assessments] == ["overlaps"]
        assert base.register.initiative("race-equality-week").stored.codes("status") == ["ended"]


def test_what_both_changed_is_refused_by_row_and_field(
    sheet: Path, home: Path, run_kb: Command
) -> None:
    with kb.connect(home, by="ben") as base:
        base.register.tag(SLUG, ["status=active"])
        before = base.workspace.store.last_act()
    fill(sheet, SLUG, status="ended", learning="Boards learnt this.")
    done = run_kb("import", str(sheet), "--update")
    assert done.returncode == 1
    assert "field 'status': changed here since the export" in done.stderr
    with kb.connect(home) as base:
        assert base.workspace.store.last_act() == before
    fill(sheet, SLUG, status="active")  # both say the same by now
    assert run_kb("import", str(sheet), "--update").returncode == 0


def test_a_sheet_of_another_home_or_of_an_unknown_act_is_refused(
    sheet: Path, run_kb: Command, made_home: Path
) -> None:
    fill(sheet, SLUG, exported="act 999 0123456789abcdef")
    done = run_kb("import", str(sheet), "--update", "--dry-run")
    assert done.returncode == 1
    assert "was not exported from this knowledge base" in done.stderr
    fill(sheet, SLUG, exported="")
    done = run_kb("import", str(sheet), "--update", "--dry-run")
    assert "is in the register" in done.stderr


def test_a_new_row_taken_twice_is_one_initiative(sheet: Path, home: Path, run_kb: Command) -> None:
    fill(sheet, "", title="A new one", organisation="CQC", role="voice")
    assert run_kb("import", str(sheet)).returncode == 0
    assert run_kb("import", str(sheet), "--update").returncode == 0
    with kb.connect(home) as base:
        titles = [row.title for row in base.register.list().rows]
        assert titles.count("A new one") == 1
    fill(sheet, "", title="A new one", organisation="CQC", role="support")
    assert "is this one" in run_kb("import", str(sheet), "--update").stderr


@pytest.mark.parametrize("parted", [",", ";"])
def test_csv_as_spreadsheet_programs_save_it(run_kb: Command, tmp_path: Path, parted: str) -> None:
    header, rows = as_csv(run_kb, tmp_path)
    row = next(each for each in rows if len(each["started"]) == 7)
    year, month = row["started"].split("-")
    names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    shown = row | {"started": f"{names[int(month) - 1]}-{year[2:]}"}
    cells = list(shown.values())
    while not cells[-1]:
        cells.pop()
    write(tmp_path / "a.csv", [[*header, "", ""], cells], parted=parted)
    done = run_kb("import", str(tmp_path / "a.csv"), "--update", "--dry-run")
    assert done.stderr.splitlines()[-1] == "0 rows, 0 fields would change"


def test_csv_in_windows_1252_is_read_and_said(run_kb: Command, tmp_path: Path) -> None:
    header, rows = as_csv(run_kb, tmp_path)
    changed = rows[0] | {"learning": "The trust’s boards learnt this"}
    plain = [text.encode("cp1252", "ignore").decode("cp1252") for text in changed.values()]
    write(tmp_path / "a.csv", [header, plain], encoding="cp1252")
    done = run_kb("import", str(tmp_path / "a.csv"), "--update", "--dry-run", COLUMNS="200")
    assert "read as Windows-1252" in done.stderr
    assert "The trust’s boards learnt this" in done.stdout


def test_cells_as_excel_leaves_them(sheet: Path, run_kb: Command) -> None:
    fill(sheet, SLUG, learning=datetime(2027, 3, 15), started=datetime(2021, 1, 1))
    fill(sheet, "race-equality-week", learning=time(9, 30), summary="One_x000D_\nTwo")
    book = openpyxl.load_workbook(sheet)
    book["coding"].cell(60_000, 3).fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    book.save(sheet)
    done = run_kb("import", str(sheet), "--update", "--dry-run", COLUMNS="200")
    assert all(text in done.stdout for text in ("2027-03-15", "2021-01", "09:30"))
    assert "_x000D_" not in done.stdout
    assert "2021-01-01" not in done.stdout
    fill(sheet, SLUG, summary="#N/A")
    assert "an error, '#N/A'" in run_kb("import", str(sheet), "--update", "--dry-run").stderr


def test_a_code_in_use_cannot_leave_the_code_book(home: Path, run_kb: Command) -> None:
    book = home / "codebook.toml"
    whole = book.read_text()
    line = next(each for each in whole.splitlines() if each.startswith("ambulance"))
    book.write_text(whole.replace(f"{line}\n", "", 1))
    done = run_kb("tag", SLUG, "status=active")
    assert done.returncode == 1
    assert "has no 'ambulance' any more" in done.stderr
    assert run_kb("initiatives", "-f", "json").returncode == 0  # what is there can be read
    book.write_text(whole)
    assert run_kb("tag", SLUG, "status=active").returncode == 0
