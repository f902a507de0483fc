"""What readers get who never open a terminal: map, briefing, pack, digest."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.opening import AsOf, opened, parse_day
from kb.cli.output import stderr
from kb.errors import Refused
from kb.report import bag
from kb.report.briefing_paper import briefing_paper
from kb.report.digest import sent
from kb.report.digest_files import write_digest
from kb.report.map_page import write_map
from kb.report.pack_files import write_pack
from kb.report.paper_files import write_paper

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
    """Write the evidence map as one web page that can be sent.

    Example: kb map -o map.html
    """
    if Path(output).suffix.casefold() not in (".html", ".htm"):
        raise Refused(f"a map is a web page, not {output!r}", hint="-o map.html")
    with opened(ctx, as_of=as_of) as base:
        content = base.report.map(region=region)
    write_map(Path(output), content, force=force)
    stderr(f"the map is in {output}")


@app.command()
def brief(
    ctx: typer.Context,
    output: Output,
    strand: Annotated[str, typer.Option(help="One strand of the offer alone.")] = "",
    since: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=parse_day, help="With what moved since that day."),
    ] = None,
    region: Region = "England",
    force: Force = False,
    as_of: AsOf = None,
) -> None:
    """Write a briefing for a board, as .docx, .html or .pdf.

    A PDF needs LibreOffice. `[briefing]` in offer.toml says what is asked of the board.

    Example: kb brief -o briefing.docx --since 2026-06-30
    """
    with opened(ctx, as_of=as_of) as base:
        content = base.report.brief(strand=strand, since=since, region=region)
    write_paper(Path(output), briefing_paper(content), force=force)
    stderr(f"the briefing is in {output}")


@app.command()
def pack(
    ctx: typer.Context,
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE")] = "",
    reader: Annotated[
        str, typer.Option("--for", metavar="READER", help="board, partner or public.")
    ] = "",
    with_offer: Annotated[
        bool, typer.Option("--with-offer", help="With the wording of the offer.")
    ] = False,
    recipient: Annotated[
        str, typer.Option("--to", metavar="BODY", help="The partner, for captures as agreed.")
    ] = "",
    verify: Annotated[
        str, typer.Option("--verify", metavar="FILE", help="Check a pack; needs no home.")
    ] = "",
    force: Force = False,
    as_of: AsOf = None,
) -> None:
    """Write paper, map and lists as an archive to check.

    A body whose `captures_agreed` in bodies.toml has a day gets the pages behind the quotes too.

    Example: kb pack --for partner --to "NHS Confederation" -o partner.zip
    """
    if verify:
        faults = bag.verify(Path(verify))
        stderr(*(faults or [f"{verify} is whole"]))
        if faults:
            raise typer.Exit(1)
        return
    if not output or not reader:
        raise typer.BadParameter("give --for READER and -o FILE, or --verify FILE")
    if Path(output).suffix.casefold() != ".zip":
        raise Refused(f"a pack is an archive, not {output!r}", hint="-o FILE.zip")
    with opened(ctx, as_of=as_of) as base:
        content = base.report.pack(reader, with_offer=with_offer, recipient=recipient)
    write_pack(Path(output), content, force=force)
    stderr(*([content.note] if content.note else []), f"the pack is in {output}")


@app.command()
def digest(
    ctx: typer.Context,
    output: Output,
    since: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=parse_day, help="Since that day, whatever was sent."),
    ] = None,
    force: Force = False,
) -> None:
    """Write what is new since the last digest; the first covers all.

    As .md, .html or .atom. With --since it is not noted as sent.

    Example: kb digest -o digest.html
    """
    with opened(ctx) as base:
        content = base.report.digest(since)
        write_digest(Path(output), content, force=force)
        if since is None:
            sent(base.workspace, output)
    notes = [content.note] if content.note else []
    stderr(*notes, f"{len(content.sections)} sections in {output}")
