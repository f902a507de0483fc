"""How long the lists take on a large register, beside the same command on an empty home.

    python -m tests.benchmarks.lists [--initiatives 2000] [--documents 5000]

Six assessments an initiative. Each figure is of a process of its own, the best of three.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import kb
from kb.home import Home
from kb.keep import saving
from kb.keep.acts import ActKind
from kb.keep.decisions import Assessment, Basis, Initiative, Level, Membership, Profile, Tag
from tests.pages import page

WORDS = (
    "race equality boards trusts mentoring staff programme anti-racism network learning data "
    "patients services leaders review support people work health care community report chairs"
).split()
COMMANDS = ("gaps", "overlaps", "recheck", "initiatives", "inbox", "moved 2026-01-03")
MEANS = ("network", "course", "guide", "report", "dashboard", "advice", "award")
TIMES = 2


def text(number: int) -> str:
    """Some four hundred words that no other page has."""
    chance = random.Random(number)
    return " ".join(
        f"{' '.join(chance.choices(WORDS, k=12)).capitalize()} number {number}." for _ in range(30)
    )


def filled(folder: Path, initiatives: int, documents: int) -> None:
    """A home with so many of each; what was assessed quotes its page."""
    began = datetime(2026, 1, 1, tzinfo=UTC)
    base = kb.make(Home(folder), by="ana", register=False, clock=lambda: began)
    base.workspace.clock = lambda: datetime(2026, 1, 3, tzinfo=UTC)
    with base.workspace.writing(ActKind.crawl, "crawl a-site") as writing:
        pages = [page(f"p{number}", text(number)) for number in range(documents)]
        saved = saving.save_all(writing, pages, run=1)
    base.screen.derive()
    strands = base.workspace.declarations.offer.strand
    chance = random.Random(1)
    with base.workspace.writing(ActKind.import_, "import") as writing:
        made = [Initiative(slug=f"i{number}") for number in range(initiatives)]
        writing.add_all(made)
        ids = [row.id or 0 for row in made]
        writing.add_all(
            [
                Profile(
                    initiative=number,
                    title=f"Programme {number}",
                    organisation=f"Body {number % 300}",
                )
                for number in ids
            ]
        )
        writing.add_all(
            [
                Tag(initiative=number, facet=facet, code=code)
                for number in ids
                for facet, code in (
                    ("role", "support"),
                    ("reach", "england"),
                    ("audience", "boards"),
                    ("status", "active"),
                    ("means", chance.choice(MEANS)),
                )
            ]
        )
        writing.add_all(
            [Membership(document=saved[at][1], initiative=number) for at, number in enumerate(ids)]
        )
        writing.add_all(
            [
                Assessment(
                    initiative=number,
                    strand=strand.key,
                    person="ana",
                    level=chance.choice(list(Level)),
                    basis=Basis.confirmed,
                    quote=text(at)[:100],
                    revision=saved[at][1],
                    place=0,
                    strand_version=strand.version,
                )
                for at, number in enumerate(ids)
                for strand in chance.sample(strands, 6)
            ]
        )
    base.workspace.catch_up_index()
    base.close()


def seconds(folder: Path, command: str) -> float:
    """The best of three runs of the command, as json."""
    words = [sys.executable, "-m", "kb", "--home", str(folder), *command.split(), "-f", "json"]
    times = []
    for _ in range(TIMES):
        began = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        times.append(time.perf_counter() - began)
    return min(times)


def main() -> None:
    """Prints each figure beside that of an empty home."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--initiatives", type=int, default=2_000)
    parser.add_argument("--documents", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large, empty = Path(folder) / "large", Path(folder) / "empty"
        filled(large, options.initiatives, options.documents)
        began = datetime(2026, 1, 1, tzinfo=UTC)
        with (
            kb.make(Home(empty), by="ana", register=False, clock=lambda: began) as base,
            base.workspace.writing(ActKind.crawl, "crawl a-site"),
        ):
            pass  # an act, from which `moved` can reckon
        for command in COMMANDS:
            few, many = seconds(empty, command), seconds(large, command)
            print(f"{command:18} {few:6.2f} s empty {many:6.2f} s  + {many - few:5.2f} s")


if __name__ == "__main__":
    main()
