"""One thing once: initiatives merged into one another, split again, or said not to be the same."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kb.contract import address_of
from kb.declare.register import slug_of
from kb.errors import Refused
from kb.keep import documents, register
from kb.keep.acts import ActKind
from kb.keep.crawled import Alias
from kb.keep.decisions import (
    PAGE_OF,
    Assessment,
    Initiative,
    Membership,
    Merge,
    NotSame,
    Profile,
    Result,
    Tag,
)
from kb.keep.documents import StoredDocument
from kb.keep.register import StoredInitiative
from kb.keep.store import Reading, Writing
from kb.workspace.workspace import Workspace, is_document


@dataclass(frozen=True)
class Merged:
    """The slugs of the initiative that stays, and of the one that counts for it from now on."""

    stays: str
    merged: str


@dataclass(frozen=True)
class Split:
    """The slug of the initiative that was split, and those of its parts."""

    initiative: str
    parts: list[str]


def merge(workspace: Workspace, stays: str, goes: str, *, why: str = "") -> Merged:
    """Finds `goes` to be `stays`: what was said of it counts for that. `split` takes it back.

    Raises Refused for an initiative with itself, if one of the two is merged already, and
    without a reason where somebody said that the two are not the same.
    """
    with workspace.store.reading() as reading:
        a, b = workspace.initiative(reading, stays), workspace.initiative(reading, goes)
        apart = reading.row(NotSame, what="initiative", a=min(a.id, b.id), b=max(a.id, b.id))
        parting = reading.act(apart.made) if apart else None
    if a.id == b.id:
        raise Refused(f"{a.slug!r} is the same as itself", hint="name two initiatives")
    if parting and not why.strip():
        raise Refused(
            f"{parting.by} said on {parting.at.date()} that {a.slug!r} and {b.slug!r} "
            "are not the same",
            hint="say why they are: --why TEXT",
        )
    command = f"merge {a.slug} {b.slug}"
    with workspace.writing(ActKind.merge, command, subject=a.slug, why=why) as writing:
        writing.add(Merge(initiative=b.id, into=a.id))
        low, high = sorted((a.id, b.id))
        writing.end_all(writing.rows(NotSame, what="initiative", a=low, b=high))
    return Merged(a.slug, b.slug)


def split(workspace: Workspace, name: str, parts: Sequence[str], *, why: str = "") -> Split:
    """Takes merged initiatives, or pages, out of an initiative.

    A merged one stands by itself again, with what was said of it, and with assessments made
    meanwhile that quote its pages. Pages become a new initiative with the codes of the old one
    and the assessments that quote them. Raises Refused where nothing would be left.
    """
    with workspace.store.reading() as reading:
        initiative = workspace.initiative(reading, name)
        into = documents.merges(reading)
        merged = {
            slug: number
            for slug, number in register.slugs(reading).items()
            if into.get(number) == initiative.id
        }
        numbers = [merged[part] for part in parts if part in merged]
        pages = [workspace.document(reading, part) for part in parts if part not in merged]
        members = documents.memberships(reading)
        _check_pages(reading, initiative, pages, members)
    command = f"split {initiative.slug} {' '.join(parts)}"
    splitting = workspace.writing(ActKind.split_, command, subject=initiative.slug, why=why)
    with splitting as writing:
        made = [_apart_again(writing, initiative, number, members) for number in numbers]
        if pages:
            made.append(_new_from(writing, initiative, pages))
    return Split(initiative.slug, made)


def _check_pages(
    reading: Reading,
    initiative: StoredInitiative,
    pages: Sequence[StoredDocument],
    members: Mapping[int, set[int]],
) -> None:
    """Raises Refused for pages that cannot leave the initiative."""
    slug, address = initiative.slug, initiative.profile.address
    for page in pages:
        if initiative.id not in members.get(page.id, set()):
            raise Refused(f"{page.name} is no page of {slug!r}", hint=f"kb show {slug}")
        if address in {row.url for row in reading.rows(Alias, document=page.id)}:
            raise Refused(
                f"{page.name} is at the address of {slug!r}: nothing would be left of it",
                hint=f"kb edit {slug} url=ANOTHER first",
            )
    own = {number for number, those in members.items() if initiative.id in those}
    if pages and not address and own <= {page.id for page in pages}:
        raise Refused(f"nothing would be left of {slug!r}", hint="leave it a page")


def _apart_again(
    writing: Writing, initiative: StoredInitiative, number: int, members: Mapping[int, set[int]]
) -> str:
    """Ends the merge of that initiative; its slug."""
    writing.end_all(writing.rows(Merge, initiative=number))
    now = documents.memberships(writing).items()
    own = {document for document, those in now if number in those}
    _move_quotes(writing, initiative.id, number, own & members.keys())
    merged = writing.get(Initiative, number)
    return merged.slug if merged else ""


def _new_from(
    writing: Writing, initiative: StoredInitiative, pages: Sequence[StoredDocument]
) -> str:
    """Makes an initiative of pages that leave another one; its slug."""
    first, profile = pages[0], initiative.profile
    taken = frozenset(register.slugs(writing))
    slug = slug_of(first.title, profile.organisation, taken)
    number = writing.add(Initiative(slug=slug)).row_id
    own = {
        "initiative": number,
        "title": first.title,
        "summary": first.loaded.summary,
        "url": first.url,
        "address": address_of(first.url),
    }
    writing.add(Profile(**profile.values() | own))
    for facet, codes in initiative.tags.items():
        writing.add_all([Tag(initiative=number, facet=facet, code=code) for code in codes])
    for page in pages:
        for row in writing.rows(Membership, document=page.id):
            if row.initiative in _with_merged(writing, initiative.id):
                writing.end(row)
        writing.add(Membership(document=page.id, initiative=number))
    _move_quotes(writing, initiative.id, number, {page.id for page in pages})
    return slug


def _move_quotes(writing: Writing, left: int, right: int, pages: Collection[int]) -> None:
    """Moves the assessments and results of `left` that quote those pages to `right`."""
    for each in sorted(_with_merged(writing, left) - {right}):
        for row in writing.rows(Assessment, initiative=each):
            if documents.of_revision(writing, row.revision) in pages:
                writing.end(row)
                moved = Assessment(**row.values() | {"initiative": right})
                register.save_assessment(writing, moved)
        for result in writing.rows(Result, initiative=each):
            if documents.of_revision(writing, result.revision) in pages:
                writing.end(result)
                writing.add(Result(**result.values() | {"initiative": right}))


def _with_merged(reading: Reading, number: int) -> set[int]:
    """The initiative and those that were merged into it."""
    merged = documents.merges(reading).items()
    return {number, *(each for each, into in merged if into == number)}


def not_same(workspace: Workspace, one: str, other: str, *, why: str = "") -> None:
    """Remembers of two documents, two initiatives, or one of each, that they are not the same.

    Raises Refused for a thing with itself.
    """
    names = sorted((one, other), key=is_document)  # an initiative before a page
    with workspace.store.reading() as reading:
        ids = [
            workspace.document(reading, name).id
            if is_document(name)
            else workspace.initiative(reading, name).id
            for name in names
        ]
    pages = sum(map(is_document, names))
    what = ("initiative", PAGE_OF, "document")[pages]
    low, high = ids if what == PAGE_OF else sorted(ids)
    if what != PAGE_OF and low == high:
        raise Refused(f"{one!r} and {other!r} are one", hint="name two")
    command = f"same {one} {other} --no"
    with workspace.writing(ActKind.not_same, command, subject=one, why=why) as writing:
        writing.replace(NotSame, [NotSame(what=what, a=low, b=high)], what=what, a=low, b=high)
