"""The link to a seat that is held: looking changes nothing, and each button works without signing in."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import offer_links, seats, settling, waiting
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer
from phonein.db import db, transaction
from phonein.schedule import changes
from tests import builders
from tests.conftest import TUESDAY


@pytest.fixture
def offer(app) -> Offer:
    """The only seat is held for Sam, and Kim is next."""
    with transaction():
        phone_in, stan = builders.make_phone_in(seats=1), builders.make_person("Stan")
        seats.take(phone_in, by=stan)
        for name in ("Sam", "Kim"):
            waiting.join(phone_in, by=builders.make_person(name))
    with transaction():
        seats.give_back(phone_in, by=stan)
        return db.session.scalars(db.select(Offer)).one()


@pytest.fixture
def link(offer) -> str:
    return offer_links.address(offer).removeprefix("http://localhost")


def live() -> list[str]:
    """Who has a seat, or has one held."""
    db.session.rollback()
    booked = db.session.scalars(db.select(Booking).where(Booking.given_back_on.is_(None)))
    held = db.session.scalars(db.select(Offer).where(Offer.ended_on.is_(None)))
    return [f"{one.person.name} has" for one in booked] + [f"{one.wait.person.name} is offered" for one in held]


def test_looking_changes_nothing_however_often_scanners_do_it(client, offer, link):
    for look in (client.get, client.head, client.get):
        assert look(link).status_code == 200
    assert live() == ["Sam is offered"]


def test_the_page_says_when_and_until_when_and_neither_for_whom_nor_how_to_get_in(client, link):
    page = client.get(link).text
    assert "Tuesday 31 March 2026, 1pm to 2pm (UK time)" in page
    assert "Thursday 26 March 2026 at midday (UK time)" in page
    assert [said for said in ("Sam", "Kim", "example.org", "4821", "7946", "Sleeping better") if said in page] == []


def test_one_press_takes_the_seat_and_a_second_one_is_the_first(client, link):
    for _ in range(2):
        answer = client.post(link)
        assert (answer.status_code, answer.location) == (303, link)
    assert "The seat is yours" in client.get(link).text
    assert live() == ["Sam has"]


def test_no_thanks_hands_the_seat_on_and_cannot_be_taken_back_by_the_other_button(client, link):
    assert [client.post(f"{link}/no-thanks").status_code for _ in range(2)] == [303, 303]
    client.post(link)
    assert "The seat goes on to the next in line" in client.get(link).text
    assert live() == ["Kim is offered"]


def test_when_its_time_has_run_out_there_is_nothing_to_press(client, link):
    with clock.stopped_at(TUESDAY + timedelta(days=3)):
        page = client.get(link).text
        assert "This seat is held for you no longer" in page
        assert "<form" not in page
        assert client.post(link).status_code == 303
        assert "Sam has" not in live()
        settling.lapse_due()
        assert "The time to take it ran out" in client.get(link).text
        client.post(link)
        client.post(f"{link}/no-thanks")
    assert live() == ["Kim is offered"]


def test_what_is_cancelled_or_has_begun_holds_no_seat(client, offer, link):
    with transaction():
        changes.cancel(offer.phone_in, reason="Fay is ill")
    assert "This phone-in was cancelled" in client.get(link).text
    assert client.post(link).status_code == 303
    assert "Sam has" not in live()
    with transaction():
        changes.put_back_on(offer.phone_in)
    with clock.stopped_at(offer.phone_in.starts_at):
        assert "This phone-in has begun" in client.get(link).text
        assert client.post(link).status_code == 303
    assert "Sam has" not in live()


@pytest.mark.parametrize(
    "change", ["other number", "other end", "no signature", "far too large", "no end of it", "no number", "NUL"]
)
def test_a_link_that_we_did_not_make_is_not_found(client, link, change):
    number, signature = link.removeprefix("/offer/").split(".")
    wrong = {
        "other number": f"{int(number) + 1}.{signature}",
        "other end": f"{number}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "no signature": number,
        "far too large": f"{'9' * 40}.{signature}",
        "no end of it": f"{'9' * 5000}.{signature}",
        "no number": f"٣.{signature}",
        "NUL": f"{number}\x00.{signature}",
    }[change]
    assert client.get(f"/offer/{wrong}").status_code == 404
    assert client.post(f"/offer/{wrong}").status_code == 404
    assert client.post(f"/offer/{wrong}/no-thanks").status_code == 404
    assert live() == ["Sam is offered"]


def test_no_cookie_is_read_or_set_and_nothing_is_kept_on_the_way(client, offer, link):
    builders.sign_in_as(client, offer.wait.person)
    for answer in (client.get(link), client.post(link), client.post(f"{link}/no-thanks")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Sam" not in client.get(link).text
