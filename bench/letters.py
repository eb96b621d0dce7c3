"""How fast letters leave: the postman, against a bare loop that hands the very same messages to the same mail server.

    .venv/bin/python bench/letters.py [letters] [rounds]

A phone-in with so many seats booked moves, and the postman tells everybody: claims each letter, writes it, passes the
fence, hands it over, notes it. Then the bare loop sends the same bytes, once with a connection for each letter, as the
postman has, and once with one for all. In turns, round by round, against a sink in a process of its own. With
DATABASE_URL in the environment on that database, which must be empty; else on SQLite. The numbers in bench/README.md
are this script's.
"""

# ruff: noqa: T201

import multiprocessing
import os
import smtplib
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection

from aiosmtpd.controller import Controller
from flask import current_app
from sqlalchemy import select

import config
from phonein import clock, create_app
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, rehearsal, transaction
from phonein.delivery import news, postman
from phonein.delivery.message import message_for
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

HOUR = timedelta(hours=1)


class Sink:
    """Takes every letter and keeps none."""

    async def handle_DATA(self, server: object, talk: object, envelope: object) -> str:  # noqa: N802
        return "250 OK"


class Somewhere(Controller):
    """Port 0: the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def run_sink(to_parent: Connection) -> None:
    sink = Somewhere(Sink(), hostname="127.0.0.1", port=0)
    sink.start()
    to_parent.send(sink.port)
    to_parent.recv()
    sink.stop()


@contextmanager
def sink() -> Iterator[int]:
    """A mail server in a process of its own, and its port."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=run_sink, args=(theirs,))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send("stop")
        process.join()


@contextmanager
def installation(port: int) -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="phonein-bench-") as folder:
        settings = {
            "PHONEIN_DATA": f"{folder}/data",
            "SECRET_KEY": "b" * 32,
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(port),
            "MAIL_DEFAULT_SENDER": "phone-in@service.example",
        }
        if url := os.environ.get("DATABASE_URL"):
            settings["DATABASE_URL"] = url
        app = create_app(config.Testing(settings))
        with app.app_context():
            db.create_all()
            yield
            db.session.remove()
            db.engine.dispose()


def book(letters: int) -> None:
    """So many people with a seat, and the letters that say so already gone."""
    starts_at = clock.now() + timedelta(days=7)
    with transaction():
        phone_in = PhoneIn(
            slug="sleep",
            title="Sleeping better",
            summary="About nights",
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            seats=letters,
            published_at=clock.now(),
            asks_open_at=clock.now(),
            asks_close_at=starts_at,
            dial_in_number="020 7946 0111",
            pin="4821",
        )
        db.session.add(phone_in)
        for number in range(letters):
            person = Person(name=f"Sam {number}", email=f"sam{number}@example.org")
            db.session.add(person)
            db.session.flush()
            seats.take(phone_in, by=person)
    deliver_all()


def move() -> None:
    with transaction():
        phone_in = db.session.scalars(select(PhoneIn)).one()
        planning.move(phone_in, to=phone_in.starts_at + HOUR, minutes=60)
        news.hurry()


def deliver_all() -> int:
    gone = 0
    while some := postman.deliver_due():
        gone += some
    return gone


def about_to_leave() -> list[tuple[str, bytes]]:
    """The letters that wait, as the postman will write them: recipient and bytes. Once sent, their words are wiped."""
    found = []
    with rehearsal():
        for letter in db.session.scalars(select(Letter).where(Letter.sent_at.is_(None)).order_by(Letter.id)).all():
            assert news.write(letter)
            message = message_for(letter, sender=current_app.config["MAIL_DEFAULT_SENDER"])
            found.append((letter.to_address, message.as_bytes()))
    return found


def bare_loop(written: list[tuple[str, bytes]], port: int, connections: str) -> None:
    server = None
    for to, message in written:
        if server is None:
            server = smtplib.SMTP("127.0.0.1", port, local_hostname="service.example")
        server.sendmail("phone-in@service.example", [to], message)
        if connections == "each":
            server.quit()
            server = None
    if server:
        server.quit()


def per_second(number: int, work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return number / (time.perf_counter() - began)


def main() -> None:
    letters, rounds = (int(word) for word in [*sys.argv[1:], *("500", "3")[len(sys.argv) - 1 :]])
    found: dict[str, list[float]] = {"postman": [], "bare, a connection each": [], "bare, one connection": []}
    with sink() as port, installation(port):
        book(letters)
        for _ in range(rounds):
            move()
            written = about_to_leave()
            assert len(written) == letters
            found["postman"].append(per_second(letters, deliver_all))
            found["bare, a connection each"].append(per_second(letters, partial(bare_loop, written, port, "each")))
            found["bare, one connection"].append(per_second(letters, partial(bare_loop, written, port, "one")))
    print(f"{letters} letters, {rounds} rounds, letters per second: median (range)")
    for name, speeds in found.items():
        ratios = [postmans / speed for postmans, speed in zip(found["postman"], speeds, strict=True)]
        said = f"{statistics.median(speeds):.0f} ({min(speeds):.0f}-{max(speeds):.0f})"
        print(f"{name:25} {said:20} the postman has {statistics.median(ratios):.2f} of that")


if __name__ == "__main__":
    main()
