"""Reads pages of our own making, and says what is found of them, beside bare trafilatura.

    python -m tests.benchmarks.reading

F1, precision and recall by runs of four words, by form of page; time a page as a ratio.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import trafilatura

sys.path.insert(0, str(Path(__file__).parent.parent))

from kb.collect.body import ReceivedBody
from kb.collect.reading import read
from tests.gold_pages import FORMS, GoldPage, f1, gold_pages, shares


def ours(page: GoldPage) -> str:
    """The text as kb reads it."""
    return read(ReceivedBody(page.body, "text/html", "https://a.example/x")).text


def bare(page: GoldPage) -> str:
    """The text as trafilatura reads it with no options."""
    return trafilatura.extract(page.body) or ""


def measured(reader: Callable[[GoldPage], str], pages: list[GoldPage]) -> tuple[float, ...]:
    """F1, precision, recall (means over pages) and milliseconds of the processor a page."""
    begin = time.process_time()
    found = [shares(page.gold, reader(page)) for page in pages]
    spent = 1000 * (time.process_time() - begin) / len(pages)
    return (
        mean(f1(*each) for each in found),
        *(mean(each) for each in zip(*found, strict=True)),
        spent,
    )


def told(measures: tuple[float, ...]) -> str:
    """The three shares, side by side."""
    return "  ".join(f"{each:.3f}" for each in measures[:3])


def main() -> None:
    """Prints each figure with what it is against."""
    pages = gold_pages()
    print(f"{len(pages)} pages           F1 precision recall")
    for form in FORMS:
        some = [page for page in pages if page.form == form]
        for name, reader in (("kb", ours), ("trafilatura", bare)):
            print(
                f"{form:14} {name:11} {'  '.join(f'{x:.3f}' for x in measured(reader, some)[:3])}"
            )
    kb, peer = measured(ours, pages), measured(bare, pages)
    print(f"all            kb          {'  '.join(f'{x:.3f}' for x in kb[:3])}  (reach .960)")
    print(f"all            trafilatura {'  '.join(f'{x:.3f}' for x in peer[:3])}")
    print(f"time a page: {kb[3] / peer[3]:.2f} of trafilatura's")


if __name__ == "__main__":
    main()
