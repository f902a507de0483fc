"""The search index. The only file that knows Whoosh: rows go in, hits come out.

What a hit shows is kept in the index, so that a search needs nothing else. Beside the index
stand `words.json`, the forms of the lexicon and the bodies and regions that filters widen to,
and `state.json`, the act up to which it was written and the declarations it was made by.
"""

import json
import math
import re
import secrets
import shutil
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from kb.errors import KBError, Unknown
from kb.find.lexicon import WORD, Alternatives, fold
from kb.find.query import Query, Unit

with warnings.catch_warnings():
    # Whoosh 2.7.4 dates from 2016: its sources have escapes that 3.12 and later warn of.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import index as whoosh_index
    from whoosh.analysis import STOP_WORDS, Token, Tokenizer
    from whoosh.codec import base as whoosh_codec
    from whoosh.fields import ID, KEYWORD, NUMERIC, STORED, TEXT, Schema
    from whoosh.lang.porter import stem
    from whoosh.query import Phrase
    from whoosh.reading import TermNotFound

# Whoosh names segments by `random`; where a caller has seeded that, two get one name.
whoosh_codec.random_name = lambda size=28: secrets.token_hex(size // 2)

FORM = "3"  # changes when rows must be indexed anew
WORDS = "words.json"
STATE = "state.json"

# What a match in a field weighs.
FIELD_WEIGHTS = {"title": 3.0, "organisation": 2.0, "summary": 1.6, "tags": 1.2, "text": 1.0}
# BM25: Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework", section 3.
BM25_K1 = 1.2
BM25_B = 0.6
FACETS = "role reach kind means audience setting group focus region status effect".split()
SNIPPET_WIDTH = 160
WAIT_SECONDS = 2.0
POOL_MB = 24  # of postings held before they are written out: a large crawl must not grow by them

_CUT = re.compile(r"\w+(?:\.?\w+)*")
_STEMS: dict[str, str] = {}  # a word in lower case to its stem, "" for a stop word
MOST_STEMS = 200_000


class _Stems(Tokenizer):  # type: ignore[misc]
    """Words in lower case, stemmed, without stop words: what Whoosh's StemmingAnalyzer makes.

    That passes each word through four generators; this is one, several times as quick.
    """

    def __call__(self, value: str, positions: bool = False, **how: Any) -> Iterator[Any]:
        how.pop("chars", None)
        start = how.pop("start_pos", 0)
        for name in ("keeporiginal", "start_char", "mode"):
            how.pop(name, None)
        token = Token(positions, **how)
        token.boost, token.stopped = 1.0, False
        for word in _CUT.findall(value.lower()):
            stemmed = _STEMS.get(word)
            if stemmed is None:
                if len(_STEMS) > MOST_STEMS:
                    _STEMS.clear()
                kept = len(word) > 1 and word not in STOP_WORDS
                stemmed = _STEMS[word] = stem(word) if kept else ""
            if stemmed:
                token.text = stemmed
                if positions:
                    token.pos = start
                    start += 1
                yield token


_ANALYSER = _Stems()
_SCHEMA = Schema(
    id=ID(stored=True, unique=True),
    part=ID(stored=True),  # register or documents
    number=NUMERIC(stored=True),
    slug=STORED,
    document=STORED,
    url=STORED,
    title=TEXT(_ANALYSER, stored=True),
    organisation=TEXT(_ANALYSER, stored=True),
    summary=TEXT(_ANALYSER, stored=True),
    tags=TEXT(_ANALYSER),
    text=TEXT(_ANALYSER, stored=True),
    body=KEYWORD(commas=True),
    **{facet: KEYWORD(commas=True, stored=facet == "region") for facet in FACETS},
)


@dataclass(frozen=True)
class Entry:
    """What the index takes in of one initiative or document."""

    id: str  # i12 or d42
    part: str  # register or documents
    number: int
    title: str
    organisation: str
    url: str
    summary: str = ""
    text: str = ""
    slug: str | None = None
    document: str | None = None
    body: str = ""
    names: Sequence[str] = ()  # other names of the body: found, not shown
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """What the index knows beside its rows."""

    alternatives: Alternatives = field(default_factory=Alternatives)
    bodies: Mapping[str, Sequence[str]] = field(default_factory=dict)  # folded spelling to names
    regions: Mapping[str, Sequence[str]] = field(default_factory=dict)  # code to itself and wider
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)  # facet to its codes


@dataclass(frozen=True)
class Hit:
    """One thing found, best first."""

    id: int
    slug: str | None
    document: str | None
    title: str
    organisation: str
    url: str
    score: float
    snippet: str
    matched: list[str]


@dataclass(frozen=True)
class Filters:
    """All that are given must hold."""

    part: str | None = None
    organisation: str | None = None
    codes: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Locked(KBError):
    """Raised when another process has been writing the index for longer than we wait."""


class Missing(KBError):
    """Raised when there is no index, or one of another form, or a damaged one."""


def build(
    folder: Path, entries: Iterable[Entry], words: Words, *, act: int, made_by: str = ""
) -> int:
    """Writes a new index and puts it in the place of the one there was; how many entries.

    `made_by` names the declarations it is made by. Where two processes build at once, one of
    the two indexes stands.
    """
    fresh = folder.with_name(f"{folder.name}.new-{secrets.token_hex(4)}")
    fresh.mkdir(parents=True)
    writer = whoosh_index.create_in(fresh, _SCHEMA).writer(limitmb=POOL_MB)
    count = _add(writer, entries)
    writer.commit()
    (fresh / WORDS).write_text(json.dumps(_noted(words)))
    _note(fresh, act, made_by)
    old = folder.with_name(f"{folder.name}.old-{secrets.token_hex(4)}")
    try:
        with suppress(FileNotFoundError):
            folder.rename(old)
        fresh.rename(folder)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)  # another process was quicker
    shutil.rmtree(old, ignore_errors=True)
    return count


def update(folder: Path, entries: Iterable[Entry], anew: Iterable[str], *, act: int) -> int:
    """Writes what changed in one commit: those ids out, those entries in; how many entries.

    Raises Locked where another process writes the index for longer than two seconds.
    """
    writer = _writer(folder)
    try:
        for number in anew:
            writer.delete_by_term("id", number)
        count = _add(writer, entries)
        writer.commit()
    except BaseException:
        if not writer.is_closed:
            writer.cancel()
        raise
    _note(folder, act, json.loads((folder / STATE).read_text())["made_by"])
    return count


def _add(writer: Any, entries: Iterable[Entry]) -> int:
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last is how many
        writer.add_document(**_row(entry))
    return count


def act_of(folder: Path, made_by: str = "") -> int | None:
    """The act up to which the index was written.

    None where it is missing, of another form, or made by other declarations than those named.
    """
    try:
        noted = json.loads((folder / STATE).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    fits = noted.get("form") == FORM and (not made_by or noted.get("made_by") == made_by)
    return noted["act"] if fits else None


def _note(folder: Path, act: int, made_by: str) -> None:
    partial = folder / f"{STATE}.{secrets.token_hex(4)}"
    partial.write_text(json.dumps({"form": FORM, "act": act, "made_by": made_by}))
    partial.replace(folder / STATE)


def _noted(words: Words) -> dict[str, Any]:
    alternatives = words.alternatives
    return {
        "forms": alternatives.forms,
        "related": alternatives.related,
        "longest": alternatives.longest,
        "bodies": words.bodies,
        "regions": words.regions,
        "codes": words.codes,
    }


def _writer(folder: Path) -> Any:
    until = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return _open(folder).writer(limitmb=POOL_MB)
        except whoosh_index.LockError:
            if time.monotonic() > until:
                raise Locked(f"{folder} is being written", hint="kb reindex, later") from None
        except (Missing, OSError):
            # Another process may have written it between two looks of ours.
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


def _open(folder: Path) -> Any:
    try:
        return whoosh_index.open_dir(folder)
    except (whoosh_index.IndexError, OSError, ValueError) as error:
        raise Missing(f"no index in {folder}: {error}", hint="kb reindex makes it") from error


def _row(entry: Entry) -> dict[str, Any]:
    tags = " ".join(code.replace("-", " ") for codes in entry.codes.values() for code in codes)
    slug = (entry.slug or "").replace("-", " ")
    return {
        "id": entry.id,
        "part": entry.part,
        "number": entry.number,
        "slug": entry.slug,
        "document": entry.document,
        "url": entry.url,
        "title": entry.title,
        "organisation": " ".join([entry.organisation, *entry.names]),
        "_stored_organisation": entry.organisation,
        "summary": entry.summary,
        "tags": f"{tags} {slug}",
        "text": entry.text,
        "body": _key(entry.body),
        **{facet: ",".join(map(_key, entry.codes.get(facet, ()))) for facet in FACETS},
    }


def _key(value: str) -> str:
    return fold(value).replace(",", " ")


class Index:
    """An index opened for searching."""

    def __init__(self, folder: Path) -> None:
        """Raises Missing where there is none, or it is of another form."""
        if act_of(folder) is None:
            raise Missing(f"no index of this form in {folder}", hint="kb reindex makes it")
        noted = json.loads((folder / WORDS).read_text())
        self.words = Words(
            Alternatives(noted["forms"], noted["related"], noted["longest"]),
            noted["bodies"],
            noted["regions"],
            noted["codes"],
        )
        self._searcher = _open(folder).searcher()
        self._reader = self._searcher.reader()

    def close(self) -> None:
        """Gives back the files."""
        self._searcher.close()

    def search(self, query: Query, filters: Filters, *, limit: int) -> list[Hit]:
        """The best hits: those with all units first, then those with most, then by score."""
        allowed = self._allowed(filters)
        tiers = self._tiers(filters)
        totals: dict[int, float] = defaultdict(float)
        met: dict[int, list[str]] = defaultdict(list)
        for unit in query.units:
            for number, (score, form) in self._unit(unit).items():
                if allowed is None or number in allowed:
                    totals[number] += score
                    met[number].append(form)
        order = sorted(
            totals, key=lambda number: (tiers(number), -len(met[number]), -totals[number], number)
        )
        return [self._hit(number, totals[number], met[number]) for number in order[:limit]]

    def _unit(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """Document number to the best score of any form of the unit, with that form."""
        best: dict[int, tuple[float, str]] = {}
        forms = [(unit.words, 1.0, unit.phrase)]
        forms += [
            (tuple(other.split()), weight, len(other.split()) > 1) for other, weight in unit.others
        ]
        for words, weight, phrase in forms:
            shown = " ".join(words)
            for number, score in self._form(words, unit.field, phrase).items():
                if score * weight > best.get(number, (0.0, ""))[0]:
                    best[number] = (score * weight, shown)
        return best

    def _form(self, words: Sequence[str], only: str | None, phrase: bool) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        fields = {only: FIELD_WEIGHTS[only]} if only else FIELD_WEIGHTS
        stems = [token.text for token in _ANALYSER(" ".join(words))]
        if not stems:
            return scores
        weights = {name: weight / len(stems) for name, weight in fields.items()}
        for name, weight in weights.items():
            side_by_side = self._phrase(name, stems) if phrase and len(stems) > 1 else None
            for stem in stems:
                for number, score in self._postings(name, stem):
                    if side_by_side is None or number in side_by_side:
                        scores[number] += weight * score
        return scores

    def _phrase(self, name: str, stems: list[str]) -> set[int]:
        return set(Phrase(name, stems).docs(self._searcher))

    def _postings(self, name: str, stem: str) -> Iterator[tuple[int, float]]:
        """Documents with the stem in the field, with their BM25 score."""
        try:
            matcher = self._reader.postings(name, stem)
        except TermNotFound:
            return
        count = self._reader.doc_count()
        frequency = self._reader.doc_frequency(name, stem)
        rarity = math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
        average = self._searcher.avg_field_length(name) or 1.0
        while matcher.is_active():
            number, often = matcher.id(), matcher.weight()
            length = self._reader.doc_field_length(number, name, 1)
            norm = BM25_K1 * (1 - BM25_B + BM25_B * length / average)
            yield number, rarity * often * (BM25_K1 + 1) / (often + norm)
            matcher.next()

    def _allowed(self, filters: Filters) -> set[int] | None:
        """The document numbers that every filter lets through; None without a filter."""
        wanted: list[tuple[str, Sequence[str]]] = []
        if filters.part:
            wanted.append(("part", [filters.part]))
        if filters.organisation:
            wanted.append(("body", self._bodies(filters.organisation)))
        for facet, codes in filters.codes.items():
            known = [self._code(facet, code) for code in codes]
            around = [self.words.regions[each] if facet == "region" else [each] for each in known]
            wanted.append((facet, [_key(each) for each in chain.from_iterable(around)]))
        allowed: set[int] | None = None
        for name, values in wanted:
            found = {number for value in values for number in self._with(name, value)}
            allowed = found if allowed is None else allowed & found
        return allowed

    def _with(self, name: str, value: str) -> Iterable[int]:
        try:
            return list(self._reader.postings(name, value).all_ids())
        except TermNotFound:
            return []

    def _bodies(self, spelling: str) -> list[str]:
        names = self.words.bodies.get(fold(spelling))
        if names is None:
            raise Unknown("organisation", spelling, self.words.bodies, where="the index")
        return [_key(name) for name in names]

    def _code(self, facet: str, code: str) -> str:
        known = {each.casefold(): each for each in self.words.codes.get(facet, ())}
        if code.casefold() not in known:
            raise Unknown("code", code, known.values(), where=f"facet {facet!r}")
        return known[code.casefold()]

    def _tiers(self, filters: Filters) -> Any:
        """With a region, a key that puts the narrowest first; else a constant."""
        regions = filters.codes.get("region")
        if not regions:
            return lambda number: 0
        around = self.words.regions[self._code("region", regions[0])]
        place = {}
        for rank, code in reversed(list(enumerate(around))):
            place.update(dict.fromkeys(self._with("region", _key(code)), rank))
        return lambda number: place.get(number, len(around))

    def _hit(self, number: int, score: float, forms: list[str]) -> Hit:
        stored = self._reader.stored_fields(number)
        matched = list(dict.fromkeys(forms))
        text = stored["summary"] if stored["part"] == "register" else stored["text"]
        return Hit(
            id=stored["number"],
            slug=stored.get("slug"),
            document=stored.get("document"),
            title=stored["title"],
            organisation=stored["organisation"],
            url=stored["url"],
            score=round(score, 4),
            snippet=_snippet(text or stored["summary"], matched),
            matched=matched,
        )


def _snippet(text: str, forms: Iterable[str]) -> str:
    """The passage around the first matched word, cut at words, on one line."""
    flat = " ".join(text.split())
    stems = {token.text for token in _ANALYSER(" ".join(forms))}
    places = (
        match.start()
        for match in WORD.finditer(flat)
        if any(token.text in stems for token in _ANALYSER(match.group()))
    )
    at = max(0, next(places, 0) - SNIPPET_WIDTH // 3)
    start = flat.rfind(" ", 0, at) + 1 if at else 0
    cut = flat[start : start + SNIPPET_WIDTH]
    if start + SNIPPET_WIDTH < len(flat):
        cut = cut.rsplit(" ", 1)[0] + " …"
    return ("… " if start else "") + cut
