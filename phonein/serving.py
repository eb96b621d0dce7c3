"""Starting and stopping: the embedded default in one process, or each production process by itself."""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import FrameType
from typing import Any

import waitress
from flask import Flask

from phonein.delivery import runner
from phonein.sweep import keep_sweeping

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
WEB_THREADS = 8
GUNICORN_THREADS = 4  # in each of two processes: more of them only wait for one another
STOP_SECONDS = 8
LOOK_AGAIN_SECONDS = 0.5
WORKER_SECONDS = 60  # for so long a worker waits for a queue server that does not answer
CHILDREN = ("web", "work", "sweep")


def serve_embedded(app: Flask) -> None:
    """Web server, postman and sweep in this one process, until it is told to stop."""
    stop, postman = Event(), app.extensions["phonein.runner"]
    threads = [
        Thread(target=postman.drain, args=(app, stop), name="postman"),
        Thread(target=keep_sweeping, args=(app, stop), name="sweep"),
    ]
    server = waitress.create_server(
        app,
        host=HOST,
        port=app.config["PORT"],
        threads=WEB_THREADS,
        max_request_body_size=1024 * 1024,
        inbuf_overflow=2 * 1024 * 1024,  # what somebody types never waits in a temporary file
        channel_timeout=30,
        ident="phonein",
        clear_untrusted_proxy_headers=False,
    )
    with _stopped_by_signals():
        for thread in threads:
            thread.start()
        try:
            server.run()  # returns when a signal has been turned into SystemExit
        finally:
            server.close()
            stop.set()
            postman.wake("", urgent=True)
            for thread in threads:
                thread.join(STOP_SECONDS)


def serve_with_queue(app: Flask) -> None:
    """With a queue server: gunicorn, an RQ worker and the sweep as processes of their own, stopped together.

    When one of them ends by itself, the others are stopped too: half of it would look as if it worked.
    """
    environment = os.environ | {
        "PHONEIN_EMBEDDED": "1",
        "PORT": str(app.config["PORT"]),
        "PHONEIN_DATA": str(app.config["DATA"]),
    }
    children = [subprocess.Popen([sys.executable, "-m", "phonein", name], env=environment) for name in CHILDREN]
    with _stopped_by_signals():
        try:
            while all(child.poll() is None for child in children):
                time.sleep(LOOK_AGAIN_SECONDS)
            log.error("a part of phonein has ended, so all of it stops")
            raise SystemExit(1)
        finally:
            for child in children:
                child.terminate()
            for child in children:
                _wait_for(child)


def serve_web(app: Flask) -> None:
    """gunicorn, to stand behind a proxy that buffers. It keeps no access log: that would hold who opened which page
    when. Its processes are made from this one, which has everything loaded: they share it, and are there at once.
    """
    from phonein.silent_gunicorn import Gunicorn

    Gunicorn(
        bind=f"{HOST}:{app.config['PORT']}",
        workers=2,
        threads=GUNICORN_THREADS,
        worker_class="gthread",
        loglevel="warning",
        control_socket_disable=True,
        graceful_timeout=STOP_SECONDS,
    ).run()


def work(app: Flask) -> None:
    """An RQ worker: takes letter ids from the queue and delivers them. Finishes the one in hand when told to stop.

    It does so in this process: RQ's usual one would make another for each letter, which costs more than the letter.
    RQ's own ends when the queue server is away for a moment; then we begin anew, until we are told to stop.
    """
    from rq import SimpleWorker
    from rq.serializers import JSONSerializer

    url, worker = app.config["REDIS_URL"], None
    with app.app_context():
        while worker is None or worker._shutdown_requested_date is None:
            try:
                connection = runner.patient(url)
                worker = SimpleWorker(
                    [runner.queue_on(connection)],
                    connection=connection,
                    serializer=JSONSerializer,
                    worker_ttl=WORKER_SECONDS,
                )
                worker.work(logging_level="WARNING")
            except runner.away() as error:
                log.warning("queue server away", extra={"error": type(error).__name__})
                signal.signal(signal.SIGTERM, signal.SIG_DFL)  # RQ's way to stop would ask the queue server first
                signal.signal(signal.SIGINT, signal.default_int_handler)
                time.sleep(runner.BREAKER_SECONDS)


def sweep_until_stopped(app: Flask, every: float) -> None:
    """In threads, so that a signal ends the waiting and never a letter that is just being handed over. Without a queue
    server nobody else delivers, so the postman goes along."""
    stop, postman = Event(), app.extensions["phonein.runner"]
    threads = [Thread(target=keep_sweeping, args=(app, stop, every), name="sweep")]
    if isinstance(postman, runner.InThread):
        threads.append(Thread(target=postman.drain, args=(app, stop), name="postman"))
    with _stopped_by_signals():
        for thread in threads:
            thread.start()
        try:
            threads[0].join()
        finally:
            stop.set()
            for thread in threads:
                thread.join()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Inside the block, SIGTERM and Ctrl-C raise SystemExit in the main thread; once is enough."""

    def leave(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(0)

    before: dict[int, Any] = {each: signal.signal(each, leave) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _wait_for(child: "subprocess.Popen[bytes]") -> None:
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
