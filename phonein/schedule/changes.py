"""Making a phone-in, changing it, moving it, cancelling it. Who has a seat is told by `booking`, through the edge."""

from datetime import datetime, timedelta
from typing import Any

from phonein import clock, formats
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.schedule import rhythm, rolling
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.slugs import free_slug

TOLD = {"title": "the title", "dial_in_number": "the number to call", "freephone": "the free number", "pin": "the PIN"}


class FewerThanBooked(Refused):
    """More seats than that are booked already."""


class AlreadyOver(Refused):
    """This phone-in has begun or is over, so it can no longer be changed."""


def publish_series(series: Series) -> list[PhoneIn]:
    """From now on people can book the dates of this series. Publishing twice is publishing once."""
    hold(series)
    now = clock.now()
    series.published_at = series.published_at or now
    made = rolling.roll_on(series, now=now)
    for phone_in in series.phone_ins:
        phone_in.published_at = phone_in.published_at or now
    return made


def publish(phone_in: PhoneIn) -> None:
    phone_in.published_at = phone_in.published_at or clock.now()


def make_one_off(
    *,
    starts_local: datetime,
    zone_name: str,
    minutes: int,
    leaders: list[Person],
    asks_open_days: int,
    asks_close_hours: int,
    **facts: Any,
) -> PhoneIn:
    """A phone-in that belongs to no series; a draft until it is published."""
    phone_in = PhoneIn(
        zone_name=zone_name, leaders=leaders, slug=free_slug(facts["title"], starts_local.date()), **facts
    )
    phone_in.starts_at = rhythm.instant(starts_local, phone_in.zone)
    phone_in.ends_at = phone_in.starts_at + timedelta(minutes=minutes)
    window = rhythm.window(phone_in.starts_at, phone_in.zone, opens_days=asks_open_days, closes_hours=asks_close_hours)
    phone_in.asks_open_at, phone_in.asks_close_at = window.opens_at, window.closes_at
    db.session.add(phone_in)
    db.session.flush()
    return phone_in


def change(phone_in: PhoneIn, *, leaders: list[Person], seats: int, **facts: Any) -> list[str]:
    """Change what a phone-in is about, its seats, numbers or leaders. Returns what booked people should hear, in words.

    Raises FewerThanBooked, AlreadyOver.
    """
    hold(phone_in)
    _refuse_if_over(phone_in)
    if seats < phone_in.taken:
        raise FewerThanBooked(
            f"{phone_in.taken} seats are booked already, so there cannot be only {seats}. "
            f"Choose {phone_in.taken} or more."
        )
    heard = [
        f"{words} is now {facts[name]}" if facts[name] else f"{words} is no longer used"
        for name, words in TOLD.items()
        if name in facts and (facts[name] or "") != (getattr(phone_in, name) or "")
    ]
    for name, value in facts.items():
        setattr(phone_in, name, value)
    phone_in.seats, phone_in.leaders, phone_in.edited_at = seats, leaders, clock.now()
    return heard if not phone_in.is_cancelled else []


def move(phone_in: PhoneIn, *, to: datetime, minutes: int) -> list[str]:
    """Move a phone-in to the instant `to`. Returns what booked people should hear: nothing, if it is there already.

    Its question window moves with it; after a first release asking can only close earlier. Raises AlreadyOver.
    """
    hold(phone_in)
    _refuse_if_over(phone_in)
    length, shift = timedelta(minutes=minutes), to - phone_in.starts_at
    if not shift and length == phone_in.length:
        return []
    before = formats.when(phone_in)
    opens_at, closes_at = _shifted(phone_in, to)
    if phone_in.released_through is None:
        phone_in.asks_open_at, phone_in.asks_close_at = opens_at, closes_at
    else:  # asking must not go on after the start; what has been released stays so
        closes_at = min(phone_in.asks_close_at, closes_at)
        phone_in.asks_close_at = max(phone_in.released_through, closes_at)
    phone_in.starts_at, phone_in.ends_at = to, to + length
    return [f"it is now on {formats.when(phone_in)}; before, it was {before}"] if not phone_in.is_cancelled else []


def cancel(phone_in: PhoneIn, *, reason: str) -> bool:
    """Cancel a phone-in. True if that is new. Raises AlreadyOver."""
    hold(phone_in)
    if phone_in.is_cancelled:
        return False
    _refuse_if_over(phone_in)
    phone_in.cancelled_at, phone_in.cancel_reason = clock.now(), reason
    return True


def _shifted(phone_in: PhoneIn, to: datetime) -> tuple[datetime, datetime]:
    """The question window, as long before the new start as before the old: days by the wall clock, hours elapsed."""
    zone = phone_in.zone
    opens_before = phone_in.starts_at.astimezone(zone).replace(tzinfo=None) - phone_in.asks_open_at.astimezone(
        zone
    ).replace(tzinfo=None)
    opens = rhythm.instant(to.astimezone(zone).replace(tzinfo=None) - opens_before, zone)
    return opens, to - (phone_in.starts_at - phone_in.asks_close_at)


def _refuse_if_over(phone_in: PhoneIn) -> None:
    if phone_in.has_begun(clock.now()):
        raise AlreadyOver
