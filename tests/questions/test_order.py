"""The order in which questions came: nowhere, once they are released."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from phonein import sweep
from phonein.db import db, on_sqlite, transaction
from phonein.identity.models import Person
from phonein.passes import issue
from phonein.questions.models import Envelope, Question, SpentPass
from phonein.questions.rewrite import rewrite, take_for_ourselves
from tests.builders import make_person
from tests.conftest import TUESDAY
from tests.questions import ask, files_holding, in_tables, likeness, open_phone_in, release_at, rows

pytestmark = pytest.mark.own_database

LAST = TUESDAY + timedelta(days=6)
MANY = 24  # as many short questions as one page holds; a chance order is this like once in a million
CHANCE = 0.8
ANONYMOUS = ("envelope", "question", "spent_pass")


def on_disk(app, marks):
    """The marks in the order in which they lie in the database's own file, or in which PostgreSQL places their rows."""
    if on_sqlite():
        db.session.rollback()
        stored = (app.config["DATA"] / "phonein.sqlite3").read_bytes()
        return sorted(range(len(marks)), key=lambda n: stored.index(marks[n].encode()))
    placed = db.session.scalars(text("SELECT text FROM question ORDER BY ctid")).all()
    return [marks.index(words) for words in placed]


def transactions_of(table):
    """How many different transactions PostgreSQL remembers the rows of this table by."""
    db.session.rollback()
    return db.session.scalar(text(f"SELECT count(DISTINCT xmin::text) FROM {table}"))


def test_the_measure_can_see_an_order_of_arrival_and_writing_anew_takes_it_away(app):
    marks = [f"mark-{n:02}-{'x' * 60}" for n in range(MANY)]
    for n, mark in enumerate(marks):
        with transaction():
            db.session.add(Question(phone_in_slug="sleep", receipt_hash=bytes([n] * 32), text=mark))
    assert abs(likeness(on_disk(app, marks))) > CHANCE
    with transaction():
        take_for_ourselves("question")
        rewrite("question")
    assert abs(likeness(on_disk(app, marks))) < CHANCE


def test_after_a_release_neither_place_nor_number_nor_receipt_says_who_came_first(app):
    phone_in = open_phone_in()
    marks = [f"mark-{n:02}-{'x' * 60}" for n in range(MANY)]
    for mark in marks:
        ask(phone_in, mark)
    release_at(LAST)
    by_number, by_receipt = (
        [marks.index(q.text) for q in sorted(rows(Question), key=lambda q: getattr(q, column))]
        for column in ("id", "receipt_hash")
    )
    orders = [on_disk(app, marks), by_number, by_receipt]
    assert [abs(likeness(order)) < CHANCE for order in orders] == [True] * 3


def test_after_a_release_postgresql_remembers_one_transaction_for_all_rows(app):
    if on_sqlite():
        return
    phone_in = open_phone_in()
    other = open_phone_in(slug="nights", starts_at=LAST + timedelta(days=2), asks_open_at=TUESDAY)
    for n in range(6):
        ask(phone_in, f"Number {n}")
        ask(other, f"Other {n}")
        with transaction():
            issue.draw(other, by=make_person(f"Person{n}"))
    assert [transactions_of(table) for table in (*ANONYMOUS, "pass_issue")] == [12, 0, 12, 6]
    release_at(LAST)
    assert [transactions_of(table) for table in (*ANONYMOUS, "pass_issue")] == [1, 1, 1, 1]


def test_every_night_also_what_is_still_sealed_and_who_drew_passes_loses_its_order(app):
    phone_in = open_phone_in()
    for n in range(MANY):
        with transaction():
            issue.draw(phone_in, by=make_person(f"Person{n}"))
        ask(phone_in, f"Number {n}")
    came = {envelope.handle: n for n, envelope in enumerate(rows(Envelope))}
    sweep.lose_the_order()
    assert ({envelope.handle for envelope in rows(Envelope)}, len(rows(SpentPass))) == (set(came), MANY)
    if not on_sqlite():
        drawn = db.session.scalars(text("SELECT person_id FROM pass_issue ORDER BY ctid")).all()
        people = db.session.scalars(select(Person.id).order_by(Person.id)).all()
        assert [transactions_of(table) for table in ("envelope", "spent_pass", "pass_issue")] == [1, 1, 1]
        assert abs(likeness([people.index(person) for person in drawn])) < CHANCE


def test_the_words_taken_out_of_the_file_stay_out_when_it_is_written_anew(app):
    """A release rewrites everybody's rows, so that nothing of the old file may come along."""
    phone_in = open_phone_in()
    for n in range(MANY):
        ask(phone_in, f"canary {n} " * 20)
    release_at(TUESDAY)
    assert in_tables(files_holding("canary", app)) != []
    with transaction():
        for question in db.session.scalars(select(Question)):
            question.text = "Redacted"
    sweep.lose_the_order()
    assert in_tables(files_holding("canary", app)) == []
