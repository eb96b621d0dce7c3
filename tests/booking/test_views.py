"""Booking over the web: what a person sees and what happens on the second click."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import seats, telling
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.schedule import changes, programme
from tests.builders import make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.engines import read_with_icalendar


@pytest.fixture
def sam(app, client):
    with transaction():
        make_phone_in(leaders=[make_fay()])
        person = make_person()
    sign_in_as(client, person)
    return person


def test_a_seat_is_booked_with_one_press_and_the_page_says_so(client, sam):
    answer = press(client, "/app/phone-ins/sleep/seat")
    assert (answer.status_code, answer.location) == (303, "/app/phone-ins/sleep/")
    page = client.get(answer.location).text
    assert "Your seat is booked." in page
    assert "020 7946 0111" in page
    assert "4821#" in page


def test_whoever_has_a_seat_can_tap_the_number_or_call_by_text_relay(client, sam):
    assert "18001" not in client.get("/app/phone-ins/sleep/").text
    press(client, "/app/phone-ins/sleep/seat")
    page = client.get("/app/phone-ins/sleep/").text
    assert '<a href="tel:+442079460111,,4821%23"><b>020 7946 0111</b></a>' in page
    assert '<a href="tel:1800102079460111"><b>18001 02079460111</b></a>' in page
    with transaction():
        [letter] = db.session.scalars(db.select(Letter))
        telling.write(letter)
    assert "dial 18001 and then the number\n18001 02079460111\n" in letter.text
    assert "dial 18001 and then the number:<br>18001 02079460111<" in letter.html


def test_a_discreet_calendar_file_leads_to_a_page_that_is_named_after_nothing(client, sam):
    with transaction():
        sam.is_discreet = True
    press(client, "/app/phone-ins/sleep/seat")
    reading = read_with_icalendar(client.get("/app/phone-ins/sleep/invite.ics").data)
    assert (reading.summary, reading.description) == ("Phone call", "Details:\nhttp://localhost/app/bookings/")


def test_the_number_and_the_pin_are_for_people_with_a_seat(client, sam):
    page = client.get("/app/phone-ins/sleep/").text
    assert "Sleeping better" in page
    assert "4821" not in page
    assert "020 7946 0111" not in page


def test_a_full_phone_in_says_so_with_the_right_status_and_no_dead_button(client, sam):
    with transaction():
        phone_in = make_phone_in(slug="full", seats=1)
        seats.take(phone_in, by=make_person("Stan"))
    assert "Book my seat" not in client.get("/app/phone-ins/full/").text
    answer = press(client, "/app/phone-ins/full/seat")
    assert answer.status_code == 409
    assert "Sorry, every seat in this phone-in has been taken." in answer.text


def test_giving_back_twice_is_fine(client, sam, office):
    press(client, "/app/phone-ins/sleep/seat")
    postman.deliver_due()
    for _ in range(2):
        assert press(client, "/app/phone-ins/sleep/seat/give-back").status_code == 303
    assert "Book my seat" in client.get("/app/phone-ins/sleep/").text
    postman.deliver_due()
    assert office.methods() == ["REQUEST", "CANCEL"]


def test_the_calendar_file_is_for_whoever_has_a_seat(client, sam):
    assert client.get("/app/phone-ins/sleep/invite.ics").status_code == 404
    press(client, "/app/phone-ins/sleep/seat")
    answer = client.get("/app/phone-ins/sleep/invite.ics")
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert read_with_icalendar(answer.data).starts_at == TUESDAY + timedelta(days=7)


def test_there_is_no_calendar_file_for_what_is_cancelled(client, sam):
    press(client, "/app/phone-ins/sleep/seat")
    with transaction():
        changes.cancel(programme.by_slug("sleep"), reason="The line is down.")
    assert client.get("/app/phone-ins/sleep/invite.ics").status_code == 404


def test_what_is_not_published_does_not_exist(client, sam):
    with transaction():
        make_phone_in(slug="draft", published_at=None)
    assert client.get("/app/phone-ins/draft/").status_code == 404
    assert press(client, "/app/phone-ins/draft/seat").status_code == 404


def test_my_bookings_are_mine_alone(client, sam):
    with transaction():
        seats.take(make_phone_in(slug="other", title="Somebody else’s evening"), by=make_person("Stan"))
    press(client, "/app/phone-ins/sleep/seat")
    page = client.get("/app/bookings/").text
    assert "Sleeping better" in page
    assert "Somebody else’s evening" not in page


def test_past_ones_stand_apart_and_cannot_be_given_back(client, sam):
    press(client, "/app/phone-ins/sleep/seat")
    with clock.stopped_at(TUESDAY + timedelta(days=8)):
        sign_in_as(client, sam)
        page = client.get("/app/bookings/").text
    assert "You have not booked anything yet" in page
    assert "<h2>Past</h2>" in page
    assert "Give this seat back" not in page


def test_a_press_without_the_token_of_the_page_changes_nothing(client, sam):
    answer = client.post("/app/phone-ins/sleep/seat")
    assert answer.status_code == 400
    assert "That page was too old" in answer.text
    assert db.session.scalars(db.select(Letter)).all() == []
