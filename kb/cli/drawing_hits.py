"""Hits as they fit a screen: two lines each, the words that matched standing out."""

from collections.abc import Mapping, Sequence

from rich.text import Text

from kb.cli.drawing import console
from kb.report.safe import for_terminal

INDENT = 6
BEFORE = 12  # characters of a passage before the first word that stands out
LEAST_TITLE = 0.6  # of the width, before whose it is is cut
MARKED = "bold underline"


def draw_hits(rows: Sequence[Mapping[str, object]]) -> None:
    """Each hit: its number, title and whose it is; what it is, and the passage."""
    for row in rows:
        console().print(_named(row), overflow="ellipsis", no_wrap=True, crop=True)
        console().print(_said(row), overflow="ellipsis", no_wrap=True, crop=True)


def _named(row: Mapping[str, object]) -> Text:
    number = str(row["document"] or row["id"]).ljust(INDENT - 1) + " "
    pages = f" (+ {', '.join(map(str, row['pages']))})" if row["pages"] else ""  # type: ignore[call-overload]
    body = f" · {for_terminal(str(row['organisation']))}" if row["organisation"] else ""
    width = console().width
    title = _cut(
        for_terminal(str(row["title"])),
        max(int(width * LEAST_TITLE), width - INDENT - len(pages) - len(body)) - len(pages),
    )
    return Text.assemble(number, (title, "bold"), pages, (body, "dim"))


def _said(row: Mapping[str, object]) -> Text:
    what = f"{row['what']} · " if row["what"] else ""
    passage = str(row["snippet"])
    places = [(int(a), int(b)) for a, b in row["places"]]  # type: ignore[attr-defined]
    start = max(0, places[0][0] - BEFORE) if places else 0
    if places and places[-1][1] + INDENT + len(what) <= console().width:
        start = 0  # all of it fits
    start = passage.rfind(" ", 0, start) + 1
    shown = Text(" " * INDENT + what + ("… " if start else ""))
    at = start
    for begins, ends in [*(each for each in places if each[0] >= start), (len(passage),) * 2]:
        shown.append(_part(passage[at:begins])).append(_part(passage[begins:ends]), style=MARKED)
        at = ends
    return shown


def _part(text: str) -> str:
    """As safe for a terminal, with the space at its ends."""
    left, right = text[:1].isspace(), text[-1:].isspace() and len(text) > 1
    return f"{' ' * left}{for_terminal(text)}{' ' * right}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
