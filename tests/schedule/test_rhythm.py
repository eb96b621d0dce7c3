"""When things fall: rules, zones and clock changes."""

import json
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phonein.schedule.rhythm import (
    BadRule,
    Window,
    instant,
    is_skipped,
    release_times,
    starts,
    window,
)

SERIES = json.loads((resources.files("phonein.demo") / "data/series.json").read_text("utf-8"))["series"]
LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
FAR = datetime(2028, 12, 31, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def found(first: str, rule: str | None, *, zone=LONDON, until=FAR, left_out=()) -> list[str]:
    instants = starts(local(first), zone, rule, until=until, left_out=[local(text) for text in left_out])
    return [f"{start:%Y-%m-%d %H:%M}" for start in instants]


@pytest.mark.parametrize("series", SERIES, ids=lambda series: series["id"])
def test_every_series_falls_on_its_gold_instants(series):
    instants = starts(
        local(series["start_local"]),
        ZoneInfo(series["timezone"]),
        series["rrule"],
        until=FAR,
        left_out=[local(text) for text in series["exdates_local"]],
    )
    gold = series["gold"]
    assert [f"{start:%Y-%m-%dT%H:%M:%SZ}" for start in instants[:15]] == gold["first_starts_utc"]
    assert gold["total_occurrences"] in (None, len(instants))


def test_there_are_149_gold_instants_in_12_series():
    assert (len(SERIES), sum(len(series["gold"]["first_starts_utc"]) for series in SERIES)) == (12, 149)


def test_without_a_rule_there_is_one_date():
    assert found("2026-10-27T10:00", None, zone=NEW_YORK) == ["2026-10-27 14:00"]


def test_a_single_date_after_the_end_is_not_there_yet():
    assert found("2026-10-27T10:00", None, until=utc("2026-10-27T09:59")) == []


def test_the_end_itself_is_included():
    assert found("2026-10-27T10:00", None, until=utc("2026-10-27T10:00")) == ["2026-10-27 10:00"]


def test_the_wall_clock_stays_while_the_instant_moves_with_the_clocks():
    assert found("2026-10-18T19:30", "FREQ=WEEKLY;COUNT=2") == ["2026-10-18 18:30", "2026-10-25 19:30"]


def test_fortnightly_counts_weeks_from_the_first():
    assert found("2026-09-22T19:30", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;COUNT=3") == [
        "2026-09-22 18:30", "2026-10-06 18:30", "2026-10-20 18:30",
    ]  # fmt: skip


def test_the_first_weekday_of_the_month():
    assert found("2026-08-03T08:15", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1;COUNT=3") == [
        "2026-08-03 07:15", "2026-09-01 07:15", "2026-10-01 07:15",
    ]  # fmt: skip


def test_count_counts_the_dates_that_are_left_out():
    assert found("2026-11-02T09:00", "FREQ=WEEKLY;COUNT=3", left_out=["2026-11-09T09:00"]) == [
        "2026-11-02 09:00", "2026-11-16 09:00",
    ]  # fmt: skip


def test_a_left_out_date_at_another_time_of_day_leaves_nothing_out():
    assert found("2026-11-02T09:00", "FREQ=WEEKLY;COUNT=2", left_out=["2026-11-09T10:00"]) == [
        "2026-11-02 09:00", "2026-11-09 09:00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20261204T133000Z", "2026-12-04 13:30"),
        ("20261204T132959Z", "2026-11-27 13:30"),
        ("20261204T133000", "2026-12-04 13:30"),
        ("20261204", "2026-12-04 13:30"),
        ("20261203", "2026-11-27 13:30"),
    ],
)
def test_until_is_the_last_instant_that_counts(until, last):
    assert found("2026-11-20T13:30", f"FREQ=WEEKLY;BYDAY=FR;UNTIL={until}")[-1] == last


def test_until_within_the_hour_that_comes_twice_is_an_instant_and_not_a_wall_clock_time():
    """01:30 is the first of the two, at 00:30 UTC; 01:15 UTC is later, although its wall clock says 01:15."""
    assert found("2026-10-24T01:30", "FREQ=DAILY;UNTIL=20261025T011500Z") == ["2026-10-24 00:30", "2026-10-25 00:30"]


def test_a_time_that_the_clocks_jump_over_is_read_with_the_offset_before():
    assert found("2027-03-27T01:30", "FREQ=DAILY;COUNT=3") == [
        "2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30",
    ]  # fmt: skip


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert instant(local("2026-10-25T01:30"), LONDON) == utc("2026-10-25T00:30")


@pytest.mark.parametrize(
    ("text", "zone", "answer"),
    [
        ("2027-03-28T00:59", LONDON, False),
        ("2027-03-28T01:00", LONDON, True),
        ("2027-03-28T01:59", LONDON, True),
        ("2027-03-28T02:00", LONDON, False),
        ("2026-10-25T01:30", LONDON, False),
        ("2027-03-28T01:30", NEW_YORK, False),
    ],
)
def test_only_what_the_clocks_jump_over_is_skipped(text, zone, answer):
    assert is_skipped(local(text), zone) is answer


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "weekly",
        "FREQ=HOURLY",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=3;UNTIL=20261204T133000Z",
        "FREQ=WEEKLY;UNTIL=20261399T133000Z",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=WEEKLY;UNTIL=00010101T000000Z",
        "FREQ=WEEKLY;UNTIL=99991231",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=DAILY;BYHOUR=9,17",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0",
        "FREQ=DAILY;BYMONTH=13",
        "FREQ=MONTHLY;BYDAY=99MO",
        "FREQ=YEARLY;BYWEEKNO=99;BYDAY=99MO",
        "INTERVAL=2",
        "RRULE:FREQ=DAILY",
        "FREQ=DAILY\nEXDATE:20261204T133000",
    ],
)
def test_a_rule_that_cannot_be_followed_is_refused(rule):
    with pytest.raises(BadRule):
        found("2026-11-20T13:30", rule)


def test_a_rule_that_cannot_be_followed_says_which_part():
    with pytest.raises(BadRule, match=r"^“freq=weekly;byday=xx” is not a repeat rule we can follow: see “BYDAY=XX”.$"):
        found("2026-11-20T13:30", "freq=weekly;byday=xx")


def test_the_question_window_opens_by_the_wall_clock_and_closes_by_elapsed_hours():
    """The clocks go back in the night to 25 October: a week earlier at 19:30 is an hour more of elapsed time."""
    assert window(utc("2026-10-27T19:30"), LONDON, opens_days=7, closes_hours=72) == Window(
        opens_at=utc("2026-10-20T18:30"), closes_at=utc("2026-10-24T19:30")
    )
    assert window(utc("2027-03-30T18:30"), LONDON, opens_days=7, closes_hours=72) == Window(
        opens_at=utc("2027-03-23T19:30"), closes_at=utc("2027-03-27T18:30")
    )


@pytest.mark.parametrize(
    ("opens", "releases"),
    [
        ("2026-03-17T12:00", ["2026-03-24T12:00"]),
        ("2026-03-17T11:59", ["2026-03-17T12:00", "2026-03-24T12:00"]),
        ("2026-03-03T12:00", ["2026-03-10T12:00", "2026-03-17T12:00", "2026-03-24T12:00"]),
        ("2026-03-24T11:00", ["2026-03-24T12:00"]),
    ],
)
def test_questions_are_released_when_asking_closes_and_every_seven_days_before(opens, releases):
    assert release_times(utc(opens), utc("2026-03-24T12:00")) == [utc(text) for text in releases]


ZONES = st.sampled_from(
    ["Europe/London", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "Asia/Kolkata"]
)
RULES = st.sampled_from(
    ["FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU", "FREQ=MONTHLY;BYDAY=-1TH", "FREQ=MONTHLY;BYMONTHDAY=31"]
)


@given(first=st.datetimes(local("2026-01-01"), local("2027-12-31")), zone=ZONES, rule=RULES, days=st.integers(0, 800))
def test_looking_further_ahead_only_adds_at_the_end(first, zone, rule, days):
    first, zone = first.replace(second=0, microsecond=0), ZoneInfo(zone)
    middle = instant(first, zone) + timedelta(days=days)
    near = starts(first, zone, rule, until=middle)
    far = starts(first, zone, rule, until=middle + timedelta(days=100))
    assert far[: len(near)] == near
    assert all(before < after for before, after in pairwise(far))
