"""`kb attach`: what a person was given becomes a page of an initiative."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.opening import By, opened, parse_day
from kb.cli.output import at_terminal, print_row, stderr
from kb.collect.attaching import attach as attach_content
from kb.errors import Refused

app = typer.Typer(rich_markup_mode=None)

PASTED = "-"


@app.command()
def attach(
    ctx: typer.Context,
    initiative: Annotated[str, typer.Argument(metavar="INITIATIVE")],
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="- for text that is pasted.")],
    told_by: Annotated[
        str, typer.Option("--from", metavar="WHO", help="A body and a role, rather than a name.")
    ],
    on: Annotated[date, typer.Option("--on", metavar="DATE", parser=parse_day, help="When.")],
    by: By = None,
    format: Annotated[str, typer.Option("--format", "-f", help="json for the row.")] = "table",
) -> None:
    """Make what you were given a page of an initiative.

    It can be quoted, is marked as described to us, and is never exported whole. PDF, Word,
    PowerPoint, Excel, e-mail (.eml), HTML and text are read.

    Example: kb attach race-equality-week notes.docx --from "the organisers" --on 2026-11-20
    """
    with opened(ctx, by) as base:
        made = attach_content(
            base.workspace,
            initiative,
            _content(file),
            file_name="" if file == PASTED else file,
            told_by=told_by,
            on=on,
        )
    stderr(f"{made.document}: {made.title}, a page of {made.initiative}; described to us on {on}")
    if made.not_read:
        stderr(f"not read: {', '.join(made.not_read)}; attach each by itself")
    if format == "json":
        print_row(made)


def _content(file: str) -> bytes:
    if file == PASTED:
        if at_terminal():
            stderr("paste the text, then ctrl-d on a line of its own")
        return sys.stdin.buffer.read() if sys.stdin else b""
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from error
