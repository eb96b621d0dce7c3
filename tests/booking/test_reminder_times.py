"""Whose time has come, reckoned without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from phonein import formats
from phonein.booking import reminder_times
from phonein.booking.reminder_times import STILL_COMING

START = datetime(2026, 3, 31, 6, tzinfo=UTC)  # 7am in London
USUAL = "1440 60"


def before(**span: int) -> datetime:
    return START - timedelta(**span)


@pytest.mark.parametrize(
    "now, due",
    [
        (before(days=1, seconds=1), ""),
        (before(days=1), "1440"),
        (before(hours=1, seconds=1), "1440"),
        (before(hours=1), "60"),
        (before(seconds=1), "60"),
        (START, ""),
    ],
)
def test_of_several_reminders_that_have_come_the_last_is_due_and_none_after_the_start(now, due):
    assert reminder_times.due(USUAL, START, now) == due


@pytest.mark.parametrize("now", [before(days=3), before(minutes=1)])
def test_whoever_wants_none_has_none_due(now):
    assert reminder_times.due("", START, now) == ""


def test_what_has_come_when_somebody_books_is_passed():
    passed = {
        ahead: reminder_times.passed("4320 1440 60", START, START - ahead)
        for ahead in (timedelta(days=4), timedelta(days=3), timedelta(hours=2), timedelta(minutes=20))
    }
    assert list(passed.values()) == [
        [],
        ["4320", STILL_COMING],
        ["4320", "1440", STILL_COMING],
        ["4320", "1440", "60", STILL_COMING],
    ]


def test_a_choice_is_kept_with_the_longest_first():
    assert reminder_times.written({60, 4320, 1440}) == "4320 1440 60"
    assert reminder_times.wanted("4320 1440 60") == [4320, 1440, 60]
    assert (reminder_times.written(set()), reminder_times.wanted("")) == ("", [])


@pytest.mark.parametrize(
    "minutes, said, typed",
    [
        (1, "1 minute", (1, "minutes")),
        (45, "45 minutes", (45, "minutes")),
        (60, "an hour", (1, "hours")),
        (90, "90 minutes", (90, "minutes")),
        (180, "3 hours", (3, "hours")),
        (1440, "a day", (1, "days")),
        (2880, "2 days", (2, "days")),
    ],
)
def test_a_span_is_said_as_people_say_it(minutes, said, typed):
    assert (formats.span(timedelta(minutes=minutes)), reminder_times.number_and_unit(minutes)) == (said, typed)
