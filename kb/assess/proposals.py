"""Proposals: assessments that nobody has confirmed yet, and what a person needs to confirm one."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.assess.evidence import Evidence, evidence_of
from kb.assess.positions import Position
from kb.declare.offer import Strand
from kb.keep.decisions import Level
from kb.text.strand_terms import StrandTerms
from kb.workspace.snapshot import Snapshot

PASSAGES = 9  # as many as one key can name


@dataclass(frozen=True)
class ProposalCard:
    """A proposal with what it is about, and the passages that may confirm it."""

    initiative: str
    title: str
    organisation: str
    summary: str
    url: str | None
    strand: Strand
    level: Level | None  # None where it is to be read a second time, blind
    by: str
    why: str
    passages: Sequence[str]  # quotable, those with most of the strand's terms first
    documents: Sequence[str]  # its pages that are held
    addresses: Sequence[str]  # where these stand
    position: Position
    becomes: Position | None  # the position if the proposal were confirmed, where that is another
    said: Sequence[str] = ()  # of a second reading: what others said, where that is not hidden


def read_again(snapshot: Snapshot) -> list[tuple[str, str]]:
    """(slug, strand) of each level that who acts here is to read a second time."""
    keys = {strand.key for strand in snapshot.declarations.offer.strand}
    return [
        (snapshot.slugs[number], strand)
        for number, strand in sorted(snapshot.hidden.pairs)
        if number in snapshot.register and strand in keys
    ]


def in_order(snapshot: Snapshot, *, mine: bool = False) -> list[tuple[str, str]]:
    """(slug, strand) of each proposal: first those that would move a position if confirmed.

    Before them what who acts here is to read a second time; with `mine` that alone.
    Among both, those that a held page can confirm go first, then as the offer and the register
    go. Where people differ there is a conflict, and no proposal to confirm.
    """
    again = read_again(snapshot)
    if mine:
        return again
    evidence = evidence_of(snapshot)
    moving = {strand.key: _moving(evidence, strand) for strand in evidence.strands}
    places = {strand.key: place for place, strand in enumerate(evidence.strands)}
    every = [(each.initiative, each.strand) for each in evidence.proposed]
    every.sort(
        key=lambda pair: (
            pair[0] not in moving[pair[1]],
            pair[0] not in snapshot.pages_of,
            places[pair[1]],
            pair[0],
        )
    )
    return again + [(evidence.register[number].slug, strand) for number, strand in every]


def _moving(evidence: Evidence, strand: Strand) -> set[int]:
    proposed = [each.initiative for each in evidence.proposed if each.strand == strand.key]
    return {number for number in proposed if if_confirmed(evidence, strand, number)}


def if_confirmed(evidence: Evidence, strand: Strand, number: int) -> Position | None:
    """The position if a proposal were confirmed; None where it stays."""
    confirmed = evidence.levels(strand.key, proposals=False)
    level = evidence.by_strand[strand.key][number].outcome
    now = evidence.position(strand, confirmed)
    after = evidence.position(strand, confirmed | {number: level})
    return after if after != now else None


def proposal_card(
    snapshot: Snapshot, name: str, strand_key: str, *, blind: bool = True
) -> ProposalCard | None:
    """What is shown of a proposal, or of a level to be read a second time.

    Without what others said of the latter, unless it is not `blind`. None where it was settled
    meanwhile.
    """
    evidence = evidence_of(snapshot)
    number = next((n for n, each in snapshot.register.items() if each.slug == name), None)
    waiting = {(each.initiative, each.strand): each for each in evidence.proposed}
    again = (number or 0, strand_key) in snapshot.hidden.pairs
    if again:
        waiting = dict(evidence.judgements)
    judgement = waiting.get((number or 0, strand_key))
    if number is None or judgement is None:
        return None
    strand = evidence.declarations.offer.get(strand_key)
    pages, profile = snapshot.pages_of.get(number, []), snapshot.register[number].profile
    terms = StrandTerms(evidence.declarations.offer)
    leading = judgement.leading
    return ProposalCard(
        initiative=name,
        title=profile.title,
        organisation=profile.organisation,
        summary=profile.summary,
        url=profile.url,
        strand=strand,
        level=None if again else leading.level,
        by="" if again else leading.person,
        why="" if again else leading.why,
        passages=terms.passages(strand.key, snapshot.texts(pages))[:PASSAGES],
        documents=[page.name for page in pages],
        addresses=[page.url for page in pages] or ([profile.url] if profile.url else []),
        position=evidence.position(strand, evidence.levels(strand.key, proposals=False)),
        becomes=None if again else if_confirmed(evidence, strand, number),
        said=[
            f"{row.person} {row.level}: {row.quote or 'no quote'}"
            for row in judgement.assessments
            if again and not blind
        ],
    )
