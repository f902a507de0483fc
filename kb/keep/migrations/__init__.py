"""Brings a store of an older kb to the newest form. Loaded only when one is met."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config

from kb.keep import store_status

HERE = Path(__file__).parent


def upgrade(store: Path, *, versions: Path = HERE / "versions") -> None:
    """Runs every migration that the store has not had, each whole or not at all.

    A copy of the store as it was is set aside beside it before the first.
    """
    set_aside(store)
    command.upgrade(config(store, versions=versions), "head")


def set_aside(store: Path) -> Path:
    """A copy of the store, named by its form: kb.sqlite.0001; in place of an older copy."""
    copy = store.with_name(f"{store.name}.{store_status.version(store)}")
    partial = copy.with_name(f"{copy.name}.partial")
    partial.unlink(missing_ok=True)
    with closing(sqlite3.connect(store)) as source, closing(sqlite3.connect(partial)) as target:
        source.backup(target)
    return partial.replace(copy)


def config(store: Path, *, versions: Path = HERE / "versions") -> Config:
    """Alembic's settings for that file; there is no alembic.ini."""
    settings = Config()
    settings.set_main_option("script_location", str(HERE).replace("%", "%%"))
    settings.set_main_option("version_locations", str(versions).replace("%", "%%"))
    settings.set_main_option("path_separator", "newline")
    settings.attributes["store"] = store
    return settings
