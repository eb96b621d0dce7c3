"""The official list of bank holidays, and series that skip them."""

from datetime import UTC, date, datetime, time

import pytest

from phonein import bank_holidays
from phonein.schedule.models import ExtraDate, LeftOut, Series


def test_each_part_of_the_kingdom_has_its_own():
    christmas = {date(2026, 12, 25): "Christmas Day"}
    assert christmas.items() <= bank_holidays.names("england-and-wales").items()
    assert bank_holidays.names("scotland")[date(2026, 11, 30)] == "St Andrew’s Day"
    assert bank_holidays.names("northern-ireland")[date(2027, 3, 17)] == "St Patrick’s Day"
    assert date(2026, 11, 30) not in bank_holidays.names("england-and-wales")


def test_no_part_of_the_kingdom_has_none():
    assert bank_holidays.names("") == {}


@pytest.mark.parametrize("region", bank_holidays.REGIONS)
def test_it_is_said_where_the_list_comes_from_and_how_far_it_goes(region):
    assert bank_holidays.known_until(region) >= date(2028, 12, 26)
    assert bank_holidays.source(region).startswith("Official list, known until 26 December 20")


def made(**columns):
    defaults = {
        "zone_name": "Europe/London",
        "first_on": date(2026, 12, 11),
        "starts_at_time": time(12, 30),
        "rule": "FREQ=WEEKLY;COUNT=5",
        "bank_holidays": "england-and-wales",
        "skips_bank_holidays": True,
    }
    return Series(**defaults | columns)


def days(series):
    return [
        f"{start.astimezone(series.zone):%d %b %H:%M}"
        for start in series.starts(until=datetime(2027, 6, 1, tzinfo=UTC))
    ]


def test_bank_holidays_are_skipped_and_count_as_dates_of_the_rule():
    assert days(made()) == ["11 Dec 12:30", "18 Dec 12:30", "08 Jan 12:30"]


def test_bank_holidays_that_are_only_pointed_out_take_place():
    assert days(made(skips_bank_holidays=False)) == [
        "11 Dec 12:30", "18 Dec 12:30", "25 Dec 12:30", "01 Jan 12:30", "08 Jan 12:30",
    ]  # fmt: skip


def test_a_bank_holiday_is_judged_by_the_day_in_the_zone_of_the_series():
    """8pm on Christmas Eve in New York is 1am on Christmas Day in London."""
    series = made(
        zone_name="America/New_York",
        first_on=date(2026, 12, 24),
        rule=None,
        starts_at_time=time(20),
    )
    assert days(series) == ["24 Dec 20:00"]


def test_extra_dates_take_place_whatever_rule_end_and_bank_holidays_say():
    extra = [
        ExtraDate(starts_text=text) for text in ("2026-12-28T18:00:00", "2027-03-30T12:30:00", "2026-12-18T12:30:00")
    ]
    left_out = [LeftOut(starts_text="2026-12-11T12:30:00")]
    assert days(made(extra=extra, left_out=left_out)) == [
        "18 Dec 12:30", "28 Dec 18:00", "08 Jan 12:30", "30 Mar 12:30",
    ]  # fmt: skip
