"""The store: opened, read as it stood at any act, and written one act at a time."""

import importlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import URL, ColumnElement, Engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, col, create_engine, func, or_, select

from kb.errors import Busy, KBError, Refused
from kb.keep import found, pulse, said
from kb.keep.acts import Act, Row
from kb.keep.masking import masked

Table = TypeVar("Table", bound=Row)
TABLES = tuple(
    model
    for module in (found, said)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Row) and model is not Row
)
WAIT_SECONDS = 30
# Columns that hold sentences of people. What was read is masked already, by who read it.
WRITTEN = frozenset("title summary why learning quote changed setting".split())
MASKED = {
    model: WRITTEN & set(model.model_fields) for model in TABLES if model is not found.Revision
}


def standing(model: type[Row], at: int | None) -> ColumnElement[bool]:
    """The condition for rows that stood at that act; None is now."""
    if at is None:
        return col(model.ended).is_(None)
    return (col(model.made) <= at) & or_(col(model.ended).is_(None), col(model.ended) > at)


class Reading:
    """One consistent look at the store as it stood at act `at`; None is now."""

    def __init__(self, session: Session, at: int | None = None) -> None:
        self.session = session
        self.at = at
        self.seen: dict[str, Any] = {}  # what was read whole in this look, by what it is

    def rows(self, model: type[Table], **equal: object) -> list[Table]:
        """The standing rows whose columns equal those given, oldest first."""
        query = select(model).where(standing(model, self.at)).order_by(col(model.id))
        for name, value in equal.items():
            query = query.where(getattr(model, name) == value)
        return [row for (row,) in self.read(query, model)]

    def rows_in(self, model: type[Table], column: str, values: Collection[object]) -> list[Table]:
        """The standing rows whose column has one of those values, oldest first."""
        query = select(model).where(standing(model, self.at)).order_by(col(model.id))
        query = query.where(getattr(model, column).in_(list(values)))
        return [row for (row,) in self.read(query, model)]

    def row(self, model: type[Table], **equal: object) -> Table | None:
        """The one standing row like that, the newest if there are several, else None."""
        rows = self.rows(model, **equal)
        return rows[-1] if rows else None

    def history(self, model: type[Table], **equal: object) -> list[Table]:
        """Every row like that which stood at some time up to now, oldest first."""
        query = select(model).order_by(col(model.id))
        if self.at is not None:
            query = query.where(col(model.made) <= self.at)
        for name, value in equal.items():
            query = query.where(getattr(model, name) == value)
        return [row for (row,) in self.read(query, model)]

    def read(self, query: Any, *models: type[SQLModel]) -> Iterator[tuple[Any, ...]]:
        """The rows that a query of whole models finds, an instance of each; None of an outer join.

        In a look they are bare: no session watches them, so that reading takes a third of the
        time, and none of them can be written.
        """
        cuts, columns, start = [], list[Any](), 0
        for model in models:
            names = [column.key for column in inspect(model).column_attrs]
            cuts.append((model, names, slice(start, start + len(names))))
            columns += [getattr(model, name) for name in names]
            start += len(names)
        found = self.session.execute(query.with_only_columns(*columns))
        if len(models) == 1:  # without a cut a row, of which there may be thousands
            yield from ((_bare(models[0], names, values),) for values in found)
            return
        for values in found:
            yield tuple(_bare(model, names, values[cut]) for model, names, cut in cuts)

    def get(self, model: type[Table], row_id: int) -> Table | None:
        """The row of that id, whether it stands or not."""
        return self.session.get(model, row_id)

    def acts(self) -> list[Act]:
        """Every act up to the one read at, oldest first."""
        query = select(Act).order_by(col(Act.id))
        if self.at is not None:
            query = query.where(col(Act.id) <= self.at)
        return [act for (act,) in self.read(query, Act)]

    def act(self, act_id: int) -> Act:
        """The act of that id; KeyError where there is none."""
        act = self.session.get(Act, act_id)
        if act is None:
            raise KeyError(act_id)
        return act


class Writing(Reading):
    """One act under way: rows are made and ended, none is changed or deleted."""

    def __init__(self, session: Session, act: Act) -> None:
        super().__init__(session)
        self.act_under_way = act

    def read(self, query: Any, *models: type[SQLModel]) -> Iterator[tuple[Any, ...]]:
        """The same, as rows that this act may end."""
        yield from (tuple(row) for row in self.session.execute(query))

    @property
    def act_id(self) -> int:
        """The id of the act under way."""
        if self.act_under_way.id is None:
            raise RuntimeError("the act has no id yet")
        return self.act_under_way.id

    def add(self, row: Table) -> Table:
        """The row, made by this act, with its id."""
        self.add_all([row])
        return row

    def add_all(self, rows: Sequence[Table]) -> None:
        """Makes the rows by this act, each with its id, in one go."""
        for row in rows:
            row.made = self.act_id
            _mask(row)
        self.session.add_all(rows)
        self.session.flush()

    def end(self, row: Row) -> None:
        """The row no longer stands. A row that was ended already stays as it is."""
        self.end_all([row])

    def end_all(self, rows: Iterable[Row]) -> None:
        """The rows no longer stand."""
        for row in rows:
            if row.ended is None:
                row.ended = self.act_id
                self.session.add(row)
        self.session.flush()

    def replace(self, model: type[Table], keep: Sequence[Table], **equal: object) -> None:
        """Makes `keep` what stands of the rows like that: what is there stays, the rest ends."""
        wanted = {_said(row): row for row in keep}
        for row in self.rows(model, **equal):
            if wanted.pop(_said(row), None) is None:
                self.end(row)
        for row in wanted.values():
            self.add(row)


def _bare(model: type[SQLModel], names: Sequence[str], values: Sequence[Any]) -> Any:
    """An instance that no session watches; None where an outer join found none."""
    if values[0] is None:
        return None
    made = object.__new__(model)
    made.__dict__.update(zip(names, values))  # noqa: B905 - as many by how it was asked
    return made


def _mask(row: Row) -> None:
    """Takes contact details out of what people wrote; what was read is masked already."""
    for name in MASKED.get(type(row), ()):
        value = getattr(row, name)
        if isinstance(value, str) and value:
            setattr(row, name, masked(value))


def _said(row: Row) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted((name, repr(value)) for name, value in row.said().items()))


class Store:
    """The SQLite file of one home."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def create(cls, path: Path) -> Self:
        """A new, empty store; KBError where the file exists."""
        if path.exists():
            raise KBError(f"{path} exists", hint="nothing was changed; it is used as it is")
        path.parent.mkdir(parents=True, exist_ok=True)
        store = cls(_engine(path))
        with store.engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
            connection.execute(
                text("create table alembic_version (version_num varchar(32) not null primary key)")
            )
            connection.execute(
                text("insert into alembic_version values (:newest)"), {"newest": pulse.NEWEST}
            )
        return store

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store of that file, brought to the newest form we know.

        Raises NewerStore, having changed nothing, for one that a newer kb made.
        """
        if pulse.check(path) != pulse.NEWEST:
            # A lazy door: Alembic takes 0.4 s to load and is needed once a version of kb.
            importlib.import_module("kb.keep.migrations").upgrade(path)
        return cls(_engine(path))

    def close(self) -> None:
        """Gives back the file."""
        self.engine.dispose()

    @contextmanager
    def reading(self, at: int | None = None) -> Iterator[Reading]:
        """A look at the store as it stood at that act."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield Reading(session, at)

    @contextmanager
    def writing(self, *, by: str, command: str, now: datetime, why: str = "") -> Iterator[Writing]:
        """One act, in one transaction: all of it is kept, or nothing.

        Raises Busy where another process writes for longer than half a minute.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            try:
                session.connection(execution_options={"kb_writes": True})
            except OperationalError as error:
                raise Busy(
                    "another kb is writing here", hint="wait for it to end, then try again"
                ) from error
            last = session.exec(select(func.max(Act.at))).one()
            at = now if last is None else max(now, _with_offset(last))
            act = Act(at=at, by=by, why=masked(why), command=masked(command))
            session.add(act)
            session.flush()
            yield Writing(session, act)
            session.commit()

    def compact(self) -> None:
        """Writes the file anew, so that nothing taken out is left in its free pages."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("commit")
            connection.exec_driver_sql("vacuum")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")

    def last_act(self) -> Act | None:
        """The newest act, None before the first."""
        with self.reading() as reading:
            return reading.session.exec(select(Act).order_by(col(Act.id).desc()).limit(1)).first()

    def act_on(self, day: date, *, now: datetime) -> int:
        """The last act up to the end of that day in UTC.

        Raises Refused for a day to come, and for one before the first act.
        """
        if day > now.date():
            raise Refused(f"{day} is still to come", hint=f"today is {now.date()} (UTC)")
        end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
        with self.reading() as reading:
            acts = select(func.max(Act.id)).where(col(Act.at) < end)
            found_act = reading.session.exec(acts).one()
            if found_act is None:
                first = reading.session.exec(select(func.min(Act.at))).one()
                since = f"the first was on {_with_offset(first).date()}" if first else "none yet"
                raise Refused(f"no act up to {day}", hint=since)
            return int(found_act)


def _with_offset(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"timeout": WAIT_SECONDS}
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say ourselves when a transaction begins
    for pragma in (
        "journal_mode=wal",
        "foreign_keys=on",
        "synchronous=normal",
        f"busy_timeout={WAIT_SECONDS * 1000}",
    ):
        connection.execute(f"pragma {pragma}")


def _begin(connection: Any) -> None:
    writes = connection.get_execution_options().get("kb_writes")
    connection.exec_driver_sql("begin immediate" if writes else "begin")


@event.listens_for(Session, "before_flush")
def _only_made_and_ended(session: Session, _context: object, _instances: object) -> None:
    """Holds the rule that a row is made and ended, never changed or deleted."""
    for row in session.deleted:
        raise RuntimeError(f"{type(row).__name__} {row.id} would be deleted")
    for row in session.dirty:
        if not isinstance(row, Row) or not session.is_modified(row):
            continue
        attributes = inspect(row).attrs
        changed = {each.key for each in attributes if each.history.has_changes()}
        if changed - row.working - {"ended"}:
            raise RuntimeError(f"{type(row).__name__} {row.id}: {sorted(changed)} would change")
