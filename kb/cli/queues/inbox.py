"""`kb review inbox`: pages that wait; then what an initiative is called and how it is coded."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back, shorten
from kb.cli.queues.queue import Queue
from kb.cli.walking import walk as walk_strands
from kb.declare.codebook import parted
from kb.errors import KBError, SaidApart
from kb.keep.decisions import Decision
from kb.screen.identity import UNKNOWN_BODY
from kb.screen.review import PageCard
from kb.screen.second_codes import FACETS_ASKED, facets_to_code_again

KEYS = {
    "i": "nclude",
    "e": "xclude",
    "u": "nsure",
    "a": "lready known",
    "m": "ore text",
    "w": "hy here",
}
BODIES_OFFERED = 3
PASSAGES_SHOWN = 3
MORE_SHOWN = 12
LETTERS = "acdefghijklmnoprtuvwxyz"  # without b, q and s, which do something


class _Again(Exception):
    """Raised to ask the same question once more."""


class InboxQueue(Queue[PageCard]):
    """One person at the inbox; with `assess` each inclusion is assessed at once."""

    about = "pages that may be about an initiative"
    counted = "pages waiting"

    def __init__(
        self,
        base: KnowledgeBase,
        ask: Asking,
        *,
        assess: bool = False,
        mine: bool = False,
        blind: bool = True,
    ) -> None:
        super().__init__(base, ask)
        self._assess, self._mine = assess, mine
        self._said_dry = False
        self._review = base.screen.review(mine=mine, blind=blind)
        if self._review.drawn:
            self.about += f", {self._review.drawn} of them drawn from below the line"
        if others := self._review.given_to_others:
            self.about += f"; {others} more were given to others (kb inbox lists all)"
        self._coded: dict[tuple[str, str], list[str]] = {}  # what was answered in this session

    def __len__(self) -> int:
        return len(self._review)

    @property
    def left(self) -> int:
        """How many wait still; of what the person was given, if that alone is walked."""
        return len(self.base.screen.inbox(mine=True).rows) if self._mine else super().left

    def cards(self) -> Iterator[PageCard]:
        """What waits, the likeliest first."""
        return self._review.cards()

    def as_it_stands(self, card: PageCard) -> PageCard | None:
        """The card; None once it is decided here, so that no second initiative is made of it."""
        if self.is_settled(card.document):
            return None
        if not self.anything_new():
            return card
        now = self._review.card(card.document)
        return now if now else None

    def keys(self, card: PageCard) -> Mapping[str, str]:
        """The decisions of a screening, and what helps to make one."""
        return KEYS

    def addresses(self, card: PageCard) -> Iterable[str]:
        """The page's own."""
        return (card.url,)

    def show(self, card: PageCard, place: str) -> None:
        """Title, body, address, the passages that speak for it, what it is like."""
        ask = self.ask
        ask.say(f"{place}  {card.document}  relevance {card.relevance:.2f}")
        if card.again:
            self._say_again(card)
        if card.drawn:
            ask.say("drawn by chance from below the line, to see what the order misses")
        title = shorten(card.title)
        ask.say(title, marked=self._review.forms(title))
        ask.say(card.organisation or "organisation unknown")
        ask.say(card.url)
        self._passages(card, 0, PASSAGES_SHOWN)
        for initiative, similarity in card.similar:
            body, reasons = initiative.profile.organisation, "; ".join(similarity.reasons)
            ask.say(f"like {initiative.slug} ({body}) {similarity.score:.2f}: {reasons}")
        if card.copies:
            ask.say(f"copies, decided with it: {' '.join(card.copies)}")

    def _say_again(self, card: PageCard) -> None:
        blind = "blind: what others said is hidden until you have decided"
        self.ask.say(
            f"to be read a second time ({card.again}), {'not blind' * bool(card.said) or blind}"
        )
        for said in card.said:
            self.ask.say(f"  {said}")

    def _passages(self, card: PageCard, first: int, last: int) -> None:
        for passage in card.passages[first:last]:
            self.ask.say(f"  {passage}", marked=self._review.forms(f"  {passage}"))

    def answer(self, card: PageCard, key: str) -> bool:
        """Shows more, or stores the decision; asks on after an inclusion."""
        if key == "m":
            self._passages(card, PASSAGES_SHOWN, MORE_SHOWN)
        elif key == "w":
            self._why(card)
        elif key in "eu":
            reason = self._reason() if key == "e" else ""
            decision = Decision.exclude if key == "e" else Decision.unsure
            self._screen(card, decision, reason=reason)
            if differ := self.differ(document=card.document):
                self.ask.say(f"{card.document} {decision}{differ}")
        elif key == "a":
            return self._belongs(card)
        else:
            self._include(card)
        return key not in ("m", "w")

    def _why(self, card: PageCard) -> None:
        if card.kind:
            self.ask.say(f"  {card.kind}")
        if card.carried_by:
            self.ask.say(f"  in the order as learned: {', '.join(card.carried_by)}")
        for signal in card.signals:
            self.ask.say(f"  {signal.strength:+.2f} {signal.form} ({signal.where})")

    def _screen(
        self,
        card: PageCard,
        decision: Decision,
        *,
        reason: str = "",
        initiatives: Sequence[str] = (),
        why: str = "",
    ) -> list[str]:
        """Stores the decision; the initiatives that the page belongs to now."""
        rows = self.base.screen.decide(
            [card.document],
            decision,
            reason=reason,
            initiatives=initiatives,
            why=why,
            drawn=card.drawn,
        )
        self.settled(card.document)
        if not self._said_dry and (sentence := self._review.dried_up):
            self._said_dry = True
            self.ask.say(sentence)
        return rows[0].initiatives

    def _reason(self) -> str:
        """A reason to exclude by its letter."""
        codes = list(self.base.workspace.declarations.book.codes["exclusion_reason"])
        for letter, code in zip(LETTERS, codes, strict=False):
            self.ask.say(f"  {letter} {code}")
        key = self.ask.key("reason, or b to go back", dict.fromkeys(LETTERS[: len(codes)], ""))
        return codes[LETTERS.index(key)]

    def _belongs(self, card: PageCard) -> bool:
        """Asks of which initiative it is a page, by number, slug, or words of its title."""
        words = f"{card.title} {card.organisation}"
        while True:
            near = self._review.nearest(words, card.document)
            for number, each in enumerate(near, start=1):
                about = f"{each.profile.title} ({each.profile.organisation})"
                self.ask.say(f"  {number} {each.slug}: {about}")
            typed = self.ask.line("which: a number, a slug, or words of its title; Enter for none")
            if not typed:
                return False
            if typed.isdecimal():
                if not 0 < int(typed) <= len(near):
                    self.ask.say(f"there is no {typed}: 1 to {len(near)}")
                    continue
                typed = near[int(typed) - 1].slug
            elif typed not in self._review.slugs:
                words = typed
                continue
            return self._joins(card, typed)

    def _joins(self, card: PageCard, slug: str) -> bool:
        """Makes it a page of that initiative; asks why where somebody said that it is none."""
        try:
            self._screen(card, Decision.include, initiatives=[slug])
        except SaidApart as refused:
            why = self.ask.line(f"{refused}; why it is one, Enter to leave it")
            if not why:
                return False
            self._screen(card, Decision.include, initiatives=[slug], why=why)
        self.ask.say(f"{card.document} is a page of {slug}")
        return True

    def _include(self, card: PageCard) -> None:
        """Stored at once; what is asked afterwards is stored answer by answer."""
        slug = self._screen(card, Decision.include)[0]
        if differ := self.differ(document=card.document):
            self.ask.say(f"{card.document} include{differ}; what it is called can wait")
            return
        if card.again and (facets := self._to_code_again(slug)):
            self._code_again(slug, facets)
            return
        self.ask.say(f"included as {slug}; Enter accepts what stands in brackets, - leaves it out")
        guesses = self.base.screen.guesses(slug, self._review.guesser)
        steps: list[Callable[[], None]] = [
            partial(self._title, slug),
            partial(self._organisation, slug),
            *(
                partial(self._code, slug, facet, ",".join(guesses.get(facet, [])))
                for facet in FACETS_ASKED
            ),
        ]
        place = 0
        while place < len(steps):
            try:
                steps[place]()
                place += 1
            except Back:
                place = max(0, place - 1)
        if self._assess:
            walk_strands(self.base, self.ask, slug)

    def _to_code_again(self, slug: str) -> Sequence[str]:
        with self.base.snapshot() as now:
            return facets_to_code_again(now, slug)

    def _code_again(self, slug: str, facets: Sequence[str]) -> None:
        """Asks how this person codes what another coded, without showing how."""
        self.ask.say(f"included as {slug}; how do you code it? What it is coded as stays hidden")
        place = 0
        while place < len(facets):
            try:
                self._code_once(slug, facets[place])
                place += 1
            except Back:
                place = max(0, place - 1)

    def _code_once(self, slug: str, facet: str) -> None:
        while True:
            typed = self.ask.line(facet)
            if typed in ("", "-"):
                return
            try:
                self.base.screen.code_again(slug, [f"{facet}={typed}"])
            except KBError as error:
                self.ask.say(f"{error} ({error.hint})")
                self._codes(facet)
            else:
                return

    def _title(self, slug: str) -> None:
        stands = self.base.register.initiative(slug).stored.profile.title
        value = self.ask.line("title", default=stands)
        if value not in (stands, "-"):
            self.base.register.edit(slug, [f"title={value}"])

    def _organisation(self, slug: str) -> None:
        stands = self.base.register.initiative(slug).stored.profile.organisation
        default = "" if stands == UNKNOWN_BODY else stands
        while True:
            try:
                self._body(slug, self.ask.line("organisation", default=default), default)
                return
            except _Again:
                continue

    def _body(self, slug: str, typed: str, default: str) -> None:
        if typed in ("-", ""):
            return
        bodies = self.base.workspace.declarations.bodies
        if bodies.find(typed) is None:
            near = bodies.nearest(typed, BODIES_OFFERED)
            choices = {str(number): body.name for number, body in enumerate(near, start=1)}
            shown = {number: f" {name}" for number, name in choices.items()}
            try:
                key = self.ask.choice("no such body; nearest:", shown | {"0": " as typed"})
            except Back as back:
                raise _Again from back
            typed = typed if key == "0" else choices[key]
        if typed != default:
            self.base.register.edit(slug, [f"organisation={typed}"])

    def _code(self, slug: str, facet: str, guess: str) -> None:
        """One or more codes of a facet; what the code book has not is asked again.

        Asked a second time, the answer takes the place of the first.
        """
        before = self._coded.get((slug, facet), [])
        stands = ",".join(before)
        while True:
            typed = self.ask.line(facet, default=stands or guess)
            if typed in ("-", "", stands):
                if typed == "-" and before:
                    self.base.register.tag(slug, [f"{facet}={stands}"], remove=True)
                    del self._coded[slug, facet]
                return
            try:
                book = self.base.workspace.declarations.book
                book.tag(f"{facet}={typed}")
                if before and facet not in book.facets.one:
                    self.base.register.tag(slug, [f"{facet}={stands}"], remove=True)
                self.base.register.tag(slug, [f"{facet}={typed}"])
                self._coded[slug, facet] = parted(typed)
            except KBError as error:
                self.ask.say(f"{error} ({error.hint})")
                self._codes(facet)
            else:
                return

    def _codes(self, facet: str) -> None:
        for code, entry in self.base.workspace.declarations.book.codes[facet].items():
            self.ask.say(f"  {code}: {entry.means}")
