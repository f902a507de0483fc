"""The export command."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli.opening import AsOf, opened
from kb.cli.output import Shown, show, stderr
from kb.declare.codebook import FACETS
from kb.errors import Refused, Unknown
from kb.keep.decisions import Level
from kb.report.book import book_of
from kb.report.named_lists import LISTS
from kb.report.references import write_ris
from kb.report.sheets import write_form
from kb.report.tables import EXPORTERS, write_file
from kb.report.workbook import write_workbook

ALL = "all"
CODING = "coding"
CODING_FORMATS = ("xlsx", *EXPORTERS)
NAMES = (*LISTS, CODING, ALL)
FORMATS = (*EXPORTERS, "xlsx", "ris")
IN_A_WORKBOOK = tuple(name for name in LISTS if name not in ("inbox", "same"))  # no queues

app = typer.Typer(rich_markup_mode=None)


@app.command()
def export(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="LIST", help=", ".join(NAMES))],
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE")],
    columns: Annotated[str, typer.Option(metavar="A,B", help="Only these.")] = "",
    bom: Annotated[
        bool, typer.Option("--bom", help="Begin a csv so that Excel reads its letters right.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over FILE.")] = False,
    as_of: AsOf = None,
) -> None:
    """Write a whole list to a file, in the format of its suffix.

    csv, tsv, json, jsonl, md, xlsx and ris.

    `all` with xlsx is every list in one workbook.

    Example: kb export overlaps -o overlaps.csv
    """
    if name not in NAMES:
        raise Unknown("list", name, NAMES, where="kb export")
    path = Path(output)
    suffix = path.suffix.casefold()
    if name == ALL and suffix != ".xlsx":
        raise Refused("all lists together are a workbook", hint="-o FILE.xlsx")
    if columns and (suffix in (".xlsx", ".ris") or bom or name == CODING):
        raise Refused("--columns goes with csv, tsv, json, jsonl and md", hint="leave it out")
    if suffix.removeprefix(".") not in FORMATS:
        raise Unknown("format", suffix.removeprefix("."), FORMATS, where="kb export")
    if bom and suffix != ".csv":
        raise Refused(f"a byte order mark goes before csv, not before {suffix or 'that'}")
    with opened(ctx, as_of=as_of) as base:
        if name == CODING:
            _coding(base, path, force)
        elif suffix == ".xlsx":
            _workbook(base, path, IN_A_WORKBOOK if name == ALL else (name,), force)
        elif suffix == ".ris":
            day = as_of or base.workspace.moment().day
            table = base.table(name)
            if "title" not in table.columns:
                raise Refused(f"{name} has no titles to refer to", hint="kb export initiatives")
            count = write_ris(path, table.cells(), seen=day, force=force)
            stderr(f"{count} references in {output}")
        elif bom:
            table = base.table(name)
            # Excel takes csv for the machine's own encoding unless it begins so.
            how = {"format": "csv", "encoding": "utf-8-sig"}
            write_file(path, table.columns, table.cells(), force=force, **how)
            stderr(f"{len(table.rows)} rows in {output}")
        else:
            show(base.table(name), Shown(columns=columns, output=output, force=force))


def _coding(base: KnowledgeBase, path: Path, force: bool) -> None:
    """The coding sheet, as a workbook to fill in or in another format."""
    suffix = path.suffix.casefold().removeprefix(".")
    if suffix not in CODING_FORMATS:
        raise Unknown("format", suffix, CODING_FORMATS, where="the coding sheet")
    sheet = base.assess.coding_sheet()
    if suffix == "xlsx":
        choices, strict = _choices(base)
        write_form(path, sheet.header, sheet.rows, choices=choices, strict=strict, force=force)
    else:
        write_file(path, sheet.header, sheet.rows, format=suffix, force=force)
    stderr(f"{len(sheet.rows)} rows in {path}")


def _workbook(base: KnowledgeBase, path: Path, names: Sequence[str], force: bool) -> None:
    """Those lists of one snapshot as one workbook, with what they are of."""
    with base.snapshot() as snapshot:
        book = book_of(snapshot, {name: LISTS[name](snapshot) for name in names})
    write_workbook(path, book, force=force)
    stderr(f"{sum(len(sheet.rows) for sheet in book.sheets)} rows in {path}")


def _choices(base: KnowledgeBase) -> tuple[dict[str, list[str]], list[str]]:
    """What each column of the coding sheet can hold, and the columns that hold one of it."""
    declarations = base.workspace.declarations
    book = declarations.book
    levels = {strand.key: list(map(str, Level)) for strand in declarations.offer.strand}
    codes = {facet: list(book.codes[facet]) for facet in FACETS}
    one = [facet for facet in FACETS if facet in book.facets.one]
    return codes | levels, [*one, *levels]
