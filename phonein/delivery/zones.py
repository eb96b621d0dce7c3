"""A time zone told as calendar programs want it: by a rule for each of its two changes a year (RFC 5545 3.6.5).

icalendar's own `add_missing_timezones()` lists every date there ever was. Outlook and ical.js misread such lists and
put winter phone-ins an hour early, so the rule is worked out here from the zone's own clock.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

# Long enough that "last Sunday" and "fourth Sunday" cannot be taken for one another, nor a rule for a coincidence.
YEARS_AHEAD = 12
# Programs take a zone whose rules begin later than the dates they have to read for UTC, or for nothing at all.
RULES_BEGIN = 1970
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


class NoYearlyRule(Exception):
    """This zone's clocks do not change by a rule that is the same every year, so that no VTIMEZONE by rule is true."""


@dataclass(frozen=True)
class Change:
    """The clocks go from one offset to another. `onset` is read off the clock that is still on the offset before."""

    onset: datetime
    before: timedelta
    after: timedelta
    name: str


@dataclass(frozen=True)
class Rule:
    """A change that comes every year: on the `nth` weekday of a month, where -1 is the last, at a wall-clock time.

    Weekdays count from Monday as 0. The time is on the offset `before`, as TZOFFSETFROM asks.
    """

    month: int
    weekday: int
    nth: int
    at: time
    before: timedelta
    after: timedelta
    name: str

    @property
    def first_onset(self) -> datetime:
        """When it would have come in the year in which all our rules begin."""
        days = [date(RULES_BEGIN, self.month, 1) + n * DAY for n in range(31)]
        fitting = [day for day in days if day.month == self.month and day.weekday() == self.weekday]
        return datetime.combine(fitting[self.nth if self.nth < 0 else self.nth - 1], self.at)


def vtimezone(zone_name: str, year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone: one STANDARD and one DAYLIGHT by yearly rule, or one STANDARD where clocks stay.

    It is true from `year` on for YEARS_AHEAD years, as far as the zone database knows today. Raises NoYearlyRule where
    a rule cannot say it, and zoneinfo.ZoneInfoNotFoundError for a name that is no zone.
    """
    told = Timezone()
    told.add("tzid", zone_name)
    rules = yearly_rules(zone_name, year)
    for rule in rules:
        told.add_component(_observance(rule))
    if not rules:
        told.add_component(_never_changing(datetime(year, 1, 1, tzinfo=ZoneInfo(zone_name))))
    return told


@lru_cache(maxsize=256)
def yearly_rules(zone_name: str, year: int) -> tuple[Rule, ...]:
    """The two changes that come every year from `year` on; none where the clocks stay as they are.

    Raises NoYearlyRule where years differ by more than a rule allows: an end of summer time, or Ramadan.
    """
    zone = ZoneInfo(zone_name)
    years = [_changes(zone, y) for y in range(year, year + YEARS_AHEAD)]
    counts = {len(changes) for changes in years}
    if counts == {0}:
        return ()
    if counts != {2}:
        raise NoYearlyRule(f"{zone_name} changes {sorted(counts)} times a year from {year} on")
    return tuple(_rule(zone_name, same) for same in zip(*years, strict=True))


def _rule(zone_name: str, changes: tuple[Change, ...]) -> Rule:
    """What the same change in each of several years has in common."""
    kinds = {(c.onset.month, c.onset.weekday(), c.onset.time(), c.before, c.after) for c in changes}
    weeks = set.intersection(*(_weeks(c.onset) for c in changes))
    if len(kinds) > 1 or not weeks:
        raise NoYearlyRule(f"{zone_name} changes on days that no yearly rule can name")
    [(month, weekday, at, before, after)] = kinds
    nth = -1 if -1 in weeks else min(weeks)
    return Rule(month, weekday, nth, at, before, after, changes[0].name)


def _changes(zone: ZoneInfo, year: int) -> list[Change]:
    """The changes of one year of UTC, in order."""
    days = [datetime(year, 1, 1, tzinfo=UTC) + n * DAY for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    return [_change(zone, day) for day in days if _offset(zone, day) != _offset(zone, day + DAY)]


def _change(zone: ZoneInfo, day: datetime) -> Change:
    """The change within the 24 hours that begin at the instant `day`, to the minute."""
    before = _offset(zone, day)
    minutes = bisect_left(range(DAY // MINUTE), True, key=lambda n: _offset(zone, day + n * MINUTE) != before)
    moment = day + minutes * MINUTE
    onset = moment.replace(tzinfo=None) + before
    return Change(onset, before, _offset(zone, moment), str(moment.astimezone(zone).tzname()))


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _weeks(day: datetime) -> set[int]:
    """Which of its weekday this is in its month: the first to the fifth, and -1 as well if it is the last."""
    nth = {(day.day - 1) // 7 + 1}
    return nth if (day + 7 * DAY).month == day.month else nth | {-1}


def _observance(rule: Rule) -> TimezoneDaylight | TimezoneStandard:
    # By the offset and not by tzinfo.dst(), which has Irish winter down as the exception: programs expect summer to be.
    told = TimezoneDaylight() if rule.after > rule.before else TimezoneStandard()
    told.DTSTART = rule.first_onset
    told.TZOFFSETFROM, told.TZOFFSETTO = rule.before, rule.after
    told.add("tzname", rule.name)
    told.add("rrule", {"freq": "yearly", "bymonth": rule.month, "byday": f"{rule.nth}{WEEKDAYS[rule.weekday]}"})
    return told


def _never_changing(moment: datetime) -> TimezoneStandard:
    told = TimezoneStandard()
    told.DTSTART = datetime(RULES_BEGIN, 1, 1)  # noqa: DTZ001 - an onset is wall-clock time
    told.TZOFFSETFROM = told.TZOFFSETTO = moment.utcoffset() or timedelta()
    told.add("tzname", str(moment.tzname()))
    return told
