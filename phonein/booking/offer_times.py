"""How long a seat is held for the next in line, and at what hour they may be told. Arithmetic of instants, no database.

The nearer the start, the shorter: whoever does not answer must not keep the seat from everybody behind them.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from phonein.schedule.rhythm import instant

# A seat that comes free so long before the start is held for so long.
WINDOWS = (
    (timedelta(days=4), timedelta(hours=48)),
    (timedelta(hours=24), timedelta(hours=12)),
    (timedelta(hours=4), timedelta(hours=2)),
)
FIRST_COME = WINDOWS[-1][0]
MORNING, EVENING = time(7), time(21)
TOO_SHORT = timedelta(hours=2)
A_DAY = timedelta(days=1)
QUARTER, MOMENT = timedelta(minutes=15), timedelta(microseconds=1)


def window(now: datetime, starts_at: datetime) -> timedelta | None:
    """For how long a seat is held that is offered now; None where it is held for nobody: first come, first served."""
    left = starts_at - now
    return next((length for more_than, length in WINDOWS if left > more_than), None)


def from_at(now: datetime, zone: ZoneInfo, starts_at: datetime) -> datetime:
    """When somebody in this zone may be told of a seat: at once, but not between 21:00 and 07:00 by their own clock.

    Then at 07:00, unless the phone-in is on that day already; and where that would leave them less than two hours, as
    soon as its day has begun.
    """
    here, start = now.astimezone(zone), starts_at.astimezone(zone)
    if MORNING <= here.time() < EVENING or here.date() >= start.date():
        return now
    day = here.date() + (A_DAY if here.time() >= EVENING else timedelta())
    morning = instant(datetime.combine(day, MORNING), zone)
    if starts_at - morning >= TOO_SHORT:
        return morning
    return instant(datetime.combine(start.date(), time()), zone)


def held_for(now: datetime, zone: ZoneInfo, starts_at: datetime) -> tuple[datetime, datetime] | None:
    """From when they are told until when they have it, in quarters of an hour: to the minute it would say when somebody
    gave a seat back. None for first come, first served.

    Not so overnight: while those in line may not be told, whoever is awake must not be first. Where first come would
    begin by the morning, the seat is held for half of what is left then.
    """
    told_at = from_at(now, zone, starts_at)
    length = window(told_at, starts_at)
    if length is None and told_at > now:
        length = (starts_at - told_at) / 2
    return (_quarter(told_at), _quarter(told_at + length + QUARTER - MOMENT)) if length else None


def _quarter(moment: datetime) -> datetime:
    """The last full quarter of an hour."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
