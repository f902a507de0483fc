"""What readers get who never open a terminal: the evidence map, the briefing."""

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.opening import AsOf, day, opened
from kb.cli.output import stderr
from kb.errors import Refused
from kb.report.briefing import write_brief
from kb.report.evidence_map import write_map

app = typer.Typer(rich_markup_mode=None)

Output = Annotated[str, typer.Option("--output", "-o", metavar="FILE")]
Region = Annotated[str, typer.Option(help="What can be taken up there.")]
Force = Annotated[bool, typer.Option("--force", help="Write over FILE.")]


@app.command("map")
def evidence_map(
    ctx: typer.Context,
    output: Output,
    force: Force = False,
    region: Region = "England",
    as_of: AsOf = None,
) -> None:
    """Write the evidence map: one web page that can be sent, and needs no network.

    Example: kb map -o map.html
    """
    with opened(ctx) as base:
        content = base.map(at=base.act_on(day(as_of)), region=region)
    write_map(Path(output), content, force=force)
    stderr(f"the map is in {output}")


@app.command()
def brief(
    ctx: typer.Context,
    output: Output,
    strand: Annotated[str, typer.Option(help="One strand of the offer alone.")] = "",
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="With what moved since that day.")
    ] = None,
    region: Region = "England",
    force: Force = False,
    as_of: AsOf = None,
) -> None:
    """Write a briefing for a board as a Word document.

    Example: kb brief -o briefing.docx --since 2026-06-30
    """
    if Path(output).suffix.casefold() != ".docx":
        raise Refused(f"a briefing is a Word document, not {output!r}", hint="-o briefing.docx")
    with opened(ctx) as base:
        content = base.brief(strand=strand, since=day(since), day=day(as_of), region=region)
    write_brief(Path(output), content, force=force)
    stderr(f"the briefing is in {output}")
