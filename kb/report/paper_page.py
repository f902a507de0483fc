"""A paper as one web page, with its pictures in it."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from kb.report.drawings import as_svg
from kb.report.map_page import policy_for
from kb.report.paper import Cited, Paper, Strong, WebLink, day_of
from kb.report.safe import for_document, for_link

TEMPLATES = files("kb.report") / "templates"


def paper_page(paper: Paper) -> str:
    """The paper as a page that asks nobody for anything."""
    style = (TEMPLATES / "paper.css").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"safe_text": for_document, "safe_link": for_link, "day": day_of}
    page = environment.from_string((TEMPLATES / "paper.html").read_text(encoding="utf-8"))
    anchors = {id(each): f"heading{at}" for at, each in enumerate(paper.headings)}
    return page.render(
        paper=paper,
        style=Markup(style),  # noqa: S704 - ours
        policy=policy_for(style=style),
        anchor=lambda block: anchors.get(id(block), ""),
        kind=_kind,
        picture=lambda drawing: Markup(as_svg(drawing)),  # noqa: S704 - its words are escaped
    )


def _kind(part: Any) -> str:
    """What a block or a part of a paragraph is, as the template asks for it."""
    kinds = {str: "text", Strong: "strong", Cited: "cited", WebLink: "link"}
    return kinds.get(type(part)) or type(part).__name__.casefold()
