"""The link in a letter that gives a seat back: looking changes nothing, one press does, and only to that one seat."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import seat_links, seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.schedule import changes
from tests import builders
from tests.conftest import TUESDAY


@pytest.fixture
def booking(app) -> Booking:
    with transaction():
        return seats.take(builders.make_phone_in(), by=builders.make_person())


@pytest.fixture
def link(booking) -> str:
    return seat_links.address(booking).removeprefix("http://localhost")


def live() -> list[int]:
    """The numbers of the bookings that stand."""
    db.session.rollback()
    return list(db.session.scalars(db.select(Booking.id).where(Booking.given_back_on.is_(None))))


def test_looking_changes_nothing_however_often_scanners_do_it(client, booking, link):
    for look in (client.get, client.head, client.get):
        assert look(link).status_code == 200
    assert live() == [booking.id]


def test_the_page_says_the_day_and_the_time_and_neither_whose_seat_nor_how_to_get_in(client, link):
    page = client.get(link).text
    assert "Tuesday 31 March 2026, 1pm to 2pm (UK time)" in page
    assert [said for said in ("Sam", "example.org", "4821", "7946", "Sleeping better") if said in page] == []


def test_one_press_gives_the_seat_back_and_says_so(client, booking, link):
    answer = client.post(link)
    assert (answer.status_code, answer.location) == (303, link)
    assert live() == []
    assert "Your seat has been given back" in client.get(link).text
    assert booking.phone_in.taken == 0


def test_a_second_press_is_the_first(client, link):
    assert [client.post(link).status_code for _ in range(3)] == [303, 303, 303]
    assert "Your seat has been given back" in client.get(link).text


def test_it_touches_no_seat_that_was_booked_since(client, booking, link):
    client.post(link)
    with transaction():
        again = seats.take(booking.phone_in, by=booking.person)
    assert seat_links.address(again) != f"http://localhost{link}"
    client.post(link)
    assert live() == [again.id]


def test_after_the_phone_in_has_begun_there_is_nothing_to_press(client, booking, link):
    with clock.stopped_at(booking.phone_in.starts_at):
        assert "has begun" in client.get(link).text
        assert "<form" not in client.get(link).text
        assert client.post(link).status_code == 303
    assert live() == [booking.id]


def test_a_cancelled_phone_in_has_no_seat_to_give_back_and_one_that_is_back_on_has(client, booking, link):
    with transaction():
        changes.cancel(booking.phone_in, reason="Fay is ill")
    assert "was cancelled" in client.get(link).text
    client.post(link)
    assert live() == [booking.id]
    with transaction():
        changes.put_back_on(booking.phone_in)
    client.post(link)
    assert live() == []


def test_the_link_stays_when_the_phone_in_moves_or_the_calendar_entry_gets_another_name(client, booking, link):
    with transaction():
        changes.move(booking.phone_in, to=TUESDAY + timedelta(days=9), minutes=60)
        booking.uid = "another@service.example"
    assert seat_links.address(booking) == f"http://localhost{link}"
    assert "Thursday 2 April 2026" in client.get(link).text


@pytest.mark.parametrize(
    "change", ["other number", "other end", "no signature", "far too large", "no end of it", "no number", "NUL"]
)
def test_a_link_that_we_did_not_make_is_not_found(client, booking, link, change):
    number, signature = link.removeprefix("/seat/").split(".")
    wrong = {
        "other number": f"{int(number) + 1}.{signature}",
        "other end": f"{number}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "no signature": number,
        "far too large": f"{'9' * 40}.{signature}",
        "no end of it": f"{'9' * 5000}.{signature}",
        "no number": f"٣.{signature}",
        "NUL": f"{number}\x00.{signature}",
    }[change]
    assert client.get(f"/seat/{wrong}").status_code == 404
    assert client.post(f"/seat/{wrong}").status_code == 404
    assert live() == [booking.id]


def test_the_link_of_one_seat_opens_no_other(client, booking, link):
    with transaction():
        other = seats.take(booking.phone_in, by=builders.make_person("Kim"))
    signature = link.split(".")[1]
    assert client.post(f"/seat/{other.id}.{signature}").status_code == 404
    assert sorted(live()) == [booking.id, other.id]


def test_a_number_that_is_used_again_after_forgetting_is_another_link(booking, link):
    with transaction():
        number = booking.id
        db.session.delete(booking)
        db.session.flush()
        other = builders.make_person("Kim")
        again = Booking(
            id=number, phone_in=builders.make_phone_in(slug="b"), person=other, booked_on=clock.today(),
            stamped_at=TUESDAY,
        )  # fmt: skip
        db.session.add(again)
    assert seat_links.booking_for(link.removeprefix("/seat/")) is None


def test_no_cookie_is_read_or_set_and_nothing_is_kept_on_the_way(client, booking, link):
    builders.sign_in_as(client, booking.person)
    for answer in (client.get(link), client.post(link)):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Sam" not in client.get(link).text
