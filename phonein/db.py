"""The database: its handle, its one kind of timestamp, and where a transaction begins and ends."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, MetaData, Table, TypeDecorator, bindparam, inspect, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.sql.dml import ReturningUpdate

from phonein import engine
from phonein.engine import ANONYMOUS

log = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite forgets time zones, so both databases store UTC and hand back aware datetimes."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.replace(tzinfo=UTC)


class Model(DeclarativeBase):
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(column_0_N_label)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime},
    )


def apart(table: Table, connection: Connection, **_: Any) -> None:
    """After a table was made: put it where the door's own database role may go, and that role goes nowhere else.

    `search_path` finds it there, so that nothing else has to name the schema, as on SQLite.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {ANONYMOUS}"))
        connection.execute(text(f"ALTER TABLE {table.name} SET SCHEMA {ANONYMOUS}"))
        for column in table.columns:  # or ANALYZE would keep samples of what stands in it, long after it was deleted
            connection.execute(text(f"ALTER TABLE {table.name} ALTER {column.name} SET STATISTICS 0"))


# How what was changed by a statement is read from it, copies that somebody has already included.
RENEWING: dict[str, Any] = {"synchronize_session": False, "populate_existing": True}


class Holdable(Protocol):
    """A row that a verb can keep to itself: it counts how often it was held."""

    @property
    def id(self) -> int: ...
    @property
    def revision(self) -> int: ...


MIGRATIONS = Path(__file__).parent.parent / "migrations"

db = SQLAlchemy(model_class=Model)
migrate = Migrate()
_one_writer = Lock()


def init_app(app: Flask) -> None:
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine.options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    app.teardown_appcontext(_give_back)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        engine.set_up(db.engine)


def _give_back(_: object) -> None:
    """The connection, before Flask-SQLAlchemy does the same: a database that goes away at this very moment must not
    turn an answer into an error that is complete and may speak of a commit."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session.registry.clear()


def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing, and the only way to write. Opened once, at the edge (a view, a command, a job).

    It first ends the read that the request has already begun, so that what a verb weighs is what it then changes. On
    PostgreSQL that also lets go of the tables: two who have both read one and both want it to themselves would wait
    for one another. The verbs inside may flush and never commit. After the commit, and only then, the `after_commit`
    calls run.

    Raises RuntimeError inside another transaction: only the edge opens one.
    """
    info = db.session.info
    if "after_commit" in info:
        raise RuntimeError("already in a transaction: only the edge opens one")
    db.session.rollback()
    # SQLite's own queue for the write lock is not fair: under a rush somebody starves. Ours is.
    with _one_writer if on_sqlite() else nullcontext():
        info["after_commit"] = {}
        try:
            if on_sqlite():
                db.session.connection(execution_options={"phonein_write": True})
            yield
            db.session.commit()
            callbacks = list(info["after_commit"])
        except BaseException:
            db.session.rollback()
            raise
        finally:
            del info["after_commit"]
    for callback in callbacks:
        try:
            callback()
        except Exception as error:
            log.warning("after commit: %s failed with %s; the sweep will catch up", callback, type(error).__name__)


class _OnlyForShow(Exception):
    """Ends a rehearsal."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """A transaction that is only for show: what it brings can be looked at inside, and nothing of it stays."""
    with suppress(_OnlyForShow), transaction():
        yield
        raise _OnlyForShow


def after_commit(callback: Callable[[], object]) -> None:
    """Call `callback` once, when this transaction has committed; never, if it rolls back."""
    db.session.info["after_commit"][callback] = None


def hold(row: Holdable) -> None:
    """Keep everyone else off this row until the transaction ends, by touching it first.

    A verb that weighs before it adds calls this before it weighs. `SELECT … FOR UPDATE` would do on PostgreSQL and is
    silently ignored by SQLite; an UPDATE is understood by both. It brings the row back with it, so no stale copy is
    weighed.
    """
    [number] = inspect(row).identity  # `row.id` of a stale copy would first read it once more
    changed_in_place(_touch(type(row)), held=number)


@cache
def _touch(table: Any) -> ReturningUpdate[Any]:
    touch = update(table).where(table.id == bindparam("held")).values(revision=table.revision + 1)
    return touch.returning(table)


def changed_in_place(change: ReturningUpdate[Any], **values: Any) -> Any:
    """Changes one row and reads it as it is then, in one statement; None where none fits. Copies that somebody has
    already are renewed."""
    return db.session.scalar(change, values, execution_options=RENEWING)


def add_unless_there(model: type[Model], **values: Any) -> bool:
    """Add a row, unless one with the same key is there, even one that came at this very moment; whether it was added.

    Without an error, because PostgreSQL would write that into its log, with the time.
    """
    return bool(add_each_unless_there(model, [values]))


def add_each_unless_there(model: type[Model], rows: list[dict[str, Any]]) -> list[Any]:
    """The same for many rows; the keys of those that were added."""
    return list(db.session.execute(_add(model, on_sqlite()), rows)) if rows else []


@cache
def _add(model: type[Model], on_sqlite: bool) -> Any:
    """Without the rows in it, so that it is put into the database's words only once."""
    table: Any = model.__table__
    insert = (sqlite_insert if on_sqlite else postgresql_insert)(table)
    return insert.on_conflict_do_nothing().returning(*table.primary_key)


def write_file_anew(*tables: str) -> None:
    """On SQLite, write the whole file anew (VACUUM), so that no page shows what was deleted or in which order rows
    came. PostgreSQL has new files already when a table was truncated, and gets them for these tables here."""
    db.session.rollback()
    if not on_sqlite():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
            for table in tables:
                outside.exec_driver_sql(f"VACUUM (FULL) {table}")
        return
    connection = db.engine.raw_connection()  # VACUUM cannot run inside a transaction, and ours always begin one
    try:
        with _one_writer:
            connection.cursor().execute("VACUUM")
    finally:
        connection.close()
