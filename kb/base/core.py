"""What every part of a knowledge base rests on: a home, its store, its declarations, its index."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TypeVar

from kb.base.indexing import entries_of, words_of
from kb.contract import normalised
from kb.declare.codebook import CodeBook
from kb.declare.declarations import Declarations
from kb.errors import Refused, Unknown
from kb.find import index
from kb.find.entries import Entry
from kb.home import DECLARATIONS, Home
from kb.keep import documents, register, since
from kb.keep.found import Alias, Declaration
from kb.keep.merging import merges
from kb.keep.outlines import outlines
from kb.keep.said import StrandStep, Tag
from kb.keep.store import Reading, Store, Writing


def now_utc() -> datetime:
    """This instant, to the second: finer would promise an order that clocks do not keep."""
    return datetime.now(UTC).replace(microsecond=0)


OFFER = "offer.toml"  # rests in the store: what the file has counts once it is accepted

Choice = TypeVar("Choice", bound=StrEnum)


def chosen(kind: type[Choice], value: str, *, where: str) -> Choice:
    """The member of a closed list; Unknown, with the nearest, for a value that is not in it."""
    if value not in list(kind):
        raise Unknown(kind.__name__.casefold(), str(value), list(kind), where=where)
    return kind(value)


@dataclass(frozen=True)
class Rows:
    """A listing: its name, its columns in order, its rows, and what must be said beside it."""

    name: str
    columns: tuple[str, ...]
    rows: list[dict[str, object]]
    notes: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()  # sentences that a table begins with


# Who made the proposals that come with imported rows: desk research, no person.
IMPORTED = register.DESK_RESEARCH


def numbered(text: str) -> int | None:
    """The number that a text is; None for what is none that a row could have."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


Watched = Callable[[Iterable[Entry], int], Iterable[Entry]]


def unwatched(entries: Iterable[Entry], _many: int) -> Iterable[Entry]:
    """The same entries: nobody looks on."""
    return entries


def is_document(named: str) -> bool:
    """True for the name of a document: d42."""
    return named[:1].casefold() == "d" and numbered(named[1:]) is not None


class Core:
    """A knowledge base opened in its home. `by` is who acts; `clock` says when."""

    def __init__(
        self, home: Home, *, by: str = "", clock: Callable[[], datetime] = now_utc
    ) -> None:
        self.home = home
        self.by = by.strip().casefold() or "unknown"
        if self.by == IMPORTED:
            raise Refused(
                f"{by!r} stands for the desk research that came with the register",
                hint="act under another name: --by NAME",
            )
        self.clock = clock
        self.store = Store.open(home.store)
        self._declarations: Declarations | None = None
        self._days: dict[int, date] = {}  # the day an act was last asked for by
        self._declared: dict[tuple[int | None, ...], Declarations] = {}  # by the rows they are of

    def close(self) -> None:
        """Gives back the store."""
        self.store.close()

    @property
    def declarations(self) -> Declarations:
        """The declaration files as they are in the home now, read once; the offer as accepted."""
        if self._declarations is None:
            texts = dict(Declarations.of(self.home).texts)
            with self.store.reading() as reading:
                accepted = reading.row(Declaration, name=OFFER)
                former = frozenset(step.before for step in reading.rows(StrandStep))
            texts |= {OFFER: accepted.text} if accepted else {}
            self._declarations = Declarations(texts, former)
        return self._declarations

    def declared(self, reading: Reading) -> Declarations:
        """The declarations that held at the act read at: the files, where that is now."""
        if reading.at is None:
            return self.declarations
        rows = reading.rows(Declaration)
        key = tuple(row.id for row in rows)
        if key not in self._declared:
            former = frozenset(step.before for step in reading.rows(StrandStep))
            self._declared[key] = Declarations({row.name: row.text for row in rows}, former)
        return self._declared[key]

    def act_on(self, day: date | None) -> int | None:
        """The act as of which to read for a day; None, which is now, for no day."""
        if day is None:
            return None
        act = self.store.act_on(day, now=self.clock())
        self._days[act] = day
        return act

    def today(self, at: int | None) -> date:
        """The day by which to reckon when reading at that act: the one it was asked for by."""
        if at is None:
            return self.clock().date()
        if at in self._days:
            return self._days[at]
        with self.store.reading() as reading:
            return reading.act(at).at.date()

    @contextmanager
    def writing(self, command: str, *, why: str = "") -> Iterator[Writing]:
        """One act by who acts here, with the declarations it was made under; then the index."""
        declarations = self.declarations
        declarations.check()  # a broken one refuses the act, and is never noted as read
        with self.store.writing(by=self.by, command=command, now=self.clock(), why=why) as writing:
            for name in DECLARATIONS:
                if name == OFFER and writing.row(Declaration, name=OFFER):
                    continue
                row = Declaration(name=name, text=declarations.texts[name])
                writing.replace(Declaration, [row], name=name)
            _recode(writing, declarations.book)
            yield writing
        # What was decided is stored; an index that cannot be had now catches up later.
        with suppress(index.Locked, index.Missing):
            self.catch_up_index()

    def catch_up_index(self, *, watched: Watched = unwatched, patience: float = 0.0) -> int:
        """Brings the index to the last act; the number of entries written.

        Only what changed is written, in one commit, unless there is no sound index, or a
        declaration changed whose words stand in every entry: then as `reindex` does.
        """
        written_to = index.act_of(self.home.index, self.home.fingerprint())
        if written_to is None:
            return self.reindex(watched=watched, patience=patience)
        with self.store.reading() as reading:
            touched = since.touched_since(reading, written_to)
            act = self._last_act(reading)
            anew = [f"d{number}" for number in touched.documents]
            anew += [f"i{number}" for number in touched.initiatives]
            if not anew and act == written_to:
                return 0
            entries = entries_of(reading, self.declarations, touched.documents, touched.initiatives)
            with suppress(index.Missing):  # damaged where its sizes do not show it
                return index.update(self.home.index, entries, anew, act=act)
        return self.reindex(watched=watched, patience=patience)

    def reindex(self, *, watched: Watched = unwatched, patience: float = 0.0) -> int:
        """Builds the index anew from the store; the number of entries.

        `watched` is told each entry as it is taken, and how many there are. Raises Locked
        where another process builds it, still after `patience` seconds.
        """
        words, made_by = words_of(self.declarations), self.home.fingerprint()
        with self.store.reading() as reading:
            act = self._last_act(reading)
            many = len(register.entries(reading)) + len(outlines(reading))
            entries = watched(entries_of(reading, self.declarations), many)
            return index.build(
                self.home.index, entries, words, act=act, made_by=made_by, patience=patience
            )

    @staticmethod
    def _last_act(reading: Reading) -> int:
        acts = reading.acts()
        return acts[-1].id or 0 if acts else 0

    def initiative(self, reading: Reading, named: str) -> register.Entry:
        """The standing initiative of that slug or number.

        Raises Unknown with the nearest slug; Refused for one that was merged or ended.
        """
        known = register.slugs(reading)
        number = numbered(named) or known.get(named.casefold())
        found = register.entries(reading, [number]) if number is not None else {}
        if number in found:
            return found[number]
        if number is None or number not in known.values():
            raise Unknown("initiative", named, known, where="the register")
        into = merges(reading).get(number)
        if into is not None:
            other = next(slug for slug, each in known.items() if each == into)
            raise Refused(f"initiative {named!r} was merged", hint=f"use {other!r}")
        raise Refused(f"initiative {named!r} no longer stands", hint="kb show NAME --history")

    def document_at(self, url: str) -> str | None:
        """The name of the document met at that address, `d42`; None where none is held."""
        with self.store.reading() as reading:
            rows = reading.rows(Alias, url=normalised(url))
            held = documents.held(reading, [row.document for row in rows])
        return f"d{held[0].id}" if held else None

    def document(self, reading: Reading, named: str) -> documents.Held:
        """The document of that number, `d42` or `42`; Unknown with what there is, else."""
        number = numbered(named.casefold().removeprefix("d"))
        found = documents.held(reading, [number]) if number else []
        if not found:
            known = [f"d{each.id}" for each in documents.held(reading)]
            raise Unknown("document", named, known, where="the store")
        return found[0]


def _recode(writing: Writing, book: CodeBook) -> None:
    """Codes that were renamed are what they are called now; of one that was split a person says."""
    for tag in register.tags_outside(writing, book.codes):
        heirs = book.heirs(tag.facet, tag.code) if tag.facet in book.codes else []
        if len(heirs) == 1:
            writing.end(tag)
            if not writing.rows(Tag, initiative=tag.initiative, facet=tag.facet, code=heirs[0]):
                writing.add(Tag(initiative=tag.initiative, facet=tag.facet, code=heirs[0]))
