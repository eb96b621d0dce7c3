"""The rules of a seat: who gets one, who does not, and what their calendar is told."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from phonein import clock, retention
from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_person, make_phone_in
from tests.conftest import TUESDAY
from tests.engines import read_with_icalendar


def letters() -> list[Letter]:
    return list(db.session.scalars(db.select(Letter).order_by(Letter.about, Letter.turn)))


def test_taking_a_seat_books_it_and_posts_one_letter_with_an_invite(office):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        booking = seats.take(phone_in, by=sam)
    postman.deliver_due()
    [letter] = letters()
    assert (letter.name, letter.to_address, letter.method) == ("seat-booked", "sam@example.org", "REQUEST")
    [mail], [(subject, text, calendar)] = office.letters, office.parts()
    assert subject == "Invitation: phone-in on Tue 31 Mar 2026, 1pm (UK time)"  # noon UTC, after the change
    assert "Tuesday 31 March 2026, 1pm to 2pm (UK time)" in text
    assert "Tuesday 31 March 2026, 1pm to 2pm (UK time)" in mail.get_body(("html",)).get_content()
    read = read_with_icalendar(calendar)
    assert (read.uid, read.sequence, read.starts_at) == (booking.uid, 0, phone_in.starts_at)
    assert (phone_in.taken, phone_in.left) == (1, 1)


def test_asking_twice_is_asking_once(app):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        assert seats.take(phone_in, by=sam) is seats.take(phone_in, by=sam)
    assert len(letters()) == 1
    assert phone_in.taken == 1


def test_a_full_phone_in_refuses_and_leaves_nothing_behind(app):
    with transaction():
        phone_in, sam, stan = make_phone_in(seats=1), make_person(), make_person("Stan")
        seats.take(phone_in, by=sam)
    with pytest.raises(seats.PhoneInFull, match="Sorry, every seat in this phone-in"), transaction():
        seats.take(phone_in, by=stan)
    assert [booking.person.name for booking in db.session.scalars(db.select(Booking))] == ["Sam"]
    assert [letter.to_address for letter in letters()] == ["sam@example.org"]


@pytest.mark.parametrize(
    "change",
    [{"published_at": None}, {"cancelled_at": TUESDAY}, {"starts_at": TUESDAY}, {"starts_at": TUESDAY - timedelta(1)}],
    ids=["a draft", "cancelled", "begins this minute", "over"],
)
def test_booking_is_closed_for(app, change):
    with transaction():
        phone_in, sam = make_phone_in(**change), make_person()
    with pytest.raises(seats.BookingClosed), transaction():
        seats.take(phone_in, by=sam)


def test_giving_a_seat_back_frees_it_and_takes_it_out_of_the_calendar(office):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        booking = seats.take(phone_in, by=sam)
    postman.deliver_due()
    with transaction():
        seats.give_back(phone_in, by=sam)
    postman.deliver_due()
    _, cancelled = letters()
    assert (cancelled.name, cancelled.method, cancelled.turn) == ("seat-given-back", "CANCEL", 1)
    before, after = (read_with_icalendar(calendar) for _, _, calendar in office.parts())
    assert (after.uid, after.sequence, after.status) == (before.uid, 1, "CANCELLED")
    assert (phone_in.taken, booking.is_live) == (0, False)


def test_giving_back_twice_or_without_a_seat_posts_no_letter(office):
    with transaction():
        phone_in, sam, stan = make_phone_in(), make_person(), make_person("Stan")
        seats.take(phone_in, by=sam)
    postman.deliver_due()
    for person in (sam, sam, stan):
        with transaction():
            seats.give_back(phone_in, by=person)
        postman.deliver_due()
    assert [letter.name for letter in letters()] == ["seat-booked", "seat-given-back"]
    assert office.methods() == ["REQUEST", "CANCEL"]
    assert phone_in.taken == 0


def test_once_it_has_begun_a_seat_is_not_given_back(app):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        seats.take(phone_in, by=sam)
    with (
        clock.stopped_at(phone_in.starts_at),
        pytest.raises(seats.TooLateToGiveBack),
        transaction(),
    ):
        seats.give_back(phone_in, by=sam)
    assert phone_in.taken == 1


def test_booking_again_is_a_new_entry_in_the_calendar(app):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        first = seats.take(phone_in, by=sam)
        seats.give_back(phone_in, by=sam)
        second = seats.take(phone_in, by=sam)
    assert first.uid != second.uid
    assert (second.sequence, phone_in.taken) == (0, 1)


def test_every_change_raises_the_number_and_the_stamp_without_telling_the_time_of_day(app):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        booking = seats.take(phone_in, by=sam)
    told = [(booking.sequence, booking.stamped_at)]
    for _ in range(3):
        with transaction():
            seats.tell_all(phone_in)
        told.append((booking.sequence, booking.stamped_at))
    midnight = TUESDAY.replace(hour=0)
    assert told == [(n, midnight + timedelta(seconds=n)) for n in range(4)]


def test_a_booking_keeps_the_day_and_not_the_hour(app):
    kinds = {column.name: str(column.type) for column in Booking.__table__.columns if "_on" in column.name}
    assert kinds == {"booked_on": "DATE", "given_back_on": "DATE", "confirmed_on": "DATE"}


def test_the_counter_is_counted_again(app):
    with transaction():
        phone_in, sam = make_phone_in(), make_person()
        seats.take(phone_in, by=sam)
    assert seats.miscounted() == []
    with transaction():
        phone_in.taken = 2
    assert seats.miscounted() == ["sleep"]


def test_bookings_that_were_forgotten_are_no_miscount(app):
    with transaction():
        phone_in = make_phone_in()
        seats.take(phone_in, by=make_person())
    with clock.stopped_at(phone_in.ends_at + timedelta(days=31)):
        retention.forget()
        assert (phone_in.taken, seats.live_bookings(phone_in), seats.miscounted()) == (1, [], [])


def rush(app, person_ids: list[int], outcomes: list[str]) -> list[threading.Thread]:
    gate = threading.Barrier(len(person_ids), timeout=30)

    def press(person_id: int) -> None:
        with app.app_context(), clock.stopped_at(TUESDAY):
            phone_in, person = db.session.scalars(db.select(PhoneIn)).one(), db.session.get(Person, person_id)
            db.session.rollback()
            gate.wait()
            try:
                with transaction():
                    seats.take(phone_in, by=person)
                outcomes.append("booked")
            except Exception as error:
                outcomes.append(f"{type(error).__name__}: {error}")
            finally:
                db.session.remove()

    return [threading.Thread(target=press, args=(person_id,)) for person_id in person_ids]


def run(threads: list[threading.Thread]) -> None:
    db.session.rollback()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)


def test_forty_people_rush_for_five_seats(app):
    with transaction():
        make_phone_in(seats=5)
        ids = [make_person(f"P{number}").id for number in range(40)]
    outcomes: list[str] = []
    run(rush(app, ids, outcomes))
    refused = "PhoneInFull: Sorry, every seat in this phone-in has been taken."
    assert sorted(outcomes) == [refused] * 35 + ["booked"] * 5
    assert len(letters()) == len(seats.live_bookings(db.session.scalars(db.select(PhoneIn)).one())) == 5
    assert seats.miscounted() == []


def test_one_person_pressing_twenty_times_at_once_has_one_seat_and_one_letter(app):
    with transaction():
        make_phone_in(seats=5)
        sam = make_person().id
    outcomes: list[str] = []
    run(rush(app, [sam] * 20, outcomes))
    assert outcomes == ["booked"] * 20
    assert len(letters()) == 1
    assert seats.miscounted() == []


def test_the_database_itself_gives_no_seat_too_many_and_none_twice(app):
    with transaction():
        phone_in, sam = make_phone_in(seats=1), make_person()
        seats.take(phone_in, by=sam)
    with pytest.raises(IntegrityError), transaction():
        phone_in.taken = 2
    with pytest.raises(IntegrityError), transaction():
        phone_in.taken = -1
    again = {"phone_in_id": phone_in.id, "person_id": sam.id, "booked_on": TUESDAY.date(), "stamped_at": TUESDAY}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(Booking(uid="another", **again))
        db.session.flush()


def test_the_counter_does_not_trust_a_row_that_was_read_before(app):
    with transaction():
        phone_in = make_phone_in(seats=1)
    with pytest.raises(seats.PhoneInFull), transaction():
        assert phone_in.left == 1
        db.session.execute(db.update(PhoneIn).values(taken=1), execution_options={"synchronize_session": False})
        seats._count_one_more(phone_in)
