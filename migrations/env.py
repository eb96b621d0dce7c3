"""Runs the migrations over the application's own database handle, each in a transaction of its own, while people use
it: docs/operations.md says how."""

import time
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from phonein.db import UtcDateTime, db

LOCK_NOT_AVAILABLE = "55P03"
TRIES, LET_THROUGH_SECONDS = 60, 1.0
# Who waits behind us waits no longer than that. Several of these are less than the second after which PostgreSQL looks
# for a deadlock: it is always we who give way. Filling a column may take as long as it takes.
SETTINGS = {"lock_timeout": 150, "statement_timeout": 0, "idle_in_transaction_session_timeout": 0}


def plain_types(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """A migration stays as it was written, so it may not lean on a type of ours that can change."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name != "postgresql":
            # On SQLite whoever reads first and writes then is told that it is locked, however patient.
            upgrade_on(connection.execution_options(phonein_write=True))
            return
        try:
            for name, value in SETTINGS.items():
                connection.exec_driver_sql(f"SET {name} = {value}")
            connection.commit()
            upgrade_on(connection)
        finally:
            connection.invalidate()  # what was set here must not come back from the pool


def upgrade_on(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        compare_type=True,
        render_as_batch=True,
        render_item=plain_types,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()


def run_patiently() -> None:
    """Whoever waits for a table to itself makes everybody wait behind it who comes later, and would only read. So it
    waits for a moment, lets them through, and tries again. What is done is done: each migration is a transaction."""
    for _ in range(TRIES):
        try:
            run()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") != LOCK_NOT_AVAILABLE:
                raise
            time.sleep(LET_THROUGH_SECONDS)
        else:
            return
    run()


run_patiently()
