"""Writing a table anew in an order drawn by lot, so that the order in which its rows came is nowhere any more.

`CLUSTER` and `VACUUM FULL` keep it (every row remembers its transaction), so the rows are put in again, in one
transaction. On SQLite the pages still show it until the file itself is written anew.
"""

import os
import random
from pathlib import Path

from sqlalchemy import delete, insert, select, text

from phonein.db import Model, after_commit, db, on_sqlite, transaction, write_file_anew

# All whose order could say something, in the order in which they are locked. The last says who has drawn passes: it
# belongs to `passes`, which nobody in here may know, so all of them go by their names.
EVERY_TABLE = ("envelope", "question", "spent_pass", "feedback", "pass_issue")


def take_for_ourselves(*tables: str) -> None:
    """Nobody else may read or write these tables until the transaction ends. SQLite sees to that by itself."""
    if not on_sqlite():
        db.session.execute(text(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE"))


def come_first() -> None:
    """For whoever reads keys and then other tables: here begin those that write tables anew, and they come to the keys
    last. Two that each hold what the other waits for would be ended by PostgreSQL, with a note of it in its log."""
    if not on_sqlite():
        db.session.execute(text("LOCK TABLE envelope IN ACCESS SHARE MODE"))


def rewrite(*tables: str) -> None:
    """Empty each table and put its rows back in an order drawn by lot."""
    db.session.flush()
    for name in tables:
        table = Model.metadata.tables[name]
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
        take_for_ourselves("question")
        rewrite("question")


def even_out_file_times() -> None:
    """SQLite's files say when they were last written to, which may be when somebody asked. After every round of the
    sweep they say when the round was."""
    name = db.engine.url.database
    if on_sqlite() and name:
        for file in (Path(name), Path(f"{name}-journal")):
            if file.exists():
                os.utime(file)
