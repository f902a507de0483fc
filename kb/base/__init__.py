"""KnowledgeBase: everything kb does in one home, for Python callers and the command line."""

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Self

from kb.base.coding import Codes
from kb.base.core import Rows, now_utc
from kb.base.digesting import Digests
from kb.base.flowing import Flows
from kb.base.forgetting import Forgets
from kb.base.listing import is_due
from kb.base.packing import Packs
from kb.base.registering import Registering
from kb.base.showing import Shows
from kb.base.sourcing import Sourcing
from kb.declare.declarations import Declarations
from kb.errors import KBError, Refused
from kb.home import DECLARATIONS, REGISTER, Home, Settings, find_home, shipped
from kb.keep.store import Store

LISTS = (
    *(
        "inbox",
        "same",
        "initiatives",
        "overlaps",
        "gaps",
        "offer",
        "recheck",
        "worked",
        "sources",
        "runs",
    ),
    *("decisions", "coding", "flow"),
)


class KnowledgeBase(Registering, Sourcing, Forgets, Packs, Digests, Codes, Shows, Flows):
    """One knowledge base, opened; use it in a `with`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def listing(self, name: str, day: date | None = None) -> Rows:
        """The list of that name, whole, as of the end of that day."""
        at = self.act_on(day)
        made = getattr(self, name)(at=at)
        if not isinstance(made, Rows):
            raise TypeError(name)
        return made


def make(
    home: Home,
    *,
    by: str,
    register: bool = True,
    clock: Callable[[], datetime] = now_utc,
) -> KnowledgeBase:
    """A new knowledge base: the shipped declarations, the store, the register, the index.

    Declarations that are in the folder already stay as they are. Raises Refused where there
    is a store already.
    """
    if home.store.exists():
        raise Refused(
            f"there is a knowledge base in {str(home.path)!r}",
            hint="use it as it is, or name another folder: kb --home FOLDER init",
        )
    home.path.mkdir(parents=True, exist_ok=True)
    for name in (*DECLARATIONS, REGISTER):
        if not home.declaration(name).exists():
            home.declaration(name).write_bytes(shipped(name).read_bytes())
    Declarations.of(home).check()
    Store.create(home.store).close()
    base = KnowledgeBase(home, by=by, clock=clock)
    try:
        if register:
            base.import_rows(home.declaration(REGISTER), command="init")
        base.catch_up_index()
    except KBError:
        base.close()  # half a home would be taken for a whole one
        for file in home.path.glob(f"{home.store.name}*"):
            file.unlink()
        raise
    return base


def connect(folder: str | os.PathLike[str], *, by: str | None = None) -> KnowledgeBase:
    """The knowledge base in that folder, for use in a `with`.

    Acts are `by` who is named, else KB_USER, else the login name. NoHome where there is none.
    """
    settings = Settings.read(os.environ)
    home = find_home(str(folder), settings, Path(folder))
    return KnowledgeBase(home, by=by or settings.user)


__all__ = ["LISTS", "KnowledgeBase", "Rows", "connect", "is_due", "make", "now_utc"]
