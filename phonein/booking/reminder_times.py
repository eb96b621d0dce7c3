"""How long before a phone-in who wants to be reminded is reminded. Pure; minutes of elapsed time, longest first."""

from datetime import datetime, timedelta

DAY_BEFORE, HOUR_BEFORE = 24 * 60, 60
MOST = timedelta(days=7)
STILL_COMING = "still-coming"
ASKED_BEFORE = timedelta(days=3)


def wanted(reminders: str) -> list[int]:
    """What somebody has chosen, from the column that keeps it."""
    return [int(minutes) for minutes in reminders.split()]


def written(minutes: set[int]) -> str:
    """The same for the column."""
    return " ".join(str(one) for one in sorted(minutes, reverse=True))


def due(reminders: str, starts_at: datetime, now: datetime) -> str:
    """The kind of reminder whose time has come: of several the last, because one says what the other would have said.
    "" for none, and once the phone-in has begun."""
    come = [minutes for minutes in wanted(reminders) if starts_at - timedelta(minutes=minutes) <= now < starts_at]
    return str(min(come)) if come else ""


def passed(reminders: str, starts_at: datetime, now: datetime) -> list[str]:
    """The kinds whose time has come by now, the question whether they are still coming among them."""
    before = {str(minutes): timedelta(minutes=minutes) for minutes in wanted(reminders)} | {STILL_COMING: ASKED_BEFORE}
    return [kind for kind, ahead in before.items() if starts_at - ahead <= now]


def number_and_unit(minutes: int) -> tuple[int, str]:
    """As somebody would say it: 90 minutes, 3 hours, 2 days"""
    for unit, many in (("days", 24 * 60), ("hours", 60)):
        if minutes % many == 0:
            return minutes // many, unit
    return minutes, "minutes"
