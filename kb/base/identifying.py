"""One thing once: copies of a page, initiatives that are one, what was found not to be."""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from kb.base.core import Core, Rows, is_document
from kb.base.indexing import source_organisations
from kb.base.registering import address_of
from kb.declare.bodies import Bodies
from kb.declare.register import slug_of
from kb.errors import Refused
from kb.keep import documents, outlines, register, signatures
from kb.keep.documents import Held
from kb.keep.found import Alias, State
from kb.keep.merging import merges
from kb.keep.outlines import Outline
from kb.keep.register import Entry
from kb.keep.said import Assessment, Initiative, Membership, Merge, NotSame, Profile, Result, Tag
from kb.keep.store import Reading, Writing
from kb.screen import copies
from kb.screen.identity import Likeness, Likenesses, Named

SAME = "a b a_title b_title score reasons".split()
READ_CHARACTERS = 5_000  # whose scheme a page takes on is said early


@dataclass(frozen=True)
class Known:
    """What the register knows, made ready for asking what a page is about."""

    entries: Mapping[int, Entry]
    named: Mapping[int, Named]
    likenesses: Likenesses
    organisations: Mapping[str, str]
    bodies: Bodies

    def likeliest(self, held: Held, *, most: int = 3) -> list[tuple[Entry, Likeness]]:
        """The initiatives the page may be about, the likeliest first."""
        organisation = self.organisations.get(held.document.source, "")
        text = held.revision.text[:READ_CHARACTERS]
        page = named(self.bodies, held.revision.title, organisation, text)
        found = self.likenesses.likeliest(page, most=most)
        return [(self.entries[number], likeness) for number, likeness in found]


class Identifies(Core):
    """What is the same as what."""

    def known(self, reading: Reading) -> Known:
        """The register, made ready for asking what a page is about."""
        declarations = self.declared(reading)
        bodies = declarations.bodies
        entries = register.entries(reading)
        profiles = {number: entry.profile for number, entry in entries.items()}
        known = {n: named(bodies, each.title, each.organisation) for n, each in profiles.items()}
        return Known(
            entries,
            known,
            Likenesses((each.title for each in profiles.values()), known),
            source_organisations(declarations),
            bodies,
        )

    def copies(self, reading: Reading, pages: Sequence[Outline]) -> dict[int, list[int]]:
        """Document to the group of documents with its text, the leader first; alone is absent.

        The page of the body that the text names most often leads; else the one held longest.
        """
        by_id = {each.id: each for each in pages}
        made = signatures.of(reading, {each.revision: each.id for each in pages})
        if len(made) < 2:
            return {}
        apart = {(row.a, row.b) for row in reading.rows(NotSame, what="document")}
        organisations = source_organisations(self.declared(reading))

        @cache
        def text(number: int) -> str:
            revision = by_id[number].revision
            said = outlines.texts(reading, [revision])[revision]
            return f"{said.title}\n{said.text}"

        def leads(number: int) -> tuple[int, int]:
            owner = organisations.get(by_id[number].source, "").casefold()
            return (-text(number).casefold().count(owner) if owner else 0, number)

        found = {}
        for group in copies.groups(made, text):
            told = [n for n in group if not any((min(n, o), max(n, o)) in apart for o in group)]
            led = sorted(told, key=leads)
            found.update({number: led for number in led if len(led) > 1})
        return found

    def sign(self) -> int:
        """Keeps the signature of each standing text that has none; how many were made."""
        with self.store.reading() as reading:
            if not signatures.lacking(reading, copies.FORM):
                return 0
        # A lazy door: datasketch loads longer than most commands run.
        signature = importlib.import_module("kb.screen.signing").signature
        with self.writing("rescore") as writing:
            made = {
                row.id or 0: signature(f"{row.title}\n{row.text}")
                for row in signatures.lacking(writing, copies.FORM)
            }
            signatures.keep(writing, made, form=copies.FORM)
        return len(made)

    def same(self, *, at: int | None = None) -> Rows:
        """Pairs to decide on: initiatives that may be one, and pages that may be of a known one."""
        with self.store.reading(at) as reading:
            known = self.known(reading)
            apart = {(row.what, row.a, row.b) for row in reading.rows(NotSame)}
            belongs, judged = documents.memberships(reading), documents.verdicts(reading)
            threshold = self.declared(reading).lexicon.inbox.threshold
            waiting = [
                each.id
                for each in outlines.outlines(reading)
                if each.id not in belongs
                and each.id not in judged
                and each.state != State.gone
                and (each.score or 0.0) >= threshold
            ]
            pages = list(documents.each_held(reading, waiting))
        rows = [*_pairs(known, apart), *_pages(known, pages)]
        rows.sort(key=lambda row: (-row["score"], str(row["a"]), str(row["b"])))
        return Rows("same", tuple(SAME), rows)

    def merge(self, stays: str, goes: str, *, why: str = "") -> dict[str, object]:
        """Finds B to be A: what was said of B counts for A from now on. `split` takes it back.

        Raises Refused for a thing with itself, and for two of which one is merged already.
        """
        with self.store.reading() as reading:
            a, b = self.initiative(reading, stays), self.initiative(reading, goes)
        if a.id == b.id:
            raise Refused(f"{a.slug!r} is the same as itself", hint="name two initiatives")
        with self.writing(f"merge {a.slug} {b.slug}", why=why) as writing:
            writing.add(Merge(initiative=b.id, into=a.id))
            low, high = sorted((a.id, b.id))
            for row in writing.rows(NotSame, what="initiative", a=low, b=high):
                writing.end(row)
        return {"initiative": a.slug, "merged": b.slug}

    def split(self, named: str, parts: Sequence[str], *, why: str = "") -> dict[str, object]:
        """Takes merged initiatives, or pages, out of an initiative; what it came to.

        A merged one stands by itself again, with what was said of it, and with assessments made
        meanwhile that quote its pages. Pages become a new initiative with the codes of the old
        one and the assessments that quote them. Raises Refused where nothing would be left.
        """
        with self.store.reading() as reading:
            entry = self.initiative(reading, named)
            merged = {
                slug: number
                for slug, number in register.slugs(reading).items()
                if merges(reading).get(number) == entry.id
            }
            apart = [merged[part] for part in parts if part in merged]
            pages = [self.document(reading, part) for part in parts if part not in merged]
            belongs = documents.memberships(reading)
            self._whole(reading, entry, pages, belongs)
        with self.writing(f"split {entry.slug} {' '.join(parts)}", why=why) as writing:
            made = [self._part_again(writing, entry, number, belongs) for number in apart]
            if pages:
                made.append(self._new_from(writing, entry, pages))
        return {"initiative": entry.slug, "parts": made}

    def _whole(
        self,
        reading: Reading,
        entry: Entry,
        pages: Sequence[Held],
        belongs: Mapping[int, set[int]],
    ) -> None:
        """Raises Refused for pages that cannot leave."""
        for page in pages:
            if entry.id not in belongs.get(page.id, set()):
                raise Refused(
                    f"d{page.id} is no page of {entry.slug!r}", hint=f"kb show {entry.slug}"
                )
            known = {row.url for row in reading.rows(Alias, document=page.id)}
            if entry.profile.address in known:
                raise Refused(
                    f"d{page.id} is at the address of {entry.slug!r}: nothing would be left of it",
                    hint=f"kb edit {entry.slug} url=ANOTHER first",
                )
        mine = {number for number, those in belongs.items() if entry.id in those}
        if pages and not entry.profile.address and mine <= {page.id for page in pages}:
            raise Refused(f"nothing would be left of {entry.slug!r}", hint="leave it a page")

    def _part_again(
        self, writing: Writing, entry: Entry, number: int, belongs: Mapping[int, set[int]]
    ) -> str:
        for row in writing.rows(Merge, initiative=number):
            writing.end(row)
        own = {
            document
            for document, those in documents.memberships(writing).items()
            if number in those
        }
        self._move_quotes(writing, entry.id, number, own & set(belongs))
        found = writing.get(Initiative, number)
        return found.slug if found else ""

    def _new_from(self, writing: Writing, entry: Entry, pages: Sequence[Held]) -> str:
        taken = frozenset(register.slugs(writing))
        first = pages[0]
        slug = slug_of(first.revision.title, entry.profile.organisation, taken)
        made = writing.add(Initiative(slug=slug))
        number = made.id or 0
        said = entry.profile.said() | {
            "initiative": number,
            "title": first.revision.title,
            "summary": first.revision.summary,
            "url": first.standing.url,
            "address": address_of(first.standing.url),
        }
        writing.add(Profile(**said))
        for facet, codes in entry.tags.items():
            writing.add_all([Tag(initiative=number, facet=facet, code=code) for code in codes])
        for page in pages:
            for row in writing.rows(Membership, document=page.id):
                if row.initiative in _one_with(writing, entry.id):
                    writing.end(row)
            writing.add(Membership(document=page.id, initiative=number))
        self._move_quotes(writing, entry.id, number, {page.id for page in pages})
        return slug

    @staticmethod
    def _move_quotes(writing: Writing, left: int, right: int, pages: set[int]) -> None:
        """Assessments and results of `left` that quote those pages are of `right` from now on."""
        for each in sorted(_one_with(writing, left) - {right}):
            for row in writing.rows(Assessment, initiative=each):
                if documents.of_revision(writing, row.revision) in pages:
                    writing.end(row)
                    register.assessed(writing, Assessment(**row.said() | {"initiative": right}))
            for result in writing.rows(Result, initiative=each):
                if documents.of_revision(writing, result.revision) in pages:
                    writing.end(result)
                    writing.add(Result(**result.said() | {"initiative": right}))

    def not_same(self, one: str, other: str, *, why: str = "") -> dict[str, object]:
        """Remembers that two documents, or two initiatives, are not the same."""
        with self.store.reading() as reading:
            if is_document(one) and is_document(other):
                what = "document"
                ids = [self.document(reading, each).id for each in (one, other)]
            else:
                what = "initiative"
                ids = [self.initiative(reading, each).id for each in (one, other)]
        low, high = sorted(ids)
        if low == high:
            raise Refused(f"{one!r} and {other!r} are one", hint="name two")
        with self.writing(f"same {one} {other} --no", why=why) as writing:
            writing.replace(NotSame, [NotSame(what=what, a=low, b=high)], what=what, a=low, b=high)
        return {"what": what, "a": one, "b": other}


def _one_with(reading: Reading, number: int) -> set[int]:
    """The initiative and those that were merged into it."""
    return {number, *(each for each, stays in merges(reading).items() if stays == number)}


def named(bodies: Bodies, title: str, organisation: str, text: str = "") -> Named:
    """What is compared: a title with the body it is of, and that body's kin."""
    body = bodies.name(organisation) if organisation else ""
    kin = bodies.kin(body) if body else frozenset()
    spellings = tuple(bodies.spellings(organisation)) if organisation else ()
    return Named(title, body, spellings, kin, text)


def _pairs(known: Known, apart: set[tuple[str, int, int]]) -> list[dict[str, Any]]:
    rows = []
    numbers = sorted(known.named)
    for place, one in enumerate(numbers):
        for other in numbers[place + 1 :]:
            a, b = known.named[one], known.named[other]
            if a.body != b.body and b.body not in a.kin and a.body not in b.kin:
                continue
            likeness = known.likenesses.of(a, b)
            related = {*known.entries[one].related, *known.entries[other].related}
            if (
                likeness.same
                and not {one, other} & related
                and ("initiative", one, other) not in apart
            ):
                rows.append(_pair(known.entries[one], known.entries[other], likeness))
    return rows


def _pair(one: Entry, other: Entry, likeness: Likeness) -> dict[str, Any]:
    return {
        "a": one.slug,
        "b": other.slug,
        "a_title": one.profile.title,
        "b_title": other.profile.title,
        "score": likeness.score,
        "reasons": list(likeness.reasons),
    }


def _pages(known: Known, waiting: Sequence[Held]) -> list[dict[str, Any]]:
    rows = []
    for held in waiting:
        for entry, likeness in known.likeliest(held, most=1):
            if likeness.same or likeness.adopts:
                rows.append(
                    {
                        "a": entry.slug,
                        "b": f"d{held.id}",
                        "a_title": entry.profile.title,
                        "b_title": held.revision.title,
                        "score": likeness.score,
                        "reasons": list(likeness.reasons),
                    }
                )
    return rows
