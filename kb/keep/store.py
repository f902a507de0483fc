"""The store: opened, read as it stood at any moment, and written one act at a time."""

import importlib
import secrets
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import URL, ColumnElement, Engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, col, create_engine, func, or_, select

from kb.errors import DiskFull, KBError, Refused
from kb.keep import crawled, decisions, store_status
from kb.keep.acts import Act, ActKind, Moment, Row
from kb.text.masking import masked

RowType = TypeVar("RowType", bound=Row)
TABLES = tuple(
    model
    for module in (crawled, decisions)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, Row) and model is not Row
)
WAIT_SECONDS = 30
AT_A_TIME = 500
# Columns that hold sentences of people. What was read is masked already, by who read it.
WRITTEN = frozenset("title summary why learning quote changed setting told_by file_name".split())
MASKED = {
    model: WRITTEN & set(model.model_fields) for model in TABLES if model is not crawled.Revision
}


def valid_at(model: type[Row], moment: Moment | None) -> ColumnElement[bool]:
    """The condition for rows that were valid at that moment; None is now."""
    if moment is None or moment.act is None:
        return col(model.ended).is_(None)
    act = moment.act
    return (col(model.made) <= act) & or_(col(model.ended).is_(None), col(model.ended) > act)


def batches(numbers: Iterable[int]) -> Iterator[list[int]]:
    """The same numbers, a few at a time: a query takes only so many."""
    rest = iter(numbers)
    while batch := list(islice(rest, AT_A_TIME)):
        yield batch


class Reading:
    """One transaction that reads the store as it stood at a moment; None is now."""

    def __init__(self, session: Session, moment: Moment | None = None) -> None:
        self.session = session
        self.moment = moment

    @property
    def past(self) -> int | None:
        """The act that is read at; None where that is now."""
        return self.moment.act if self.moment else None

    def rows(self, model: type[RowType], **equal: object) -> list[RowType]:
        """The valid rows whose columns equal those given, oldest first."""
        query = select(model).where(valid_at(model, self.moment)).order_by(col(model.id))
        for name, value in equal.items():
            query = query.where(getattr(model, name) == value)
        return [row for (row,) in self.read(query, model)]

    def rows_in(
        self, model: type[RowType], column: str, values: Collection[object]
    ) -> list[RowType]:
        """The valid rows whose column has one of those values, oldest first."""
        query = select(model).where(valid_at(model, self.moment)).order_by(col(model.id))
        query = query.where(getattr(model, column).in_(list(values)))
        return [row for (row,) in self.read(query, model)]

    def row(self, model: type[RowType], **equal: object) -> RowType | None:
        """The valid row like that, the newest if there are several; None if there is none."""
        rows = self.rows(model, **equal)
        return rows[-1] if rows else None

    def history(self, model: type[RowType], **equal: object) -> list[RowType]:
        """Every row like that which was valid at some time up to the moment, oldest first."""
        query = select(model).order_by(col(model.id))
        if self.past is not None:
            query = query.where(col(model.made) <= self.past)
        for name, value in equal.items():
            query = query.where(getattr(model, name) == value)
        return [row for (row,) in self.read(query, model)]

    def read(self, query: Any, *models: type[SQLModel]) -> Iterator[tuple[Any, ...]]:
        """The rows that a query of whole models finds, an instance of each; None of an outer join.

        They are bare: no session watches them, so that reading takes a third of the time, and
        none of them can be written.
        """
        cuts, columns, start = [], list[Any](), 0
        for model in models:
            names = [column.key for column in inspect(model).column_attrs]
            cuts.append((model, names, slice(start, start + len(names))))
            columns += [getattr(model, name) for name in names]
            start += len(names)
        result = self.session.execute(query.with_only_columns(*columns))
        if len(models) == 1:  # without a cut a row, of which there may be thousands
            yield from ((_bare(models[0], names, values),) for values in result)
            return
        for values in result:
            yield tuple(_bare(model, names, values[cut]) for model, names, cut in cuts)

    def get(self, model: type[RowType], row_id: int | None) -> RowType | None:
        """The row of that id, whether it is valid or not; None for no id."""
        return None if row_id is None else self.session.get(model, row_id)

    def acts(self, *kinds: ActKind) -> list[Act]:
        """Every act up to the moment, oldest first; of those kinds alone, if any are named."""
        query = select(Act).order_by(col(Act.id))
        if self.past is not None:
            query = query.where(col(Act.id) <= self.past)
        if kinds:
            query = query.where(col(Act.kind).in_(kinds))
        return [act for (act,) in self.read(query, Act)]

    def first_day(self) -> date | None:
        """The day of the first act; None where there was none."""
        first = self.session.exec(select(func.min(Act.at))).one()
        return _with_offset(first).date() if first else None

    def last_act(self) -> int:
        """The id of the newest act, whatever the moment; 0 before the first."""
        return self.session.exec(select(func.max(Act.id))).one() or 0

    def last_token(self) -> tuple[int, str]:
        """The id of the newest act, whatever the moment, and its token; 0 before the first."""
        query = select(Act.id, Act.token).order_by(col(Act.id).desc()).limit(1)
        row = self.session.exec(query).first()
        return (row[0] or 0, row[1]) if row else (0, "")

    def holds(self, act_id: int, token: str) -> bool:
        """True where the store has that very act: not one of its number in another history."""
        query = select(Act.token).where(col(Act.id) == act_id)
        return bool(token) and self.session.exec(query).first() == token

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

    def add(self, row: RowType) -> RowType:
        """The row, made by this act, with its id."""
        self.add_all([row])
        return row

    def add_all(self, rows: Sequence[Row]) -> None:
        """Makes the rows by this act, each with its id, in one go."""
        for row in rows:
            row.made = self.act_id
            _mask(row)
        self.session.add_all(rows)
        self.session.flush()

    def end(self, row: Row) -> None:
        """Ends the row. One that was ended already stays as it is."""
        self.end_all([row])

    def end_all(self, rows: Iterable[Row]) -> None:
        """Ends the rows."""
        for row in rows:
            if row.ended is None:
                row.ended = self.act_id
                self.session.add(row)
        self.session.flush()

    def replace(self, model: type[RowType], keep: Sequence[RowType], **equal: object) -> None:
        """Makes `keep` the valid rows like that: what is there already stays, the rest ends."""
        missing = {_content(row): row for row in keep}
        for row in self.rows(model, **equal):
            if missing.pop(_content(row), None) is None:
                self.end(row)
        self.add_all(list(missing.values()))

    def replace_own(self, row: RowType, *place: str) -> RowType:
        """Adds the row in place of those that have the same values in the columns of `place`."""
        before = self.rows(type(row), **{name: getattr(row, name) for name in place})
        self.end_all(before)
        return self.add(row)


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


def _content(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, repr(value)) for name, value in row.values().items()))


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
        store = cls(engine_of(path))
        with store.engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
            connection.execute(
                text("create table alembic_version (version_num varchar(32) not null primary key)")
            )
            connection.execute(
                text("insert into alembic_version values (:newest)"),
                {"newest": store_status.NEWEST},
            )
        return store

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store of that file, brought to the newest form we know.

        Raises NewerStore, having changed nothing, for one that a newer kb made.
        """
        if store_status.check(path) != store_status.NEWEST:
            # A lazy door: Alembic takes 0.4 s to load and is needed once a version of kb.
            importlib.import_module("kb.keep.migrations").upgrade(path)
        return cls(engine_of(path))

    def close(self) -> None:
        """Gives back the file."""
        self.engine.dispose()

    @contextmanager
    def reading(self, moment: Moment | None = None) -> Iterator[Reading]:
        """One read transaction over the store as it stood at that moment."""
        with Session(self.engine, expire_on_commit=False) as session:
            self._begin(session)
            yield Reading(session, moment)

    @contextmanager
    def writing(
        self,
        kind: ActKind,
        command: str,
        *,
        by: str,
        now: datetime,
        subject: str = "",
        undoes: int | None = None,
        why: str = "",
    ) -> Iterator[Writing]:
        """One act, in one transaction: all of it is kept, or nothing.

        Raises Busy where another process writes for longer than half a minute, DiskFull where
        there is no room, KBError where the folder cannot be written to.
        """
        with Session(self.engine, expire_on_commit=False) as session:
            self._begin(session, kb_writes=True)
            last = session.exec(select(func.max(Act.at))).one()
            at = now if last is None else max(now, _with_offset(last))
            act = Act(
                at=at,
                by=by,
                kind=kind,
                subject=subject,
                undoes=undoes,
                why=masked(why),
                command=masked(command),
                token=secrets.token_hex(8),
            )
            session.add(act)
            try:
                session.flush()
                yield Writing(session, act)
                session.commit()
            except OperationalError as error:
                if "full" in str(error.orig):
                    raise DiskFull(f"{command} was not kept") from error
                raise

    def _begin(self, session: Session, **options: Any) -> None:
        """Begins the transaction. Raises what `store_status.refusal` says where it cannot."""
        try:
            connection = session.connection(execution_options=options)
            connection.exec_driver_sql("select 1 from act limit 1")  # what is read is fixed here
        except OperationalError as error:
            path = Path(self.engine.url.database or "")
            raise store_status.refusal(path, error) from error

    def compact(self) -> None:
        """Writes the file anew, so that nothing taken out is left in its free pages."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("commit")
            connection.exec_driver_sql("vacuum")
            connection.exec_driver_sql("pragma wal_checkpoint(truncate)")

    def last_act(self) -> Act | None:
        """The newest act; None before the first."""
        with self.reading() as reading:
            return reading.session.exec(select(Act).order_by(col(Act.id).desc()).limit(1)).first()

    def moment(self, day: date, *, now: datetime) -> Moment:
        """The end of that day in UTC: the last act up to it.

        Raises Refused for a future date, and for one before the first act.
        """
        if day > now.date():
            raise Refused(f"{day} is still to come", hint=f"today is {now.date()} (UTC)")
        end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
        with self.reading() as reading:
            act = reading.session.exec(select(func.max(Act.id)).where(col(Act.at) < end)).one()
            if act is None:
                first = reading.first_day()
                hint = f"the first was on {first}" if first else "none yet"
                raise Refused(f"no act up to {day}", hint=hint)
        return Moment(act, day)


def _with_offset(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def engine_of(path: Path) -> Engine:
    """An engine for the file, in which each transaction begins when we say so."""
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
