"""Works out how a site lets itself be read: each shape is tried on it, with a small budget."""

import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kb.collect.crawl import crawl
from kb.contract import Budget, Shape, Source
from kb.errors import Refused
from kb.home import DECLARATIONS, Home
from kb.keep import documents
from kb.keep.crawled import Run
from kb.keep.documents import StoredDocument
from kb.keep.store import Store
from kb.workspace.workspace import Workspace

TRIED = Budget(requests=15, minutes=3, depth=3)
GOVUK = "www.gov.uk"


@dataclass(frozen=True)
class Proposal:
    """A source as it could be declared, and some of the pages a crawl of it would hold."""

    source: Source
    pages: tuple[tuple[str, str], ...]  # title, address


def propose(workspace: Workspace, source: Source, *, contact: str) -> Proposal:
    """The source in the shape that its site lets itself be read by, the most telling first.

    Every shape is crawled into a home of its own that is dropped afterwards, with the manners
    of any crawl. Raises Refused where no shape finds a page, with what came in place of them.
    """
    with tempfile.TemporaryDirectory(prefix="kb-try-") as folder:
        trial = Home(Path(folder))
        for name in DECLARATIONS:
            text = workspace.declarations.texts[name]
            trial.declaration(name).write_text(text, encoding="utf-8")
        Store.create(trial.store).close()
        with closing(Workspace(trial, by=workspace.by)) as trying:
            tried = [_tried(source, shape) for shape in _shapes(source)]
            runs = crawl(trying, tried, contact=contact, tell=lambda _: None)
            with trying.store.reading() as reading:
                every = documents.stored(reading)
    for each in tried:
        pages = [page for page in every if page.source == each.name]
        if _fits(each.shape, pages):
            shown = tuple((page.title, page.url) for page in pages)
            return Proposal(source.model_copy(update={"shape": each.shape}), shown)
    raise Refused(
        f"no shape finds a page at {source.start[0]}: {_came(runs)}",
        hint="declare it by hand in sources.toml; shape 'by-hand' is never crawled",
    )


def _shapes(source: Source) -> list[Shape]:
    if urlsplit(source.start[0]).hostname == GOVUK:
        return [Shape.govuk]
    return [Shape.wordpress, Shape.feed, Shape.sitemap, Shape.listing]


def _tried(source: Source, shape: Shape) -> Source:
    trial = {"name": f"try-{shape}", "shape": shape, "budget": TRIED, "expect": 0}
    return source.model_copy(update=trial)


def _fits(shape: Shape, pages: Sequence[StoredDocument]) -> bool:
    """True where the shape brought a page, and WordPress one by its own API."""
    if shape is Shape.wordpress:  # it falls back to sitemap and feed where the API is closed
        return any(page.key.startswith("post:") for page in pages)
    return bool(pages)


def _came(runs: Sequence[Run]) -> str:
    return "; ".join(f"{run.source.removeprefix('try-')}: {run.why or run.outcome}" for run in runs)
