"""How we say a time, a number of seats, an address."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from phonein import formats
from phonein.formats import is_clock_change

LONDON = ZoneInfo("Europe/London")


def timed(begin: str, end: str, zone: str = "Europe/London") -> SimpleNamespace:
    starts_at, ends_at = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (begin, end))
    return SimpleNamespace(starts_at=starts_at, ends_at=ends_at, zone=ZoneInfo(zone))


@pytest.mark.parametrize(
    "begin, end, zone, words",
    [
        ("2026-03-31T12:00", "2026-03-31T13:00", "Europe/London", "Tuesday 31 March 2026, 1pm to 2pm (UK time)"),
        ("2026-10-01T22:30", "2026-10-01T23:30", "Europe/London",
         "Thursday 1 October 2026, 11:30pm to 12:30am on Friday (UK time)"),
        ("2026-11-24T11:15", "2026-11-24T12:00", "Europe/London",
         "Tuesday 24 November 2026, 11:15am to midday (UK time)"),
        ("2026-11-24T23:00", "2026-11-25T00:00", "Europe/London",
         "Tuesday 24 November 2026, 11pm to midnight (UK time)"),
        ("2026-10-27T14:00", "2026-10-27T15:15", "America/New_York",
         "Tuesday 27 October 2026, 10am to 11:15am (New York time)"),
        # ninety minutes over the night on which the clocks go back
        ("2026-10-24T23:30", "2026-10-25T01:00", "Europe/London",
         "Sunday 25 October 2026, 12:30am to 1am (UK time)"),
    ],
)  # fmt: skip
def test_when_it_is_in_words(begin, end, zone, words):
    assert formats.when(timed(begin, end, zone)) == words


@pytest.mark.parametrize("number, words", [(-1, "Full"), (0, "Full"), (1, "1 seat left"), (12, "12 seats left")])
def test_how_many_seats_are_left_in_words(number, words):
    assert formats.seats_left(number) == words


@pytest.mark.parametrize("number, words", [(1, "first"), (3, "third"), (10, "tenth"), (11, "11th"), (22, "22nd")])
def test_a_place_in_line_in_words(number, words):
    assert formats.place(number) == words


@pytest.mark.parametrize(
    "length, words",
    [
        ({"hours": 48}, "2 days"),
        ({"hours": 12}, "12 hours"),
        ({"hours": 1}, "an hour"),
        ({"minutes": 90}, "90 minutes"),
    ],
)
def test_a_span_of_time_in_words(length, words):
    assert formats.span(timedelta(**length)) == words


def test_an_address_in_a_letter_begins_with_the_public_one(app):
    app.config["PUBLIC_URL"] = "https://phone-in.example"
    with app.test_request_context("/", headers={"Host": "localhost"}):
        assert formats.address("public.landing") == "https://phone-in.example/"


def test_an_instant_for_machines_is_in_utc():
    assert formats.machine(datetime(2026, 10, 1, 23, 30, tzinfo=LONDON)) == "2026-10-01T22:30:00Z"


@pytest.mark.parametrize(
    ("day", "zone", "answer"),
    [
        (date(2026, 10, 24), "Europe/London", False),
        (date(2026, 10, 25), "Europe/London", True),
        (date(2026, 10, 26), "Europe/London", False),
        (date(2027, 3, 28), "Europe/London", True),
        (date(2026, 4, 4), "America/Santiago", True),  # back at midnight: the hour that comes twice is on this day
        (date(2026, 9, 6), "America/Santiago", True),  # forward at midnight
        (date(2026, 9, 5), "America/Santiago", False),
    ],
)
def test_the_days_on_which_the_clocks_change_are_known(day, zone, answer):
    assert is_clock_change(day, ZoneInfo(zone)) is answer


@pytest.mark.parametrize(
    "starts_at, words",
    [
        ("2026-10-24T18:30", ""),
        ("2026-10-25T19:30", "The clocks go back on that day: the time above is the one on the wall."),
        ("2026-11-01T19:30", "The clocks go back on Sunday 25 October 2026, before this phone-in: the time"),
        ("2026-11-02T19:30", ""),
        ("2027-03-30T18:30", "The clocks go forward on Sunday 28 March 2027, before this phone-in: the time"),
    ],
)
def test_the_week_after_the_clocks_change_says_so(starts_at, words):
    said = formats.clock_change(timed(starts_at, starts_at))
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_another_clock_is_said_only_where_it_shows_another_time():
    noon = timed("2026-10-27T14:00", "2026-10-27T15:00")
    assert formats.elsewhere(noon, ZoneInfo("Europe/Dublin")) == ""
    assert formats.elsewhere(noon, ZoneInfo("America/New_York")) == "Tuesday 27 October 2026 at 10am (New York time)"
