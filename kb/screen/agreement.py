"""How far people agree where several read the same: on screening, codes and levels.

Of two readers Cohen's kappa (1960, doi:10.1177/001316446002000104), of more Krippendorff's alpha
for nominal data with missing values (2011, "Computing Krippendorff's Alpha-Reliability"). The
interval is the middle 95% of what 1,000 resamplings of the units give, drawn with one seed, so that
the same answers give the same interval.
"""

import importlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kb.declare.people import PEOPLE
from kb.keep import register
from kb.keep.decisions import DESK_RESEARCH, WITH_IT, SecondCode
from kb.screen.second_codes import BETWEEN, FACETS_ASKED, coder
from kb.screen.second_readings import calibrated
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot

RESAMPLINGS = 1000
LEVEL = 0.95
FEW = 10  # units, under which a number says little

Answers = Mapping[str, Mapping[str, str]]  # unit to person to what they said of it


@dataclass(frozen=True)
class Agreement:
    """How far people agree on one question."""

    question: str = column("What was decided: screening, a code, or levels.", narrow=True)
    units: int = column("How many pages or pairs two or more people decided.", narrow=True)
    people: list[str] = column("Who decided them.")
    agreed: float = column("The share on which all who decided agree.", narrow=True)
    measure: str = column("kappa for two people, alpha for more.", narrow=True)
    value: float | None = column(
        "How far they agree beyond chance, at most 1; unknown where all said the same.", narrow=True
    )
    low: float | None = column("The least it may be, with 95%.", narrow=True)
    high: float | None = column("The most it may be, with 95%.", narrow=True)
    differ: list[str] = column("What they differ on: who said what.", narrow=True, inside=True)


def agreement(snapshot: Snapshot) -> Table[Agreement]:
    """A row a question that two or more people answered of the same units; none where none was.

    What people said of a unit alone, and what came with the register, says nothing of agreement.
    """
    questions = {
        "screening": _screenings(snapshot),
        **{f"code: {facet}": _codes(snapshot, facet) for facet in FACETS_ASKED},
        "levels": _levels(snapshot),
    }
    rows = [_row(name, answers) for name, answers in questions.items() if answers]
    few = [row.question for row in rows if row.units < FEW]
    notes = tuple(f"{name}: fewer than {FEW} units; the numbers say little" for name in few)
    return Table("agreement", Agreement, rows, (*snapshot.marks, *notes, *_to_come(snapshot)))


def _to_come(snapshot: Snapshot) -> Iterator[str]:
    """What the protocol asks for and is not done: calibration, second readings, readers."""
    protocol, people = snapshot.declarations.protocol, snapshot.workspace.people
    twice = protocol.read_twice
    if len(people.who_screen(snapshot.moment.day)) < 2:
        if twice.screening or twice.overlap_assessments or protocol.calibrate:
            yield f"the protocol asks for second readings; {PEOPLE} names no two who screen"
        return
    waits = [row for row in snapshot.to_read if row.again]
    read = sum(calibrated(snapshot.reading, people.who_screen(snapshot.moment.day)).values())
    if read < protocol.calibrate:
        yield f"calibration: {read} of {protocol.calibrate} pages are read by everybody"
    into = snapshot.merges
    own = {
        (r.person, r.document, into.get(r.initiative or 0, r.initiative), r.strand) for r in waits
    }
    for person, count in sorted(Counter(person for person, *_ in own).items()):
        yield f"{person} is to read {count} a second time: kb review --mine"


def krippendorff(units: Sequence[Sequence[str]]) -> float | None:
    """Alpha for nominal data; None where nothing was answered twice, or all said the same.

    (observed - expected) / (all - expected), in pairs of answers within a unit, each unit's
    weighed by one less than its answers.
    """
    pairable = [Counter(answers) for answers in units if len(answers) > 1]
    totals: Counter[str] = Counter()
    observed = 0.0
    for counts in pairable:
        totals.update(counts)
        observed += sum(n * (n - 1) for n in counts.values()) / (counts.total() - 1)
    whole = totals.total()
    if len(totals) < 2:
        return None
    expected = sum(n * (n - 1) for n in totals.values()) / (whole - 1)
    return (observed - expected) / (whole - expected)


def cohen(units: Sequence[Sequence[str]]) -> float | None:
    """Kappa of two people, in the same order in each unit; None where all said the same."""
    if len({answer for answers in units for answer in answers}) < 2:
        return None
    one, other = zip(*units, strict=True)
    return float(_kappa()(one, other))


@cache
def _kappa() -> Any:
    # A lazy door: scikit-learn loads longer than most commands run.
    return importlib.import_module("sklearn.metrics").cohen_kappa_score


def interval(
    units: Sequence[Sequence[str]], measure: Callable[[Sequence[Sequence[str]]], float | None]
) -> tuple[float | None, float | None]:
    """The middle 95% of the measure over resamplings of the units; None, None where none has it."""
    chance = random.Random(0)  # noqa: S311 - the same answers are to give the same interval
    values = sorted(
        value
        for _ in range(RESAMPLINGS)
        if (value := measure(chance.choices(units, k=len(units)))) is not None
    )
    if not values:
        return None, None
    tail = (1 - LEVEL) / 2
    return values[int(tail * len(values))], values[int((1 - tail) * len(values)) - 1]


def _row(question: str, answers: Answers) -> Agreement:
    people = sorted({person for said in answers.values() for person in said})
    units = [[said[person] for person in people if person in said] for said in answers.values()]
    measure = krippendorff if len(people) > 2 else cohen
    low, high = interval(units, measure)
    value = measure(units)
    return Agreement(
        question=question,
        units=len(units),
        people=people,
        agreed=round(sum(len(set(each)) == 1 for each in units) / len(units), 4),
        measure="alpha" if len(people) > 2 else "kappa",
        value=None if value is None else round(value, 4),
        low=None if low is None else round(low, 4),
        high=None if high is None else round(high, 4),
        differ=[_said(unit, said) for unit, said in answers.items() if len(set(said.values())) > 1],
    )


def _said(unit: str, said: Mapping[str, str]) -> str:
    return f"{unit}: " + ", ".join(f"{person} {answer}" for person, answer in sorted(said.items()))


def _screenings(snapshot: Snapshot) -> Answers:
    answers = {
        f"d{number}": {
            row.person: row.decision.value
            for row in verdict.decisions
            if not row.why.startswith(WITH_IT)
        }
        for number, verdict in snapshot.verdicts.items()
    }
    waits = {f"d{row.document}" for row in snapshot.to_read if row.again and row.document}
    return {unit: said for unit, said in answers.items() if len(said) > 1 and unit not in waits}


def _codes(snapshot: Snapshot, facet: str) -> Answers:
    """Initiative to how each of two readers coded it; several codes are one answer."""
    answers: dict[str, dict[str, str]] = {}
    for row in snapshot.reading.rows(SecondCode, facet=facet):
        initiative = snapshot.register.get(row.initiative)
        first = coder(snapshot, initiative, facet) if initiative else ""
        if initiative and first not in ("", row.person):
            said = answers.setdefault(initiative.slug, {})
            said |= {first: BETWEEN.join(sorted(initiative.codes(facet))), row.person: row.codes}
    return answers


def _pairs_to_read(snapshot: Snapshot) -> set[tuple[int, str]]:
    """Initiatives and strands that somebody is still to read blind."""
    into = snapshot.merges
    rows = [row for row in snapshot.to_read if row.again and row.initiative]
    return {(into.get(row.initiative or 0, row.initiative or 0), row.strand) for row in rows}


def _levels(snapshot: Snapshot) -> Answers:
    answers = {}
    for (number, strand), judgement in register.judgements(snapshot.reading).items():
        said = {
            row.person: row.level.value
            for row in judgement.assessments
            if row.person != DESK_RESEARCH
        }
        waits = (number, strand) in _pairs_to_read(snapshot)
        if len(said) > 1 and number in snapshot.register and not waits:
            answers[f"{snapshot.slugs[number]} and {strand}"] = said
    return answers
