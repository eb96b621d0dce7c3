"""The admin's schedule: a single phone-in, changing, moving and cancelling one date."""

from datetime import UTC, date, datetime, timedelta

import pytest

from phonein import clock
from phonein.booking import seats, telling
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.engines import read_with_icalendar

FACTS = {
    "title": "Evenings",
    "summary": "A quiet hour",
    "description": "Come as you are.",
    "seats": "12",
    "dial_in_number": "0808 157 0133",
    "freephone": "",
    "pin": "7331",
}
WHEN = {"starts_on": "2026-03-26", "starts_at": "19:30", "minutes": "60", "zone_name": "Europe/London"}
ASKING = {"asks_open_days": "7", "asks_close_hours": "24"}


@pytest.fixture
def fay(app, client):
    with transaction():
        fay, ada = make_fay(), make_ada()
    sign_in_as(client, ada)
    return fay


def one(slug: str) -> PhoneIn:
    db.session.rollback()
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()


def test_a_single_phone_in_is_made_and_published(client, fay):
    answer = press(client, "/app/admin/phone-ins/new", **FACTS, **WHEN, **ASKING, leaders=[fay.id])
    assert answer.location == "/app/admin/phone-ins/evenings-2026-03-26/"
    made = one("evenings-2026-03-26")
    assert (made.is_published, made.asks_close_at) == (False, made.starts_at - timedelta(days=1))
    assert client.get("/app/phone-ins/evenings-2026-03-26/").status_code == 404
    press(client, "/app/admin/phone-ins/evenings-2026-03-26/publication")
    assert client.get("/app/phone-ins/evenings-2026-03-26/").status_code == 200


def test_a_single_phone_in_is_not_made_in_the_past(client, fay):
    page = press(client, "/app/admin/phone-ins/new", **FACTS, **WHEN | {"starts_on": "2026-03-20"}, **ASKING)
    assert page.status_code == 422
    assert "Choose a time that is still to come" in page.text


@pytest.fixture
def booked(client, fay, office):
    with transaction():
        phone_in = make_phone_in(leaders=[fay], seats=5)
        for name in ("Sam", "Stan"):
            seats.take(phone_in, by=make_person(name))
    postman.deliver_due()
    return phone_in


def told(office) -> list[tuple[str, str, bytes | None]]:
    """What Sam and Stan are told after their first two letters, once there was time for further changes."""
    with clock.stopped_at(TUESDAY + telling.CHANGES_GATHER):
        postman.deliver_due()
    return office.parts()[2:]


def change(client, fay, **facts):
    return press(
        client, "/app/admin/phone-ins/sleep/", **FACTS | {"title": "Sleeping better"} | facts, leaders=[fay.id]
    )


def test_moving_tells_everybody_with_a_seat_and_their_calendars(client, booked, office):
    answer = press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-04-01", starts_at="15:00", minutes="45")
    assert answer.status_code == 303
    moved = one("sleep")
    assert moved.starts_at == datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
    assert moved.asks_close_at == moved.starts_at - timedelta(days=1)
    for _, text, calendar in told(office):
        read = read_with_icalendar(calendar)
        assert (read.sequence, read.starts_at, read.ends_at) == (1, moved.starts_at, moved.ends_at)
        assert "Wednesday 1 April 2026, 3pm to 3:45pm (UK time)" in text
    assert sorted(letter["To"] for letter in office.letters[2:]) == ["sam@example.org", "stan@example.org"]
    assert "2 people are being told" in client.get(answer.location).text


def test_moving_to_where_it_is_tells_nobody(client, booked, office):
    press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-03-31", starts_at="13:00", minutes="60")
    assert told(office) == []


def test_moving_into_the_past_is_refused(client, booked):
    page = press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-03-24", starts_at="11:59", minutes="60")
    assert page.status_code == 422
    assert "Choose a time that is still to come" in page.text


def test_a_new_pin_reaches_everybody_and_other_words_nobody(client, booked, fay, office):
    change(client, fay, pin=booked.pin, dial_in_number=booked.dial_in_number, description="Bring a cup of tea.")
    assert told(office) == []
    change(client, fay, pin="9999", dial_in_number=booked.dial_in_number)
    assert ["- the PIN is now 9999" in text for _, text, _ in told(office)] == [True, True]


def test_a_pin_that_is_taken_away_is_heard_of_too(client, booked, fay, office):
    change(client, fay, pin="", dial_in_number=booked.dial_in_number)
    assert "- the PIN is no longer used" in told(office)[0][1]


def test_moving_earlier_after_a_first_release_closes_asking_before_the_start(client, fay):
    starts_at = TUESDAY + timedelta(days=20)
    with transaction():
        phone_in = make_phone_in(starts_at=starts_at, asks_open_at=TUESDAY - timedelta(days=5), leaders=[fay])
        phone_in.released_through = phone_in.release_times[0]
    press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-04-01", starts_at="13:00", minutes="60")
    moved = one("sleep")
    assert moved.starts_at - moved.asks_close_at == timedelta(days=1)
    assert moved.release_times[-1] == moved.asks_close_at


def test_an_admin_s_words_are_shown_where_they_could_not_be_kept(client, booked):
    with clock.stopped_at(TUESDAY + timedelta(days=7)):
        with transaction():
            abel = make_person("Abel", "admin")
        sign_in_as(client, abel)
        refused = press(client, "/app/admin/phone-ins/sleep/cancellation", reason="The line has been down since five.")
    assert "The line has been down since five." in refused.text


def test_fewer_seats_than_are_booked_is_refused_with_the_number(client, booked, fay):
    page = change(client, fay, seats="1", description="Kept words")
    assert page.status_code == 409
    assert "2 seats are booked or held already" in page.text
    assert "Kept words" in page.text
    assert one("sleep").seats == 5


def test_cancelling_tells_everybody_once_and_takes_it_out_of_their_calendars(client, booked, office):
    for _ in range(2):
        answer = press(client, "/app/admin/phone-ins/sleep/cancellation", reason="The line is down.")
        assert answer.status_code == 303
    for _, text, calendar in told(office):
        read = read_with_icalendar(calendar)
        assert (read.method, read.status, read.sequence) == ("CANCEL", "CANCELLED", 1)
        assert "The line is down." in text
    assert len(office.letters) == 4
    assert "This phone-in is cancelled" in client.get("/app/phone-ins/sleep/").text


def test_cancelling_needs_a_reason(client, booked):
    page = press(client, "/app/admin/phone-ins/sleep/cancellation", reason="  ")
    assert page.status_code == 422
    assert "Say why, in a sentence" in page.text
    assert not one("sleep").is_cancelled


def test_what_has_begun_is_not_changed_any_more(client, booked, fay):
    with clock.stopped_at(TUESDAY + timedelta(days=7)):
        with transaction():
            ada = make_person("Abel", "admin")
        sign_in_as(client, ada)
        refused = press(client, "/app/admin/phone-ins/sleep/cancellation", reason="Too late")
        assert (refused.status_code, "begun or is over" in refused.text) == (409, True)
        assert "It can no longer be changed." in client.get("/app/admin/phone-ins/sleep/").text


def test_the_overview_shows_what_is_coming_and_what_is_a_draft(client, booked):
    with transaction():
        make_phone_in(slug="idea", title="An idea", published_at=None, starts_at=TUESDAY + timedelta(days=60))
    page = client.get("/app/admin/").text
    assert "Sleeping better" in page
    assert "2 of 5" in page
    assert "An idea" in page


def test_the_pages_say_so_when_there_is_nothing(client, fay):
    assert "Nothing in the next two weeks" in client.get("/app/admin/").text
    assert "There are no series yet" in client.get("/app/admin/series/").text
    assert "Every letter has arrived or is on its way" in client.get("/app/admin/letters/").text
    assert date(2026, 3, 24) == clock.today()
