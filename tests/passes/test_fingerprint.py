"""The fingerprint of the keys is wherever people can compare it, and its coming is no news to anybody."""

import pytest

from phonein.admin import planning
from phonein.booking import seats, telling
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.questions import keys
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, sign_in_as
from tests.conftest import TUESDAY
from tests.delivery.posting import deliver_at
from tests.post_office import PostOffice


@pytest.fixture
def cast(app):
    with transaction():
        fay, sam = make_fay(), make_person()
        make_phone_in(leaders=[fay])
        return fay, sam


def phone_in() -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn)).one()


@pytest.mark.parametrize(
    ("who", "page"),
    [(1, "/app/phone-ins/sleep/"), (0, "/app/desk/sleep/"), (0, "/app/desk/sleep/print"), (None, "/q/sleep/")],
)
def test_it_is_on_the_page_at_the_desk_on_the_printed_list_and_at_the_anonymous_door(client, cast, who, page):
    if who is not None:
        sign_in_as(client, cast[who])
    before = client.get(page).text
    keys.draw_pass_keys_ahead()
    assert ("Fingerprint" in before, phone_in().key_print in client.get(page).text) == (False, True)


def sam() -> Person:
    return db.session.scalars(db.select(Person).where(Person.name == "Sam")).one()


def told_now(office: PostOffice) -> list[tuple[str, str, str, str]]:
    """Every letter that has left: subject, text, HTML and calendar part."""
    deliver_at(TUESDAY + telling.CHANGES_GATHER)
    written = [letter.get_body(("html",)).get_content() for letter in office.letters]
    unfolded = [(calendar or b"").decode().replace("\r\n ", "") for _, _, calendar in office.parts()]
    return [
        (subject, text, html, calendar)
        for (subject, text, _), html, calendar in zip(office.parts(), written, unfolded, strict=True)
    ]


def test_it_is_in_the_letter_about_a_seat_and_in_its_calendar_part(cast, office):
    keys.draw_pass_keys_ahead()
    with transaction():
        seats.take(phone_in(), by=sam())
    [(_, *parts)] = told_now(office)
    assert [phone_in().key_print in part for part in parts] == [True] * 3


def test_a_discreet_calendar_learns_nothing_of_it(cast, office):
    keys.draw_pass_keys_ahead()
    with transaction():
        sam().is_discreet = True
        db.session.flush()
        seats.take(phone_in(), by=sam())
    [(_, text, _, calendar)] = told_now(office)
    assert (phone_in().key_print in text, "ingerprint" in calendar) == (True, False)


def test_nobody_gets_a_letter_because_keys_were_drawn_and_the_next_does_not_call_it_a_change(cast, office):
    with transaction():
        seats.take(phone_in(), by=sam())
    [(_, first, _, _)] = told_now(office)
    keys.draw_pass_keys_ahead()
    with transaction():
        telling.tell(seats.booked_by(sam()))
    assert (len(told_now(office)), "ingerprint" in first) == (1, False)
    with transaction():
        planning.give_new_pin(phone_in())
    [_, (subject, second, _, _)] = told_now(office)
    assert (subject.split(":")[0], phone_in().key_print in second) == ("Changed", True)
    assert "ingerprint" not in second.split("Sleeping better")[0]
