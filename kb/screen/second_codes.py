"""How a second reader codes an initiative: kept beside its codes, to be compared with them."""

from collections.abc import Iterable

from kb.keep.acts import ActKind
from kb.keep.decisions import SecondCode
from kb.keep.register import StoredInitiative
from kb.workspace.snapshot import Snapshot
from kb.workspace.workspace import Workspace

BETWEEN = "; "
# In order, after an inclusion, for the first reader and the second.
FACETS_ASKED = ("role", "reach", "audience", "means", "status")


def coder(snapshot: Snapshot, initiative: StoredInitiative, facet: str) -> str:
    """The person who coded a facet last; "" where nobody did, or the codes were imported."""
    act = snapshot.acts.get(initiative.coded_at.get(facet, 0))
    return act.by if act and act.kind == ActKind.tag else ""


def facets_to_code_again(snapshot: Snapshot, name: str) -> list[str]:
    """The facets of an initiative that another person coded, and who acts here did not."""
    initiative = snapshot.workspace.initiative(snapshot.reading, name)
    by = snapshot.workspace.by
    own = snapshot.reading.rows(SecondCode, initiative=initiative.id, person=by)
    done = {row.facet for row in own}
    return [
        f for f in FACETS_ASKED if coder(snapshot, initiative, f) not in ("", by) and f not in done
    ]


def code_again(workspace: Workspace, name: str, texts: Iterable[str]) -> dict[str, list[str]]:
    """Notes how who acts here codes an initiative, facet by facet, as FACET=CODE; no code changes.

    Raises Unknown for a facet or code that is not in the code book.
    """
    book = workspace.declarations.book
    coded = dict(book.tag(text) for text in texts)
    with workspace.store.reading() as reading:
        initiative = workspace.initiative(reading, name)
    command = f"code {initiative.slug} a second time"
    with workspace.writing(ActKind.tag, command, subject=initiative.slug) as writing:
        for facet, codes in coded.items():
            row = SecondCode(
                initiative=initiative.id,
                person=workspace.by,
                facet=facet,
                codes=BETWEEN.join(sorted(codes)),
            )
            writing.replace_own(row, "initiative", "person", "facet")
    return coded
