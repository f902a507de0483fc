"""The export command."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.base import LISTS, KnowledgeBase, Rows
from kb.cli.opening import AsOf, day, opened
from kb.cli.output import Shown, show, stderr
from kb.declare.codebook import FACETS
from kb.errors import Refused, Unknown
from kb.keep.said import Level
from kb.report.columns import MEANINGS
from kb.report.references import write_ris
from kb.report.sheets import write_form
from kb.report.tables import write_file
from kb.report.workbook import Matrix, Sheet, write_workbook

ALL = "all"
IN_A_WORKBOOK = tuple("gaps overlaps initiatives recheck worked sources runs decisions".split())

app = typer.Typer(rich_markup_mode=None)


@app.command()
def export(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="LIST", help=", ".join((*LISTS, ALL)))],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE")],
    columns: Annotated[str, typer.Option(metavar="A,B", help="Only these.")] = "",
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin a csv so that Excel reads its letters right.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over FILE.")] = False,
    as_of: AsOf = None,
) -> None:
    """Write a whole list to a file, in the format of its suffix; xlsx and ris too.

    `all` with xlsx is every list in one workbook.

    Example: kb export overlaps -o overlaps.csv
    """
    if name not in (*LISTS, ALL):
        raise Unknown("list", name, (*LISTS, ALL), where="kb export")
    path, form = Path(output), Path(output).suffix.casefold()
    if name == ALL and form != ".xlsx":
        raise Refused("all lists together are a workbook", hint="-o FILE.xlsx")
    if bom and form != ".csv":
        raise Refused(f"a byte order mark goes before csv, not before {form or 'that'}")
    with opened(ctx) as base:
        asked = day(as_of)
        if name == "coding" and form == ".xlsx":
            made = base.listing(name, asked)
            choices, strict = _choices(base)
            write_form(path, made.columns, made.rows, choices=choices, strict=strict, force=force)
            stderr(f"{len(made.rows)} rows in {output}")
            return
        if form == ".xlsx":
            _workbook(base, path, IN_A_WORKBOOK if name == ALL else (name,), asked, force)
            return
        made = base.listing(name, asked)
        if form == ".ris":
            write_ris(path, made.rows, seen=asked or base.today(None), force=force)
            stderr(f"{len(made.rows)} references in {output}")
            return
    if bom:
        # Excel takes csv for the machine's own encoding unless it begins so.
        write_file(path, made.columns, made.rows, format="csv", force=force, encoding="utf-8-sig")
        stderr(f"{len(made.rows)} rows in {output}")
        return
    show(made, Shown(columns=columns, output=output, force=force))


def _workbook(
    base: KnowledgeBase, path: Path, names: Sequence[str], asked: date | None, force: bool
) -> None:
    """Those lists as one workbook, with what they are of."""
    lists = {name: base.listing(name, asked) for name in names}
    told = base.declarations
    about: list[tuple[str, object]] = [
        ("as of", asked or base.today(None)),
        ("offer", f"{told.offer.offer.title}: {told.offer.offer.version}"),
        ("offer agreed", "; ".join(base.marked()) or "as accepted"),
        ("code book", told.book.version),
        ("protocol", told.protocol.version),
        ("filters", "none; England where a place is asked about"),
        *((f"rows in {name}", len(made.rows)) for name, made in lists.items()),
        *(("note", note) for note in dict.fromkeys(n for m in lists.values() for n in m.notes)),
    ]
    write_workbook(
        path,
        [Sheet(name, made.columns, made.rows) for name, made in lists.items()],
        about=about,
        dictionary=MEANINGS,
        day=asked or base.today(None),
        matrix=_matrix(lists["overlaps"], lists["initiatives"]) if len(lists) > 1 else None,
        force=force,
    )
    stderr(f"{sum(len(made.rows) for made in lists.values())} rows in {path}")


def _matrix(overlaps: Rows, initiatives: Rows) -> Matrix:
    """How many initiatives bear on each strand by each means."""
    means = {row["slug"]: list(row["means"]) for row in initiatives.rows}  # type: ignore[call-overload]
    counts = Counter(
        (str(row["strand"]), code)
        for row in overlaps.rows
        for code in means.get(row["initiative"], [])
    )
    down = list(dict.fromkeys(strand for strand, _ in counts))
    return Matrix("strands by means", down, sorted({code for _, code in counts}), counts)


def _choices(base: KnowledgeBase) -> tuple[dict[str, list[str]], list[str]]:
    """What each column of the coding sheet can hold, and the columns that hold one of it."""
    book, strands = base.declarations.book, base.declarations.offer.strand
    levels = {strand.key: [level.value for level in Level] for strand in strands}
    codes = {facet: list(book.codes[facet]) for facet in FACETS}
    one = [facet for facet in FACETS if facet in book.facets.one]
    return codes | levels, [*one, *levels]
