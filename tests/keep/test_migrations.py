"""A migration runs whole or not at all, and the store before it is set aside."""

import importlib.util
import io
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlmodel import SQLModel

from kb.keep import store_status
from kb.keep.migrations import HERE, upgrade
from kb.keep.store import Store

NEWEST = store_status.NEWEST
TO_COME = f"{int(NEWEST) + 1:04}"
NEXT = f'''
"""Two tables; between them the machine may be switched off."""
import os
import sqlalchemy as sa
from alembic import op

revision = "{TO_COME}"
down_revision = "{NEWEST}"


def upgrade():
    op.create_table("first_of_two", sa.Column("id", sa.Integer(), primary_key=True))
    if os.environ.get("KB_TEST_CUT") == "kill":
        os._exit(137)
    if os.environ.get("KB_TEST_CUT") == "raise":
        raise RuntimeError("no room left")
    op.create_table("second_of_two", sa.Column("id", sa.Integer(), primary_key=True))
'''
RUN = "import sys, pathlib as p; from kb.keep.migrations import upgrade; "
RUN += "upgrade(p.Path(sys.argv[1]), versions=p.Path(sys.argv[2]))"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "kb.sqlite"
    Store.create(path).close()
    return path


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The migrations there are, and one to come."""
    folder = Path(shutil.copytree(HERE / "versions", tmp_path / "versions"))
    (folder / f"{TO_COME}_two_tables.py").write_text(NEXT)
    return folder


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("select name from sqlite_master where type = 'table'")
        return {name for (name,) in rows}


def test_one_that_is_killed_between_two_tables_leaves_the_store_as_it_was(
    store: Path, versions: Path
) -> None:
    before = tables(store)
    command = [sys.executable, "-c", RUN, str(store), str(versions)]
    done = subprocess.run(command, check=False, env={"KB_TEST_CUT": "kill"})
    assert done.returncode == 137
    assert (store_status.version(store), tables(store)) == (NEWEST, before)
    upgrade(store, versions=versions)
    assert store_status.version(store) == TO_COME
    assert tables(store) - before == {"first_of_two", "second_of_two"}


def test_one_that_fails_leaves_the_store_as_it_was(
    store: Path, versions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(store)
    monkeypatch.setenv("KB_TEST_CUT", "raise")
    with pytest.raises(RuntimeError):
        upgrade(store, versions=versions)
    assert (store_status.version(store), tables(store)) == (NEWEST, before)


def test_the_store_before_is_set_aside_and_opens(store: Path, versions: Path) -> None:
    before = tables(store)
    upgrade(store, versions=versions)
    copy = store.with_name(f"kb.sqlite.{NEWEST}")
    assert (store_status.version(copy), tables(copy)) == (NEWEST, before)
    Store.open(copy).close()


def test_all_is_written_for_postgresql_too() -> None:
    """Compiled, not run: there is no server here. Every table that SQLite gets is made."""
    script = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": script}
    )
    for path in sorted((HERE / "versions").glob("0*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        migration = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(migration)
        with Operations.context(context):
            migration.upgrade()
    made = set(re.findall(r'CREATE TABLE "?(\w+)', script.getvalue()))
    assert made == set(SQLModel.metadata.tables)


def test_a_store_of_the_first_form_is_brought_to_this_one(tmp_path: Path) -> None:
    folder, path = tmp_path / "versions", tmp_path / "kb.sqlite"
    folder.mkdir()
    shutil.copy(HERE / "versions/0001_baseline.py", folder)
    sqlite3.connect(path).close()
    upgrade(path, versions=folder)
    upgrade(path)
    assert store_status.version(path) == store_status.NEWEST
    with closing(sqlite3.connect(path)) as connection:
        columns = {row[1] for row in connection.execute("pragma table_info(relevance)")}
    assert set(SQLModel.metadata.tables["relevance"].columns.keys()) == columns
