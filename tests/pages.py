"""Pages as a crawl would have brought them, put into a store directly."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import kb
from kb.contract import Page
from kb.keep import documents, saving
from kb.keep.acts import ActKind
from kb.keep.documents import StoredDocument
from kb.keep.saving import ReadPage
from kb.text.page_reading import PageReading

FETCHED = datetime(2026, 11, 1, tzinfo=UTC)


def page(
    key: str,
    text: str,
    *,
    source: str = "a-site",
    title: str = "",
    addresses: tuple[str, ...] = (),
    fetched_at: datetime = FETCHED,
) -> ReadPage:
    """A page as a worker would have read it."""
    url, title = f"https://a.example/{key}", title or f"Race equality programme {key}"
    response = Page(
        source=source, key=key, url=url, fetched_at=fetched_at, status=200, media_type="text/html",
        body=b"",
    )  # fmt: skip
    content = hashlib.sha256(f"{key} {title} {text}".encode()).hexdigest()
    reading = PageReading(title=title, summary="", text=text, reader="1", sha256=content)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return ReadPage(response, reading, key, url, addresses or (url,), digest)


def save(base: kb.KnowledgeBase, *pages: ReadPage, run: int = 1) -> list[int]:
    """Saves pages as a crawl does, as one act; the ids of their documents."""
    with base.workspace.writing(ActKind.crawl, "crawl a-site", subject="a-site") as writing:
        return [number for _, number in saving.save_all(writing, pages, run=run)]


def held(base: kb.KnowledgeBase, key: str, text: str, **more: Any) -> str:
    """A page that a crawl brought; its name."""
    (number,) = save(base, page(key, text, **more))
    base.screen.derive()
    return f"d{number}"


def held_at_once(base: kb.KnowledgeBase, keys: list[str]) -> None:
    """Pages that one crawl brought, each with a text of its own."""
    save(base, *(page(key, f"Race equality, page {key}.") for key in keys))
    base.screen.derive()


def documents_by_path(home: Path) -> dict[str, StoredDocument]:
    """The path of its address to each document that is held, with its content."""
    with kb.connect(home) as base, base.workspace.store.reading() as reading:
        every = documents.with_content(reading, documents.stored(reading))
        return {urlsplit(document.url).path: document for document in every}
