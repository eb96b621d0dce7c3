"""Runs the migrations over the application's own database handle, each in a transaction of its own."""

from typing import Any, Literal

from alembic import context

from phonein.db import UtcDateTime, db


def plain_types(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """A migration stays as it was written, so it may not lean on a type of ours that can change."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcDateTime) else False


with db.engine.connect() as connection:
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
