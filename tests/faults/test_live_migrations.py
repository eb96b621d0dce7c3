"""Migrations run on a database that people are using, and nobody meets an error: the one to this version under what the
version before keeps saying, and one to come as docs/operations.md says it is written: expand, fill, contract."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import flask_migrate
import psycopg
import pytest
from sqlalchemy import create_engine, inspect, text

import config
from phonein import clock, create_app, health
from phonein.db import MIGRATIONS, db
from phonein.engine import options
from tests import servers
from tests.faults import at_once, booked, people_and_phone_in, visitor
from tests.processes import Visitor, started, until

BEFORE = """
INSERT INTO phone_in (id, slug, title, summary, description, starts_at, ends_at, zone_name, seats, taken, asks_open_at,
  asks_close_at, dial_in_number, pin, cancel_reason, revision, published_at, uid, own_facts, key_print, holders)
  VALUES (7, 's', 'T', '', '', '2026-03-31 12:00:00', '2026-03-31 13:00:00', 'Europe/London', 9000, 0,
  '2026-03-24 12:00:00', '2026-03-30 12:00:00', '1', '2', '', 0, '2026-03-01 12:00:00', 'u', '', '', 0);
INSERT INTO person (id, code, email, email_key, name, unit, region, zone_name, role, calendar, is_discreet)
  VALUES (3, 'c', 'sam@example.org', 'sam@example.org', 'Sam', '', '', 'Europe/London', 'staff', 'invitations', :no)
"""
# What the version before says when somebody books and when a question is put into words, as far as this version has
# changed those tables.
BOOK = (
    "UPDATE phone_in SET taken = taken + 1, revision = revision + 1 WHERE id = 7 AND taken < seats",
    "INSERT INTO person (id, code, email, email_key, name, unit, region, zone_name, role, calendar, is_discreet)"
    " VALUES (:n, :w, :w, :w, 'P', '', '', 'Europe/London', 'staff', 'invitations', :no)",
    "INSERT INTO booking (id, phone_in_id, person_id, booked_on, uid, sequence, stamped_at, answer)"
    " VALUES (:n, 7, :n, '2026-03-01', :w, 0, '2026-03-01 00:00:00', '')",
    "INSERT INTO letter (id, name, to_address, subject, text, html, message_id, about, turn, urgent, posted_at, due_at,"
    " attempts, maybe_sent) VALUES (:w, 'seat', :w, '', '', '', :w, :w, 0, :no, '2026-03-01 00:00:00',"
    " '2026-03-01 00:00:00', 0, :no)",
    "UPDATE letter SET token = :w, attempts = attempts + 1 WHERE id = :w AND token IS NULL AND sent_at IS NULL",
    "SELECT booking.id, booking.answer, person.role FROM booking JOIN person ON person.id = booking.person_id"
    " WHERE booking.id = :n",
    "INSERT INTO question (id, phone_in_slug, receipt_hash, text, topic, votes, is_for_reviewer, reviewer_was_told,"
    " reviewer_is_done) VALUES (:w, 's', :raw, 'Why?', '', 0, :no, :no, :no)",
    "UPDATE question SET read_aloud = 'Why?', place = 1, votes = votes + 1 WHERE id = :w",
    "SELECT id, text, topic, read_aloud, place, set_aside, votes, is_for_reviewer FROM question WHERE id = :w",
)


@pytest.fixture
def empty(without_tables):
    app = create_app(config.Testing(without_tables))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_version_before_goes_on_booking_while_the_schema_of_this_one_is_laid_out(empty, without_tables):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0004")
    with db.engine.begin() as connection:
        for statement in BEFORE.strip().rstrip(";").split(";"):
            connection.execute(text(statement), {"no": False} if ":no" in statement else {})
    done, errors, stop = [], [], Event()
    thread = Thread(target=keep_booking, args=(without_tables["DATABASE_URL"], done, errors, stop))
    thread.start()
    try:
        until(lambda: len(done) > 5)
        flask_migrate.upgrade(directory=str(MIGRATIONS))
        after = len(done)
        until(lambda: len(done) > after + 5 or errors)
    finally:
        stop.set()
        thread.join(30)
    assert errors == []
    with db.engine.connect() as connection:
        counted = [
            connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in ("booking", "letter WHERE token <> ''")
        ]
        assert [*counted, connection.scalar(text("SELECT taken FROM phone_in"))] == [len(done)] * 3
    assert health.schema_is_current()
    db.session.rollback()


def keep_booking(url: str, done: list[int], errors: list[str], stop: Event) -> None:
    engine = create_engine(config.database_url(url, Path()), **options(url) | {"pool_size": 1})
    while not stop.is_set():
        number = len(done) + 100
        try:
            with engine.connect() as connection:
                for statement in BOOK:
                    names = {"n": number, "w": f"w{number}", "raw": f"w{number}".encode(), "no": False}
                    connection.execute(text(statement), {k: v for k, v in names.items() if f":{k}" in statement})
                connection.commit()
            done.append(number)
        except Exception as error:
            errors.append(str(error))
            return
    engine.dispose()


@pytest.mark.parametrize(("revision", "is_current"), [("0004", False), ("0005", True), ("0006", True)])
def test_an_older_schema_is_refused_and_a_newer_one_is_not(empty, revision, is_current):
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": revision})
    assert (health.schema_is_current(), health.schema_is_newer()) == (is_current, revision == "0006")
    words = ["schema" in each for each in health.faults()]
    assert any(words) is not is_current


EXPAND = '''
"""A column, a table and an index more. Whatever runs does not know of them."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "n006", "0005"

def upgrade():
    op.add_column("booking", sa.Column("came_by", sa.String(), nullable=True))
    op.create_table("trace", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("booking_id", sa.Integer()))
    with op.get_context().autocommit_block():
        op.create_index("ix_booking_came_by", "booking", ["came_by"], postgresql_concurrently=True, if_not_exists=True)
'''
FILL = '''
"""Some rows at a time, each lot a transaction of its own."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "n007", "n006"
NEXT = "SELECT id FROM booking WHERE came_by IS NULL LIMIT 20"
SOME = sa.text(f"UPDATE booking SET came_by = 'page' WHERE id IN ({NEXT})")

def upgrade():
    with op.get_context().autocommit_block():
        while op.get_bind().execute(SOME).rowcount:
            pass
'''
CONTRACT = '''
"""Nobody needs them any more."""
from alembic import op
revision, down_revision = "n008", "n007"

def upgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_booking_came_by", "booking", postgresql_concurrently=True, if_exists=True)
    op.drop_table("trace")
    op.drop_column("booking", "came_by")
'''


class Person:
    """Books, looks, gives back, and remembers every answer that is not as it should be."""

    wrong: list[str] = []
    waits: list[float] = []

    def __init__(self, browser: Visitor) -> None:
        self.browser, self.rounds = browser, 0

    def goes_on(self, stop: Event) -> Callable[[], None]:
        def go() -> None:
            while not stop.is_set():
                began = time.monotonic()
                self._round()
                Person.waits.append(time.monotonic() - began)

        return go

    def _round(self) -> None:
        try:
            self.browser.press("/app/phone-ins/sleep/", "/app/phone-ins/sleep/seat")
            self.browser.get("/app/")
            self.browser.press("/app/bookings/", "/app/phone-ins/sleep/seat/give-back")
            self.rounds += 1
        except (OSError, AssertionError) as error:
            Person.wrong.append(f"{type(error).__name__}: {error}")


@contextmanager
def somebody_reads(url: str, stop: Event) -> Iterator[list[int]]:
    """A report of three seconds, again and again, in the way of every ALTER TABLE."""
    read: list[int] = []

    def go() -> None:
        with psycopg.connect(url) as connection:
            while not stop.is_set():
                connection.execute("SELECT count(*) FROM booking, pg_sleep(3)")
                connection.rollback()
                read.append(1)
                time.sleep(0.3)

    thread = Thread(target=go)
    thread.start()
    try:
        yield read
    finally:
        thread.join(30)


@pytest.mark.faults
@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_expand_fill_and_contract_run_under_people_who_book(empty, without_tables, tmp_path):
    flask_migrate.upgrade(directory=str(MIGRATIONS))
    later = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, later, ignore=shutil.ignore_patterns("__pycache__"))
    for name, words in (("n006", EXPAND), ("n007", FILL), ("n008", CONTRACT)):
        (later / "versions" / f"{name}.py").write_text(words)
    port = str(servers.closed_port())
    address = f"http://127.0.0.1:{port}"
    more = {"PHONEIN_EMBEDDED": "1", "PORT": port, "PUBLIC_URL": address}
    Person.wrong.clear()
    with started(tmp_path / "said", without_tables | more, "-m", "phonein", "web") as web:
        until(Visitor(address).is_ready, "never ready")
        with clock.stopped_at(datetime.now(UTC)) as now:
            people_and_phone_in(now, 6, 40)
            people = [Person(visitor(empty, address, f"p{each}@example.org")) for each in range(6)]
        stop, ready = Event(), []
        with at_once([person.goes_on(stop) for person in people]), somebody_reads(without_tables["DATABASE_URL"], stop):
            try:
                until(lambda: all(person.rounds for person in people) or Person.wrong)
                for revision in ("n006", "n007", "n008"):
                    flask_migrate.upgrade(directory=str(later), revision=revision)
                    ready.append(Visitor(address).is_ready())
                    before = sum(person.rounds for person in people)
                    until(lambda before=before: sum(p.rounds for p in people) > before + 6 or Person.wrong)
            finally:
                stop.set()
        assert len(web.alive()) >= 2
    print(f"{sum(p.rounds for p in people)} rounds, the longest took {max(Person.waits):.1f} s")
    assert (Person.wrong, ready) == ([], [True] * 3)
    assert "came_by" not in {column["name"] for column in inspect(db.engine).get_columns("booking")}
    assert booked()[0] == booked()[1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_migration_waits_for_a_table_briefly_lets_the_others_through_and_tries_again(empty, without_tables):
    """Whoever reads holds it for as long as they like; whoever comes later reads all the same."""
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0003")
    seen: list[float] = []
    with psycopg.connect(without_tables["DATABASE_URL"]) as reader:
        reader.execute("SELECT count(*) FROM booking")
        upgrade = Thread(target=upgraded, args=(empty,))
        upgrade.start()
        for _ in range(8):
            with psycopg.connect(without_tables["DATABASE_URL"], options="-c statement_timeout=3000") as another:
                began = time.monotonic()
                another.execute("SELECT count(*) FROM booking")
                seen.append(time.monotonic() - began)
            time.sleep(0.3)
        assert upgrade.is_alive(), "it did not wait"
        reader.rollback()
        upgrade.join(30)
    assert max(seen) < 2
    assert health.schema_is_current()
    db.session.rollback()


def upgraded(app) -> None:
    with app.app_context():
        flask_migrate.upgrade(directory=str(MIGRATIONS))
