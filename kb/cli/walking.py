"""`kb assess ID`: through the strands, four questions by single keys, a quote by its number."""

from typing import Annotated

import typer

from kb.assess.assessments import NEEDED
from kb.assess.levels import QUESTIONS, Answers
from kb.assess.strand_cards import StrandCard
from kb.base import KnowledgeBase
from kb.cli.asking import Asking
from kb.errors import KBError
from kb.keep.decisions import Level

Plain = Annotated[
    bool,
    typer.Option("--plain", help="Lines alone: no single keys, no colour. For screen readers."),
]
YES_NO = {"y": "es", "n": "o", "?": " unknown"}
BEGIN = {"y": " answer", "n": "o overlap", "N": "one with any that remain", "s": "kip", "q": "uit"}
LEVELS = {"d": Level.duplicates, "o": Level.overlaps, "c": Level.complements, "n": Level.no_overlap}


def walk(base: KnowledgeBase, ask: Asking, name: str) -> int:
    """Goes through the strands with a person; how many assessments were made."""
    coded = base.register.initiative(name).stored.tags
    for facet in NEEDED:
        if not coded.get(facet) and not _coded(base, ask, name, facet):
            return 0
    walking = _Walk(base, ask, name)
    cards = base.assess.strand_cards(name)
    for place, card in enumerate(cards):
        key = walking.begin(card, f"{place + 1} of {len(cards)}")
        if key == "q":
            break
        if key == "N":
            for rest in cards[place:]:
                walking.save(rest, Level.no_overlap, Answers(same_purpose=False))
            break
        if key == "n":
            walking.save(card, Level.no_overlap, Answers(same_purpose=False))
        elif key == "y":
            walking.answer(card)
    return walking.made


def _coded(base: KnowledgeBase, ask: Asking, name: str, facet: str) -> bool:
    """Asks for a code that must be known before anything is confirmed."""
    guess = ",".join(base.screen.guesses(name).get(facet, []))
    known = base.workspace.declarations.book.codes[facet]
    while True:
        typed = ask.line(f"{facet} must be known first ({', '.join(known)})", default=guess)
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
        self.made = 0

    def begin(self, card: StrandCard, place: str) -> str:
        """Shows a strand and what bears on it; the key the person begins with."""
        ask, strand = self._ask, card.strand
        ask.say()
        ask.say(f"{place}  {strand.key}: {strand.name}")
        ask.say(strand.what)
        ask.say(f"for {', '.join(strand.audience)}; by {', '.join(strand.means)}")
        for each in card.assessments:
            ask.say(f"stands: {each.level} ({each.basis}) by {each.person}")
        for number, passage in enumerate(card.passages, start=1):
            ask.say(f"  {number} {passage}")
        if not card.passages:
            ask.say("  no page of it is held: what you say is a proposal")
        return ask.key("", BEGIN, default="y")

    def answer(self, card: StrandCard) -> None:
        """The four questions, the level they come to, a quote."""
        answered: dict[str, bool | None] = {}
        for name, question in QUESTIONS.items():
            key = self._ask.key(question, YES_NO)
            answered[name] = {"y": True, "n": False, "?": None}[key]
            if answered[name] is False and name == "same_purpose":
                break
        answers = Answers(**answered)
        level = self._level(answers)
        why = ""
        if answers.level not in (None, level):
            why = self._ask.line(f"the answers come to {answers.level}; why {level}")
            if not why:
                self._ask.say("without a reason nothing is stored")
                return
        self.save(card, level, answers, quote=self._quote(card, level), why=why)

    def _level(self, answers: Answers) -> Level:
        proposed = answers.level
        question = f"{proposed}? Enter takes it" if proposed else "the answers leave it open"
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
            key = self._ask.key(
                f"quote passage 1-{len(numbers)}, m to mark one, p for a proposal",
                numbers | {"m": "", "p": ""},
            )
            if key == "p":
                return ""
            if key != "m":
                return card.passages[int(key) - 1]
            first, last = self._ask.line("from the words"), self._ask.line("to the words")
            try:
                return self._base.assess.passage_between(self._name, first, last)
            except KBError as error:
                self._ask.say(f"{error} ({error.hint})")

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
            self.made += 1
            self._ask.say(f"{self._name} {row.level} {row.strand} ({row.basis})")
