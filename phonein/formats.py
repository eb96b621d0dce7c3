"""How we say a time, a number of seats, an address on this service. The only place where instants become words."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from flask import Flask, current_app

CLOCK_CHANGE_NEAR = 7  # days: people sleep, travel and make plans by the week
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
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


def day_of_year(day: date) -> str:
    """26 December 2028"""
    return f"{day.day} {day:%B %Y}"


def numbered(number: int) -> str:
    """1st, 2nd, 23rd, 15th"""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def place(number: int) -> str:
    """Somebody's place in a line: first, second, tenth, 23rd"""
    return PLACES[number - 1] if 0 < number <= len(PLACES) else numbered(number)


def span(length: timedelta) -> str:
    """45 minutes, an hour, 12 hours, a day, 2 days"""
    minutes = int(length.total_seconds() // 60)
    for unit, many in (("day", 24 * 60), ("hour", 60)):
        if minutes % many == 0:
            number = minutes // many
            return f"{number} {unit}s" if number > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """Fay; Fay and Kim; Fay, Kim and Lou"""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """7:30pm, 8am, midday, midnight"""
    return time_of_day(moment.astimezone(zone).time())


def time_of_day(wall_clock: time) -> str:
    """7:30pm, 8am, midday, midnight"""
    minutes = f":{wall_clock:%M}" if wall_clock.minute else ""
    said = f"{wall_clock.hour % 12 or 12}{minutes}{'am' if wall_clock.hour < 12 else 'pm'}"
    return ON_THE_HOUR.get(said, said)


def hours(timed: Timed) -> str:
    """7:30pm to 8:30pm; with the day where it ends on another one: 11:30pm to 12:30am on Friday"""
    begin, end = timed.starts_at.astimezone(timed.zone), timed.ends_at.astimezone(timed.zone)
    next_day = f" on {end:%A}" if end.date() != begin.date() and clock_time(end, timed.zone) != "midnight" else ""
    return f"{clock_time(begin, timed.zone)} to {clock_time(end, timed.zone)}{next_day}"


def zone_words(zone: ZoneInfo) -> str:
    """UK time, New York time"""
    return "UK time" if zone.key in UK_ZONES else town_time(zone)


def town_time(zone: ZoneInfo) -> str:
    """London time, New York time: whose clock it is, where the exact zone matters"""
    town = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return "UTC" if zone.key == "UTC" else f"{town} time"


def when(timed: Timed) -> str:
    """Tuesday 31 March 2026, 1pm to 2pm (UK time)"""
    return f"{day(timed.starts_at, timed.zone)}, {hours(timed)} ({zone_words(timed.zone)})"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 31 March 2026 at 1pm (UK time)"""
    return f"{day(at, zone)} at {clock_time(at, zone)} ({zone_words(zone)})"


def day_from(now: datetime, timed: Timed) -> str:
    """today, tomorrow, on Tuesday: on which day it is, for whoever reads this now by the same clock"""
    here, there = now.astimezone(timed.zone).date(), timed.starts_at.astimezone(timed.zone).date()
    return {0: "today", 1: "tomorrow"}.get((there - here).days, f"on {there:%A}")


def is_clock_change(day: date, zone: ZoneInfo) -> bool:
    """Whether the clocks of this zone change on this day."""
    before, after = _offsets(day, zone)
    return before != after


def _offsets(day: date, zone: ZoneInfo) -> tuple[timedelta, timedelta]:
    """How far this zone's clock is from UTC as the day begins, and as the next one does."""
    begin, end = (datetime.combine(each, time(), zone).utcoffset() for each in (day, day + timedelta(days=1)))
    return begin or timedelta(), end or timedelta()


def clock_change(timed: Timed) -> str:
    """What to know of the clocks, if they change on the day or in the week before it; else nothing."""
    day_itself = timed.starts_at.astimezone(timed.zone).date()
    for days in range(CLOCK_CHANGE_NEAR + 1):
        changed = day_itself - timedelta(days=days)
        if is_clock_change(changed, timed.zone):
            before, after = _offsets(changed, timed.zone)
            way = "back" if after < before else "forward"
            when_it_is = "on that day" if not days else f"on {day(changed)}, before this phone-in"
            return f"The clocks go {way} {when_it_is}: the time above is the one on the wall."
    return ""


def elsewhere(timed: Timed, zone: ZoneInfo) -> str:
    """When it begins by another clock: Tuesday 31 March 2026 at 8am (New York time); nothing where both agree."""
    here, there = (timed.starts_at.astimezone(each).utcoffset() for each in (timed.zone, zone))
    return moment(timed.starts_at, zone) if here != there else ""


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
        clock_change=clock_change,
        clock_time=clock_time,
        elsewhere=elsewhere,
        hours=hours,
        when=when,
        zone_words=zone_words,
        moment=moment,
        seats_left=seats_left,
        machine=machine,
        listed=listed,
        numbered=numbered,
        place=place,
        span=span,
    )
