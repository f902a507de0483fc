"""What a person is shown to decide on a page that waits, and what is guessed for them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from kb.keep import documents
from kb.keep.decisions import Initiative, Screening
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.screen import order
from kb.screen.duplicates import KnownRegister, known_register
from kb.screen.guessing import CodedExample, Guesser
from kb.screen.identity import Similarity
from kb.screen.inbox import Waiting, for_person, read_again
from kb.screen.second_codes import FACETS_ASKED
from kb.screen.unread import ONE_IN, below_the_line, decided_since_drawn, draw, dried_up
from kb.table import Table, column
from kb.text import quotes
from kb.text.matcher import Matcher
from kb.text.page_reading import Signal
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace, parse_id

CANDIDATES = 5  # initiatives offered where one is asked for


@dataclass(frozen=True)
class Criterion:
    """A part of the protocol."""

    part: str = column("Which part of the protocol it is.", narrow=True)
    text: str = column("The words of the protocol.", narrow=True)


@dataclass(frozen=True)
class PageCard:
    """A page that waits, with all that helps to decide on it."""

    document: str
    title: str
    organisation: str
    url: str
    relevance: float
    kind: str  # of page, with what made it
    carried_by: Sequence[str]  # words that carried it in the order as learned
    signals: Sequence[Signal]  # terms and signs of its relevance, the strongest first
    passages: Sequence[str]  # those that hold a term, then the rest
    similar: Sequence[tuple[StoredInitiative, Similarity]]
    copies: Sequence[str]
    drawn: bool  # shown by chance, from below the line
    again: str = ""  # why it is read a second time
    said: Sequence[str] = ()  # by others before, where that is not hidden


class Review:
    """One session over what waited when it began; each page is looked at again when shown.

    First what the person is to read a second time, blind or not, then what they were given, then
    the rest but for what others were given; with `mine` without the rest.
    """

    def __init__(
        self,
        workspace: Workspace,
        chance: random.Random | None = None,
        *,
        mine: bool = False,
        blind: bool = True,
    ) -> None:
        self._workspace = workspace
        self._blind = blind
        order.refresh(workspace)
        with snapshot(workspace) as now:
            offered, self.given_to_others = for_person(now, mine=mine)
            since = decided_since_drawn(now)
            pages = draw(
                below_the_line(now),
                (since + len(offered)) // (ONE_IN - 1),
                workspace.declarations,
                chance or random.SystemRandom(),
            )
            self._waiting = [*read_again(now), *_with_drawn(offered, [] if mine else pages, since)]
            self._known = known_register(now)
        self.drawn = len(pages)
        self._learned = order.learned_order(workspace.home)
        self._terms = Matcher.of(workspace.declarations.lexicon.term)

    def __len__(self) -> int:
        return len(self._waiting)

    def cards(self) -> Iterator[PageCard]:
        """What waits, the likeliest first; what was decided on meanwhile is passed over."""
        for each in self._waiting:
            if card := self._as_it_stands(each):
                yield card

    def card(self, document: str) -> PageCard | None:
        """The card of a page of the session as it stands now; None once it is decided."""
        waits = next(each for each in self._waiting if each.page.name == document)
        return self._as_it_stands(waits)

    def _as_it_stands(self, each: Waiting) -> PageCard | None:
        with snapshot(self._workspace) as now:
            page = self._workspace.document(now.reading, each.page.name)
            if each.again:
                waits = page.id in now.hidden.documents
            else:
                waits = page.id not in documents.decided(now.reading)
            return self._card(page, each, now) if waits else None

    @property
    def dried_up(self) -> str:
        """Why little is left to find, as things stand now; "" while that is not so."""
        with snapshot(self._workspace) as now:
            return dried_up(now)

    def _card(self, page: StoredDocument, waits: Waiting, now: Snapshot) -> PageCard:
        passages = quotes.passages(page.text)
        opening = f"{page.title}\n{page.loaded.summary}\n{page.text[: order.READ_CHARACTERS]}"
        speaking = [each for each in passages if self._terms.occurrences(each)]
        verdict = now.verdicts.get(page.id)
        decisions = verdict.decisions if verdict else ()
        made = made_from(now, page.id) if waits.again and self._blind else ()
        return PageCard(
            document=page.name,
            title=page.title or page.url,
            organisation=self._known.publishers.get(page.source, ""),
            url=page.url,
            relevance=page.score or 0.0,
            carried_by=self._learned.carried_by(opening) if self._learned else (),
            kind=f"{page.kind}: {page.loaded.kind_why}" if page.kind else "",
            signals=page.loaded.signals,
            passages=[*speaking, *(each for each in passages if each not in speaking)],
            similar=[each for each in self._known.best_matches(page) if each[0].id not in made],
            copies=[f"d{number}" for number in waits.copies],
            drawn=waits.drawn,
            again=waits.again,
            said=() if self._blind else [f"{row.person} {row.decision}" for row in decisions],
        )

    @property
    def slugs(self) -> set[str]:
        """The slugs of the register as it was when the session began."""
        return {each.slug for each in self._known.register.values()}

    def nearest(self, words: str, document: str = "") -> list[StoredInitiative]:
        """The initiatives whose title and body are most like those words, the likest first.

        Without those that others made of that document, while it is to be read blind.
        """
        made: set[int] = set()
        with snapshot(self._workspace) as now:
            number = parse_id(document[1:])
            if self._blind and number in now.hidden.documents:
                made = made_from(now, number)
        known = {
            number: f"{each.profile.title} {each.profile.organisation}"
            for number, each in self._known.register.items()
            if number not in made
        }
        near = process.extract(
            words,
            known,
            scorer=fuzz.token_set_ratio,
            processor=utils.default_process,
            limit=CANDIDATES,
        )
        return [self._known.register[number] for _, _, number in near]

    def forms(self, text: str) -> list[tuple[int, int]]:
        """Where terms of the lexicon stand in a text, in characters."""
        return [(term.start, term.end) for term in self._terms.occurrences(text)]

    @cached_property
    def guesser(self) -> Guesser:
        """Made of the register as it was when the session began."""
        return _guesser(self._known)


def made_from(snapshot: Snapshot, document: int) -> set[int]:
    """The initiatives that a decision on that document made."""
    acts = {row.made for row in snapshot.reading.rows(Screening, document=document)}
    members = snapshot.memberships.get(document, ())
    rows = {number: snapshot.reading.get(Initiative, number) for number in members}
    return {number for number, row in rows.items() if row and row.made in acts}


def _with_drawn(
    offered: Sequence[Waiting], drawn: Sequence[StoredDocument], since: int
) -> list[Waiting]:
    """What is offered, with one that was drawn after every nine of it.

    Counted from the last that was drawn: so many were decided `since`, in sessions before.
    """
    pages = iter(drawn)
    mixed: list[Waiting] = []
    for place, each in enumerate([None, *offered], start=since):
        mixed += [each] if each else []
        due = place % (ONE_IN - 1) == 0 and place > 0 if each else since >= ONE_IN - 1
        if due and (page := next(pages, None)):
            mixed.append(Waiting(page, (), drawn=True))
    return mixed


def guesses(snapshot: Snapshot, name: str, guesser: Guesser | None = None) -> dict[str, list[str]]:
    """Facet to the codes that are guessed for the initiative; a person accepts them, or not."""
    initiative = snapshot.workspace.initiative(snapshot.reading, name)
    pages = snapshot.pages_of.get(initiative.id, [])
    profile, book = initiative.profile, snapshot.declarations.book
    one = [facet for facet in FACETS_ASKED if facet in book.facets.one]
    return (guesser or _guesser(known_register(snapshot))).codes(
        profile.title,
        snapshot.texts(pages[:1])[0] if pages else profile.summary,
        profile.organisation_kind,
        one=one,
        many=[facet for facet in FACETS_ASKED if facet not in one],
    )


def criteria(snapshot: Snapshot) -> Table[Criterion]:
    """The protocol: what is looked for, and what is a reason to leave a page out."""
    protocol, book = snapshot.declarations.protocol, snapshot.declarations.book
    rows = [Criterion("question", protocol.question), Criterion("unit", protocol.unit)]
    rows += [Criterion("include", text) for text in protocol.include]
    reasons = book.codes["exclusion_reason"]
    rows += [Criterion(code, entry.means) for code, entry in reasons.items()]
    return Table("criteria", Criterion, rows)


def _guesser(known: KnownRegister) -> Guesser:
    return Guesser(
        CodedExample(
            each.profile.title, each.profile.summary, each.profile.organisation_kind, each.tags
        )
        for each in known.register.values()
        if each.tags
    )
