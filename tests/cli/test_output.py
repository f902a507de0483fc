"""Colour and bars where there is a terminal, plain words where not."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from conftest import Command
from rich.console import Console

from kb.cli import GROUPS, drawing

ROWS = [
    {"strand": "talent", "position": "served", "duplicates": 1, "overlaps": 8},
    {"strand": "peers", "position": "none-found", "duplicates": 0, "overlaps": 1},
]


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, colour: bool = True) -> str:
    holding = StringIO()
    made = Console(file=holding, force_terminal=terminal, width=80, no_color=not colour)
    monkeypatch.setattr(drawing, "console", lambda: made)
    drawing.table(list(ROWS[0]), ROWS)
    return holding.getvalue()


def test_a_terminal_gets_colour_and_bars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    output = shown(monkeypatch, terminal=True)
    assert "\x1b[" in output
    assert "█ 8" in output
    assert "▁ 1" in output
    plain = shown(monkeypatch, terminal=True, colour=False)
    assert "\x1b[34m" not in plain
    assert "served" in plain


def test_a_pipe_gets_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    output = shown(monkeypatch, terminal=False)
    assert "\x1b[" not in output
    assert not set("▁▂▃▄▅▆▇█") & set(output)
    assert all(str(row["position"]) in output for row in ROWS)


@pytest.mark.parametrize(("value", "most", "drawn"), [(0, 5, ""), (5, 5, "█ "), (1, 0, "")])
def test_a_bar_is_of_the_most(value: int, most: int, drawn: str) -> None:
    assert drawing.bar(value, most) == drawn


@pytest.mark.parametrize("words", ["initiatives -f csv", "gaps", "--help", "search equality"])
def test_a_reader_that_has_seen_enough_is_no_fault(home: Path, words: str) -> None:
    command = f"{sys.executable} -m kb --home {home} {words} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0)


@pytest.mark.parametrize("words", [("overlaps", "-n", "5"), ("decisions", "-n", "5")])
def test_a_list_that_does_not_fit_has_every_value_whole(
    home: Path, run_kb: Command, words: tuple[str, ...]
) -> None:
    shown = run_kb(*words, COLUMNS="40").stdout
    joined = "".join(line.strip() for line in shown.splitlines())
    rows = json.loads(run_kb(*words, "-f", "json").stdout)
    for row in rows:
        assert row["initiative"] in joined
        assert row["strand"] in joined
    assert max(map(len, shown.splitlines())) <= 40


def test_at_twenty_columns_the_title_is_there(home: Path, run_kb: Command) -> None:
    shown = run_kb("initiatives", "-n", "2", COLUMNS="20").stdout
    rows = json.loads(run_kb("initiatives", "-n", "2", "-f", "json").stdout)
    words = " ".join(shown.split())
    assert all(row["title"] in words for row in rows)


def test_gaps_end_with_their_table(home: Path, run_kb: Command) -> None:
    lines = run_kb("gaps", COLUMNS="100").stdout.rstrip().splitlines()
    (heading,) = [at for at, line in enumerate(lines) if line.startswith("strand ")]
    assert len(lines) - heading == 11  # the heading, and a line a strand


def test_help_names_every_command_once_with_a_sentence_that_fits(run_kb: Command) -> None:
    text = run_kb("--help", COLUMNS="80").stdout
    for title, commands in GROUPS.items():
        assert f"\n{title}:\n" in text
        for name in commands:
            (line,) = [each for each in text.splitlines() if each.startswith(f"  {name} ")]
            assert line.endswith(".")
            assert len(line) <= 80
