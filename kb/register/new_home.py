"""A new home: the shipped declarations, the store, the register, the index."""

from kb.declare.declarations import Declarations
from kb.declare.people import PEOPLE
from kb.errors import KBError, Refused
from kb.home import DECLARATIONS, REGISTER, Home, shipped
from kb.keep.acts import ActKind
from kb.keep.store import Store
from kb.register.imports import import_rows
from kb.workspace.workspace import Clock, Workspace, now_utc


def make_home(home: Home, *, by: str, register: bool = True, clock: Clock = now_utc) -> Workspace:
    """Makes a home and opens it.

    Declarations that are in the folder already stay as they are. Raises Refused where there is a
    store already.
    """
    if home.store.exists():
        raise Refused(
            f"there is a knowledge base in {str(home.path)!r}",
            hint="use it as it is, or name another folder: kb --home FOLDER init",
        )
    home.path.mkdir(parents=True, exist_ok=True)
    for name in (*DECLARATIONS, REGISTER, PEOPLE):
        if not home.declaration(name).exists():
            home.declaration(name).write_bytes(shipped(name).read_bytes())
    Declarations.of(home).check()
    Store.create(home.store).close()
    workspace = Workspace(home, by=by, clock=clock)
    try:
        if register:
            import_rows(workspace, home.declaration(REGISTER), kind=ActKind.init)
        workspace.catch_up_index()
    except KBError:
        workspace.close()  # half a home would be taken for a whole one
        for file in home.path.glob(f"{home.store.name}*"):
            file.unlink()
        raise
    return workspace
