"""What people correct: codes, a profile's fields, relations, an act of their own."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kb.declare.codebook import parted
from kb.declare.profile_fields import FIELDS, checked_fields
from kb.errors import Refused, Unknown
from kb.keep import history, register
from kb.keep.acts import ActKind
from kb.keep.decisions import Relation, RelationKind, Tag
from kb.keep.history import Undone
from kb.keep.register import StoredInitiative
from kb.keep.store import Reading, Writing
from kb.workspace.workspace import Workspace


def tag(
    workspace: Workspace, name: str, texts: Iterable[str], *, remove: bool = False
) -> dict[str, list[str]]:
    """Adds codes to an initiative (or takes them away); its tags afterwards.

    A facet that holds one code has it replaced. `status` notes the day it was seen. Raises
    Unknown for a facet or code that is not in the code book.
    """
    book = workspace.declarations.book
    changes: dict[str, list[str]] = {}
    for text in texts:  # what is said of a facet in several words adds up
        facet, codes = book.tag(text)
        changes[facet] = list(dict.fromkeys((*changes.get(facet, []), *codes)))
    for facet, codes in changes.items():
        if facet in book.facets.one and len(codes) > 1:
            raise Refused(
                f"facet {facet!r} holds one code, got {len(codes)}: {', '.join(codes)}",
                hint="name one of them",
            )
    with workspace.store.reading() as reading:
        slug = workspace.initiative(reading, name).slug
    with workspace.writing(ActKind.tag, f"tag {slug}", subject=slug) as writing:
        initiative = workspace.initiative(writing, slug)
        for facet, codes in changes.items():
            _tag_facet(workspace, writing, initiative, facet, codes, remove)
        return workspace.initiative(writing, slug).tags


def _tag_facet(
    workspace: Workspace,
    writing: Writing,
    initiative: StoredInitiative,
    facet: str,
    codes: list[str],
    remove: bool,
) -> None:
    book, before = workspace.declarations.book, initiative.codes(facet)
    if remove:
        missing = [code for code in codes if code not in before]
        if missing:
            raise Refused(
                f"{initiative.slug!r} is not tagged {facet}={missing[0]}",
                hint=f"it has: {', '.join(before) or 'none'}",
            )
        after = [code for code in before if code not in codes]
    elif facet in book.facets.one:
        after = codes
    else:
        # A former code that became one of those named is what is said anew.
        stays = [code for code in before if not set(book.heirs(facet, code)) & {*codes} - {code}]
        after = [*stays, *(code for code in codes if code not in stays)]
    rows = [Tag(initiative=initiative.id, facet=facet, code=code) for code in after]
    writing.replace(Tag, rows, initiative=initiative.id, facet=facet)
    if facet == "status" and not remove:
        register.rewrite_profile(
            writing, initiative.profile, {"status_seen": workspace.clock().date()}
        )


def edit(
    workspace: Workspace, name: str, texts: Sequence[str], *, why: str = ""
) -> dict[str, object]:
    """Sets fields of an initiative by FIELD=VALUE, an empty value for unknown; what changed.

    A relation (`part-of=SLUG`) is a field too. Raises Unknown for a field that does not exist,
    Refused for a value that it cannot have.
    """
    fields = [_field(text) for text in texts]
    for field, count in Counter(field for field, _ in fields).items():
        if count > 1:
            raise Refused(f"{field} is named {count} times", hint="say it once")
    with workspace.store.reading() as reading:
        initiative = workspace.initiative(reading, name)
        values = checked_fields(
            workspace.declarations,
            {n: value for n, value in fields if n in FIELDS},
            today=workspace.clock().date(),
        )
        relations = {
            RelationKind(n): _related(workspace, reading, initiative, RelationKind(n), value)
            for n, value in fields
            if n not in FIELDS
        }
    before = initiative.profile.values()
    changed = {n: value for n, value in values.items() if before[n] != value}
    command = f"edit {initiative.slug}"
    with workspace.writing(ActKind.edit, command, subject=initiative.slug, why=why) as writing:
        if changed:
            register.rewrite_profile(writing, initiative.profile, changed)
        for kind, others in relations.items():
            rows = [Relation(initiative=initiative.id, to=other, kind=kind) for other in others]
            writing.replace(Relation, rows, initiative=initiative.id, kind=kind)
    typed = {n: value for n, value in changed.items() if n in dict(fields)}
    return typed | {kind.value: list(others.values()) for kind, others in relations.items()}


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name = name.strip().casefold()
    known = [*FIELDS, *(kind.value for kind in RelationKind)]
    if name.replace("_", "-") in known:
        name = name.replace("_", "-")
    if name not in known:
        raise Unknown("field", name, known, where="an initiative")
    if not equals:
        raise Refused(f"{text!r} gives {name} no value", hint=f"{name}=TEXT; {name}= for unknown")
    return name, value


def _related(
    workspace: Workspace,
    reading: Reading,
    initiative: StoredInitiative,
    kind: RelationKind,
    value: str,
) -> dict[int, str]:
    """The initiatives named, id to slug. Raises Refused where a circle would come of it."""
    names = parted(value)
    others = [workspace.initiative(reading, name) for name in names]
    every = register.initiatives(reading)
    for other in others:
        if other.id == initiative.id:
            raise Refused(f"{other.slug!r} cannot be {kind} itself", hint="name another")
        if _leads_to(every, other.id, kind, initiative.id):
            raise Refused(
                f"{other.slug!r} is {kind} {initiative.slug!r} already",
                hint="a relation has one direction",
            )
    return {other.id: other.slug for other in others}


def _leads_to(
    initiatives: Mapping[int, StoredInitiative], start: int, kind: RelationKind, end: int
) -> bool:
    """True where relations of that kind lead from the one to the other, or they are one."""
    queue, seen = [start], set()
    while queue:
        number = queue.pop()
        if number == end:
            return True
        if number not in seen and number in initiatives:
            seen.add(number)
            queue += initiatives[number].relations.get(kind, [])
    return False


def undo(workspace: Workspace, *, why: str = "", after: int = 0) -> Undone:
    """Ends what the person's last act made and makes again what it ended.

    Raises Refused where there is no such act, or none `after` that one, and where something later
    rests on it, which it names.
    """
    with workspace.store.reading() as reading:
        act = history.last_of(reading, workspace.by)
        if act is None:
            raise Refused(f"{workspace.by} has no act to undo", hint="kb decisions")
        number = act.id or 0
        if number <= after:
            raise Refused(
                "nothing was decided since then", hint="kb undo takes an earlier act back"
            )
        if act.kind == ActKind.forget:
            raise Refused("what was forgotten cannot be had again")
        if act.kind == ActKind.accept:
            raise Refused(
                f"act {number} accepted an offer: that is not undone",
                hint="put offer.toml back as it was, then kb offer accept",
            )
        later = history.rests_on(reading, number)
        if later is not None:
            other = reading.act(later)
            raise Refused(
                f"act {number} ({act.command}) cannot be undone: act {later} of {other.by} "
                f"({other.command}) rests on it",
                hint="undo that one first, if it is yours",
            )
    command = f"undo {number}"
    undoing = workspace.writing(ActKind.undo, command, subject=act.subject, undoes=number, why=why)
    with undoing as writing:
        return history.undo(writing, act)
