"""How we say a time, a number of seats, an address on this service. The only place where instants become words."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, current_app

ON_THE_HOUR = {"12am": "midnight", "12pm": "midday"}
UK_ZONES = {"Europe/London", "Europe/Jersey", "Europe/Guernsey", "Europe/Isle_of_Man"}


class Timed(Protocol):
    """Anything with a beginning, an end and a zone in which people speak of it."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def zone(self) -> ZoneInfo: ...


def day(moment: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Tuesday 31 March 2026"""
    here = moment.astimezone(zone) if isinstance(moment, datetime) and zone else moment
    return f"{here:%A} {here.day} {here:%B %Y}"


def short_day(moment: date | datetime, zone: ZoneInfo | None = None) -> str:
    """Tue 31 Mar 2026"""
    here = moment.astimezone(zone) if isinstance(moment, datetime) and zone else moment
    return f"{here:%a} {here.day} {here:%b %Y}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """7:30pm, 8am, midday, midnight"""
    here = moment.astimezone(zone)
    minutes = f":{here:%M}" if here.minute else ""
    said = f"{here.hour % 12 or 12}{minutes}{'am' if here.hour < 12 else 'pm'}"
    return ON_THE_HOUR.get(said, said)


def hours(timed: Timed) -> str:
    """7:30pm to 8:30pm; with the day where it ends on another one: 11:30pm to 12:30am on Friday"""
    begin, end = timed.starts_at.astimezone(timed.zone), timed.ends_at.astimezone(timed.zone)
    next_day = f" on {end:%A}" if end.date() != begin.date() and clock_time(end, timed.zone) != "midnight" else ""
    return f"{clock_time(begin, timed.zone)} to {clock_time(end, timed.zone)}{next_day}"


def zone_words(zone: ZoneInfo) -> str:
    """UK time, New York time"""
    place = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return "UK time" if zone.key in UK_ZONES else "UTC" if zone.key == "UTC" else f"{place} time"


def when(timed: Timed) -> str:
    """Tuesday 31 March 2026, 1pm to 2pm (UK time)"""
    return f"{day(timed.starts_at, timed.zone)}, {hours(timed)} ({zone_words(timed.zone)})"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 31 March 2026 at 1pm (UK time)"""
    return f"{day(at, zone)} at {clock_time(at, zone)} ({zone_words(zone)})"


def is_clock_change(day: date, zone: ZoneInfo) -> bool:
    """Whether the clocks of this zone change on this day."""
    midnight, next_midnight = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return midnight.utcoffset() != next_midnight.utcoffset()


def seats_left(number: int) -> str:
    """Full, 1 seat left, 12 seats left"""
    return "Full" if number <= 0 else f"{number} seat{'' if number == 1 else 's'} left"


def machine(at: datetime) -> str:
    """2026-10-01T22:30:00Z"""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def address(endpoint: str, **values: Any) -> str:
    """The public address of a page, for letters: always from PUBLIC_URL, never from a request's Host."""
    path = current_app.url_map.bind("phonein.example").build(endpoint, values)
    return f"{current_app.config['PUBLIC_URL']}{path}"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        day=day,
        short_day=short_day,
        clock_time=clock_time,
        hours=hours,
        when=when,
        zone_words=zone_words,
        moment=moment,
        seats_left=seats_left,
        machine=machine,
    )
