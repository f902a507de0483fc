"""Hits as they fit a screen: two lines each, the words that matched standing out."""

from collections.abc import Sequence

from rich.text import Text

from kb.cli.drawing import console
from kb.find.entries import ExplainedHit, Hit
from kb.report.safe import for_terminal

INDENT = 6
MOST_PAGES = 2  # that are named
BEFORE = 12  # characters of a passage before the first word that stands out
LEAST_TITLE = 0.6  # of the width, before whose it is is cut
MARKED = "bold underline"


def draw_hits(hits: Sequence[Hit]) -> None:
    """Each hit: its number, title and whose it is; what it is, and the passage."""
    for hit in hits:
        why = f"{' ' * INDENT}{'; '.join(hit.why)}" if isinstance(hit, ExplainedHit) else ""
        for line in filter(None, (_named(hit), _said(hit), why)):
            console().print(line, overflow="ellipsis", no_wrap=True, crop=True)


def _named(hit: Hit) -> Text:
    number = str(hit.document or hit.id).ljust(INDENT - 1) + " "
    named = ", ".join(hit.pages) if len(hit.pages) <= MOST_PAGES else f"{len(hit.pages)} pages"
    pages = f" (+ {named})" if hit.pages else ""
    body = f" · {for_terminal(hit.organisation)}" if hit.organisation else ""
    width = console().width
    room = max(int(width * LEAST_TITLE), width - INDENT - len(pages) - len(body))
    title = _cut(for_terminal(hit.title), room - len(pages))
    return Text.assemble(number, (title, "bold"), pages, (body, "dim"))


def _said(hit: Hit) -> Text:
    what, passage = f"{hit.what} · " if hit.what else "", hit.snippet
    places = [(begins, ends) for begins, ends in hit.places]
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
