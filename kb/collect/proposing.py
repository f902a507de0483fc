"""Asks sites a little: how one lets itself be read, and whether what is declared still holds."""

import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kb.collect.crawl import Tell, addresses, crawl
from kb.contract import Budget, Shape, Source, normalised
from kb.errors import Refused
from kb.failures import FailureKind
from kb.home import DECLARATIONS, Home
from kb.keep import documents
from kb.keep.crawled import Alias, Outcome, Run
from kb.keep.documents import StoredDocument
from kb.keep.store import Store
from kb.workspace.workspace import Workspace

TRIED = Budget(requests=15, minutes=3, depth=3)
# The most telling first. What a site answers tells its shape, whatever its name.
SHAPES = (Shape.govuk, Shape.wordpress, Shape.feed, Shape.sitemap, Shape.listing)
BUILT_IN = {"posts", "pages"}  # types of WordPress that need not be declared


@dataclass(frozen=True)
class Proposal:
    """A source as it could be declared, and what a crawl of it would hold."""

    source: Source
    pages: tuple[StoredDocument, ...]  # some of them, the most relevant first
    named: int  # how many the site names, as far as that was looked through


@dataclass(frozen=True)
class Trial:
    """Crawls into a home that was dropped afterwards: the runs, and the pages that they met."""

    runs: dict[str, Run]  # by source
    pages: tuple[StoredDocument, ...]  # the most relevant first
    addresses: frozenset[str]  # normalised, at which a page was met

    def of(self, name: str) -> tuple[StoredDocument, ...]:
        """The pages of one source."""
        return tuple(page for page in self.pages if page.source == name)


def propose(workspace: Workspace, source: Source, *, contact: str, tell: Tell) -> Proposal:
    """The source in the shape that its site lets itself be read by, the most telling first.

    Every shape is tried with a small budget and the manners of any crawl. Raises Refused where
    none finds a page, with what came in place of them.
    """
    tried = {f"try-{shape}": shape for shape in SHAPES}
    trial = _tried(
        workspace,
        [source.model_copy(update=_small(name, shape)) for name, shape in tried.items()],
        contact=contact,
        tell=tell,
    )
    for name, shape in tried.items():
        pages, run = trial.of(name), trial.runs[name]
        if not _fits(shape, pages):
            continue
        types = tuple(kind for kind in run.evidence.get("types", ()) if kind not in BUILT_IN)
        found = source.model_copy(update={"shape": shape, "types": types})
        return Proposal(found, pages, max(len(pages), run.evidence.get("named", 0)))
    came = (
        f"{name.removeprefix('try-')}: {run.why or run.outcome}" for name, run in trial.runs.items()
    )
    raise Refused(
        f"no shape finds a page at {source.start[0]}: {'; '.join(came)}",
        hint="declare it by hand in sources.toml; shape 'by-hand' is never crawled",
    )


def confirmable(sources: Iterable[Source], *, again: bool = False) -> list[Source]:
    """Those that a crawl can confirm: on, crawled at all, and (or `again`) not confirmed yet."""
    return [
        each
        for each in sources
        if each.state == "on" and each.shape != Shape.by_hand and (again or not each.checked)
    ]


def doubts(
    workspace: Workspace, sources: Sequence[Source], *, contact: str, tell: Tell
) -> dict[str, list[str]]:
    """Source to what of its declaration does not hold; an empty list where all does.

    Each is asked for a few pages in its declared shape, and for every page it must find.
    """
    asked = [each.model_copy(update=_small(each.name, each.shape)) for each in sources]
    wanted = {url: each.name for each in sources for url in each.must_find if each.holds(url)}
    if wanted:
        asked.append(addresses(wanted))
    trial = _tried(workspace, asked, contact=contact, tell=tell)
    found: dict[str, list[str]] = {each.name: [] for each in sources}
    for each in sources:
        run = trial.runs[each.name]
        if moved := run.evidence.get("moved"):
            found[each.name].append(f"has moved to {moved}")
        elif not trial.of(each.name) or run.outcome in (Outcome.failed, Outcome.blocked):
            found[each.name].append(f"cannot be read as {each.shape}: {run.why or run.outcome}")
        elif not _fits(each.shape, trial.of(each.name)):
            found[each.name].append(f"is not read as {each.shape}: {FailureKind.closed_api}")
    for url, name in wanted.items():
        if normalised(url) not in trial.addresses:
            found[name].append(f"must_find {url} was not found")
    return found


def _small(name: str, shape: Shape) -> dict[str, object]:
    return {"name": name, "shape": shape, "budget": TRIED, "expect": 0, "must_find": ()}


def _tried(workspace: Workspace, sources: Sequence[Source], *, contact: str, tell: Tell) -> Trial:
    """Crawls the sources into a home of its own."""
    with tempfile.TemporaryDirectory(prefix="kb-try-") as folder:
        home = Home(Path(folder))
        for name in DECLARATIONS:
            home.declaration(name).write_text(workspace.declarations.texts[name], encoding="utf-8")
        Store.create(home.store).close()
        with closing(Workspace(home, by=workspace.by)) as trying:
            runs = crawl(trying, sources, contact=contact, tell=tell)
            with trying.store.reading() as reading:
                pages = documents.stored(reading)
                known = frozenset(alias.url for alias in reading.rows(Alias))
    pages = sorted(pages, key=lambda page: -(page.score or 0))
    return Trial({run.source: run for run in runs}, tuple(pages), known)


def _fits(shape: Shape, pages: Sequence[StoredDocument]) -> bool:
    """True where the shape brought a page, and WordPress one by its own interface."""
    if shape is Shape.wordpress:  # it falls back to sitemap and feed where that is closed
        return any(page.key.startswith("post:") for page in pages)
    return bool(pages)
