"""What a run met, and how a page was received: the evidence behind what is held."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb.errors import Refused, Unknown
from kb.failures import sentence_of
from kb.keep import runs
from kb.keep.archive import ArchivedCapture, capture_at
from kb.keep.crawled import Run
from kb.report.show import versions
from kb.workspace.snapshot import Snapshot


@dataclass(frozen=True)
class FailureShown:
    """A class of failure of a run, in words, with an address where it was met."""

    failure: str
    count: int
    means: str
    example: str


@dataclass(frozen=True)
class RobotsShown:
    """What robots.txt of a host answered, and the lines of it that speak to us."""

    host: str
    status: int
    group: str
    sha256: str


@dataclass(frozen=True)
class RunInFull:
    """A run with its evidence."""

    run: Run

    def values(self) -> dict[str, object]:
        """Field to value, for exporters."""
        run, evidence = self.run, self.run.evidence
        robots = evidence.get("robots", {})
        return {
            "run": run.number,
            "source": run.source,
            "started": run.started,
            "finished": run.finished,
            "outcome": run.outcome,
            "why": run.why or None,
            **run.counts,
            "documents_named": evidence.get("named"),
            "failures": [vars(_failure(name, each)) for name, each in run.errors.items()],
            "robots": [vars(_robots(host, each)) for host, each in robots.items()],
            "elsewhere": list(evidence.get("elsewhere", {}).values()),
            "moved_to": evidence.get("moved"),
            "types": evidence.get("types"),
        }


@dataclass(frozen=True)
class CaptureShown:
    """How a page that is held was received last with the text that it has."""

    name: str
    capture: ArchivedCapture

    def values(self) -> dict[str, object]:
        """Field to value, for exporters."""
        capture, said = self.capture, self.capture.said
        return {
            "document": self.name,
            "url": capture.url,
            "received": capture.at,
            "status": capture.status or "a part of an answer",
            "from_ip": capture.ip,
            "digest": capture.digest,
            "kept_at": capture.place,
            "robots": said.get("robots") or "nothing noted",
            "licence": said.get("licence") or "none stated",
            "tdm_reservation": said.get("tdm-reservation") or "none stated",
            "headers_received": [f"{name}: {value}" for name, value in capture.headers],
            "headers_sent": [f"{name}: {value}" for name, value in capture.sent],
        }


def run_in_full(snapshot: Snapshot, number: int) -> RunInFull:
    """The run of that number; Unknown where there is none."""
    rows = snapshot.reading.rows(Run, number=number)
    if not rows:
        known = [str(run.number) for run in runs.newest(snapshot.reading)]
        raise Unknown("run", str(number), known, where="the store")
    return RunInFull(rows[0])


def capture(snapshot: Snapshot, name: str) -> CaptureShown:
    """How a page was received. Refused where the archive has it no more."""
    place = versions(snapshot, name)[-1].archived
    hint = "bodies are dropped after their months; --fresh fetches it anew"
    if not place:
        raise Refused(f"{name} was not kept as received", hint=hint)
    try:
        return CaptureShown(name, capture_at(snapshot.workspace.home.archive, place))
    except FileNotFoundError:
        raise Refused(f"the archive has {name} no more", hint=hint) from None


def _failure(name: str, counted: Mapping[str, object]) -> FailureShown:
    count, example = counted["count"], counted["example"]
    return FailureShown(name, int(str(count)), sentence_of(name), str(example))


def _robots(host: str, answered: Mapping[str, object]) -> RobotsShown:
    group = answered["group"]
    lines = "; ".join(map(str, group)) if isinstance(group, list) else ""
    status = int(str(answered["status"]))
    return RobotsShown(host, status, lines or "nothing for us", str(answered["sha256"]))
