"""“Still coming?”: asked once, three days before, where seats are scarce; one press answers, and no answer keeps the
seat."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.admin import planning
from phonein.booking import confirming, seat_links, seats, who_is_coming
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Wait
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.schedule.models import PhoneIn
from tests.builders import make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY

START = TUESDAY + timedelta(days=7)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def sam(app, office):
    """Sam has the only seat, and has been told so."""
    with transaction():
        sam = make_person()
        seats.take(make_phone_in(seats=1), by=sam)
    postman.deliver_due()
    office.taken.clear()
    return sam


def booking() -> Booking:
    return db.session.scalars(db.select(Booking)).first()


def asked_at(moment) -> int:
    with clock.stopped_at(moment):
        number = confirming.ask()
        db.session.rollback()
        return number


def delivered_at(moment) -> int:
    with clock.stopped_at(moment):
        gone = postman.deliver_due()
        db.session.rollback()
        return gone


def letters() -> int:
    db.session.rollback()
    return len(list(db.session.scalars(db.select(Letter).where(Letter.about.like("still-coming %")))))


def test_who_has_a_seat_in_a_full_phone_in_is_asked_once_three_days_before(sam, office):
    assert [asked_at(START - ahead) for ahead in (3 * DAY + MINUTE, 3 * DAY, 2 * DAY)] == [0, 1, 0]
    delivered_at(START - 3 * DAY)
    [(subject, text, calendar)] = office.parts()
    assert (subject, calendar) == ("Still coming: phone-in on Tue 31 Mar 2026, 1pm (UK time)", None)
    assert seat_links.address(booking()) in text
    assert "without an answer you keep your seat" in text
    assert asked_at(START - HOUR) == 0
    assert booking().is_live


def test_nobody_is_asked_while_seats_are_free_in_the_last_day_or_at_night(app):
    with transaction():
        seats.take(make_phone_in(), by=make_person())
    assert asked_at(START - 2 * DAY) == 0
    with transaction():
        seats.take(db.session.scalars(db.select(PhoneIn)).one(), by=make_person("Kim", zone_name="Asia/Tokyo"))
    at_nine_in_the_evening_in_tokyo = START - 2 * DAY
    assert asked_at(at_nine_in_the_evening_in_tokyo) == 1
    assert asked_at(START - DAY) == 0
    assert asked_at(START - 2 * DAY + 10 * HOUR) == 1  # which is ten in the evening in London, and morning in Tokyo
    assert letters() == 2


def test_where_somebody_waits_for_any_date_of_the_series_seats_are_scarce(app):
    with transaction():
        series, kim = make_series(), make_person("Kim")
        here = make_phone_in(series=series)
        there = make_phone_in(slug="there", series=series, starts_at=START + 7 * DAY)
        make_phone_in(slug="elsewhere")
        for slug in ("sleep", "elsewhere"):
            seats.take(db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one(), by=kim)
        db.session.add(Wait(phone_in=there, person=make_person(), turn=1, any_date=False, joined_on=clock.today()))
    assert asked_at(START - 2 * DAY) == 0
    with transaction():
        db.session.scalars(db.select(Wait)).one().any_date = True
    assert asked_at(START - 2 * DAY) == 1
    assert here.taken == 1


def test_what_has_changed_when_the_letter_leaves_keeps_it_from_leaving(app, office):
    """A seat given back, a phone-in cancelled, moved, or with seats again; somebody who has left, or has said so."""
    with transaction():
        ones = [make_phone_in(slug=f"n{n}", seats=1) for n in range(6)]
        people = [make_person(f"P{n}") for n in range(6)]
        for one, person in zip(ones, people, strict=True):
            seats.take(one, by=person)
    postman.deliver_due()
    assert asked_at(START - 3 * DAY) == 6
    with clock.stopped_at(START - 3 * DAY), transaction():
        seats.give_back(ones[0], by=people[0])
        planning.cancel(ones[1], reason="The line is down.")
        planning.move(ones[2], to=START + DAY, minutes=60)
        ones[3].seats = 2
        people[4].left_on = clock.today()
        confirming.confirm(seats.live_booking(ones[5], people[5]))
    delivered_at(START - 3 * DAY + MINUTE)
    assert [subject for subject, _, _ in office.parts() if subject.startswith("Still")] == []
    assert letters() == 0
    assert asked_at(START - 2 * DAY) == 1  # of the one that was moved, at its new time


def test_one_press_in_the_letter_says_so_and_looking_does_not(client, sam):
    link = seat_links.address(booking()).removeprefix("http://localhost")
    assert "I am coming" not in client.get(link).text
    with clock.stopped_at(START - 3 * DAY):
        page = client.get(link).text
        assert "Are you still coming?" in page
        assert page.index("I am coming") < page.index("Give my seat back")
        assert booking().confirmed_on is None
        for _ in range(2):
            answer = client.post(f"{link}/coming")
            assert (answer.status_code, answer.location) == (303, link)
        assert booking().confirmed_on == clock.today()
        assert "You said so on Saturday 28 March 2026" in client.get(link).text
        client.post(link)
        assert "Your seat has been given back" in client.get(link).text
        assert client.post(f"{link}/coming").status_code == 303
    assert client.post("/seat/1.nonsense/coming").status_code == 404


def test_the_page_of_the_phone_in_asks_the_same(client, sam):
    page = "/app/phone-ins/sleep/"
    sign_in_as(client, sam)
    assert "I am coming" not in client.get(page).text
    with clock.stopped_at(START - 2 * DAY):
        sign_in_as(client, sam)
        assert "I am coming" in client.get(page).text
        assert press(client, f"{page}seat/coming").location == page
        assert "You said on Sunday 29 March 2026 that you are coming." in client.get(page).text
        assert press(client, "/app/phone-ins/none/seat/coming").status_code == 404


def test_who_leads_it_sees_a_number_at_most_and_none_of_few(app):
    with transaction():
        one = make_phone_in(seats=9)
        for name in ("Ann", "Ben", "Cat", "Dan", "Eve"):
            confirming.confirm(seats.take(one, by=make_person(name)))
    coming = who_is_coming.count(one)
    assert (coming.confirmed, coming.is_split) == (5, True)


def test_what_was_said_to_another_time_counts_no_more(sam, office):
    with transaction():
        confirming.confirm(booking())
        planning.move(booking().phone_in, to=START + DAY, minutes=60)
    delivered_at(TUESDAY + MINUTE)
    assert booking().confirmed_on is None
