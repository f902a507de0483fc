"""What readers get who never open a terminal: the evidence map."""

from pathlib import Path
from typing import Annotated

import typer

from kb.cli.opening import AsOf, day, opened
from kb.cli.output import stderr
from kb.report.evidence_map import write_map

app = typer.Typer(rich_markup_mode=None)

Output = Annotated[str, typer.Option("--output", "-o", metavar="FILE")]
Force = Annotated[bool, typer.Option("--force", help="Write over FILE.")]


@app.command("map")
def evidence_map(
    ctx: typer.Context,
    output: Output,
    force: Force = False,
    region: Annotated[str, typer.Option(help="What can be taken up there.")] = "England",
    as_of: AsOf = None,
) -> None:
    """Write the evidence map: one web page that can be sent, and needs no network.

    Example: kb map -o map.html
    """
    with opened(ctx) as base:
        content = base.map(at=base.act_on(day(as_of)), region=region)
    write_map(Path(output), content, force=force)
    stderr(f"the map is in {output}")
