"""A feed as bytes: what it says of itself, what it never holds, and that it is the same wherever it is put together."""

import os
import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar import Calendar

from phonein.delivery import feeds, invites
from phonein.delivery.feeds import Cover
from tests.delivery import an_entry, event, lines, utc
from tests.engines import READERS, Reading
from tests.engines.grammar import check
from tests.engines.readers import ENGINES

ADDRESS = "https://phonein.service.example/feeds/by-lot.ics"
COVER = Cover("My phone-ins", "Those with a seat.", ADDRESS)
WEEK = timedelta(days=7)


def shown(*, is_cancelled: bool = False, **facts):
    return invites.shown(an_entry(**facts), is_cancelled=is_cancelled)


def weekly(number: int, zone_name: str = "Europe/London"):
    starts = [utc("2026-03-31T18:30") + n * WEEK for n in range(number)]
    return [
        shown(
            uid=f"{uuid.UUID(int=n, version=4)}@{zone_name[-6:].lower()}",
            starts_at=at,
            ends_at=at + timedelta(hours=1),
            zone_name=zone_name,
        )
        for n, at in enumerate(starts)
    ]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("is_cancelled", [False, True])
def test_every_engine_reads_the_one_seat_in_a_feed_as_it_is_meant(read, is_cancelled):
    one = shown(sequence=3, is_cancelled=is_cancelled)
    assert read(feeds.written(COVER, [one])) == Reading(
        method=None,
        uid="5f0e6a0c-1d5b-4a53-9c55-0a6a54b1a111@service.example",
        sequence=3,
        starts_at=utc("2026-03-31T18:30"),
        ends_at=utc("2026-03-31T19:30"),
        status="CANCELLED" if is_cancelled else "CONFIRMED",
        attendee=None,
        organizer=None,
        summary="Cancelled: Phone-in" if is_cancelled else "Phone-in",
        description="\n".join(one.lines),
    )


def test_a_feed_says_what_it_is_and_how_often_to_come():
    assert lines(feeds.written(COVER, weekly(1)))[:10] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Phonein//Phonein//EN",
        "X-WR-CALDESC:Those with a seat.",
        "NAME:My phone-ins",
        "X-WR-CALNAME:My phone-ins",
        "COLOR:teal",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        f"SOURCE;VALUE=URI:{ADDRESS}",
        "X-PUBLISHED-TTL:PT1H",
    ]


def test_nobody_is_asked_and_nothing_rings():
    written = feeds.written(COVER, weekly(2))
    assert [word for word in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"VALARM", b"mailto") if word in written] == []


def test_every_entry_is_stamped_with_its_last_change_and_takes_time_unless_it_is_off():
    stamped_at = utc("2026-03-24T00:00:02")
    on = event(feeds.written(COVER, [shown(stamped_at=stamped_at)]))
    off = event(feeds.written(COVER, [shown(stamped_at=stamped_at, is_cancelled=True)]))
    assert (on["dtstamp"].dt, on["last-modified"].dt) == (stamped_at, stamped_at)
    assert (on["transp"], on["class"], on["status"]) == ("OPAQUE", "PRIVATE", "CONFIRMED")
    assert (off["transp"], off["class"], off["status"]) == ("TRANSPARENT", "PRIVATE", "CANCELLED")


def test_what_is_off_holds_no_way_in():
    written = feeds.written(COVER, [shown(is_cancelled=True)])
    assert [secret for secret in (b"4821", b"7946", b"tel:", b"18001") if secret in written] == []
    assert str(event(written)["description"]).startswith("This phone-in is cancelled.\n\nSleep after night shifts\n")


def test_entries_stand_in_order_and_each_zone_is_told_once():
    london, athens = weekly(30), weekly(30, zone_name="Europe/Athens")
    written = feeds.written(COVER, [*reversed(london), *athens])
    calendar = Calendar.from_ical(written)
    assert [one["dtstart"].dt for one in calendar.events] == sorted(one["dtstart"].dt for one in calendar.events)
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/Athens", "Europe/London"]
    assert written == feeds.written(COVER, [*athens, *london])


def test_where_no_rule_tells_the_zone_times_are_in_utc_and_the_others_keep_their_clock():
    twice = shown(uid="twice@x", starts_at=utc("2026-10-25T00:30"), ends_at=utc("2026-10-25T01:30"))
    ramadan = shown(uid="ramadan@x", zone_name="Africa/Casablanca")
    written = lines(feeds.written(COVER, [twice, ramadan, shown()]))
    assert [line for line in written if line.startswith("DTSTART") and "2026" in line] == [
        "DTSTART;TZID=Europe/London:20260331T193000",
        "DTSTART:20260331T183000Z",
        "DTSTART:20261025T003000Z",
    ]
    assert [line for line in written if line.startswith("TZID")] == ["TZID:Europe/London"]


def test_entries_of_both_seasons_keep_their_clock_in_one_zone():
    calendar = Calendar.from_ical(feeds.written(COVER, weekly(52)))
    [zone] = [zone.to_tz(lookup_tzid=False) for zone in calendar.timezones]
    told = [one["dtstart"].dt.replace(tzinfo=zone) for one in calendar.events]
    assert told == [utc("2026-03-31T18:30") + n * WEEK for n in range(52)]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_reads_a_year_of_dates_at_the_instants_that_are_meant(engine):
    """Over both clock changes, in two zones, one of the dates cancelled."""
    dates = [*weekly(52), *weekly(52, zone_name="Europe/Athens")]
    dates[40] = replace(dates[40], is_cancelled=True)
    [read] = ENGINES[engine]([feeds.written(COVER, dates)])
    assert read.method is None
    assert [(one.uid, one.starts_at, one.ends_at, one.status) for one in read.entries] == sorted(
        (one.uid, one.starts_at, one.ends_at, "CANCELLED" if one is dates[40] else "CONFIRMED") for one in dates
    )
    assert {(one.attendees, one.organizer) for one in read.entries} == {((), None)}


@pytest.mark.parametrize("dates", [0, 1, 60])
def test_nothing_in_a_feed_breaks_the_grammar(dates):
    check(feeds.written(COVER, weekly(dates)))


def test_an_empty_feed_is_a_calendar_all_the_same():
    calendar = Calendar.from_ical(feeds.written(COVER, []))
    assert (calendar.events, len(calendar.timezones)) == ([], 1)


def test_a_discreet_feed_names_nothing():
    link = "https://service.example/app/bookings/"
    cover = Cover(
        "Phone calls", "Calls that you have planned.", "https://service.example/feeds/x.ics", is_discreet=True
    )
    written = feeds.written(cover, [shown(is_discreet=True, url=link, uid="x@service.example", is_cancelled=True)])
    assert b"SUMMARY:Cancelled: Phone call\r\n" in written
    assert [word for word in (b"phone-in", b"phonein", b"sleep", b"4821") if word in written.lower()] == []


def test_the_bytes_do_not_hang_on_the_process_that_makes_them():
    made = {_in_another_process(seed) for seed in ("0", "1", "4711")}
    assert made == {feeds.written(COVER, [*weekly(3), *weekly(3, zone_name="Europe/Athens")])}


def _in_another_process(seed: str) -> bytes:
    program = (
        "import sys; from phonein.delivery import feeds; from tests.delivery.test_feeds import COVER, weekly; "
        "sys.stdout.buffer.write(feeds.written(COVER, [*weekly(3), *weekly(3, zone_name='Europe/Athens')]))"
    )
    root = Path(__file__).parent.parent.parent
    environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}
    return subprocess.run(
        [sys.executable, "-c", program], cwd=root, env=environment, capture_output=True, check=True
    ).stdout
