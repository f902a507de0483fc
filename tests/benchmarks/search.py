"""Starts `kb search` and `sqlite-utils search` (FTS5) on the same rows, and says the ratio.

    python -m tests.benchmarks.search [--documents 0]

The rows are the register and, with --documents, so many made pages beside it.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import kb
from kb.home import Home, shipped
from kb.keep import saving
from kb.keep.saving import ReadPage

WORDS = (
    "race equality boards trusts mentoring staff programme anti-racism network learning data "
    "patients services leaders review support people work health care community report pledge"
).split()
QUERY = "mentoring programme"
TIMES = 15


def made_page(number: int) -> ReadPage:
    """A page of some 300 words of its own."""
    chance = random.Random(number)
    text = " ".join(chance.choices(WORDS, k=300))
    address = f"https://a.example/{number}"
    return ReadPage(
        source="made", key=address, url=address, addresses=(address,), sha256=str(number),
        fetched_at=datetime(2026, 11, 1, tzinfo=UTC), body_sha256=str(number), reader="2",
        title=" ".join(chance.choices(WORDS, k=6)), summary="", text=text, media_type="text/html",
    )  # fmt: skip


def cold(*command: str) -> float:
    """The median seconds of a command, started anew each time."""
    taken = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def main() -> None:
    """Prints both times and their ratio."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--documents", type=int, default=0)
    count = asked.parse_args().documents
    tools = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as folder:
        base = kb.make(Home(Path(folder) / "home"), by="bench")
        pages = [made_page(number) for number in range(count)]
        if pages:
            with base.writing("crawl made") as writing:
                for page in pages:
                    saving.save_all(writing, [page], run=1)
        base.close()
        rows = [json.loads(line) for line in shipped("register.jsonl").read_text().splitlines()]
        table = [{n: row[n] for n in ("title", "organisation", "summary")} for row in rows]
        table += [{"title": p.title, "organisation": "", "summary": p.text} for p in pages]
        (Path(folder) / "rows.json").write_text(json.dumps(table))
        db = f"{folder}/fts.db"
        fts = f"{tools}/sqlite-utils"
        subprocess.run([fts, "insert", db, "rows", f"{folder}/rows.json"], check=True)
        columns = ("title", "organisation", "summary")
        subprocess.run([fts, "enable-fts", db, "rows", *columns, "--fts5"], check=True)
        theirs = cold(fts, "search", db, "rows", QUERY, "--limit", "20")
        ours = cold(
            f"{tools}/kb", "--home", f"{folder}/home", "search", *QUERY.split(), "-f", "json"
        )
    ratio = ours / theirs
    print(f"{len(table)} rows: sqlite-utils {theirs:.3f} s, kb {ours:.3f} s, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
