"""Who does the sending once a transaction has committed: a thread of this process, an RQ worker, or a test.

RQ and the client of its queue server are loaded where there is one: they are a tenth of what a process holds.
"""

import logging
import time
from threading import Event
from typing import Any

from flask import Flask

from phonein.db import transaction
from phonein.delivery import outbox, postman, smtp

log = logging.getLogger(__name__)

QUEUE = "letters"
JOB_SECONDS = smtp.DEADLINE_SECONDS + postman.NOTE_SECONDS + 30
BREAKER_SECONDS = 5
IDLE_SECONDS = 1.0
SWEEP_SECONDS = 20.0


class ByHand:
    """Letters wait until somebody calls `deliver_due`: tests, and commands that only write."""

    def wake(self, letter_id: str, urgent: bool) -> bool:
        return True


class InThread:
    """The embedded default: no queue server, so a thread of this process empties the outbox."""

    def __init__(self) -> None:
        self.rung = Event()

    def wake(self, letter_id: str, urgent: bool) -> bool:
        self.rung.set()
        return True

    def drain(self, app: Flask, stop: Event) -> None:
        """Deliver whatever is due until told to stop. Nothing that goes wrong with one letter ends it."""
        while not stop.is_set():
            try:
                with app.app_context():
                    tried = self._try_next()
            except Exception as error:
                log.warning("drain failed", extra={"error": type(error).__name__})
                tried = False
            if not tried:
                self.rung.wait(IDLE_SECONDS)
                self.rung.clear()

    def _try_next(self) -> bool:
        """One at a time, looking anew each time: an urgent letter need not wait behind a hundred others."""
        if postman.must_rest():
            return False
        for letter_id in outbox.due(limit=1):
            postman.deliver(letter_id)
            return True
        return False


class OnRq:
    """Production: ring a worker. The queue is only the doorbell: it carries letter ids, and may be flushed or away."""

    def __init__(self, url: str) -> None:
        self.queue = queue_on(connect(url))
        self.quiet_until = 0.0

    def wake(self, letter_id: str, urgent: bool) -> bool:
        """With the queue server away nobody is rung for some seconds: the letter waits for the sweep."""
        if time.monotonic() < self.quiet_until:
            return False
        try:
            self.queue.enqueue(
                postman.deliver,
                letter_id,
                job_timeout=JOB_SECONDS,
                result_ttl=0,
                failure_ttl=3600,
                at_front=urgent,
            )
        except away() as error:
            self.quiet_until = time.monotonic() + BREAKER_SECONDS
            log.warning("queue server away", extra={"error": type(error).__name__})
            return False
        return True


def away() -> tuple[type[Exception], ...]:
    """What it means that the queue server does not answer."""
    from redis.exceptions import RedisError

    return RedisError, OSError


def connect(url: str) -> Any:
    """The queue server, asked briefly: a booking never waits for it."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))


def queue_on(connection: Any) -> Any:
    """JSON, because a pickled job would let whoever can write to the queue run anything."""
    from rq import Queue
    from rq.serializers import JSONSerializer

    return Queue(QUEUE, connection=connection, serializer=JSONSerializer)


def sweep_letters() -> int:
    """Free what a dead worker left behind, and ring again for whatever is due. Any number of sweeps may do it.

    Where nobody hears the bell we carry the letters ourselves, for a while: the sweep has other things to do.
    """
    with transaction():
        freed = outbox.free_the_stuck()
        outbox.give_up_the_late()
        unheard = outbox.unheard()
    until = time.monotonic() + SWEEP_SECONDS
    for letter_id in unheard:
        if not outbox.wake(letter_id) and time.monotonic() < until:
            postman.deliver(letter_id)
    return freed


def chosen_for(app: Flask) -> ByHand | InThread | OnRq:
    """Tests deliver by hand; with a queue server its workers do it; else a thread of this process."""
    if app.config["TESTING"] and not app.config["REDIS_URL"]:
        return ByHand()
    return OnRq(app.config["REDIS_URL"]) if app.config["REDIS_URL"] else InThread()


def patient(url: str) -> Any:
    """The queue server for a worker, which has nothing better to do than wait for it."""
    from redis import Redis

    return Redis.from_url(url)
