"""The database: its handle, its one kind of timestamp, and where a transaction begins and ends."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, TypeDecorator, event, update
from sqlalchemy.orm import DeclarativeBase, registry

log = logging.getLogger(__name__)

BUSY_SECONDS = 10
# Deleted rows are overwritten and the journal is emptied at every commit, so that a redacted or withdrawn
# question is in no file any more: docs/decisions.md has the measurement against WAL.
SQLITE_PRAGMAS = (
    "journal_mode=TRUNCATE",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "temp_store=MEMORY",  # or writing the file anew would leave a second copy of all words where temporary files lie
    f"busy_timeout={BUSY_SECONDS * 1000}",
)
POSTGRES_OPTIONS = "-c lock_timeout=5000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000"


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


def engine_options(url: str) -> dict[str, Any]:
    """What each engine needs from its driver."""
    if url.startswith("sqlite"):
        # isolation_level=None: the driver leaves BEGIN to us, see `begin` below.
        return {
            "connect_args": {"timeout": BUSY_SECONDS, "isolation_level": None},
            "pool_size": 20,
            "max_overflow": 40,
            "hide_parameters": True,
        }
    return {
        "pool_size": 10,
        "max_overflow": 20,
        "pool_pre_ping": True,
        "pool_recycle": 1800,
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 3, "options": POSTGRES_OPTIONS},
    }


def init_app(app: Flask) -> None:
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    # A forked worker must not share its parent's sockets: two processes would read each other's answers.
    os.register_at_fork(after_in_child=lambda: _forget_connections(engine))


def _forget_connections(engine: Engine) -> None:
    engine.dispose(close=False)


def _set_pragmas(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A deferred BEGIN that reads before it writes fails with "database is locked" whatever the timeout, because its
    # snapshot is old by then. So those who mean to write say so at once.
    writing = connection.get_execution_options().get("phonein_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@contextmanager
def transaction() -> Iterator[None]:
    """All or nothing, and the only way to write. Opened once, at the edge (a view, a command, a job).

    It first ends the read that the request has already begun, so that what a verb weighs is what it then changes.
    The verbs inside may flush and never commit. After the commit, and only then, the `after_commit` calls run.

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


def after_commit(callback: Callable[[], object]) -> None:
    """Call `callback` once, when this transaction has committed; never, if it rolls back."""
    db.session.info["after_commit"][callback] = None


def hold(row: Holdable) -> None:
    """Keep everyone else off this row until the transaction ends, by touching it first.

    A verb that weighs before it adds calls this before it weighs. `SELECT … FOR UPDATE` would do on PostgreSQL and is
    silently ignored by SQLite; an UPDATE is understood by both. The row is read again, so no stale copy is weighed.
    """
    table: Any = type(row)
    db.session.execute(
        update(table).where(table.id == row.id).values(revision=table.revision + 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(row)


def write_file_anew() -> None:
    """On SQLite, write the whole file anew (VACUUM), so that no page shows what was deleted or in which order rows
    came. PostgreSQL has new files already when a table was truncated."""
    if not on_sqlite():
        return
    db.session.rollback()
    connection = db.engine.raw_connection()  # VACUUM cannot run inside a transaction, and ours always begin one
    try:
        with _one_writer:
            connection.cursor().execute("VACUUM")
    finally:
        connection.close()
