"""`kb assign`: a share of what waits is given to a person to read."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from kb.declare.people import PEOPLE, Role
from kb.errors import Refused
from kb.keep.acts import ActKind
from kb.keep.decisions import WITH_IT, Assignment
from kb.keep.documents import StoredDocument
from kb.screen.inbox import waiting
from kb.screen.unread import draw
from kb.table import column
from kb.workspace.snapshot import Snapshot, snapshot
from kb.workspace.workspace import Workspace

ASSIGNED = "assigned"


@dataclass(frozen=True)
class Assigned:
    """What a person was given to read, or what was taken back."""

    person: str = column("Who reads.")
    pages: int = column("How many pages they were given now; below 0, taken back.")
    to_read: int = column("How many wait for them now.")


def assign(
    workspace: Workspace,
    share: float,
    person: str,
    *,
    again: bool = False,
    chance: random.Random | None = None,
) -> Assigned:
    """Gives a person that share of the pages that wait, drawn at random by kind of body.

    Only pages that nobody was given yet, so fewer where few are left. With `again` the share is
    of the pages on which one other person decided: they are read a second time, blind. A share of
    0 takes back what the person has not read. Raises Refused for a share outside 0 to 1 and where
    there is nothing to give, Unknown for a person whom people.toml does not name.
    """
    if not 0 <= share <= 1:
        raise Refused(f"there is no share of {share:g}", hint="from 0 to 1: 20% or 0.2")
    if not workspace.people.person:
        raise Refused(f"{PEOPLE} names nobody", hint=f"write {person!r} into it, with a role")
    person = person.strip().casefold()
    workspace.people.check(person, Role.screener, workspace.today)
    command = f"assign {share:.0%} --to {person}{' --again' * again}"
    with snapshot(workspace) as now:
        unread = [row for row in now.to_read if row.person == person and row.again == again]
        every = _decided_by_one(now, person) if again else [each.page for each in waiting(now)]
        given = {row.document for row in now.to_read if row.again == again}
        free = [page for page in every if page.id not in given]
        count = round(share * len(every))
        pages = draw(free, count, now.declarations, chance or random.SystemRandom())
    if not share and not unread:
        raise Refused(f"{person} has nothing to read that could be taken back")
    if share and free and not count:
        raise Refused(f"{share:.2%} of {len(every)} pages is less than one")
    if share and not pages:
        raise Refused("there is no page to give that nobody was given yet")
    with workspace.writing(ActKind.assign, command, subject=person) as writing:
        if not share:
            own = {row.id for row in unread}
            writing.end_all(row for row in writing.rows(Assignment) if row.id in own)
            return Assigned(person, -len(own), 0)
        writing.add_all(_rows(pages, person, again=again))
    return Assigned(person, len(pages), len(unread) + len(pages))


def _rows(pages: Sequence[StoredDocument], person: str, *, again: bool) -> list[Assignment]:
    return [
        Assignment(document=page.id, person=person, again=again, why=ASSIGNED) for page in pages
    ]


def _decided_by_one(snapshot: Snapshot, person: str) -> list[StoredDocument]:
    """The live pages on which one person decided, and not this one; copies left out."""
    pages = []
    for page in snapshot.pages:
        verdict = snapshot.verdicts.get(page.id)
        if verdict is not None and not page.gone:
            rows = verdict.decisions
            people = {row.person for row in rows if not row.why.startswith(WITH_IT)}
            pages += [page] if len(people) == 1 and person not in people else []
    return pages
