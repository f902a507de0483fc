"""Commands on the register: initiatives, show, tag, edit, decisions."""

import sys
from typing import Annotated

import typer

from kb.cli.drawing import console, fields
from kb.cli.filtering import Audience, Kind, Organisation, Reach, Region, Role, Status, codes
from kb.cli.opening import AsOf, By, Why, opened
from kb.cli.output import Shown, listing, stderr
from kb.cli.output import show as show_table
from kb.errors import Refused, Unknown
from kb.report.lists import DecisionRow, InitiativeRow
from kb.report.safe import for_terminal
from kb.report.tables import text_of, write_json
from kb.table import Table
from kb.workspace.workspace import is_document

# Fields that we write; titles, names and quotes are others' own words.
OUR_SENTENCES = ("summary", "learning")

app = typer.Typer(rich_markup_mode=None)


@app.command()
@listing
def initiatives(
    ctx: typer.Context,
    organisation: Organisation = None,
    region: Region = None,
    role: Role = None,
    reach: Reach = None,
    kind: Kind = None,
    audience: Audience = None,
    status: Status = None,
    strand: Annotated[str | None, typer.Option(help="Assessed against this strand.")] = None,
    own: Annotated[
        bool | None, typer.Option("--own/--others", help="Only our own, or only of others.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what has gone quiet.")] = False,
    as_of: AsOf = None,
) -> Table[InitiativeRow]:
    """List the initiatives of the register.

    A region finds what serves it, wider regions too.

    Example: kb initiatives --role support --region London --others
    """
    by_code = codes(
        region=region, role=role, reach=reach, kind=kind, audience=audience, status=status
    )
    with opened(ctx, as_of=as_of) as base:
        return base.register.list(
            codes=by_code, organisation=organisation, strand=strand, own=own, only_quiet=quiet
        )


@app.command()
def show(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="A slug, a number, or d42.")],
    history: Annotated[bool, typer.Option("--history", help="Who said what, when.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="What the last change of a page changed.")
    ] = False,
    capture: Annotated[
        bool, typer.Option("--capture", help="How a page was received, and what allowed it.")
    ] = False,
    as_of: AsOf = None,
    format: Annotated[str, typer.Option("--format", "-f", help="table or json.")] = "table",
) -> None:
    """Show one initiative, or one page, in full.

    Example: kb show race-equality-week
    """
    if format not in ("table", "json") and not history:
        raise Unknown("format", format, ("table", "json"), where="kb show")
    with opened(ctx, as_of=as_of) as base:
        if (diff or capture) and not is_document(name):
            asked = "--diff" if diff else "--capture"
            raise Refused(f"{asked} is of a page, as d42, not of {name!r}", hint=f"kb show {name}")
        if diff:
            lines = base.register.difference(name)
            console().print("\n".join(map(for_terminal, lines)) or "one version", soft_wrap=True)
            return
        if history:
            show_table(base.register.history(name), Shown(format))
            return
        read = base.register.document if is_document(name) else base.register.initiative
        values = (base.register.capture if capture else read)(name).values()
    if format == "json":
        if values.get("described_to_us"):
            values["text"] = None  # never exported whole
        write_json(list(values), [values], sys.stdout)
    else:
        fields(values)


@app.command()
def tag(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    texts: Annotated[list[str], typer.Argument(metavar="FACET=CODE...")],
    remove: Annotated[bool, typer.Option("--remove", help="Take the codes away.")] = False,
    by: By = None,
) -> None:
    """Code an initiative by the code book.

    A bare CODE is enough where one facet alone has it. Codes of one facet add up.

    Example: kb tag race-equality-week role=support reach=england audience=boards,hr-and-od
    """
    with opened(ctx, by) as base:
        tags = base.register.tag(name, texts, remove=remove)
    coded = "; ".join(f"{facet}={','.join(codes)}" for facet, codes in tags.items())
    stderr(f"{name}: {coded}")


@app.command()
def edit(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID")],
    texts: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE...")],
    why: Why = "",
    by: By = None,
) -> None:
    """Set fields of an initiative, or its relations to others.

    Relations: part-of, adopts, succeeds, evaluates.

    Example: kb edit race-equality-week title="Race Equality Week" part-of=race-equality-matters
    """
    with opened(ctx, by) as base:
        changed = base.register.edit(name, texts, why=why)
        lexicon = base.workspace.declarations.lexicon
    shown = "; ".join(f"{field}={text_of(value)}" for field, value in changed.items())
    stderr(f"{name}: {shown or 'nothing changed'}")
    ours = " ".join(str(changed[field]) for field in OUR_SENTENCES if changed.get(field))
    stderr(*(f"house style: {each}" for each in lexicon.style(ours)))


@app.command()
@listing
def decisions(ctx: typer.Context, as_of: AsOf = None) -> Table[DecisionRow]:
    """List decisions on pages, strands and doubles, newest first.

    Example: kb decisions -o decisions.csv
    """
    with opened(ctx, as_of=as_of) as base:
        return base.register.decisions()
