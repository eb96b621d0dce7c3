"""What each page costs in a large database against a small one, and how PostgreSQL finds what the pages and rounds ask.

    .venv/bin/python -m bench.pages [--people 100000] [--phone-ins 5000] [--bookings 1000000] [--at SMALL LARGE]

Both are filled by `phonein fill`, or stand at the two addresses. For each page: statements, and milliseconds of
processor time, the database's own included, in turns; a page that costs more than 1.5 × as much is marked. Then every
statement that was sent is explained in the large one: one that reads a whole large table is shown with its plan. Ends
with 1 if there is either.
"""

# ruff: noqa: T201

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
from flask import Flask
from sqlalchemy import event, select, text

import config
from phonein import clock, create_app
from phonein.booking import reminders, waiting
from phonein.booking.models import Booking
from phonein.db import MIGRATIONS, db, transaction
from phonein.delivery import outbox, runner
from phonein.desk import review_log
from phonein.identity import feed_addresses, sign_in
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person, SignIn
from phonein.questions import keys, release
from tests import servers

SECRET = "p" * 40
ROUNDS, EACH = 5, 6
MOST = 1.5
NOT_WORTH_A_WORD = 2.0  # milliseconds more: within what one measurement differs from the next
LARGE_TABLE = 20_000  # rows
PAGES = {
    "staff": (
        "/app/", "/app/?time=morning", "/app/calendar/", "/app/phone-ins/fill-1/", "/app/phone-ins/fill-6/",
        "/app/bookings/", "/app/bookings/feed", "/app/phone-ins/{booked}/letters", "/app/phone-ins/{booked}/seat/move",
    ),
    "leads": ("/app/desk/", "/app/desk/fill-1/"),
    "admin": (
        "/app/admin/", "/app/admin/series/", "/app/admin/series/series-1/", "/app/admin/letters/",
        "/app/admin/replies/",
        "/app/admin/people/?words=nobody-77", "/app/admin/people/fill-77/", "/app/admin/phone-ins/fill-1/",
        "/app/admin/phone-ins/fill-6/waiting/",
    ),
}  # fmt: skip
ROUNDS_OF_THE_SWEEP: dict[str, Callable[[], object]] = {
    "due letters": outbox.due,
    "letters": runner.sweep_letters,
    "release": release.due,
    "waiting list": waiting.round_once,
    "reminders": reminders.remind,
    "reviewers": review_log.tell_reviewers,
    "keys": lambda: keys._without_pass_keys(10),
}


@dataclass
class Stage:
    """One filled database, and somebody of each kind signed in there."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    booked: str = ""
    said: list[tuple[str, Any]] = field(default_factory=list)
    backend: int = 0

    def get(self, who: str, path: str) -> None:
        client = self.app.test_client()
        if who in self.cookies:
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self.cookies[who], path="/app")
        answer = client.get(path.format(booked=self.booked), base_url="http://localhost")
        assert answer.status_code == 200, (path, answer.status_code)

    def spent(self) -> float:
        """Seconds of processor time, ours and those of the database's processes for us."""
        return time.process_time() + sum(_spent_by(pid) for pid in self.backends())

    def backends(self) -> list[int]:
        with psycopg.connect(self.app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")) as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        return [pid for (pid,) in found]


def _spent_by(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def stage(url: str, folder: Path, size: list[str]) -> Stage:
    """`size`: what to fill it with, or nothing, if it has been filled."""
    folder.mkdir()
    app = create_app(config.Testing({"DATABASE_URL": url, "PHONEIN_DATA": str(folder), "SECRET_KEY": SECRET,
                                     "PUBLIC_URL": "http://localhost"}))  # fmt: skip
    made = Stage(app)
    with app.app_context():
        if size:
            flask_migrate.upgrade(directory=str(MIGRATIONS))
            began = time.process_time()
            done = app.test_cli_runner().invoke(args=["fill", *size])
            print(f"{done.output.strip()} ({time.process_time() - began:.0f} s of processor time)")
        event.listen(db.engine, "before_cursor_execute", lambda *told: made.said.append((told[2], told[3])))
        with transaction():
            booked = db.session.scalars(
                select(Booking).where(Booking.phone_in_id == 2).order_by(Booking.id.desc())
            ).first()
            assert booked
            made.booked = booked.phone_in.slug
            who = {"staff": booked.person_id, "leads": 1, "admin": db.session.scalar(select(db.func.max(Person.id)))}
            now = int(clock.now().timestamp())
            signer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            for name, number in who.items():
                token = f"{name} {now}"
                db.session.add(SignIn(token_hash=sign_in.hash_of(token), person_id=number, began_on=clock.today()))
                made.cookies[name] = signer.dumps({"token": token, "began": now, "seen": now})
            feed_addresses.make(booked.person, Purpose.SEATS)
        db.session.remove()
    return made


def cost(on: Stage, do: Callable[[], object]) -> float:
    """Milliseconds each."""
    began = on.spent()
    for _ in range(EACH):
        do()
    return (on.spent() - began) / EACH * 1000


def page(small: Stage, large: Stage, who: str, path: str) -> bool:
    """Measures one page in both, in turns; whether it costs much more in the large one."""
    took: dict[int, list[float]] = {0: [], 1: []}
    number = []
    for one in (small, large):
        one.get(who, path)
        before = len(one.said)
        one.get(who, path)
        number.append(len(one.said) - before)
    for _ in range(ROUNDS):
        for place, one in enumerate((small, large)):
            took[place].append(cost(one, lambda one=one: one.get(who, path)))  # type: ignore[misc]
    ours, theirs = (statistics.median(took[place]) for place in (0, 1))
    is_bad = number[1] > number[0] + 1 or (theirs > MOST * ours and theirs - ours > NOT_WORTH_A_WORD)
    print(f"{path:48} {number[0]:3} {number[1]:3}   {ours:7.1f} {theirs:7.1f}  {theirs / ours:5.2f}{'  <--' * is_bad}")
    return is_bad


def sweep(small: Stage, large: Stage) -> None:
    for name, part in ROUNDS_OF_THE_SWEEP.items():
        took = []
        for one in (small, large):
            with one.app.app_context():
                began = one.spent()
                part()
                db.session.remove()
                took.append((one.spent() - began) * 1000)
        print(f"{'sweep: ' + name:58} {took[0]:7.1f} {took[1]:7.1f}")


def whole_tables(large: Stage) -> int:
    """Shows each statement that reads a large table from end to end; how many there are."""
    found = 0
    with large.app.app_context():
        counts = db.session.execute(text("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'"))
        tables = {name for name, rows in counts if rows > LARGE_TABLE}
        seen = dict(large.said)
        for statement, values in seen.items():
            if not statement.startswith(("SELECT", "UPDATE", "DELETE")) or "pg_class" in statement:
                continue
            connection = db.session.connection()
            [plan] = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values).scalar_one()
            if read := sorted(set(_read_whole(plan["Plan"])) & tables):
                found += 1
                print(f"\nreads all of {', '.join(read)}: {' '.join(statement.split())[:300]}")
                print(json.dumps(plan["Plan"])[:600])
        db.session.rollback()
    print(f"\n{len(seen)} statements explained, {found} of them read a large table ({', '.join(sorted(tables))}) whole")
    return found


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _read_whole(part)


@contextmanager
def databases(at: list[str] | None) -> Iterator[tuple[str, str]]:
    if at:
        yield at[0], at[1]
        return
    with servers.postgres() as url:
        yield servers.fresh_database(url, "small"), servers.fresh_database(url, "large")


def main() -> int:
    wanted = argparse.ArgumentParser()
    for name, usual in (("people", 100_000), ("phone-ins", 5000), ("bookings", 1_000_000)):
        wanted.add_argument(f"--{name}", default=usual)
    wanted.add_argument("--at", nargs=2)
    said = wanted.parse_args()
    much = ["--people", f"{said.people}", "--phone-ins", f"{said.phone_ins}", "--bookings", f"{said.bookings}"]
    with databases(said.at) as (small_url, large_url), tempfile.TemporaryDirectory(prefix="phonein-bench-") as folder:
        few = [] if said.at else ["--people", "1000", "--phone-ins", "60", "--bookings", "3000"]
        small = stage(small_url, Path(folder, "small"), few)
        large = stage(large_url, Path(folder, "large"), [] if said.at else much)
        print(f"{'':48} statements  milliseconds\n{'':48}  small, large      small, large, ratio")
        bad = sum(page(small, large, who, path) for who, paths in PAGES.items() for path in paths)
        sweep(small, large)
        bad += whole_tables(large)
        for one in (small, large):
            with one.app.app_context():
                db.engine.dispose()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
