"""The command line: every command has help, errors have hints, output is for people or programs."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import Command

from kb.cli import COMMANDS, main
from kb.report.tables import EXPORTERS

HOSTILE = '=1+1 [/b]\x1b[31m<script>"|‮'


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Runs a command in this process: status, stdout, stderr."""

    def run_it(*words: str, at: Path | None = home) -> tuple[int, str, str]:
        capsys.readouterr()
        before = ["--home", str(at)] if at else []
        with pytest.raises(SystemExit) as ended:
            main([*before, *words])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), out, err

    return run_it


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_sentence_and_an_example(run, command: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(command, "--help")
    assert status == 0
    assert re.search(r"^  [A-Z][^.]+\.", out, re.M)
    assert "Example: kb " in out


LISTS = [
    ("sources",),
    ("runs",),
    ("inbox",),
    ("initiatives",),
    ("overlaps",),
    ("gaps",),
    ("offer",),
    ("decisions",),
    ("search", "mentoring"),
    ("show", "race-equality-week", "--history"),
]


@pytest.mark.parametrize("words", LISTS)
def test_every_list_is_one_array_in_json(run, words: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(*words, "-f", "json")
    assert status == 0
    rows = json.loads(out)
    assert isinstance(rows, list)


@pytest.mark.parametrize("words", LISTS[:-1])
@pytest.mark.parametrize("format", [f for f in EXPORTERS if f != "json"])
def test_every_list_comes_in_every_format(run, words: tuple[str, ...], format: str) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run(*words, "-f", format)
    assert status == 0
    count = len(json.loads(run(*words, "-f", "json")[1]))
    if format in ("csv", "tsv"):
        rows = list(
            csv.reader(io.StringIO(out), dialect="excel" if format == "csv" else "excel-tab")
        )
        assert len(rows) == count + 1
    else:
        assert len(out.splitlines()) == count + (2 if format == "md" else 0)


def test_gaps_have_one_object_a_strand_with_the_columns_in_order(run) -> None:  # type: ignore[no-untyped-def]
    rows = json.loads(run("gaps", "-f", "json")[1])
    assert len(rows) == 10
    assert (
        list(rows[0])
        == (
            "strand name position if_proposals duplicates overlaps complements duties examples own "
            "recheck without_recheck need grade unscreened prompt with proposed"
        ).split()
    )


def test_columns_and_limit_are_obeyed(run) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = run("initiatives", "-f", "json", "--columns", "slug,own", "--limit", "3")
    rows = json.loads(out)
    assert len(rows) == 3
    assert list(rows[0]) == ["slug", "own"]
    status, _, err = run("initiatives", "--columns", "slugg")
    assert status == 1
    assert "'slug'" in err


def test_a_list_without_rows_is_an_empty_array(run) -> None:  # type: ignore[no-untyped-def]
    assert run("inbox", "-f", "json")[:2] == (0, "[]\n")
    assert "none" in run("inbox")[1]


def test_a_file_is_written_whole_and_not_over_another(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "gaps.csv"
    status, out, _ = run("gaps", "-o", str(file))
    assert (status, out) == (0, "")
    assert len(file.read_text().splitlines()) == 11
    status, _, err = run("gaps", "-o", str(file))
    assert status == 1
    assert "--force" in err
    assert run("gaps", "-o", str(file), "--force")[0] == 0
    assert run("gaps", "-o", str(tmp_path / "gaps.doc"))[0] == 1
    assert run("gaps", "-o", str(tmp_path / "no" / "gaps.csv"))[0] == 1
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ""] == ["gaps.csv"]


def test_every_list_can_be_exported(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name in ("overlaps", "gaps", "initiatives", "offer", "decisions"):
        file = tmp_path / f"{name}.jsonl"
        assert run("export", name, "-o", str(file))[0] == 0
        assert file.read_text().splitlines()
    status, _, err = run("export", "gapps", "-o", str(tmp_path / "x.csv"))
    assert status == 1
    assert "'gaps'" in err


@pytest.mark.parametrize(
    ("words", "status", "output"),
    [
        (("shwo", "x"), 2, "'show'"),
        (("show", "race-equality-weak"), 1, "did you mean 'race-equality-week'?"),
        (("gaps", "--home", "x"), 2, "--home goes before the command"),
        (("gaps", "--as-of", "soon"), 1, "2026-11-22"),
        (("gaps", "--as-of", "2020-01-01"), 1, "the first was on"),
        (("gaps", "-f", "xlsx"), 1, "known: "),
        (("search",), 2, "WORD"),
        (("search", "x", "--in", "registr"), 1, "'register'"),
        (("search", "titel:x"), 1, "'title'"),
        (("screen", "d1", "inclde"), 1, "'include'"),
        (("screen", "d1", "include"), 1, "no document 'd1'"),
        (("assess", "race-equality-week", "talent", "ovrlaps"), 1, "'overlaps'"),
        (("assess", "race-equality-week", "talnt", "overlaps"), 1, "'talent'"),
        (("tag", "race-equality-week", "audiense=chairs"), 1, "'audience'"),
        (("import", "nothing.jsonl"), 1, "nothing.jsonl"),
        (("init",), 1, "there is a knowledge base"),
        (("demo",), 1, "is not empty"),
        (("show", "²"), 1, "'²'"),
        (("show", "9" * 30), 1, "no initiative"),
        (("show", "d" + "9" * 30), 1, "has no"),
        (("status", "-f", "xml"), 1, "'xml'"),
        (("gaps", "-o", "/proc/x.csv"), 1, "/proc"),
        (("export", "decisions", "-o", "x.ris"), 1, "has no titles"),
        (("export", "coding", "-o", "x.ris"), 1, "xlsx"),
        (("sources", "pause", "nhs-england"), 1, "--why"),
        (("sources", "pause", "nhs-englund", "--why", "x"), 1, "'nhs-england'"),
        (("sources", "looked", "nhs-england", "--on", "2026-11-01", "--found", "1"), 1, "crawled"),
    ],
)
def test_an_error_says_what_and_what_to_do(
    run, words: tuple[str, ...], status: int, output: str
) -> None:  # type: ignore[no-untyped-def]
    got, out, err = run(*words)
    assert (got, out) == (status, "")
    assert err.startswith("error: ")
    assert output in err


def test_a_broken_declaration_is_named_by_line(run, home: Path) -> None:  # type: ignore[no-untyped-def]
    (home / "offer.toml").write_text("[offer]\ntitle = \n")
    status, _, err = run("offer", "accept", "--yes")
    assert status == 1
    assert "offer.toml, line 2" in err
    status, _, err = run("gaps")  # rests on the accepted offer, and says so
    assert status == 0
    assert "does not load" in err


def test_without_a_home_there_is_an_error_and_none_is_made(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.delenv("KB_HOME", raising=False)
    status, _, err = run("gaps", at=None)
    assert status == 1
    assert "no knowledge base here" in err
    assert list(empty.iterdir()) == []


def test_a_home_is_found_from_within(run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("KB_HOME", raising=False)
    (home / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(home / "deep" / "er")
    assert run("status", at=None)[0] == 0


def test_kb_alone_prints_what_waits(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run()
    assert status == 0
    assert "proposals to confirm" in out
    assert "kb review proposals" in out


def test_hostile_text_is_plain_text_everywhere(run, home: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    row = json.loads((home / "register.jsonl").read_text().splitlines()[0])
    row |= {"slug": "hostile", "title": HOSTILE, "part_of": None, "url": None}
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row))
    assert run("import", str(file))[0] == 0
    table = run("initiatives")[1] + run("show", "hostile")[1]
    assert "\x1b" not in table
    assert "‮" not in table
    assert "[/b]" in table
    listed = list(csv.DictReader(io.StringIO(run("initiatives", "-f", "csv")[1])))
    assert next(r["title"] for r in listed if r["slug"] == "hostile").startswith("'=1+1")
    assert "<script>" not in run("initiatives", "-f", "md")[1]
    loaded = json.loads(run("initiatives", "-f", "json")[1])
    assert HOSTILE in [each["title"] for each in loaded]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_title_that_begins_like_a_formula_stays_text(
    run, home: Path, tmp_path: Path, start: str
) -> None:  # type: ignore[no-untyped-def]
    row = json.loads((home / "register.jsonl").read_text().splitlines()[0])
    row |= {"slug": "formula", "summary": f"{start}cmd", "title": "F", "part_of": None, "url": None}
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps(row))
    run("import", str(file))
    listed = csv.DictReader(io.StringIO(run("initiatives", "-f", "csv")[1], newline=""))
    assert next(r["summary"] for r in listed if r["slug"] == "formula") == f"'{start}cmd"


def test_who_acts_is_by_else_kb_user(run_kb: Command) -> None:
    run_kb("tag", "race-equality-week", "chairs", KB_USER="Ben")
    run_kb("tag", "race-equality-week", "governors", "--by", "cat")
    shown = json.loads(run_kb("show", "race-equality-week", "--history", "-f", "json").stdout)
    assert [row["by"] for row in shown[-2:]] == ["ben", "cat"]


def test_search_writes_an_index_that_is_behind(run_kb: Command, home: Path) -> None:
    (home / "index" / "state.json").unlink()
    done = run_kb("search", "mentoring", "-f", "json")
    assert json.loads(done.stdout)
    assert "behind" in done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("reverse", "mentoring"), "reciprocal-mentoring-for-inclusion"),
        (("BAME",), "east-midlands-bame-co-mentoring"),
        (("wres", "--region", "London"), "london-primary-care-wres"),
    ],
)
def test_search_finds_what_staff_mean(run, words: tuple[str, ...], expected: str) -> None:  # type: ignore[no-untyped-def]
    hits = json.loads(run("search", *words, "-f", "json")[1])
    assert expected in [hit["slug"] for hit in hits[:10]]


def test_a_store_of_a_newer_kb_is_not_searched(run, home: Path) -> None:  # type: ignore[no-untyped-def]
    with closing(sqlite3.connect(home / "kb.sqlite")) as connection, connection:
        connection.execute("update alembic_version set version_num = '9999'")
    status, out, err = run("search", "wres")
    assert (status, out) == (1, "")
    assert "newer kb" in err


def test_a_source_is_paused_with_a_reason_and_its_comments_stay(run, home: Path) -> None:  # type: ignore[no-untyped-def]
    file = home / "sources.toml"
    before = file.read_text()
    assert run("sources", "pause", "nhs-england", "--why", "being rebuilt")[0] == 0
    rows = {row["name"]: row for row in json.loads(run("sources", "-f", "json")[1])}
    assert (rows["nhs-england"]["state"], rows["nhs-england"]["due"]) == ("paused", False)
    assert file.read_text().splitlines()[0] == before.splitlines()[0]
    assert run("crawl", "nhs-england")[0] == 1
    assert run("sources", "resume", "nhs-england")[0] == 0
    rows = {row["name"]: row for row in json.loads(run("sources", "-f", "json")[1])}
    assert rows["nhs-england"]["state"] == "on"


def test_a_search_by_hand_is_recorded(run, home: Path) -> None:  # type: ignore[no-untyped-def]
    with (home / "sources.toml").open("a") as file:
        file.write('[[source]]\nname = "a-library"\norganisation = "A Body"\nshape = "by-hand"\n')
    assert run("sources", "looked", "a-library", "--on", "2026-11-01", "--found", "3")[0] == 0
    rows = {row["name"]: row for row in json.loads(run("sources", "-f", "json")[1])}
    assert rows["a-library"]["last_run"] == "2026-11-01"
    assert rows["a-library"]["due"] is False
