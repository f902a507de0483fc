"""`kb review conflicts`: the answers of people who differ, side by side; one settles it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.assess.conflicts import Conflict
from kb.base import KnowledgeBase
from kb.cli.asking import Asking
from kb.cli.queues.queue import Queue
from kb.cli.walking import LEVELS
from kb.keep.decisions import Decision

DECISIONS = {"i": Decision.include, "e": Decision.exclude, "u": Decision.unsure}

Differing = Sequence[Conflict]


class ConflictQueue(Queue[Differing]):
    """One person before what others, or they themselves, said differently."""

    about = "conflicts: where people differ, nothing counts until somebody says what holds"
    counted = "conflicts"

    def __init__(self, base: KnowledgeBase, ask: Asking) -> None:
        super().__init__(base, ask)
        self._differing = base.assess.differences()

    def __len__(self) -> int:
        return len(self._differing)

    def cards(self) -> Iterator[Differing]:
        """Each as it stands when it is its turn."""
        for each in self._differing:
            now = self.as_it_stands(each)
            if now is not None:
                yield now

    def as_it_stands(self, card: Differing) -> Differing | None:
        """The answers now; None where it is settled."""
        differing = self.base.assess.differences()
        return next((each for each in differing if _of(each) == _of(card)), None)

    def addresses(self, card: Differing) -> Iterable[str]:
        """Of the page, or of the pages of the initiative."""
        first = card[0]
        if first.document:
            return [self.base.register.document(first.document).page.url]
        return [page.url for page in self.base.register.initiative(_of(card)[0]).documents]

    def show(self, card: Differing, place: str) -> None:
        """What it is about, then each person's answer with its quote and reason."""
        name, strand = _of(card)
        self.ask.say(f"{place}  {' and '.join(filter(None, (name, strand)))}")
        self.ask.say(card[0].title)
        for answer in card:
            reasons = (answer.reason, answer.why)
            why = "; ".join(each for each in reasons if each)
            self.ask.say(
                f"  {answer.person}: {answer.decision}" + (f", because {why}" if why else "")
            )
            if answer.quote:
                self.ask.say(f"    {answer.quote}")

    def keys(self, card: Differing) -> Mapping[str, str]:
        """What may hold: the answers that were given."""
        given = {answer.decision for answer in card}
        outcomes = LEVELS if card[0].strand else DECISIONS
        return {key: f" {each.value}" for key, each in outcomes.items() if each.value in given}

    def answer(self, card: Differing, key: str) -> bool:
        """Stores what holds, with the reason that it takes."""
        outcome = (LEVELS if card[0].strand else DECISIONS)[key].value
        why = self.ask.line(f"why {outcome}")
        if not why:
            self.ask.say("without a reason nothing is stored")
            return False
        if self.as_it_stands(card) != card:
            self.ask.say("somebody said more meanwhile: look again")
            return True
        name, strand = _of(card)
        self.base.assess.resolve(name, outcome, strand=strand or "", why=why)
        self.settled(_of(card))
        self.ask.say(f"{' '.join(filter(None, (name, strand)))}: {outcome}")
        return True


def _of(card: Differing) -> tuple[str, str | None]:
    """What people differ on: the name of a page or an initiative, and the strand if any."""
    return card[0].document or card[0].initiative or "", card[0].strand
