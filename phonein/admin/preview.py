"""The next dates of a series that is being written, before anything is saved, and what is worth knowing of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phonein import bank_holidays, clock, formats
from phonein.admin import clashes
from phonein.schedule import new_series, rhythm
from phonein.schedule.models import PhoneIn, Series

SHOWN = 10
MOST_ROWS = 30
A_YEAR = timedelta(days=366)
YEARS_AHEAD = (1, 3, 12)
LAST_DAY = date(2100, 12, 31)


@dataclass(frozen=True)
class Upcoming:
    """One date of the preview. `off` says why it does not take place; `button` is (name, label), its value the date
    as the form would write it."""

    starts_at: datetime
    off: str = ""
    remarks: Sequence[str] = ()
    button: tuple[str, str] | None = None
    value: str = ""
    phone_in: PhoneIn | None = None


@dataclass(frozen=True)
class Preview:
    """What a form means so far; without dates while it does not say when."""

    words: str = ""
    rule: str | None = None
    dates: list[Upcoming] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def taking_place(self) -> int:
        return sum(1 for one in self.dates if not one.off)


@dataclass(frozen=True)
class Standing:
    """What is there already: each phone-in by its planned start, and words on what becomes of it by its new start."""

    series: Series | None = None
    since: datetime | None = None
    phone_ins: Mapping[datetime, PhoneIn] = field(default_factory=dict)
    becomes: Mapping[datetime, Sequence[str]] = field(default_factory=dict)


def of(draft: dict[str, Any], standing: Standing, notes: Sequence[str] = ()) -> Preview:
    """The next ten dates of the draft, and between them those on which it does not take place."""
    series = new_series.unsaved(draft)
    since = max(standing.since, clock.now()) if standing.since else _earliest(series)
    every, taking_place = _starts(series, since)
    holidays = bank_holidays.names(series.bank_holidays)
    rows = [_row(series, start, start in taking_place, holidays, standing) for start in every]
    shown = _next_ten(rows)
    led = clashes.of(
        [row.starts_at for row in shown if not row.off], series.minutes or 1, draft["leaders"], standing.series
    )
    return Preview(
        words=series.in_words,
        rule=series.rule,
        dates=[_with_clash(row, led) for row in shown],
        notes=[*notes, *_missed(series), *_not_announced(series, shown)],
    )


def _earliest(series: Series) -> datetime:
    """The first date of all, which can be an extra one."""
    return rhythm.instant(min([series.first_local, *(one.starts_local for one in series.extra)]), series.zone)


def _starts(series: Series, since: datetime) -> tuple[list[datetime], set[datetime]]:
    """Every date that the rule or the list of extra dates names from `since` on, and which of them take place."""
    extra = [one.starts_local for one in series.extra]
    every: list[datetime] = []
    taking_place: set[datetime] = set()
    for years in YEARS_AHEAD:
        until = min(since + years * A_YEAR, datetime.combine(LAST_DAY, datetime.min.time(), since.tzinfo))
        named = rhythm.starts(series.first_local, series.zone, series.rule, until=until, extra=extra)
        every, taking_place = [start for start in named if start >= since], set(series.starts(until=until))
        if sum(1 for start in every if start in taking_place) >= SHOWN:
            break
    return every, taking_place


def _next_ten(rows: list[Upcoming]) -> list[Upcoming]:
    """The first ten that take place with what lies between; where there are fewer, all of them."""
    shown: list[Upcoming] = []
    for row in rows[:MOST_ROWS]:
        shown.append(row)
        if sum(1 for one in shown if not one.off) == SHOWN:
            break
    return shown


def _row(
    series: Series, start: datetime, takes_place: bool, holidays: Mapping[date, str], standing: Standing
) -> Upcoming:
    local = start.astimezone(series.zone).replace(tzinfo=None)
    holiday = holidays.get(local.date(), "")
    if not takes_place:
        return _off(series, start, local, holiday, standing)
    phone_in = standing.phone_ins.get(start)
    is_extra = any(one.starts_local == local for one in series.extra)
    value = local.isoformat() if is_extra else local.date().isoformat()
    remarks = [
        *(["extra date"] if is_extra else []),
        *([holiday] if holiday else []),
        *(["the clocks change on this day"] if formats.is_clock_change(local.date(), series.zone) else []),
        *(["in the past"] if start < clock.now() else []),
        *standing.becomes.get(start, _booked(phone_in)),
    ]
    return Upcoming(start, remarks=remarks, button=("leave_out", "Leave out"), value=value, phone_in=phone_in)


def _off(series: Series, start: datetime, local: datetime, holiday: str, standing: Standing) -> Upcoming:
    """A date that is left out or skipped; who has booked on that day is still to be seen."""
    at_usual_time = datetime.combine(local.date(), series.starts_at_time)
    gap = next((gap for gap in series.left_out if gap.starts_local in (local, at_usual_time)), None)
    days = (one for one in standing.phone_ins.values() if _day(one.starts_at, series.zone) == local.date())
    booked = _booked(next(days, None))
    if gap is None:
        return Upcoming(start, f"{holiday}, skipped", booked)
    off = f"left out: {gap.reason}" if gap.reason else "left out"
    return Upcoming(start, off, booked, ("take_back", "Take back"), gap.starts_text)


def _booked(phone_in: PhoneIn | None) -> list[str]:
    return [f"{phone_in.taken} booked"] if phone_in and phone_in.taken else []


def _with_clash(row: Upcoming, led: Mapping[datetime, list[str]]) -> Upcoming:
    words = led.get(row.starts_at, [])
    return Upcoming(row.starts_at, row.off, [*row.remarks, *words], row.button, row.value, row.phone_in)


def _missed(series: Series) -> list[str]:
    """Dates that are to be left out and never were there."""
    if not series.left_out:
        return []
    far = max(gap.starts_local for gap in series.left_out)
    named = set(rhythm.starts(series.first_local, series.zone, series.rule, until=rhythm.instant(far, series.zone)))
    missed = [gap.starts_local for gap in series.left_out if rhythm.instant(gap.starts_local, series.zone) not in named]
    return [f"{_said(local)} is left out, but the series has no such date." for local in sorted(missed)]


def _said(local: datetime) -> str:
    return f"{formats.day(local.date())} at {formats.time_of_day(local.time())}"


def _not_announced(series: Series, shown: list[Upcoming]) -> list[str]:
    """Where the list of bank holidays ends before the dates do."""
    if not series.bank_holidays:
        return []
    last = bank_holidays.known_until(series.bank_holidays)
    is_beyond = bool(shown) and _day(shown[-1].starts_at, series.zone) > last
    words = (
        f"Bank holidays of {bank_holidays.REGIONS[series.bank_holidays]}. {bank_holidays.source(series.bank_holidays)}."
    )
    return [words + (" Later ones are not announced yet." if is_beyond else "")]


def _day(start: datetime, zone: ZoneInfo) -> date:
    return start.astimezone(zone).date()
