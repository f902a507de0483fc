"""Commands to begin with: init, status, and `kb` alone."""

import re
import sys
from collections.abc import Mapping

import typer

from kb.base import make
from kb.cli.drawing import bar, console, fields
from kb.cli.opening import By, opened
from kb.cli.output import stderr
from kb.errors import Unknown
from kb.home import new_home
from kb.report.tables import write_json

app = typer.Typer(rich_markup_mode=None)

FORMATS = ("table", "json")

WELL = "All is well, as far as the last crawls tell"
UNKNOWN = "No source was crawled yet"
# What waits for a person, and the command that shows it.
WAITING = {
    "to re-check": "kb review recheck",
    "conflicts": "kb review conflicts",
    "yours to read again": "kb review --mine",
    "pages waiting": "kb review inbox",
    "proposals to confirm": "kb review proposals",
    "likely doubles": "kb review same",
    "sources never crawled": "kb crawl --due",
    "sources unwell": "kb sources check",
}


@app.command()
def init(ctx: typer.Context, by: By = None) -> None:
    """Make a knowledge base with the shipped register and an index.

    Example: kb --home scan init
    """
    folder, environment = ctx.find_root().obj
    home = new_home(folder, environment)
    with make(home, by=by or environment.user) as base:
        counts = base.report.status()
    stderr(
        f"made {home.path}: {counts['initiatives of others']} initiatives of others, "
        f"{counts['initiatives of our own']} of our own, {counts['sources']} sources"
    )


@app.command()
def status(ctx: typer.Context, format: str = typer.Option("table", "--format", "-f")) -> None:
    """Count what is held and what waits.

    Example: kb status
    """
    if format not in FORMATS:
        raise Unknown("format", format, FORMATS, where="kb status")
    with opened(ctx) as base:
        counts = base.report.status()
    if format == "table":
        _say_health(counts)
        most = max(counts.values(), default=0) if sys.stdout.isatty() else 0
        fields({name: f"{count} {bar(count, most)}".strip() for name, count in counts.items()})
    else:
        write_json(list(counts), [counts], sys.stdout)


def singular(name: str) -> str:
    """The name of a count of one: `1 page waiting`."""
    return re.sub(r"^(page|proposal|conflict|source|likely double|decision|level)s\b", r"\1", name)


def waiting(ctx: typer.Context) -> None:
    """Prints what waits, each with its command."""
    with opened(ctx) as base:
        counts = base.report.status()
    there = {name: counts[name] for name in WAITING if counts[name]}
    most = max(there.values(), default=0) if sys.stdout.isatty() else 0
    lines = {
        f"{bar(count, most)}{count} {singular(name) if count == 1 else name}": WAITING[name]
        for name, count in there.items()
    }
    _say_health(counts)
    fields(dict(lines) or {"nothing waits": "kb --help lists the commands"})


def _say_health(counts: Mapping[str, int]) -> None:
    """In one line, whether all is well as far as the counts tell."""
    ill, never = counts["sources unwell"], counts["sources never crawled"]
    if ill:
        words = f"{ill} {singular('sources unwell') if ill == 1 else 'sources unwell'}"
        line = f"Not all is well: {words}"
    else:
        line = UNKNOWN if never == counts["sources"] else WELL
    console().print(f"{line}; kb doctor looks at everything")
