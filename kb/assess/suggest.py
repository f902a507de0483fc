"""Which initiatives suggest a strand, so that a person should assess them against it."""

from collections.abc import Iterable, Mapping

from kb.declare.codebook import audiences
from kb.declare.offer import Offer
from kb.find.lexicon import Matcher


class Suggester:
    """Finds the strands that an initiative's own words, means and audience point to."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._terms = {strand.key: Matcher.of_phrases(strand.terms) for strand in offer.strand}

    def strands(self, text: str, tags: Mapping[str, Iterable[str]]) -> list[str]:
        """Strands with a term in the text, or that share both means and audience."""
        means = set(tags.get("means", ()))
        audience = audiences(tags.get("audience", ()))
        return [
            strand.key
            for strand in self._offer.strand
            if self._terms[strand.key].occurrences(text)
            or (
                strand.axis == "means"
                and means & set(strand.means)
                and audience & audiences(strand.audience)
            )
        ]
