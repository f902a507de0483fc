"""What a person is shown to decide: a page that waits, and an initiative strand by strand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz import fuzz, process, utils

from kb.assess import quotes
from kb.assess.suggest import Suggester
from kb.base.assessing import Assesses, pages_of
from kb.base.core import Rows
from kb.base.identifying import Known
from kb.base.screening import Screens
from kb.declare.offer import Strand
from kb.errors import Refused
from kb.find.lexicon import Matcher
from kb.keep import documents
from kb.keep.documents import Held
from kb.keep.found import State
from kb.keep.register import Entry
from kb.keep.said import Assessment
from kb.screen.guessing import Coded, Guesser
from kb.screen.identity import Likeness

ASKED = ("role", "reach", "audience", "means", "status")  # in this order, after an inclusion
PASSAGES = 9  # as many as one key can name
BODIES = 3
CRITERIA = "part text".split()


@dataclass(frozen=True)
class Card:
    """A page that waits, with all that helps to decide on it."""

    document: str
    title: str
    organisation: str
    url: str
    relevance: float
    found: Sequence[Mapping[str, object]]  # terms and signs, the strongest first
    passages: Sequence[str]  # those that hold a term, then the first
    similar: Sequence[tuple[Entry, Likeness]]
    copies: Sequence[str]


@dataclass(frozen=True)
class StrandCard:
    """A strand to assess an initiative against, with the passages that bear on it."""

    strand: Strand
    likelihood: float
    passages: Sequence[str]
    standing: Sequence[Assessment]


class Review:
    """One session over what waited when it began; each is looked at again before it is shown."""

    def __init__(self, base: "Reviews") -> None:
        self._base = base
        with base.store.reading() as reading:
            threshold = base.declarations.lexicon.inbox.threshold
            self._waiting = base.waiting(reading, threshold)
            self._known = base.known(reading)
        self._terms = Matcher.of(base.declarations.lexicon.term)

    def __len__(self) -> int:
        return len(self._waiting)

    def cards(self) -> Iterator[Card]:
        """What waits, the likeliest first; what another person decided meanwhile is passed over."""
        for waiting in self._waiting:
            with self._base.store.reading() as reading:
                judged = waiting.page.id in documents.verdicts(reading)
                belongs = waiting.page.id in documents.memberships(reading)
                page = self._base.document(reading, f"d{waiting.page.id}")
            if not judged and not belongs:
                yield self._card(page, waiting.copies)

    def _card(self, held: Held, copies: Sequence[int]) -> Card:
        text = held.revision.text
        told = quotes.passages(text)
        speaking = [each for each in told if self._terms.occurrences(each)]
        relevance = held.relevance
        return Card(
            document=f"d{held.id}",
            title=held.revision.title or held.standing.url,
            organisation=self._known.organisations.get(held.document.source, ""),
            url=held.standing.url,
            relevance=relevance.score if relevance else 0.0,
            found=relevance.terms if relevance else [],
            passages=[*speaking, *(each for each in told if each not in speaking)],
            similar=self._known.likeliest(held),
            copies=[f"d{number}" for number in copies],
        )

    def forms(self, text: str) -> list[tuple[int, int]]:
        """Where terms of the lexicon stand in a text, in characters."""
        return [(met.start, met.end) for met in self._terms.occurrences(text)]

    @cached_property
    def guesser(self) -> Guesser:
        """Made of the register as it stood when first asked for."""
        return _guesser(self._known)


class Reviews(Screens, Assesses):
    """Sessions."""

    def review(self) -> Review:
        """What waits, to be gone through."""
        return Review(self)

    def guesses(self, named: str, guesser: Guesser | None = None) -> dict[str, list[str]]:
        """Facet to the codes a machine would give the initiative; it is for a person to accept."""
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            pages = pages_of(reading, entry.id)
            guesser = guesser or _guesser(self.known(reading))
        one = [facet for facet in ASKED if facet in self.declarations.book.facets.one]
        many = [facet for facet in ASKED if facet not in one]
        text = pages[0].revision.text if pages else entry.profile.summary
        kind = entry.profile.organisation_kind
        return guesser.codes(entry.profile.title, text, kind, one=one, many=many)

    def nearest_bodies(self, typed: str) -> list[str]:
        """The bodies whose names are most like what was typed, the likest first."""
        spelt = {
            name: body.name
            for body in self.declarations.bodies.body
            for name in (body.name, *body.also)
        }
        near = process.extract(
            typed, list(spelt), scorer=fuzz.WRatio, processor=utils.default_process, limit=9
        )
        return list(dict.fromkeys(spelt[name] for name, *_ in near))[:BODIES]

    def criteria(self) -> Rows:
        """The protocol: what is looked for, and what is a reason to leave a page out."""
        protocol, book = self.declarations.protocol, self.declarations.book
        rows: list[dict[str, object]] = [
            {"part": "question", "text": protocol.question},
            {"part": "unit", "text": protocol.unit},
        ]
        rows += [{"part": "include", "text": text} for text in protocol.include]
        reasons = book.codes["exclusion_reason"]
        rows += [{"part": code, "text": entry.means} for code, entry in reasons.items()]
        return Rows("criteria", tuple(CRITERIA), rows)

    def strand_cards(self, named: str) -> list[StrandCard]:
        """The strands to assess an initiative against, the likeliest first."""
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            pages = pages_of(reading, entry.id)
            judgements = self.judgements(reading)
        suggester = Suggester(self.declarations.offer)
        texts = [entry.profile.title, entry.profile.summary]
        texts += [held.revision.text for held in pages if held.standing.state != State.gone]
        cards = []
        for strand in self.declarations.offer.strand:
            judgement = judgements.get((entry.id, strand.key))
            cards.append(
                StrandCard(
                    strand=strand,
                    likelihood=suggester.likelihood(strand.key, "\n".join(texts), entry.tags),
                    passages=suggester.passages(strand.key, [h.revision.text for h in pages])[
                        :PASSAGES
                    ],
                    standing=judgement.assessments if judgement else (),
                )
            )
        return sorted(cards, key=lambda card: -card.likelihood)

    def passage(self, named: str, strand: str, number: int) -> str:
        """The passage of that number, as `strand_cards` counts them from 1.

        Raises Refused for a number there is not.
        """
        key = self.declarations.offer.get(strand).key
        card = next(card for card in self.strand_cards(named) if card.strand.key == key)
        if not 1 <= number <= len(card.passages):
            raise Refused(
                f"{named!r} has {len(card.passages)} passages for {key!r}, not {number}",
                hint=f"kb assess {named} shows them",
            )
        return card.passages[number - 1]

    def passage_between(self, named: str, first: str, last: str) -> str:
        """The passage of the initiative's pages from some words to some later ones.

        Raises Refused where no page has the one and then, within a quote's length, the other.
        """
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            pages = pages_of(reading, entry.id)
        for held in pages:
            if found := quotes.between(first, last, held.revision.text):
                return found
        raise Refused(
            f"no page of {entry.slug!r} has a passage from {first!r} to {last!r}",
            hint=f"at most {quotes.MOST_CHARACTERS} characters, on one page",
        )


def _guesser(known: Known) -> Guesser:
    return Guesser(
        Coded(
            entry.profile.title, entry.profile.summary, entry.profile.organisation_kind, entry.tags
        )
        for entry in known.entries.values()
        if entry.tags
    )
