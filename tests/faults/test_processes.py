"""Whole processes killed, frozen and told to stop, on both databases: nothing is lost and nothing is doubled."""

import random
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery import outbox, runner
from tests import post_office as they
from tests import servers
from tests.delivery.posting import deliver_at, posted, rows, written
from tests.delivery.test_faults import (  # noqa: F401  # fixtures
    UP,
    WORKER,
    add_phone_in_and_sam,
    installation,
    installed,
    mail_settings,
    today,
    what_became,
)
from tests.faults import booked, recipients
from tests.processes import Visitor, started, until

pytestmark = pytest.mark.faults
DYING = ("-m", "tests.faults.dying")
SECOND = timedelta(seconds=1)
PHASES = [they.WAITS_BEFORE_THE_LETTER, they.WAITS_DURING_THE_LETTER, they.TAKES_AND_WAITS]


def later(**wait: float) -> datetime:
    return datetime.now(UTC) + timedelta(**wait)


@pytest.mark.parametrize(("line", "seats", "letters"), [("before", 0, 0), ("after", 1, 1)])
def test_whoever_books_is_killed_at_the_commit(app, office, today, settings, tmp_path, line, seats, letters):  # noqa: F811
    add_phone_in_and_sam(today)
    with started(tmp_path / "said", settings, *DYING, line) as process:
        assert process.process.wait(60) == -signal.SIGKILL, process.said.read_text()
    assert booked() == (seats, seats)
    assert [deliver_at(later()), deliver_at(later(hours=1))] == [letters, 0]
    assert len(office.taken) == letters


@pytest.mark.parametrize("frozen", PHASES)
def test_a_worker_frozen_past_its_lease_and_woken_again(app, office, today, settings, tmp_path, frozen):  # noqa: F811
    """Another has taken over meanwhile. Only past the fence can there be a second one, and never a third."""
    letter_id = posted(posted_at=today, due_at=today)
    office.will(frozen)
    with started(tmp_path / "said", settings | mail_settings(app), *WORKER) as worker:
        assert office.reached.wait(60), worker.said.read_text()
        worker.process.send_signal(signal.SIGSTOP)
        over = later(seconds=61)
        sent = [deliver_at(over)]
        worker.process.send_signal(signal.SIGCONT)
        office.go_on.set()
        worker.process.wait(60)
    sent += [deliver_at(over + wait * SECOND) for wait in (601, 1300, 3600)]
    in_doubt = frozen == they.WAITS_DURING_THE_LETTER  # the server has dropped it, and nobody could know
    assert sent == ([0, 1, 0, 0] if in_doubt else [int(frozen == PHASES[0]), 0, 0, 0])
    assert (len(office.taken), rows()[0].id, bool(rows()[0].sent_at)) == (1, letter_id, True)


def test_workers_killed_at_random_lose_nothing_and_double_only_what_was_in_doubt(
    app,
    office,
    today,  # noqa: F811
    settings,
    tmp_path,
):
    dice, number = random.Random(5), 40
    office.on_rcpt = partial(time.sleep, 0.02)
    with transaction():
        for each in range(number):
            post_to(f"p{each}@example.org", today)
    kills = 0
    while len(set(recipients(office))) < number and kills < 12:
        with started(tmp_path / "said", settings | mail_settings(app), *WORKER) as worker:
            more = len(office.taken) + 1
            until(lambda more=more: len(office.taken) >= more or worker.process.poll() is not None)
            time.sleep(dice.uniform(0, 0.25))
            worker.kill()
        kills += 1
        free_what_the_dead_left(later(seconds=61))
    for hours in (1, 2, 3):
        deliver_at(later(hours=hours))
    letters = {letter.to_address: letter for letter in rows()}
    received = recipients(office)
    assert sorted(letters) == sorted(set(received)), "every one has arrived"
    twice = {address for address in received if received.count(address) > 1}
    assert all(letters[address].maybe_sent for address in twice)
    assert len(received) - number == len(twice) <= kills
    print(f"{kills} kills, {number} letters, {len(twice)} twice")


def post_to(address: str, now: datetime) -> None:
    outbox.post(written(to_address=address, posted_at=now, due_at=now))


def free_what_the_dead_left(moment: datetime) -> None:
    with clock.stopped_at(moment), transaction():
        outbox.free_the_stuck()


@pytest.mark.parametrize("command", ["up", "sweep"])
def test_told_to_stop_while_a_letter_is_in_hand_it_finishes_that_one_and_begins_no_other(
    app,
    office,
    today,  # noqa: F811
    settings,
    tmp_path,
    command,
):
    for _ in range(3):
        posted(posted_at=today, due_at=today)
    office.will(they.WAITS_BEFORE_THE_LETTER)
    db.session.rollback()
    migrated(settings)
    more = {"PHONEIN_EMBEDDED": "1", "PORT": str(servers.closed_port())}
    words = ("-m", "phonein", command, *(["--no-demo"] if command == "up" else []))
    with started(tmp_path / "said", settings | mail_settings(app) | more, *words) as process:
        assert office.reached.wait(60), process.said.read_text()
        process.process.terminate()
        time.sleep(0.5)
        assert process.alive(), "it went without its letter"
        office.go_on.set()
        assert process.process.wait(30) == 0, process.said.read_text()
    assert len(office.taken) == 1
    assert sorted(bool(letter.sent_at) for letter in rows()) == [False, False, True]
    assert {(letter.attempts, letter.token) for letter in rows() if not letter.sent_at} == {(0, None)}


def migrated(settings) -> None:
    """The tables of the suite are made without migrations; `phonein up` looks which version they have."""
    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('0004')"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_two_installations_on_one_file_send_each_letter_once(installation, tmp_path):  # noqa: F811
    office, settings = installation
    first, second = settings, settings | {"PORT": str(servers.closed_port())}
    second["PUBLIC_URL"] = f"http://127.0.0.1:{second['PORT']}"
    with started(tmp_path / "one", first, *UP) as one:
        until(Visitor(first["PUBLIC_URL"]).is_ready, "never ready")
        with started(tmp_path / "two", second, *UP) as two, installed(settings):
            until(Visitor(second["PUBLIC_URL"]).is_ready, "the second is never ready")
            now, addresses = datetime.now(UTC), [f"p{each}@example.org" for each in range(60)]
            with transaction():
                for address in addresses:
                    post_to(address, now)
            until(lambda: len(office.taken) >= len(addresses), "they do not arrive", 100)
            until(lambda: all(letter.sent_at for letter in rows()))
            assert [one.stop() < 10, two.stop() < 10] == [True, True]
    assert recipients(office) == sorted(addresses)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("killed", PHASES)
def test_a_worker_of_the_queue_killed_with_its_machine(app, office, today, settings, tmp_path, killed):  # noqa: F811
    """RQ itself would try the job again after a quarter of an hour; we look at the letter's lease."""
    office.will(killed)
    with servers.valkey() as (_, queue):
        more = {"REDIS_URL": queue, "PHONEIN_EMBEDDED": "1"}
        posted(posted_at=today, due_at=today)
        with started(tmp_path / "said", settings | mail_settings(app) | more, "-m", "phonein", "work") as worker:
            bell = runner.OnRq(queue)
            until(lambda: bell.wake(rows()[0].id, urgent=False))
            assert office.reached.wait(60), worker.said.read_text()
            worker.kill()
        bell.queue.connection.close()
    office.go_on.set()
    in_doubt = killed != they.WAITS_BEFORE_THE_LETTER
    over = later(seconds=61)
    assert [deliver_at(over), deliver_at(over + 601 * SECOND), deliver_at(over + 3600 * SECOND)] == (
        [0, 1, 0] if in_doubt else [1, 0, 0]
    )
    assert what_became() == (True, in_doubt, 2)
    assert len(office.taken) == 1 + (killed == they.TAKES_AND_WAITS)
    assert len(set(office.taken)) == 1
