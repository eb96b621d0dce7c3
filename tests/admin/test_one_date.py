"""One date changed by itself: PIN, questions, a cancellation taken back, hidden again; and two admins at once."""

from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import seats, telling
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.schedule import by_hand, publishing
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY

AT = "/app/admin/phone-ins/sleep/"


@pytest.fixture
def ada(app, client):
    with transaction():
        ada, fay = make_ada(), make_fay()
        make_phone_in(leaders=[fay], seats=5)
    sign_in_as(client, ada)
    return ada


def sleep() -> PhoneIn:
    db.session.rollback()
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == "sleep")).one()


def facts(**changed):
    one = sleep()
    form = {name: getattr(one, name) for name in ("title", "summary", "description", "seats", "dial_in_number", "pin")}
    asking = {"asks_open_days": "7", "asks_close_hours": "24", "edition": str(one.edition)}
    return form | asking | {"freephone": "", "leaders": [leader.id for leader in one.leaders]} | changed


def test_a_new_pin_for_this_date_alone(client, ada, office):
    with transaction():
        seats.take(sleep(), by=make_person())
    postman.deliver_due()
    answer = press(client, f"{AT}pin")
    assert "1 person is being told" in client.get(answer.location).text
    assert sleep().pin != "4821"
    with clock.stopped_at(TUESDAY + telling.CHANGES_GATHER):
        postman.deliver_due()
    assert f"- the PIN is now {sleep().pin}" in office.parts()[1][1]


def test_when_questions_may_be_asked_is_changed_for_one_date(client, ada):
    assert press(client, AT, **facts(asks_open_days="3", asks_close_hours="2")).status_code == 303
    one = sleep()
    assert one.starts_at - one.asks_close_at == timedelta(hours=2)
    assert one.starts_at - one.asks_open_at == timedelta(days=2, hours=23)  # the clocks went forward between
    page = client.get(AT).text
    assert 'name="asks_open_days"' in page
    assert 'value="3"' in page


def test_a_cancellation_is_taken_back(client, ada):
    press(client, f"{AT}cancellation", reason="The line is down.")
    assert "Take the cancellation back" in client.get(AT).text
    answer = press(client, f"{AT}cancellation/take-back")
    assert "It takes place after all. Nobody had to be told." in client.get(answer.location).text
    assert not sleep().is_cancelled
    assert press(client, f"{AT}cancellation/take-back").status_code == 303


def test_the_second_of_two_admins_sees_that_it_changed_and_loses_nothing(client, ada):
    mine = facts(description="All that I have written in the last hour.", title="My title")
    press(client, AT, **facts(title="Their title"))
    page = press(client, AT, **mine)
    assert page.status_code == 409
    assert "Somebody else has changed this while you were writing" in page.text
    assert "All that I have written in the last hour." in page.text
    assert sleep().title == "Their title"
    assert f'name="edition" type="hidden" value="{sleep().edition}"' in page.text.replace("  ", " ")
    assert press(client, AT, **mine | {"edition": str(sleep().edition)}).status_code == 303
    assert sleep().title == "My title"


def test_the_second_of_two_who_move_it_sees_that_it_changed(client, ada):
    when = {"starts_on": "2026-04-01", "starts_at": "15:00", "minutes": "45", "edition": str(sleep().edition)}
    assert press(client, f"{AT}move", **when).status_code == 303
    page = press(client, f"{AT}move", **when | {"starts_at": "16:00"})
    assert (page.status_code, "This changed while you were writing" in page.text) == (409, True)
    assert 'value="16:00"' in page.text


def test_what_people_booked_or_can_ask_about_is_not_hidden(client, ada):
    answer = press(client, f"{AT}publication/take-back")
    assert "Questions can be asked for it already" in client.get(answer.location).text
    with transaction():
        far = make_phone_in(slug="far", starts_at=TUESDAY + timedelta(days=60))
        seats.take(far, by=make_person())
    answer = press(client, "/app/admin/phone-ins/far/publication/take-back")
    assert "1 person has booked in this phone-in" in client.get(answer.location).text
    assert client.get("/app/phone-ins/far/").status_code == 200


def test_a_draft_again_is_seen_by_nobody(client, ada):
    with transaction():
        make_phone_in(slug="far", title="Far away", starts_at=TUESDAY + timedelta(days=60))
    press(client, "/app/admin/phone-ins/far/publication/take-back")
    assert client.get("/app/phone-ins/far/").status_code == 404
    press(client, "/app/admin/phone-ins/far/publication")
    assert client.get("/app/phone-ins/far/").status_code == 200


def test_the_page_says_what_was_changed_by_hand_and_leads_to_the_rest(client, ada):
    with transaction():
        series = make_series(leaders=[make_fay(email="fay2@example.org")])
        publishing.publish_series(series)
        one = series.phone_ins[3]
        one.own_facts, one.seats = "seats", 3
    page = client.get(f"/app/admin/phone-ins/{one.slug}/").text
    assert by_hand.own_words(one) == ["its own number of seats"]
    assert "its own number of seats" in page
    assert f"/app/admin/series/tuesdays/from/{one.slug}" in page
