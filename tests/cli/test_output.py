"""Colour and bars where there is a terminal, plain words where not."""

from io import StringIO

import pytest
from rich.console import Console

from kb.cli import drawing

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
