"""The store: what is made and ended, and what stood when."""

import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pages import page, save
from sqlalchemy import inspect
from sqlmodel import SQLModel, create_engine

import kb
from kb.errors import Busy, NewerStore, Refused
from kb.find import index
from kb.find.entries import Filters
from kb.find.parsing import parse
from kb.find.search import Search
from kb.keep import documents, saving, store_status
from kb.keep.acts import Act, ActKind, Moment
from kb.keep.crawled import Document, Standing
from kb.keep.decisions import Decision, Level, Screening, Tag
from kb.keep.migrations import config
from kb.keep.saving import Saved
from kb.keep.store import TABLES, Store
from kb.report.named_lists import LISTS
from kb.report.show import history, initiative
from kb.screen.inbox import inbox

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TEXT = "Some words about race equality."
NOT_READ = ("inbox", "same", "sources")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.create(tmp_path / "kb.sqlite")
    yield made
    made.close()


def test_the_migrations_make_the_tables_that_the_models_declare(tmp_path: Path) -> None:
    migrated, created = tmp_path / "migrated.sqlite", tmp_path / "created.sqlite"
    command.upgrade(config(migrated), "head")
    Store.create(created).close()

    def shape(path: Path) -> dict[str, object]:
        engine = create_engine(f"sqlite:///{path}")
        seen = inspect(engine)
        matches = {
            table: (
                sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
                sorted(i["name"] or "" for i in seen.get_indexes(table)),
                sorted(map(str, (f["referred_table"] for f in seen.get_foreign_keys(table)))),
            )
            for table in sorted(seen.get_table_names())
        }
        engine.dispose()
        return matches

    assert shape(migrated) == shape(created)
    assert store_status.version(migrated) == store_status.NEWEST


def test_every_table_but_acts_is_made_and_ended() -> None:
    assert {table.__tablename__ for table in TABLES} == set(SQLModel.metadata.tables) - {"act"}
    assert all({"made", "ended"} <= set(table.model_fields) for table in TABLES)


def test_a_store_of_a_newer_kb_is_refused_untouched(store: Store, tmp_path: Path) -> None:
    store.close()
    path = tmp_path / "kb.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(NewerStore, match="newer kb"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_text("a shopping list")
    with pytest.raises(kb.KBError, match="no store of kb"):
        Store.open(path)


def test_an_act_is_never_before_the_last(store: Store) -> None:
    for moment in (NOON, NOON - timedelta(days=3)):
        with store.writing(ActKind.tag, "x", by="ana", now=moment):
            pass
    with store.reading() as reading:
        assert [act.at for act in reading.acts()] == [NOON, NOON]


def test_an_act_that_fails_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.writing(ActKind.tag, "x", by="ana", now=NOON) as writing:
            saving.save_all(writing, [page("one", TEXT)], run=1)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any error would do
        fail()
    with store.reading() as reading:
        assert reading.acts() == []
        assert reading.rows(Document) == []


def test_a_row_cannot_be_changed_or_deleted(store: Store) -> None:
    with store.writing(ActKind.tag, "x", by="ana", now=NOON) as writing:
        saving.save_all(writing, [page("one", TEXT)], run=1)
        row = writing.add(Screening(document=1, person="ana", decision=Decision.include))
    with (
        pytest.raises(RuntimeError, match="reason"),
        store.writing(ActKind.tag, "x", by="ana", now=NOON) as writing,
    ):
        matches = writing.get(Screening, row.id or 0)
        assert matches is not None
        matches.reason = "too-old"
        writing.end(matches)
    with (
        pytest.raises(RuntimeError, match="deleted"),
        store.writing(ActKind.tag, "x", by="ana", now=NOON) as writing,
    ):
        writing.session.delete(writing.get(Screening, row.id or 0))


def test_foreign_keys_hold(store: Store) -> None:
    with (
        pytest.raises(Exception, match="FOREIGN KEY"),
        store.writing(ActKind.tag, "x", by="ana", now=NOON) as writing,
    ):
        writing.add(Tag(initiative=77, facet="role", code="support"))


def test_a_second_writer_waits_for_the_first(store: Store) -> None:
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(5)
        threading.Timer(0.2, go_on.set).start()
        with store.writing(ActKind.tag, "second", by="ben", now=NOON):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.writing(ActKind.tag, "first", by="ana", now=NOON):
        inside.set()
        assert go_on.wait(5)
        order.append("first")
    thread.join(5)
    with store.reading() as reading:
        assert [act.command for act in reading.acts()] == ["first", "second"]
    assert order == ["first", "second"]


def test_a_day_is_read_at_its_last_act(store: Store) -> None:
    for days in (0, 0, 2):
        with store.writing(ActKind.tag, "x", by="ana", now=NOON + timedelta(days=days)):
            pass
    now = NOON + timedelta(days=9)
    for days, act in ((0, 2), (1, 2), (5, 3)):
        day = NOON.date() + timedelta(days=days)
        assert store.moment(day, now=now) == Moment(act, day)
    with pytest.raises(Refused, match="no act up to"):
        store.moment(NOON.date() - timedelta(days=1), now=now)
    with pytest.raises(Refused, match="still to come"):
        store.moment(now.date() + timedelta(days=1), now=now)


def test_a_page_is_new_then_the_same_then_changed_and_may_go_back(store: Store) -> None:
    texts = ["one", "one", "two", "one"]
    outcomes = []
    for text in texts:
        with store.writing(ActKind.crawl, "crawl", by="ana", now=NOON) as writing:
            outcomes.append(saving.save_all(writing, [page("p", text)], run=1)[0][0])
    assert outcomes == [Saved.new, Saved.same, Saved.changed, Saved.changed]
    with store.reading() as reading:
        assert len(reading.history(Standing)) == 3
        (document,) = documents.with_content(reading, documents.stored(reading))
        assert document.text == "one"
        assert document.revision == 1


def test_a_page_met_under_an_alias_is_the_same_document(store: Store) -> None:
    with store.writing(ActKind.crawl, "crawl", by="ana", now=NOON) as writing:
        saving.save_all(writing, [page("old", TEXT, addresses=("https://a.example/x",))], run=1)
        outcome, number = saving.save_all(
            writing, [page("new", TEXT, addresses=("https://a.example/x",))], run=2
        )[0]
    assert number == 1
    assert outcome is Saved.changed  # its title says new


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("page"), st.sampled_from("abc"), st.sampled_from(["x", "y", "z"])),
        st.tuples(
            st.just("screen"),
            st.sampled_from("abc"),
            st.sampled_from(["include", "unsure"]),
            st.sampled_from(["ana", "ben"]),
        ),
        st.tuples(
            st.just("exclude"),
            st.sampled_from("abc"),
            st.just("too-old"),
            st.sampled_from(["ana", "ben"]),
        ),
        st.tuples(
            st.just("tag"),
            st.integers(0, 3),
            st.sampled_from(["role=support", "audience=chairs", "reach=england", "status=active"]),
        ),
        st.tuples(
            st.just("assess"),
            st.integers(0, 3),
            st.sampled_from(["talent", "peer-learning"]),
            st.sampled_from(list(Level)),
            st.sampled_from(["ana", "ben"]),
        ),
        st.tuples(st.just("merge"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("split"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.just("edit"), st.integers(0, 3), st.sampled_from(["started=2021", "title=T"])),
        st.tuples(st.just("offer"), st.sampled_from(["What it is.", "Something else."])),
        st.tuples(st.just("undo"), st.sampled_from(["ana", "ben"])),
    ),
    max_size=8,
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_what_is_read_at_an_act_later_is_what_was_read_then(
    steps: list[tuple[object, ...]], small_home: Path
) -> None:
    """Whatever the sequence of acts; but `forget` is there to change what was read before.

    The index is derived and not read here.
    """
    with kb.connect(small_home, by="ana") as base, pytest.MonkeyPatch.context() as patch:
        patch.setattr(base.workspace, "catch_up_index", lambda: 0)
        then: list[tuple[int, object]] = []
        for number, step in enumerate(steps):
            _take(base, step, number)
            last = base.workspace.store.last_act()
            assert last is not None
            then.append((last.id or 0, _everything(base, None)))
        for act, seen in then:
            assert _everything(base, act) == seen


def _take(base: kb.KnowledgeBase, step: tuple[object, ...], number: int) -> None:
    what, *rest = step
    base.workspace.clock = lambda: NOON + timedelta(hours=number)
    slugs = [row.slug for row in base.register.list().rows]
    try:
        if what == "page":
            key, text = rest
            save(base, page(str(key), str(text)))
        elif what in ("screen", "exclude"):
            key, decision, base.workspace.by = rest  # type: ignore[assignment]
            name = f"d{'abc'.index(str(key)) + 1}"
            if what == "exclude":
                base.screen.decide([name], Decision.exclude, reason=str(decision))
            else:
                base.screen.decide([name], Decision(str(decision)))
        elif what in ("merge", "split"):
            one, other = (str(slugs[int(str(place))]) for place in rest)
            if what == "merge":
                base.register.merge(one, other)
            else:
                base.register.split(one, [other])
        elif what == "edit":
            place, field = rest
            base.register.edit(str(slugs[int(str(place))]), [str(field)])
        elif what == "offer":
            path = base.workspace.home.declaration("offer.toml")
            path.write_text(re.sub(r'(?m)^what = ".*"$', f'what = "{rest[0]}"', path.read_text()))
            base.assess.accept()
        elif what == "undo":
            base.workspace.by = str(rest[0])
            base.register.undo()
        elif what == "tag":
            place, code = rest
            base.register.tag(str(slugs[int(str(place))]), [str(code)])
        else:
            place, strand, level, base.workspace.by = rest  # type: ignore[assignment]
            base.assess.assess(str(slugs[int(str(place))]), str(strand), Level(str(level)))
    except (kb.KBError, IndexError):
        pass  # what is refused changes nothing, and is no act


def _everything(base: kb.KnowledgeBase, act: int | None) -> object:
    """Every list, and each initiative, of one snapshot."""
    with base.at(Moment(act, base.workspace.clock().date())).snapshot() as then:
        slugs = [row.slug for row in LISTS["initiatives"](then).rows]
        tables = [
            *(
                make(then)
                for name, make in LISTS.items()
                if name not in ("inbox", "same", "sources")
            ),
            inbox(then, everything=True),
        ]
        shown = [initiative(then, slug).values() for slug in slugs]
        diaries = [history(then, slug).rows for slug in slugs]
    return [table.rows for table in tables], shown, diaries


def test_the_acts_are_a_log(store: Store) -> None:
    with store.writing(ActKind.tag, "tag x", by="ana", now=NOON, why="because"):
        pass
    with store.reading() as reading:
        (act,) = reading.acts()
    assert (act.by, act.command, act.why, act.at) == ("ana", "tag x", "because", NOON)
    assert isinstance(act, Act)


def test_a_store_that_another_program_holds_is_said_to_be_so(
    small_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_status, "WAIT_SECONDS", 0.2)
    with closing(sqlite3.connect(small_home / "kb.sqlite", isolation_level=None)) as other:
        other.execute("pragma locking_mode=exclusive")
        other.execute("begin exclusive")
        other.execute("update act set why = why")
        with pytest.raises(Busy, match="another program holds"):
            store_status.check(small_home / "kb.sqlite")
        other.execute("rollback")
    assert store_status.check(small_home / "kb.sqlite") == store_status.NEWEST


def test_a_folder_that_cannot_be_written_to_is_no_store_of_another_kind(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    store = folder / "kb.sqlite"
    store.write_bytes(b"")
    folder.chmod(0o500)
    try:
        if os.access(folder, os.W_OK):
            pytest.skip("who runs this may write anywhere")
        error = store_status.refusal(store, sqlite3.OperationalError("unable to open"))
        assert "cannot be written to" in str(error)
    finally:
        folder.chmod(0o700)


def test_a_store_put_back_under_a_newer_index_is_noticed(small_home: Path, tmp_path: Path) -> None:
    with kb.connect(small_home, by="ana") as base:
        slug = base.register.list().rows[0].slug
        base.workspace.catch_up_index()
    shutil.copy(small_home / "kb.sqlite", tmp_path / "monday.sqlite")
    with kb.connect(small_home, by="ana") as base:
        base.register.edit(slug, ["title=Quokka questions"])
    for left in small_home.glob("kb.sqlite*"):
        left.unlink()
    shutil.copy(tmp_path / "monday.sqlite", small_home / "kb.sqlite")
    with kb.connect(small_home, by="ana") as base:
        base.register.edit(slug, ["title=Wombat questions"])  # the same number of acts as before
        with base.workspace.store.reading() as reading:
            act, token = reading.last_token()
        assert index.act_of(small_home / "index", holds=lambda *it: it == (act, token)) == act
    search = Search(small_home / "index")
    found = {
        word: search.best(parse(word, search.words.alternatives), Filters(part="register"), limit=5)
        for word in ("wombat", "quokka")
    }
    assert [hit.title for hit in found["wombat"]] == ["Wombat questions"]
    assert found["quokka"] == []
