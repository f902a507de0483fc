"""A year of a scan over real crawls of a site that changes: what each step does to the lists."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import Site

import kb
from kb.base import KnowledgeBase
from kb.home import Home
from kb.keep.decisions import Decision, Level

pytestmark = pytest.mark.slow

CRAWL = """
import sys
from datetime import datetime
from pathlib import Path
from kb.workspace.workspace import Workspace
from kb.collect.crawl import choose, crawl
from kb.home import Home
if __name__ == "__main__":
    home, when = sys.argv[1:]
    base = Workspace(Home(Path(home)), by="timer", clock=lambda: datetime.fromisoformat(when))
    for run in crawl(base, choose(base, []), contact="", tell=lambda _: None, fresh=True):
        print(run.outcome, run.counts)
"""
NAMES = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()
STRANDS = {
    "alpha": "peer-learning", "beta": "peer-learning", "gamma": "hearts-and-minds",
    "delta": "what-works", "epsilon": "talent", "zeta": "talent", "eta": "using-data",
    "theta": "safe-spaces", "iota": "signposting", "kappa": "system-partnership",
}  # fmt: skip


def quote(name: str) -> str:
    return f"The {name} programme gathers chairs of every trust six times a year."


def put(site: Site, name: str, *more: str, sentences: str = "") -> None:
    site.page(
        f"/{name}",
        f"Race equality programme {name.title()}",
        sentences or quote(name),
        f"It is called {name} and was begun by {name} people who know what {name} is about.",
        *more,
    )


@pytest.fixture
def year(site: Site, tmp_path: Path) -> tuple[Home, Callable[[str], str]]:
    """An empty home with one source, and a crawl on a day."""
    home = Home(tmp_path / "home")
    home.path.mkdir()
    home.declaration("sources.toml").write_text(
        '[[source]]\nname = "a-site"\norganisation = "CQC"\nshape = "listing"\n'
        f'start = ["{site.address}/list"]\nmust_find = ["{site.address}/alpha"]\n'
    )
    began = datetime(2026, 1, 1, tzinfo=UTC)
    kb.make(home, by="ana", register=False, clock=lambda: began).close()
    script = tmp_path / "crawl.py"
    script.write_text(CRAWL)

    def crawl(when: str) -> str:
        command = [sys.executable, str(script), str(home.path), f"{when}T03:00:00+00:00"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return home, crawl


def on(home: Home, when: str) -> KnowledgeBase:
    moment = datetime.fromisoformat(f"{when}T12:00:00+00:00")
    return kb.connect(home.path, by="ana", clock=lambda: moment)


def rechecked(base: KnowledgeBase) -> dict[str, str]:
    return {
        str(row.initiative)[-7:].split("-")[-1]: str(row.cause)
        for row in base.assess.recheck().rows
    }


def causes(base: KnowledgeBase, since: str, until: str) -> set[tuple[str, str]]:
    rows = base.assess.moved_between(date.fromisoformat(since), date.fromisoformat(until)).rows
    return {(str(r.cause), str(r.row).split("-")[-1]) for r in rows if r.list_ == "overlaps"}


def test_a_year_of_a_scan(site: Site, year: tuple[Home, Callable[[str], str]]) -> None:
    home, crawl = year
    taken: dict[str, str] = {}

    def keep(base: KnowledgeBase, when: str) -> None:
        taken[when] = json.dumps(
            [base.assess.gaps().rows, base.assess.overlaps().rows], default=str
        )

    site.page("/list", "List", links=tuple(f"/{name}" for name in NAMES))
    for name in NAMES:
        put(site, name)
    assert "ok" in crawl("2026-01-10")

    with on(home, "2026-01-12") as base:
        for name in NAMES:
            page = base.workspace.document_at(f"{site.address}/{name}") or ""
            (row,) = base.screen.decide([page], Decision.include)
            slug = row.initiatives[0]
            base.register.tag(
                slug, ["role=support", "reach=england", "status=active", "audience=boards"]
            )
            base.assess.assess(slug, STRANDS[name], Level.overlaps, quote=quote(name))
        gaps = {row.strand: row for row in base.assess.gaps().rows}
        assert gaps["peer-learning"].overlaps == 2
        assert gaps["peer-learning"].position == "part-served"
        assert gaps["peer-learning"].grade == "A"
        assert gaps["board-accountability"].position in ("none-found", "not-assessed")
        assert base.assess.recheck().rows == []
        keep(base, "2026-01-12")

    put(site, "alpha", "A new paragraph beside what was quoted.")
    put(
        site,
        "beta",
        sentences="The beta programme now gathers chairs of every trust ten times a year.",
    )
    site.put("/gamma", "gone", 410)
    site.put("/delta", "", 301, Location=f"{site.address}/delta-moved")
    site.page(
        "/delta-moved", "Race equality programme Delta", quote("delta"), "It is called delta."
    )
    crawl("2026-03-01")

    with on(home, "2026-03-02") as base:
        assert rechecked(base) == {"beta": "quote gone", "gamma": "page gone"}
        by = {str(row.initiative)[-5:]: row for row in base.assess.recheck().rows}
        assert (
            by["-beta"].nearest
            == "The beta programme now gathers chairs of every trust ten times a year."
        )
        assert by["gamma"].would_become is not None
        assert causes(base, "2026-01-31", "2026-03-02") == {
            ("page changed", "beta"),
            ("page gone", "gamma"),
        }
        base.assess.renew(
            "race-equality-programme-beta", "peer-learning", quote=str(by["-beta"].nearest)
        )
        assert rechecked(base) == {"gamma": "page gone"}
        keep(base, "2026-03-02")

    file = home.declaration("offer.toml")
    text = file.read_text()
    text = text.replace("learn from one another across", "meet one another across", 1)
    start = text.index('[[strand]]\nkey = "talent"')
    end = text.index("[[strand]]", start + 10)
    talent = text[start:end]
    parts = [
        talent.replace('key = "talent"', f'key = "{key}"\nwas = "talent"', 1).replace(
            "[[strand]]\nkey", "[[strand]]\nkey", 1
        )
        for key in ("careers", "pipelines")
    ]
    file.write_text(text.replace(talent, "".join(parts), 1))
    with on(home, "2026-05-01") as base:
        assert rechecked(base) == {"gamma": "page gone"}
        assert any("offer changed" in note for note in base.assess.gaps().notes)
        base.assess.accept(why="as the board agreed")
    with on(home, "2026-05-02") as base:
        matches = {
            (str(r.initiative).split("-")[-1], str(r.strand), str(r.cause))
            for r in base.assess.recheck().rows
        }
        assert matches == {
            ("gamma", "hearts-and-minds", "page gone"),
            ("alpha", "peer-learning", "strand changed"),
            ("beta", "peer-learning", "strand changed"),
            ("epsilon", "careers", "strand split"), ("epsilon", "pipelines", "strand split"),
            ("zeta", "careers", "strand split"), ("zeta", "pipelines", "strand split"),
        }  # fmt: skip
        output = causes(base, "2026-03-31", "2026-05-02")
        assert {cause for cause, _ in output} == {"offer"}
        assert {name for _, name in output} == {"alpha", "beta", "epsilon", "zeta"}
        keep(base, "2026-05-02")

    with on(home, "2026-06-01") as base:
        base.register.merge(
            "race-equality-programme-eta", "race-equality-programme-theta", why="one and the same"
        )
        assert causes(base, "2026-05-31", "2026-06-01") == {
            ("merged or split", "eta"),
            ("merged or split", "theta"),
        }
        gaps = {row.strand: row for row in base.assess.gaps().rows}
        assert gaps["safe-spaces"].overlaps == 1
        keep(base, "2026-06-01")

    with on(home, "2026-12-31") as base:
        for when, then in taken.items():
            lists = base.at(date.fromisoformat(when)).assess
            again = json.dumps([lists.gaps().rows, lists.overlaps().rows], default=str)
            assert again == then, when
        output = base.assess.moved_between(date(2026, 1, 31))
        assert output.lead[0].startswith("Between 2026-01-31 and now, ")
        assert len(output.lead) == 3
