"""How quick search is: from a cold start, in a process, and in keeping its index.

    python -m tests.benchmarks.search [--documents 10000]

Cold, `kb search` stands beside `sqlite-utils search` (FTS5) on the same rows: the register alone,
and with 5,000 made pages. Building stands beside raw Whoosh with its own analyser, on made pages;
in a process, the same queries stand beside raw Whoosh and FTS5 on the same pages.
"""

import argparse
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path

from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.index import create_in, open_dir
from whoosh.qparser import MultifieldParser, OrGroup

import kb
from kb.find.entries import Filters, IndexEntry, Words
from kb.find.index import build, update
from kb.find.parsing import parse
from kb.find.search import Search
from kb.home import Home, shipped
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.saving import ReadPage
from tests.pages import page

WORDS = (
    "race equality boards trusts mentoring staff programme anti-racism network learning data "
    "patients services leaders review support people work health care community report pledge"
).split()
QUERY = "mentoring programme"
QUERIES = (
    "race equality", "reverse mentoring trusts", "board development", "microagressions", "wres",
    "anti-racism strategy midlands", "who offers board development on race", "programme 1200",
    "learning network chairs", "data report patients",
)  # fmt: skip
TIMES = 15


def made_page(number: int) -> ReadPage:
    """A page of some 300 words of its own."""
    chance = random.Random(number)
    text = " ".join(chance.choices(WORDS, k=300))
    return page(str(number), text, title=" ".join(chance.choices(WORDS, k=6)), source="made")


def cold(*command: str) -> float:
    """The median seconds of a command, started anew each time."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def cold_beside_sqlite(folder: Path, count: int) -> None:
    """Prints both times, with so many made pages beside the register, and their ratio."""
    tools = Path(sys.executable).parent
    base = kb.make(Home(folder / "home"), by="bench")
    pages = [made_page(number) for number in range(count)]
    if pages:
        with base.workspace.writing(ActKind.crawl, "crawl made") as writing:
            saving.save_all(writing, pages, run=1)
    base.close()
    rows = [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()]
    table = [{n: row[n] for n in ("title", "organisation", "summary")} for row in rows]
    table += [
        {"title": p.reading.title, "organisation": "", "summary": p.reading.text} for p in pages
    ]
    (folder / "rows.json").write_text(json.dumps(table))
    db, fts = f"{folder}/fts.db", f"{tools}/sqlite-utils"
    subprocess.run([fts, "insert", db, "rows", f"{folder}/rows.json"], check=True)
    columns = ("title", "organisation", "summary")
    subprocess.run([fts, "enable-fts", db, "rows", *columns, "--fts5"], check=True)
    theirs = cold(fts, "search", db, "rows", QUERY, "--limit", "20")
    ours = cold(f"{tools}/kb", "--home", f"{folder}/home", "search", *QUERY.split(), "-f", "json")
    ratio = ours / theirs
    print(f"cold, {len(table)} rows: sqlite-utils {theirs:.3f} s, kb {ours:.3f} s, {ratio:.2f}")


def entry(number: int, turn: int = 0) -> IndexEntry:
    """A made page as the index takes it in; another text each turn."""
    made = made_page(number + 1_000_000 * turn)
    name = f"d{number}"
    return IndexEntry(
        name, "documents", number, made.reading.title, "NHS England", made.url,
        text=made.reading.text, document=name,
    )  # fmt: skip


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def keeping(folder: Path, count: int) -> None:
    """Prints what building takes beside raw Whoosh, and an update of a hundredth beside it."""
    rows = [entry(number) for number in range(count)]
    building = seconds(lambda: build(folder / "index", rows, Words(), act=1))
    fields = {name: TEXT(StemmingAnalyzer(), stored=True) for name in ("title", "body", "text")}
    (folder / "raw").mkdir()
    writer = create_in(folder / "raw", Schema(id=ID(stored=True, unique=True), **fields)).writer(
        limitmb=128
    )

    def raw() -> None:
        for row in rows:
            writer.add_document(id=row.id, title=row.title, body=row.organisation, text=row.text)
        writer.commit()

    theirs = seconds(raw)
    later = [entry(number, 1) for number in range(0, count, 100)]
    updating = seconds(lambda: update(folder / "index", later, [each.id for each in later], act=2))
    speed, share = theirs / building, updating / building
    print(f"build, {count} pages: raw Whoosh {theirs:.1f} s, kb {building:.1f} s, {speed:.2f}")
    print(f"update of {len(later)}: {updating:.2f} s, {share:.3f} of building")


def timed(what: str, ask: Callable[[str], object]) -> float:
    """Prints how long the queries take that were asked before, and returns the median."""
    for typed in QUERIES:
        ask(typed)
    taken = sorted(seconds(lambda: ask(typed)) for _, typed in product(range(3), QUERIES))  # noqa: B023
    median, slow = statistics.median(taken), taken[int(len(taken) * 0.95)]
    print(f"warm, {what}: median {1000 * median:.1f} ms, p95 {1000 * slow:.1f} ms")
    return median


def warm(folder: Path, count: int) -> None:
    """Prints what a query takes in a process that has asked it before, and beside its peers."""
    search = Search(folder / "index")
    ours = timed(
        "kb",
        lambda typed: search.best(parse(typed, search.words.alternatives), Filters(), limit=20),
    )
    search.close()
    names = ("title", "body", "text")
    with open_dir(folder / "raw").searcher() as searcher:
        parser = MultifieldParser(names, searcher.schema, group=OrGroup)
        raw = timed(
            "raw Whoosh",
            lambda typed: [hit["id"] for hit in searcher.search(parser.parse(typed), limit=20)],
        )
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table pages using fts5(id unindexed, title, body, text)")
    rows = [entry(number) for number in range(count)]
    told = [(each.id, each.title, each.organisation, each.text) for each in rows]
    base.executemany("insert into pages values (?, ?, ?, ?)", told)
    asked = "select id from pages where pages match ? order by rank limit 20"
    fts = timed(
        "FTS5",
        lambda typed: base.execute(
            asked, [" OR ".join(f'"{word}"' for word in typed.split())]
        ).fetchall(),
    )
    base.close()
    print(f"warm: kb takes {ours / raw:.2f} of raw Whoosh, {ours / fts:.2f} of FTS5, by medians")


def main() -> None:
    """Prints each figure beside its peer's."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=10_000)
    count = parser.parse_args().documents
    for made in (0, 5_000):
        with tempfile.TemporaryDirectory() as folder:
            cold_beside_sqlite(Path(folder), made)
    with tempfile.TemporaryDirectory() as folder:
        keeping(Path(folder), count)
        warm(Path(folder), count)


if __name__ == "__main__":
    main()
