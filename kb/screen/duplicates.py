"""One thing once: copies of a page, and pairs of initiatives and pages that may be one."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kb.contract import address_of
from kb.declare.bodies import Bodies, folded
from kb.declare.page_kinds import PageKind
from kb.keep import derived, documents
from kb.keep.decisions import PAGE_OF, NotSame
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.screen.identity import Kinship, Named, Similarities, Similarity, differing_numbers
from kb.table import Table, column
from kb.text import shingles
from kb.text.matcher import fold
from kb.workspace.snapshot import Snapshot, part

READ_CHARACTERS = 5_000  # whose scheme a page takes on is said early


@dataclass(frozen=True)
class Pair:
    """Two things that may be one."""

    a: str = column("The initiative that may be the same as the other.", narrow=2)
    b: str = column("The other: an initiative, or a page.", narrow=2)
    a_title: str = column("The name of the first.")
    b_title: str = column("The name of the other.")
    score: float = column("How alike the two are, 0 to 1.", narrow=True)
    reasons: list[str] = column("Why the two look alike.", narrow=2)
    may_be: Kinship = column("What they may be to each other: one, part of, adopts.", narrow=True)


@dataclass(frozen=True)
class KnownRegister:
    """The register, made ready for asking what a page is about."""

    register: Mapping[int, StoredInitiative]
    names: Mapping[int, Named]
    similarities: Similarities
    publishers: Mapping[str, str]
    bodies: Bodies

    def best_matches(
        self, page: StoredDocument, *, most: int = 3
    ) -> list[tuple[StoredInitiative, Similarity]]:
        """The initiatives that the page may be about, the likeliest first."""
        organisation = self.publishers.get(page.source, "")
        named_page = named(self.bodies, page.title, organisation, page.text[:READ_CHARACTERS])
        matches = self.similarities.best_matches(named_page, most=most)
        return [(self.register[number], similarity) for number, similarity in matches]


@part
def known_register(snapshot: Snapshot) -> KnownRegister:
    """The register of the snapshot, made ready."""
    bodies = snapshot.declarations.bodies
    profiles = {number: each.profile for number, each in snapshot.register.items()}
    names = {n: named(bodies, each.title, each.organisation) for n, each in profiles.items()}
    similarities = Similarities((each.title for each in profiles.values()), names)
    publishers = snapshot.declarations.publishers
    return KnownRegister(snapshot.register, names, similarities, publishers, bodies)


def known_as(
    snapshot: Snapshot, title: str, organisation: str, url: str | None
) -> StoredInitiative | None:
    """The initiative at that address, else of that body and title; None where there is none."""
    bodies, address = snapshot.declarations.bodies, address_of(url)
    body, words = folded(bodies.name(organisation)), folded(title)
    by_title = None
    for each in snapshot.register.values():
        profile = each.profile
        if address and profile.address == address:
            return each
        if folded(profile.title) == words and folded(bodies.name(profile.organisation)) == body:
            by_title = each
    return by_title


def nearest_to(snapshot: Snapshot, title: str, organisation: str) -> str | None:
    """The slug of the initiative that one so called may well be; None where none is so like it."""
    known = known_register(snapshot)
    matches = known.similarities.best_matches(named(known.bodies, title, organisation), most=1)
    return known.register[matches[0][0]].slug if matches and matches[0][1].same else None


def copies(snapshot: Snapshot, pages: Sequence[StoredDocument]) -> dict[int, list[int]]:
    """Document to the group of documents with its text, the leader first; alone is absent.

    The page of the body that the text names most often leads; else the one held longest.
    """
    by_id = {page.id: page for page in pages}
    of_revision = {page.revision: page.id for page in pages}
    signatures = {
        of_revision[revision]: signature
        for revision, signature in derived.signatures(snapshot.reading, of_revision.keys()).items()
    }
    if len(pages) < 2:
        return {}
    apart = {(row.a, row.b) for row in snapshot.reading.rows(NotSame, what="document")}
    publishers = snapshot.declarations.publishers

    @cache
    def text(number: int) -> str:
        page = by_id[number]
        return f"{page.title}\n{snapshot.texts([page])[0]}"

    def order(number: int) -> tuple[int, int]:
        owner = publishers.get(by_id[number].source, "").casefold()
        return (-text(number).casefold().count(owner) if owner else 0, number)

    groups = {}
    alike = [*shingles.groups(signatures, text), *_short_ones(snapshot, by_id, signatures)]
    for group in (own for whole in alike for own in _of_one_number(whole, by_id)):
        together = [n for n in group if not any((min(n, o), max(n, o)) in apart for o in group)]
        led = sorted(together, key=order)
        groups.update({number: led for number in led if len(led) > 1})
    return groups


def _short_ones(
    snapshot: Snapshot, pages: Mapping[int, StoredDocument], signatures: Mapping[int, bytes]
) -> list[list[int]]:
    """Pages too short to have a signature that say the very same, title included."""
    short = [page for number, page in pages.items() if not signatures.get(number)]
    by_words: dict[str, list[int]] = {}
    for page, text in zip(short, snapshot.texts(short), strict=True):
        words = fold(f"{page.title} {text}")
        if len(words.split()) < shingles.FEWEST_WORDS + len(page.title.split()):
            by_words.setdefault(words, []).append(page.id)
    return [group for group in by_words.values() if len(group) > 1]


def _of_one_number(
    group: Sequence[int], pages: Mapping[int, StoredDocument]
) -> Iterator[list[int]]:
    """The group, parted where titles differ in a number, a year or a part: these are kin."""
    parted: list[list[int]] = []
    for number in group:
        title = pages[number].title
        like = (own for own in parted if not differing_numbers(title, pages[own[0]].title))
        own = next(like, None)
        if own is None:
            parted.append([number])
        else:
            own.append(number)
    yield from (own for own in parted if len(own) > 1)


def same(snapshot: Snapshot) -> Table[Pair]:
    """Pairs to decide on: initiatives that may be one, and pages that may be of a known one."""
    threshold = snapshot.declarations.lexicon.inbox.threshold
    waiting = [
        page
        for page in snapshot.pages
        if page.id not in snapshot.memberships
        and page.id not in snapshot.verdicts
        and not page.gone
        and (page.score or 0.0) >= threshold
        and page.kind != PageKind.list_page
    ]
    pages = documents.with_content(snapshot.reading, waiting)
    apart = {(row.a, row.b) for row in snapshot.reading.rows(NotSame, what=PAGE_OF)}
    rows = [*_pairs(snapshot), *_pages(known_register(snapshot), pages, apart)]
    rows.sort(key=lambda row: (-row.score, row.a, row.b))
    return Table("same", Pair, rows)


def doubles(snapshot: Snapshot, names: Sequence[str]) -> list[Pair]:
    """The likeliest initiative that each of those pages may be of, where one is so like it.

    A page that belongs to an initiative already is passed over.
    """
    known = known_register(snapshot)
    pages = [snapshot.workspace.document(snapshot.reading, name) for name in names]
    free = [page for page in pages if page.id not in snapshot.memberships]
    pairs = []
    for page in free:
        matches = [each for each in known.best_matches(page) if each[1].same or each[1].part]
        pairs += [_pair(one, page.name, page.title, alike) for one, alike in matches[:1]]
    return pairs


def _pairs(snapshot: Snapshot) -> Iterator[Pair]:
    known = known_register(snapshot)
    apart = {(row.a, row.b) for row in snapshot.reading.rows(NotSame, what="initiative")}
    for one, other in _of_near_bodies(known.names):
        a, b = known.names[one], known.names[other]
        first, second = known.register[one], known.register[other]
        similarity = known.similarities.of(a, b)
        if similarity.same and (turned := known.similarities.of(b, a)).part:
            similarity = turned
        related = first.related | second.related
        offered = similarity.same or similarity.part
        if offered and not {one, other} & related and (one, other) not in apart:
            yield _pair(first, second.slug, second.profile.title, similarity)


def _of_near_bodies(names: Mapping[int, Named]) -> Iterator[tuple[int, int]]:
    """The pairs, lower number first, that are of one body, of related ones, or of none known."""
    by_body: dict[str, set[int]] = defaultdict(set)
    beside: dict[str, set[int]] = defaultdict(set)  # body to what a body related to it has
    nameless = {number for number, each in names.items() if not each.knows_its_body}
    for number, each in names.items():
        by_body[each.body].add(number)
        for body in each.related:
            beside[body].add(number)
    for number in sorted(names):
        each = names[number]
        if number in nameless:
            near = set(names)
        else:
            near = by_body[each.body] | beside[each.body] | nameless
            near = near.union(*(by_body[body] for body in each.related if body in by_body))
        yield from ((number, other) for other in sorted(near) if other > number)


def _pages(
    known: KnownRegister, pages: Iterator[StoredDocument], apart: Collection[tuple[int, int]]
) -> Iterator[Pair]:
    for page in pages:
        matches = known.best_matches(page, most=3)
        likely = [each for each in matches if (each[0].id, page.id) not in apart]
        for initiative, similarity in likely[:1]:
            if similarity.same or similarity.part or similarity.adopts:
                yield _pair(initiative, page.name, page.title, similarity)


def _pair(one: StoredInitiative, name: str, title: str, similarity: Similarity) -> Pair:
    reasons = list(similarity.reasons)
    titles = (one.profile.title, title)
    return Pair(one.slug, name, *titles, similarity.score, reasons, similarity.kinship)


def named(bodies: Bodies, title: str, organisation: str, text: str = "") -> Named:
    """What is compared: a title with the body it is of, and the bodies related to that."""
    body = bodies.name(organisation) if organisation else ""
    related = bodies.related_bodies(body) if body else frozenset()
    spellings = tuple(bodies.spellings(organisation)) if organisation else ()
    return Named(title, body, spellings, related, text)
