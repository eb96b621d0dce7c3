"""What each database engine needs: its settings, how a transaction begins, and whether a connection still lives."""

import os
import select
import sqlite3
import weakref
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

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
ANONYMOUS = "anonymous"  # the schema of the tables that know nobody; SQLite has no schemas
POSTGRES_OPTIONS = (
    f"-c search_path=public,{ANONYMOUS} -c lock_timeout=5000 -c statement_timeout=15000"
    " -c idle_in_transaction_session_timeout=30000"
)


def options(url: str) -> dict[str, Any]:
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
        "pool_recycle": 1800,
        "hide_parameters": True,
        "connect_args": {"connect_timeout": 3, "options": POSTGRES_OPTIONS},
    }


def set_up(engine: Engine) -> None:
    """What is done whenever it connects, takes a connection from the pool, or begins a transaction."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "checkout", _see_whether_it_lives)
    # A forked worker must not share its parent's sockets: two processes would read each other's answers.
    remembered = weakref.ref(engine)  # and not kept for ever by that, when nobody else knows it any more
    os.register_at_fork(after_in_child=lambda: _forget_connections(remembered()))


def _forget_connections(engine: Engine | None) -> None:
    if engine:
        engine.dispose(close=False)


def _set_pragmas(connection: sqlite3.Connection, record: object) -> None:
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _see_whether_it_lives(connection: psycopg.Connection[Any], record: object, proxy: object) -> None:
    """A server that goes away, or sends a connection away, leaves word of it there: that costs nothing to see, where
    asking whether it is still there (`pool_pre_ping`) would be another statement in every request."""
    said_something = select.poll()
    said_something.register(connection.fileno(), select.POLLIN)
    if said_something.poll(0):
        try:
            connection.execute("SELECT 1")
            connection.rollback()
        except psycopg.OperationalError as error:
            raise InvalidatePoolError from error


def _begin(connection: Connection) -> None:
    # A deferred BEGIN that reads before it writes fails with "database is locked" whatever the timeout, because its
    # snapshot is old by then. So those who mean to write say so at once.
    writing = connection.get_execution_options().get("phonein_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
