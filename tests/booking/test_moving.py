"""Moving a seat to another date: one step, and never a moment without a seat."""

import threading
from datetime import timedelta

import pytest

from phonein import clock
from phonein.admin import planning
from phonein.booking import moving, seats, waiting
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.errors import Refused
from phonein.identity.models import Calendar, Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY
from tests.engines import read_with_icalendar

WEEK = timedelta(days=7)


@pytest.fixture
def sam(app):
    """Sam has a seat on the first of two dates of a series."""
    with transaction():
        tuesdays, fay = make_series(), make_fay()
        first = make_phone_in(slug="first", series=tuesdays, leaders=[fay])
        make_phone_in(slug="second", series=tuesdays, starts_at=TUESDAY + 2 * WEEK, leaders=[fay])
        sam = make_person()
        seats.take(first, by=sam)
    return sam


def phone_in(slug: str) -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()


def seat(slug: str = "first", name: str = "Sam") -> Booking:
    """The newest seat that they had there, given back or not."""
    theirs = db.select(Booking).join(Booking.phone_in).join(Booking.person)
    found = theirs.where(PhoneIn.slug == slug, Person.name == name).order_by(Booking.id.desc())
    return db.session.scalars(found.limit(1)).one()


def move(slug: str = "first", to: str = "second") -> Booking:
    with transaction():
        return moving.move(seat(slug), to=phone_in(to))


def held() -> dict[str, list[str]]:
    """Who has a seat where, as the bookings say; the counters agree."""
    found = {one.slug: seats.live_bookings(one) for one in db.session.scalars(db.select(PhoneIn).order_by(PhoneIn.id))}
    assert {slug: len(live) for slug, live in found.items()} == {slug: phone_in(slug).taken for slug in found}
    return {slug: sorted(booking.person.name for booking in live) for slug, live in found.items() if live}


def told() -> list[tuple[str, str, str | None]]:
    """Which letters there are, about which date, and what they tell a calendar."""
    letters = db.session.scalars(db.select(Letter).order_by(Letter.about, Letter.turn))
    seat_of = {f"seat {one.id}": one.phone_in.slug for one in db.session.scalars(db.select(Booking))}
    return [(letter.name, seat_of[str(letter.about)], letter.method) for letter in letters]


def test_a_seat_moves_in_one_step_and_the_calendar_follows(sam, office):
    postman.deliver_due()
    new = move()
    postman.deliver_due()
    assert held() == {"second": ["Sam"]}
    assert told() == [
        ("seat-booked", "first", "REQUEST"),
        ("seat-moved-away", "first", "CANCEL"),
        ("seat-moved-here", "second", "REQUEST"),
    ]
    [(_, _, booked), *after] = office.parts()
    away, here = sorted(after)
    entries = [read_with_icalendar(calendar) for calendar in (booked, away[2], here[2])]
    assert [(one.method, one.sequence, one.starts_at) for one in entries] == [
        ("REQUEST", 0, TUESDAY + WEEK),
        ("CANCEL", 1, TUESDAY + WEEK),
        ("REQUEST", 0, TUESDAY + 2 * WEEK),
    ]
    assert entries[0].uid == entries[1].uid != entries[2].uid == new.uid
    assert here[0] == "Moved to: phone-in on Tue 7 Apr 2026, 1pm (UK time)"
    assert "Tuesday 31 March 2026, 1pm to 2pm (UK time)" in here[1]
    assert away[0] == "Moved from: phone-in on Tue 31 Mar 2026, 1pm (UK time)"
    assert "Tuesday 7 April 2026, 1pm to 2pm (UK time)" in away[1]


@pytest.mark.parametrize("calendar", [Calendar.FEED, Calendar.NEITHER])
def test_whose_calendar_is_told_nothing_by_letter_has_one_letter_that_says_it_all(sam, office, calendar):
    with transaction():
        sam.calendar = calendar
    postman.deliver_due()
    move()
    postman.deliver_due()
    assert told() == [("seat-booked", "first", None), ("seat-moved-here", "second", None)]


def test_moving_on_before_any_letter_leaves_tells_of_the_date_they_know_and_the_one_they_have(sam, office):
    with transaction():
        make_phone_in(slug="third", starts_at=TUESDAY + 3 * WEEK)
    postman.deliver_due()
    move("first", "third")
    move("third", "second")
    postman.deliver_due()
    assert told() == [
        ("seat-booked", "first", "REQUEST"),
        ("seat-moved-away", "first", "CANCEL"),
        ("seat-moved-here", "second", "REQUEST"),
    ]
    assert "Tuesday 31 March 2026, 1pm" in office.parts()[-1][1]


def test_moved_and_then_given_back_before_any_letter_leaves_is_given_back(sam, office):
    postman.deliver_due()
    move()
    with transaction():
        seats.give_back(phone_in("second"), by=sam)
    postman.deliver_due()
    assert told() == [("seat-booked", "first", "REQUEST"), ("seat-given-back", "first", "CANCEL")]
    assert held() == {}


def test_booked_and_moved_before_any_letter_leaves_is_simply_booked(sam, office):
    move()
    postman.deliver_due()
    assert told() == [("seat-booked", "second", "REQUEST")]


def test_there_and_back_again_is_a_seat_where_it_was(sam, office):
    postman.deliver_due()
    move()
    move("second", "first")
    postman.deliver_due()
    assert held() == {"first": ["Sam"]}
    assert [name for name, _, _ in told()] == ["seat-booked", "seat-given-back", "seat-booked"]


def test_from_a_cancelled_date_a_seat_can_be_moved(sam, office):
    with transaction():
        planning.cancel(phone_in("first"), reason="The line is down.")
    postman.deliver_due()
    move()
    with transaction():
        planning.put_back_on(phone_in("first"))
    postman.deliver_due()
    assert held() == {"second": ["Sam"]}


def test_asking_twice_or_for_the_same_date_is_asking_once(sam):
    assert move("first", "first") is seat("first")
    old, new = seat("first"), move()
    with transaction():
        assert moving.move(old, to=phone_in("second")) is new
    assert held() == {"second": ["Sam"]}
    assert seat("first").sequence == 1


@pytest.mark.parametrize(
    "change",
    [{"seats": 1, "taken": 1}, {"cancelled_at": TUESDAY}, {"published_at": None}, {"starts_at": TUESDAY}],
    ids=["full", "cancelled", "a draft", "begun"],
)
def test_where_there_is_no_seat_to_be_had_the_old_one_is_kept(sam, change):
    with transaction():
        for name, value in change.items():
            setattr(phone_in("second"), name, value)
    letters = told()
    with pytest.raises((seats.PhoneInFull, seats.BookingClosed)):
        move()
    assert (seat("first").is_live, told(), seats.live_bookings(phone_in("second"))) == (True, letters, [])


def test_whoever_has_both_seats_keeps_both(sam):
    with transaction():
        seats.take(phone_in("second"), by=sam)
    with pytest.raises(moving.HasBothSeats):
        move()
    assert held() == {"first": ["Sam"], "second": ["Sam"]}


def test_a_seat_that_is_given_back_or_has_begun_is_not_moved(sam):
    with clock.stopped_at(TUESDAY + WEEK), pytest.raises(moving.TooLateToMove):
        move()
    with transaction():
        seats.give_back(phone_in("first"), by=sam)
    with pytest.raises(moving.NoSeatToMove):
        move()
    assert held() == {}


def test_what_they_ask_for_goes_along_and_their_name_only_to_people_who_know_it(sam):
    with transaction():
        make_phone_in(slug="third", starts_at=TUESDAY + 3 * WEEK, leaders=[make_person("Flo", "facilitator")])
        old = seat("first")
        old.needs, old.needs_text, old.is_named_with_needs = "captions", "And slowly, please", True
        old.answer = "accepted"
    new = move()
    assert (new.needs, new.needs_text, new.is_named_with_needs) == ("captions", "And slowly, please", True)
    assert (new.answer, new.confirmed_on) == ("", None)
    assert not move("second", "third").is_named_with_needs


def run(app, *moves: tuple[int, int]) -> list[str]:
    """All at the same moment, each (seat, phone-in); what came of each."""
    gate, outcomes = threading.Barrier(len(moves), timeout=30), list[str]()

    def press_button(booking_id: int, place_id: int) -> None:
        with app.app_context(), clock.stopped_at(TUESDAY):
            booking, to = db.session.get(Booking, booking_id), db.session.get(PhoneIn, place_id)
            db.session.rollback()
            gate.wait()
            try:
                with transaction():
                    moving.move(booking, to=to)
                outcomes.append("moved")
            except Refused as refusal:
                outcomes.append(type(refusal).__name__)
            finally:
                db.session.remove()

    db.session.rollback()
    threads = [threading.Thread(target=press_button, args=(one, to)) for one, to in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


@pytest.mark.parametrize("spare, outcome", [(0, "PhoneInFull"), (1, "moved")])
def test_two_who_change_places_at_once_wait_for_one_another_and_lose_no_seat(app, spare, outcome):
    each = 6
    with transaction():
        here, there = (make_phone_in(slug=slug, seats=each * (1 + spare)) for slug in ("here", "there"))
        some = [seats.take(here, by=make_person(f"H{number}")).id for number in range(each)]
        others = [seats.take(there, by=make_person(f"T{number}")).id for number in range(each)]
        moves = [(one, there.id) for one in some] + [(one, here.id) for one in others]
    assert run(app, *moves) == [outcome] * 2 * each
    stayed = {"here": [f"H{number}" for number in range(each)], "there": [f"T{number}" for number in range(each)]}
    assert held() == (stayed if not spare else {"here": stayed["there"], "there": stayed["here"]})


def test_of_many_who_want_one_last_seat_one_moves_and_all_the_others_stay(app):
    with transaction():
        here, there = make_phone_in(slug="here", seats=8), make_phone_in(slug="there", seats=1)
        moves = [(seats.take(here, by=make_person(f"P{number}")).id, there.id) for number in range(8)]
    assert run(app, *moves) == ["PhoneInFull"] * 7 + ["moved"]
    assert {slug: len(names) for slug, names in held().items()} == {"here": 7, "there": 1}


def test_the_page_shows_the_dates_of_the_series_and_moves_with_one_press(client, sam):
    with transaction():
        make_phone_in(slug="full", series=phone_in("first").series, starts_at=TUESDAY + 3 * WEEK, seats=1, taken=1)
        make_phone_in(slug="other", title="After the shift", starts_at=TUESDAY + 4 * WEEK)
        make_phone_in(slug="draft", starts_at=TUESDAY + 5 * WEEK, published_at=None)
    sign_in_as(client, sam)
    assert "/app/phone-ins/first/seat/move" in client.get("/app/phone-ins/first/").text
    assert "/app/phone-ins/first/seat/move" in client.get("/app/bookings/").text
    page = client.get("/app/phone-ins/first/seat/move").text
    offered = [line.split('value="')[1].split('"')[0] for line in page.splitlines() if 'name="to"' in line]
    assert offered == ["second", "other"]
    assert "/app/phone-ins/full/" in page
    answer = press(client, "/app/phone-ins/first/seat/move", to="second")
    assert (answer.status_code, answer.location) == (303, "/app/phone-ins/second/")
    assert "Your seat is now on Tuesday 7 April 2026." in client.get(answer.location).text
    again = press(client, "/app/phone-ins/first/seat/move", to="second")
    assert (again.status_code, again.location) == (303, "/app/phone-ins/second/")
    assert client.get("/app/phone-ins/first/seat/move").location == "/app/phone-ins/first/"


def test_a_date_that_has_filled_up_meanwhile_is_told_on_the_page_and_nothing_is_lost(client, sam):
    sign_in_as(client, sam)
    with transaction():
        phone_in("second").taken = 2
    answer = press(client, "/app/phone-ins/first/seat/move", to="second")
    assert answer.status_code == 409
    assert "every seat in this phone-in has been taken" in answer.text
    assert "You still have your seat on Tuesday 31 March 2026." in answer.text


def test_nobody_moves_the_seat_of_another(client, sam):
    with transaction():
        stan = make_person("Stan")
    sign_in_as(client, stan)
    assert client.get("/app/phone-ins/first/seat/move").status_code == 404
    assert press(client, "/app/phone-ins/first/seat/move", to="second").status_code == 404
    sign_in_as(client, sam)
    assert press(client, "/app/phone-ins/first/seat/move", to="nowhere").status_code == 404
    assert held() == {"first": ["Sam"]}


def test_a_series_that_was_split_is_one_series_to_whoever_moves(sam):
    with transaction():
        heir = make_series(slug="later", continues_id=phone_in("first").series_id)
        make_phone_in(slug="later", series=heir, starts_at=TUESDAY + 9 * WEEK)
        make_series(slug="unrelated")
    dates, has_more = moving.other_dates(seat())
    assert ([one.slug for one in dates], has_more) == (["second", "later"], False)


def test_the_seat_that_is_given_back_is_held_for_whoever_waits_for_it(sam):
    with transaction():
        phone_in("first").seats = 1
        stan = make_person("Stan")
        waiting.join(phone_in("first"), by=stan)
    move()
    assert [offer.wait.person.name for offer in waiting.live_offers(phone_in("first"))] == ["Stan"]
    assert (phone_in("first").taken, phone_in("first").left) == (1, 0)


def test_who_waits_for_the_other_date_can_move_to_the_seat_that_is_held_for_them(sam):
    with transaction():
        phone_in("second").seats = 1
        seats.take(phone_in("second"), by=make_person("Stan"))
        waiting.join(phone_in("second"), by=sam)
        seats.give_back(phone_in("second"), by=db.session.scalars(db.select(Person).where(Person.name == "Stan")).one())
    move()
    assert (held(), waiting.waiting_by(sam)) == ({"second": ["Sam"]}, [])
