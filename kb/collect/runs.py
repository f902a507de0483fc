"""One run under way: what it met, what failed, and what it came to."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, Self

from scrapy.crawler import Crawler
from scrapy.settings import Settings

from kb.collect.one_text import OneText
from kb.collect.worker import Workers
from kb.contract import Page, Shape, Source, normalised
from kb.failures import NO_LOSS, FailureKind
from kb.keep import documents, runs
from kb.keep.acts import ActKind
from kb.keep.crawled import Forgotten, Outcome, Run
from kb.keep.documents import StoredDocument
from kb.keep.saving import ReadPage
from kb.keep.store import Writing
from kb.workspace.workspace import Workspace

FORBIDDEN = (FailureKind.robots, FailureKind.blocked, FailureKind.busy)
FAILING_SHARE = 0.2
MISSING_SHARE = 0.2
FEWEST_TO_MISS = 5  # of four documents one is a fifth: too few to tell a loss by
RUNS_TO_COMPARE = 5


@dataclass(frozen=True)
class SameBody:
    """A page whose body is the one we hold: nothing to read."""

    page: Page
    addresses: tuple[str, ...]
    document: StoredDocument


@dataclass
class RunUnderWay:
    """The workspace, the source, and what has been counted so far."""

    workspace: Workspace
    source: Source
    number: int
    started: datetime
    tell: Callable[["RunUnderWay"], None]
    workers: Workers
    fresh: bool = False  # validators and lastmod are not used
    leaves: int = 0  # documents that were asked for
    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[FailureKind] = field(default_factory=Counter)
    examples: dict[FailureKind, str] = field(default_factory=dict)
    failed_addresses: dict[str, FailureKind] = field(default_factory=dict)
    addresses: set[str] = field(default_factory=set)  # normalised addresses
    met_documents: set[int] = field(default_factory=set)
    absent: dict[int, bool] = field(default_factory=dict)  # document to: gone at once
    evidence: dict[str, Any] = field(default_factory=dict)
    broke: str = ""  # a fault of our own; the run has failed
    stopped: str = ""  # the part of the budget that was used up
    # What waits to be saved: pages, documents that are unchanged (with whether their address was
    # asked), and files whose page was not held yet (with its address).
    waiting: list[ReadPage | SameBody] = field(default_factory=list)
    unchanged: dict[int, bool] = field(default_factory=dict)
    links: list[tuple[int, str]] = field(default_factory=list)
    one_text: OneText = field(default_factory=OneText)
    saved_at: float = field(default_factory=time.monotonic)
    stored: dict[int, StoredDocument] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)  # normalised address to document
    forgotten: set[int] = field(default_factory=set)  # documents whose bodies are not archived
    keys: dict[str, int] = field(default_factory=dict)  # key to document
    usual: float = 0  # the median of documents in the last ok runs

    def __post_init__(self) -> None:
        with self.workspace.store.reading() as reading:
            rows = documents.of_source(reading, self.source.name)
            self.stored = {document.id: document for document in rows}
            self.keys = {document.key: document.id for document in rows}
            self.known = documents.addresses_of(reading, self.source.name)
            self.forgotten = {row.document for row in reading.rows(Forgotten)}
            last = runs.ok_runs(reading, self.source.name, RUNS_TO_COMPARE)
        self.usual = median([met_by(run) for run in last]) if last else 0

    def writing(self, kind: ActKind) -> AbstractContextManager[Writing]:
        """An act of this run. The index is written once, after all runs."""
        workspace, name = self.workspace, self.source.name
        return workspace.store.writing(
            kind, f"crawl {name}", subject=name, by=workspace.by, now=workspace.clock()
        )

    def held_as(self, key: str, addresses: Iterable[str]) -> StoredDocument | None:
        """What was held, when the run began, of the document of that key or of an address."""
        numbers = (self.known.get(address) for address in addresses)
        number = self.keys.get(key) or next((each for each in numbers if each), None)
        return self.stored.get(number or 0)

    def failed(self, failure: FailureKind, url: str) -> None:
        """Counts a failure of that class, with the first address as its example."""
        self.failures[failure] += 1
        self.examples.setdefault(failure, url)
        self.failed_addresses[normalised(url)] = failure
        self.tell(self)

    def failed_once(self, failure: FailureKind, url: str) -> None:
        """The same for an address that may be met on many pages."""
        if normalised(url) not in self.failed_addresses:
            self.failed(failure, url)

    def count_saved(self, outcome: str, document: int) -> None:
        """Counts a document, once a run, by what saving it came to."""
        if document not in self.met_documents:
            self.counts[outcome] += 1
        self.met_documents.add(document)
        self.tell(self)

    @property
    def pages(self) -> int:
        """How many documents the run met, those that are held back among them."""
        saved = self.counts["new"] + self.counts["changed"] + self.counts["same"]
        return saved + len(self.one_text.held_back)

    def unmet(self) -> list[StoredDocument]:
        """Held documents that the run neither met nor found absent."""
        held_back = (self.held_as(each.key, each.addresses) for each in self.one_text.held_back)
        seen = self.met_documents | set(self.absent) | {each.id for each in held_back if each}
        return [each for number, each in self.stored.items() if number not in seen]

    def outcome(self) -> tuple[Outcome, str]:
        """What the run came to so far, and why if it is not ok."""
        if self.broke:
            return Outcome.failed, self.broke
        failed = ", ".join(f"{count} {failure}" for failure, count in sorted(self.failures.items()))
        lost = self._lost_starts()
        if not self.pages:
            classes = set(lost) or set(self.failures)
            forbidden = classes and classes <= set(FORBIDDEN)
            why = "; ".join(filter(None, (self.stopped, *self.one_text.faults(), failed)))
            why = why or "nothing found"
            return (Outcome.blocked if forbidden else Outcome.failed), why
        faults = [*self._cut_short(lost), *self._not_met(), *self._failing(NO_LOSS)]
        faults += self._too_few()
        why = "; ".join(filter(None, (*faults, *self.one_text.warnings(), failed)))
        return (Outcome.partial if faults else Outcome.ok), why

    def tells_what_is_gone(self) -> bool:
        """True where so much of the site was met that what was not there is gone.

        A page that the site says is missing, must-find or linked, is no fault of the run.
        """
        lost = self._lost_starts()
        told = NO_LOSS | {FailureKind.missing, FailureKind.soft_404}
        faults = [*self._cut_short(lost), *self._failing(told), *self._too_few()]
        return not self.broke and bool(self.pages) and not faults

    def _lost_starts(self) -> list[FailureKind]:
        starts = [normalised(address) for address in self.source.start]
        kinds = (self.failed_addresses.get(start) for start in starts)
        return [kind for kind in kinds if kind is not None and kind not in NO_LOSS]

    def _cut_short(self, lost: Sequence[str]) -> list[str]:
        faults = [self.stopped] if self.stopped else []
        faults += self.one_text.faults()
        if lost:
            faults.append(f"a start page failed ({', '.join(sorted(set(lost)))})")
        return faults

    def _not_met(self) -> list[str]:
        missing = self._missing()
        return [f"must-find page not met: {missing[0]}"] if missing else []

    def _missing(self) -> list[str]:
        return [url for url in self.source.must_find if normalised(url) not in self.addresses]

    def _failing(self, borne: Collection[FailureKind]) -> list[str]:
        failing = sum(n for kind, n in self.failures.items() if kind not in borne)
        if failing > FAILING_SHARE * (failing + self.pages):
            return [f"{failing} of {failing + self.pages} pages failed"]
        return []

    def _too_few(self) -> list[str]:
        faults = []
        if self.source.shape == Shape.listing and self.source.expect and not self.leaves:
            faults.append(f"empty listing: {self.source.start[0]} links to nothing")
        if self.pages < self.source.expect:
            faults.append(f"{self.pages} documents, expected {self.source.expect}")
        if self.pages < self.usual / 2:
            faults.append(f"{self.pages} documents, {self.usual:g} in the last ok runs")
        live = len(self.stored)
        if live >= FEWEST_TO_MISS and len(self.absent) > MISSING_SHARE * live:
            faults.append(f"{len(self.absent)} of {live} live documents are not there at once")
        return faults

    def finished(self, stats: Mapping[str, Any], at: datetime) -> Run:
        """The run as it is recorded."""
        outcome, why = self.outcome()
        if wanted := len(self.source.must_find):
            self.evidence["must_find"] = round(1 - len(self._missing()) / wanted, 4)
        counts = {name: self.counts[name] for name in ("new", "changed", "same", "gone")}
        counts["requests"] = int(stats.get("downloader/request_count", 0))
        counts["errors"] = sum(self.failures.values())
        errors = {
            str(failure): {"count": count, "example": self.examples[failure]}
            for failure, count in sorted(self.failures.items())
        }
        return Run(
            number=self.number,
            source=self.source.name,
            started=self.started,
            finished=at,
            outcome=outcome,
            counts=counts,
            errors=errors,
            evidence=self.evidence,
            why=why,
        )


def met_by(run: Run) -> int:
    """How many documents a recorded run met."""
    return sum(run.counts.get(name, 0) for name in ("new", "changed", "same"))


class RunCrawler(Crawler):
    """A crawler of Scrapy's with the run that it is for: its parts find it here."""

    def __init__(self, spider: Any, settings: Settings, run: RunUnderWay) -> None:
        super().__init__(spider, settings)
        self.run = run


def run_of(crawler: Crawler) -> RunUnderWay:
    """The run that a crawler is for. TypeError for a crawler of another kind."""
    if not isinstance(crawler, RunCrawler):
        raise TypeError(f"{crawler!r} is for no run")
    return crawler.run


class PartOfRun:
    """A part of Scrapy's machine that knows the run under way."""

    def __init__(self, run: RunUnderWay) -> None:
        self._run = run

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The part, for the run of that crawler."""
        return cls(run_of(crawler))
