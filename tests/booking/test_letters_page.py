"""What my calendar was told, and telling it once more."""

import pytest

from phonein.booking import seats
from phonein.db import transaction
from phonein.delivery import postman
from tests.builders import make_person, make_phone_in, press, sign_in_as

AT = "/app/phone-ins/sleep/letters"


@pytest.fixture
def sam(app, client):
    with transaction():
        sam = make_person()
        seats.take(make_phone_in(), by=sam)
    sign_in_as(client, sam)
    return sam


def test_every_letter_is_listed_and_one_more_is_sent_on_request(client, sam, office):
    assert "No letter has left yet" in client.get(AT).text
    postman.deliver_due()
    page = client.get(AT).text
    assert ("Your seat was booked" in page, "entered, or changed in place" in page) == (True, True)
    assert press(client, f"{AT}/again").status_code == 303
    postman.deliver_due()
    assert office.methods() == ["REQUEST", "REQUEST"]
    assert "You asked to be told once more" in client.get(AT).text


def test_what_was_told_can_still_be_read_when_the_seat_is_given_back(client, sam, office):
    postman.deliver_due()
    press(client, "/app/phone-ins/sleep/seat/give-back")
    postman.deliver_due()
    page = client.get(AT).text
    assert ("Your seat was given back" in page, "You gave this seat back." in page) == (True, True)
    assert "Send it again" not in page
    assert press(client, f"{AT}/again").status_code == 404


def test_nobody_sees_what_others_were_told(client, sam):
    with transaction():
        stan = make_person("Stan")
    sign_in_as(client, stan)
    assert client.get(AT).status_code == 404
    assert press(client, f"{AT}/again").status_code == 404
