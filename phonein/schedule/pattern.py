"""What people mean by a rhythm, and how it is said: as plain words, and as the rule that gives the same dates."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from phonein import formats
from phonein.schedule import rhythm

DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
WORKING_DAYS = ("MO", "TU", "WE", "TH", "FR")
LONGEST_INTERVAL = 12
MOST_TIMES = 500
LAST = -1
ORDINALS = [
    *("first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
]
OWN_RULE = "By a rule of its own"
_ONE_DAY = re.compile(r"([+-]?[0-9]+)?([A-Z]{2})")


@dataclass(frozen=True)
class Pattern:
    """A rhythm in one of the ways in which people speak of one.

    `kind` is "once"; "weekly", on `days`; "nth", the `nth` of a month's one such weekday in `days`; "day", day `nth` of
    the month; or "working", its first or last day from Monday to Friday. For the last of something, `nth` is LAST.
    `interval` counts weeks or months. It ends after `count` dates, or with the day `until`, or not at all.
    """

    kind: str
    interval: int = 1
    days: tuple[str, ...] = ()
    nth: int = 0
    count: int | None = None
    until: date | None = None

    @classmethod
    def read(cls, rule: str | None, first_local: datetime, zone: ZoneInfo) -> Self | None:
        """What is meant by a rule, or None where these words cannot say it. `first_local` is on the wall clock."""
        if rule is None:
            return cls("once")
        try:
            parts = rhythm.parts_of(rule)
            until = _last_day(parts["UNTIL"], first_local, zone) if "UNTIL" in parts else None
        except rhythm.BadRule:
            return None
        interval, count = int(parts.get("INTERVAL", 1)), int(parts["COUNT"]) if "COUNT" in parts else None
        found = cls._repeat(parts, first_local.date())
        if found is None or interval > LONGEST_INTERVAL or (count or 0) > MOST_TIMES:
            return None
        if parts["FREQ"] == "DAILY" and interval > 1:
            return None
        if len(found.days) > 1 and interval > 1 and parts.get("WKST", "MO") != "MO":
            return None  # which days share a week then depends on where weeks begin, and that we do not say
        whole = replace(found, interval=interval, count=count, until=until)
        return whole if whole.falls_on(first_local.date()) else None

    @classmethod
    def _repeat(cls, parts: dict[str, str], first_on: date) -> Self | None:
        """What repeats, without how often and until when."""
        given = parts.keys() & {"BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
        named = [_ONE_DAY.fullmatch(text) for text in parts.get("BYDAY", "").split(",") if text]
        days = tuple(day for day in DAYS if day in {one[2] for one in named if one})
        numbers = {int(one[1]) for one in named if one and one[1]}
        match parts["FREQ"], sorted(given):
            case "DAILY", []:
                return cls("weekly", days=tuple(DAYS))
            case "WEEKLY", [] | ["BYDAY"]:
                return cls("weekly", days=days or (day_of(first_on),))
            case "MONTHLY", []:
                return cls("day", nth=first_on.day)
            case "MONTHLY", ["BYMONTHDAY"] if re.fullmatch(r"\+?[0-9]+", parts["BYMONTHDAY"]):
                return cls("day", nth=int(parts["BYMONTHDAY"]))
            case "MONTHLY", ["BYDAY"] if len(named) == 1 and numbers <= {1, 2, 3, 4, LAST} and numbers:
                return cls("nth", days=days, nth=numbers.pop())
            case "MONTHLY", ["BYDAY", "BYSETPOS"] if not numbers and "," not in parts["BYSETPOS"]:
                return cls._of_a_set(days, int(parts["BYSETPOS"]))
        return None

    @classmethod
    def _of_a_set(cls, days: tuple[str, ...], nth: int) -> Self | None:
        if days == WORKING_DAYS and nth in (1, LAST):
            return cls("working", nth=nth)
        if len(days) == 1 and nth in (1, 2, 3, 4, LAST):
            return cls("nth", days=days, nth=nth)
        return None

    def falls_on(self, day: date) -> bool:
        """Whether a day is of the kind that is meant, whatever interval and end say."""
        if self.kind == "weekly":
            return day_of(day) in self.days
        if self.kind == "nth":
            is_nth = is_last_in_month(day) if self.nth == LAST else nth_in_month(day) == self.nth
            return is_nth and self.days == (day_of(day),)
        if self.kind == "day":
            return day.day == self.nth
        if self.kind == "working":
            month = calendar.monthrange(day.year, day.month)[1]
            working = [n for n in range(1, month + 1) if day.replace(day=n).weekday() < len(WORKING_DAYS)]
            return day.day == (working[0] if self.nth == 1 else working[-1])
        return True

    def rule(self, first_local: datetime, zone: ZoneInfo) -> str | None:
        """The RFC 5545 rule, without its name; None for a single date. UNTIL is the last day's start, in UTC."""
        if self.kind == "once":
            return None
        every = [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        if self.kind == "weekly":
            parts = ["FREQ=WEEKLY", *every, f"BYDAY={','.join(self.days)}"]
        elif self.kind == "nth":
            parts = ["FREQ=MONTHLY", *every, f"BYDAY={self.nth}{self.days[0]}"]
        elif self.kind == "day":
            parts = ["FREQ=MONTHLY", *every, f"BYMONTHDAY={self.nth}"]
        else:
            parts = ["FREQ=MONTHLY", *every, f"BYDAY={','.join(WORKING_DAYS)}", f"BYSETPOS={self.nth}"]
        if self.count:
            parts.append(f"COUNT={self.count}")
        elif self.until:
            last = rhythm.instant(datetime.combine(self.until, first_local.time()), zone)
            parts.append(f"UNTIL={last:%Y%m%dT%H%M%SZ}")
        return ";".join(parts)

    def words(self, first_local: datetime, zone: ZoneInfo) -> str:
        """Every second Tuesday at 7pm, London time, until 29 June"""
        what = f"Once, on {formats.day(first_local.date())}" if self.kind == "once" else self._what()
        return f"{what} at {formats.time_of_day(first_local.time())}, {formats.town_time(zone)}{self._end(first_local)}"

    def _what(self) -> str:
        named = [DAYS[day] for day in self.days]
        month = f"every {ORDINALS[self.interval - 1]} month" if self.interval > 1 else "every month"
        if self.kind == "nth":
            return f"The {_ordinal(self.nth)} {named[0]} of {month}"
        if self.kind == "working":
            return f"The {_ordinal(self.nth)} working day of {month}"
        if self.kind == "day":
            return f"The {formats.numbered(self.nth)} of {month}{' that has one' if self.nth > 28 else ''}"
        nth_week = f"{ORDINALS[self.interval - 1]} " if self.interval > 1 else ""
        if len(named) == 1:
            return f"Every {nth_week}{named[0]}"
        listed = "day" if len(named) == len(DAYS) else formats.listed(named)
        return f"Every {nth_week}week on {formats.listed(named)}" if nth_week else f"Every {listed}"

    def _end(self, first_local: datetime) -> str:
        if self.count:
            return ", once" if self.count == 1 else f", {self.count} times"
        if self.until:
            year = f" {self.until.year}" if self.until.year != first_local.year else ""
            return f", until {self.until.day} {self.until:%B}{year}"
        return ""


def day_of(day: date) -> str:
    """MO, TU, …"""
    return list(DAYS)[day.weekday()]


def nth_in_month(day: date) -> int:
    """2 for a second Tuesday."""
    return (day.day - 1) // 7 + 1


def is_last_in_month(day: date) -> bool:
    """Whether no other such weekday follows in this month."""
    return (day + timedelta(days=7)).month != day.month


def _ordinal(nth: int) -> str:
    return "last" if nth == LAST else ORDINALS[nth - 1]


def _last_day(until: str, first_local: datetime, zone: ZoneInfo) -> date:
    """The last day whose start still counts. Raises BadRule."""
    ends_at = rhythm.end_of(until, zone)
    last = ends_at.astimezone(zone).date()
    starts_at = rhythm.instant(datetime.combine(last, first_local.time()), zone)
    return last if starts_at <= ends_at else last - timedelta(days=1)
