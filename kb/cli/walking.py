"""`kb assess ID`: through the strands, four questions by single keys, a quote by its number."""

from collections.abc import Sequence
from typing import Annotated

import typer

from kb.assess.assessments import NEEDED
from kb.assess.levels import QUESTIONS, Answers
from kb.assess.strand_cards import StrandCard, passage_between
from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back
from kb.errors import KBError
from kb.keep.decisions import Level

Plain = Annotated[
    bool,
    typer.Option("--plain", help="Lines alone: no single keys, no colour. For screen readers."),
]
YES_NO = {"y": "es", "n": "o", "u": "nknown"}
BEGIN = {"y": " answer", "n": "o overlap", "N": "o overlap with all that remain", "s": "kip"}
LEVELS = {"d": Level.duplicates, "o": Level.overlaps, "c": Level.complements, "n": Level.no_overlap}


def walk(base: KnowledgeBase, ask: Asking, name: str) -> None:
    """Goes through the strands with a person; what they say is stored at once."""
    if not known_first(base, ask, name):
        return
    walking = _Walk(base, ask, name)
    cards = base.assess.strand_cards(name)
    place = 0
    while place < len(cards):
        try:
            key = walking.begin(cards[place], f"{place + 1} of {len(cards)}")
            if key == "N" and walking.none_of(cards[place:]):
                return
            if key == "n":
                walking.save(cards[place], Level.no_overlap, Answers(same_purpose=False))
            elif key == "y":
                walking.answer(cards[place])
            place += key != "N"
        except Back:
            place = max(0, place - 1)


def known_first(base: KnowledgeBase, ask: Asking, name: str) -> bool:
    """Asks for the codes that must be known before anything is confirmed; False without them."""
    coded = base.register.initiative(name).stored.tags
    return all(coded.get(facet) or _coded(base, ask, name, facet) for facet in NEEDED)


def marked_passage(base: KnowledgeBase, ask: Asking, name: str) -> str:
    """A passage of its pages by its first and last words; "" where there is none such."""
    first, last = ask.line("from the words"), ask.line("to the words")
    try:
        with base.snapshot() as now:
            return passage_between(now, name, first, last)
    except KBError as error:
        ask.say(f"{error} ({error.hint})")
        return ""


def _coded(base: KnowledgeBase, ask: Asking, name: str, facet: str) -> bool:
    """Asks for a code that must be known before anything is confirmed."""
    guess = ",".join(base.screen.guesses(name).get(facet, []))
    known = base.workspace.declarations.book.codes[facet]
    while True:
        try:
            typed = ask.line(f"{facet} must be known first ({', '.join(known)})", default=guess)
        except Back:
            return False
        if typed in ("", "-"):
            return False
        try:
            base.register.tag(name, [f"{facet}={typed}"])
        except KBError as error:
            ask.say(f"{error} ({error.hint})")
        else:
            return True


class _Walk:
    """One person before the strands, with one initiative in hand."""

    def __init__(self, base: KnowledgeBase, ask: Asking, name: str) -> None:
        self._base = base
        self._ask = ask
        self._name = name

    def begin(self, card: StrandCard, place: str) -> str:
        """Shows a strand and what bears on it; the key the person begins with."""
        ask, strand = self._ask, card.strand
        ask.say()
        ask.say(f"{place}  {strand.key}: {strand.name}")
        ask.say(strand.what)
        ask.say(f"for {', '.join(strand.audience)}; by {', '.join(strand.means)}")
        for each in card.assessments:
            ask.say(f"stands: {each.level} ({each.basis}) by {each.person}")
        if card.recheck:
            ask.say(f"to be looked at again: {card.recheck}")
        for number, passage in enumerate(card.passages, start=1):
            ask.say(f"  {number} {passage}")
        if not card.passages:
            ask.say("  no page of it is held: what you say is a proposal")
        return ask.key("", BEGIN)

    def none_of(self, cards: Sequence[StrandCard]) -> bool:
        """Says no overlap with those the person has not answered yet, as one act.

        False where the person thinks better of it, or there are none.
        """
        by = self._base.workspace.by
        cards = [card for card in cards if by not in [each.person for each in card.assessments]]
        if not cards:
            self._ask.say("you have answered all that remain")
            return False
        question = f"no overlap with the {len(cards)} strands you have not answered?"
        if self._ask.key(question, {"y": "es", "n": "o"}) == "n":
            return False
        try:
            self._base.assess.no_overlap(self._name, [card.strand.key for card in cards])
        except KBError as error:
            self._ask.say(f"not stored: {error} ({error.hint})")
            return False
        self._ask.say(f"{self._name} no-overlap with {len(cards)} strands; kb undo takes it back")
        return True

    def answer(self, card: StrandCard) -> None:
        """The four questions, the level they come to, a quote. Raises Back from the first."""
        while True:
            answers = self._answers()
            try:
                level = self._level(answers)
                while not self._settle(card, answers, level):
                    level = self._level(answers)
                return
            except Back:
                continue

    def _settle(self, card: StrandCard, answers: Answers, level: Level) -> bool:
        """Asks why and for a quote, and stores it; False to go back to the level."""
        try:
            why = ""
            if answers.level not in (None, level):
                why = self._ask.line(f"the answers come to {answers.level}; why {level}")
                if not why:
                    self._ask.say("without a reason nothing is stored")
                    return True
            quote = self._quote(card, level)
        except Back:
            return False
        self.save(card, level, answers, quote=quote, why=why)
        return True

    def _answers(self) -> Answers:
        """What the person answers to the four questions. Raises Back from the first."""
        answered: dict[str, bool | None] = {}
        names = list(QUESTIONS)
        while len(answered) < len(names):
            name = names[len(answered)]
            try:
                key = self._ask.key(QUESTIONS[name], YES_NO)
            except Back:
                if not answered:
                    raise
                answered.popitem()
                continue
            answered[name] = {"y": True, "n": False, "u": None}[key]
            if answered[name] is False and name == "same_purpose":
                break
        return Answers(**answered)

    def _level(self, answers: Answers) -> Level:
        proposed = answers.level
        question = f"{proposed}?" if proposed else "the answers leave it open"
        default = next((key for key, level in LEVELS.items() if level == proposed), "")
        key = self._ask.key(
            question, {k: f" {level}" for k, level in LEVELS.items()}, default=default
        )
        return LEVELS[key]

    def _quote(self, card: StrandCard, level: Level) -> str:
        """The passage that confirms it; "" for a proposal, or where none is needed."""
        if level is Level.no_overlap or not card.passages:
            return ""
        numbers = {str(n): "" for n in range(1, len(card.passages) + 1)}
        while True:
            key = self._ask.choice(
                f"quote passage 1-{len(numbers)}, m to mark one, p for a proposal",
                numbers | {"m": "", "p": ""},
            )
            if key == "p":
                return ""
            if key != "m":
                return card.passages[int(key) - 1]
            if marked := marked_passage(self._base, self._ask, self._name):
                return marked

    def save(
        self, card: StrandCard, level: Level, answers: Answers, *, quote: str = "", why: str = ""
    ) -> None:
        """Stores the assessment at once; says where it was refused."""
        try:
            row = self._base.assess.assess(
                self._name, card.strand.key, level, quote=quote, why=why, answers=answers
            )
        except KBError as error:
            self._ask.say(f"not stored: {error} ({error.hint})")
        else:
            self._ask.say(f"{self._name} {row.level} {row.strand} ({row.basis})")
