"""The hours at which somebody looks: read from their text, said in words, and reckoned with. Neither clock nor
database."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count, islice
from zoneinfo import ZoneInfo

from phonein import bank_holidays, formats

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NOT_ON = "not on bank holidays"
FAR = 400  # days: whoever looks less often than that does not look
A_DAY = timedelta(days=1)
# With less than that left of a day's hours, the next day's are what can be promised.
ENOUGH = timedelta(hours=1)
_LINE = re.compile(r"([A-Z]{2}) ([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})")
Block = tuple[datetime, datetime]


class NotHours(ValueError):
    """This cannot be read as hours."""


@dataclass(frozen=True)
class Hours:
    """On which days of the week (0 is Monday) somebody looks, from when until when on the wall clock of `zone`.
    Midnight as the end is the end of that day. `region`: nobody looks on the bank holidays there."""

    zone: ZoneInfo
    days: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    region: str = ""

    def __bool__(self) -> bool:
        return bool(self.days)

    @property
    def text(self) -> str:
        """As it is kept: "MO 09:00-17:00", a line for each day."""
        lines = [f"{WEEK[day]} {begin:%H:%M}-{end:%H:%M}" for day, (begin, end) in sorted(self.days.items())]
        return "\n".join(lines + ([f"{NOT_ON} {self.region}"] if self.region else []))

    @property
    def in_words(self) -> str:
        """Monday to Thursday 09:00 to 17:00, Friday 09:00 to 12:00 (UK time), not on bank holidays"""
        runs: list[list[int]] = []
        for day in sorted(self.days):
            if runs and runs[-1][-1] == day - 1 and self.days[day] == self.days[day - 1]:
                runs[-1].append(day)
            else:
                runs.append([day])
        said = [f"{_run(run)} {_from_to(*self.days[run[0]])}" for run in runs]
        holidays = ", not on bank holidays" if self.region else ""
        return f"{', '.join(said)} ({formats.zone_words(self.zone)}){holidays}" if said else ""

    def blocks(self, after: datetime) -> Iterator[Block]:
        """The times at which somebody looks, as instants in order: first what ends after this one."""
        if not self.days:
            return
        closed, first = bank_holidays.names(self.region), after.astimezone(self.zone).date() - A_DAY
        for day in (first + timedelta(days=number) for number in islice(count(), FAR)):
            if day.weekday() in self.days and day not in closed:
                begin, end = self._on(day)
                if end > after and end > begin:
                    yield begin, end

    def _on(self, day: date) -> Block:
        begin, end = self.days[day.weekday()]
        last = day + A_DAY if end == time() else day
        return self._instant(day, begin), self._instant(last, end)

    def _instant(self, day: date, wall_clock: time) -> datetime:
        """By way of UTC: where the clocks jump over a time it is the moment they arrive at."""
        local = datetime.combine(day, wall_clock, self.zone)
        return local.astimezone(ZoneInfo("UTC"))


def read(text: str, zone_name: str) -> Hours:
    """Raises NotHours."""
    days: dict[int, tuple[time, time]] = {}
    region = ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        found = _LINE.fullmatch(line)
        if line.startswith(NOT_ON) and (named := line.removeprefix(NOT_ON).strip()) in bank_holidays.REGIONS:
            region = named
        elif found and found[1] in WEEK:
            begin, end = (_time(part) for part in found.groups()[1:])
            if end != time() and end <= begin:
                raise NotHours(line)
            days[WEEK.index(found[1])] = (begin, end)
        else:
            raise NotHours(line)
    return Hours(ZoneInfo(zone_name), days, region)


def target(hours: Hours, since: datetime, working_hours: int) -> datetime | None:
    """By when somebody should have looked at what came at `since`: when so many of these hours have passed, put off to
    the end of that day's. So everything that comes in the course of a day is due at one moment, which tells nobody
    when it came. None where nobody looks."""
    left = timedelta(hours=working_hours)
    for begin, end in hours.blocks(since):
        passed = end - max(begin, since)
        if passed >= left:
            return end
        left -= passed
    return None


def next_check(hours: Hours, now: datetime) -> str:
    """When somebody looks next, in words: "Tuesday 09:00", "today by 17:00"; "" where nobody does."""
    for begin, end in hours.blocks(now):
        if begin > now:
            return f"{_day_from(now, begin, hours.zone)} {_wall_clock(begin, hours.zone)}"
        if end - now >= ENOUGH:
            midnight = end.astimezone(hours.zone).time() == time()
            return "today" if midnight else f"today by {_wall_clock(end, hours.zone)}"
    return ""


def due_in_words(due_at: datetime, zone: ZoneInfo) -> str:
    """Tuesday 24 March, 17:00"""
    here = due_at.astimezone(zone)
    return f"{here:%A} {here.day} {here:%B}, {here:%H:%M}"


def today(now: datetime, zone: ZoneInfo) -> date:
    """Which day it is by the organisation's clock."""
    return now.astimezone(zone).date()


def _day_from(now: datetime, at: datetime, zone: ZoneInfo) -> str:
    here, there = now.astimezone(zone).date(), at.astimezone(zone).date()
    if there == here:
        return "today"
    return f"{there:%A}" if there - here < timedelta(days=7) else f"{there:%A} {there.day} {there:%B}"


def _wall_clock(at: datetime, zone: ZoneInfo) -> str:
    elsewhere = "" if zone.key in formats.UK_ZONES else f" ({formats.zone_words(zone)})"
    return f"{at.astimezone(zone):%H:%M}{elsewhere}"


def _run(days: list[int]) -> str:
    if len(days) == len(DAYS):
        return "every day"
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]} to {DAYS[days[-1]]}"


def _from_to(begin: time, end: time) -> str:
    if begin == end == time():
        return "day and night"
    return f"{begin:%H:%M} to {'midnight' if end == time() else f'{end:%H:%M}'}"


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise NotHours(text) from None
