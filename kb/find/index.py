"""The search index. The only file that knows Whoosh: rows go in, hits come out.

What a hit shows is kept in the index, so that a search needs nothing else. Beside the index
stand `words.json`, the forms of the lexicon and the bodies and regions that filters widen to,
and `state.json`, the act up to which it was written and the declarations it was made by.
"""

import json
import re
import secrets
import shutil
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from kb.errors import KBError, Unknown
from kb.find.lexicon import WORD, Alternatives, fold
from kb.find.query import FACETS, Node, Query, Unit
from kb.find.ranking import (
    RANKING,
    Ranking,
    bm25,
    gram_share,
    gram_weight,
    grams,
    grams_typed,
    rarity,
)

with warnings.catch_warnings():
    # Whoosh 2.7.4 dates from 2016: its sources have escapes that 3.12 and later warn of.
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    from whoosh import index as whoosh_index
    from whoosh.analysis import STOP_WORDS
    from whoosh.codec import base as whoosh_codec
    from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
    from whoosh.lang.porter import stem
    from whoosh.query import Phrase
    from whoosh.reading import TermNotFound
    from whoosh.system import pack_uint

# Whoosh names segments by `random`; where a caller has seeded that, two get one name.
whoosh_codec.random_name = lambda size=28: secrets.token_hex(size // 2)

FORM = "5"  # changes when rows must be indexed anew
WORDS = "words.json"
STATE = "state.json"

SNIPPET_WIDTH = 160
NEAR_WORDS = 10  # how far apart the words of a phrase may stand that nothing holds
MOST_BEGINNINGS = 50  # stems that a word with a star stands for, the commonest
LIKE_WORDS = 20
MOST_KEPT = 1_000_000  # places of words that an open index keeps read
LETTERS = "like it in letters"  # what stands for the words of a hit that has none
WAIT_SECONDS = 2.0
POOL_MB = 24  # of postings held before they are written out: a large crawl must not grow by them
BUILD_POOL_MB = 128  # the same where all is written anew, and little else is done

_CUT = re.compile(r"\w+(?:\.?\w+)*")
_STEMS: dict[str, str] = {}  # a word in lower case to its stem, "" for a stop word
MOST_STEMS = 200_000


def stems(text: str) -> list[str]:
    """The words in lower case, stemmed, without stop words: what StemmingAnalyzer makes."""
    found = []
    for word in _CUT.findall(text.lower()):
        stemmed = _STEMS.get(word)
        if stemmed is None:
            if len(_STEMS) > MOST_STEMS:
                _STEMS.clear()
            kept = len(word) > 1 and word not in STOP_WORDS
            stemmed = _STEMS[word] = stem(word) if kept else ""
        if stemmed:
            found.append(stemmed)
    return found


class _Words(TEXT):  # type: ignore[misc]
    """Stems with their places.

    Whoosh passes each word through four generators as an object; this is several times as quick.
    """

    def index(self, value: str, **_how: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        places = defaultdict(list)
        for place, word in enumerate(stems(value)):
            places[word].append(place)
        for word, those in places.items():
            yield word.encode(), len(those), float(len(those)), self.format.encode(those)


class _Runs(TEXT):  # type: ignore[misc]
    """Runs of letters with how often each occurs, for the second opinion."""

    def index(self, value: str, **_how: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for run, often in Counter(grams(value)).items():
            yield run.encode(), often, float(often), pack_uint(often)


_SCHEMA = Schema(
    id=ID(stored=True, unique=True),
    part=ID(stored=True),  # register or documents
    number=STORED,
    slug=STORED,
    document=STORED,
    url=STORED,
    title=_Words(stored=True),
    organisation=_Words(stored=True),
    summary=_Words(stored=True),
    tags=_Words(),
    text=_Words(stored=True),
    grams=_Runs(phrase=False),
    when=ID(stored=True),  # YYYY, YYYY-MM or YYYY-MM-DD
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
    when: str = ""  # YYYY, YYYY-MM or YYYY-MM-DD
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
    when: str = ""
    why: tuple[str, ...] = ()  # what each part of the score is


@dataclass(frozen=True)
class Found:
    """What a query found, best first, before any of it is shown."""

    numbers: list[int]
    scores: Mapping[int, float]
    met: Mapping[int, list[str]]  # the forms that each holds
    why: Mapping[int, list[tuple[str, float]]]  # what each part of its score is
    without: tuple[str, ...] = ()  # things looked for that nothing holds
    notes: tuple[str, ...] = ()


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
    writer = whoosh_index.create_in(fresh, _SCHEMA).writer(limitmb=BUILD_POOL_MB)
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
    except BaseException:  # whatever it was, the lock must be given back; it is raised again
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
    row = {
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
        "grams": " ".join(
            [entry.title, entry.organisation, *entry.names, entry.summary, tags, slug]
        ),
        "when": entry.when,
        "body": _key(entry.body),
        **{facet: ",".join(map(_key, entry.codes.get(facet, ()))) for facet in FACETS},
    }
    return {name: value for name, value in row.items() if value not in ("", None)}


def _key(value: str) -> str:
    return fold(value).replace(",", " ")


class Index:
    """An index opened for searching."""

    def __init__(self, folder: Path, ranking: Ranking = RANKING) -> None:
        """Raises Missing where there is none, or it is of another form."""
        self.ranking = ranking
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
        self._read: dict[tuple[str, str], list[tuple[int, float]]] = {}
        self._lengths: dict[str, dict[int, int]] = defaultdict(dict)

    def close(self) -> None:
        """Gives back the files."""
        self._searcher.close()

    def search(self, query: Query, filters: Filters, *, limit: int) -> list[Hit]:
        """The best hits: those with all that is looked for first, then by score."""
        return self.hits(self.find(query, filters), limit=limit)

    def hits(self, found: Found, *, limit: int) -> list[Hit]:
        """The first of what was found, as it is shown."""
        return [self._hit(number, found) for number in found.numbers[:limit]]

    def find(self, query: Query, filters: Filters, *, but: str = "") -> Found:
        """Everything the query finds, best first; without the initiative of the slug `but`.

        What lacks something looked for is left out unless it shares enough of the rest, by
        words or by runs of letters: a query that nothing answers finds nothing.
        """
        allowed = self._allowed(filters, query)
        tiers = self._tiers(filters, query)
        words: dict[int, float] = defaultdict(float)
        covered: dict[int, float] = defaultdict(float)
        met: dict[int, list[str]] = defaultdict(list)
        why: dict[int, list[tuple[str, float]]] = defaultdict(list)
        count, without, weights = self._reader.doc_count() or 1, [], 0.0
        for node in query.wanted:
            holding = self._node(node)
            weight = rarity(len(holding), count)
            weights += weight
            without += [] if holding else [node.shown]
            for number, (score, form) in holding.items():
                words[number] += score
                covered[number] += weight
                met[number].append(form)
                why[number].append((form, score))
        runs, share = self._runs(query.typed)
        keep = {
            number
            for number in {*words, *runs}
            if (allowed is None or number in allowed)
            and (
                bool(but)  # likeness is a matter of degree
                or len(met[number]) == len(query.wanted)
                or share.get(number, 0.0) >= self.ranking.least_grams
                or covered[number] >= self.ranking.least_words * weights
            )
        }
        if not query.wanted:
            keep = allowed or set()
        keep -= {self._slugs[but]} if but else set()
        for node in (*query.must, *(n for n in query.wanted if isinstance(n, Unit) and n.phrase)):
            keep &= self._node(node).keys()
        for node in query.never:
            keep -= self._node(node).keys()
        scores = self._together(words, runs, met, keep, len(query.wanted) or 1)
        for number in keep & runs.keys():
            why[number].append(("letters shared", share[number]))
            if not met[number]:
                met[number] = [LETTERS]
        order = sorted(
            keep,
            key=lambda number: (
                tiers(number),
                len(met[number]) < len(query.wanted) or met[number] == [LETTERS],
                -scores[number],
                number,
            ),
        )
        notes = [*query.notes, *self._nearby(query)]
        return Found(order, scores, met, why, tuple(without), tuple(notes))

    def _together(
        self,
        words: Mapping[int, float],
        runs: Mapping[int, float],
        met: Mapping[int, list[str]],
        keep: set[int],
        wanted: int,
    ) -> dict[int, float]:
        """The two opinions as one score; each in shares of the best of what is kept."""
        best_words = max((words[n] for n in keep if n in words), default=0.0) or 1.0
        best_runs = max((runs[n] for n in keep if n in runs), default=0.0) or 1.0
        breadth = {n: (len(met.get(n, ())) / wanted) ** self.ranking.breadth for n in keep}
        return {
            n: breadth[n] * words.get(n, 0.0) / best_words
            + self.ranking.grams * runs.get(n, 0.0) / best_runs
            for n in keep
        }

    def _runs(self, text: str) -> tuple[dict[int, float], dict[int, float]]:
        """Document number to its score by runs of letters, and to the share of them it has."""
        count = self._reader.doc_count() or 1
        most = min(count * self.ranking.gram_common, self.ranking.gram_most)
        most = max(most, 1.0)
        scores: dict[int, float] = defaultdict(float)
        held: dict[int, float] = defaultdict(float)
        total = 0.0
        lengths = self._lengths["grams"]
        telling = " ".join(word for word in text.split() if word not in STOP_WORDS)
        for gram, typed in grams_typed(telling).items():
            try:
                frequency = self._reader.doc_frequency("grams", gram)
                weight = gram_weight(frequency, count)
                total += weight
                if not 0 < frequency <= most:
                    if frequency:
                        total -= weight
                    continue
                matcher = self._reader.postings("grams", gram)
            except TermNotFound:
                total += gram_weight(0, count)
                continue
            while matcher.is_active():
                number = matcher.id()
                runs = lengths.get(number)
                if runs is None:
                    runs = lengths[number] = self._reader.doc_field_length(number, "grams", 1)
                scores[number] += weight * typed * gram_share(matcher.weight(), runs, self.ranking)
                held[number] += weight
                matcher.next()
        return scores, {number: part / total for number, part in held.items()} if total else {}

    def _node(self, node: Node) -> dict[int, tuple[float, str]]:
        """Document number to its score for the thing, with the form that it holds."""
        if isinstance(node, Unit):
            return self._unit(node)
        found = [self._node(part) for part in node.parts]
        if not node.all:
            best: dict[int, tuple[float, str]] = {}
            for each in found:
                for number, scored in each.items():
                    best[number] = max(best.get(number, scored), scored)
            return best
        both = set.intersection(*(set(each) for each in found))
        return {
            number: (
                sum(each[number][0] for each in found),
                " ".join(each[number][1] for each in found),
            )
            for number in both
        }

    def _nearby(self, query: Query) -> list[str]:
        """For each phrase that nothing holds, how many hold its words near one another."""
        notes = []
        for unit in query.units:
            stemmed = stems(" ".join(unit.words))
            if not unit.phrase or len(stemmed) < 2 or self._unit(unit):
                continue
            fields = [unit.field] if unit.field else list(self.ranking.fields)
            near = set[int]().union(
                *(Phrase(name, stemmed, slop=NEAR_WORDS).docs(self._searcher) for name in fields)
            )
            *lead, last = unit.words
            notes.append(f"no hit for {unit.shown}; {len(near)} for {last} near {' '.join(lead)}")
        return notes

    def did_you_mean(self, found: Found, query: Query) -> list[str]:
        """Words of the best hits that are spelt nearly as one that nothing holds."""
        shown = self.hits(found, limit=5)
        known = {
            word
            for hit in shown
            for word in WORD.findall(f"{hit.title} {hit.organisation} {hit.snippet}".casefold())
        }
        near = (get_close_matches(word, sorted(known), n=1, cutoff=0.75) for word in found.without)
        return [word for words in near for word in words]

    def facets(self, found: Found) -> dict[str, dict[str, int]]:
        """Facet to its codes with how many of what was found have each; none are left out."""
        numbers = set(found.numbers)
        counted = {
            facet: {
                code: sum(number in numbers for number in self._with(facet, _key(code)))
                for code in codes
            }
            for facet, codes in self.words.codes.items()
        }
        return {
            facet: {code: count for code, count in codes.items() if count}
            for facet, codes in counted.items()
        }

    def coded(self, found: Found, facet: str) -> dict[int, list[str]]:
        """Each id of what was found with its codes of the facet."""
        numbers = set(found.numbers)
        coded: dict[int, list[str]] = {number: [] for number in found.numbers}
        for code in self.words.codes.get(facet, ()):
            for number in self._with(facet, _key(code)):
                if number in numbers:
                    coded[number].append(code)
        return coded

    def words_of(self, slug: str) -> list[Unit]:
        """The rarest words of an initiative, by which others like it are found.

        Raises Unknown, naming the nearest, where no entry has that slug.
        """
        slugs = self._slugs
        if slug not in slugs:
            raise Unknown("initiative", slug, slugs, where="the index")
        row = defaultdict(str, self._reader.stored_fields(slugs[slug]))
        count = self._reader.doc_count() or 1
        words = dict.fromkeys(WORD.findall(f"{row['title']} {row['summary']}".casefold()))

        def rare(word: str) -> float:
            stemmed = stems(word)
            often = [self._reader.doc_frequency("summary", each) for each in stemmed]
            return rarity(often[0], count) if often and often[0] > 1 else 0.0

        rarest = sorted(words, key=rare, reverse=True)[:LIKE_WORDS]
        return [Unit((word,)) for word in words if word in rarest]

    @cached_property
    def _slugs(self) -> dict[str, int]:
        numbers = self._with("part", "register")
        return {self._reader.stored_fields(number)["slug"]: number for number in numbers}

    def _unit(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """Document number to the best score of any form of the unit, with that form."""
        best: dict[int, tuple[float, str]] = {}
        if unit.prefix:
            return self._beginning(unit)
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

    def _beginning(self, unit: Unit) -> dict[int, tuple[float, str]]:
        """What holds a word that begins so, by its commonest stems."""
        (word,) = unit.words
        stemmed = set(stems(word))
        scores: dict[int, float] = defaultdict(float)
        for name, weight in self._fields(unit.field).items():
            begun = [each.decode() for each in self._reader.expand_prefix(name, word)]
            often = {each: self._reader.doc_frequency(name, each) for each in begun}
            commonest = sorted(often, key=lambda each: -often[each])[:MOST_BEGINNINGS]
            for each in {*commonest, *stemmed}:
                for number, score in self._postings(name, each):
                    scores[number] = max(scores[number], weight * score)
        return {number: (score, unit.shown) for number, score in scores.items()}

    def _fields(self, only: str | None) -> dict[str, float]:
        weights = self.ranking.fields
        return {only: weights[only]} if only else dict(weights)

    def _form(self, words: Sequence[str], only: str | None, phrase: bool) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        fields = self._fields(only)
        stemmed = stems(" ".join(words))
        if not stemmed:
            return scores
        weights = {name: weight / len(stemmed) for name, weight in fields.items()}
        for name, weight in weights.items():
            side_by_side = self._phrase(name, stemmed) if phrase and len(stemmed) > 1 else None
            for each in stemmed:
                for number, score in self._postings(name, each):
                    if side_by_side is None or number in side_by_side:
                        scores[number] += weight * score
        return scores

    def _phrase(self, name: str, stemmed: list[str]) -> set[int]:
        return set(Phrase(name, stemmed).docs(self._searcher))

    def _postings(self, name: str, stem: str) -> list[tuple[int, float]]:
        """Documents with the stem in the field, with their BM25 score; kept for the next query."""
        if (name, stem) not in self._read:
            if sum(map(len, self._read.values())) > MOST_KEPT:
                self._read.clear()
            self._read[name, stem] = list(self._postings_read(name, stem))
        return self._read[name, stem]

    def _postings_read(self, name: str, stem: str) -> Iterator[tuple[int, float]]:
        try:
            matcher = self._reader.postings(name, stem)
        except TermNotFound:
            return
        lengths = self._lengths[name]
        count = self._reader.doc_count()
        frequency = self._reader.doc_frequency(name, stem)
        rare = rarity(frequency, count)
        average = self._searcher.avg_field_length(name)
        while matcher.is_active():
            number = matcher.id()
            length = lengths.get(number)
            if length is None:
                length = lengths[number] = self._reader.doc_field_length(number, name, 1)
            yield number, rare * bm25(matcher.weight(), length, average, self.ranking)
            matcher.next()

    def _allowed(self, filters: Filters, query: Query) -> set[int] | None:
        """The document numbers that every filter lets through; None without a filter."""
        wanted: list[tuple[str, Sequence[str]]] = []
        if filters.part:
            wanted.append(("part", [filters.part]))
        if filters.organisation:
            wanted.append(("body", self._bodies(filters.organisation)))
        for facet, codes in (*filters.codes.items(), *query.codes.items()):
            known = [self.code(facet, code) for code in codes]
            around = [self.words.regions[each] if facet == "region" else [each] for each in known]
            wanted.append((facet, [_key(each) for each in chain.from_iterable(around)]))
        allowed: set[int] | None = None
        for name, values in wanted:
            found = {number for value in values for number in self._with(name, value)}
            allowed = found if allowed is None else allowed & found
        if query.since or query.until:
            dated = self._dated(query.since, query.until)
            allowed = dated if allowed is None else allowed & dated
        return allowed

    def _dated(self, since: str, until: str) -> set[int]:
        """What is dated within; a year or month counts where any day of it does."""
        found = set[int]()
        for term in self._reader.field_terms("when"):
            day = term.decode() if isinstance(term, bytes) else term
            last = day + "-99-99"[len(day) - 4 :] if len(day) < 10 else day
            ends = until + "-99-99"[len(until) - 4 :] if until else "9999"
            if day and last >= since and day <= ends:
                found |= set(self._with("when", day))
        return found

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

    def code(self, facet: str, code: str) -> str:
        """The code as the code book spells it; Unknown, naming the nearest, for none."""
        known = {each.casefold(): each for each in self.words.codes.get(facet, ())}
        if code.casefold() not in known:
            raise Unknown("code", code, known.values(), where=f"facet {facet!r}")
        return known[code.casefold()]

    def _tiers(self, filters: Filters, query: Query) -> Any:
        """With a region, a key that puts the narrowest first; else a constant."""
        regions = filters.codes.get("region") or query.codes.get("region")
        if not regions:
            return lambda number: 0
        around = self.words.regions[self.code("region", regions[0])]
        place = {}
        for rank, code in reversed(list(enumerate(around))):
            place.update(dict.fromkeys(self._with("region", _key(code)), rank))
        return lambda number: place.get(number, len(around))

    def _hit(self, number: int, found: Found) -> Hit:
        stored = defaultdict(str, self._reader.stored_fields(number))  # what is empty is not kept
        matched = list(dict.fromkeys(found.met.get(number, ())))
        text = stored["summary"] if stored["part"] == "register" else stored["text"]
        return Hit(
            id=stored["number"],
            slug=stored.get("slug"),
            document=stored.get("document"),
            title=stored["title"],
            organisation=stored["organisation"],
            url=stored["url"],
            score=round(found.scores[number], 4),
            snippet=_snippet(
                text or stored["summary"], [each for each in matched if each != LETTERS]
            ),
            matched=matched,
            when=stored["when"],
            why=tuple(f"{form} {score:.2f}" for form, score in found.why.get(number, ())),
        )


def _snippet(text: str, forms: Iterable[str]) -> str:
    """The passage around the first matched word, cut at words, on one line."""
    flat = " ".join(text.split())
    stemmed = set(stems(" ".join(forms)))
    places = (
        match.start()
        for match in WORD.finditer(flat)
        if not stemmed.isdisjoint(stems(match.group()))
    )
    at = max(0, next(places, 0) - SNIPPET_WIDTH // 3)
    start = flat.rfind(" ", 0, at) + 1 if at else 0
    cut = flat[start : start + SNIPPET_WIDTH]
    if start + SNIPPET_WIDTH < len(flat):
        cut = cut.rsplit(" ", 1)[0] + " …"
    return ("… " if start else "") + cut
