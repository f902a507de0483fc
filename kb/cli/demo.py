"""The demo: the whole of kb on the real register and a small invented site on this machine."""

import json
import tempfile
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import typer

from kb.base import KnowledgeBase, make
from kb.cli.collecting import summary
from kb.cli.drawing import console
from kb.cli.output import Shown, show, stderr
from kb.collect.crawl import crawl
from kb.errors import Refused
from kb.home import Home, shipped
from kb.keep.decisions import Basis, Decision, Level
from kb.report.tables import format_of, write_file

app = typer.Typer(rich_markup_mode=None)

BY = "ana"
SITES = ("northvale", "tarnvalley", "lanternhouse")
ADDRESS = "http://demo.invalid"  # what the shipped files call the site


@app.command()
def demo(ctx: typer.Context) -> None:
    """See what kb is for, in a new folder and on this machine alone.

    Everything happens in a new folder (or --home) and on this machine alone.

    Example: kb demo
    """
    folder, _ = ctx.find_root().obj
    home = Home(Path(folder) if folder else Path(tempfile.mkdtemp(prefix="kb-demo-")))
    if home.path.exists() and any(home.path.iterdir()):
        raise Refused(
            f"the folder {str(home.path)!r} is not empty", hint="kb demo alone makes a new folder"
        )
    with served(shipped("demo")) as address:
        home.path.mkdir(parents=True, exist_ok=True)
        for name in ("sources.toml", "bodies.toml"):
            text = "\n".join(
                each.read_text(encoding="utf-8") for each in (shipped(name), shipped("demo") / name)
            )
            home.declaration(name).write_text(text.replace(ADDRESS, address), encoding="utf-8")
        with make(home, by=BY) as base:
            walk(base)
    _next(home)


def walk(base: KnowledgeBase) -> None:
    """One pass through the work, each step shown."""
    counts = base.report.status()
    _step(
        f"The register: {counts['initiatives of others']} initiatives of others, "
        f"{counts['initiatives of our own']} of our own"
    )
    _step("A crawl of three invented sites on this machine: a listing, a sitemap, a feed")
    sources = [base.workspace.declarations.sources.get(name) for name in SITES]
    for run in crawl(base.workspace, sources, contact="", tell=lambda run: None):
        stderr(summary(run))
    _step("The inbox: what looks like an initiative, and the words that say so")
    show(base.screen.inbox(limit=8), Shown())
    stderr(inbox_against_truth(base))
    _step(f"Two decisions by {BY}: included, coded, assessed by a quote from the page")
    with (shipped("demo") / "decisions.toml").open("rb") as file:
        for decision in tomllib.load(file)["decision"]:
            decide(base, decision)
    _step("Overlaps: what others already do, the two confirmed first")
    table = base.assess.overlaps()
    confirmed_first = sorted(
        table.rows, key=lambda row: (row.basis != Basis.confirmed, not row.counted)
    )
    show(replace(table, rows=confirmed_first), Shown(limit=8))
    _step("Gaps: where each strand of the offer stands")
    show(base.assess.gaps(), Shown())
    _step("Exports")
    for name in ("overlaps.csv", "gaps.csv", "initiatives.json"):
        path = base.workspace.home.path / name
        exported = base.table(path.stem)
        write_file(path, exported.columns, exported.cells(), format=format_of(path))
        stderr(f"{len(exported.rows)} rows in {path}")


def inbox_against_truth(base: KnowledgeBase) -> str:
    """How the inbox compares with what whoever wrote the pages says of each."""
    truth: dict[str, bool] = json.loads((shipped("demo") / "truth.json").read_text())
    waiting = {"/".join(row.url.rsplit("/", 2)[1:]) for row in base.screen.inbox().rows}
    offered = waiting & set(truth)
    right = sum(truth[page] for page in offered)
    total = sum(truth.values())
    return (
        f"of {len(truth)} pages {total} are initiatives; the inbox holds {right} of them and "
        f"{len(offered) - right} others: precision {right / len(offered):.2f}, "
        f"recall {right / total:.2f}"
    )


def decide(base: KnowledgeBase, decision: dict[str, Any]) -> None:
    """Includes the page of that name, codes what it made, and assesses that."""
    waiting = base.screen.inbox(everything=True).rows
    document = next(
        row.document for row in waiting if row.url.endswith(f"/{decision['page']}.html")
    )
    (slug,) = base.screen.decide([document], Decision.include)[0].initiatives
    base.register.tag(slug, decision["codes"])
    row = base.assess.assess(
        slug, decision["strand"], Level(decision["level"]), quote=decision["quote"]
    )
    stderr(f"{slug} {row.level} {row.strand}: {row.quote!r}")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serves the folder on loopback; the address, without a slash at the end."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        """As ever; a sitemap or feed names this server, whatever its port is."""
        if not self.path.endswith(".xml"):
            super().do_GET()
            return
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        here = f"http://{self.headers['Host']}"
        body = file.read_text(encoding="utf-8").replace(ADDRESS, here).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the run tells what was fetched."""


def _step(text: str) -> None:
    console().print(f"\n== {text}")


def _next(home: Home) -> None:
    _step("Try next")
    for command in (
        "gaps",
        "overlaps hearts-and-minds",
        "search reverse mentoring",
        "inbox",
        "show chairs-conversations-on-race",
        "decisions",
    ):
        console().print(f"kb --home {home.path} {command}", soft_wrap=True)
