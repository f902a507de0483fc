"""`kb review proposals`: what was proposed, to be confirmed by a passage of its page."""

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping

from kb.assess.proposals import ProposalCard
from kb.base import KnowledgeBase
from kb.cli.asking import Asking
from kb.cli.queues.queue import Queue
from kb.cli.walking import LEVELS, known_first, marked_passage
from kb.errors import Unknown
from kb.keep.decisions import DESK_RESEARCH, Level

FIRST = "1"  # the passage with most of the strand's words
SHOWN = 3  # passages before `m` is asked for
LEVEL_KEYS = {key: level for key, level in LEVELS.items() if level != Level.no_overlap}


class ProposalQueue(Queue[ProposalCard]):
    """One person before the proposals; first those that would move a position.

    Before them what the person is to read a second time, blind or not; with `mine` that alone.
    """

    about = "proposals: what others do, said of a strand, and not confirmed by a passage yet"
    counted = "proposals to confirm"

    def __init__(
        self, base: KnowledgeBase, ask: Asking, *, mine: bool = False, blind: bool = True
    ) -> None:
        super().__init__(base, ask)
        self._order = base.assess.proposals(mine=mine)
        self._blind, self._mine = blind, mine
        if mine:
            self.about = "levels that you are to read a second time"

    def __len__(self) -> int:
        return len(self._order)

    @property
    def left(self) -> int:
        """How many wait still; of what the person reads a second time, if that alone is walked."""
        return len(self.base.assess.proposals(mine=True)) if self._mine else super().left

    def cards(self) -> Iterator[ProposalCard]:
        """Each as it stands when it is its turn."""
        for slug, strand in self._order:
            self.anything_new()
            try:
                card = self.base.assess.proposal_card(slug, strand, blind=self._blind)
            except Unknown:  # of a strand that another offer has no more
                continue
            if card is not None:
                yield card

    def as_it_stands(self, card: ProposalCard) -> ProposalCard | None:
        """Read anew; None once somebody confirmed it."""
        slug, strand = card.initiative, card.strand.key
        self.anything_new()
        return self.base.assess.proposal_card(slug, strand, blind=self._blind)

    def addresses(self, card: ProposalCard) -> Iterable[str]:
        """Of its pages; where none is held, the registered one."""
        return card.addresses

    def show(self, card: ProposalCard, place: str) -> None:
        """What it is, what it is said to be, the passages that may confirm it."""
        ask, strand = self.ask, card.strand
        moves = f"; confirmed, the strand is {card.becomes}, not {card.position}"
        ask.say(f"{place}  {card.initiative}")
        ask.say(f"{card.title} ({card.organisation})")
        ask.say(card.summary or "no summary is known")
        ask.say(f"{strand.key}: {strand.name}. {strand.what}")
        if card.level is None:
            hidden = "not blind" if card.said else "blind: what others said is hidden"
            ask.say(f"to be read a second time, {hidden}; what is it to the strand?")
        else:
            ask.say(f"proposed: {card.level}, by {_who(card)}{moves if card.becomes else ''}")
        for said in card.said:
            ask.say(f"  {said}")
        if card.why:
            ask.say(f"  because {card.why}")
        self._passages(card, 0, SHOWN)
        if not card.documents:
            ask.say("  no page of it is held, so no passage can confirm it")
            ask.say(f"  {card.url or 'and no address of it is known'}")
        elif not card.passages:
            ask.say(f"  {' '.join(card.documents)} has no passage short enough to quote")

    def _passages(self, card: ProposalCard, first: int, last: int) -> None:
        for number, passage in list(enumerate(card.passages, start=1))[first:last]:
            self.ask.say(f"  {number} {passage}")

    def keys(self, card: ProposalCard) -> Mapping[str, str]:
        """One key confirms; without a page there is nothing to confirm by."""
        if not card.documents:
            fetch = {"f": "etch its page now"} if card.url else {}
            return fetch | {"n": "o overlap"}
        if not card.passages:
            return {"k": " mark a passage", "n": "o overlap"}
        others = {str(number): "" for number in range(2, len(card.passages) + 1)}
        confirms = {
            "y": f"es, {card.level} by passage 1",
            **({"2": f"-{len(card.passages)} by that one"} if others else {}),
            **{key: word for key, word in others.items() if key != "2"},
            "k": " mark another",
        }
        return {
            **(confirms if card.level else {}),
            **{key: f" {level}" for key, level in LEVEL_KEYS.items() if level != card.level},
            "n": "o overlap",
            "m": "ore passages",
        }

    def answer(self, card: ProposalCard, key: str) -> bool:
        """Confirms, at once; what is asked beside is the passage of another level alone."""
        if key == "m":
            self._passages(card, SHOWN, len(card.passages))
            return False
        if key == "f":
            return self._fetch(card)
        if not known_first(self.base, self.ask, card.initiative):
            return False
        level, quote = card.level, ""
        if key == "k" and level is None:
            named = {key: f" {each}" for key, each in LEVEL_KEYS.items()}
            level = LEVEL_KEYS[self.ask.key("what is it?", named)]
        if key == "n":
            unread = "no page of it is held; no overlap all the same?"
            if not card.documents and self.ask.key(unread, {"y": "es", "n": "o"}) == "n":
                return False
            level = Level.no_overlap
        elif key in LEVEL_KEYS:
            level = LEVEL_KEYS[key]
            quote = self._passage(card, level)
        elif key == "k":
            quote = marked_passage(self.base, self.ask, card.initiative)
        else:
            quote = card.passages[int(FIRST if key == "y" else key) - 1]
        if level is None or (level != Level.no_overlap and not quote):
            return False
        if self.anything_new() and self._rewritten(card):
            self.ask.say(f"the strand {card.strand.key!r} was rewritten meanwhile: look again")
            return True
        row = self.base.assess.assess(card.initiative, card.strand.key, level, quote=quote)
        self.settled((card.initiative, card.strand.key))
        differ = self.differ(initiative=row.initiative, strand=row.strand)
        self.ask.say(f"{row.initiative} {row.level} {row.strand} ({row.basis}){differ}")
        return True

    def _rewritten(self, card: ProposalCard) -> bool:
        offer = self.base.workspace.declarations.offer
        return offer.get(card.strand.key).version != card.strand.version

    def _passage(self, card: ProposalCard, level: Level) -> str:
        """The passage that says another level; "" where none is marked. Raises Back."""
        numbers = {str(number): "" for number in range(1, len(card.passages) + 1)}
        question = f"{level} by which passage, 1-{len(numbers)}, or k to mark one"
        key = self.ask.key(question, numbers | {"k": ""}, default=FIRST)
        if key == "k":
            return marked_passage(self.base, self.ask, card.initiative)
        return card.passages[int(key) - 1]

    def _fetch(self, card: ProposalCard) -> bool:
        """Fetches the registered page and shows the card anew; False where nothing came of it."""
        now = self._added(card)
        if now is not None and not now.documents:  # it stands at another address than registered
            now = self._added(card, "--as", card.initiative)
        if now is None or not now.documents:
            return False
        self.ask.say()
        self.show(now, "fetched:")
        self.decide(now)
        return True

    def _added(self, card: ProposalCard, *options: str) -> ProposalCard | None:
        """The card after `kb add-page`; None where that was refused.

        In a process of its own: a crawl can begin once a process.
        """
        workspace = self.base.workspace
        command = [sys.executable, "-m", "kb", "--home", str(workspace.home.path), "add-page"]
        words = [*command, "--by", workspace.by, *options, "--", str(card.url)]
        done = subprocess.run(words, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - kb itself
        return None if done.returncode else self.as_it_stands(card)


def _who(card: ProposalCard) -> str:
    return "the desk research" if card.by == DESK_RESEARCH else card.by
