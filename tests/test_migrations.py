"""The migrations: up and down with data in them, and equal to the models."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text

import config
from phonein import clock, create_app
from phonein.booking import seats, telling, waiting
from phonein.booking.models import Booking
from phonein.booking.standing import Standing
from phonein.db import MIGRATIONS, db, transaction
from phonein.engine import ANONYMOUS
from phonein.health import schema_is_current
from phonein.passes.models import PassIssue
from phonein.questions import keys
from phonein.questions.models import Feedback, PassKey, Question
from phonein.read_aloud.models import ReadAloud
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series
from tests.conftest import TUESDAY


@pytest.fixture
def empty(without_tables):
    """The application on a database without any table."""
    app = create_app(config.Testing(without_tables))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def up() -> None:
    flask_migrate.upgrade(directory=str(MIGRATIONS))


def test_the_migrations_make_what_the_models_say(empty):
    up()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
    assert schema_is_current()


def test_they_run_down_and_up_again_with_data_in_them(empty):
    up()
    with transaction():
        fay = make_fay()
        make_series(leaders=[fay])
        make_phone_in(leaders=[fay])
        make_person()
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    assert not schema_is_current()
    db.session.remove()
    up()
    with transaction():
        make_person()
    assert schema_is_current()


def test_what_was_changed_by_hand_before_is_known_by_name_afterwards(empty):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0001")
    with transaction():
        insert = """INSERT INTO phone_in (slug, title, summary, description, starts_at, ends_at, planned_at, zone_name,
            seats, taken, asks_open_at, asks_close_at, dial_in_number, pin, cancel_reason, cancelled_at, edited_at,
            revision)
            VALUES (:slug, 'T', '', '', '2026-03-31 12:00:00', '2026-03-31 13:00:00', :planned_at, 'Europe/London',
            2, 0, '2026-03-24 12:00:00', '2026-03-30 12:00:00', '1', '2', :reason, :cancelled_at, :edited_at, 0)"""
        usual = {"planned_at": None, "reason": "", "cancelled_at": None, "edited_at": None}
        for slug, change in {
            "left-alone": {"planned_at": "2026-03-31 12:00:00"},
            "moved": {"planned_at": "2026-03-30 12:00:00"},
            "edited": {"edited_at": "2026-03-01 12:00:00"},
            "cancelled": {"cancelled_at": "2026-03-01 12:00:00", "reason": "Fay is ill."},
        }.items():
            db.session.execute(text(insert), usual | {"slug": slug} | change)
    db.session.remove()
    up()
    assert dict(db.session.execute(text("SELECT slug, own_facts FROM phone_in")).all()) == {
        "left-alone": "",
        "moved": "time",
        "edited": "title summary description seats dial_in_number freephone pin leaders",
        "cancelled": "cancelled",
    }
    assert len(set(db.session.scalars(text("SELECT uid FROM phone_in")))) == 4


def test_what_was_told_before_is_known_afterwards_so_that_nobody_is_told_twice(empty):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0001")
    rows = [
        """INSERT INTO phone_in (id, slug, title, summary, description, starts_at, ends_at, zone_name, seats, taken,
            asks_open_at, asks_close_at, dial_in_number, pin, cancel_reason, revision, published_at)
            VALUES (7, 's', 'T', '', '', '2026-03-31 12:00:00', '2026-03-31 13:00:00', 'Europe/London', 2, 1,
            '2026-03-24 12:00:00', '2026-03-30 12:00:00', '1', '2', '', 0, '2026-03-01 12:00:00')""",
        """INSERT INTO person (id, code, email, email_key, name, unit, region, zone_name, role)
            VALUES (3, 'c', 'sam@example.org', 'sam@example.org', 'Sam', '', '', 'Europe/London', 'staff')""",
        """INSERT INTO booking (id, phone_in_id, person_id, booked_on, uid, sequence, stamped_at)
            VALUES (5, 7, 3, '2026-03-01', 'u@h', 2, '2026-03-01 00:00:00')""",
        """INSERT INTO letter (id, name, to_address, subject, text, html, method, message_id, about, turn, urgent,
            posted_at, due_at, attempts, maybe_sent, sent_at) VALUES ('l', 'seat-booked', 'sam@example.org', '', '', '',
            'REQUEST', '<m@h>', 'u@h', 0, :no, '2026-03-01 00:00:00', '2026-03-01 00:00:00', 1, :no,
            '2026-03-01 00:00:00')""",
    ]
    with transaction():
        for row in rows:
            db.session.execute(text(row), {"no": False} if ":no" in row else {})
    db.session.remove()
    up()
    booking = db.session.get_one(Booking, 5)
    [told] = telling.told(booking)
    assert (told.sequence, told.standing) == (2, Standing.of(booking))


def test_the_anonymous_tables_carry_no_row_numbers_on_sqlite(empty, database_url):
    up()
    if not database_url.startswith("sqlite"):
        assert set(inspect(db.engine).get_table_names(schema=ANONYMOUS)) == {
            "envelope",
            "feedback",
            "pass_key",
            "question",
            "seal_key",
            "spent_pass",
        }
        return
    with db.engine.connect() as connection:
        made = dict(connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'table'").all())
    unnumbered = {name for name, sql in made.items() if "WITHOUT ROWID" in sql}
    assert unnumbered == {"envelope", "feedback", "pass_issue", "pass_key", "question", "seal_key", "spent_pass"}


def test_who_drew_before_counts_among_those_who_could_have_asked(empty):
    up()
    with transaction():
        fay, asked = make_fay(), make_phone_in(slug="asked", holders=0)
        make_phone_in(holders=0, leaders=[fay, helper := make_person("Helen")])
        for person in (fay, helper, make_ada(), make_person("Sam"), make_person("Kim")):
            db.session.add(PassIssue(phone_in_id=asked.id + 1, person_id=person.id, draws=2))
        db.session.add(PassIssue(phone_in_id=asked.id, person_id=helper.id, draws=1))
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0002")
    up()
    counted = dict(db.session.execute(text("SELECT slug, holders FROM phone_in")).all())
    assert counted == {"asked": 1, "sleep": 2}


def test_going_back_shows_nobody_what_was_for_the_reviewer_and_leaves_no_keys_in_the_way(empty):
    up()
    with transaction():
        make_phone_in()
        keys.pass_secret("sleep")
        for words, is_for_reviewer in (("For the desk", False), ("For Rhea alone", True)):
            row = {"receipt_hash": words.encode(), "text": words, "is_for_reviewer": is_for_reviewer}
            db.session.add(Question(phone_in_slug="sleep", **row))
    with clock.stopped_at(TUESDAY):
        assert keys.draw_pass_keys_ahead() == 1
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0002")
    assert db.session.scalars(text("SELECT text FROM question")).all() == ["For the desk"]
    db.session.remove()
    up()
    assert db.session.scalars(db.select(PassKey.purpose)).all() == ["m"]
    with clock.stopped_at(TUESDAY):
        assert keys.draw_pass_keys_ahead() == 1
    assert db.session.scalars(db.select(PhoneIn.key_print)).one() != ""


def test_what_was_worded_before_is_read_aloud_afterwards_and_a_sealed_vote_for_it_still_counts(empty):
    flask_migrate.upgrade(directory=str(MIGRATIONS), revision="0004")
    row = """INSERT INTO question (id, phone_in_slug, receipt_hash, text, topic, read_aloud, place, set_aside, votes,
        is_for_reviewer, reviewer_was_told, reviewer_is_done) VALUES (:id, 'sleep', :raw, 'Asked', 'sleep', :words,
        :place, :aside, 3, :hers, :no, :no)"""
    usual = {"words": None, "place": None, "aside": None, "hers": False, "no": False}
    with transaction():
        for name, facts in {
            "new": {},
            "listed": {"words": "Listed", "place": 2},
            "worded": {"words": "Worded"},
            "aside": {"words": "Was worded", "aside": "The same has been asked"},
            "hers": {"words": "Was worded", "hers": True},
        }.items():
            db.session.execute(text(row), usual | {"id": name, "raw": name.encode()} | facts)
    db.session.remove()
    up()
    found = {
        one.id: (one.words, one.votes, one.asked, one.is_on_agenda) for one in db.session.scalars(select(ReadAloud))
    }
    assert found == {"listed": ("Listed", 3, 1, True), "worded": ("Worded", 3, 1, False)}
    questions = {one.id: (one.read_aloud_id, one.outcome) for one in db.session.scalars(select(Question))}
    assert questions == {
        "new": (None, ""),
        "listed": ("listed", ""),
        "worded": ("worded", ""),
        "aside": (None, "not_used"),
        "hers": (None, ""),
    }


def test_going_back_keeps_no_seat_for_an_offer_and_no_words_that_nobody_would_know_when_to_forget(empty):
    up()
    with clock.stopped_at(TUESDAY), transaction():
        phone_in = make_phone_in(seats=1)
        sam = make_person()
        seats.take(phone_in, by=sam)
        waiting.join(phone_in, by=make_person("Cat"))
        seats.give_back(phone_in, by=sam)
        assert phone_in.taken == 1
        db.session.add(Feedback(phone_in_slug=phone_in.slug, rating=3, comment="Of use"))
    db.session.remove()
    flask_migrate.downgrade(directory=str(MIGRATIONS), revision="0003")
    counted = "SELECT taken, (SELECT count(*) FROM feedback) FROM phone_in"
    assert tuple(db.session.execute(text(counted)).one()) == (0, 0)
