"""The database is full, may not be written, is held by a stranger or ends one of two: nothing is half done, the person
is told to come again, and it goes on as soon as it can."""

import resource
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from phonein.db import db, transaction
from tests.builders import csrf, make_person, make_phone_in, press, sign_in_as
from tests.delivery.outage import Outage
from tests.delivery.posting import elsewhere, posted, rows
from tests.faults import booked
from tests.processes import until

SEAT = "/app/phone-ins/sleep/seat"
only_on = {
    engine: pytest.mark.parametrize("database_url", [engine], indirect=True) for engine in ("sqlite", "postgresql")
}


@pytest.fixture
def sam(app, client):
    with transaction():
        make_phone_in()
        person = make_person()
    return sign_in_as(client, person)


def file_of(settings) -> Path:
    return Path(settings["DATABASE_URL"].removeprefix("sqlite:///"))


@contextmanager
def disk_full(settings):
    """No file of this process grows beyond what the database has now."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_of(settings).stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@only_on["sqlite"]
def test_a_full_disk_refuses_the_booking_and_breaks_nothing(app, sam, settings):
    token = csrf(sam)
    with disk_full(settings):
        with pytest.raises(OperationalError):
            posted(text="x" * 200_000)
        answers = [sam.post(f"{SEAT}{what}", data={"csrf_token": token}) for what in ("", "", "/give-back")]
    assert {answer.status_code for answer in answers} <= {303, 503}
    assert rows() == [] or booked() == (0, 0)
    with sqlite3.connect(file_of(settings)) as looked_at:
        assert looked_at.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    press(sam, SEAT)
    assert booked() == (1, 1)


@contextmanager
def read_only(settings):
    url = settings["DATABASE_URL"]
    db.engine.dispose()
    if url.startswith("sqlite"):
        event.listen(db.engine, "connect", _only_reads)
        yield
        event.remove(db.engine, "connect", _only_reads)
    else:
        name = url.split("?")[0].rpartition("/")[2]
        with psycopg.connect(url.replace(f"/{name}?", "/postgres?"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            yield
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    db.engine.dispose()


def _only_reads(connection, *_) -> None:
    connection.execute("PRAGMA query_only = ON")


def test_a_database_that_may_only_be_read_shows_pages_and_says_come_again_to_whoever_books(app, sam, settings):
    token = csrf(sam)
    db.session.rollback()
    with read_only(settings):
        assert sam.get("/app/").status_code == 200
        answer = sam.post(SEAT, data={"csrf_token": token})
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
    assert booked() == (0, 0)
    press(sam, SEAT)
    assert booked() == (1, 1)


@only_on["postgresql"]
def test_a_database_that_goes_away_at_the_commit_leaves_nothing_and_is_said(app, sam, settings):
    token = csrf(sam)
    with Outage(settings["DATABASE_URL"]) as database:
        event.listen(db.session, "before_commit", lambda _: database.goes_away(), once=True)
        answer = sam.post(SEAT, data={"csrf_token": token})
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
    assert booked() == (0, 0)


@only_on["postgresql"]
def test_a_database_that_goes_away_after_the_last_word_does_not_take_the_answer_back(app, sam, settings):
    with Outage(settings["DATABASE_URL"]) as database:
        app.after_request_funcs.setdefault(None, []).append(lambda answer: database.goes_away() or answer)
        assert sam.get("/app/").status_code == 200


@contextmanager
def held_by_a_stranger(settings):
    """The row, or the whole file."""
    url = settings["DATABASE_URL"]
    if url.startswith("sqlite"):
        stranger = sqlite3.connect(file_of(settings), isolation_level=None)
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")
        stranger.close()
        return
    with psycopg.connect(url) as stranger:
        stranger.execute("SELECT 1 FROM phone_in FOR UPDATE")
        yield
        stranger.rollback()


@pytest.mark.faults
def test_who_books_while_a_stranger_holds_the_row_or_the_file_is_told_within_seconds(app, sam, settings):
    token = csrf(sam)
    db.session.rollback()
    with held_by_a_stranger(settings):
        began = time.monotonic()
        answer = sam.post(SEAT, data={"csrf_token": token})
        assert 4 < time.monotonic() - began < 14
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "30")
    assert booked() == (0, 0)
    press(sam, SEAT)
    assert booked() == (1, 1)


def somebody_waits() -> bool:
    waits = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    number = db.session.scalar(text(waits))
    db.session.rollback()
    return number > 0


@only_on["postgresql"]
def test_of_two_who_wait_for_each_other_one_is_told_to_come_again_and_nothing_is_half_done(app, sam, settings):
    """A stranger has the booking and wants the phone-in; we have the phone-in and want the booking."""
    token = csrf(sam)
    db.session.rollback()
    with psycopg.connect(settings["DATABASE_URL"]) as stranger:
        stranger.execute("SET deadlock_timeout = '60s'")  # it is ours that is ended
        stranger.execute(
            "INSERT INTO booking (phone_in_id, person_id, booked_on, uid, sequence, stamped_at, answer, needs,"
            " needs_text, is_named_with_needs) SELECT phone_in.id, person.id, '2026-03-24', 'u', 0, now(), '', '', '',"
            " false FROM phone_in, person"
        )
        answers = []
        with elsewhere(app, lambda: answers.append(sam.post(SEAT, data={"csrf_token": token}))):
            until(somebody_waits, "nobody waits for the stranger")
            stranger.execute("UPDATE phone_in SET revision = revision + 1")
            stranger.rollback()
    assert [(answer.status_code, answer.headers.get("Retry-After")) for answer in answers] == [(503, "30")]
    assert booked() == (0, 0)
    assert rows() == []
    press(sam, SEAT)
    assert booked() == (1, 1)
