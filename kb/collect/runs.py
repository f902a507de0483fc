"""One run under way: what it met, what failed, and what it came to."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from kb.base import KnowledgeBase
from kb.contract import Source, normalised
from kb.keep.found import Outcome, Run

FORBIDDEN = ("robots", "blocked")
FAILING_SHARE = 0.2


@dataclass
class RunUnderWay:
    """The knowledge base, the source, and what has been counted so far."""

    base: KnowledgeBase
    source: Source
    number: int
    started: datetime
    tell: Callable[["RunUnderWay"], None]
    counts: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    failed_addresses: dict[str, str] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    evidence: dict[str, Any] = field(default_factory=dict)
    broke: str = ""  # a fault of our own; the run has failed

    def __deepcopy__(self, _memo: object) -> Self:
        """Itself: Scrapy copies its settings, in which a run goes to its parts."""
        return self

    def failed(self, failure: str, url: str) -> None:
        """Counts a failure of that class, with the first address as its example."""
        self.failures[failure] += 1
        self.examples.setdefault(failure, url)
        self.failed_addresses[normalised(url)] = failure
        self.tell(self)

    def saved(self, outcome: str, addresses: tuple[str, ...]) -> None:
        """Counts a page, by what saving it came to."""
        self.counts[outcome] += 1
        self.met.update(addresses)
        self.tell(self)

    @property
    def pages(self) -> int:
        """How many documents the run met."""
        return self.counts["new"] + self.counts["changed"] + self.counts["same"]

    def finished(self, stats: Mapping[str, Any], at: datetime) -> Run:
        """The run as it is recorded."""
        outcome, why = (Outcome.failed, self.broke) if self.broke else self._outcome()
        counts = {name: self.counts[name] for name in ("new", "changed", "same", "gone")}
        counts["requests"] = int(stats.get("downloader/request_count", 0))
        counts["errors"] = sum(self.failures.values())
        errors = {
            failure: {"count": count, "example": self.examples[failure]}
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

    def _outcome(self) -> tuple[Outcome, str]:
        starts = [normalised(address) for address in self.source.start]
        lost = [self.failed_addresses[start] for start in starts if start in self.failed_addresses]
        told = ", ".join(f"{count} {failure}" for failure, count in sorted(self.failures.items()))
        if not self.pages:
            forbidden = lost and all(failure in FORBIDDEN for failure in lost)
            return (Outcome.blocked if forbidden else Outcome.failed), told or "nothing found"
        faults = []
        if lost:
            faults.append(f"a start page failed ({', '.join(sorted(set(lost)))})")
        if self.pages < self.source.expect:
            faults.append(f"{self.pages} documents, expected {self.source.expect}")
        missing = [url for url in self.source.must_find if normalised(url) not in self.met]
        if missing:
            faults.append(f"must-find page not met: {missing[0]}")
        failing = sum(self.failures.values())
        if failing > FAILING_SHARE * (failing + self.pages):
            faults.append(f"{failing} of {failing + self.pages} pages failed")
        why = "; ".join(faults)
        if told:
            why = f"{why}; {told}" if why else told
        return (Outcome.partial if faults else Outcome.ok), why
