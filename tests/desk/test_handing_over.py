"""Handing a phone-in over: it is on another desk, and those concerned hear of it."""

import pytest

from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery import news, postman
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY

AT = "/app/desk/sleep/hand-over"


@pytest.fixture
def kim(app, client):
    with transaction():
        fay, kim = make_fay(), make_person("Kim", "facilitator")
        seats.take(make_phone_in(leaders=[fay]), by=make_person())
    sign_in_as(client, fay)
    return kim


def test_whoever_takes_it_on_sees_it_and_whoever_gave_it_away_does_not(client, kim, office):
    postman.deliver_due()
    answer = press(client, AT, to=str(kim.id))
    assert (answer.status_code, answer.location) == (303, "/app/desk/")
    assert "Kim leads “Sleeping better” now" in client.get(answer.location).text
    assert client.get("/app/desk/sleep/").status_code == 404
    assert sign_in_as(client.application.test_client(), kim).get("/app/desk/sleep/").status_code == 200
    with transaction():
        news.hurry()
    postman.deliver_due()
    told = [(letter["To"], letter["Subject"].partition(":")[0]) for letter in office.letters[1:]]
    assert sorted(told) == [
        ("kim@example.org", "Handed over to you"),
        ("sam@example.org", "Changed"),
    ]
    assert "- who leads it is now Kim" in next(text for subject, text, _ in office.parts() if "Changed" in subject)


def test_only_to_somebody_who_can_lead_and_does_not_yet(client, kim):
    fay_id = db.session.scalars(db.select(PhoneIn)).one().leaders[0].id
    for wrong in ("", str(fay_id), "999"):
        page = press(client, AT, to=wrong)
        assert (page.status_code, "valid choice" in page.text or "Choose who leads it" in page.text) == (422, True)


def test_nobody_is_chosen_beforehand(client, kim):
    page = client.get(AT).text
    assert '<option selected value="">Choose somebody</option>' in page


def test_what_somebody_else_leads_is_not_handed_over(client, kim):
    with transaction():
        make_phone_in(slug="other", leaders=[kim], starts_at=TUESDAY)
    assert client.get("/app/desk/other/hand-over").status_code == 404
    assert press(client, "/app/desk/other/hand-over", to=str(kim.id)).status_code == 404


def test_without_another_facilitator_the_page_says_so(client, kim):
    with transaction():
        kim.left_on = TUESDAY.date()
    assert "There is nobody to hand it to" in client.get(AT).text
