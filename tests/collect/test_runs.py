"""What a run came to, by what it met and what failed: rules on counts, without a crawl."""

from datetime import UTC, datetime
from typing import Any

import pytest

import kb
from kb.collect.crawl import no_connection
from kb.collect.runs import RunUnderWay, met_by
from kb.collect.worker import Workers
from kb.contract import Source
from kb.declare.lexicon import Lexicon
from kb.keep.acts import ActKind
from kb.keep.crawled import Outcome, Run
from kb.screen.relevance import Scorer
from kb.workspace.sources import never_crawled, unwell

START = "https://a.example/list"
NOW = datetime.now(UTC)
NO_READERS = Workers(Scorer(Lexicon(term=())))  # none starts before it is asked


def run(base: kb.KnowledgeBase, *, new: int = 10, **fields: Any) -> RunUnderWay:
    declared = {"name": "a", "organisation": "NHS England", "shape": "feed", "start": [START]}
    source = Source.model_validate(declared | fields)
    made = RunUnderWay(
        base.workspace, source, 1, base.workspace.clock(), lambda run: None, NO_READERS
    )
    made.counts["new"] = new
    return made


def test_a_run_that_met_what_was_expected_is_ok(base: kb.KnowledgeBase) -> None:
    assert run(base, expect=10).outcome() == (Outcome.ok, "")


@pytest.mark.parametrize(
    ("failures", "outcome"),
    [
        (("robots", "blocked"), Outcome.blocked),
        (("robots", "timeout"), Outcome.failed),
        ((), Outcome.failed),
    ],
)
def test_a_run_that_met_nothing_is_blocked_or_failed(
    base: kb.KnowledgeBase, failures: tuple[str, ...], outcome: Outcome
) -> None:
    empty = run(base, new=0)
    for number, failure in enumerate(failures):
        empty.failed(failure, f"https://a.example/{number}")
    assert empty.outcome()[0] == outcome
    assert all(failure in empty.outcome()[1] for failure in failures)


def test_fewer_than_expected_or_half_of_the_usual_is_partial(base: kb.KnowledgeBase) -> None:
    few = run(base, expect=11)
    assert few.outcome() == (Outcome.partial, "10 documents, expected 11")
    usual = run(base)
    usual.usual = 20
    assert usual.outcome()[0] == Outcome.ok
    usual.usual = 21
    assert usual.outcome() == (Outcome.partial, "10 documents, 21 in the last ok runs")


def test_a_fifth_of_failures_is_borne_and_more_is_not(base: kb.KnowledgeBase) -> None:
    failing = run(base, new=8)
    for number in range(2):
        failing.failed("timeout", f"https://a.example/{number}")
    assert failing.outcome() == (Outcome.ok, "2 timeout")
    failing.failed("timeout", "https://a.example/2")
    assert failing.outcome()[0] == Outcome.partial
    elsewhere = run(base, new=8)
    for number in range(20):
        elsewhere.failed("elsewhere", f"https://a.example/{number}")
    assert elsewhere.outcome()[0] == Outcome.ok


def test_a_lost_start_or_a_must_find_that_was_not_met_is_partial(base: kb.KnowledgeBase) -> None:
    lost = run(base)
    lost.failed("timeout", START)
    assert lost.outcome()[0] == Outcome.partial
    missed = run(base, must_find=["https://a.example/one"])
    assert missed.outcome()[0] == Outcome.partial
    missed.addresses.add("https://a.example/one")
    assert missed.outcome()[0] == Outcome.ok


def test_what_was_counted_twice_counts_once(base: kb.KnowledgeBase) -> None:
    twice = run(base, new=0)
    twice.count_saved("new", 7)
    twice.count_saved("same", 7)
    assert (twice.pages, twice.counts["new"]) == (1, 1)


def test_the_record_names_an_address_a_failure(base: kb.KnowledgeBase) -> None:
    failing = run(base)
    failing.failed("timeout", "https://a.example/one")
    failing.failed("timeout", "https://a.example/two")
    record = failing.finished({"downloader/request_count": 12}, base.workspace.clock())
    assert record.errors == {"timeout": {"count": 2, "example": "https://a.example/one"}}
    assert (record.counts["requests"], record.counts["errors"]) == (12, 2)
    assert met_by(record) == 10
    assert met_by(Run(number=1, source="a", started=record.started, counts={})) == 0


def ended(base: kb.KnowledgeBase, source: str, *failures: str) -> Run:
    """A run that met nothing for those reasons."""
    at = base.workspace.clock()
    errors = {each: {"count": 1, "example": "https://a.example/"} for each in failures}
    outcome = Outcome.failed if failures else Outcome.ok
    return Run(number=1, source=source, started=at, finished=at, outcome=outcome, errors=errors)


def test_what_this_machine_did_not_read_says_nothing_of_the_site(base: kb.KnowledgeBase) -> None:
    slow = run(base, new=8)
    for number in range(40):
        slow.failed("not read (this machine)", f"https://a.example/{number}")
    assert slow.outcome() == (Outcome.ok, "40 not read (this machine)")


def test_no_source_becomes_unwell_by_this_machine(base: kb.KnowledgeBase) -> None:
    names = [each.name for each in base.workspace.declarations.sources.source[:3]]
    failures = (("not read (this machine)",), ("no connection",), ("timeout",))
    rows = [ended(base, name, *of_it) for name, of_it in zip(names, failures, strict=False)]
    with base.workspace.writing(ActKind.crawl, "crawl") as writing:
        writing.add_all(rows)
    with base.snapshot() as now:
        assert set(unwell(now)) == set(names[2:])
        assert set(names[:2]) <= set(never_crawled(now))


def test_no_connection_is_where_no_host_at_all_could_be_resolved() -> None:
    assert no_connection([False, False])
    assert not no_connection([False, True])
    assert not no_connection([])
