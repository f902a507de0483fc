"""A workspace: one home opened, and what every room stands on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from kb.contract import normalised
from kb.declare.codebook import CodeBook
from kb.declare.declarations import Declarations
from kb.declare.files import parse_toml, read_text
from kb.declare.offer import Offer
from kb.declare.people import PEOPLE, People, Role
from kb.errors import Declared, Refused, Unknown
from kb.find import index
from kb.home import DECLARATIONS, Home
from kb.keep import documents, register
from kb.keep.acts import ActKind, Moment
from kb.keep.crawled import Alias, Declaration
from kb.keep.decisions import DESK_RESEARCH, StrandStep, Tag
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.keep.store import Reading, Store, Writing
from kb.workspace import indexing
from kb.workspace.indexing import Progress, no_progress

OFFER = "offer.toml"  # kept in the store: what the file has counts once it is accepted
UNNOTED = "it holds here, and is noted by the next act"
CHANGED = "offer changed: offer.toml differs from what was accepted; kb offer diff"

# What no person does: a timer may crawl under any name, and a home is made before anybody is named.
BY_MACHINE = (ActKind.crawl, ActKind.derive, ActKind.init)
BY_READERS = (ActKind.watch,)
BY_EDITORS = (*(ActKind.accept, ActKind.forget, ActKind.source), *(ActKind.resolve, ActKind.assign))

Choice = TypeVar("Choice", bound=StrEnum)


Clock = Callable[[], datetime]


def now_utc() -> datetime:
    """This instant, to the second: finer would promise an order that clocks do not keep."""
    return datetime.now(UTC).replace(microsecond=0)


def parse_enum(kind: type[Choice], value: str, *, where: str) -> Choice:
    """The member of a closed list; Unknown, with the nearest, for a value that is not in it."""
    if value not in list(kind):
        raise Unknown(kind.__name__.casefold(), str(value), list(kind), where=where)
    return kind(value)


def parse_id(text: str) -> int | None:
    """Parses a row id; None if the text is not one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def is_document(name: str) -> bool:
    """True for the name of a document: d42."""
    return name[:1].casefold() == "d" and parse_id(name[1:]) is not None


class Workspace:
    """One home opened. `by` is who acts; `clock` says when."""

    def __init__(self, home: Home, *, by: str = "", clock: Clock = now_utc) -> None:
        self.home = home
        self.by = by.strip().casefold() or "unknown"
        if self.by == DESK_RESEARCH:
            raise Refused(
                f"{by!r} stands for the desk research that came with the register",
                hint="act under another name: --by NAME",
            )
        self.clock = clock
        self.store = Store.open(home.store)
        self._declarations: Declarations | None = None
        self._earlier: dict[tuple[int | None, ...], Declarations] = {}  # by the rows they are of

    def close(self) -> None:
        """Gives back the store."""
        self.store.close()

    def moment(self, day: date | None = None) -> Moment:
        """The end of that day; this instant for no day.

        Raises Refused for a future date, and for one before the first act.
        """
        if day is None:
            return Moment(None, self.clock().date())
        return self.store.moment(day, now=self.clock())

    @property
    def declarations(self) -> Declarations:
        """The declaration files as they are in the home now, read once; the offer as accepted."""
        if self._declarations is None:
            with self.store.reading() as reading:
                return self.declarations_at(reading)
        return self._declarations

    @declarations.setter
    def declarations(self, changed: Declarations | None) -> None:
        self._declarations = changed

    def declarations_at(self, reading: Reading) -> Declarations:
        """The declarations that held at the moment that is read: the files, where that is now."""
        if reading.past is None:
            if self._declarations is None:
                texts = dict(Declarations.of(self.home).texts)
                accepted = reading.row(Declaration, name=OFFER)
                texts |= {OFFER: accepted.text} if accepted else {}
                self._declarations = Declarations(texts, _former_strands(reading))
            return self._declarations
        rows = reading.rows(Declaration)
        key = tuple(row.id for row in rows)
        if key not in self._earlier:
            texts = {row.name: row.text for row in rows}
            self._earlier[key] = Declarations(texts, _former_strands(reading))
        return self._earlier[key]

    def reread(self) -> None:
        """Forgets what was read of the declarations: another process may have accepted an offer."""
        self._declarations = None
        self._earlier.clear()

    @cached_property
    def people(self) -> People:
        """Who may act here, as people.toml says. Raises Declared where it does not load."""
        return People.of(self.home.declaration(PEOPLE))

    def check_may(self, kind: ActKind) -> None:
        """Raises Unknown or Refused where who acts here may not do acts of that kind."""
        if kind in BY_MACHINE:
            return
        role = Role.editor if kind in BY_EDITORS else Role.screener
        self.people.check(self.by, Role.reader if kind in BY_READERS else role, self.today)

    @property
    def able(self) -> list[str]:
        """Who may decide on pages today; nobody where people.toml names nobody."""
        return self.people.who_screen(self.today)

    @property
    def today(self) -> date:
        """The day by the clock, in UTC."""
        return self.clock().date()

    def draft(self) -> Offer:
        """The offer as the file has it now. Raises Declared where it does not load."""
        return self.with_offer(read_text(self.home.declaration(OFFER)), OFFER).offer

    def with_offer(self, text: str, name: str) -> Declarations:
        """The declarations with another text as the offer. Raises Declared for a faulty one."""
        parse_toml(text, Offer, name=name)
        now = self.declarations
        former = now.former | {strand.key for strand in now.offer.strand}
        changed = Declarations(dict(now.texts) | {OFFER: text}, former)
        if faults := changed.offer.against(changed.book):
            raise Declared([fault.replace(OFFER, name, 1) for fault in faults])
        return changed

    def marks(self, reading: Reading) -> tuple[str, ...]:
        """The notes that lists bear while files differ from what was accepted, or noted."""
        if reading.past is not None:
            return ()
        declarations = self.declarations_at(reading)
        noted = {row.name: row.text for row in reading.rows(Declaration)}
        edited = tuple(
            f"{name} was edited: {UNNOTED}"
            for name, text in declarations.texts.items()
            if name != OFFER and noted.get(name, text) != text
        )
        lost = _lost_codes(reading, declarations.book) if edited else {}
        if lost:
            codes = ", ".join(f"{facet}={code}" for facet, code in sorted(lost))
            edited += (f"codes in use are no longer in the code book: {codes}",)
        path = self.home.declaration(OFFER)
        if not path.exists() or read_text(path) == declarations.texts[OFFER]:
            return edited
        try:
            same = self.draft() == declarations.offer
        except Declared as error:
            why = str(error).splitlines()[0]
            return (f"offer changed, and it does not load: {why}", *edited)
        return edited if same else (CHANGED, *edited)

    @contextmanager
    def writing(
        self,
        kind: ActKind,
        command: str,
        *,
        subject: str = "",
        undoes: int | None = None,
        why: str = "",
    ) -> Iterator[Writing]:
        """One act by who acts here, with the declarations it was made under; then the index.

        Raises Declared for a declaration that does not load: it is never noted as read; Unknown
        or Refused for who may not do so by people.toml.
        """
        self.check_may(kind)
        declarations = self.declarations
        declarations.check()
        how = {"subject": subject, "why": why, "by": self.by}
        act = self.store.writing(kind, command, now=self.clock(), undoes=undoes, **how)
        with act as writing:
            for name in DECLARATIONS:
                if name == OFFER and writing.row(Declaration, name=OFFER):
                    continue
                row = Declaration(name=name, text=declarations.texts[name])
                writing.replace(Declaration, [row], name=name)
            _recode(writing, declarations.book)
            _check_in_use(writing, declarations.book)
            yield writing
        # What was decided is stored; an index that cannot be had now catches up later.
        with suppress(index.Locked, index.Missing):
            self.catch_up_index()

    def catch_up_index(self, *, progress: Progress = no_progress, patience: float = 0.0) -> int:
        """Brings the index to the last act; see `indexing.catch_up`."""
        with self.store.reading() as reading:
            declarations = self.declarations_at(reading)
            return indexing.catch_up(
                self.home, reading, declarations, progress=progress, patience=patience
            )

    def reindex(self, *, progress: Progress = no_progress, patience: float = 0.0) -> int:
        """Builds the index anew from the store; see `indexing.rebuild`."""
        with self.store.reading() as reading:
            declarations = self.declarations_at(reading)
            return indexing.rebuild(
                self.home, reading, declarations, progress=progress, patience=patience
            )

    def initiative(self, reading: Reading, name: str) -> StoredInitiative:
        """The initiative of that slug or number.

        Raises Unknown with the nearest slug; Refused for one that was merged or ended.
        """
        slugs = register.slugs(reading)
        number = parse_id(name) or slugs.get(name.casefold())
        standing = register.initiatives(reading, [number]) if number is not None else {}
        if number in standing:
            return standing[number]
        if number is None or number not in slugs.values():
            raise Unknown("initiative", name, slugs, where="the register")
        into = documents.merges(reading).get(number)
        if into is not None:
            other = next(slug for slug, each in slugs.items() if each == into)
            raise Refused(f"initiative {name!r} was merged", hint=f"use {other!r}")
        raise Refused(f"initiative {name!r} no longer stands", hint="kb show NAME --history")

    def document(self, reading: Reading, name: str) -> StoredDocument:
        """The document of that number, `d42` or `42`, with its content.

        Raises Unknown, with what there is, if there is none.
        """
        number = parse_id(name.casefold().removeprefix("d"))
        matches = documents.stored(reading, [number]) if number else []
        if not matches:
            names = [each.name for each in documents.stored(reading)]
            raise Unknown("document", name, names, where="the store")
        return next(documents.with_content(reading, matches))

    def document_at(self, url: str) -> str | None:
        """The name of the document met at that address, `d42`; None if none is held."""
        with self.store.reading() as reading:
            rows = reading.rows(Alias, url=normalised(url))
            pages = documents.stored(reading, [row.document for row in rows])
        return pages[0].name if pages else None


def _former_strands(reading: Reading) -> frozenset[str]:
    return frozenset(step.before for step in reading.rows(StrandStep))


def _check_in_use(writing: Writing, book: CodeBook) -> None:
    """Raises Declared for a code that is in use, and that the code book no longer has."""
    used = _lost_codes(writing, book)
    if used:
        slug_of = {number: slug for slug, number in register.slugs(writing).items()}
        raise Declared(
            [
                f"codebook.toml: [{facet}] has no {code!r} any more, and {len(numbers)} use it: "
                f"{', '.join(sorted(slug_of[number] for number in numbers)[:5])}"
                for (facet, code), numbers in used.items()
            ],
            hint='put it back, or say by was = "CODE" in which code it goes on',
        )


def _lost_codes(reading: Reading, book: CodeBook) -> dict[tuple[str, str], list[int]]:
    """Each code that is in use, and that nothing in the book came of, with its initiatives."""
    used: dict[tuple[str, str], list[int]] = {}
    for tag in register.tags_outside(reading, book.codes):
        if not (tag.facet in book.codes and book.heirs(tag.facet, tag.code)):
            used.setdefault((tag.facet, tag.code), []).append(tag.initiative)
    return used


def _recode(writing: Writing, book: CodeBook) -> None:
    """Codes that were renamed become their new names; for one that was split a person says."""
    for tag in register.tags_outside(writing, book.codes):
        heirs = book.heirs(tag.facet, tag.code) if tag.facet in book.codes else []
        if len(heirs) == 1:
            writing.end(tag)
            if not writing.rows(Tag, initiative=tag.initiative, facet=tag.facet, code=heirs[0]):
                writing.add(Tag(initiative=tag.initiative, facet=tag.facet, code=heirs[0]))
