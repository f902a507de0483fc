"""`kb review recheck`: what rests on something that has moved, renewed or said anew."""

from collections.abc import Iterable, Iterator, Mapping

from kb.assess.assessments import Assessed
from kb.assess.causes import CauseKind
from kb.assess.recheck import ToRecheck
from kb.base import KnowledgeBase
from kb.cli.asking import Asking
from kb.cli.queues.queue import Queue
from kb.cli.walking import LEVELS, marked_passage
from kb.keep.decisions import Decision, Level
from kb.keep.documents import CONFLICT
from kb.text.described import unmarked

KEYS = {"r": "enew with this passage", "m": "ark another", "n": "o longer true"}
OF_A_PAGE = {"k": "eep it", "x": " leave it out"}
STILL = {"y": "es", "n": "o longer true"}


class RecheckQueue(Queue[ToRecheck]):
    """One person before what is to be re-checked; what moves a position comes first.

    With `proposals` also those whose page is held by now, as the list has them.
    """

    about = "decisions whose page, strand or code has moved"
    counted = "to re-check"

    def __init__(self, base: KnowledgeBase, ask: Asking, *, proposals: bool = False) -> None:
        super().__init__(base, ask)
        table = base.assess.recheck()
        self.notes = table.notes
        self._rows = [
            row for row in table.rows if proposals or row.cause.kind != CauseKind.no_quote
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def cards(self) -> Iterator[ToRecheck]:
        """Each as it stands when it is its turn."""
        for row in self._rows:
            now = self.as_it_stands(row)
            if now is not None:
                yield now

    def as_it_stands(self, card: ToRecheck) -> ToRecheck | None:
        """The same decision now; None where it was settled meanwhile."""
        if not self.anything_new() and not self.is_settled(_name(card)):
            return card
        same = (card.initiative, card.strand, card.document, card.old)
        now = self.base.assess.recheck().rows
        return next((r for r in now if (r.initiative, r.strand, r.document, r.old) == same), None)

    def addresses(self, card: ToRecheck) -> Iterable[str]:
        """Of the pages of its initiative; of the page alone where that is what changed."""
        pages = self.base.register.initiative(card.initiative).documents
        return [each.url for each in pages if card.document in (None, each.document)]

    def show(self, card: ToRecheck, place: str) -> None:
        """What moved, what rested on it, and the nearest that stands there now."""
        ask = self.ask
        about = card.strand or (f"its page {card.document}" if card.document else "its codes")
        ask.say(f"{place}  {card.initiative} and {about}: {card.cause.words}{becomes(card)}")
        if card.document:
            ask.say(f"  kb show {card.document} --diff tells what changed")
        elif card.strand is None:
            anew = f"tag {card.initiative} {card.cause.facet}=CODE"
            ask.say(f"  was: {card.old}; say it anew: kb {anew if card.cause.facet else 'result'}")
        else:
            ask.say(f"  was: {card.level}, by {card.old or 'no quote'}")
            ask.say(f"  now: {card.nearest or 'nothing like it'}")

    def keys(self, card: ToRecheck) -> Mapping[str, str]:
        """Of a page, of an assessment with and without a passage; none of a code or a result."""
        if card.document:
            return OF_A_PAGE
        if card.strand is None:
            return {}
        return KEYS if card.nearest else {key: KEYS[key] for key in "mn"}

    def answer(self, card: ToRecheck, key: str) -> bool:
        """Renews, says anew, keeps or leaves out."""
        if card.document:
            return self._page(card, card.document, key)
        if (
            key == "r"
            and card.nearest != unmarked(card.old or "")
            and card.cause.kind != CauseKind.no_quote
        ):
            # Another passage may say the contrary: one key is not to renew by it.
            still = self.ask.key(f"does that passage still say {card.level}?", STILL)
            key = "r" if still == "y" else "n"
        if key == "n":
            return self._no_longer(card)
        quote = card.nearest if key == "r" else marked_passage(self.base, self.ask, card.initiative)
        if not quote:
            return False
        made = self.base.assess.renew(card.initiative, card.strand or "", quote=quote)
        return self._stored(card, made)

    def _page(self, card: ToRecheck, document: str, key: str) -> bool:
        """Says whether a page that says something else still belongs to its initiative."""
        if key == "k":
            self._screen(card, document, Decision.include)
            return True
        return self._leave_out(card, document)

    def _leave_out(self, card: ToRecheck, document: str) -> bool:
        """Says what goes with the page, asks, and asks for a reason; False where it stays."""
        shown = self.base.register.initiative(card.initiative)
        others = [each for each in shown.documents if each.document != document]
        assessed = ", ".join(f"{each.strand} {each.level}" for each in shown.assessments)
        pages = "page stays" if len(others) == 1 else "pages stay"
        rest = f"{len(others)} other {pages}" if others else "it has no other page"
        question = (
            f"{card.initiative}: {rest}; assessed: {assessed or 'nothing'}. Leave {document} out?"
        )
        if self.ask.key(question, {"y": "es", "n": "o"}) == "n":
            return False
        reasons = list(self.base.workspace.declarations.book.codes["exclusion_reason"])
        while True:
            reason = self.ask.line(f"why ({', '.join(reasons)})")
            if reason in reasons:
                break
            self.ask.say(f"{reason!r} is none of them")
        self._screen(card, document, Decision.exclude, reason)
        return True

    def _screen(self, card: ToRecheck, document: str, decision: Decision, reason: str = "") -> None:
        row = self.base.screen.decide([document], decision, reason=reason)[0]
        self.settled(_name(card))
        verdict = self.base.register.document(document).screening
        differs = "; people differ on it now: kb conflicts" if verdict == CONFLICT else ""
        self.ask.say(f"{row.document} {row.decision}{differs}")

    def _stored(self, card: ToRecheck, made: Assessed) -> bool:
        """Says what was stored, and whether people differ by it; True."""
        self.settled(_name(card))
        shown = self.base.register.initiative(made.initiative).assessments
        differs = any(r.strand == made.strand and r.level == CONFLICT for r in shown)
        more = "; people differ on it now: kb conflicts" if differs else ""
        self.ask.say(f"{made.initiative} {made.level} {made.strand} ({made.basis}){more}")
        return True

    def _no_longer(self, card: ToRecheck) -> bool:
        """Asks what holds now, on which passage and why, and stores that; False without a why."""
        levels = {key: f" {level}" for key, level in LEVELS.items() if level.value != card.level}
        level = LEVELS[self.ask.key("what holds now?", levels)]
        quote = "" if level == Level.no_overlap else self._passage(card, level)
        why = self.ask.line(f"why no longer {card.level}")
        if not why:
            self.ask.say("without a reason nothing is stored")
            return False
        made = self.base.assess.assess(
            card.initiative, card.strand or "", level, quote=quote, why=why
        )
        return self._stored(card, made)

    def _passage(self, card: ToRecheck, level: Level) -> str:
        """The passage that says so: the one shown, one marked by its ends; "" for a proposal."""
        choices = {"y": "es", "m": "ark another", "p": " only propose it"}
        if not card.nearest:
            del choices["y"]
        while True:
            shown = "that passage" if card.nearest else "a passage"
            key = self.ask.key(f"does {shown} say {level}?", choices)
            if key == "y":
                return card.nearest or ""
            if key == "p":
                return ""
            if marked := marked_passage(self.base, self.ask, card.initiative):
                return marked


def _name(card: ToRecheck) -> tuple[str | None, ...]:
    return (card.initiative, card.strand, card.document, card.old)


def becomes(row: ToRecheck) -> str:
    """What the position would become, in words; "" where it stays."""
    if not row.would_become:
        return ""
    if row.cause.kind == CauseKind.no_quote:
        return f"; confirmed it would make the strand {row.would_become}"
    return f"; without it the strand is {row.would_become}"
