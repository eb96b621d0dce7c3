"""The minute's round and what it forgets."""

from datetime import timedelta

from phonein import clock, retention, sweep
from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery.models import Letter
from phonein.identity.models import SignIn
from phonein.questions.models import Question
from phonein.schedule import publishing
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, make_series
from tests.conftest import TUESDAY


def count(model) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def test_a_round_releases_what_is_due_and_tells_those_who_lead(app):
    with transaction():
        phone_in = make_phone_in(leaders=[make_fay()])
    sweep.round_once()
    assert phone_in.released_through is None
    with clock.stopped_at(phone_in.asks_close_at):
        sweep.round_once()
        sweep.round_once()
    assert phone_in.released_through == phone_in.asks_close_at
    assert [letter.name for letter in db.session.scalars(db.select(Letter))] == ["questions-ready"]


def test_published_series_are_rolled_on_once_a_day(app):
    with transaction():
        series = make_series(leaders=[make_fay()])
        publishing.publish_series(series)
    made = count(PhoneIn)
    sweep.round_once()
    assert count(PhoneIn) == made
    with clock.stopped_at(TUESDAY + timedelta(days=7)):
        sweep.round_once()
    assert count(PhoneIn) == made + 1


def test_a_part_that_fails_does_not_keep_the_others_from_being_done(app, caplog):
    with transaction():
        phone_in = make_phone_in(leaders=[make_fay(email="not an address")], slug="x")
        phone_in.taken = 1
    with clock.stopped_at(phone_in.asks_close_at):
        sweep.round_once()
    assert count(sweep.Chore) == 5
    assert [record.message for record in caplog.records] == ["seats and bookings disagree"]


def test_a_sign_in_link_and_its_row_are_forgotten_after_a_day(app):
    with transaction():
        sam = make_person()
        db.session.add(SignIn(token_hash="h", person=sam, began_on=TUESDAY.date()))
    for days, left in ((1, 1), (2, 0)):
        with clock.stopped_at(TUESDAY + timedelta(days=days)):
            retention.forget()
        assert count(SignIn) == left


def test_originals_go_two_weeks_after_the_phone_in_and_bookings_after_thirty_days(app):
    with transaction():
        phone_in = make_phone_in()
        seats.take(phone_in, by=make_person())
        db.session.add(Question(phone_in_slug=phone_in.slug, receipt_hash=b"r", text="What I asked", topic=""))
    left = {}
    for days in (14, 15, 30, 31):
        with clock.stopped_at(phone_in.ends_at + timedelta(days=days)):
            retention.forget()
        with_words = db.session.scalar(db.select(db.func.count()).where(Question.text != ""))
        left[days] = (with_words, count(Booking))
    assert left == {14: (1, 1), 15: (0, 1), 30: (0, 1), 31: (0, 0)}
    assert phone_in.taken == 1  # how many came is kept, who is not


def test_the_numbers_of_the_privacy_page_are_the_ones_in_force(client):
    page = client.get("/privacy/").text
    for words in (f"{retention.originals().days} days", f"{retention.BOOKINGS.days} days"):
        assert words in page
