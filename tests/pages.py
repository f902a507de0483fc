"""Pages as a crawl would have brought them, put into a store directly."""

import hashlib
from datetime import UTC, datetime

import kb
from kb.keep import saving
from kb.keep.saving import ReadPage


def page(key: str, text: str, **more: object) -> ReadPage:
    """A page as a worker would have read it."""
    values = {
        "source": "a-site",
        "key": key,
        "url": f"https://a.example/{key}",
        "addresses": (f"https://a.example/{key}",),
        "fetched_at": datetime(2026, 11, 1, tzinfo=UTC),
        "body_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "sha256": hashlib.sha256(f"{key} {text}".encode()).hexdigest(),
        "reader": "1",
        "title": f"Race equality programme {key}",
        "summary": "",
        "text": text,
        "media_type": "text/html",
    }
    return ReadPage(**values | more)  # type: ignore[arg-type]


def held(base: kb.KnowledgeBase, key: str, text: str, **more: object) -> str:
    """A page that a crawl brought; its name."""
    with base.writing("crawl a-site") as writing:
        _, number = saving.save_all(writing, [page(key, text, **more)], run=1)[0]
    base.rescore()
    base.sign()
    base.bear()
    return f"d{number}"


def held_at_once(base: kb.KnowledgeBase, keys: list[str]) -> None:
    """Pages that one crawl brought, each with a text of its own."""
    with base.writing("crawl a-site") as writing:
        pages = [page(key, f"Race equality, page {key}.") for key in keys]
        saving.save_all(writing, pages, run=1)
    base.rescore()
