"""Ten thousand letters are due at once, as when a year of a series is cancelled: whoever wants to sign in does not wait
behind them, and looking for the next one costs no more than with ten."""

import time
from threading import Event

import pytest
from sqlalchemy import event, insert, text

from phonein.db import db, transaction
from phonein.delivery import outbox, runner
from phonein.delivery.models import Letter
from tests.conftest import TUESDAY
from tests.delivery.posting import elsewhere, posted, what_became, written
from tests.processes import until

MANY = 10_000


def post_many(number: int) -> None:
    usual = {
        column.name: getattr(written(), column.name)
        for column in Letter.__table__.columns
        if getattr(written(), column.name) is not None
    }
    rows = [
        usual
        | {"id": f"{each:032x}", "message_id": f"<{each}@service.example>", "about": f"a {each // 2}", "turn": each % 2}
        | {"posted_at": TUESDAY, "due_at": TUESDAY, "attempts": 0, "urgent": False, "maybe_sent": False}
        for each in range(number)
    ]
    with transaction():
        db.session.execute(insert(Letter), rows)
    with db.engine.begin() as connection:
        connection.execute(text("ANALYZE letter"))


def plan() -> str:
    """How the database looks for the next letter."""
    said: list[str] = []
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"

    def look(connection, cursor, statement, parameters, *_) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(f"{explain} {statement}", parameters)
            said.extend(str(row) for row in cursor.fetchall())

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        outbox.due(limit=1)
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
        db.session.rollback()
    return "\n".join(said)


def test_the_next_letter_is_found_by_an_index_that_has_them_in_order(app):
    post_many(MANY)
    found = plan()
    assert found.count("ix_letter_next") == 2, found
    assert ("SCAN letter" in found, "Seq Scan" in found, "Sort" in found, "TEMP B-TREE" in found) == (False,) * 4


@pytest.mark.faults
def test_a_sign_in_letter_overtakes_ten_thousand_others(app, office):
    post_many(MANY)
    app.extensions["phonein.runner"] = thread = runner.InThread()
    stop = Event()
    with elsewhere(app, lambda: thread.drain(app, stop)):
        until(lambda: len(office.taken) >= 20)
        urgent = posted(urgent=True, subject="Sign-in link")
        before = len(office.taken)
        until(lambda: what_became(urgent) == "sent")
        began, at_first = time.monotonic(), len(office.taken)
        until(lambda: len(office.taken) >= at_first + 100)
        print(f"{100 / (time.monotonic() - began):.0f} letters a second with {MANY} in line")
        stop.set()
        thread.wake("", urgent=True)
    subjects = [letter["Subject"] for letter in office.letters]
    assert subjects.index("Sign-in link") <= before + 1, "one was in hand, no more"
    assert len(set(outbox.due(limit=MANY))) + len(subjects) >= MANY // 2
    db.session.rollback()
