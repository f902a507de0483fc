"""The index: noticed when it is not whole, never in between, never in the way of a decision."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Command
from pages import held

import kb
from kb.find.entries import Filters, IndexEntry, Words
from kb.find.index import Locked, Missing, act_of, build, building, is_building, update
from kb.find.parsing import parse
from kb.find.search import Search
from kb.keep.decisions import Decision

MANY = 60
SLUG = "race-equality-programme-one"

# A process that builds or updates an index, and tells when it begins.
WRITES = """
import sys, time
from pathlib import Path
from kb.find.entries import IndexEntry, Words
from kb.find.index import build, update

def entries(word):
    for n in range(MANY):
        time.sleep(0.005)
        yield IndexEntry(f"d{n}", "documents", n, f"{word} {n}", "A Body", "", text=f"{word} text")

folder, how = Path(sys.argv[1]), sys.argv[2]
print("begun", flush=True)
if how == "build":
    build(folder, entries("later"), Words(), act=2)
else:
    update(folder, entries("later"), [f"d{n}" for n in range(MANY)], act=2)
print("done", flush=True)
""".replace("MANY", str(MANY))


@pytest.fixture(scope="module")
def mentoring_home(made_bare_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one initiative and its page. Do not write into it: copy it."""
    folder = Path(shutil.copytree(made_bare_home, tmp_path_factory.mktemp("one") / "home"))
    with kb.connect(folder, by="ana") as base:
        name = held(base, "one", "Reverse mentoring for the chairs of trusts.")
        base.screen.decide([name], Decision.include)
    return folder


@pytest.fixture
def home(mentoring_home: Path, tmp_path: Path) -> Path:
    """That home as a test's own."""
    return Path(shutil.copytree(mentoring_home, tmp_path / "home"))


def entry(number: int, word: str) -> IndexEntry:
    return IndexEntry(
        f"d{number}", "documents", number, f"{word} {number}", "A Body", "", text=word
    )


def built(folder: Path) -> Path:
    build(folder, [entry(number, "earlier") for number in range(MANY)], Words(), act=1)
    return folder


def count_of(folder: Path, word: str) -> int:
    search = Search(folder)
    try:
        return len(search.find(parse(word, search.words.alternatives), Filters()).numbers)
    finally:
        search.close()


def whole(folder: Path) -> None:
    """The index holds what was there before, or what came after; nothing in between."""
    assert act_of(folder) in (1, 2)
    assert {count_of(folder, "earlier"), count_of(folder, "later")} == {0, MANY}


@pytest.mark.parametrize("how", ["build", "update"])
def test_a_kill_at_any_moment_leaves_a_whole_index(tmp_path: Path, how: str) -> None:
    folder = built(tmp_path / "index")
    chance = random.Random(6)
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITES, str(folder), how], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(chance.uniform(0.0, 0.6))
            process.send_signal(signal.SIGKILL)
        whole(folder)
    built(folder)
    assert (count_of(folder, "earlier"), act_of(folder)) == (MANY, 1)
    assert sum(each.is_dir() for each in folder.iterdir()) == 1  # nothing of the killed is left


def test_searches_go_on_over_the_old_one_while_a_new_one_is_built(tmp_path: Path) -> None:
    folder = built(tmp_path / "index")
    ids = set()
    with subprocess.Popen(
        [sys.executable, "-c", WRITES, str(folder), "build"], stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            ids.add((count_of(folder, "earlier"), count_of(folder, "later")))
    assert process.returncode == 0
    assert (MANY, 0) in ids
    assert count_of(folder, "later") == MANY


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: _cut(next(folder.glob("*/*.seg"))),
        lambda folder: next(folder.glob("*/*.seg")).unlink(),
        lambda folder: _cut(next(folder.glob("*/*.toc"))),
        lambda folder: next(folder.glob("*/words.json")).unlink(),
        lambda folder: (folder / "state.json").write_text('{"form": '),
        lambda folder: (folder / "state.json").write_text("[]"),
        lambda folder: (folder / "state.json").write_bytes(b"\xff\xfe"),
        lambda folder: (folder / "state.json").unlink(),
    ],
)
def test_what_is_not_whole_is_noticed_and_made_anew(
    home: Path, run_kb: Command, damage: Callable[[Path], None]
) -> None:
    folder = home / "index"
    damage(folder)
    assert act_of(folder) is None
    with pytest.raises(Missing):
        Search(folder)
    ran = run_kb("search", "mentoring", "-f", "jsonl")
    assert (ran.returncode, "writing it" in ran.stderr) == (0, True)
    assert ran.stdout
    assert "writing it" not in run_kb("search", "mentoring", "-f", "jsonl").stderr


def test_an_index_that_another_kb_builds_is_searched_as_it_was(home: Path, run_kb: Command) -> None:
    file = home / "bodies.toml"
    file.write_text(file.read_text().replace('"NHS Confed"', '"NHS Confed", "Zebra Confed"'))
    with building(home / "index"):
        ran = run_kb("search", "mentoring", "-f", "jsonl")
    assert (ran.returncode, "from the old one" in ran.stderr) == (0, True)
    assert ran.stdout
    assert not is_building(home / "index")


def test_two_do_not_build_at_once(tmp_path: Path) -> None:
    folder = built(tmp_path / "index")
    with building(folder), pytest.raises(Locked):
        built(folder)
    assert count_of(folder, "earlier") == MANY


def test_a_decision_is_stored_where_the_index_cannot_be_had(base: kb.KnowledgeBase) -> None:
    file = base.workspace.home.declaration("bodies.toml")
    with building(base.workspace.home.index):
        file.write_text(file.read_text().replace('"NHS Confed"', '"NHS Confed", "Zebra Confed"'))
        with kb.connect(base.workspace.home.path, by="ana") as later:
            later.register.edit(SLUG, ["title=Race Equality Week, renamed"])
            assert (
                later.register.initiative(SLUG).stored.profile.title
                == "Race Equality Week, renamed"
            )
    with kb.connect(base.workspace.home.path) as after:
        after.workspace.catch_up_index()
    search = Search(base.workspace.home.index)
    hits = search.best(parse("week renamed", search.words.alternatives), Filters(), limit=1)
    search.close()
    assert [hit.slug for hit in hits] == [SLUG]


def test_an_update_of_nothing_has_nowhere_to_go(tmp_path: Path) -> None:
    with pytest.raises(Missing):
        update(tmp_path / "index", [], [], act=1)
