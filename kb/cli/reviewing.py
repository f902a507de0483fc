"""`kb review`: what waits, one keystroke a decision; then what it is called and how it is coded."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated

import typer

from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back, until_stopped
from kb.cli.opening import By, opened
from kb.cli.output import Shown, show, stderr
from kb.cli.walking import Plain, walk
from kb.declare.codebook import parted
from kb.errors import KBError, Refused
from kb.keep.decisions import Decision
from kb.screen.review import FACETS_ASKED, PageCard

app = typer.Typer(rich_markup_mode=None)

CHOICES = {
    "i": "nclude",
    "e": "xclude",
    "u": "nsure",
    "a": "lready known",
    "m": "ore text",
    "w": "hy here",
    "z": " undo",
    "s": "kip",
}
BODIES_OFFERED = 3
PASSAGES_SHOWN = 3
MORE_SHOWN = 12
UNKNOWN_BODY = "unknown"  # as an inclusion stores a body that no source names
LETTERS = "acdefghijklmnoprtuvwxyz"  # without b, q and s, which do something


@app.command()
def review(
    ctx: typer.Context,
    criteria: Annotated[
        bool, typer.Option("--criteria", help="Show what is looked for, and decide nothing.")
    ] = False,
    assess: Annotated[
        bool, typer.Option("--assess", help="After an inclusion, go on into assessing.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="Most pages.")] = None,
    plain: Plain = False,
    by: By = None,
) -> None:
    """Go through the inbox, one keystroke a decision.

    What is decided is stored at once.

    Example: kb review --assess
    """
    with opened(ctx, by) as base:
        if criteria:
            show(base.screen.criteria(), Shown())
            return
        session = _Session(base, Asking(plain=plain), assess=assess)
        with until_stopped():
            session.run(limit)
    stderr(f"{session.decided} decided; {session.left} left")


class _Again(Exception):
    """Raised to ask the same question once more."""


class _Session:
    """One person at the inbox."""

    def __init__(self, base: KnowledgeBase, asking: Asking, *, assess: bool) -> None:
        self._base = base
        self._ask = asking
        self._assess = assess
        self._review = base.screen.review()
        self._decided: set[str] = set()
        self._coded: dict[tuple[str, str], list[str]] = {}  # what was answered in this session
        last = base.workspace.store.last_act()
        self._began = (last.id or 0) if last else 0

    @property
    def decided(self) -> int:
        """How many pages were decided in this session, and not taken back."""
        return len(self._decided)

    @property
    def left(self) -> int:
        """How many pages wait still."""
        return self._base.report.status()["pages waiting"]

    def run(self, limit: int | None) -> None:
        """Card after card until there is none, or enough."""
        count = min(len(self._review), limit or len(self._review))
        cards, shown, place = self._review.cards(), list[PageCard](), 0
        while place < count:
            if place == len(shown):
                card = next(cards, None)
                if card is None:
                    return
                shown.append(card)
            self._show(shown[place], f"{place + 1} of {count}")
            try:
                self._decide(shown[place])
                place += 1
            except Back:
                place = max(0, place - 1)

    def _show(self, card: PageCard, place: str) -> None:
        ask = self._ask
        ask.say()
        ask.say(f"{place}  {card.document}  relevance {card.relevance:.2f}")
        ask.say(card.title, marked=self._review.forms(card.title))
        ask.say(card.organisation or "organisation unknown")
        ask.say(card.url)
        self._passages(card, 0, PASSAGES_SHOWN)
        for initiative, similarity in card.similar:
            body, reasons = initiative.profile.organisation, "; ".join(similarity.reasons)
            ask.say(f"like {initiative.slug} ({body}) {similarity.score:.2f}: {reasons}")
        if card.copies:
            ask.say(f"copies, decided with it: {' '.join(card.copies)}")

    def _passages(self, card: PageCard, first: int, last: int) -> None:
        for passage in card.passages[first:last]:
            self._ask.say(f"  {passage}", marked=self._review.forms(f"  {passage}"))

    def _decide(self, card: PageCard) -> None:
        """Asks until the card is decided or passed over."""
        while True:
            key = self._ask.key("", CHOICES)
            if key == "s":
                return
            if key == "m":
                self._passages(card, PASSAGES_SHOWN, MORE_SHOWN)
            elif key == "w":
                self._why(card)
            elif key == "z":
                self._undo()
            elif self._carry_out(card, key):
                return

    def _why(self, card: PageCard) -> None:
        for signal in card.signals:
            self._ask.say(f"  {signal.strength:+.2f} {signal.form} ({signal.where})")

    def _undo(self) -> None:
        try:
            undone = self._base.register.undo(after=self._began)
        except KBError as error:
            self._ask.say(f"not undone: {error}")
        else:
            self._decided.discard(undone.act.subject)
            self._ask.say(f"undone: {undone.act.command}")

    def _carry_out(self, card: PageCard, key: str) -> bool:
        """Carries the decision out; False where it was refused, or taken back."""
        try:
            if key == "e":
                self._screen(card, Decision.exclude, reason=self._reason())
            elif key == "u":
                self._screen(card, Decision.unsure)
            elif key == "a":
                return self._belongs(card)
            else:
                self._include(card)
        except KBError as error:
            self._ask.say(f"error: {error}" + (f" ({error.hint})" if error.hint else ""))
            return False
        except Back:  # to the keys of this card
            return False
        return True

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
        rows = self._base.screen.decide(
            [card.document], decision, reason=reason, initiatives=initiatives, why=why
        )
        self._decided.add(card.document)
        return rows[0].initiatives

    def _reason(self) -> str:
        """A reason to exclude by its letter."""
        codes = list(self._base.workspace.declarations.book.codes["exclusion_reason"])
        for letter, code in zip(LETTERS, codes, strict=False):
            self._ask.say(f"  {letter} {code}")
        key = self._ask.key("reason, or b to go back", dict.fromkeys(LETTERS[: len(codes)], ""))
        return codes[LETTERS.index(key)]

    def _belongs(self, card: PageCard) -> bool:
        """Asks of which initiative it is a page, by number, slug, or words of its title."""
        words = f"{card.title} {card.organisation}"
        while True:
            near = self._review.nearest(words)
            for number, each in enumerate(near, start=1):
                about = f"{each.profile.title} ({each.profile.organisation})"
                self._ask.say(f"  {number} {each.slug}: {about}")
            typed = self._ask.line("which: a number, a slug, or words of its title; Enter for none")
            if not typed:
                return False
            if typed.isdigit():
                if not 0 < int(typed) <= len(near):
                    self._ask.say(f"there is no {typed}: 1 to {len(near)}")
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
        except Refused as refused:
            why = self._ask.line(f"{refused}; why it is one, Enter to leave it")
            if not why:
                return False
            self._screen(card, Decision.include, initiatives=[slug], why=why)
        self._ask.say(f"{card.document} is a page of {slug}")
        return True

    def _include(self, card: PageCard) -> None:
        """Stored at once; what is asked afterwards is stored answer by answer."""
        slug = self._screen(card, Decision.include)[0]
        self._ask.say(f"included as {slug}; Enter accepts what stands in brackets, - leaves it out")
        guesses = self._base.screen.guesses(slug, self._review.guesser)
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
            walk(self._base, self._ask, slug)

    def _title(self, slug: str) -> None:
        stands = self._base.register.initiative(slug).stored.profile.title
        value = self._ask.line("title", default=stands)
        if value not in (stands, "-"):
            self._base.register.edit(slug, [f"title={value}"])

    def _organisation(self, slug: str) -> None:
        stands = self._base.register.initiative(slug).stored.profile.organisation
        default = "" if stands == UNKNOWN_BODY else stands
        while True:
            try:
                self._body(slug, self._ask.line("organisation", default=default), default)
                return
            except _Again:
                continue

    def _body(self, slug: str, typed: str, default: str) -> None:
        if typed in ("-", ""):
            return
        bodies = self._base.workspace.declarations.bodies
        if bodies.find(typed) is None:
            near = bodies.nearest(typed, BODIES_OFFERED)
            choices = {str(number): body.name for number, body in enumerate(near, start=1)}
            shown = {number: f" {name}" for number, name in choices.items()}
            try:
                key = self._ask.choice("no such body; nearest:", shown | {"0": " as typed"})
            except Back as back:
                raise _Again from back
            typed = typed if key == "0" else choices[key]
        if typed != default:
            self._base.register.edit(slug, [f"organisation={typed}"])

    def _code(self, slug: str, facet: str, guess: str) -> None:
        """One or more codes of a facet; what the code book has not is asked again.

        Asked a second time, the answer takes the place of the first.
        """
        before = self._coded.get((slug, facet), [])
        stands = ",".join(before)
        while True:
            typed = self._ask.line(facet, default=stands or guess)
            if typed in ("-", "", stands):
                if typed == "-" and before:
                    self._base.register.tag(slug, [f"{facet}={stands}"], remove=True)
                    del self._coded[slug, facet]
                return
            try:
                book = self._base.workspace.declarations.book
                book.tag(f"{facet}={typed}")
                if before and facet not in book.facets.one:
                    self._base.register.tag(slug, [f"{facet}={stands}"], remove=True)
                self._base.register.tag(slug, [f"{facet}={typed}"])
                self._coded[slug, facet] = parted(typed)
            except KBError as error:
                self._ask.say(f"{error} ({error.hint})")
                self._codes(facet)
            else:
                return

    def _codes(self, facet: str) -> None:
        for code, entry in self._base.workspace.declarations.book.codes[facet].items():
            self._ask.say(f"  {code}: {entry.means}")
