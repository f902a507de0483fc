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
from kb.declare.files import NotUtf8, read_text
from kb.errors import Refused
from kb.report.safe import from_sheet
from kb.report.sheets import read_form

app = typer.Typer(rich_markup_mode=None)

SHEETS = (".xlsx", ".csv")
MOST_NAMED = 20


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
    """Take initiatives from a file, or a coding sheet filled in.

    Those that exist are left alone; a bad row refuses all.

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
        shown = [
            slug if slug == other else f"{slug} (is {other})"
            for slug, other in list(taken.left_alone.items())[:MOST_NAMED]
        ]
        rest = len(taken.left_alone) - len(shown)
        stderr("left alone: " + ", ".join(shown) + (f" and {rest} more" if rest else ""))
    stderr(*(f"{slug} may be {other}: kb same" for slug, other in taken.near.items()))
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
    own = [row for row in changes.rows if not row.note]
    verb = "would change" if dry_run else "changed"
    stderr(f"{len({row.row for row in own})} rows, {len(own)} fields {verb}")


def _read_csv(file: Path) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header, and each row with the number of the line it begins on.

    As spreadsheet programs save it: in UTF-8 or Windows-1252, parted by commas or semicolons,
    without the empty cells at the end of a row. Raises Refused for what is no csv.
    """
    text = _csv_text(file)
    first = text.partition("\n")[0]
    parted = ";" if first.count(";") > first.count(",") else ","
    read = csv.reader(StringIO(text, newline=""), strict=True, delimiter=parted)
    try:
        header = [cell.strip() for cell in next(read, [])]
        while header and not header[-1]:
            header.pop()
        rows = []
        line = read.line_num + 1
        for cells in read:
            if any(cell.strip() for cell in cells):
                if any(cell.strip() for cell in cells[len(header) :]):
                    raise Refused(
                        f"{file.name}, row {line}: {len(cells)} cells, the header has {len(header)}"
                    )
                texts = [from_sheet(cell) for cell in cells[: len(header)]]
                texts += [""] * (len(header) - len(texts))
                rows.append((line, dict(zip(header, texts, strict=True))))
            line = read.line_num + 1
    except csv.Error as error:
        raise Refused(f"{file.name}, row {read.line_num}: {error}") from error
    return header, rows


def _csv_text(file: Path) -> str:
    """The file as text; of what is not UTF-8 it is said that it was read as Windows-1252."""
    try:
        return read_text(file).removeprefix("\ufeff")
    except NotUtf8:
        stderr(f"{file.name} is not UTF-8: read as Windows-1252, as Excel saves a plain csv")
        try:
            return file.read_bytes().decode("cp1252")
        except UnicodeDecodeError as error:
            raise Refused(
                f"{file.name} is neither UTF-8 nor Windows-1252 at byte {error.start}",
                hint="save it as CSV UTF-8",
            ) from error
