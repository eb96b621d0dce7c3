"""Writing a table anew in an order drawn by lot, so that the order in which its rows came is nowhere any more.

`CLUSTER` and `VACUUM FULL` keep it (every row remembers its transaction), so the rows are put in again, in one
transaction. On SQLite the pages still show it until the file itself is written anew.
"""

import os
import random
from pathlib import Path

from sqlalchemy import Table, delete, insert, select, text

from phonein.db import Model, after_commit, db, on_sqlite, transaction, write_file_anew
from phonein.questions.models import Question


def take_for_ourselves(*models: type[Model]) -> None:
    """Nobody else may read or write these tables until the transaction ends. SQLite sees to that by itself."""
    if not on_sqlite():
        names = ", ".join(str(model.__table__.name) for model in models)  # type: ignore[attr-defined]
        db.session.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def rewrite(*models: type[Model]) -> None:
    """Empty each table and put its rows back in an order drawn by lot."""
    db.session.flush()
    for model in models:
        table = model.__table__
        assert isinstance(table, Table)
        rows = [dict(row) for row in db.session.execute(select(table)).mappings()]
        random.SystemRandom().shuffle(rows)
        db.session.execute(delete(table) if on_sqlite() else text(f"TRUNCATE {table.name}"))
        if rows:
            db.session.execute(insert(table), rows)
    db.session.expire_all()
    after_commit(write_file_anew)


def write_questions_anew() -> None:
    """After one was deleted: PostgreSQL would keep its words in the table's file for as long as it likes."""
    with transaction():
        take_for_ourselves(Question)
        rewrite(Question)


def even_out_file_times() -> None:
    """SQLite's files say when they were last written to, which may be when somebody asked. After every round of the
    sweep they say when the round was."""
    name = db.engine.url.database
    if on_sqlite() and name:
        for file in (Path(name), Path(f"{name}-journal")):
            if file.exists():
                os.utime(file)
