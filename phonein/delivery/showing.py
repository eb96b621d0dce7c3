"""What every calendar object of ours is made of, whether it travels in a letter or is read from a feed (RFC 5545)."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Calendar, Conference, Event
from icalendar.enums import CLASS, STATUS, TRANSP

from phonein.delivery.dial_in import Way
from phonein.delivery.zones import NoYearlyRule, vtimezone, yearly_rules

PRODUCT = "-//Phonein//Phonein//EN"
# Staff share their calendars without thinking of it, so what others may see says nothing of the theme.
NEUTRAL_TITLE = "Phone-in"
# For those whose calendar is to say no more than that: not even that there is such a service.
DISCREET_TITLE = "Phone call"
DISCREET_PRODUCT = "-//Calendar//Calendar//EN"
END = b"END:VCALENDAR\r\n"
ALWAYS_UTC = {"UTC", "Etc/UTC"}

UNBROKEN = re.compile(r"[!-~]+")


class UnfitEntry(Exception):
    """These facts cannot go into a calendar: an address, a name for good, or a time is not what it should be."""


@dataclass(frozen=True)
class Showing:
    """What one calendar shows of one phone-in, however it gets there.

    `uid` is its name for good; `sequence` and `stamped_at` only rise (RFC 5546 2.1.4, 2.1.5). The times are instants.
    `title` is the SUMMARY that others may see, `lines` are the description, `ways` those of calling in.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    title: str
    url: str
    lines: tuple[str, ...] = ()
    location: str = ""
    ways: tuple[Way, ...] = ()
    is_cancelled: bool = False
    is_private: bool = True
    takes_time: bool = True

    def __post_init__(self) -> None:
        refuse_unfit(self.uid, self.url, self.stamped_at, self.starts_at, self.ends_at)


def refuse_unfit(uid: str, url: str, *instants: datetime) -> None:
    """Raises UnfitEntry for what iCalendar cannot quote or what would be guessed at."""
    if not UNBROKEN.fullmatch(uid):
        raise UnfitEntry("a UID is one unbroken word")
    if not UNBROKEN.fullmatch(url) or not url.startswith(("https://", "http://")):
        raise UnfitEntry("the page's address is not a web address")
    if any(at.tzinfo is None for at in instants):
        raise UnfitEntry("a time has no zone")


def event(shown: Showing, zones: Collection[str]) -> Event:
    """The VEVENT, by the clock of its own zone where that is among `zones`, else in UTC."""
    on_its_clock = _on_its_clock(shown) if shown.zone_name in zones else None
    starts, ends = on_its_clock or (shown.starts_at.astimezone(UTC), shown.ends_at.astimezone(UTC))
    told = Event.new(
        uid=shown.uid,
        sequence=shown.sequence,
        stamp=shown.stamped_at,
        start=starts,
        end=ends,
        summary=shown.title,
        status=STATUS.CANCELLED if shown.is_cancelled else STATUS.CONFIRMED,
        transparency=TRANSP.OPAQUE if shown.takes_time and not shown.is_cancelled else TRANSP.TRANSPARENT,
        classification=CLASS.PRIVATE if shown.is_private else CLASS.PUBLIC,
    )
    for way in shown.ways:
        if way.link:
            label = f"{way.label}, PIN {way.pin}" if way.pin else way.label
            told.add("conference", Conference(way.link, feature="PHONE", label=label).to_uri())
    if shown.lines:
        told.add("description", "\n".join(shown.lines))
        told.add("url", shown.url)
    if shown.location:
        told.add("location", shown.location)
    return told


def calendar(product: str) -> Calendar:
    """What goes around events: not Calendar.new(), which adds a UID of its own, another each time."""
    around = Calendar()
    around.add("version", "2.0")
    around.add("prodid", product)
    return around


def around(calendar: bytes, zones: Iterable[bytes], events: Iterable[bytes]) -> bytes:
    """The calendar with these in it, all of it as it is written."""
    return b"".join((calendar.removesuffix(END), *zones, *events, END))


def zones_of(all_shown: Iterable[Showing]) -> dict[str, bytes]:
    """The VTIMEZONE of each zone on whose clock something is shown (RFC 5545 3.2.19), true from the first year of it.

    Where no VTIMEZONE is true, times are shown in UTC, and are just as right: only the name of the zone is lost.
    """
    since: dict[str, int] = {}
    for shown in all_shown:
        year = shown.starts_at.astimezone(UTC).year
        if _on_its_clock(shown) and year < since.get(shown.zone_name, year + 1):
            since[shown.zone_name] = year
    return {name: zone_written(name, year) for name, year in sorted(since.items()) if _has_rule(name, year)}


@lru_cache(maxsize=256)
def zone_written(name: str, year: int) -> bytes:
    """A zone takes as long to write as what happens in it, and is the same in every letter of a year."""
    written: bytes = vtimezone(name, year).to_ical()
    return written


def _has_rule(zone_name: str, year: int) -> bool:
    try:
        yearly_rules(zone_name, year)
    except NoYearlyRule:
        return False
    return zone_name not in ALWAYS_UTC


def _on_its_clock(shown: Showing) -> tuple[datetime, datetime] | None:
    """Start and end by the clock of the phone-in's own zone; None where that shows one of them twice."""
    zone = ZoneInfo(shown.zone_name)
    starts, ends = shown.starts_at.astimezone(zone), shown.ends_at.astimezone(zone)
    return None if _comes_twice(starts) or _comes_twice(ends) else (starts, ends)


def _comes_twice(local: datetime) -> bool:
    """Whether the clock shows this time twice, as in the night when it goes back: readers differ on which is meant."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
