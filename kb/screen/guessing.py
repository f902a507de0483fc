"""Guesses how an initiative would be coded, and which strands it bears on, from the register.

A text is read as words and pairs of words weighed by TF-IDF (Salton and Buckley 1988,
doi:10.1016/0306-4573(88)90021-0). Of a facet with one code, and of each strand, logistic regression
says how likely it is; the kind of the body counts as so many words. Of a facet with several codes
those most alike vote, each by how near it is. A guess is offered to a person to accept; it is
never stored by itself, and never counted.
"""

import importlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from kb.text.matcher import fold

NEAREST = 9
TITLE_COUNTS = 2  # a word of the title as much as so many of the text
BODY_COUNTS = 16  # the kind of body as much as so many words
READ_CHARACTERS = 800  # what a page offers is said in its first paragraphs
SHARE = 0.5  # of the votes from which a code of a many-valued facet is guessed
FOLDS = 5  # parts of the register, none of which is guessed from itself
BODY = "kindofbody"


@dataclass(frozen=True)
class CodedExample:
    """What was coded before: its words, whose it is, its codes."""

    title: str
    text: str
    kind_of_body: str
    tags: Mapping[str, Collection[str]]

    @property
    def words(self) -> str:
        """What is read of it, as one text."""
        return _words(self.title, self.text, self.kind_of_body)


class Guesser:
    """Guesses codes from what the register holds; an empty register guesses nothing."""

    def __init__(self, examples: Iterable[CodedExample]) -> None:
        self._examples = list(examples)
        self._machines: dict[str, Any] = {}  # by facet; made when first asked for

    @cached_property
    def _reader(self) -> Any:
        return _reader()

    @cached_property
    def _vectors(self) -> Any:
        return self._reader.fit_transform(each.words for each in self._examples)

    def codes(
        self,
        title: str,
        text: str,
        kind_of_body: str,
        *,
        one: Collection[str],
        many: Collection[str],
    ) -> dict[str, list[str]]:
        """Facet to guessed codes: one for each of `one`, those half would give for `many`.

        Nothing is guessed for a text that shares no word with any that was coded.
        """
        if not self._examples:
            return {}
        whole = self._vectors  # fits the reader
        vector = self._reader.transform([_words(title, text, kind_of_body)])
        if not vector.nnz:
            return {}
        guesses = {facet: self._likeliest(facet, vector) for facet in one}
        guesses |= self._voted((whole @ vector.T).toarray().ravel().tolist(), many)
        return {facet: codes for facet, codes in guesses.items() if codes}

    def _likeliest(self, facet: str, vector: Any) -> list[str]:
        coded = [place for place, each in enumerate(self._examples) if each.tags.get(facet)]
        codes = [next(iter(self._examples[place].tags[facet])) for place in coded]
        if len(set(codes)) < 2:
            return codes[:1]
        if facet not in self._machines:
            self._machines[facet] = _regression().fit(self._vectors[coded], codes)
        return [str(self._machines[facet].predict(vector)[0])]

    def _voted(self, likeness: Sequence[float], facets: Collection[str]) -> dict[str, list[str]]:
        near = sorted(enumerate(likeness), key=lambda pair: -pair[1])[:NEAREST]
        total = sum(similarity**2 for _, similarity in near)
        votes: dict[str, dict[str, float]] = {facet: defaultdict(float) for facet in facets}
        for place, similarity in near:
            for facet in facets:
                for code in self._examples[place].tags.get(facet, ()):
                    votes[facet][code] += similarity**2
        return {facet: _most(votes[facet], SHARE * total) for facet in facets}


def likely_strands(
    texts: Mapping[int, str], strands_of: Mapping[int, Collection[str]], strands: Iterable[str]
) -> dict[tuple[int, str], float]:
    """(initiative, strand) to how likely the one bears on the other, 0 to 1.

    Learned from which strands others bear on: each is judged by machines that have not seen it.
    One that is not in `strands_of` was not looked at, and nothing is learned from it. A strand
    that fewer than two others bear on is absent.
    """
    keys, known = list(strands), sorted(set(texts) & set(strands_of))
    parts = [known[part::FOLDS] for part in range(FOLDS)]
    parts.append(sorted(set(texts) - set(known)))
    likely: dict[tuple[int, str], float] = {}
    for asked in parts:
        others = [number for number in known if number not in set(asked)]
        if asked and others:
            likely |= _bearing(texts, asked, {n: strands_of[n] for n in others}, keys)
    return likely


def _bearing(
    texts: Mapping[int, str],
    asked: Sequence[int],
    known: Mapping[int, Collection[str]],
    strands: Sequence[str],
) -> dict[tuple[int, str], float]:
    """The same for those asked about, by machines that have seen the known ones."""
    reader = _reader(sublinear_tf=True)
    seen = reader.fit_transform(texts[number] for number in known)
    unseen = reader.transform(texts[number] for number in asked)
    likely = {}
    for key in strands:
        bears = [key in those for those in known.values()]
        if not 1 < sum(bears) < len(bears):
            continue
        machine = _regression(class_weight="balanced").fit(seen, bears)
        for number, share in zip(asked, machine.predict_proba(unseen)[:, 1], strict=True):
            likely[number, key] = round(float(share), 4)
    return likely


def read_of(title: str, text: str) -> str:
    """What is read of an initiative to guess by: its title twice, and how it begins."""
    return " ".join([*[title] * TITLE_COUNTS, text[:READ_CHARACTERS]])


def _reader(**options: Any) -> Any:
    # A lazy door: scikit-learn loads longer than most commands run.
    text = importlib.import_module("sklearn.feature_extraction.text")
    return text.TfidfVectorizer(ngram_range=(1, 2), preprocessor=fold, **options)


def _regression(**options: Any) -> Any:
    linear = importlib.import_module("sklearn.linear_model")
    return linear.LogisticRegression(max_iter=2000, **options)


def _words(title: str, text: str, kind_of_body: str) -> str:
    body = f" {BODY}{''.join(fold(kind_of_body).split())}" if kind_of_body else ""
    return read_of(title, text) + body * BODY_COUNTS


def _most(votes: Mapping[str, float], least: float) -> list[str]:
    ranked = sorted(votes, key=lambda code: (-votes[code], code))
    return [code for code in ranked[:3] if votes[code] > least]
