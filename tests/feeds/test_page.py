"""Choosing how one's calendar learns of one's seats, and the page with the addresses of the feeds."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import mailbox, postman
from phonein.delivery.models import Letter
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.schedule import programme
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.engines import read_with_icalendar
from tests.feeds import address, book, events

DAY = timedelta(days=1)
PAGE = "/app/bookings/feed"


@pytest.fixture
def sam(app, client):
    """Somebody with two seats to come, one that is over and one in what is cancelled; the letters have left."""
    with transaction():
        fay, person = make_fay(), make_person()
        dates = [make_phone_in(slug=f"n{n}", leaders=[fay], starts_at=TUESDAY + n * DAY) for n in (1, 2, 3, 4)]
    for date in dates:
        book(date, person)
    postman.deliver_due()
    with transaction():
        dates[0].starts_at -= 2 * DAY
        dates[0].ends_at -= 2 * DAY
        dates[1].cancelled_at = clock.now()
    sign_in_as(client, person)
    return person


def choose(client, calendar, **fields):
    return press(client, f"{PAGE}/choice", calendar=calendar, **fields)


def told(number) -> list[tuple[str, str | None]]:
    """What the letters about one seat were and what they did to the calendar, once they have left."""
    postman.deliver_due()
    db.session.rollback()
    booking = db.session.scalars(
        db.select(Booking).join(Booking.phone_in).where(Booking.phone_in.has(slug=number))
    ).one()
    query = db.select(Letter).where(Letter.about == f"seat {booking.id}").order_by(Letter.turn)
    return [(letter.name, letter.method) for letter in db.session.scalars(query)]


def test_the_page_shows_the_address_and_how_slow_programs_are(client, sam):
    page = client.get(PAGE).text
    at = address(sam)
    assert f"<code>http://localhost{at}</code>" in page
    assert f'<a href="webcal://localhost{at}">Subscribe' in page
    assert "Google Calendar comes after 8 to 24 hours, Outlook on the web after about 3." in page
    assert "No program has read it yet." in page
    assert "you lead" not in page


def test_the_page_says_on_which_day_and_by_which_programs_it_was_read(client, sam):
    for called in ("Google-Calendar-Importer", "dataaccessd/1.0"):
        client.get(address(sam), headers={"User-Agent": called})
    page = client.get(PAGE).text
    assert "Last read on <strong>Tuesday 24 March 2026</strong> by Google Calendar and Apple Calendar." in page


def test_my_bookings_lead_there(client, sam):
    page = client.get("/app/bookings/").text
    assert "Each seat is put into your calendar by letter." in page
    assert 'href="/app/bookings/feed"' in page


def test_whoever_never_had_a_seat_asks_for_an_address_and_gets_it(client, app):
    with transaction():
        ada = make_ada()
    sign_in_as(client, ada)
    assert "Your feed has no address yet." in client.get(PAGE).text
    assert feed_addresses.of(ada, Purpose.SEATS) is None
    assert press(client, f"{PAGE}/address", purpose="seats").location == PAGE
    assert "The feed has an address now." in client.get(PAGE).text
    assert events(client.get(address(ada))) == []


def test_whoever_chooses_the_feed_gets_an_address_with_it(client, app):
    with transaction():
        ada = make_ada()
    sign_in_as(client, ada)
    choose(client, "feed")
    assert address(ada) in client.get(PAGE).text


def test_a_new_address_is_shown_and_the_old_one_is_dead(client, sam):
    old = address(sam)
    press(client, f"{PAGE}/address", purpose="seats")
    page = client.get(PAGE).text
    assert "The old one is dead" in page
    assert old not in page
    assert (client.get(old).status_code, client.get(address(sam)).status_code) == (404, 200)


@pytest.mark.parametrize("purpose", ["leads", "programme", "nonsense"])
def test_nobody_gets_an_address_of_a_feed_that_is_not_theirs(client, sam, purpose):
    assert press(client, f"{PAGE}/address", purpose=purpose).status_code == 404
    assert [feed.purpose for feed in db.session.scalars(db.select(feed_addresses.Feed))] == ["seats"]


def test_leaders_find_the_feed_of_what_they_lead(client, sam):
    fay = programme.by_slug("n3").leaders[0]
    sign_in_as(client, fay)
    assert "The feed of what you lead" in client.get(PAGE).text
    press(client, f"{PAGE}/address", purpose="leads")
    path = address(fay, Purpose.LEADS)
    assert path in client.get(PAGE).text
    assert {str(one["summary"]) for one in events(client.get(path))} == {
        "Leading a phone-in",
        "Cancelled: Leading a phone-in",
    }


def test_switching_to_a_feed_takes_what_is_to_come_out_of_the_calendar(client, sam):
    assert told("n3") == [("seat-booked", "REQUEST")]
    choose(client, "feed")
    assert "2 entries are being taken out of your calendar, each by a letter." in client.get(PAGE).text
    assert told("n3") == [("seat-booked", "REQUEST"), ("calendar-set-right", "CANCEL")]
    assert told("n1") == told("n2") == [("seat-booked", "REQUEST")]
    assert "shows every seat twice" not in client.get(PAGE).text


def test_switching_back_puts_it_in_again_under_another_name(client, sam):
    choose(client, "neither")
    told("n3")
    was = [str(one["uid"]) for one in events(client.get(address(sam)))]
    choose(client, "invitations")
    assert "2 entries are being put into your calendar, each by a letter." in client.get(PAGE).text
    assert told("n3") == [
        ("seat-booked", "REQUEST"),
        ("calendar-set-right", "CANCEL"),
        ("calendar-set-right", "REQUEST"),
    ]
    now = [str(one["uid"]) for one in events(client.get(address(sam)))]
    assert [uid in was for uid in now] == [True, True, False, False]


def test_becoming_discreet_rewrites_what_is_in_the_calendar(client, sam):
    choose(client, "invitations", is_discreet="y")
    page = client.get(PAGE).text
    assert "2 entries are being changed in your calendar, each by a letter." in page
    assert told("n3")[1:] == [("calendar-set-right", "REQUEST")]
    [letter, *_] = [found for _, found in mailbox.letters() if found["Subject"].startswith("Your calendar")]
    [invite] = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert read_with_icalendar(invite.get_payload(decode=True)).summary == "Phone call"
    assert {str(one["summary"]) for one in events(client.get(address(sam)))} == {"Phone call", "Cancelled: Phone call"}


def test_choosing_what_is_chosen_already_tells_nobody(client, sam):
    choose(client, "invitations")
    assert "Your choice is saved." in client.get(PAGE).text
    assert told("n3") == [("seat-booked", "REQUEST")]


def test_between_feed_and_neither_no_calendar_is_told_anything(client, sam):
    choose(client, "feed")
    before = told("n3")
    choose(client, "neither")
    assert "Your choice is saved." in client.get(PAGE).text
    assert told("n3") == before


def test_a_feed_becomes_discreet_without_a_letter(client, sam):
    choose(client, "feed")
    before = told("n3")
    assert "being" in client.get(PAGE).text.split("<h1>")[0]
    choose(client, "feed", is_discreet="y")
    assert "being" not in client.get(PAGE).text.split("<h1>")[0]
    assert told("n3") == before
    assert {str(one["summary"]) for one in events(client.get(address(sam)))} == {"Phone call", "Cancelled: Phone call"}


def test_a_new_seat_goes_by_the_choice(client, sam):
    choose(client, "feed")
    with transaction():
        seats.take(make_phone_in(slug="n5", starts_at=TUESDAY + 5 * DAY), by=sam)
    assert told("n5") == [("seat-booked", None)]
    assert len(events(client.get(address(sam)))) == 5


def test_an_unknown_choice_is_refused_with_the_page(client, sam):
    answer = choose(client, "pigeons")
    assert answer.status_code == 422
    assert "Choose invitations, a feed, or neither" in answer.text
    assert sam.calendar == "invitations"


def test_the_programme_feed_is_the_admins_to_switch_on_renew_and_switch_off(client, sam):
    admins = "/app/admin/programme-feed/"
    with transaction():
        ada = make_ada()
    assert "The feed of the whole programme" not in client.get(PAGE).text
    sign_in_as(client, ada)
    assert "It is switched off." in client.get(admins).text
    press(client, f"{admins}address")
    first = address(None, Purpose.PROGRAMME)
    assert first in client.get(admins).text
    assert first in client.get(PAGE).text
    press(client, f"{admins}address")
    second = address(None, Purpose.PROGRAMME)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    press(client, f"{admins}closing")
    assert client.get(second).status_code == 404
    assert "It is switched off." in client.get(admins).text


def test_an_address_under_another_key_can_be_made_anew(app, client, sam):
    with transaction():
        feed_addresses.of(sam, Purpose.SEATS).token_sealed = b"sealed under another key"
    assert "can no longer be shown" in client.get(PAGE).text
    press(client, f"{PAGE}/address", purpose="seats")
    assert address(sam) in client.get(PAGE).text
