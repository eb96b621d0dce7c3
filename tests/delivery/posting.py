"""Letters in the outbox, and ways of looking at what became of them."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from flask import Flask

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery import outbox, postman, runner
from phonein.delivery.models import Letter
from tests.conftest import TUESDAY


def written(**columns: Any) -> Letter:
    usual = {
        "name": "seat-booked",
        "to_address": "sam@example.org",
        "subject": "You have a seat",
        "text": "You have a seat in Sleeping better.\n",
        "html": "<p>You have a seat in Sleeping better.</p>\n",
        "message_id": f"<{uuid.uuid4().hex}@service.example>",
    }
    return Letter(**usual | columns)


def posted(**columns: Any) -> str:
    """The id of a letter that has just been posted."""
    with transaction():
        letter = written(**columns)
        outbox.post(letter)
        return letter.id


def row(letter_id: str) -> Letter:
    """One of them."""
    return next(letter for letter in rows() if letter.id == letter_id)


def rows() -> list[Letter]:
    """Every letter as it stands in the database now."""
    db.session.rollback()
    letters = list(db.session.scalars(db.select(Letter).order_by(Letter.turn)))
    db.session.expunge_all()
    db.session.rollback()  # an open read would keep other workers from writing
    return letters


def what_became(letter_id: str) -> str:
    """In one word, from its facts."""
    letter = row(letter_id)
    facts = {"sent": letter.sent_at, "given up": letter.given_up_at, "unknown": letter.unknown_at}
    ends = [word for word, fact in facts.items() if fact]
    assert len(ends) < 2, ends
    return ends[0] if ends else "in hand" if letter.token else "waiting"


def deliver_at(moment: Any) -> int:
    """One round of sweep and delivery at this moment; how many letters have gone."""
    with clock.stopped_at(moment):
        runner.sweep_letters()
        gone = postman.deliver_due()
        db.session.rollback()
        return gone


@contextmanager
def elsewhere(app: Flask, work: Callable[[], object], *, at: Any = TUESDAY) -> Iterator[Thread]:
    """Meanwhile another worker does this, at this moment by its clock. Waits for it at the end."""

    def run() -> None:
        with app.app_context(), clock.stopped_at(at):
            work()

    thread = Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(30)
        assert not thread.is_alive()


def claimed(letter_id: str) -> str | None:
    """Take this letter; the token."""
    with transaction():
        letter = outbox.claim(letter_id)
        return letter and letter.token


def failed(letter_id: str, error: str = "RCPT 451") -> None:
    """A worker takes this letter and nothing is accepted."""
    assert claimed(letter_id)
    with transaction():
        held(letter_id).try_later(error)


def unsure(letter_id: str) -> None:
    """A worker takes this letter, hands it over and never hears what became of it."""
    token = claimed(letter_id)
    with transaction():
        assert outbox.pass_fence(letter_id, token)
        held(letter_id).be_unsure("TimeoutError")


def held(letter_id: str) -> Letter:
    """The letter, to be changed in the open transaction."""
    return db.session.get_one(Letter, letter_id, populate_existing=True)


def due() -> list[str]:
    """Which letters can be tried now, in order."""
    ids = outbox.due()
    db.session.rollback()
    return ids
