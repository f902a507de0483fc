"""What was added, changed and removed between two days, for those who take lists in."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kb.assess.changes import OVER, Why, moved_since, since_the_first_act
from kb.keep.register import StoredInitiative
from kb.table import Table, column
from kb.workspace.snapshot import Snapshot, snapshot


@dataclass(frozen=True)
class Change:
    """A row of a list that is there no more, is new, or says something else."""

    kind: str = column("added, changed or removed.", narrow=True)
    list_: str = column("The list: initiatives, overlaps or gaps.", narrow=True)
    strand: str | None = column("The key of a strand of the offer.", narrow=True)
    initiative: str | None = column("The slug of the initiative, which stays.", narrow=True)
    title: str | None = column("Its name.")
    group: str = column("Whose doing it was: the world, or us.", narrow=True)
    cause: Why = column("Why the row differs.", narrow=True)
    before: str | None = column("How the row stood at the end of the first day.")
    after: str | None = column("How the row stood at the end of the second day.")
    date_: date | None = column("The day of the last thing said that the row rests on.")


def changed_since(after: Snapshot, since: date) -> Table[Change]:
    """Each row of initiatives, overlaps and gaps that differs from the end of that day.

    A day before the beginning means the beginning. Raises Refused for a day to come.
    """
    workspace = after.workspace
    begun, note = since_the_first_act(workspace, since)
    if begun is None:
        return Table("changed", Change, [], (note,))
    with snapshot(workspace, workspace.moment(begun)) as before:
        rows = [*_initiatives(before, after), *_moved(after, begun)]
    until = "now" if after.moment.act is None else after.moment.day.isoformat()
    notes = (note,) if note else ()
    return Table("changed", Change, rows, (*notes, f"from the end of {begun} to {until}"))


def _moved(after: Snapshot, since: date) -> Iterator[Change]:
    titles = {each.slug: each.profile.title for each in after.register.values()}
    for row in moved_since(after, since).rows:
        yield Change(
            kind=_kind(row.before, row.after),
            list_=row.list_,
            strand=row.strand,
            initiative=row.initiative,
            title=titles.get(row.initiative or ""),
            group=row.group,
            cause=row.cause,
            before=row.before,
            after=row.after,
            date_=row.date_,
        )


def _initiatives(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    """The initiatives that are new, say something else, or are gone."""
    days = [{each.slug: each for each in day.register.values()} for day in (before, after)]
    merged = {before.slugs.get(number) for number in after.merges}
    for slug in sorted({*days[0], *days[1]}):
        old, new = (day.get(slug) for day in days)
        shown = [_shown(each) for each in (old, new)]
        if shown[0] == shown[1]:
            continue
        cause = _cause(old, new, merged=slug in merged)
        either = new or old
        yield Change(
            kind=_kind(*shown),
            list_="initiatives",
            strand=None,
            initiative=slug,
            title=either.profile.title if either else None,
            group="the world" if cause.of_the_world else "us",
            cause=cause,
            before=shown[0],
            after=shown[1],
            date_=None,
        )


def _cause(old: StoredInitiative | None, new: StoredInitiative | None, *, merged: bool) -> Why:
    if merged:
        return Why.merged_or_split
    if old is None:
        return Why.newly_found
    status = new.code("status") if new else None
    if status in OVER and old.code("status") != status:
        return Why(str(status))
    return Why.decision_changed


def _kind(before: str | None, after: str | None) -> str:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"


def _shown(initiative: StoredInitiative | None) -> str | None:
    """What is compared of an initiative, in words; None where there is none."""
    if initiative is None:
        return None
    profile = initiative.profile
    said = {"title": profile.title, "organisation": profile.organisation, "url": profile.url}
    said |= {"summary": profile.summary, "started": profile.started, "learning": profile.learning}
    codes = {facet: ", ".join(codes) for facet, codes in sorted(initiative.tags.items())}
    return "; ".join(f"{name}: {value}" for name, value in (said | codes).items() if value)
