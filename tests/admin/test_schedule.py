"""The admin's schedule: a series with its preview, a single phone-in, moving and cancelling one date."""

from datetime import UTC, date, datetime, timedelta

import pytest

from phonein import clock
from phonein.booking import seats
from phonein.db import db, transaction
from phonein.delivery.outbox import Letter
from phonein.schedule.models import PhoneIn, Series
from tests.builders import csrf, make_ada, make_fay, make_person, make_phone_in, press, sign_in_as
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
WEEKLY = FACTS | WHEN | ASKING | {"repeat": "1", "weekdays": ["TH"], "ends": "never", "count": "", "until": ""}


@pytest.fixture
def fay(app, client):
    with transaction():
        fay, ada = make_fay(), make_ada()
    sign_in_as(client, ada)
    return fay


def one(slug: str) -> PhoneIn:
    db.session.rollback()
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.slug == slug)).one()


def letters(name: str) -> list[Letter]:
    return list(db.session.scalars(db.select(Letter).where(Letter.name == name)))


def test_a_weekly_series_is_a_draft_until_it_is_published(client, fay):
    answer = press(client, "/app/admin/series/new", **WEEKLY, leaders=[fay.id])
    assert (answer.status_code, answer.location) == (303, "/app/admin/series/evenings/")
    assert client.get("/app/").text.count("Evenings") == 0
    press(client, "/app/admin/series/evenings/publication")
    series = db.session.scalars(db.select(Series)).one()
    assert series.rule == "FREQ=WEEKLY;BYDAY=TH"
    starts = [phone_in.starts_at for phone_in in series.phone_ins[:2]]
    # the clocks go forward between the two: 19:30 on the wall both times
    assert starts == [datetime(2026, 3, 26, 19, 30, tzinfo=UTC), datetime(2026, 4, 2, 18, 30, tzinfo=UTC)]
    assert len(series.phone_ins) == 57  # 400 days of Thursdays
    assert [leader.name for leader in series.phone_ins[0].leaders] == ["Fay"]
    assert "Evenings" in client.get("/app/").text


def test_publishing_twice_makes_each_date_once(client, fay):
    press(client, "/app/admin/series/new", **WEEKLY, leaders=[fay.id])
    for _ in range(2):
        press(client, "/app/admin/series/evenings/publication")
    assert db.session.scalar(db.select(db.func.count()).select_from(PhoneIn)) == 57


def test_the_preview_shows_the_next_ten_dates_and_saves_nothing(client, fay):
    fields = WEEKLY | {"leaders": [fay.id], "preview": "1"}
    page = press(client, "/app/admin/series/new", **fields)
    assert page.status_code == 200
    assert "FREQ=WEEKLY;BYDAY=TH" in page.text
    assert page.text.count("7:30pm") == 10
    assert "Thu 26 Mar 2026" in page.text
    fragment = client.post("/app/admin/series/new?fragment=1", data={"csrf_token": csrf(client)} | fields)
    assert "<html" not in fragment.text
    assert fragment.text.count("7:30pm") == 10
    assert db.session.scalars(db.select(Series)).all() == []


def test_the_preview_says_when_the_clocks_change(client, fay):
    fields = WEEKLY | {"weekdays": ["SU"], "starts_on": "2026-03-29", "leaders": [fay.id], "preview": "1"}
    assert "the clocks change on this day" in press(client, "/app/admin/series/new", **fields).text


@pytest.mark.parametrize(
    "change, rule",
    [
        ({"repeat": "2", "weekdays": ["TH"]}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH"),
        ({"weekdays": ["SU", "TH"]}, "FREQ=WEEKLY;BYDAY=TH,SU"),
        ({"weekdays": []}, "FREQ=WEEKLY;BYDAY=TH"),
        ({"repeat": "month"}, "FREQ=MONTHLY;BYDAY=4TH"),
        ({"repeat": "last"}, "FREQ=MONTHLY;BYDAY=-1TH"),
        ({"ends": "count", "count": "6"}, "FREQ=WEEKLY;BYDAY=TH;COUNT=6"),
        ({"ends": "until", "until": "2026-06-25"}, "FREQ=WEEKLY;BYDAY=TH;UNTIL=20260625T225959Z"),
    ],
)
def test_plain_words_become_the_rule(client, fay, change, rule):
    press(client, "/app/admin/series/new", **WEEKLY | change, leaders=[fay.id])
    assert db.session.scalars(db.select(Series.rule)).all() == [rule]


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"title": ""}, "Enter a title"),
        ({"title": "a\nb"}, "Write this on one line"),
        ({"title": "x" * 121}, "Use 120 characters or fewer"),
        ({"seats": "0"}, "Enter a whole number from 1 to 5000"),
        ({"seats": "ten"}, "Enter how many seats there are"),
        ({"seats": "99999999999999999999"}, "Enter a whole number from 1 to 5000"),
        ({"minutes": "1e3"}, "Enter how long it lasts"),
        ({"starts_on": "2026-02-31"}, "Enter a date"),
        ({"starts_on": "9999-12-31"}, "Choose a date between"),
        ({"starts_on": "2026-03-29", "starts_at": "01:30"}, "The clocks go forward that night"),
        ({"zone_name": "../../etc/passwd"}, "Not a valid choice"),
        ({"leaders": []}, "Choose who leads it"),
        ({"leaders": ["999"]}, "is not a valid choice"),
        ({"ends": "count", "count": "-5"}, "Enter a whole number from 1 to 500"),
        ({"ends": "count", "count": "10000"}, "Enter a whole number from 1 to 500"),
        ({"repeat": "99"}, "Not a valid choice"),
        ({"ends": "count"}, "Enter how many phone-ins there are"),
        ({"ends": "until", "until": "2026-03-01"}, "The last day is before the first"),
        ({"asks_open_days": "1", "asks_close_hours": "24"}, "Asking would close before it opens"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(client, fay, wrong, words):
    fields = WEEKLY | {"leaders": [fay.id]} | wrong
    page = press(client, "/app/admin/series/new", **fields)
    assert page.status_code == 422
    assert words in page.text
    assert "Come as you are." in page.text
    assert db.session.scalars(db.select(Series)).all() == []


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
def booked(client, fay):
    with transaction():
        phone_in = make_phone_in(leaders=[fay], seats=5)
        for name in ("Sam", "Stan"):
            seats.take(phone_in, by=make_person(name))
    return phone_in


def change(client, fay, **facts):
    return press(
        client, "/app/admin/phone-ins/sleep/", **FACTS | {"title": "Sleeping better"} | facts, leaders=[fay.id]
    )


def test_moving_tells_everybody_with_a_seat_and_their_calendars(client, booked):
    answer = press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-04-01", starts_at="15:00", minutes="45")
    assert answer.status_code == 303
    moved = one("sleep")
    assert moved.starts_at == datetime(2026, 4, 1, 14, 0, tzinfo=UTC)
    assert moved.asks_close_at == moved.starts_at - timedelta(days=1)
    told = letters("phone-in-changed")
    assert sorted(letter.to_address for letter in told) == ["sam@example.org", "stan@example.org"]
    for letter in told:
        read = read_with_icalendar(letter.invite.encode())
        assert (read.sequence, read.starts_at, read.ends_at) == (1, moved.starts_at, moved.ends_at)
        assert "Wednesday 1 April 2026, 3pm to 3:45pm (UK time)" in letter.text
    assert "2 people have been told" in client.get(answer.location).text


def test_moving_to_where_it_is_tells_nobody(client, booked):
    press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-03-31", starts_at="13:00", minutes="60")
    assert letters("phone-in-changed") == []


def test_moving_into_the_past_is_refused(client, booked):
    page = press(client, "/app/admin/phone-ins/sleep/move", starts_on="2026-03-24", starts_at="11:59", minutes="60")
    assert page.status_code == 422
    assert "Choose a time that is still to come" in page.text


def test_a_new_pin_reaches_everybody_and_other_words_nobody(client, booked, fay):
    change(client, fay, pin=booked.pin, dial_in_number=booked.dial_in_number, description="Bring a cup of tea.")
    assert letters("phone-in-changed") == []
    change(client, fay, pin="9999", dial_in_number=booked.dial_in_number)
    told = letters("phone-in-changed")
    assert len(told) == 2
    assert "- the PIN is now 9999" in told[0].text


def test_a_pin_that_is_taken_away_is_heard_of_too(client, booked, fay):
    change(client, fay, pin="", dial_in_number=booked.dial_in_number)
    assert "- the PIN is no longer used" in letters("phone-in-changed")[0].text


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
    assert "2 seats are booked already" in page.text
    assert "Kept words" in page.text
    assert one("sleep").seats == 5


def test_cancelling_tells_everybody_once_and_takes_it_out_of_their_calendars(client, booked):
    for _ in range(2):
        answer = press(client, "/app/admin/phone-ins/sleep/cancellation", reason="The line is down.")
        assert answer.status_code == 303
    told = letters("phone-in-cancelled")
    assert len(told) == 2
    read = read_with_icalendar(told[0].invite.encode())
    assert (told[0].method, read.status, read.sequence) == ("CANCEL", "CANCELLED", 1)
    assert "The line is down." in told[0].text
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


def test_a_changed_series_takes_its_untouched_dates_along_and_says_which_stay(client, fay):
    press(client, "/app/admin/series/new", **WEEKLY, leaders=[fay.id])
    press(client, "/app/admin/series/evenings/publication")
    with transaction():
        seats.take(one("evenings-2026-04-02"), by=make_person())
    answer = press(client, "/app/admin/series/evenings/", **FACTS | {"title": "Late evenings"}, leaders=[fay.id])
    assert "1 date keeps what it has" in client.get(answer.location).text
    titles = {slug: one(slug).title for slug in ("evenings-2026-03-26", "evenings-2026-04-02", "evenings-2026-04-09")}
    assert list(titles.values()) == ["Late evenings", "Evenings", "Late evenings"]


def test_a_date_changed_by_hand_does_not_follow_its_series(client, fay):
    press(client, "/app/admin/series/new", **WEEKLY, leaders=[fay.id])
    press(client, "/app/admin/series/evenings/publication")
    by_hand = FACTS | {"title": "A special evening", "seats": "3"}
    press(client, "/app/admin/phone-ins/evenings-2026-04-02/", **by_hand, leaders=[fay.id])
    answer = press(client, "/app/admin/series/evenings/", **FACTS | {"title": "Late evenings"}, leaders=[fay.id])
    assert "1 date keeps what it has" in client.get(answer.location).text
    assert (one("evenings-2026-04-02").title, one("evenings-2026-04-02").seats) == ("A special evening", 3)


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


def test_a_letter_given_up_is_shown_and_sent_again(client, booked):
    with transaction():
        letter = db.session.scalars(db.select(Letter).limit(1)).one()
        letter.give_up("RCPT 550")
    page = client.get("/app/admin/letters/").text
    assert letter.to_address in page
    assert "RCPT 550" in page
    press(client, f"/app/admin/letters/{letter.id}/resending")
    db.session.rollback()
    assert (letter.given_up_at, letter.attempts) == (None, 0)
    assert press(client, f"/app/admin/letters/{letter.id}/resending").status_code == 404
