"""One quantity, one figure: whatever prints it prints the same."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import docx
import openpyxl
import pytest
from conftest import Command
from pages import held

from kb.base import KnowledgeBase
from kb.keep.acts import ActKind
from kb.keep.crawled import Outcome, Run
from kb.keep.decisions import Decision, Level
from kb.report.briefing_paper import briefing_paper
from kb.report.map_page import map_page
from kb.report.paper import capital, counted, how_many
from kb.report.paper_files import write_paper
from kb.workspace.sources import never_crawled, unwell

TEXT = (
    "Boards of NHS trusts are helped with race equality mentoring and anti-racism training, {0}. "
    "The programme called {0} is open to every trust of the region and {0} costs it nothing."
)


@pytest.fixture
def busy(base: KnowledgeBase) -> KnowledgeBase:
    """A home in which something of everything waits, was decided and went wrong."""
    for key in ("one", "two", "three", "four"):
        held(base, key, TEXT.format(key))
    held(base, "copy", TEXT.format("four"), title="Race equality programme four")
    held(base, "cars", "The car park is closed.", title="Cars")
    (row,) = base.screen.decide(["d1"], Decision.include)
    base.screen.decide(["d2"], Decision.exclude, reason="mention-only")
    slug = row.initiatives[0]
    base.register.tag(slug, ["role=support", "reach=england", "status=active", "audience=boards"])
    base.assess.assess(slug, "talent", Level.overlaps, quote=TEXT.format("one").split(". ")[0])
    base.assess.assess(slug, "using-data", Level.no_overlap)
    base.assess.assess("race-equality-week", "talent", Level.no_overlap)
    now = base.workspace.clock()
    sources = [s for s in base.workspace.declarations.sources.source if s.state == "on"]
    ended = [
        (sources[0], now, Outcome.ok),
        (sources[1], now, Outcome.failed),
        (sources[2], now - timedelta(days=3 * sources[2].every_days), Outcome.ok),
        (sources[3], now, Outcome.failed),
    ]
    runs = [
        Run(number=n, source=each.name, started=at, finished=at, outcome=outcome)
        for n, (each, at, outcome) in enumerate(ended, 1)
    ]
    with base.workspace.writing(ActKind.crawl, "crawl") as writing:
        writing.add_all(runs)
    base.sources.set_state(sources[3].name, "retired", why="moved")
    return base


def test_every_figure_is_the_same_wherever_it_is_printed(
    busy: KnowledgeBase, tmp_path: Path, run_kb: Command
) -> None:
    counts = busy.report.status()
    waiting, confirmed = counts["pages waiting"], counts["assessments confirmed"]
    never, ill = counts["sources never crawled"], counts["sources unwell"]
    assert (waiting, counts["pages decided"], confirmed, ill) == (2, 2, 3, 2)
    active = [s for s in busy.workspace.declarations.sources.source if s.state == "on"]
    assert never == len(active) - 3
    flow = {row.step: row.count for row in busy.screen.flow().rows if row.reason is None}
    excluded = sum(row.count for row in busy.screen.flow().rows if row.step == "excluded")
    assert flow["waiting"] == waiting == len(busy.screen.inbox().rows)
    assert flow["included"] + excluded == counts["pages decided"]
    steps = [row.count for row in busy.screen.flow().rows][1:-2]
    assert sum(steps) == flow["pages met"] == 6
    scanned = busy.report.map().scanned
    assert (scanned.waiting, scanned.confirmed) == (waiting, confirmed)
    assert (len(scanned.never), len(scanned.unwell)) == (never, ill)
    assert scanned.proposed == counts["proposals to confirm"]
    page = re.sub(r"\s+", " ", map_page(busy.report.map()))
    assert f"{waiting} pages wait to be read. {confirmed} assessments are confirmed" in page
    assert f"{never} sources were never crawled" in page
    assert f"{ill} sources are unwell" in page
    write_paper(tmp_path / "b.docx", briefing_paper(busy.report.brief()))
    words = "\n".join(p.text for p in docx.Document(str(tmp_path / "b.docx")).paragraphs)
    assert f"{counted(waiting, 'page')} that may hold an initiative" in words
    assert f"{never} were never crawled" in words
    assert f"{how_many(ill)} are unwell" in words
    total = confirmed + scanned.proposed
    assert f"{capital(counted(confirmed, 'assessment'))} of {total} " in words
    figures = {
        *(f"{waiting} pages waiting", f"{ill} sources unwell"),
        f"{never} sources never crawled",
    }
    told = busy.report.digest().waiting
    assert all(figure in told for figure in figures)
    unwell_rows = [row for row in busy.sources.list().rows if row.unwell_since]
    assert len(unwell_rows) == ill
    busy.close()
    assert run_kb("export", "all", "-o", str(tmp_path / "all.xlsx")).returncode == 0
    about = openpyxl.load_workbook(tmp_path / "all.xlsx").worksheets[0]
    said = {row[0]: row[1] for row in about.iter_rows(values_only=True)}
    assert {name: said[name] for name in counts} == counts
    shown = run_kb()
    assert all(figure in shown.stdout for figure in figures)


def test_a_retired_source_is_neither_unwell_nor_never_crawled(busy: KnowledgeBase) -> None:
    with busy.snapshot() as now:
        retired = [s.name for s in now.declarations.sources.source if s.state == "retired"]
        assert retired
        assert not set(retired) & (set(unwell(now)) | set(never_crawled(now)))


def test_what_is_overdue_by_more_than_its_cadence_is_unwell_from_that_day(
    busy: KnowledgeBase,
) -> None:
    with busy.snapshot() as now:
        late = [s for s in now.declarations.sources.source if s.name in unwell(now)][-1]
        last = now.last_runs[late.name].started.date()
        assert unwell(now)[late.name].since == last + timedelta(days=2 * late.every_days)
    day = datetime.combine(last + timedelta(days=2 * late.every_days), datetime.min.time(), UTC)
    busy.workspace.clock = lambda: day
    with busy.snapshot() as then:
        assert late.name not in unwell(then)
