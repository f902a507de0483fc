"""The manual, a page a topic."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Annotated

import typer

from kb.cli.drawing import console, paged
from kb.errors import Unknown

app = typer.Typer(rich_markup_mode=None)

MANUAL = files("kb") / "manual"
# In the order in which somebody new would read them.
TOPICS = (
    "first-hour", "monday", "board-paper", "first-crawl", "running", "adding", "how-it-works",
    "data-protection", "security", "windows", "limits",
)  # fmt: skip
NUMBERED = re.compile(r"\d+\. ")
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")


@app.command()
def guide(
    ctx: typer.Context,
    topic: Annotated[str, typer.Argument(metavar="[TOPIC]")] = "",
    pager: Annotated[bool, typer.Option("--pager/--no-pager", help="Long pages by PAGER.")] = True,
) -> None:
    """Show a page of the manual; alone, what pages there are.

    Example: kb guide first-hour
    """
    if not topic:
        for name in TOPICS:
            console().print(f"kb guide {name:<16} {_title(name)}")
        return
    if topic not in TOPICS:
        raise Unknown("topic", topic, TOPICS, where="the manual")
    with paged(pager=pager):
        for line in shown(page(topic)):
            console().print(line, soft_wrap=line.startswith(("|", "    ")))


def page(topic: str) -> str:
    """The text of a page, in Markdown."""
    return (MANUAL / f"{topic}.md").read_text(encoding="utf-8")


def _title(topic: str) -> str:
    return page(topic).splitlines()[0].removeprefix("# ")


def shown(text: str) -> Iterator[str]:
    """Markdown as a terminal shows it: without its signs, a paragraph a line, blocks set apart."""
    paragraph: list[str] = []
    fenced = False
    for line in [*text.splitlines(), ""]:
        begins = not line or line.startswith(("#", "|", "- ", "```")) or NUMBERED.match(line)
        if paragraph and (begins or fenced):
            yield _bare(" ".join(paragraph))
            paragraph = []
        if line.startswith("```"):
            fenced = not fenced
        elif fenced:
            yield f"    {line}"
        elif line.startswith("#"):
            yield line.lstrip("#").strip()
        elif line.startswith("|") or not line:
            yield _bare(line)
        else:
            paragraph.append(line.strip())


def _bare(text: str) -> str:
    return LINK.sub(r"\1", text.replace("**", "").replace("`", ""))
