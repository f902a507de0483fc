"""The index read: what occurs where, and what is kept of an entry to be shown."""

import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.query import Phrase
from whoosh.reading import TermNotFound

from kb.find.entries import Words
from kb.find.index import LOOKS, WORDS, Missing, open_whoosh, state_of, vocabulary_of
from kb.text.matcher import Alternatives


class Index:
    """An index opened for reading: what occurs where, and what is kept of each entry.

    An entry is named by the number Whoosh gives it, which holds while this is open.
    """

    def __init__(self, folder: Path) -> None:
        """Raises Missing where there is none, or it is of another form, or damaged."""
        words, self._searcher, self._inside = _newest(folder)
        self.words = Words(
            Alternatives(words["forms"], words["related"], words["longest"]),
            words["bodies"],
            words["regions"],
            words["codes"],
        )
        self._reader = self._searcher.reader()
        self.count = int(self._reader.doc_count())
        self._lengths: dict[str, dict[int, int]] = defaultdict(dict)

    def close(self) -> None:
        """Gives back the files."""
        self._searcher.close()

    def frequency(self, field: str, term: str) -> int:
        """How many entries have the term in the field, or had it and are not merged away yet."""
        try:
            return int(self._reader.doc_frequency(field, term))
        except TermNotFound:
            return 0

    def occurrences(self, field: str, term: str) -> Iterator[tuple[int, float, int]]:
        """Each entry with the term in the field: how often, and how long its field is."""
        try:
            matcher = self._reader.postings(field, term)
        except TermNotFound:
            return
        lengths = self._lengths[field]
        while matcher.is_active():
            number = matcher.id()
            length = lengths.get(number)
            if length is None:
                length = lengths[number] = self._reader.doc_field_length(number, field, 1)
            yield number, matcher.weight(), length
            matcher.next()

    def length(self, field: str, number: int) -> int:
        """How long the field of an entry is, in terms; 0 where it is empty."""
        known = self._lengths[field].get(number)
        return int(self._reader.doc_field_length(number, field, 0) or 0) if known is None else known

    def average_length(self, field: str) -> float:
        """How long the field is in the mean, in terms."""
        return float(self._searcher.avg_field_length(field))

    def entries_with(self, field: str, term: str) -> list[int]:
        """The entries that have the term in the field."""
        try:
            return list(self._reader.postings(field, term).all_ids())
        except TermNotFound:
            return []

    def side_by_side(self, field: str, terms: Sequence[str], within: int = 1) -> set[int]:
        """The entries that have the terms in that order, each within so many words of the last."""
        return set(Phrase(field, list(terms), slop=within).docs(self._searcher))

    @cached_property
    def owners(self) -> dict[int, int]:
        """Page to the initiative that it belongs to; of several, to the first."""
        heads = {name: n for name in self.terms("of") for n in self.entries_with("id", name)}
        return {
            page: head for name, head in heads.items() for page in self.entries_with("of", name)
        }

    def with_pages(self, numbers: Iterable[int]) -> set[int]:
        """Those entries, and the pages of the initiatives among them."""
        every = set(numbers)
        return every | {page for page, head in self.owners.items() if head in every}

    def terms(self, field: str) -> list[str]:
        """Every term of the field."""
        terms = self._reader.field_terms(field)
        return [term.decode() if isinstance(term, bytes) else term for term in terms]

    def every(self) -> set[int]:
        """All entries."""
        return set(self._reader.all_doc_ids())

    @cached_property
    def vocabulary(self) -> set[str]:
        """Every word that entries have held, in lower case, since it was built."""
        return vocabulary_of(self._inside)

    def kept(self, number: int) -> Mapping[str, Any]:
        """What is kept of an entry to be shown; what is empty is not, and reads as ""."""
        return defaultdict(str, self._reader.stored_fields(number))


def _newest(folder: Path) -> tuple[dict[str, Any], Any, Path]:
    """The words noted beside the index, Whoosh's searcher of it, and where it lies.

    Raises Missing, unless it was put in the place of another one while we looked.
    """
    for _ in range(LOOKS):
        noted = state_of(folder)
        try:
            if noted is not None:
                inside = folder / noted["folder"]
                return (
                    json.loads((inside / WORDS).read_text()),
                    open_whoosh(inside).searcher(),
                    inside,
                )
        except (Missing, FileNotFoundError, whoosh_index.IndexError):
            pass
        time.sleep(0.02)
    raise Missing(f"no sound index of this form in {folder}", hint="kb reindex makes it")
