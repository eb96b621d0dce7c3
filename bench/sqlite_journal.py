"""WAL against TRUNCATE on SQLite: how fast seats are booked, and how much of a deleted text stays in the files.

    .venv/bin/python bench/sqlite_journal.py [rounds]

Both with synchronous=FULL and secure_delete=ON, in turns within one run, through the app's own `seats.take` in
`transaction()`. The numbers in docs/decisions.md are this script's.
"""

# ruff: noqa: T201

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import delete, select, update

import config
from phonein import clock, create_app
from phonein import db as database
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

MODES = ("WAL", "TRUNCATE")
THREADS, BOOKINGS, TEXTS = 8, 240, 40
CANARY = "a sentence that nobody else would write"


@contextmanager
def installation(mode: str, secure_delete: str = "ON") -> Iterator[tuple[Flask, Path]]:
    """An empty phonein whose database keeps its journal in this way."""
    changed = {"journal_mode": mode, "secure_delete": secure_delete}
    pragmas = dict(pragma.split("=") for pragma in database.SQLITE_PRAGMAS) | changed
    database.SQLITE_PRAGMAS = tuple(f"{name}={value}" for name, value in pragmas.items())
    with tempfile.TemporaryDirectory(prefix="phonein-bench-") as folder:
        app = create_app(config.Testing({"PHONEIN_DATA": f"{folder}/data", "SECRET_KEY": "b" * 32}))
        with app.app_context():
            db.create_all()
            yield app, Path(folder) / "data"
            db.session.remove()
            db.engine.dispose()


def bookings_per_second(mode: str) -> float:
    with installation(mode) as (app, _):
        people, phone_in = add_rows()

        def book(person: int) -> None:
            with app.app_context(), transaction():
                seats.take(db.session.get_one(PhoneIn, phone_in), by=db.session.get_one(Person, person))

        began = time.perf_counter()
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(book, people))
        seconds = time.perf_counter() - began
        assert db.session.scalar(select(PhoneIn.taken)) == BOOKINGS
    return BOOKINGS / seconds


def add_rows() -> tuple[list[int], int]:
    now = clock.now()
    with transaction():
        people = [Person(name=f"Sam {n}", email=f"sam{n}@example.org") for n in range(BOOKINGS)]
        phone_in = PhoneIn(
            slug="sleep",
            title="Sleeping better",
            summary="About nights",
            starts_at=now + timedelta(days=7),
            ends_at=now + timedelta(days=7, hours=1),
            seats=BOOKINGS,
            published_at=now,
            asks_open_at=now,
            asks_close_at=now + timedelta(days=6),
            dial_in_number="020 7946 0111",
            pin="4821",
        )
        db.session.add_all([*people, phone_in])
        db.session.flush()
        return [person.id for person in people], phone_in.id


def traces(mode: str, how: str, secure_delete: str = "ON") -> dict[str, int]:
    """In which files a text can still be read, and how often, after it was deleted or written over; while the
    program runs, which is when somebody would copy its folder."""
    with installation(mode, secure_delete) as (_, folder):
        with transaction():
            for number in range(TEXTS):
                text = f"{CANARY} {number} " * 10
                db.session.add(
                    Letter(
                        name="n", to_address="a@b.example", subject="", text=text, html="", message_id=f"<{number}@b>"
                    )
                )
        with transaction():
            db.session.execute(delete(Letter) if how == "deleted" else update(Letter).values(text="redacted"))
        files = sorted(folder.glob("phonein.sqlite3*"))
        return {f"db{file.name.removeprefix('phonein.sqlite3')}": count(file) for file in files}


def count(file: Path) -> int:
    return file.read_bytes().count(CANARY.encode())


def main(rounds: int) -> None:
    speed: dict[str, list[float]] = {mode: [] for mode in MODES}
    for number in range(rounds):
        for mode in MODES if number % 2 == 0 else reversed(MODES):
            speed[mode].append(bookings_per_second(mode))
    print(f"{THREADS} threads, {BOOKINGS} bookings, {rounds} rounds in turns; load {os.getloadavg()[0]:.1f}")
    for mode in MODES:
        middle = statistics.median(speed[mode])
        print(f"  {mode:<9} {middle:6.1f} bookings/s (from {min(speed[mode]):.1f} to {max(speed[mode]):.1f})")
    ratio = statistics.median(t / w for w, t in zip(speed["WAL"], speed["TRUNCATE"], strict=True))
    print(f"  TRUNCATE / WAL, median of the rounds: {ratio:.2f}")
    print(f"Traces of {TEXTS * 10} sentences, by file:")
    for how in ("deleted", "written over"):
        for mode in MODES:
            print(f"  {how:<13} {mode:<9} {traces(mode, how)}")
        print(f"  {how:<13} TRUNCATE without secure_delete {traces('TRUNCATE', how, 'OFF')}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
