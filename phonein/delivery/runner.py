"""Who does the sending once a transaction has committed: a thread of this process, an RQ worker, or a test."""

import logging
import time
from threading import Event
from typing import Any

from flask import Flask
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

from phonein.db import transaction
from phonein.delivery import outbox, postman

log = logging.getLogger(__name__)

QUEUE = "letters"
JOB_SECONDS = 90  # longer than a letter's lease
BREAKER_SECONDS = 5
IDLE_SECONDS = 1.0


class ByHand:
    """Letters wait until somebody calls `deliver_due`: tests, and commands that only write."""

    def wake(self, letter_id: str) -> None:
        pass


class InThread:
    """The embedded default: no queue server, so a thread of this process empties the outbox."""

    def __init__(self) -> None:
        self.rung = Event()

    def wake(self, letter_id: str) -> None:
        self.rung.set()

    def drain(self, app: Flask, stop: Event) -> None:
        """Deliver whatever is due until told to stop. Nothing that goes wrong with one round ends it."""
        while not stop.is_set():
            gone = 0
            try:
                with app.app_context():
                    gone = postman.deliver_due()
            except Exception as error:
                log.warning("drain failed", extra={"error": type(error).__name__})
            if not gone:
                self.rung.wait(IDLE_SECONDS)
                self.rung.clear()


class OnRq:
    """Production: ring a worker. The queue is only the doorbell: it carries letter ids, and may be flushed or away."""

    def __init__(self, url: str) -> None:
        self.queue = queue_at(url)
        self.quiet_until = 0.0

    def wake(self, letter_id: str) -> None:
        """With the queue server away nobody is rung for some seconds: the letter waits for the sweep."""
        if time.monotonic() < self.quiet_until:
            return
        try:
            self.queue.enqueue(postman.deliver, letter_id, job_timeout=JOB_SECONDS, result_ttl=0, failure_ttl=3600)
        except (RedisError, OSError) as error:
            self.quiet_until = time.monotonic() + BREAKER_SECONDS
            log.warning("queue server away", extra={"error": type(error).__name__})


def connect(url: str) -> Any:
    """The queue server, asked briefly: a booking never waits for it."""
    return Redis.from_url(url, socket_connect_timeout=0.25, socket_timeout=0.5, retry=Retry(NoBackoff(), 0))


def queue_at(url: str) -> Queue:
    """JSON, because a pickled job would let whoever can write to the queue run anything."""
    return Queue(QUEUE, connection=connect(url), serializer=JSONSerializer)


def sweep_letters() -> int:
    """Free what a dead worker left behind, and ring again for whatever is due. Any number of sweeps may do it."""
    with transaction():
        freed = outbox.free_the_stuck()
        unheard = outbox.unheard()
    for letter_id in unheard:
        outbox.wake(letter_id)
    return freed


def chosen_for(app: Flask) -> ByHand | InThread | OnRq:
    """Tests deliver by hand; with a queue server its workers do it; else a thread of this process."""
    if app.config["TESTING"] and not app.config["REDIS_URL"]:
        return ByHand()
    return OnRq(app.config["REDIS_URL"]) if app.config["REDIS_URL"] else InThread()


def patient(url: str) -> Any:
    """The queue server for a worker, which has nothing better to do than wait for it."""
    return Redis.from_url(url)
