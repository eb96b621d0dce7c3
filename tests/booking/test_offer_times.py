"""How long a seat is held, and that nobody is woken for one. No database here."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from phonein.booking.offer_times import from_at, held_for, window

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
START = datetime(2026, 3, 31, 12, tzinfo=UTC)


def local(text: str, zone: ZoneInfo = LONDON) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=zone)


@pytest.mark.parametrize(
    "hours_before, hours_held",
    [(24 * 30, 48), (96, 12), (24, 2), (4, None), (0, None), (-1, None)],
)
def test_the_window_shrinks_as_the_start_nears(hours_before, hours_held):
    held = window(START - hours_before * HOUR, START)
    assert held == (hours_held and hours_held * HOUR)
    longer = window(START - hours_before * HOUR - MINUTE, START)
    assert longer == {24 * 30: 48 * HOUR, 96: 48 * HOUR, 24: 12 * HOUR, 4: 2 * HOUR}.get(hours_before)


@pytest.mark.parametrize(
    "now, starts_at, told_at",
    [
        ("03-24 07:00", "03-31 13:00", "03-24 07:00"),
        ("03-24 20:59", "03-31 13:00", "03-24 20:59"),
        ("03-24 21:00", "03-31 13:00", "03-25 07:00"),
        ("03-25 00:30", "03-31 13:00", "03-25 07:00"),
        ("03-25 06:59", "03-31 13:00", "03-25 07:00"),
        ("03-31 02:00", "03-31 13:00", "03-31 02:00"),  # it is on that day
        ("03-30 22:00", "03-31 13:00", "03-31 07:00"),
        ("03-30 22:00", "03-31 09:00", "03-31 07:00"),
        ("03-30 22:00", "03-31 08:59", "03-31 00:00"),  # at seven there would be less than two hours left
        ("03-30 22:00", "03-31 06:00", "03-31 00:00"),
        ("03-28 21:30", "03-31 13:00", "03-29 07:00"),  # that night the clocks go forward
        ("10-24 21:30", "10-31 13:00", "10-25 07:00"),  # and that one back
    ],
)
def test_nobody_is_told_between_nine_and_seven_unless_it_is_on_that_day(now, starts_at, told_at):
    assert from_at(local(now), LONDON, local(starts_at)) == local(told_at)


def test_the_night_is_that_of_their_own_clock():
    now = local("03-24 22:00")  # 18:00 in New York
    assert from_at(now, NEW_YORK, local("03-31 13:00")) == now
    assert from_at(local("03-24 08:00"), NEW_YORK, local("03-31 13:00")) == local("03-24 07:00", NEW_YORK)


def test_the_time_to_decide_counts_from_the_morning_and_is_over_before_the_start():
    told_at, until_at = held_for(local("03-24 23:00"), LONDON, local("03-31 13:00"))
    assert (told_at, until_at) == (local("03-25 07:00"), local("03-27 07:00"))
    now = local("03-28 00:00")
    while now < local("03-31 13:00"):
        for zone in (LONDON, NEW_YORK, ZoneInfo("Pacific/Auckland"), ZoneInfo("Pacific/Honolulu")):
            held = held_for(now, zone, local("03-31 13:00"))
            assert held is None or (now - 15 * MINUTE < held[0] and held[1] <= local("03-31 12:30"))
        now += 7 * MINUTE


def test_a_promise_is_said_in_quarters_of_an_hour_and_never_shorter_than_it_was_meant():
    held = held_for(local("03-24 10:01"), LONDON, local("03-31 13:00"))
    assert held == (local("03-24 10:00"), local("03-26 10:15"))
    assert held_for(local("03-24 10:15"), LONDON, local("03-31 13:00"))[1] == local("03-26 10:15")


@pytest.mark.parametrize(
    "starts_at, told_at, until_at",
    [
        ("03-31 10:00", "03-31 07:00", "03-31 08:30"),
        ("03-31 09:00", "03-31 07:00", "03-31 08:00"),
        ("03-31 02:00", "03-31 00:00", "03-31 01:00"),
    ],
)
def test_overnight_a_seat_is_held_for_the_next_in_line_and_not_for_whoever_is_awake(starts_at, told_at, until_at):
    assert held_for(local("03-30 21:30"), LONDON, local(starts_at)) == (local(told_at), local(until_at))
