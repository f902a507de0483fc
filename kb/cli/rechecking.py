"""`kb recheck`: what needs another look, as a list, or one after the other by single keys."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Annotated

import typer

from kb.assess.assessments import Assessed
from kb.assess.causes import CauseKind
from kb.assess.changes import Moved
from kb.assess.page_changes import PageChange
from kb.assess.recheck import ToRecheck
from kb.base import KnowledgeBase
from kb.cli.asking import Asking, Back, until_stopped
from kb.cli.opening import AsOf, By, opened, parse_day
from kb.cli.output import listing, stderr
from kb.cli.walking import LEVELS, Plain
from kb.errors import KBError
from kb.keep.decisions import Decision, Level
from kb.keep.documents import CONFLICT
from kb.table import Table

app = typer.Typer(rich_markup_mode=None)

CHOICES = {"r": "enew with this passage", "m": "ark another", "n": "o longer true", "s": "kip"}
STILL = {"y": "es", "n": "o longer true"}


@app.command()
@listing
def recheck(
    ctx: typer.Context,
    go: Annotated[
        bool, typer.Option("--go", help="Go through them: renew, or say what holds now.")
    ] = False,
    plain: Plain = False,
    as_of: AsOf = None,
    by: By = None,
    limit: int | None = None,
) -> Table[ToRecheck] | None:
    """List what needs another look, what moves a position first.

    Example: kb recheck --go
    """
    with opened(ctx, by, as_of=as_of) as base:
        table = base.assess.recheck()
        if not go:
            return table
        session = _Rechecking(base, Asking(plain=plain))
        with until_stopped():
            for note in table.notes:
                session.say(note)
            session.run(table.rows[:limit])
    stderr(f"{session.made} said anew")
    return None


class _Rechecking:
    """One person before what is to be re-checked; `made` counts what they said."""

    def __init__(self, base: KnowledgeBase, ask: Asking) -> None:
        self._base = base
        self._ask = ask
        self.made = 0

    def say(self, text: str) -> None:
        """A sentence that goes before."""
        self._ask.say(text)

    def run(self, rows: Sequence[ToRecheck]) -> None:
        """One after the other; `b` goes back to the one before, as it stands by then."""
        place = 0
        while place < len(rows):
            row = self._as_it_stands(rows[place])
            try:
                if row is None:
                    self._ask.say()
                    self._ask.say(f"{rows[place].initiative}: said anew; kb undo takes it back")
                else:
                    self._go(row)
                place += 1
            except Back:
                place = max(0, place - 1)

    def _as_it_stands(self, row: ToRecheck) -> ToRecheck | None:
        """The same decision now; None where it was settled meanwhile."""
        if not self.made:
            return row
        same = (row.initiative, row.strand, row.document, row.old)
        now = self._base.assess.recheck().rows
        return next((r for r in now if (r.initiative, r.strand, r.document, r.old) == same), None)

    def _go(self, row: ToRecheck) -> None:
        """Shows one decision, and carries out what the person says of it."""
        ask = self._ask
        ask.say()
        about = row.strand or (f"its page {row.document}" if row.document else "its codes")
        ask.say(f"{row.initiative} and {about}: {row.cause.words}{becomes(row)}")
        if row.document:
            self._page(row, row.document)
        elif row.strand is None:
            self._codes_or_result(row)
        else:
            self._assessment(row)

    def _assessment(self, row: ToRecheck) -> None:
        ask = self._ask
        ask.say(f"  was: {row.level}, by {row.old or 'no quote'}")
        ask.say(f"  now: {row.nearest or 'nothing like it'}")
        while True:
            key = ask.key("", CHOICES if row.nearest else {key: CHOICES[key] for key in "mns"})
            try:
                if key == "r" and row.nearest != row.old and row.cause.kind != CauseKind.no_quote:
                    # Another passage may say the contrary: one key is not to renew by it.
                    answer = ask.key(f"does that passage still say {row.level}?", STILL)
                    key = "r" if answer == "y" else "n"
                if key == "r":
                    self._carry_out(partial(self._renew, row, row.nearest or ""))
                elif key == "m" and (marked := self._marked(row)):
                    self._carry_out(partial(self._renew, row, marked))
                elif key == "m":
                    continue
                elif key == "n":
                    self._no_longer(row)
                return
            except Back:  # to the keys of this row
                continue

    def _page(self, row: ToRecheck, document: str) -> None:
        """Asks whether a page that says something else still belongs to its initiative."""
        self._ask.say(f"  kb show {document} --diff tells what changed")
        while True:
            key = self._ask.key("", {"k": "eep it", "x": " leave it out", "s": "kip"})
            try:
                if key == "k":
                    self._carry_out(partial(self._screen, document, Decision.include))
                elif key == "x" and not self._leave_out(row, document):
                    continue
                return
            except Back:  # to the keys of this row
                continue

    def _leave_out(self, row: ToRecheck, document: str) -> bool:
        """Says what goes with the page, asks, and asks for a reason; False where it stays."""
        shown = self._base.register.initiative(row.initiative)
        others = [each for each in shown.documents if each.document != document]
        assessed = ", ".join(f"{each.strand} {each.level}" for each in shown.assessments)
        pages = "page stays" if len(others) == 1 else "pages stay"
        rest = f"{len(others)} other {pages}" if others else "it has no other page"
        question = (
            f"{row.initiative}: {rest}; assessed: {assessed or 'nothing'}. Leave {document} out?"
        )
        if self._ask.key(question, {"y": "es", "n": "o"}) == "n":
            return False
        reasons = list(self._base.workspace.declarations.book.codes["exclusion_reason"])
        while True:
            reason = self._ask.line(f"why ({', '.join(reasons)})")
            if reason in reasons:
                break
            self._ask.say(f"{reason!r} is none of them")
        self._carry_out(partial(self._screen, document, Decision.exclude, reason))
        return True

    def _codes_or_result(self, row: ToRecheck) -> None:
        anew = f"tag {row.initiative} {row.cause.facet}=CODE" if row.cause.facet else "result"
        self._ask.say(f"  was: {row.old}; say it anew: kb {anew}")
        self._ask.key("", {"s": CHOICES["s"]})

    def _screen(self, document: str, decision: Decision, reason: str = "") -> str:
        row = self._base.screen.decide([document], decision, reason=reason)[0]
        verdict = self._base.register.document(document).screening
        differs = "; people differ on it now: kb conflicts" if verdict == CONFLICT else ""
        return f"{row.document} {row.decision}{differs}"

    def _renew(self, row: ToRecheck, quote: str) -> str:
        made = self._base.assess.renew(row.initiative, row.strand or "", quote=quote)
        return self._stored(made)

    def _stored(self, made: Assessed) -> str:
        """What was stored, and whether people differ by it."""
        stored = f"{made.initiative} {made.level} {made.strand} ({made.basis})"
        shown = self._base.register.initiative(made.initiative).assessments
        differs = any(r.strand == made.strand and r.level == CONFLICT for r in shown)
        return f"{stored}; people differ on it now: kb conflicts" if differs else stored

    def _marked(self, row: ToRecheck) -> str:
        """A passage of its pages by its first and last words; "" where there is none such."""
        first, last = self._ask.line("from the words"), self._ask.line("to the words")
        try:
            return self._base.assess.passage_between(row.initiative, first, last)
        except KBError as error:
            self._ask.say(f"{error} ({error.hint})")
            return ""

    def _no_longer(self, row: ToRecheck) -> None:
        """Asks what holds now, on which passage and why, and stores that."""
        levels = {key: f" {level}" for key, level in LEVELS.items() if level.value != row.level}
        level = LEVELS[self._ask.key("what holds now?", levels)]
        quote = "" if level == Level.no_overlap else self._passage(row, level)
        why = self._ask.line(f"why no longer {row.level}")
        if not why:
            self._ask.say("without a reason nothing is stored")
            return
        self._carry_out(partial(self._say_anew, row, level, quote, why))

    def _passage(self, row: ToRecheck, level: Level) -> str:
        """The passage that says so: the one shown, one marked by its ends; "" for a proposal."""
        choices = {"y": "es", "m": "ark another", "p": " only propose it"}
        if not row.nearest:
            del choices["y"]
        while True:
            shown = "that passage" if row.nearest else "a passage"
            key = self._ask.key(f"does {shown} say {level}?", choices)
            if key == "y":
                return row.nearest or ""
            if key == "p":
                return ""
            if marked := self._marked(row):
                return marked

    def _say_anew(self, row: ToRecheck, level: Level, quote: str, why: str) -> str:
        made = self._base.assess.assess(
            row.initiative, row.strand or "", level, quote=quote, why=why
        )
        return self._stored(made)

    def _carry_out(self, act: Callable[[], str]) -> None:
        try:
            done = act()
        except KBError as error:
            self._ask.say(f"not stored: {error} ({error.hint})")
        else:
            self.made += 1
            self._ask.say(done)


def becomes(row: ToRecheck) -> str:
    """What the position would become, in words; "" where it stays."""
    if not row.would_become:
        return ""
    if row.cause.kind == CauseKind.no_quote:
        return f"; confirmed it would make the strand {row.would_become}"
    return f"; without it the strand is {row.would_become}"


@app.command()
@listing
def changes(
    ctx: typer.Context,
    since: Annotated[
        date | None, typer.Option(parser=parse_day, help="Only what was found so after that day.")
    ] = None,
    as_of: AsOf = None,
) -> Table[PageChange]:
    """List the register's pages that changed since a person looked.

    The largest fall of relevance comes first.

    Example: kb changes --since 2026-03-01
    """
    with opened(ctx, as_of=as_of) as base:
        return base.assess.changes(since)


@app.command()
@listing
def moved(
    ctx: typer.Context,
    since: Annotated[
        date, typer.Argument(metavar="DATE", parser=parse_day, help="Compare the end of that day …")
    ],
    until: Annotated[
        date | None, typer.Argument(metavar="[DATE]", parser=parse_day, help="… with this, or now.")
    ] = None,
) -> Table[Moved]:
    """List what moved between two days, by the world or by us.

    Example: kb moved 2026-03-01 2026-06-30
    """
    with opened(ctx) as base:
        return base.assess.moved_between(since, until)
