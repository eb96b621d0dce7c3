"""Who does the sending: a thread of this process, or the queue's workers; and the sweep where nobody hears the bell."""

import time
import zlib
from datetime import timedelta
from threading import Event

import pytest
from flask import current_app
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery import outbox, postman, runner
from tests import post_office as they
from tests import servers
from tests.conftest import TUESDAY
from tests.delivery.posting import elsewhere, posted, row, rows, what_became, written


@pytest.fixture
def thread(app, office):
    """The embedded default, draining."""
    app.extensions["phonein.runner"] = in_thread = runner.InThread()
    stop = Event()
    with elsewhere(app, lambda: in_thread.drain(app, stop)):
        yield stop
        db.session.rollback()
        stop.set()
        in_thread.wake("", urgent=True)


@pytest.fixture
def queue(app):
    """A real queue server that the app rings."""
    with servers.valkey() as (server, address):
        app.config["REDIS_URL"] = address
        app.extensions["phonein.runner"] = bell = runner.OnRq(address)
        yield server
        bell.queue.connection.close()


def ring_at(app, port: int) -> runner.OnRq:
    app.extensions["phonein.runner"] = runner.OnRq(f"redis://127.0.0.1:{port}/0")
    return app.extensions["phonein.runner"]


def rung() -> list[str]:
    """The letters that wait at the queue, in the order in which workers will take them."""
    return [job.args[0] for job in runner_queue().jobs]


def runner_queue():
    return current_app.extensions["phonein.runner"].queue


def until(true, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_the_thread_sends_a_letter_as_soon_as_it_is_posted(thread, office):
    waits = []
    for number in (1, 2, 3):  # the quickest counts: the machine may be busy otherwise
        began = time.monotonic()
        letter_id = posted()
        until(lambda number=number: len(office.taken) == number)
        waits.append(time.monotonic() - began)
        until(lambda letter_id=letter_id: what_became(letter_id) == "sent")
    assert min(waits) < runner.IDLE_SECONDS


def test_an_urgent_letter_need_not_wait_behind_the_others_that_were_there_first(thread, office):
    office.will(they.WAITS_BEFORE_THE_LETTER)
    for number in range(3):
        posted(subject=f"Seat {number}", due_at=TUESDAY - timedelta(minutes=3 - number))
    assert office.reached.wait(10)
    posted(subject="Sign-in link", urgent=True)
    office.go_on.set()
    until(lambda: len(office.taken) == 4)
    assert [letter["Subject"] for letter in office.letters] == ["Seat 0", "Sign-in link", "Seat 1", "Seat 2"]


def test_told_to_stop_the_thread_finishes_the_letter_in_hand_and_begins_no_other(thread, office):
    office.will(they.WAITS_BEFORE_THE_LETTER)
    for number in range(3):
        posted(subject=f"Seat {number}", due_at=TUESDAY - timedelta(minutes=3 - number))
    assert office.reached.wait(10)
    thread.set()
    office.go_on.set()
    until(lambda: [what_became(letter.id) for letter in rows()].count("sent") == 1)
    time.sleep(0.1)
    assert len(office.taken) == 1


def test_a_database_away_for_a_moment_does_not_end_the_thread(database, thread, office, monkeypatch):
    monkeypatch.setattr(runner, "IDLE_SECONDS", 0.05)  # it looks while nothing is there
    first = posted()
    until(lambda: what_became(first) == "sent")
    database.goes_away()
    until(database.was_missed)
    letter_id = posted()
    until(lambda: what_became(letter_id) == "sent")


def test_the_queue_carries_letter_ids_and_nothing_about_anybody(queue):
    letter_id = posted()
    assert rung() == [letter_id]
    connection = runner_queue().connection
    everything = b" ".join(piece for key in connection.scan_iter() for piece in contents(connection, key))
    assert letter_id.encode() in everything
    assert not [word for word in (b"sam", b"example.org", b"Sleeping", b"seat in") if word in everything]


def contents(connection: Redis, key: bytes) -> list[bytes]:
    readers = {
        b"hash": lambda: [unpacked(piece) for piece in connection.hgetall(key).values()],
        b"list": lambda: connection.lrange(key, 0, -1),
        b"set": lambda: list(connection.smembers(key)),
        b"zset": lambda: connection.zrange(key, 0, -1),
        b"string": lambda: [connection.get(key)],
    }
    return readers[connection.type(key)]()


def unpacked(piece: bytes) -> bytes:
    try:
        return zlib.decompress(piece)
    except zlib.error:
        return piece


def test_an_urgent_letter_goes_to_the_head_of_the_queue(queue):
    plain, urgent = posted(), posted(urgent=True)
    assert rung() == [urgent, plain]


def test_a_worker_of_the_queue_delivers_with_the_very_same_verb(queue, office):
    letter_ids = [posted(), posted()]
    SimpleWorker([runner_queue()], connection=runner_queue().connection, serializer=JSONSerializer).work(burst=True)
    assert [what_became(letter_id) for letter_id in letter_ids] == ["sent", "sent"]
    assert len(office.taken) == 2


def test_a_transaction_rolled_back_rings_nobody(queue):
    with pytest.raises(ZeroDivisionError), transaction():
        outbox.post(written())
        1 / 0  # noqa: B018
    assert rung() == []


@pytest.mark.parametrize("kind", ["closed", "black hole"])
def test_a_queue_server_away_costs_a_moment_once_and_the_sweep_carries_the_letters(app, office, kind):
    with servers.black_hole() as hole:
        letters, at_first, after_that = [], [], []
        for _ in range(3):  # the quickest counts: the machine may be busy otherwise
            bell = ring_at(app, hole if kind == "black hole" else servers.closed_port())
            for waits in (at_first, after_that):
                began = time.monotonic()
                letters.append(posted())
                waits.append(time.monotonic() - began)
            bell.queue.connection.close()
        assert min(at_first) < 1
        assert min(after_that) < 0.25
        runner.sweep_letters()
        bell.queue.connection.close()
    assert [what_became(letter_id) for letter_id in letters] == ["sent"] * 6
    assert len(office.taken) == 6


def test_a_queue_that_comes_back_empty_is_rung_again_for_every_letter_that_waits(queue):
    letter_ids = [posted(), posted(), posted()]
    runner.sweep_letters()
    queue.terminate()
    queue.start()
    assert rung() == []
    with clock.stopped_at(TUESDAY + outbox.RING_AGAIN + timedelta(seconds=1)):
        runner.sweep_letters()
    assert sorted(rung()) == sorted(letter_ids)


def test_the_sweep_leaves_the_sending_to_the_workers_while_they_can_be_rung(queue, office):
    letter_id = posted()
    runner.sweep_letters()
    assert (office.taken, what_became(letter_id)) == ([], "waiting")
    assert row(letter_id).nudged_at == TUESDAY


def test_the_sweep_does_not_carry_letters_for_ever(app, office, monkeypatch):
    ring_at(app, servers.closed_port())
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.0)
    posted()
    runner.sweep_letters()
    assert office.taken == []
    assert postman.deliver_due() == 1
