"""Crawls sources: one process, sources side by side, one request at a time a site."""

import asyncio
import errno
import logging
import socket
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from filelock import FileLock, Timeout
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from kb.collect.incremental import settle_absent
from kb.collect.runs import RunCrawler, RunUnderWay, met_by
from kb.collect.settings import contact_for, settings_for
from kb.collect.worker import Workers
from kb.contract import Shape, Source, normalised
from kb.declare.sources import REGISTERED
from kb.errors import Busy, DiskFull, Refused
from kb.failures import FailureKind
from kb.keep import register, runs
from kb.keep.acts import ActKind
from kb.keep.crawled import Alias, Outcome, Run
from kb.screen.derive import derive, score_pages
from kb.screen.relevance import Scorer
from kb.workspace.sources import is_due
from kb.workspace.workspace import Workspace

SIDE_BY_SIDE = 8
SPIDERS = {
    Shape.listing: "listing",
    Shape.sitemap: "sitemap",
    Shape.wordpress: "wordpress",
    Shape.govuk: "govuk",
    Shape.feed: "feed",
}
ADDRESSES = "addresses"
UNRESOLVED = "CannotResolveHostError"  # as Scrapy counts it

Tell = Callable[[RunUnderWay], None]


def choose(workspace: Workspace, names: Sequence[str]) -> list[Source]:
    """The sources of those names; every one that is on and can be crawled where none is named.

    Raises Unknown for a name that is not declared, Refused for one that cannot be crawled.
    """
    declared = workspace.declarations.sources
    if not names:
        return [s for s in declared.source if s.state == "on" and s.shape in SPIDERS]
    sources = [declared.get(name) for name in dict.fromkeys(names)]
    for source in sources:
        if source.shape == Shape.by_hand:
            raise Refused(
                f"source {source.name!r} is searched by hand",
                hint=f"kb sources looked {source.name} --on DATE --found N",
            )
        if source.state != "on":
            raise Refused(
                f"source {source.name!r} is {source.state}: {source.why}",
                hint=f"kb sources resume {source.name}",
            )
    return sources


def registered(workspace: Workspace) -> Source | None:
    """A source of every registered address that no document is held of; None if there is none."""
    with workspace.store.reading() as reading:
        known = {alias.url for alias in reading.rows(Alias)}
        profiles = [each.profile for each in register.initiatives(reading).values()]
    urls = {each.address: each.url for each in profiles if each.address and each.url}
    start = [url for address, url in urls.items() if address not in known]
    if not start:
        return None
    return addresses(start)


def one_page(url: str) -> Source:
    """A source of that one address. Raises Refused for what is no address."""
    try:
        return addresses([normalised(url) and url])
    except ValueError as error:
        raise Refused(f"{url!r} is no address", hint="write it whole: https://…") from error


def addresses(start: Iterable[str]) -> Source:
    """A source of those addresses: each is a document, and nothing is followed."""
    return Source(
        name=REGISTERED,
        organisation="the register",
        shape=Shape.listing,
        start=tuple(start),
        expect=0,
    )


def due(workspace: Workspace) -> list[Source]:
    """The sources whose cadence asks for a crawl now, those that waited longest first."""
    with workspace.store.reading() as reading:
        last = runs.last_runs(reading)
    ready = [s for s in choose(workspace, []) if is_due(s, last.get(s.name), workspace.clock())]
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(ready, key=lambda s: last[s.name].started if s.name in last else never)


def crawl(
    workspace: Workspace,
    sources: Iterable[Source],
    *,
    contact: str,
    tell: Tell,
    fresh: bool = False,
) -> list[Run]:
    """Crawls the sources and records a run of each, in the order they finished.

    Raises Refused, before anything is asked, for a host other than loopback without a
    contact; Busy where another crawl of this home is under way. With `fresh` nothing is
    taken for unchanged without being fetched.
    """
    every = list(sources)
    for source in every:
        contact_for(source, contact)
    with _crawl_lock(workspace):
        _end_interrupted(workspace)
        score_pages(workspace)
        finished = _Crawl(workspace, contact, tell, fresh).all(every)
        try:
            derive(workspace)  # an earlier text that is valid again may have an older score
            workspace.catch_up_index()
        except (OSError, DiskFull) as error:
            if isinstance(error, OSError) and error.errno != errno.ENOSPC:
                raise
            kept = ", ".join(f"{met_by(run)} pages of {run.source} were kept" for run in finished)
            raise DiskFull(f"{kept}; the index is not up to date") from error
    return finished


def _end_interrupted(workspace: Workspace) -> None:
    """Records as failed what still runs by the store: we hold the lock, so it was killed."""
    with workspace.store.reading() as reading:
        interrupted = reading.rows(Run, outcome=Outcome.running)
    if interrupted:
        with workspace.writing(ActKind.crawl, "crawl") as writing:
            for run in interrupted:
                ended = run.values() | {
                    "outcome": Outcome.failed,
                    "finished": workspace.clock(),
                    "why": "interrupted: it was ended before it could finish",
                }
                runs.finish(writing, Run(**ended))


@contextmanager
def _crawl_lock(workspace: Workspace) -> Iterator[None]:
    lock = FileLock(workspace.home.crawl_lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(
            "another crawl of this knowledge base is under way",
            hint="kb runs shows it; staff can go on working meanwhile",
        ) from None
    try:
        yield
    finally:
        lock.release()


class _Crawl:
    """One process' crawl. The reactor of Twisted starts once a process, and so does this."""

    def __init__(self, workspace: Workspace, contact: str, tell: Tell, fresh: bool) -> None:
        self._fresh = fresh
        self._workspace = workspace
        self._contact = contact
        self._tell = tell
        self._workers = Workers(Scorer(workspace.declarations.lexicon))  # of all sources
        self._finished: list[Run] = []
        self._waiting: list[Source] = []
        self._running: list[Source] = []
        self._errors: list[Exception] = []
        # Source to whether any of its names was resolved; without those of this machine.
        self._answered: dict[str, bool] = {}

    def all(self, sources: list[Source]) -> list[Run]:
        if not sources:
            return []
        logging.getLogger("scrapy").setLevel(logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Scrapy's own, on start; ours are counted failures
            self._process = AsyncCrawlerProcess(
                {
                    "LOG_ENABLED": False,
                    "TWISTED_DNS_RESOLVER": "kb.collect.resolving.PublicResolver",
                },
                install_root_handler=False,
            )
            self._waiting = list(sources)
            self._begin_what_can()
            try:
                self._process.start()
            finally:
                self._workers.stop()
        if self._errors:
            raise self._errors[0]
        if no_connection(list(self._answered.values())):
            self._finished = [
                self._as_no_connection(run) if run.source in self._answered else run
                for run in self._finished
            ]
        return self._finished

    def _as_no_connection(self, run: Run) -> Run:
        """The run as one that failed by this machine's network, in place of what it looked like."""
        url = next((each["example"] for each in run.errors.values()), "")
        as_ours = {
            "errors": {FailureKind.no_connection: {"count": 1, "example": url}},
            "why": FailureKind.no_connection.sentence,
        }
        with self._workspace.writing(ActKind.crawl, f"crawl {run.source}") as writing:
            return runs.finish(writing, Run(**run.values() | as_ours))

    def _begin_what_can(self) -> None:
        """Begins what waits, up to eight, and never two that ask the same host."""
        for source in list(self._waiting):
            busy = {host for each in self._running for host in bare_hosts(each)}
            if len(self._running) < SIDE_BY_SIDE and not busy & bare_hosts(source):
                self._waiting.remove(source)
                self._running.append(source)
                self._begin(source)

    def _begin(self, source: Source) -> None:
        workspace, name = self._workspace, source.name
        started = workspace.clock()
        with workspace.writing(ActKind.crawl, f"crawl {name}", subject=name) as writing:
            number = runs.begin(writing, name, started).number
        run = RunUnderWay(
            workspace, source, number, started, self._tell, self._workers, self._fresh
        )
        settings = Settings(settings_for(run, self._contact))
        shape = ADDRESSES if name == REGISTERED else SPIDERS[source.shape]
        spider = SpiderLoader.from_settings(settings).load(shape)
        crawler = RunCrawler(spider, settings, run)
        task = self._process.crawl(crawler, source=source)
        task.add_done_callback(lambda done: self._guarded(lambda: self._end(crawler, done)))

    def _guarded(self, step: Callable[[], None]) -> None:
        """Keeps an error for the end: the loop would only log what a callback raises."""
        try:
            step()
        except Exception as error:  # noqa: BLE001 - raised again in `all`
            self._errors.append(error)

    def _end(self, crawler: RunCrawler, done: "asyncio.Future[None]") -> None:
        run = crawler.run
        if not done.cancelled() and done.exception():
            run.broke = run.broke or repr(done.exception())
        stats = crawler.stats.get_stats() if crawler.stats else {}
        if stats.get("finish_reason") == "closespider_timeout":
            run.stopped = f"the budget of {run.source.budget.minutes} minutes is used up"
        elif stats.get("finish_reason") not in ("finished", None):
            run.stopped = f"stopped before it had finished ({stats['finish_reason']})"
        unresolved = any(key.endswith(UNRESOLVED) for key in stats)
        if not run.source.loopback:
            answered = not unresolved or bool(stats.get("downloader/response_count"))
            self._answered[run.source.name] = answered
        learnt = vars(crawler.spider) if crawler.spider else {}
        run.evidence["named"] = learnt.get("named", 0)  # documents that the site names
        if learnt.get("types"):
            run.evidence["types"] = sorted(learnt["types"])
        try:
            settle_absent(run)
            recorded = run.finished(stats, run.workspace.clock())
            with run.writing(ActKind.crawl) as writing:
                self._finished.append(runs.finish(writing, recorded))
        except DiskFull as full:
            kept = f"{run.pages} pages of {run.source.name} were kept, what came after was not"
            raise DiskFull(kept) from full
        self._running.remove(run.source)
        self._begin_what_can()


def no_connection(answered: Sequence[bool]) -> bool:
    """True where no host of any run could be resolved, and that is not one name's fault."""
    if not answered or any(answered):
        return False
    return len(answered) > 1 or not _has_a_route()


def _has_a_route() -> bool:
    """True where this machine knows a way to the internet. Nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # RFC 5737: an address for documentation
        except OSError:
            return False
    return True


def bare_hosts(source: Source) -> set[str]:
    """The hosts a source asks, without www: that is the same machine."""
    return {host.removeprefix("www.") for host in source.hosts}
