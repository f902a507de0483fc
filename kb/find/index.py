"""The index: entries go in, what occurs where comes out. But for its stemmer, Whoosh is here alone.

What a hit shows is kept in the index, so that a search needs nothing else. It lies in a folder
of its own inside the index folder, with `words.json`: the forms of the lexicon, and the bodies
and regions that filters widen to. `state.json` beside it names that folder, the act up to which
it was written, the declarations it was made by, and the size of its files. That one file is
replaced at once, so that whatever is killed leaves the old index or the new.
"""

import json
import secrets
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from whoosh import index as whoosh_index
from whoosh.codec import base as whoosh_codec
from whoosh.fields import ID, KEYWORD, STORED, TEXT, Schema
from whoosh.system import pack_uint

from kb.errors import KBError
from kb.find.entries import IndexEntry, Words, key
from kb.find.query import FACETS
from kb.find.ranking import grams
from kb.find.words import stemmed, words_in
from kb.text.matcher import address_words

# Whoosh 2.7.4 names segments by `random`; where a caller has seeded that, two get one name.
whoosh_codec.random_name = lambda size=28: secrets.token_hex(size // 2)

FORM = "13"  # changes when rows must be indexed anew
WORDS = "words.json"
VOCABULARY = "vocabulary.txt"
STATE = "state.json"
LOOKS = 3  # at an index that is put in the place of another one just then
LOCK = "lock"  # held by who builds the index anew

WAIT_SECONDS = 2.0
POOL_MB = 24  # of postings held before they are written out: a large crawl must not grow by them
BUILD_POOL_MB = 192  # the same where all is written anew, and little else is done


class _Words(TEXT):  # type: ignore[misc]
    """Stems with their places, from words.

    Whoosh passes each word through four generators as an object; this is several times as quick.
    """

    def index(self, value: list[str], **_how: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        places = defaultdict(list)
        for place, word in enumerate(stemmed(value)):
            places[word].append(place)
        for word, those in places.items():
            yield word.encode(), len(those), float(len(those)), self.format.encode(those)


class _LetterNGrams(TEXT):  # type: ignore[misc]
    """Letter n-grams with how often each occurs, for the second score."""

    def index(self, value: str, **_how: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for gram, often in Counter(grams(value)).items():
            yield gram.encode(), often, float(often), pack_uint(often)


WORDED = ("title", "organisation", "summary", "tags", "text")  # the fields of words
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
    grams=_LetterNGrams(phrase=False),
    decided=ID(),
    of=ID(),  # of a page: its initiative
    low=ID(stored=True),  # why nobody would be offered a page
    when=ID(stored=True),  # YYYY, YYYY-MM or YYYY-MM-DD
    body=KEYWORD(commas=True),
    **{facet: KEYWORD(commas=True, stored=facet == "region") for facet in FACETS},
)


class Locked(KBError):
    """Raised when another process has been writing the index for longer than we wait."""


class Missing(KBError):
    """Raised when there is no index, or one of another form, or a damaged one."""


@contextmanager
def sound(folder: Path) -> Iterator[None]:
    """Raises Missing for whatever Whoosh meets in an index that is damaged.

    Its decoders raise what the bytes lead them to (AssertionError, KeyError, struct.error …),
    and an index is derived: it is made anew, and nothing that was stored may fail by it.
    """
    try:
        yield
    except KBError:
        raise
    except Exception as error:
        raise Missing(
            f"the index in {folder} is damaged: {type(error).__name__}", hint="kb reindex"
        ) from error


@contextmanager
def building(folder: Path, *, patience: float = 0.0) -> Iterator[None]:
    """Holds the right to build the index anew.

    Raises Locked where another process builds it, still after so many seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=patience):
            yield
    except Timeout:
        raise Locked(f"{folder} is being built anew", hint="it goes on without you") from None


def is_building(folder: Path) -> bool:
    """True while a process builds the index anew."""
    try:
        with building(folder):
            return False
    except Locked:
        return True


def build(
    folder: Path,
    entries: Iterable[IndexEntry],
    words: Words,
    *,
    act: int,
    token: str = "",
    made_by: str = "",
    patience: float = 0.0,
) -> int:
    """Writes a new index beside the one there is, then puts it in its place; how many entries.

    `act` is the last act of the store, with its token; `made_by` names the declarations it is
    made by. Searches go on over the old one meanwhile.
    Raises Locked where another process builds it, still after `patience` seconds.
    """
    with building(folder, patience=patience):
        fresh = folder / secrets.token_hex(4)
        fresh.mkdir()
        writer = whoosh_index.create_in(fresh, _SCHEMA).writer(limitmb=BUILD_POOL_MB)
        vocabulary: set[str] = set()
        count = _add(writer, entries, vocabulary)
        writer.commit()
        (fresh / WORDS).write_text(json.dumps(_noted(words)))
        _keep_vocabulary(fresh, vocabulary)
        _note(folder, fresh.name, (act, token), made_by)
        for left in folder.iterdir():  # the old one, and what was left of builds that were killed
            if left.is_dir() and left.name != fresh.name:
                shutil.rmtree(left, ignore_errors=True)  # another process may be writing there
    return count


def update(
    folder: Path, entries: Iterable[IndexEntry], anew: Iterable[str], *, act: int, token: str = ""
) -> int:
    """Writes what changed in one commit: those ids out, those entries in; how many entries.

    Raises Locked where another process writes the index for longer than two seconds, Missing
    where there is no sound one to write to.
    """
    noted = state_of(folder)
    if noted is None:
        raise Missing(f"no index of this form in {folder}", hint="kb reindex makes it")
    inside = folder / noted["folder"]
    with sound(folder):
        writer = _writer(inside)
        try:
            for number in anew:
                writer.delete_by_term("id", number)
            vocabulary = vocabulary_of(inside)
            many = len(vocabulary)
            count = _add(writer, entries, vocabulary)
            writer.commit()
        except BaseException:  # whatever it was, the lock must be given back; it is raised again
            if not writer.is_closed:
                writer.cancel()
            raise
        if len(vocabulary) > many:
            _keep_vocabulary(inside, vocabulary)
    now = _noted_in(folder)
    if now and now["folder"] == noted["folder"]:  # else it stands in one that is gone
        _note(folder, noted["folder"], (act, token), noted["made_by"])
    return count


def _add(writer: Any, entries: Iterable[IndexEntry], vocabulary: set[str]) -> int:
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007 - the last is how many
        row = _row(entry)
        for name in WORDED:
            vocabulary.update(row.get(name, ()))
        writer.add_document(**row)
    return count


def act_of(
    folder: Path, made_by: str = "", *, holds: Callable[[int, str], bool] | None = None
) -> int | None:
    """The act up to which the index was written.

    None where it is missing, damaged, of another form, made by other declarations than those
    named, or where the store does not hold that act by its token: it was put back meanwhile.
    """
    noted = state_of(folder)
    if noted is None or (made_by and noted["made_by"] != made_by):
        return None
    act = int(noted["act"])
    return act if holds is None or holds(act, str(noted["token"])) else None


def vocabulary_of(inside: Path) -> set[str]:
    """Every word that entries have held; none where the file is not there."""
    file = inside / VOCABULARY
    return set(file.read_text(encoding="utf-8").split("\n")) if file.exists() else set()


def _keep_vocabulary(inside: Path, words: set[str]) -> None:
    partial = inside / f"{VOCABULARY}.{secrets.token_hex(4)}"
    partial.write_text("\n".join(sorted(words)), encoding="utf-8")
    partial.replace(inside / VOCABULARY)


def _noted_in(folder: Path) -> dict[str, Any] | None:
    """What is noted of an index of this form; None where nothing is."""
    try:
        noted = json.loads((folder / STATE).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return noted if isinstance(noted, dict) and noted.get("form") == FORM else None


def state_of(folder: Path) -> dict[str, Any] | None:
    """What is noted of the index; None where nothing is, or what it tells of is not whole."""
    for look in range(LOOKS):
        time.sleep(0.02 * bool(look))  # another process may have been in the midst of writing
        noted = _noted_in(folder)
        if noted and _is_whole(noted["files"], _sizes(folder / noted["folder"])):
            return noted
        if noted is None:
            break
    return None


def _is_whole(noted: Mapping[str, int], sizes: Mapping[str, int]) -> bool:
    """True where every file has the size it was noted with: one of Whoosh is written once.

    Where its table of contents is another one by now, a commit came that was not noted yet.
    """
    if WORDS not in sizes or sizes[WORDS] != noted.get(WORDS):
        return False
    contents = {name for name in noted if name.endswith(".toc")}
    if contents <= sizes.keys():
        return all(sizes.get(name) == size for name, size in noted.items())
    return any(name.endswith(".toc") for name in sizes)


def _sizes(folder: Path) -> dict[str, int]:
    """The size of each file that holds something of the index, in bytes."""
    sizes = {}
    with suppress(FileNotFoundError):  # another process may just put a new index in its place
        for each in sorted(folder.iterdir()):
            if each.name == WORDS or each.suffix in (".seg", ".toc"):
                with suppress(FileNotFoundError):  # or a new segment
                    sizes[each.name] = each.stat().st_size
    return sizes


def _note(folder: Path, inside: str, act: tuple[int, str], made_by: str) -> None:
    noted = {
        "form": FORM,
        "act": act[0],
        "token": act[1],
        "made_by": made_by,
        "folder": inside,
        "files": _sizes(folder / inside),
    }
    partial = folder / f"{STATE}.{secrets.token_hex(4)}"
    partial.write_text(json.dumps(noted))
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
            return open_whoosh(folder).writer(limitmb=POOL_MB)
        except whoosh_index.LockError:
            if time.monotonic() > until:
                raise Locked(f"{folder} is being written", hint="kb reindex, later") from None
        except (Missing, OSError):
            # Another process may have written it between two looks of ours.
            if time.monotonic() > until:
                raise
        time.sleep(0.05)


def open_whoosh(folder: Path) -> Any:
    """Whoosh's index of that folder. Raises Missing where there is none."""
    try:
        return whoosh_index.open_dir(folder)
    except (whoosh_index.IndexError, OSError, ValueError) as error:
        raise Missing(f"no index in {folder}: {error}", hint="kb reindex makes it") from error


def _row(entry: IndexEntry) -> dict[str, Any]:
    texts = {"title": entry.title, "summary": entry.summary, "text": entry.text}
    tags = " ".join(code.replace("-", " ") for codes in entry.codes.values() for code in codes)
    slug = (entry.slug or "").replace("-", " ")
    row = {
        "id": entry.id,
        "part": entry.part,
        "number": entry.number,
        "slug": entry.slug,
        "document": entry.document,
        "url": entry.url,
        **{name: words_in(text) for name, text in texts.items() if text},
        **{f"_stored_{name}": text for name, text in texts.items() if text},
        "organisation": words_in(" ".join([entry.organisation, *entry.names])),
        "_stored_organisation": entry.organisation,
        "tags": words_in(f"{tags} {slug} {address_words(entry.url)}"),
        "decided": "yes" if entry.decided else "",
        "of": entry.of,
        "low": entry.low,
        "grams": " ".join(
            [entry.title, entry.organisation, *entry.names, entry.summary, tags, slug]
        ),
        "when": entry.when,
        "body": key(entry.body),
        **{facet: ",".join(map(key, entry.codes.get(facet, ()))) for facet in FACETS},
    }
    return {name: value for name, value in row.items() if value not in ("", None, [])}
