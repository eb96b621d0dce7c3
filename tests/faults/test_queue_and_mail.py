"""The queue server and the mail server misbehave: nobody who books notices, and each letter arrives once."""

import os
import signal
import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

import psutil
import pytest

from phonein import clock, health
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery import outbox, runner, smtp
from tests import servers
from tests.builders import make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.delivery.posting import claimed, deliver_at, elsewhere, posted, row, rows, what_became

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


@contextmanager
def wants_a_password(server, connection):
    connection.config_set("requirepass", "another")
    yield


@contextmanager
def is_a_replica(server, connection):
    connection.execute_command("REPLICAOF", "127.0.0.1", "1")
    yield


@contextmanager
def is_full(server, connection):
    connection.config_set("maxmemory-policy", "noeviction")
    connection.config_set("maxmemory", "1")
    yield


@contextmanager
def is_frozen(server, connection):
    """Connections are taken by the system, and nobody answers."""
    address = server.unix_socket_path
    process = next(
        one for one in psutil.Process().children(recursive=True) if str(address.parent) in " ".join(one.cmdline())
    )
    os.kill(process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process.pid, signal.SIGCONT)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", [wants_a_password, is_a_replica, is_full, is_frozen])
def test_a_queue_server_that_takes_nothing_costs_a_moment_and_is_said_and_the_sweep_carries_the_letters(
    app, office, fault
):
    with transaction():
        make_phone_in()
        sam = make_person()
    browser = sign_in_as(app.test_client(), sam)
    with servers.valkey() as (server, address):
        app.config["REDIS_URL"] = address
        app.extensions["phonein.runner"] = bell = runner.OnRq(address)
        bell.queue.connection.ping()
        assert health.degraded() == []
        browser.get("/app/bookings/")
        with fault(server, runner.patient(address)):
            bell.queue.connection.close()
            began = time.monotonic()
            assert press(browser, "/app/phone-ins/sleep/seat").status_code == 303
            assert time.monotonic() - began < 5, "once, as long as a busy machine may take"
            assert health.degraded() == ["The queue server takes nothing: letters leave with the sweep."]
            runner.sweep_letters()
        bell.queue.connection.close()
    assert (len(office.taken), [bool(letter.sent_at) for letter in rows()]) == (1, [True])


def test_a_server_that_greylists_for_five_minutes_gets_the_letter_once_they_are_over(office):
    posted()
    office.will(*["RCPT 450"] * 3)
    assert [deliver_at(TUESDAY + seconds * SECOND) for seconds in (0, 10, 70, 369, 370, 3600)] == [0, 0, 0, 0, 1, 0]
    assert (len(office.talks), len(office.taken)) == (4, 1)


def test_somebody_books_at_once_while_the_mail_server_lets_the_postman_wait(app, monkeypatch):
    monkeypatch.setattr(smtp, "DEADLINE_SECONDS", 2)
    with transaction():
        make_phone_in()
        sam = make_person()
    browser, stop = sign_in_as(app.test_client(), sam), Event()
    browser.get("/app/bookings/")
    with servers.black_hole(drip=b"2") as port:
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port)
        app.extensions["phonein.runner"] = thread = runner.InThread()
        letter_id = posted()
        with elsewhere(app, lambda: thread.drain(app, stop)):
            while what_became(letter_id) != "in hand":
                time.sleep(0.02)
            began = time.monotonic()
            assert press(browser, "/app/phone-ins/sleep/seat").status_code == 303
            took = time.monotonic() - began
            assert what_became(letter_id) == "in hand", "the postman did not wait"
            stop.set()
            thread.wake("", urgent=True)
    assert took < 2
    assert seats.miscounted() == []


def test_a_clock_that_jumps_ahead_while_a_letter_is_in_hand_closes_the_fence_and_it_leaves_once(office):
    letter_id = posted()
    token = claimed(letter_id)
    with clock.stopped_at(TUESDAY + HOUR), transaction():
        assert not outbox.pass_fence(letter_id, token)
    assert [deliver_at(TUESDAY + HOUR), deliver_at(TUESDAY + 2 * HOUR)] == [1, 0]
    assert len(office.taken) == 1


def test_a_clock_that_jumps_back_makes_letters_late_by_as_much_and_loses_none(office):
    posted()
    assert claimed(posted())  # and its worker dies
    at = (-HOUR, -MINUTE, timedelta(), outbox.LEASE + SECOND)
    assert [deliver_at(TUESDAY + wait) for wait in at] == [0, 0, 1, 1]
    assert len(office.taken) == 2


def test_a_letter_waits_while_the_name_of_the_mail_server_is_not_known(app):
    app.config["MAIL_SERVER"] = "mail.invalid"  # RFC 6761: no such name ever
    letter_id = posted()
    assert deliver_at(TUESDAY) == 0
    assert (what_became(letter_id), row(letter_id).error) == ("waiting", "gaierror")
    db.session.rollback()
