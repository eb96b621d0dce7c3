"""The dates of a series in words, to be looked at before anything is saved."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from phonein import bank_holidays, formats
from phonein.schedule.models import Series


@dataclass(frozen=True)
class Planned:
    """One date that a series will have."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(self.zone).date()


def in_words(series: Series, *, until: datetime) -> list[str]:
    """Every date up to then: Sunday 25 October 2026, 7pm to 8pm (UK time): the clocks change on this day"""
    length = timedelta(minutes=series.minutes)
    dates = [Planned(start, start + length, series.zone) for start in series.starts(until=until)]
    return [": ".join([formats.when(one), *_remarks(series, one)]) for one in dates]


def _remarks(series: Series, one: Planned) -> list[str]:
    """What is worth knowing about the day, as one part of a sentence; nothing for most days."""
    local = one.starts_at.astimezone(one.zone).replace(tzinfo=None)
    holiday = bank_holidays.names(series.bank_holidays).get(one.day)
    remarks = [
        *(["the clocks change on this day"] if formats.is_clock_change(one.day, one.zone) else []),
        *([f"bank holiday, {holiday}"] if holiday else []),
        *(["extra date"] if local in {other.starts_local for other in series.extra} else []),
    ]
    return [", ".join(remarks)] if remarks else []
