"""Which initiatives suggest a strand, so that a person should assess them against it."""

import hashlib
from collections.abc import Iterable, Mapping

from kb.assess import quotes
from kb.declare.boards import audiences
from kb.declare.offer import Offer
from kb.find.lexicon import Matcher, Worded

FORM = "1"  # changes when the same terms would be met in other texts


class Suggester:
    """Finds the strands that an initiative's own words, means and audience point to."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._terms = {strand.key: Matcher.of_phrases(strand.terms) for strand in offer.strand}
        told = "\n".join(f"{s.key}: {'; '.join(s.terms)}" for s in offer.strand)
        self.version = hashlib.sha256(f"{FORM}\n{told}".encode()).hexdigest()[:12]  # of the terms
        self._any = Matcher.of_families({strand.key: strand.terms for strand in offer.strand})

    def strands(self, text: str, tags: Mapping[str, Iterable[str]]) -> list[str]:
        """Strands with a term in the text, or that share both means and audience."""
        met = self._any.terms(Worded(text))
        means = set(tags.get("means", ()))
        audience = audiences(tags.get("audience", ()))
        return [
            strand.key
            for strand in self._offer.strand
            if strand.key in met
            or (
                strand.axis == "means"
                and means & set(strand.means)
                and audience & audiences(strand.audience)
            )
        ]

    def scores(
        self, texts: Iterable[str], tags: Mapping[str, Iterable[str]], race: Matcher
    ) -> dict[str, tuple[float, list[str]]]:
        """Strand to its score, 0 to 1, with the passages that raised it, the strongest first.

        Terms of a strand count where their passage also holds a race term: 0.7 of
        1 - 0.5 ** (different terms met); shared means add 0.15 and a shared audience 0.15.
        """
        told = [each for text in texts for each in quotes.passages(text)]
        about = [Worded(each) for each in dict.fromkeys(told) if race.occurrences(each)]
        found = {}
        for strand in self._offer.strand:
            met = {
                worded.text: {each.term for each in self._terms[strand.key].occurrences(worded)}
                for worded in about
            }
            terms = set[str]().union(*met.values())
            means = bool(set(tags.get("means", ())) & set(strand.means))
            shared = audiences(tags.get("audience", ())) & audiences(strand.audience)
            score = 0.7 * (1 - 0.5 ** len(terms)) + 0.15 * means + 0.15 * bool(shared)
            why = sorted((each for each in met if met[each]), key=lambda each: -len(met[each]))
            found[strand.key] = (round(score, 4), why)
        return found

    def likelihood(self, key: str, text: str, tags: Mapping[str, Iterable[str]]) -> float:
        """How likely the initiative bears on the strand, 0 to 1: terms met, means, audience."""
        strand = self._offer.get(key)
        terms = {met.term for met in self._terms[key].occurrences(text)}
        by_terms = 1 - 0.6 ** len(terms)
        means = bool(set(tags.get("means", ())) & set(strand.means))
        shared = audiences(tags.get("audience", ())) & audiences(strand.audience)
        return round(0.6 * by_terms + 0.2 * means + 0.2 * bool(shared), 4)

    def passages(self, key: str, texts: Iterable[str], *, telling: bool = False) -> list[str]:
        """The quotable passages of pages, those with most of the strand's terms first.

        If `telling`, those alone that hold one of them.
        """
        terms = self._terms[key]
        told = [each for text in texts for each in quotes.passages(text)]
        fitting = [each for each in dict.fromkeys(told) if len(each) <= quotes.MOST_CHARACTERS]
        met = {each: len({found.term for found in terms.occurrences(each)}) for each in fitting}
        held = [each for each in fitting if met[each]] if telling else fitting
        return sorted(held, key=lambda each: -met[each])
