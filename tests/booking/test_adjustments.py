"""Adjustments are asked in private: who arranges them sees what, and never who, unless somebody wants it so."""

import logging
from datetime import timedelta

import pytest

from phonein import clock, retention
from phonein.booking import adjustments, seats, telling
from phonein.booking.adjustments import Named, Wanted
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.delivery.models import Letter
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as

PAGE = "/app/phone-ins/sleep/seat/adjustments"
WORDS = "Polish, please, and speak slowly"


@pytest.fixture
def sam(app, client) -> Person:
    with transaction():
        sam = make_person()
        seats.take(make_phone_in(leaders=[make_fay()], seats=9), by=sam)
    sign_in_as(client, sam)
    return sam


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == "sleep")).one()


def seat(name: str = "Sam") -> Booking:
    return db.session.scalars(db.select(Booking).join(Booking.person).where(Person.name == name)).one()


def kept(name: str = "Sam") -> tuple[str, str, bool]:
    return seat(name).needs, seat(name).needs_text, seat(name).is_named_with_needs


def ask_as(name: str, *kinds: str, text: str = "", is_named: bool = False) -> None:
    with transaction():
        booking = seats.take(phone_in(), by=make_person(name))
        adjustments.ask(booking, kinds=kinds, text=text, is_named=is_named)


def test_what_is_asked_for_is_kept_with_the_seat_and_can_be_changed_and_taken_back(client, sam):
    assert PAGE in client.get("/app/phone-ins/sleep/").text
    answer = press(client, PAGE, kinds=["relay", "captions"], text=WORDS, is_named="y")
    assert (answer.status_code, answer.location) == (303, "/app/phone-ins/sleep/")
    assert "You ask for: Captions, Text relay." in client.get(answer.location).text
    assert kept() == ("captions relay", WORDS, True)
    assert 'value="captions" checked' in client.get(PAGE).text
    press(client, PAGE, kinds=["language"])
    assert kept() == ("language", "", False)
    press(client, PAGE, is_named="y")
    assert kept() == ("", "", False)


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"kinds": ["other"]}, "Say in your own words what else would help"),
        ({"text": "a" * 501}, "Use 500 characters or fewer"),
        ({"kinds": ["a cup of tea"]}, "not a valid choice"),
    ],
)
def test_what_cannot_be_kept_is_said_on_the_page_and_what_was_typed_stays(client, sam, fields, said):
    answer = press(client, PAGE, **{"text": "Polish"} | {"is_named": "y"} | fields | {"text": fields.get("text", "")})
    assert answer.status_code == 422
    assert said in answer.text
    assert fields.get("text", "") in answer.text
    assert kept() == ("", "", False)


def test_only_whoever_has_a_seat_asks_and_only_until_it_begins(client, sam):
    with transaction():
        stan = make_person("Stan")
    with clock.stopped_at(phone_in().starts_at):
        sign_in_as(client, sam)
        assert "has begun" in client.get(PAGE).text
        assert press(client, PAGE, kinds=["captions"]).status_code == 409
    sign_in_as(client, stan)
    assert (client.get(PAGE).status_code, press(client, PAGE, kinds=["captions"]).status_code) == (404, 404)
    with transaction():
        seats.give_back(phone_in(), by=sam)
    with pytest.raises(adjustments.NoSeat), transaction():
        adjustments.ask(seat(), kinds=["captions"], text="", is_named=False)
    assert kept() == ("", "", False)


def test_who_arranges_it_reads_counts_words_and_only_the_names_that_are_meant_to_be_known(sam):
    ask_as("Zoe", "captions", text="zebra")
    ask_as("Abe", "captions", "other", text="Apple")
    ask_as("Mia", "language", text="Polish", is_named=True)
    ask_as("Gus", "captions", text="gone")
    with transaction():
        seats.give_back(phone_in(), by=seat("Gus").person)
    language = adjustments.KINDS["language"]
    assert adjustments.wanted(phone_in()) == Wanted(
        counts={"Captions": 2, language: 1, "Something else": 1},
        texts=["Apple", "zebra"],  # by the letters, not in the order of the bookings
        named=[Named("Mia", [language], "Polish")],
    )
    assert adjustments.numbers([phone_in()]) == {phone_in().id: 3}


def about_adjustments(page: str) -> str:
    begin = page.index('aria-labelledby="wanted-title"')
    return page[begin : page.index("</section>", begin)]


def test_without_a_name_there_is_nothing_on_the_page_that_differs_from_person_to_person(client, sam):
    """Two people ask for each other's things instead: the pages are the same to the letter."""
    asked = {"Zoe": ("captions", "zebra"), "Abe": ("relay", "apple")}
    for name, (kind, text) in asked.items():
        ask_as(name, kind, text=text)
    with transaction():
        make_ada()
    pages = []
    for turned in (False, True):
        with transaction():
            for name, (kind, text) in zip(asked, reversed(asked.values()) if turned else asked.values(), strict=True):
                adjustments.ask(seat(name), kinds=[kind], text=text, is_named=False)
        for who, page in (("Fay", "/app/desk/sleep/"), ("Ada", "/app/admin/phone-ins/sleep/")):
            sign_in_as(client, db.session.scalars(db.select(Person).where(Person.name == who)).one())
            text = client.get(page).text
            assert [name for name in ("Zoe", "zoe@", "Abe", "abe@") if name in text] == []
            pages.append(about_adjustments(text))
    assert len(set(pages)) == 1
    assert "<li>Captions: 1</li><li>Text relay: 1</li>" in pages[0]
    assert pages[0].index("apple") < pages[0].index("zebra")


def test_a_facilitator_who_leads_something_else_sees_nothing_of_it(client, sam):
    press(client, PAGE, kinds=["captions"], text=WORDS)
    with transaction():
        flo = make_person("Flo", "facilitator")
        make_phone_in(slug="other", leaders=[flo])
    sign_in_as(client, flo)
    assert client.get("/app/desk/sleep/").status_code == 404
    assert client.get("/app/admin/phone-ins/sleep/").status_code == 403
    assert "wanted-title" not in client.get("/app/desk/other/").text
    assert "adjustment" not in client.get("/app/desk/").text
    sign_in_as(client, phone_in().leaders[0])
    assert WORDS in client.get("/app/desk/sleep/").text
    assert "1 asks for an adjustment" in client.get("/app/desk/").text


def test_it_stands_in_no_letter_no_calendar_and_no_log(client, sam, office, caplog):
    caplog.set_level(logging.DEBUG)
    press(client, PAGE, kinds=["captions", "other"], text=WORDS, is_named="y")
    postman.deliver_due()
    with transaction():
        telling.send_again(seat())
    postman.deliver_due()
    with transaction():
        token = feed_addresses.of(sam, Purpose.SEATS).token
    read = [client.get("/app/phone-ins/sleep/invite.ics").text, client.get(f"/feeds/{token}.ics").text, caplog.text]
    read += [mail.as_string() for mail in office.letters] + [f"{subject} {text}" for subject, text, _ in office.parts()]
    read += [str(calendar) for _, _, calendar in office.parts()]
    for letter in db.session.scalars(db.select(Letter)):
        read.append(f"{letter.subject}{letter.text}{letter.html}{letter.invite}{letter.telling}")
    assert len(office.letters) == 2
    assert [one for one in read if any(word in one.lower() for word in ("polish", "caption", "adjustment"))] == []


def test_it_is_deleted_with_the_seat_and_the_night_after_the_phone_in(client, sam):
    ask_as("Zoe", "captions", text="zebra")
    ask_as("Abe", text="apple")
    with transaction():
        seats.give_back(phone_in(), by=seat("Zoe").person)
    assert kept("Zoe") == ("", "", False)
    retention.forget()
    assert kept("Abe") == ("", "apple", False)
    with clock.stopped_at(phone_in().ends_at + timedelta(hours=12)):
        assert retention.forget()["adjustments"] == 1
    assert kept("Abe") == ("", "", False)
