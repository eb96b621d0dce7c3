"""When the regular phone-ins fall. Wall-clock times in one place's zone, turned into instants; no database here."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

BETWEEN_RELEASES = timedelta(days=7)
A_DAY = timedelta(days=1)
EARLIEST_END = 1970
_NUMBERS = re.compile(r"[+-]?[0-9]{1,3}(,[+-]?[0-9]{1,3})*")
# What may stand in a rule. No hours and minutes: the first start says the time of day.
PARTS = {
    "FREQ": re.compile("DAILY|WEEKLY|MONTHLY|YEARLY"),
    "INTERVAL": re.compile(r"0*[1-9][0-9]{0,2}"),
    "COUNT": re.compile(r"0*[1-9][0-9]{0,3}"),
    "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?"),
    "BYDAY": re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)(,([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU))*"),
    "BYMONTH": re.compile(r"(0?[1-9]|1[0-2])(,(0?[1-9]|1[0-2]))*"),
    "BYMONTHDAY": _NUMBERS,
    "BYYEARDAY": _NUMBERS,
    "BYWEEKNO": _NUMBERS,
    "BYSETPOS": _NUMBERS,
    "WKST": re.compile("MO|TU|WE|TH|FR|SA|SU"),
}


class BadRule(ValueError):
    """This is not a repeat rule we can follow."""


@dataclass(frozen=True)
class Window:
    """When questions may be asked: from `opens_at`, until just before `closes_at`."""

    opens_at: datetime
    closes_at: datetime


def starts(
    first: datetime,
    zone: ZoneInfo,
    rule: str | None,
    *,
    until: datetime,
    left_out: Iterable[datetime] = (),
    extra: Iterable[datetime] = (),
    closed: Container[date] = (),
) -> list[datetime]:
    """Every start from `first` up to and including the instant `until`, as UTC instants in order.

    `first`, `left_out` and `extra` are wall-clock times in `zone`; `rule` is an RFC 5545 RRULE (3.3.10) without its
    name, or None for a single date. COUNT counts the dates that are left out too (3.8.5.1). `closed` are days on which
    the rule gives nothing, like bank holidays. Extra dates take place whatever the rule says. Raises BadRule.
    """
    ends_at, skipped = until, set(left_out)
    if rule is not None and (last := parts_of(rule).get("UNTIL")):
        ends_at = min(until, end_of(last, zone))
    # The wall clock runs ahead by a day at most, and only what it says can be put in order before it is an instant.
    last_local = ends_at.astimezone(zone).replace(tzinfo=None) + A_DAY
    wall_clock = takewhile(lambda local: local <= last_local, _wall_clock(first, rule))
    by_rule = {instant(local, zone) for local in wall_clock if local not in skipped and local.date() not in closed}
    besides = {instant(local, zone) for local in extra}
    return sorted({start for start in by_rule if start <= ends_at} | {start for start in besides if start <= until})


def _wall_clock(first: datetime, rule: str | None) -> Iterator[datetime]:
    if rule is None:
        yield first
        return
    without_end = ";".join(f"{name}={value}" for name, value in parts_of(rule).items() if name != "UNTIL")
    try:
        yield from rrulestr(without_end, dtstart=first)
    except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as error:
        raise BadRule(f"“{rule}” is not a repeat rule we can follow.") from error


def parts_of(rule: str) -> dict[str, str]:
    """The rule taken apart and weighed: once a day at most, at the time of the first start, with one kind of end."""
    parts: dict[str, str] = {}
    for part in rule.upper().removesuffix(";").split(";"):
        name, _, value = part.partition("=")
        if name not in PARTS or not PARTS[name].fullmatch(value) or name in parts:
            raise BadRule(f"“{rule}” is not a repeat rule we can follow: see “{part}”.")
        parts[name] = value
    if "FREQ" not in parts:
        raise BadRule(f"“{rule}” is not a repeat rule we can follow: FREQ is missing.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise BadRule(f"“{rule}” ends twice: keep COUNT or UNTIL.")
    if parts["FREQ"] in {"DAILY", "WEEKLY"} and re.search(r"[0-9]", parts.get("BYDAY", "")):
        raise BadRule(f"“{rule}” is not a repeat rule we can follow: only months and years have a second Monday.")
    return parts


def end_of(last: str, zone: ZoneInfo) -> datetime:
    """UNTIL as the last instant that counts: given in UTC (RFC 5545 3.3.10); a bare day means all of that day."""
    try:
        read = datetime.fromisoformat(last)
        if read.year < EARLIEST_END:
            raise ValueError
        if read.tzinfo:
            return read.astimezone(UTC)
        return instant(read, zone) if "T" in last else instant(read + A_DAY, zone) - timedelta(seconds=1)
    except (ValueError, OverflowError) as error:
        raise BadRule(f"UNTIL={last} is not a date that we can follow.") from error


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time. On the night the clocks go back the first of the two is meant; a time that is
    skipped when they go forward is read with the offset before the change (RFC 5545 3.3.5)."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks jump over this wall-clock time."""
    return instant(local, zone).astimezone(zone).replace(tzinfo=None) != local


def window(starts_at: datetime, zone: ZoneInfo, *, opens_days: int, closes_hours: int) -> Window:
    """The question window: opens whole days earlier at the same wall-clock time, closes elapsed hours before."""
    local = starts_at.astimezone(zone).replace(tzinfo=None)
    return Window(instant(local - timedelta(days=opens_days), zone), starts_at - timedelta(hours=closes_hours))


def release_times(opens_at: datetime, closes_at: datetime) -> list[datetime]:
    """The fixed moments at which envelopes are opened: when asking closes, and every seven days before that while the
    window is open. Fixed and far apart, so that a release says nothing about when anything was asked."""
    times = [closes_at]
    while times[0] - BETWEEN_RELEASES > opens_at:
        times.insert(0, times[0] - BETWEEN_RELEASES)
    return times
