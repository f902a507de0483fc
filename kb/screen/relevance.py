"""Relevance: how likely a page is about a race-equality initiative, and the words that say so.

    words = 1 - product over ideas of (1 - weight * place * often)
    sum   = words * (0.5 + sum of signs that add) + sum of signs that take away
    score = sum up to 0.5, else 1 - 0.5 * exp(-2 * (sum - 0.5)): no two of the best are level

An idea is a term of the lexicon, or a group near a condition (`near`). `weight` is that of the
lexicon; `place` is 1.0 in title or summary, else 0.6; `often` is 1 for a term in title or summary,
else n / (n + 1) for one that occurs n times in the text. So one passing mention counts half, many
mentions never more than one idea is worth, and several ideas add up without passing 1. All
that the words of the field can say is that a page is about race equality, and that is half; signs
say whether it offers anything, by its words (n / (n + 1) of the weight for n different forms), some
looked for in its opening alone, or by the marks of its kind (kb/text/page_facts.py). What adds
does so as far as the page is about race.
"""

import hashlib
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kb.declare.lexicon import Lexicon, Sign
from kb.text import page_facts
from kb.text.matcher import Matcher, Occurrence, TokenizedText
from kb.text.page_facts import OPENING_CHARACTERS
from kb.text.page_reading import Signal

FORMULA = "3"  # changes when the same lexicon would give another score
TEXT_PLACE = 0.6
TERMS_SHARE = 0.5
LEVEL = 0.5  # from here on the sum is pressed together
READ_CHARACTERS = 20_000  # what a page is about is said in its first pages


@dataclass(frozen=True)
class Scored:
    """A score from 0 to 1 with what made it, the strongest first."""

    score: float
    signals: tuple[Signal, ...]


class Scorer:
    """Scores pages by one lexicon; made once, used for many."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._weights = {term.name: term.weight for term in lexicon.term}
        self._terms = Matcher.of(term for term in lexicon.term if term.weight)
        self._signs = lexicon.sign
        self._in_opening = _forms_of(sign for sign in lexicon.sign if sign.in_opening)
        self._anywhere = _forms_of(
            sign for sign in lexicon.sign if not sign.in_opening and not sign.in_title
        )
        self._in_title = _forms_of(sign for sign in lexicon.sign if sign.in_title)
        self._near = lexicon.near
        if lexicon.near:
            self._groups = Matcher.of_phrases(lexicon.near.groups)
            self._conditions = Matcher.of_phrases(lexicon.near.conditions)
        rests_on = lexicon.model_dump_json(include={"term", "sign", "near"})
        text = f"{FORMULA} {page_facts.FORM}\n{rests_on}"
        self.version = hashlib.sha256(text.encode()).hexdigest()[:12]

    def score(
        self, title: str, summary: str, text: str, marks: Collection[str] = frozenset()
    ) -> Scored:
        """The score of a page; a page without words scores 0, by no signal.

        `marks` are those of its facts, which some signs go by.
        """
        fields = {"title": title, "summary": summary, "text": text[:READ_CHARACTERS]}
        parts = {where: TokenizedText(words) for where, words in fields.items()}
        ideas = [*self._terms_in(parts), *self._near_in(parts)]
        missing = 1.0
        for each in ideas:
            missing *= 1 - each.strength
        opening = [parts["title"], parts["summary"], TokenizedText(text[:OPENING_CHARACTERS])]
        signs = list(self._signs_in(parts, opening, marks, race=bool(ideas)))
        adds = sum(max(0.0, sign.strength) for sign in signs)
        takes = sum(min(0.0, sign.strength) for sign in signs)
        score = _pressed((1 - missing) * (TERMS_SHARE + adds) + takes)
        ranked = sorted([*ideas, *signs], key=lambda each: (-abs(each.strength), each.term))
        return Scored(round(score, 4), tuple(ranked))

    def _terms_in(self, parts: Mapping[str, TokenizedText]) -> list[Signal]:
        best: dict[str, Signal] = {}
        for where, text in parts.items():
            counts: dict[str, int] = {}
            forms: dict[str, str] = {}
            for each in self._terms.occurrences(text):
                counts[each.term] = counts.get(each.term, 0) + 1
                forms.setdefault(each.term, each.form)
            for term, count in counts.items():
                strength = round(self._weights[term] * _place(where, count), 4)
                if term not in best or strength > best[term].strength:
                    best[term] = Signal(term, forms[term], where, count, strength)
        return list(best.values())

    def _near_in(self, parts: Mapping[str, TokenizedText]) -> list[Signal]:
        """A group near a condition, once: where that is strongest."""
        if self._near is None:
            return []
        signals = []
        for where, text in parts.items():
            near = self._pairs(text, self._near.within)
            if near:
                strength = round(self._near.weight * _place(where, len(near)), 4)
                signals.append(Signal(self._near.name, near[0], where, len(near), strength))
        return sorted(signals, key=lambda each: -each.strength)[:1]

    def _pairs(self, text: TokenizedText, within: int) -> list[str]:
        conditions = self._conditions.occurrences(text)
        if not conditions:
            return []
        pairs = []
        for group in self._groups.occurrences(text):
            beside = [each for each in conditions if 0 < abs(each.at - group.at) <= within]
            if beside:
                pairs.append(f"{group.form} … {beside[0].form}")
        return pairs

    def _signs_in(
        self,
        parts: Mapping[str, TokenizedText],
        opening: Iterable[TokenizedText],
        marks: Collection[str],
        *,
        race: bool,
    ) -> Iterable[Signal]:
        occurrences = [
            *(each for part in opening for each in self._in_opening.occurrences(part)),
            *(each for part in parts.values() for each in self._anywhere.occurrences(part)),
            *self._in_title.occurrences(parts["title"]),
        ]
        by_sign: dict[str, list[Occurrence]] = {}
        for each in occurrences:
            by_sign.setdefault(each.term.partition(_BETWEEN)[0], []).append(each)
        for sign in self._signs:
            if not _may_act(sign, race):
                continue
            if marked := sorted(set(sign.any_mark_of).intersection(marks)):
                yield Signal(sign.name, marked[0], "kind", 1, sign.weight)
            forms = by_sign.get(sign.name, [])
            different = len({each.term for each in forms})
            if different >= sign.fewest:
                share = different / (different + 1) if sign.in_opening else 1.0
                strength = round(sign.weight * share, 4)
                yield Signal(sign.name, forms[0].form, "sign", len(forms), strength)


_BETWEEN = "\n"  # a sign's name and a form of it


def _forms_of(signs: Iterable[Sign]) -> Matcher:
    """One matcher of all their forms: a text is walked through once for all."""
    return Matcher.of_families(
        {f"{sign.name}{_BETWEEN}{form}": [form] for sign in signs for form in sign.forms}
    )


def _place(where: str, count: int) -> float:
    return 1.0 if where != "text" else TEXT_PLACE * count / (count + 1)


def _pressed(total: float) -> float:
    if total <= LEVEL:
        return max(0.0, total)
    return 1 - (1 - LEVEL) * math.exp(-(total - LEVEL) / (1 - LEVEL))


def _may_act(sign: Sign, race: bool) -> bool:
    return not (sign.only_with_race_term and not race) and not (
        sign.only_without_race_term and race
    )
