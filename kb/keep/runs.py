"""Runs: begun, ended, and the last of each source."""

from datetime import datetime

from sqlmodel import func, select

from kb.keep.crawled import Outcome, Run
from kb.keep.store import Reading, Writing


def begin(writing: Writing, source: str, started: datetime) -> Run:
    """A running run with the next number."""
    last = writing.session.exec(select(func.max(Run.number))).one()
    return writing.add(Run(number=(last or 0) + 1, source=source, started=started))


def finish(writing: Writing, run: Run) -> Run:
    """The finished run in place of the running row of its number."""
    for row in writing.rows(Run, number=run.number):
        writing.end(row)
    return writing.add(run)


def last_runs(reading: Reading) -> dict[str, Run]:
    """Source name to its newest run that has ended, and that says something of the source."""
    return {
        run.source: run
        for run in reading.rows(Run)
        if run.outcome != Outcome.running and not run.failed_here
    }


def last_ok(reading: Reading) -> dict[str, Run]:
    """Source name to its newest run that was ok."""
    return {run.source: run for run in reading.rows(Run) if run.outcome == Outcome.ok}


def ok_runs(reading: Reading, source: str, most: int) -> list[Run]:
    """The last ok runs of a source, newest first."""
    rows = [row for row in reading.rows(Run, source=source) if row.outcome == Outcome.ok]
    return sorted(rows, key=lambda run: run.number, reverse=True)[:most]


def newest(reading: Reading, source: str | None = None, most: int | None = None) -> list[Run]:
    """Runs, newest first; of one source where it is named."""
    rows = reading.rows(Run, source=source) if source else reading.rows(Run)
    return sorted(rows, key=lambda run: run.number, reverse=True)[:most]


def unwell_since(reading: Reading) -> dict[str, datetime]:
    """Source name to when the first of its last runs began that were not ok in a row."""
    since: dict[str, datetime] = {}
    for run in reading.rows(Run):
        if run.outcome == Outcome.ok:
            since.pop(run.source, None)
        elif run.outcome != Outcome.running and not run.failed_here:
            since.setdefault(run.source, run.started)
    return since
