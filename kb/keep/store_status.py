"""What the store says of itself by plain SQL, for callers that must not load the rest.

`kb search` takes a quarter of the time that SQLModel takes to load: it asks here.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from kb.errors import KBError, NewerStore

NEWEST = "0001"  # the newest migration this kb knows


def version(store: Path) -> str | None:
    """The migration the store is at; None where it has none."""
    with closing(_connect(store)) as connection:
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except sqlite3.DatabaseError:  # no such table, or no store of ours at all
            return None
    return row[0] if row else None


def check(store: Path) -> str:
    """The migration of a store that this kb can open, itself or by bringing it up to date.

    Raises NewerStore, having changed nothing, for one that a newer kb made; KBError for a
    file that is no store of kb.
    """
    form = version(store)
    if form is None:
        raise KBError(f"{store} is no store of kb", hint="restore a backup, or kb init elsewhere")
    if form > NEWEST:
        raise NewerStore(
            f"{store} was made by a newer kb (form {form}, this kb knows {NEWEST})",
            hint="install that version of kb, or restore an older backup",
        )
    return form


def last_act(store: Path) -> int:
    """The id of the last act, 0 before the first."""
    with closing(_connect(store)) as connection:
        row = connection.execute("select max(id) from act").fetchone()
    return row[0] or 0


def _connect(store: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{store.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
