"""The export command."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.assess.between_days import changed_since
from kb.base import KnowledgeBase
from kb.cli.opening import AsOf, opened, parse_day
from kb.cli.output import Shown, show, stderr
from kb.declare.codebook import FACETS
from kb.errors import Refused, Unknown
from kb.keep.decisions import Level
from kb.report.book import book_of
from kb.report.named_lists import LISTS
from kb.report.references import FORMATS as REFERENCES
from kb.report.references import is_references, write_references
from kb.report.sheets import write_form
from kb.report.tables import EXPORTERS, write_file
from kb.report.workbook import write_workbook
from kb.table import Table

ALL = "all"
CODING = "coding"
CODING_FORMATS = ("xlsx", *EXPORTERS)
NAMES = (*LISTS, CODING, ALL)
CHANGES = "changes"  # alone, pages that changed; with --since, what others take in
FORMATS = (*EXPORTERS, "xlsx", *(each.removeprefix(".") for each in REFERENCES))
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
    since: Annotated[
        date | None,
        typer.Option(metavar="DATE", parser=parse_day, help="Of changes: all since that day."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over FILE.")] = False,
    as_of: AsOf = None,
) -> None:
    """Write a whole list to a file, in the format of its suffix.

    csv, tsv, json, jsonl, md, xlsx; references as ris, csl.json and bib.

    `all` with xlsx is every list in one workbook. `changes` with --since is what was added,
    changed and removed from that day to --as-of, or to now.

    Example: kb export overlaps -o overlaps.csv
    """
    path = Path(output)
    _check(name, path, columns=columns, bom=bom, since=since)
    with opened(ctx, as_of=as_of) as base:
        if name == CODING:
            _coding(base, path, force)
        elif path.suffix.casefold() == ".xlsx":
            _workbook(base, path, IN_A_WORKBOOK if name == ALL else (name,), force)
        else:
            table = _table(base, name, since)
            if is_references(path):
                day = as_of or base.workspace.moment().day
                _references(table, path, day, force)
            elif bom:
                # Excel takes csv for the machine's own encoding unless it begins so.
                how = {"format": "csv", "encoding": "utf-8-sig"}
                write_file(path, table.columns, table.cells(), force=force, **how)
                stderr(f"{len(table.rows)} rows in {output}")
            else:
                show(table, Shown(columns=columns, output=output, force=force))


def _check(name: str, path: Path, *, columns: str, bom: bool, since: date | None) -> None:
    """Raises Unknown or Refused for what does not go together."""
    suffix = path.suffix.casefold()
    if name not in NAMES:
        raise Unknown("list", name, NAMES, where="kb export")
    if name == ALL and suffix != ".xlsx":
        raise Refused("all lists together are a workbook", hint="-o FILE.xlsx")
    if since and (name != CHANGES or suffix == ".xlsx"):
        raise Refused(
            "--since goes with changes, in a format for programs",
            hint="kb export changes --since DATE -o changes.csv",
        )
    if columns and (suffix == ".xlsx" or is_references(path) or bom or name == CODING):
        raise Refused("--columns goes with csv, tsv, json, jsonl and md", hint="leave it out")
    if not is_references(path) and suffix.removeprefix(".") not in (*EXPORTERS, "xlsx"):
        raise Unknown("format", suffix.removeprefix("."), FORMATS, where="kb export")
    if bom and suffix != ".csv":
        raise Refused(f"a byte order mark goes before csv, not before {suffix or 'that'}")


def _table(base: KnowledgeBase, name: str, since: date | None) -> Table[Any]:
    """The list of that name; of changes all since a day, if one is given."""
    if since is None:
        return base.table(name)
    with base.snapshot() as snapshot:
        return changed_since(snapshot, since)


def _references(table: Table[Any], path: Path, day: date, force: bool) -> None:
    if "title" not in table.columns:
        raise Refused(f"{table.name} has no titles to refer to", hint="kb export initiatives")
    count = write_references(path, table.cells(), seen=day, force=force)
    stderr(f"{count} references in {path}")


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
