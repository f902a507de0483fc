"""What a person is shown to assess an initiative: strand by strand, with passages to quote."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.assess.evidence import evidence_of
from kb.declare.offer import Strand
from kb.errors import Refused
from kb.keep.decisions import Assessment
from kb.text import quotes
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot

PASSAGES = 9  # as many as one key can name


@dataclass(frozen=True)
class StrandCard:
    """A strand to assess an initiative against, with the passages that bear on it."""

    strand: Strand
    likelihood: float
    passages: Sequence[str]
    assessments: Sequence[Assessment]  # what was said already
    recheck: str  # why what holds is to be re-checked, since when; "" where it is not


def strand_cards(snapshot: Snapshot, name: str) -> list[StrandCard]:
    """The strands to assess an initiative against, the likeliest first."""
    initiative = snapshot.workspace.initiative(snapshot.reading, name)
    texts = snapshot.texts(snapshot.pages_of.get(initiative.id, []))
    whole = "\n".join([initiative.profile.title, initiative.profile.summary, *texts])
    evidence = evidence_of(snapshot)
    terms = StrandTerms(evidence.declarations.offer)
    cards = []
    for strand in evidence.strands:
        judgement = evidence.judgements.get((initiative.id, strand.key))
        cause = evidence.causes.get((initiative.id, strand.key))
        cards.append(
            StrandCard(
                strand=strand,
                likelihood=terms.likelihood(strand.key, whole, initiative.tags),
                passages=terms.passages(strand.key, texts)[:PASSAGES],
                assessments=judgement.assessments if judgement else (),
                recheck=cause.words if cause else "",
            )
        )
    return sorted(cards, key=lambda card: -card.likelihood)


def passage(snapshot: Snapshot, name: str, strand: str, number: int) -> str:
    """The passage of that number, as `strand_cards` counts them from 1.

    Raises Refused if there is no such passage.
    """
    key = snapshot.declarations.offer.get(strand).key
    card = next(card for card in strand_cards(snapshot, name) if card.strand.key == key)
    if not 1 <= number <= len(card.passages):
        raise Refused(
            f"{name!r} has {len(card.passages)} passages for {key!r}, not {number}",
            hint=f"kb assess {name} shows them",
        )
    return card.passages[number - 1]


def passage_between(snapshot: Snapshot, name: str, first: str, last: str) -> str:
    """The passage of the initiative's pages from some words to some later ones.

    Raises Refused where no page has the one and then, within a quote's length, the other.
    """
    initiative = snapshot.workspace.initiative(snapshot.reading, name)
    for text in snapshot.texts(snapshot.pages_of.get(initiative.id, [])):
        if between := quotes.between(first, last, text):
            return between
    raise Refused(
        f"no page of {initiative.slug!r} has a passage from {first!r} to {last!r}",
        hint=f"at most {quotes.MOST_CHARACTERS} characters, on one page",
    )
