"""`kb review same`: two that may be one; one, a part, a page of it, or two."""

from collections.abc import Iterable, Iterator, Mapping

from kb.base import KnowledgeBase
from kb.cli.asking import Asking
from kb.cli.queues.queue import Queue
from kb.keep.decisions import Decision
from kb.screen.duplicates import Pair
from kb.screen.identity import Kinship
from kb.workspace.workspace import is_document

OF_TWO = {
    "o": "ne: the first stays",
    "O": "ne: the second stays",
    "p": "art: the second is part of the first",
    "P": "art: the first is part of the second",
    "n": "ot the same",
}
MAY_BE = {
    Kinship.one: "they may be one",
    Kinship.part: "one may be part of the other",
    Kinship.kin: "they are kin",
    Kinship.adopts: "the page may be of a body that takes it on",
}
OF_A_PAGE = {"y": "es, a page of it", "n": "ot of it"}


class SameQueue(Queue[Pair]):
    """One person before the likely doubles, the likest first."""

    about = "likely doubles: two that may be one"
    counted = "likely doubles"

    def __init__(self, base: KnowledgeBase, ask: Asking) -> None:
        super().__init__(base, ask)
        self._pairs = base.screen.same().rows

    def __len__(self) -> int:
        return len(self._pairs)

    def cards(self) -> Iterator[Pair]:
        """Each as it stands when it is its turn."""
        for pair in self._pairs:
            now = self.as_it_stands(pair)
            if now is not None:
                yield now

    def as_it_stands(self, card: Pair) -> Pair | None:
        """The same pair now; None where it is settled."""
        if not self.anything_new() and not self.is_settled(_name(card)):
            return card
        rows = self.base.screen.same().rows
        return next((row for row in rows if (row.a, row.b) == (card.a, card.b)), None)

    def addresses(self, card: Pair) -> Iterable[str]:
        """Of both."""
        urls = [self.base.register.initiative(card.a).stored.profile.url]
        if is_document(card.b):
            urls.append(self.base.register.document(card.b).page.url)
        else:
            urls.append(self.base.register.initiative(card.b).stored.profile.url)
        return [url for url in urls if url]

    def show(self, card: Pair, place: str) -> None:
        """Both names with whose they are, and why they look alike."""
        may_be = MAY_BE[card.may_be]
        self.ask.say(f"{place}  {may_be}; {card.score:.2f} alike: {'; '.join(card.reasons)}")
        for name in (card.a, card.b):
            self.ask.say(f"  {name}: {self._described(name)}")

    def _described(self, name: str) -> str:
        if is_document(name):
            page = self.base.register.document(name).page
            return f"{page.title} <{page.url}>"
        profile = self.base.register.initiative(name).stored.profile
        return f"{profile.title} ({profile.organisation}). {profile.summary}"

    def keys(self, card: Pair) -> Mapping[str, str]:
        """Of two initiatives, or of an initiative and a page."""
        return OF_A_PAGE if is_document(card.b) else OF_TWO

    def answer(self, card: Pair, key: str) -> bool:
        """Merges, relates, joins, or remembers that they are two."""
        register = self.base.register
        if key == "n":
            register.not_same(card.a, card.b)
            done = f"{card.a} and {card.b} are not the same"
        elif is_document(card.b):
            self.base.screen.decide([card.b], Decision.include, initiatives=[card.a])
            done = f"{card.b} is a page of {card.a}"
        elif key in "oO":
            stays, goes = (card.a, card.b) if key == "o" else (card.b, card.a)
            register.merge(stays, goes)
            done = f"{goes} is {stays}"
        else:
            part, whole = (card.b, card.a) if key == "p" else (card.a, card.b)
            register.edit(part, [f"part-of={whole}"])
            done = f"{part} is part of {whole}"
        self.settled(_name(card))
        self.ask.say(f"{done}; z takes it back")
        return True


def _name(card: Pair) -> tuple[str, str]:
    return (card.a, card.b)
