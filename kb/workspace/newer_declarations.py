"""What a newer kb ships in its declarations, against those of a home, and taking it over.

A home's declarations are its own: an upgrade changes none. What a file was when the home was made
is in the store, so that it can be told who changed it since: the package, staff, or both.
"""

import difflib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kb.declare.declarations import Declarations
from kb.declare.files import read_text
from kb.errors import Refused, Unknown
from kb.home import DECLARATIONS, shipped
from kb.keep.crawled import Declaration
from kb.table import Table, column
from kb.workspace.workspace import Workspace


class Differs(StrEnum):
    """Who changed a file since the home was made."""

    nobody = "as shipped"
    staff = "edited here"
    package = "newer"
    both = "newer, and edited here"


@dataclass(frozen=True)
class DeclarationState:
    """A declaration file of a home beside the one that this kb ships."""

    file: str = column("The file.", narrow=True)
    state: Differs = column("Who changed it since the home was made.", narrow=True)
    added: int = column("Lines that the shipped file has and the home's lacks.", narrow=True)
    removed: int = column("Lines that the home's has and the shipped lacks.", narrow=True)


def declaration_states(workspace: Workspace) -> Table[DeclarationState]:
    """A row a file."""
    rows = []
    for name in DECLARATIONS:
        here, there = _here(workspace, name), _shipped(name)
        marks = [line[:2] for line in difflib.ndiff(here.splitlines(), there.splitlines())]
        state = _state(_first(workspace, name), here, there)
        rows.append(DeclarationState(name, state, marks.count("+ "), marks.count("- ")))
    return Table("declarations", DeclarationState, rows)


def difference(workspace: Workspace, name: str) -> Iterator[str]:
    """The lines by which the shipped file differs from the home's, as `diff -u` has them.

    Raises Unknown for a file that is none.
    """
    _check_name(name)
    here, there = _here(workspace, name), _shipped(name)
    yield from difflib.unified_diff(
        here.splitlines(), there.splitlines(), f"{name} here", f"{name} shipped", lineterm=""
    )


def take(workspace: Workspace, names: Sequence[str], *, force: bool = False) -> list[str]:
    """Puts the shipped files in place of the home's; which were, each kept as NAME.before.

    Raises Refused for one that staff edited, without `force`; Declared where the home would not
    load; then nothing is changed.
    """
    texts = {}
    for name in names:
        _check_name(name)
        here, there = _here(workspace, name), _shipped(name)
        state = _state(_first(workspace, name), here, there)
        if state in (Differs.both, Differs.staff) and not force:
            raise Refused(
                f"{name} was edited here: taking the shipped one would undo that",
                hint=f"kb declarations diff {name}, and edit it; --force keeps yours as a copy",
            )
        if here != there:
            texts[name] = there
    earlier = workspace.declarations
    Declarations(dict(earlier.texts) | texts, earlier.former).check()
    for name, text in texts.items():
        path = workspace.home.declaration(name)
        path.with_name(f"{name}.before").write_bytes(path.read_bytes())
        partial = path.with_name(f".{name}.partial")
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    workspace.reread()
    return list(texts)


def _state(first: str, here: str, there: str) -> Differs:
    if here == there:
        return Differs.nobody
    if here == first:
        return Differs.package
    return Differs.staff if there == first else Differs.both


def _first(workspace: Workspace, name: str) -> str:
    """The file as the first act noted it: as it was when the home was made."""
    with workspace.store.reading() as reading:
        rows = reading.history(Declaration, name=name)
    return rows[0].text if rows else ""


def _here(workspace: Workspace, name: str) -> str:
    return read_text(workspace.home.declaration(name))


def _shipped(name: str) -> str:
    return read_text(shipped(name))


def _check_name(name: str) -> None:
    if name not in DECLARATIONS:
        raise Unknown("declaration", name, DECLARATIONS, where="a home")
