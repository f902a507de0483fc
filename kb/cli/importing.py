"""The import command: initiatives as rows, or the coding sheet filled in."""

import csv
from io import StringIO
from pathlib import Path
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli.opening import By, opened
from kb.cli.output import Shown, show, stderr
from kb.cli.register import OUR_SENTENCES
from kb.declare.files import read_text
from kb.errors import Refused
from kb.report.safe import from_sheet
from kb.report.sheets import read_form

app = typer.Typer(rich_markup_mode=None)

SHEETS = (".xlsx", ".csv")


@app.command("import")
def import_command(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="Rows like register.jsonl, or a coding sheet: .xlsx, .csv.")
    ],
    update: Annotated[
        bool, typer.Option("--update", help="Of a sheet: also rows that exist.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Of a sheet: show each change, take nothing.")
    ] = False,
    by: By = None,
) -> None:
    """Take initiatives from a file; those that exist are left alone, a bad row refuses all.

    Example: kb import coding.xlsx --update --dry-run
    """
    with opened(ctx, by) as base:
        if file.suffix.casefold() in SHEETS:
            _take_sheet(base, file, update=update, dry_run=dry_run)
            return
        if update or dry_run:
            raise Refused("--update and --dry-run go with a sheet", hint=".xlsx or .csv")
        taken = base.register.import_rows(file)
        made = [row for row in base.register.list().rows if row.slug in taken.made]
        lexicon = base.workspace.declarations.lexicon
        warnings = {row.slug: lexicon.style(row.summary or "") for row in made}
    stderr(f"{len(taken.made)} taken, {len(taken.left_alone)} left alone")
    if taken.left_alone:
        stderr("left alone: " + ", ".join(taken.left_alone[:20]))
    stderr(*(f"house style: {slug}: {each}" for slug, those in warnings.items() for each in those))
    if taken.undeclared:
        stderr("not in bodies.toml: " + ", ".join(taken.undeclared))


def _take_sheet(base: KnowledgeBase, file: Path, *, update: bool, dry_run: bool) -> None:
    header, rows = read_form(file) if file.suffix.casefold() == ".xlsx" else _read_csv(file)
    changes = base.assess.take_coding(header, rows, name=file.name, update=update, dry_run=dry_run)
    if changes.rows:
        show(changes, Shown())
    for row in changes.rows:
        if row.field in OUR_SENTENCES:
            warnings = base.workspace.declarations.lexicon.style(row.after)
            stderr(*(f"house style: {row.initiative}: {each}" for each in warnings))
    verb = "would change" if dry_run else "changed"
    stderr(f"{len({row.row for row in changes.rows})} rows, {len(changes.rows)} fields {verb}")


def _read_csv(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header, and each row with the number of the line it begins on."""
    read = csv.reader(StringIO(read_text(file).removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(read, [])
        rows = []
        line = read.line_num + 1
        for cells in read:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(header):
                    raise Refused(
                        f"{file.name}, row {line}: {len(cells)} cells, the header has {len(header)}"
                    )
                texts = [from_sheet(cell) for cell in cells]
                rows.append((line, dict(zip(header, texts, strict=True))))
            line = read.line_num + 1
    except csv.Error as error:
        raise Refused(f"{file.name}, row {read.line_num}: {error}") from error
    return header, rows
