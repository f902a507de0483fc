"""What the store says of itself by plain SQL, for callers that must not load the rest.

`kb search` takes a quarter of the time that SQLModel takes to load: it asks here.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from kb.errors import Busy, KBError, NewerStore

WAIT_SECONDS = 5
NEWEST = "0003"  # the newest migration this kb knows


def version(store: Path) -> str | None:
    """The migration the store is at; None where it has none."""
    with _asking(store) as connection:
        try:
            row = connection.execute("select version_num from alembic_version").fetchone()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return None
        except sqlite3.DatabaseError:  # no database at all
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
    with _asking(store) as connection:
        row = connection.execute("select max(id) from act").fetchone()
    return row[0] or 0


def holds(store: Path, act: int, token: str) -> bool:
    """True where the store has that very act: not one of its number in another history."""
    with _asking(store) as connection:
        row = connection.execute("select token from act where id = ?", (act,)).fetchone()
    return bool(token) and row == (token,)


def damage(store: Path) -> tuple[str, str]:
    """What SQLite finds wrong with the file, and which rows name what is not there; "" for none."""
    with _asking(store) as connection:
        try:
            said = [row[0] for row in connection.execute("pragma quick_check")]
            loose = connection.execute("pragma foreign_key_check").fetchmany(3)
        except sqlite3.DatabaseError as error:
            return str(error), ""
    return "" if said == ["ok"] else said[0], ", ".join(f"{row[0]} {row[1]}" for row in loose)


@contextmanager
def _asking(store: Path) -> Iterator[sqlite3.Connection]:
    """A connection that reads. Raises as `refusal` says where the store cannot be read now."""
    address = f"{store.absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=WAIT_SECONDS)) as connection:
            yield connection
    except sqlite3.OperationalError as error:
        raise refusal(store, error) from error


def refusal(store: Path, error: Exception) -> KBError:
    """What to say where SQLite cannot have a store: it is held, or its folder is closed to us."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return Busy(f"another program holds {store}", hint="wait for it to end, then try again")
    if not os.access(store, os.R_OK):
        return KBError(f"{store} cannot be read: no permission", hint="ask whose file it is")
    if not os.access(store.parent, os.W_OK):
        return KBError(
            f"the folder {str(store.parent)!r} cannot be written to",
            hint="kb keeps files beside its store even to read it: make the folder writable",
        )
    return KBError(f"{store} cannot be read: {text}", hint="nothing was changed")
