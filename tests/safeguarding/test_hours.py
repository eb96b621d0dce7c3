"""The hours at which somebody looks: what can be promised from them, and what they keep to themselves."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from phonein.safeguarding import hours
from phonein.safeguarding.hours import Hours, NotHours, read

LONDON = "Europe/London"
WORKING = "\n".join(f"{day} 09:00-17:00" for day in ("MO", "TU", "WE", "TH", "FR"))


def at(text: str, zone: str = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def test_what_is_written_is_read_again_and_said_in_words():
    text = f"{WORKING.replace('FR 09:00-17:00', 'FR 09:00-12:30')}\nSU 20:00-00:00\nnot on bank holidays scotland"
    found = read(text, LONDON)
    assert (found.text, found.days[6]) == (text, (time(20), time()))
    assert found.in_words == (
        "Monday to Thursday 09:00 to 17:00, Friday 09:00 to 12:30, Sunday 20:00 to midnight (UK time), "
        "not on bank holidays"
    )
    always = Hours(ZoneInfo(LONDON), dict.fromkeys(range(7), (time(), time())))
    assert (always.in_words, read("", LONDON).in_words, bool(read("", LONDON))) == (
        "every day day and night (UK time)",
        "",
        False,
    )


NO_HOURS = ["MO 9-17", "XX 09:00-17:00", "MO 17:00-09:00", "MO 09:00-25:00", "not on bank holidays mars"]


@pytest.mark.parametrize("text", NO_HOURS)
def test_what_is_no_hours_is_refused(text):
    with pytest.raises(NotHours):
        read(text, LONDON)


@pytest.mark.parametrize(
    "now, said",
    [
        ("2026-03-24T08:59", "today 09:00"),
        ("2026-03-24T09:00", "today by 17:00"),
        ("2026-03-24T16:00", "today by 17:00"),
        ("2026-03-24T16:01", "Wednesday 09:00"),  # with less than an hour left nothing is promised for today
        ("2026-03-27T17:00", "Monday 09:00"),
        ("2026-12-24T18:00", "Tuesday 09:00"),  # Christmas, Boxing Day on a Saturday, and the Monday in its place
    ],
)
def test_the_next_check_is_one_that_can_be_kept(now, said):
    assert hours.next_check(read(f"{WORKING}\nnot on bank holidays england-and-wales", LONDON), at(now)) == said


def test_further_away_than_a_week_it_has_its_date_and_elsewhere_its_clock():
    weekly = read("TU 09:00-10:00", "America/New_York")
    assert (
        hours.next_check(weekly, at("2026-03-24T09:30", "America/New_York")) == "Tuesday 31 March 09:00 (New York time)"
    )
    assert hours.next_check(read("", LONDON), at("2026-03-24T09:30")) == ""


def test_all_that_comes_in_a_day_is_due_at_one_moment_so_nobody_learns_when_it_came():
    working, day = read(WORKING, LONDON), at("2026-03-23T13:00")
    due = {hours.target(working, day + timedelta(minutes=minute), 4) for minute in range(1, 24 * 60 + 1)}
    assert due == {at("2026-03-24T17:00")}
    assert hours.target(working, at("2026-03-24T13:00"), 4) == at("2026-03-24T17:00")
    assert hours.target(working, at("2026-03-27T13:01"), 4) == at(
        "2026-03-30T17:00"
    )  # over a weekend and a clock change
    assert hours.target(read("", LONDON), day, 4) is None


def test_where_clocks_change_hours_are_hours_that_pass():
    nights = read("SU 00:00-04:00\nMO 00:00-04:00", LONDON)
    spring, autumn = at("2026-03-28T20:00"), at("2026-10-24T20:00")  # three hours pass that night, and five
    assert hours.target(nights, spring, 4) == at("2026-03-30T04:00")
    assert hours.target(nights, autumn, 5) == at("2026-10-25T04:00")
    skipped = read("SU 01:30-03:00", LONDON)
    assert next(skipped.blocks(spring)) == (at("2026-03-29T02:30"), at("2026-03-29T03:00"))
