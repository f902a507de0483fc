"""What holds of each initiative against each strand as strands are called now."""

from dataclasses import replace

from kb.assess.lineage import Lineage
from kb.declare.offer import Offer
from kb.keep import register
from kb.keep.decisions import StrandStep
from kb.keep.register import Judgement, newest_of_each_person
from kb.keep.store import Reading

Judgements = dict[tuple[int, str], Judgement]


def lineage_of(reading: Reading, offer: Offer) -> Lineage:
    """The strands of an offer with the steps by which earlier ones became them."""
    return Lineage(offer, tuple(reading.rows(StrandStep)))


def judgements_of(reading: Reading, lineage: Lineage) -> Judgements:
    """(initiative, strand) to what holds of it.

    What somebody said of a strand that was renamed or split is of what it became, unless they
    said something of that later. A removed strand keeps its rows under its own key.
    """
    judgements = _since_removed(register.judgements(reading), lineage)
    became = {key: lineage.now(key) for key in {key for _, key in judgements}}
    for (number, key), judgement in list(judgements.items()):
        if became[key] == [key]:
            continue
        heirs = [now for now in became[key] if now != key]
        for now in heirs:
            own = judgements.get((number, now), Judgement(number, now, ()))
            rows = sorted((*judgement.assessments, *own.assessments), key=lambda row: row.row_id)
            newest = newest_of_each_person(rows)
            resolved = own.resolved or judgement.resolved
            judgements[number, now] = Judgement(number, now, newest, resolved)
        if heirs and key not in became[key]:
            del judgements[number, key]
    return judgements


def _since_removed(judgements: Judgements, lineage: Lineage) -> Judgements:
    """Without what was said of a strand that was removed, where its key exists again."""
    removed = {strand.key: lineage.removed(strand.key) for strand in lineage.offer.strand}
    kept = {}
    for (number, key), judgement in judgements.items():
        rows = judgement.assessments
        if removed.get(key):
            rows = tuple(row for row in rows if row.made > removed[key])
        if rows:
            unchanged = len(rows) == len(judgement.assessments)
            kept[number, key] = judgement if unchanged else replace(judgement, assessments=rows)
    return kept
