"""Assessing: decisions on an initiative and a strand, and the lists that rest on them."""

from collections.abc import Collection

from kb.assess import quotes
from kb.assess.levels import Answers
from kb.base.core import chosen
from kb.base.offering import Offers
from kb.errors import QuoteNotFound, Refused
from kb.keep import documents, outlines, register
from kb.keep.documents import Held
from kb.keep.found import State
from kb.keep.outlines import Outline
from kb.keep.register import Entry
from kb.keep.said import Assessment, Basis, Level
from kb.keep.store import Reading

NOT_ASKED = Answers()


class Assesses(Offers):
    """What people decide on initiatives and strands."""

    def assess(
        self,
        named: str,
        strand_key: str,
        level: Level | str,
        *,
        quote: str = "",
        why: str = "",
        answers: Answers = NOT_ASKED,
    ) -> dict[str, object]:
        """A person's decision, in place of the one they made before; the row it made.

        With a quote it is confirmed; without one it is a proposal, but for `no-overlap`, which
        needs none. Raises QuoteNotFound, with the nearest passage, where no current page of
        the initiative holds the quote; Refused for a level against the answers without a reason.
        """
        strand = self.declarations.offer.get(strand_key)
        level = chosen(Level, level, where="the code book")
        if answers.level not in (None, level) and not why.strip():
            raise Refused(
                f"the answers come to {answers.level}, not {level}", hint="say why: --why TEXT"
            )
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            confirmed = bool(quote) or level == Level.no_overlap
            if confirmed:
                self._ready(entry)
            pinned = self._pin(reading, entry, quote) if quote else None
        row = Assessment(
            initiative=entry.id,
            strand=strand.key,
            person=self.by,
            level=level,
            basis=Basis.confirmed if confirmed else Basis.proposed,
            **vars(answers),
            why=why,
            quote=pinned[1].spelt if pinned else "",
            revision=pinned[0].revision.id if pinned else None,
            place=pinned[1].start if pinned else None,
            strand_version=strand.version,
        )
        command = f"assess {entry.slug} {strand.key} {level}"
        with self.writing(command, why=why) as writing:
            register.assessed(writing, row)
        return {
            "strand": strand.key,
            "initiative": entry.slug,
            "level": level.value,
            "basis": row.basis.value,
            "quote": row.quote or None,
            "made_by": self.by,
        }

    def _ready(self, entry: Entry) -> None:
        missing = [facet for facet in ("role", "reach") if not entry.code(facet)]
        if missing:
            raise Refused(
                f"{entry.slug!r} has no {' and no '.join(missing)} yet",
                hint=f"kb tag {entry.slug} {' '.join(f'{facet}=CODE' for facet in missing)}",
            )

    def _pin(self, reading: Reading, entry: Entry, quote: str) -> tuple[Held, quotes.Place]:
        quote = quotes.check(quote)
        pages = pages_of(reading, entry.id)
        for held in pages:
            if place := quotes.locate(quote, held.revision.text):
                return held, place
        if not pages:
            raise QuoteNotFound(
                f"no page of {entry.slug!r} is held, so nothing can be quoted from it",
                hint="kb crawl --register fetches the registered addresses",
            )
        near = quotes.nearest(quote, [held.revision.text for held in pages])
        raise QuoteNotFound(
            f"the quote {quote!r} is not in a current page of {entry.slug!r}",
            hint=f"the nearest passage: {near!r}"
            if near
            else f"it stands on {pages[0].standing.url}",
        )


def outlines_of(reading: Reading, *, gone: bool = False) -> dict[int, list[Outline]]:
    """Initiative to the current pages it stands on, without those that are gone unless asked."""
    belongs = documents.memberships(reading)
    found: dict[int, list[Outline]] = {}
    for page in outlines.outlines(reading):
        if gone or page.state != State.gone:
            for number in belongs.get(page.id, ()):
                found.setdefault(number, []).append(page)
    return found


def pages_of(reading: Reading, number: int) -> list[Held]:
    """The current pages one initiative stands on, with their texts; none that is gone."""
    return pages_of_each(reading, [number]).get(number, [])


def pages_of_each(reading: Reading, numbers: Collection[int]) -> dict[int, list[Held]]:
    """The same for several; one that stands on no current page is absent."""
    wanted = set(numbers)
    belongs = {
        document: initiatives & wanted
        for document, initiatives in documents.memberships(reading).items()
        if initiatives & wanted
    }
    found: dict[int, list[Held]] = {}
    for page in documents.each_held(reading, belongs):
        if page.standing.state != State.gone:
            for number in belongs[page.id]:
                found.setdefault(number, []).append(page)
    return found
