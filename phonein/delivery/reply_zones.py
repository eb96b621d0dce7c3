"""Which instant a reply means by a time on somebody's clock: by the zone that it brings along, else by the zone's name.

A zone from outside is only ever asked about one moment. Its rules are worked out for that year and the one before and
never run through, so that none can keep us busy; and it is forgotten afterwards.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WRITTEN_TIME = re.compile(r"(\d{8})T(\d{6})Z?", re.IGNORECASE)
OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?")
NTH_WEEKDAY = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")
COMMON = {"FREQ", "INTERVAL", "BYDAY", "BYMONTH", "UNTIL", "WKST"}
DAY = timedelta(days=1)


class Unclear(Exception):
    """Nobody can say which instant is meant."""


@dataclass
class Observance:
    """One half of a zone: on which offset its clocks are from each of its onsets on (RFC 5545 3.6.5)."""

    starts: datetime
    after: timedelta
    rule: Mapping[str, str] | None = None
    more_starts: list[datetime] = field(default_factory=list)

    def last_onset(self, local: datetime) -> datetime | None:
        onsets = [self.starts, *self.more_starts]
        if self.rule is not None:
            onsets += [at for year in (local.year - 1, local.year) for at in self._onsets_in(year)]
        return max((onset for onset in onsets if onset <= local), default=None)

    def _onsets_in(self, year: int) -> Iterator[datetime]:
        """Raises Unclear where the rule is not the common one: the nth or last weekday of a month, every year."""
        rule = self.rule or {}
        if rule.get("UNTIL") and written_day(rule["UNTIL"]).year < year:
            return
        nth = NTH_WEEKDAY.fullmatch(rule.get("BYDAY", ""))
        is_common = rule.keys() <= COMMON and rule.get("FREQ") == "YEARLY" and rule.get("INTERVAL", "1") == "1"
        if not nth or not is_common:
            raise Unclear
        month = int(rule.get("BYMONTH") or self.starts.month)
        days = [date(year, month, 1) + n * DAY for n in range(31)]
        fitting = [day for day in days if day.month == month and day.weekday() == WEEKDAYS.index(nth[2])]
        number = int(nth[1])
        if abs(number) <= len(fitting):
            onset = datetime.combine(fitting[number if number < 0 else number - 1], self.starts.time())
            if onset >= self.starts and (not rule.get("UNTIL") or onset.date() <= written_day(rule["UNTIL"])):
                yield onset


def instant(written: str, zone_name: str | None, zones: Mapping[str, list[Observance]]) -> datetime:
    """The instant of `20260331T130000` in a zone, or of `20260331T120000Z`. Raises Unclear, for a mere day too."""
    local = local_time(written)
    if written.strip().upper().endswith("Z"):
        return local.replace(tzinfo=UTC)
    try:
        return _in_zone(local, (zone_name or "").strip(), zones)
    except (ValueError, KeyError, OverflowError, OSError) as error:  # ZoneInfo raises any of these for a bad name
        raise Unclear from error


def local_time(written: str) -> datetime:
    """What a clock on the wall shows, naive on purpose. Raises Unclear."""
    found = WRITTEN_TIME.fullmatch(written.strip())
    if not found:
        raise Unclear
    try:
        return datetime.strptime(found[1] + found[2], "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError as error:
        raise Unclear from error


def offset(written: str) -> timedelta:
    """`+0100` as a span. Raises Unclear."""
    found = OFFSET.fullmatch(written.strip())
    if not found:
        raise Unclear
    span = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -span if found[1] == "-" else span


def written_day(written: str) -> date:
    return datetime.strptime(written.strip()[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, whatever the zone


def _in_zone(local: datetime, name: str, zones: Mapping[str, list[Observance]]) -> datetime:
    if not name:
        raise Unclear
    observances = zones.get(name)
    if observances:
        onsets = [(onset, one) for one in observances if (onset := one.last_onset(local))]
        if not onsets:
            raise Unclear
        _, newest = max(onsets, key=lambda pair: pair[0])
        return (local - newest.after).replace(tzinfo=UTC)
    return local.replace(tzinfo=ZoneInfo(WINDOWS_TO_OLSON.get(name, name))).astimezone(UTC)
