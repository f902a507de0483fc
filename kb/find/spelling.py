"""What else may have been meant: words spelt nearly as one that nothing holds."""

from rapidfuzz import fuzz, process

from kb.find.entries import Matches
from kb.find.query import Query, units
from kb.find.scoring import Scoring
from kb.find.words import stems

FEWEST_LETTERS = 3  # of a word that another is suggested for
LETTERS_MORE = 2  # or fewer, that it may have
MOST_ALIKE = 5
LEAST_ALIKE = 75  # of 100


def did_you_mean(scoring: Scoring, matches: Matches, query: Query) -> list[str]:
    """Words that entries hold, each spelt nearly as one that none does."""
    words = {
        word
        for node in query.terms
        if node.shown in matches.without
        for unit in units([node])
        for word in unit.words
        if len(word) >= FEWEST_LETTERS and not unit.prefix
    }
    near = [_nearest(scoring, word) for word in query.typed.split() if word in words]
    return [word for word in near if word]


def _nearest(scoring: Scoring, word: str) -> str | None:
    """The word of the vocabulary spelt most like one that it lacks, of these the commonest."""
    if _frequency(scoring, word):
        return None
    alike = [
        each
        for each in scoring.index.vocabulary
        if each[:1] == word[:1] and abs(len(each) - len(word)) <= LETTERS_MORE
    ]
    swapped = [each for each in alike if sorted(each) == sorted(word)]
    near = [(each, 100.0, 0) for each in swapped] + process.extract(
        word, alike, scorer=fuzz.ratio, limit=MOST_ALIKE, score_cutoff=LEAST_ALIKE
    )
    frequency = {each: often for each, *_ in near if (often := _frequency(scoring, each))}
    # The slip most made is two letters in the other order.
    alikeness = {
        each: 1.0 if sorted(each) == sorted(word) else fuzz.ratio(word, each) / 100
        for each in frequency
    }
    return max(
        frequency, key=lambda each: (round(alikeness[each], 2), frequency[each]), default=None
    )


def _frequency(scoring: Scoring, word: str) -> int:
    """How many entries have the word in the field that has it most."""
    return max(
        (
            scoring.index.frequency(name, each)
            for name in scoring.ranking.fields
            for each in stems(word)
        ),
        default=0,
    )
