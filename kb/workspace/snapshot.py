"""A snapshot: everything a list rests on, read in one transaction at one moment."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from kb.declare.declarations import Declarations
from kb.keep import assignments, documents, register, runs
from kb.keep.acts import Act, Moment
from kb.keep.assignments import Hidden
from kb.keep.crawled import ManualSearch, Run
from kb.keep.decisions import Assignment
from kb.keep.documents import StoredDocument, Verdict
from kb.keep.register import StoredInitiative
from kb.keep.store import Reading
from kb.text.described import marked
from kb.workspace.workspace import Workspace

P = ParamSpec("P")
T = TypeVar("T")


class Snapshot:
    """One read transaction. Each part is loaded when it is first asked for, and kept."""

    def __init__(self, workspace: Workspace, reading: Reading, moment: Moment) -> None:
        self.workspace = workspace
        self.reading = reading
        self.moment = moment
        self.parts: dict[tuple[object, ...], Any] = {}  # what `part` keeps
        self._texts: dict[int, str] = {}  # by revision, of which none changes

    @property
    def instant(self) -> datetime:
        """What the clock says, or the end of the day that is read at."""
        if self.moment.act is None:
            return self.workspace.clock()
        return datetime.combine(self.moment.day, time.max, UTC)

    @cached_property
    def declarations(self) -> Declarations:
        """The declarations that held then."""
        return self.workspace.declarations_at(self.reading)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """What must be said while a declaration file differs from what holds."""
        return self.workspace.marks(self.reading)

    @cached_property
    def acts(self) -> dict[int, Act]:
        """Every act by its id."""
        return {act.id or 0: act for act in self.reading.acts()}

    @cached_property
    def register(self) -> dict[int, StoredInitiative]:
        """The initiatives by id."""
        return register.initiatives(self.reading)

    @cached_property
    def own(self) -> frozenset[int]:
        """The initiatives that are our own organisation's work."""
        declarations = self.declarations
        return frozenset(
            number
            for number, each in self.register.items()
            if declarations.is_own(each.profile.organisation)
        )

    @cached_property
    def slugs(self) -> dict[int, str]:
        """Initiative id to its slug, merged and ended ones too."""
        return {number: slug for slug, number in register.slugs(self.reading).items()}

    @cached_property
    def merges(self) -> dict[int, int]:
        """Each merged initiative to the one that it counts for."""
        return documents.merges(self.reading)

    @cached_property
    def pages(self) -> list[StoredDocument]:
        """Every document, oldest first, without its content."""
        return documents.stored(self.reading)

    @cached_property
    def memberships(self) -> dict[int, set[int]]:
        """Document id to the initiatives that it belongs to."""
        return documents.memberships(self.reading)

    @cached_property
    def verdicts(self) -> dict[int, Verdict]:
        """Document id to what holds of its screening."""
        return documents.verdicts(self.reading)

    @cached_property
    def to_read(self) -> list[Assignment]:
        """What people were given to read and have not read yet."""
        return assignments.to_read(self.reading, self.workspace.able)

    @cached_property
    def hidden(self) -> Hidden:
        """What who acts here is to decide blind, and so is not shown of others."""
        return assignments.hidden_from(self.reading, self.workspace.able, self.workspace.by)

    @cached_property
    def every_page_of(self) -> dict[int, list[StoredDocument]]:
        """Initiative to its pages, those that are gone among them."""
        by_initiative: dict[int, list[StoredDocument]] = {}
        for page in self.pages:
            for number in self.memberships.get(page.id, ()):
                by_initiative.setdefault(number, []).append(page)
        return by_initiative

    @cached_property
    def pages_of(self) -> dict[int, list[StoredDocument]]:
        """Initiative to its current pages; one without any is absent."""
        current = {
            number: [page for page in pages if not page.gone]
            for number, pages in self.every_page_of.items()
        }
        return {number: pages for number, pages in current.items() if pages}

    @cached_property
    def last_runs(self) -> dict[str, Run]:
        """Source name to its newest run that has ended."""
        return runs.last_runs(self.reading)

    @cached_property
    def manual_searches(self) -> dict[str, ManualSearch]:
        """Source name to the last search of it by hand."""
        return {row.source: row for row in self.reading.rows(ManualSearch)}

    @cached_property
    def told_on(self) -> dict[int, date]:
        """Revision of what was described to us to the day of that; no page is among them."""
        return documents.described(self.reading)

    def quoted(self, quote: str, revision: int | None) -> str | None:
        """A quote as it is shown, with a mark where it was described to us; None for none."""
        told_on = self.told_on.get(revision or 0)
        return (marked(quote, told_on) if told_on else quote) or None

    def texts(self, pages: Iterable[StoredDocument]) -> list[str]:
        """The text of each page. They are long, and few are needed: none is loaded before."""
        revisions = [page.revision for page in pages]
        missing = {revision for revision in revisions if revision not in self._texts}
        if missing:
            self._texts |= documents.texts(self.reading, sorted(missing))
        return [self._texts[revision] for revision in revisions]


@contextmanager
def snapshot(workspace: Workspace, moment: Moment | None = None) -> Iterator[Snapshot]:
    """A snapshot of that moment, of this instant if none is named."""
    moment = moment or workspace.moment()
    with workspace.store.reading(moment) as reading:
        yield Snapshot(workspace, reading, moment)


class Reader:
    """Opens a snapshot at one moment, now if none is named, for each call of a list."""

    def __init__(self, workspace: Workspace, moment: Moment | None) -> None:
        self.workspace = workspace
        self.moment = moment

    def __call__(self, make: Callable[Concatenate[Snapshot, P], T]) -> Callable[P, T]:
        """The list as a function that needs no snapshot."""

        def call(*args: P.args, **kwargs: P.kwargs) -> T:
            with snapshot(self.workspace, self.moment) as opened:
                return make(opened, *args, **kwargs)

        return call


def part(make: Callable[Concatenate[Snapshot, P], T]) -> Callable[Concatenate[Snapshot, P], T]:
    """Keeps what a room makes of a snapshot with it, so that it is made once.

    Arguments must be hashable: what is kept is kept for each of them.
    """

    @wraps(make)
    def kept(snapshot: Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (make, args, tuple(sorted(kwargs.items())))
        if key not in snapshot.parts:
            snapshot.parts[key] = make(snapshot, *args, **kwargs)
        made: T = snapshot.parts[key]
        return made

    return kept
