"""Which strands of the offer a text points to, by the terms that the offer gives each."""

import hashlib
from collections.abc import Iterable, Mapping

from kb.declare.boards import audiences
from kb.declare.offer import Offer, Strand
from kb.text import quotes
from kb.text.matcher import Matcher, TokenizedText

FORM = "1"  # changes when the same terms would occur in other texts

Codes = Mapping[str, Iterable[str]]


class StrandTerms:
    """Finds the strands that an initiative's own words, means and audience point to."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._terms = {strand.key: Matcher.of_phrases(strand.terms) for strand in offer.strand}
        self._any = Matcher.of_families({strand.key: strand.terms for strand in offer.strand})
        lines = "\n".join(f"{s.key}: {'; '.join(s.terms)}" for s in offer.strand)
        self.version = hashlib.sha256(f"{FORM}\n{lines}".encode()).hexdigest()[:12]  # of the terms

    def strands(self, text: str, tags: Codes) -> list[str]:
        """Strands with a term in the text, or that share both means and audience."""
        by_terms = self._any.terms(TokenizedText(text))
        return [
            strand.key
            for strand in self._offer.strand
            if strand.key in by_terms or (strand.axis == "means" and all(_shared(strand, tags)))
        ]

    def scores(
        self, texts: Iterable[str], tags: Codes, race: Matcher
    ) -> dict[str, tuple[float, list[str]]]:
        """Strand to its score, 0 to 1, with the passages that raised it, the strongest first.

        Terms of a strand count where their passage also holds a race term: 0.7 of
        1 - 0.5 ** (different terms), plus 0.15 for shared means and 0.15 for a shared audience.
        """
        passages = dict.fromkeys(each for text in texts for each in quotes.passages(text))
        about_race = [TokenizedText(each) for each in passages if race.occurrences(each)]
        scores = {}
        for strand in self._offer.strand:
            terms_in = {
                tokens.text: {each.term for each in self._terms[strand.key].occurrences(tokens)}
                for tokens in about_race
            }
            terms = set[str]().union(*terms_in.values())
            means, audience = _shared(strand, tags)
            score = 0.7 * (1 - 0.5 ** len(terms)) + 0.15 * means + 0.15 * audience
            speaking = [passage for passage, those in terms_in.items() if those]
            speaking.sort(key=lambda passage: -len(terms_in[passage]))
            scores[strand.key] = (round(score, 4), speaking)
        return scores

    def likelihood(self, key: str, text: str, tags: Codes) -> float:
        """How likely the initiative bears on the strand, 0 to 1: terms, means, audience."""
        terms = {each.term for each in self._terms[key].occurrences(text)}
        means, audience = _shared(self._offer.get(key), tags)
        return round(0.6 * (1 - 0.6 ** len(terms)) + 0.2 * means + 0.2 * audience, 4)

    def passages(self, key: str, texts: Iterable[str], *, telling: bool = False) -> list[str]:
        """The quotable passages of pages, those with most of the strand's terms first.

        If `telling`, those alone that hold one of them.
        """
        passages = dict.fromkeys(each for text in texts for each in quotes.passages(text))
        terms = {
            each: len({term.term for term in self._terms[key].occurrences(each)})
            for each in passages
            if len(each) <= quotes.MOST_CHARACTERS
        }
        fitting = [each for each in terms if terms[each] or not telling]
        return sorted(fitting, key=lambda each: -terms[each])


def _shared(strand: Strand, tags: Codes) -> tuple[bool, bool]:
    """Whether codes share a means, and an audience, with the strand."""
    audience = audiences(tags.get("audience", ())) & audiences(strand.audience)
    return bool(set(tags.get("means", ())) & set(strand.means)), bool(audience)
