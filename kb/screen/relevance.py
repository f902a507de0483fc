"""Relevance: how likely a page is about a race-equality initiative, and the words that say so.

    words = 1 - product over terms of (1 - weight * place * often)
    score = clamp( words * (0.5 + sum of signs that add) + sum of signs that take away )

`weight` is the term's in the lexicon; `place` is 1.0 in title or summary, else 0.6; `often` is
1 for a term in title or summary, else n / (n + 1) for one that occurs n times in the text. So one
passing mention counts half, many mentions never more than one idea is worth, and several
ideas add up without passing 1. All that the words of the field can say is that a page is about
race equality, and that is half; signs of the kind of page say whether it offers anything, some
looked for in the page's opening alone. What adds does so as far as the page is about race.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from kb.declare.lexicon import Lexicon, Sign
from kb.text.matcher import Matcher, TokenizedText
from kb.text.page_reading import Signal

FORMULA = "2"  # changes when the same lexicon would give another score
TEXT_PLACE = 0.6
TERMS_SHARE = 0.5
OPENING_CHARACTERS = 800
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
        self._signs = [(sign, Matcher.of_phrases(sign.forms)) for sign in lexicon.sign]
        text = f"{FORMULA}\n{lexicon.model_dump_json(include={'term', 'sign'})}"
        self.version = hashlib.sha256(text.encode()).hexdigest()[:12]

    def score(self, title: str, summary: str, text: str) -> Scored:
        """The score of a page; a page without words scores 0, by no signal."""
        fields = {"title": title, "summary": summary, "text": text[:READ_CHARACTERS]}
        parts = {where: TokenizedText(words) for where, words in fields.items()}
        terms = self._terms_in(parts)
        missing = 1.0
        for each in terms:
            missing *= 1 - each.strength
        race = bool(terms)
        opening = [parts["title"], parts["summary"], TokenizedText(text[:OPENING_CHARACTERS])]
        signs = list(self._signs_in(parts.values(), opening, race))
        adds = sum(max(0.0, sign.strength) for sign in signs)
        takes = sum(min(0.0, sign.strength) for sign in signs)
        score = (1 - missing) * (TERMS_SHARE + adds) + takes
        ranked = sorted([*terms, *signs], key=lambda each: (-abs(each.strength), each.term))
        return Scored(round(min(1.0, max(0.0, score)), 4), tuple(ranked))

    def _terms_in(self, parts: dict[str, TokenizedText]) -> list[Signal]:
        best: dict[str, Signal] = {}
        for where, text in parts.items():
            counts: dict[str, int] = {}
            forms: dict[str, str] = {}
            for each in self._terms.occurrences(text):
                counts[each.term] = counts.get(each.term, 0) + 1
                forms.setdefault(each.term, each.form)
            for term, count in counts.items():
                place = 1.0 if where != "text" else TEXT_PLACE * count / (count + 1)
                strength = round(self._weights[term] * place, 4)
                if term not in best or strength > best[term].strength:
                    best[term] = Signal(term, forms[term], where, count, strength)
        return list(best.values())

    def _signs_in(
        self, whole: Collection[TokenizedText], opening: Collection[TokenizedText], race: bool
    ) -> Iterable[Signal]:
        for sign, matcher in self._signs:
            if not _may_act(sign, race):
                continue
            parts = opening if sign.in_opening else whole
            forms = [each for part in parts for each in matcher.occurrences(part)]
            if len({each.term for each in forms}) >= sign.fewest:
                yield Signal(sign.name, forms[0].form, "sign", len(forms), sign.weight)


def _may_act(sign: Sign, race: bool) -> bool:
    return not (sign.only_with_race_term and not race) and not (
        sign.only_without_race_term and race
    )
