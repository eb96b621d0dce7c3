"""A zone told by rule says what the zone itself says, for ten years ahead."""

from datetime import UTC, datetime, timedelta
from itertools import dropwhile, takewhile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from dateutil.rrule import rrulestr

from phonein.delivery.zones import NoYearlyRule, vtimezone

YEAR, TEN_YEARS_ON = datetime(2026, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
CHANGING = ["Europe/London", "Europe/Dublin", "Europe/Warsaw", "Asia/Nicosia", "America/New_York", "Australia/Sydney",
            "Australia/Lord_Howe", "Pacific/Auckland", "America/Havana"]  # fmt: skip
STEADY = {"Asia/Kolkata": "+0530", "Atlantic/Stanley": "-0300", "Africa/Lagos": "+0100", "Asia/Kathmandu": "+0545"}


def changes_of_the_zone(name: str) -> list[tuple[datetime, timedelta]]:
    """Every instant at which the zone's own clock jumps, and the offset from then on: we look every half hour."""
    zone, found = ZoneInfo(name), []
    at, offset = YEAR, YEAR.astimezone(zone).utcoffset()
    while at < TEN_YEARS_ON:
        now = at.astimezone(zone).utcoffset()
        if now != offset:
            found.append((at, now))
        at, offset = at + HALF_HOUR, now
    return found


def changes_as_told(name: str) -> list[tuple[datetime, timedelta]]:
    """The same, worked out by dateutil from what we write."""
    found = []
    for part in vtimezone(name, 2026).subcomponents:
        onsets = rrulestr(part["rrule"].to_ical().decode(), dtstart=part.DTSTART)
        instants = (onset.replace(tzinfo=UTC) - part.TZOFFSETFROM for onset in onsets)
        coming = takewhile(lambda at: at < TEN_YEARS_ON, dropwhile(lambda at: at < YEAR, instants))
        found += [(at, part.TZOFFSETTO) for at in coming]
    return sorted(found)


@pytest.mark.parametrize("name", CHANGING)
def test_every_change_of_ten_years_is_told_as_the_zone_itself_has_it(name):
    assert len(changes_of_the_zone(name)) == 20
    assert changes_as_told(name) == changes_of_the_zone(name)


@pytest.mark.parametrize("name", CHANGING)
def test_there_is_one_standard_and_one_daylight_by_rule_from_1970_and_no_list_of_dates(name):
    zone = vtimezone(name, 2026)
    assert sorted(part.name for part in zone.subcomponents) == ["DAYLIGHT", "STANDARD"]
    assert [part.DTSTART.year for part in zone.subcomponents] == [1970, 1970]
    assert b"RDATE" not in zone.to_ical()


@pytest.mark.parametrize("name", CHANGING)
def test_the_first_onset_is_itself_an_instance_of_its_rule(name):
    for part in vtimezone(name, 2026).subcomponents:
        assert rrulestr(part["rrule"].to_ical().decode(), dtstart=part.DTSTART)[0] == part.DTSTART


def test_an_onset_is_told_by_the_clock_before_it():
    told = {
        name: {part.name: f"{part.DTSTART:%m-%d %H:%M}" for part in vtimezone(name, 2026).subcomponents}
        for name in ("Europe/London", "America/New_York", "Asia/Nicosia")
    }
    assert told == {
        "Europe/London": {"DAYLIGHT": "03-29 01:00", "STANDARD": "10-25 02:00"},
        "America/New_York": {"DAYLIGHT": "03-08 02:00", "STANDARD": "11-01 02:00"},
        "Asia/Nicosia": {"DAYLIGHT": "03-29 03:00", "STANDARD": "10-25 04:00"},
    }


def test_summer_is_daylight_in_ireland_too_where_the_law_calls_winter_the_exception():
    [summer] = vtimezone("Europe/Dublin", 2026).daylight
    assert (summer.DTSTART.month, summer.TZOFFSETTO) == (3, timedelta(hours=1))


def test_summer_is_daylight_south_of_the_equator():
    [summer] = vtimezone("Australia/Sydney", 2026).daylight
    assert (summer.DTSTART.month, summer.TZOFFSETTO) == (10, timedelta(hours=11))


@pytest.mark.parametrize(("name", "offset"), STEADY.items())
def test_a_zone_whose_clocks_stay_has_one_offset_and_no_rule(name, offset):
    zone = vtimezone(name, 2026)
    assert [part.name for part in zone.subcomponents] == ["STANDARD"]
    written = zone.to_ical().decode()
    assert f"TZOFFSETFROM:{offset}\r\n" in written
    assert f"TZOFFSETTO:{offset}\r\n" in written
    assert "RRULE" not in written


@pytest.mark.parametrize(
    ("name", "year", "why"),
    [
        ("Africa/Casablanca", 2026, "Ramadan moves"),
        ("Asia/Jerusalem", 2026, "the Friday before the last Sunday is no nth Friday"),
        ("Africa/Cairo", 2026, "midnight after the last Thursday can be in the next month"),
        ("Europe/Moscow", 2008, "summer time was given up in 2011"),
        ("America/New_York", 2005, "the rule was changed in 2007"),
    ],
)
def test_a_zone_without_one_rule_for_all_years_is_refused(name, year, why):
    with pytest.raises(NoYearlyRule, match=name):
        vtimezone(name, year)


def test_a_name_that_is_no_zone_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        vtimezone("Europe/Atlantis", 2026)


def test_changing_what_was_told_once_changes_nothing_for_the_next():
    vtimezone("Europe/London", 2026).subcomponents.clear()
    assert len(vtimezone("Europe/London", 2026).subcomponents) == 2
