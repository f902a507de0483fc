"""The walk that all queues share: a card, a key, what it means stored at once, the next card."""

import os
import sys
import webbrowser
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back
from kb.errors import KBError
from kb.report.safe import for_link

T = TypeVar("T")
COMMON = {"g": "o to the page", "z": " undo", "s": "kip"}
SETTLED = {"z": " undo the last", "s": "kip"}


class Queue(ABC, Generic[T]):
    """One person before one kind of thing that waits.

    `about` says what the cards are; `counted` is the name of its count in `kb status`.
    """

    about: str
    counted: str

    def __init__(self, base: KnowledgeBase, ask: Asking) -> None:
        self.base = base
        self.ask = ask
        self.place = 0  # of the card in hand
        self._acts: dict[object, tuple[int, int]] = {}  # what was decided here: act, and place
        self._began = self._looked = _last_act(base)

    @abstractmethod
    def __len__(self) -> int:
        """How many cards waited when the walk began."""

    @abstractmethod
    def cards(self) -> Iterator[T]:
        """The cards, each looked at when it is its turn; what was settled by then is left out."""

    def as_it_stands(self, card: T) -> T | None:
        """The same card by now; None where it is settled."""
        return card

    @abstractmethod
    def show(self, card: T, place: str) -> None:
        """Shows the card; `place` is as `3 of 12`."""

    @abstractmethod
    def keys(self, card: T) -> Mapping[str, str]:
        """What can be said of the card: key to the rest of its word."""

    @abstractmethod
    def answer(self, card: T, key: str) -> bool:
        """Carries a key out; False where the card is to be asked about again.

        KBError is shown and Back leads to the keys of the card: neither loses the place.
        """

    def addresses(self, card: T) -> Iterable[str]:
        """Where its pages stand in the web."""
        return ()

    @property
    def decided(self) -> int:
        """How many cards were decided here and not taken back."""
        return len(self._acts)

    @property
    def left(self) -> int:
        """How many wait still."""
        return self.base.report.status()[self.counted]

    def anything_new(self) -> bool:
        """True where anybody did something since this was asked last, or since the walk began.

        What then holds is read anew: the offer too, if another one was accepted.
        """
        before, self._looked = self._looked, _last_act(self.base)
        if before == self._looked:
            return False
        self.base.workspace.reread()
        return True

    def settled(self, name: object) -> None:
        """Notes that the last act decided the card of that name."""
        self._acts[name] = (_last_act(self.base), self.place)

    def differ(self, document: str = "", initiative: str = "", strand: str = "") -> str:
        """What is to be added where people differ by now; "" where they do not."""
        what = (document or None, initiative or None, strand or None)
        for one, *_ in self.base.assess.differences():
            if (one.document, one.initiative, one.strand) == what:
                return "; people differ on it now: kb conflicts"
        return ""

    def is_settled(self, name: object) -> bool:
        """True for a card that was decided in this walk."""
        return name in self._acts

    def turn(self, card: T | None, place: str) -> None:
        """One card's turn; None for one that is settled by now. Raises Back."""
        if card is None:
            self.ask.say(f"{place}  it is settled by now")
            if self.ask.key("", SETTLED) == "z":
                self._undo()
            return
        try:
            self.show(card, place)
        except KBError as error:  # what it rests on changed meanwhile
            self.ask.say(f"{place}  cannot be shown: {error}")
            return
        self.decide(card)

    def decide(self, card: T) -> None:
        """Asks until the card is decided or passed over. Raises Back to go to the one before."""
        keys = {**self.keys(card), **COMMON}
        while True:
            key = self.ask.key("", keys)
            if key == "s":
                return
            if key == "z":
                self._undo()
            elif key == "g":
                self._go(card)
            elif self._carried_out(card, key):
                return

    def _carried_out(self, card: T, key: str) -> bool:
        try:
            return self.answer(card, key)
        except KBError as error:
            self.ask.say(f"error: {error}" + (f" ({error.hint})" if error.hint else ""))
        except Back:
            pass  # to the keys of this card
        return False

    def _undo(self) -> None:
        try:
            undone = self.base.register.undo(after=self._began)
        except KBError as error:
            self.ask.say(f"not undone: {error}")
        else:
            self.ask.say(f"undone: {undone.act.command}")
            places = [place for act, place in self._acts.values() if act == undone.act.id]
            self._acts = {n: each for n, each in self._acts.items() if each[0] != undone.act.id}
            if places:
                raise _TakenBack(places[0])

    def _go(self, card: T) -> None:
        """Names the addresses of the card, and opens the first in the person's browser if any."""
        addresses = list(self.addresses(card))
        for url in addresses:
            self.ask.say(f"  {url}")
        if not addresses:
            self.ask.say("  no address of it is known")
        elif self.ask.by_key and _has_a_screen() and for_link(addresses[0]):
            webbrowser.open(addresses[0])


def walk(queue: Queue[T], limit: int | None = None) -> None:
    """Card after card until there is none, or enough; `b` goes back to the one before."""
    count = min(len(queue), limit or len(queue))
    cards, shown, place = queue.cards(), list[T](), 0
    while place < count:
        if place == len(shown):
            try:
                following = next(cards, None)
            except KBError as error:  # what all cards rest on does not load
                queue.ask.say(f"the walk ends: {error}")
                return
            if following is None:
                return
            shown.append(following)
            card: T | None = following
        else:
            card = queue.as_it_stands(shown[place])
        queue.place = place
        queue.ask.say()
        try:
            queue.turn(card, f"{place + 1} of {count}")
            place += 1
        except Back:
            place = max(0, place - 1)
        except _TakenBack as undone:
            place = undone.place


class _TakenBack(Exception):
    """Raised where a decision of this walk was undone: its card is shown again."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


def _last_act(base: KnowledgeBase) -> int:
    last = base.workspace.store.last_act()
    return (last.id or 0) if last else 0


def _has_a_screen() -> bool:
    """True where a browser opens a window of its own, and does not take this terminal."""
    windows = sys.platform in ("darwin", "win32")
    return windows or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
