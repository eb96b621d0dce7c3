"""Whole processes, killed and cut off: what has been booked stands, and its letter arrives."""

import os
import re
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psutil
import pytest

import config
from phonein import clock, create_app
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery import outbox, runner
from phonein.schedule.models import PhoneIn
from tests import post_office as they
from tests import servers
from tests.builders import make_person, make_phone_in, press, sign_in_as
from tests.delivery.posting import deliver_at, rows
from tests.processes import Visitor, started, until

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
WORKER = ("-m", "tests.delivery.worker")
UP = ("-m", "phonein", "up", "--no-demo")


@pytest.fixture
def today():
    """Other processes have the computer's clock, so here it stands at the computer's time too."""
    with clock.stopped_at(datetime.now(UTC)) as now:
        yield now


def mail_settings(app) -> dict[str, str]:
    return {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(app.config["MAIL_PORT"])}


def add_phone_in_and_sam(now) -> None:
    with transaction():
        make_person()
        make_phone_in(starts_at=now + timedelta(days=7), published_at=now)


def book() -> None:
    with transaction():
        seats.take(the_phone_in(), by=db.session.scalar(db.select(seats.Person)))


def the_phone_in() -> PhoneIn:
    return db.session.scalar(db.select(PhoneIn))


def what_became() -> tuple[bool, bool, int]:
    """Of the only letter: has it gone, was it ever in doubt, how often was it tried?"""
    [letter] = rows()
    return bool(letter.sent_at), letter.maybe_sent, letter.attempts


@pytest.mark.parametrize(
    ("killed", "sent_twice"),
    [
        (they.WAITS_BEFORE_THE_LETTER, False),
        (they.WAITS_DURING_THE_LETTER, False),
        (they.TAKES_AND_WAITS, True),
    ],
)
def test_a_worker_killed_between_database_and_mail_server(app, office, today, settings, tmp_path, killed, sent_twice):
    add_phone_in_and_sam(today)
    book()
    office.will(killed)
    with started(tmp_path / "said", settings | mail_settings(app), *WORKER) as worker:
        assert office.reached.wait(20), worker.said.read_text()
        worker.kill()
    office.go_on.set()
    in_doubt = killed != they.WAITS_BEFORE_THE_LETTER
    after_the_lease = datetime.now(UTC) + outbox.LEASE
    assert deliver_at(after_the_lease) == (0 if in_doubt else 1)
    assert deliver_at(after_the_lease + 10 * MINUTE) == (1 if in_doubt else 0)
    assert deliver_at(after_the_lease + 60 * MINUTE) == 0
    assert what_became() == (True, in_doubt, 2)
    assert len(office.taken) == 1 + sent_twice
    assert len(set(office.taken)) == 1, "the same Message-ID, the same Date, the same bytes"


@pytest.mark.parametrize("fate", ["RCPT 451", "DATA 451", "GO 451"])
def test_a_mail_server_that_says_later_and_then_yes_gets_the_letter_once(office, today, fate):
    add_phone_in_and_sam(today)
    book()
    office.will(fate)
    assert [deliver_at(today + wait * SECOND) for wait in (0, 9, 10, 3600)] == [0, 0, 1, 0]
    assert what_became() == (True, False, 2)
    assert len(office.taken) == 1


@pytest.mark.parametrize("kind", ["closed", "black hole"])
def test_with_the_queue_server_gone_a_booking_stands_at_once_and_its_letter_arrives(app, office, today, kind):
    add_phone_in_and_sam(today)
    browser = sign_in_as(app.test_client(), db.session.scalar(db.select(seats.Person)))
    with servers.black_hole() as hole:
        address = f"redis://127.0.0.1:{hole if kind == 'black hole' else servers.closed_port()}/0"
        browser.get("/app/bookings/")
        # The quickest of three, each with a bell that has not heard of the trouble: the machine may be busy otherwise.
        seconds = [seconds_for_a_seat(app, browser, address)]
        for _ in range(2):
            assert press(browser, "/app/phone-ins/sleep/seat/give-back").status_code == 303
            seconds.append(seconds_for_a_seat(app, browser, address))
        assert min(seconds) < 1
        assert (the_phone_in().taken, office.taken) == (1, [])
        runner.sweep_letters()
        runner.sweep_letters()
        app.extensions["phonein.runner"].queue.connection.close()
    assert what_became() == (True, False, 1)
    assert office.methods() == ["REQUEST"]


def seconds_for_a_seat(app, browser, address: str) -> float:
    if isinstance(before := app.extensions["phonein.runner"], runner.OnRq):
        before.queue.connection.close()
    app.extensions["phonein.runner"] = runner.OnRq(address)
    began = time.monotonic()
    assert press(browser, "/app/phone-ins/sleep/seat").status_code == 303
    return time.monotonic() - began


@contextmanager
def installed(settings):
    """The database of an installation that runs in processes of its own."""
    app = create_app(config.Testing(settings))
    with app.app_context():
        yield
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def installation(without_tables):
    """Settings of a whole installation with a mail server; its database has no tables yet."""
    port = servers.closed_port()
    with servers.smtp() as (office, mail_port):
        address = f"http://127.0.0.1:{port}"
        yield (
            office,
            without_tables
            | {
                "PORT": str(port),
                "PUBLIC_URL": address,
                "MAIL_SERVER": "127.0.0.1",
                "MAIL_PORT": str(mail_port),
            },
        )


def sign_in(visitor: Visitor, office) -> None:
    """As Sam, by the e-mailed link."""
    visitor.press("/app/sign-in/", "/app/sign-in/", email="sam@example.org")
    until(lambda: office.taken, "the sign-in letter did not arrive")
    body = office.letters[-1].get_body(("plain",)).get_content()
    link = re.search(r"/app/sign-in/link/\S+", body).group()
    visitor.press(link, link)


def test_a_booking_by_the_web_process_is_told_of_by_the_worker_process(installation, tmp_path):
    office, settings = installation
    with servers.valkey() as (server, queue):
        settings |= {"REDIS_URL": queue}
        with started(tmp_path / "said", settings, *UP, cwd=tmp_path) as up:
            visitor = Visitor(settings["PUBLIC_URL"])
            until(visitor.is_ready, "never ready")
            with installed(settings):
                add_phone_in_and_sam(datetime.now(UTC))
            sign_in(visitor, office)
            server.terminate()
            server.start()  # empty, and everybody's connection is broken
            visitor.press("/app/phone-ins/sleep/", "/app/phone-ins/sleep/seat")
            until(lambda: len(office.taken) == 2, "the invitation did not arrive")
            with installed(settings):
                until(lambda: all(letter.sent_at for letter in rows()))
            assert len(up.alive()) >= 5, "up, gunicorn and its two workers, the queue's worker, the sweep"
            assert up.stop() < 10
    assert [letter["Subject"].split(":")[0] for letter in office.letters][1:] == ["Invitation"]


def test_one_part_of_it_ending_stops_the_others_too(tmp_path):
    """So that whoever watches over it sees that it ended, and starts it again."""
    port = servers.closed_port()
    with servers.valkey() as (_, queue):
        settings = {"PHONEIN_DATA": str(tmp_path / "data"), "PORT": str(port), "REDIS_URL": queue}
        with started(tmp_path / "said", settings, *UP) as up:
            until(Visitor(f"http://127.0.0.1:{port}").is_ready, "never ready")
            sweep = next(pid for pid in up.alive() if "sweep" in psutil.Process(pid).cmdline())
            os.kill(sweep, signal.SIGKILL)
            assert up.process.wait(20) == 1
            until(lambda: not up.alive(), "something of it goes on")


def test_the_embedded_process_killed_after_a_booking_s_commit_sends_its_letter_when_it_is_back(installation, tmp_path):
    office, settings = installation
    visitor, another = Visitor(settings["PUBLIC_URL"]), Visitor(settings["PUBLIC_URL"])
    with started(tmp_path / "said", settings, *UP) as up:
        until(visitor.is_ready, "never ready")
        with installed(settings):
            add_phone_in_and_sam(datetime.now(UTC))
        sign_in(visitor, office)
        office.will(they.WAITS_BEFORE_THE_LETTER)
        another.press("/app/sign-in/", "/app/sign-in/", email="sam@example.org")
        assert office.reached.wait(20), "the postman never began with the other letter"
        visitor.press("/app/phone-ins/sleep/", "/app/phone-ins/sleep/seat")
        up.kill()
    office.go_on.set()
    with installed(settings):
        assert the_phone_in().taken == 1
        [letter] = [letter for letter in rows() if letter.name == "seat"]
        assert (letter.attempts, letter.token) == (0, None), "it was not even begun"
    with started(tmp_path / "said", settings, *UP) as up:
        until(lambda: len(office.taken) == 2, "the invitation did not arrive")
        assert up.stop() < 10
    assert office.methods() == [None, "REQUEST"]
