"""Reminders: noticed by the sweep, one letter for each chosen time and start, written as things stand as it leaves."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import event

from phonein import clock, retention
from phonein.admin import planning
from phonein.booking import reminders, seats
from phonein.booking.models import Booking
from phonein.booking.reminder_models import Reminder
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at

START = TUESDAY + timedelta(days=7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAGE = "/app/bookings/reminders"


@pytest.fixture
def sam(app, office):
    """Sam has a seat and has been told so."""
    with transaction():
        sam = make_person()
        seats.take(make_phone_in(leaders=[make_fay()]), by=sam)
    postman.deliver_due()
    office.taken.clear()
    return sam


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn)).one()


def swept_at(moment) -> int:
    """How many reminders the sweep writes at this moment."""
    with clock.stopped_at(moment):
        number = reminders.remind()
        db.session.rollback()
        return number


def delivered_at(moment) -> int:
    with clock.stopped_at(moment):
        gone = postman.deliver_due()
        db.session.rollback()
        return gone


def letters() -> list[str]:
    db.session.rollback()
    query = db.select(Letter.about).where(Letter.about.like("reminder %")).order_by(Letter.about)
    return list(db.session.scalars(query))


def test_a_day_and_an_hour_before_each_one_letter(sam, office):
    times = [START - DAY - MINUTE, START - DAY, START - DAY + MINUTE, START - HOUR, START - HOUR + MINUTE, START]
    assert [swept_at(at) for at in times] == [0, 1, 0, 1, 0, 0]
    assert letters() == ["reminder 1 1440", "reminder 1 60"]


def test_the_letter_says_when_where_to_call_and_how_to_have_no_more(sam, office):
    swept_at(START - DAY)
    delivered_at(START - DAY)
    [(subject, text, calendar)] = office.parts()
    assert (subject, calendar) == ("Reminder: phone-in on Tue 31 Mar 2026, 1pm (UK time)", None)
    assert "Your phone-in is tomorrow at 1pm" in text
    assert "Call 020 7946 0111" in text
    assert "/seat/1." in text
    assert "You get this letter a day before, as you chose." in text
    assert f"http://localhost{PAGE}" in text
    assert "question" not in text.lower()


def test_after_an_outage_there_is_one_reminder_and_after_the_start_none(sam):
    assert swept_at(START - HOUR / 2) == 1
    assert letters() == ["reminder 1 60"]
    with transaction():
        seats.take(make_phone_in(slug="other", starts_at=START + 3 * HOUR), by=sam)
    assert swept_at(START + 3 * HOUR) == 0


def test_whoever_books_late_is_not_reminded_of_what_they_have_just_read(app):
    with transaction():
        make_phone_in(seats=3)
    for name, ahead in (("Ann", 25 * HOUR), ("Ben", 2 * HOUR), ("Cat", 20 * MINUTE)):
        with clock.stopped_at(START - ahead), transaction():
            seats.take(phone_in(), by=make_person(name))
        swept_at(START - ahead + MINUTE)
    swept_at(START - MINUTE)
    assert letters() == ["reminder 1 1440", "reminder 1 60", "reminder 2 60"]


def test_two_sweeps_at_once_write_one_letter(app, sam):
    barrier = Barrier(2)

    def sweep() -> None:
        with app.app_context(), clock.stopped_at(START - DAY):
            found = reminders._come(clock.now())
            db.session.rollback()
            assert found
            barrier.wait(10)
            reminders.remind()

    threads = [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert letters() == ["reminder 1 1440"]


def test_what_changes_before_a_reminder_leaves_keeps_it_from_leaving(app, office):
    """A seat given back, a phone-in cancelled or moved, a person who has left, and one who wants no more reminders."""
    with transaction():
        ones = [make_phone_in(slug=f"n{n}") for n in range(5)]
        people = [make_person(f"P{n}") for n in range(5)]
        for one, person in zip(ones, people, strict=True):
            seats.take(one, by=person)
    postman.deliver_due()
    assert swept_at(START - DAY) == 5
    with clock.stopped_at(START - DAY), transaction():
        seats.give_back(ones[0], by=people[0])
        planning.cancel(ones[1], reason="The line is down.")
        planning.move(ones[2], to=START + DAY, minutes=60)
        people[3].left_on = clock.today()
        reminders.choose(set(), by=people[4])
    delivered_at(START - DAY + MINUTE)
    assert [subject for subject, _, _ in office.parts() if subject.startswith("Reminder")] == []
    assert letters() == []
    assert [swept_at(START - HOUR), swept_at(START), swept_at(START + DAY - HOUR)] == [0, 1, 1]
    assert letters() == ["reminder 3 1440", "reminder 3 60"]


def test_a_phone_in_that_is_moved_has_its_reminders_moved(sam, office):
    swept_at(START - DAY)
    delivered_at(START - DAY)
    with clock.stopped_at(START - DAY), transaction():
        planning.move(phone_in(), to=START + 2 * DAY, minutes=60)
    assert [swept_at(START - HOUR), swept_at(START + DAY), swept_at(START + 2 * DAY - HOUR)] == [0, 1, 1]
    delivered_at(START + 2 * DAY - HOUR)
    assert [subject for subject, _, _ in office.parts()][-1] == "Reminder: phone-in on Thu 2 Apr 2026, 1pm (UK time)"


def test_whoever_hears_that_it_is_soon_need_not_hear_it_twice(sam):
    with clock.stopped_at(START - 3 * DAY), transaction():
        planning.move(phone_in(), to=START - 3 * DAY + HOUR / 2, minutes=60)
    assert swept_at(START - 3 * DAY + MINUTE) == 0


def test_a_reminder_that_nobody_could_send_before_the_start_is_given_up_aloud(sam, office):
    swept_at(START - HOUR)
    office.will("RCPT 451")
    delivered_at(START - HOUR)
    deliver_at(START)
    [letter] = db.session.scalars(db.select(Letter).where(Letter.about == "reminder 1 60"))
    assert (letter.error, office.taken) == ("nobody could send it in time", [])


def test_a_reminder_at_night_comes_at_the_time_that_was_chosen(app):
    seven_in_london = (START + DAY).replace(hour=6)
    with transaction():
        seats.take(make_phone_in(starts_at=seven_in_london), by=make_person())
    assert swept_at(seven_in_london - HOUR) == 1


def test_five_thousand_at_once_go_in_pieces_and_in_queries_that_do_not_grow_with_them(app):
    many = 1200 if db.engine.dialect.name == "sqlite" else 600
    with transaction():
        one = make_phone_in(seats=many, taken=many)
        people = [Person(name="N", email=f"n{n}@example.org") for n in range(many)]
        db.session.add_all(people)
        db.session.flush()
        for person in people:
            db.session.add(Booking(phone_in=one, person=person, booked_on=clock.today(), stamped_at=TUESDAY))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert swept_at(START - DAY) == many
    pieces = -(-many // reminders.AT_ONCE)
    assert len([sql for sql in asked if not sql.startswith(("BEGIN", "PRAGMA"))]) <= 3 + 6 * pieces
    assert len([sql for sql in asked if sql.startswith("INSERT INTO reminder")]) == pieces
    assert (len(letters()), swept_at(START - DAY + MINUTE)) == (many, 0)


def test_reminders_that_have_gone_are_forgotten_with_the_other_letters(sam):
    swept_at(START - DAY)
    delivered_at(START - DAY)
    with clock.stopped_at(START + retention.LETTERS - 2 * DAY):
        retention.forget()
    assert letters() == ["reminder 1 1440"]
    with clock.stopped_at(START + retention.LETTERS):
        retention.forget()
    assert letters() == []
    with clock.stopped_at(START + retention.BOOKINGS + DAY):
        retention.forget()
    assert db.session.scalars(db.select(Reminder)).all() == []


def test_people_choose_when_they_are_reminded(client, sam):
    sign_in_as(client, sam)
    assert "You are reminded of a seat a day and an hour before." in client.get("/app/bookings/").text
    answer = press(client, PAGE, usual="60", number="3", unit="days")
    assert (answer.location, sam.reminders) == (PAGE, "4320 60")
    page = client.get(PAGE).text
    assert "You are reminded of a seat 3 days and an hour before." in page
    assert 'value="60" checked' in page
    assert 'value="1440" checked' not in page
    assert 'name="number" type="text" value="3"' in page
    assert 'value="days" checked' in page
    press(client, PAGE, number="", unit="hours")
    assert (sam.reminders, "You get no reminders." in client.get(PAGE).text) == ("", True)


def test_what_cannot_be_is_refused_with_the_page(client, sam):
    sign_in_as(client, sam)
    too_far = "Choose between 5 minutes and 7 days before"
    for number, unit, said in (
        ("8", "days", too_far),
        ("4", "minutes", too_far),
        ("9" * 40, "hours", too_far),
        ("soon", "hours", "Write a whole number, for example 3"),
        ("3", "moons", "Not a valid choice"),
    ):
        answer = press(client, PAGE, usual="60", number=number, unit=unit)
        assert (answer.status_code, said in answer.text) == (422, True), (number, unit)
    assert sam.reminders == "1440 60"


def test_a_choice_whose_time_has_come_already_brings_no_letter_at_once(client, sam):
    with clock.stopped_at(START - 10 * HOUR):
        sign_in_as(client, sam)
        press(client, PAGE, usual=["1440", "60"], number="12", unit="hours")
    assert [swept_at(START - 10 * HOUR + MINUTE), swept_at(START - HOUR)] == [0, 1]
