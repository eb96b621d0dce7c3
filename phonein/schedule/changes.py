"""Making a phone-in, changing it, moving it, cancelling it and taking that back, handing it over.

Who has a seat is told by `booking`, through the edge."""

from datetime import datetime, timedelta
from typing import Any

from phonein import clock
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.schedule import by_hand, rhythm, rolling
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.slugs import free_slug

# What booked people need to hear of; other words they find on the page.
TOLD = ("title", "dial_in_number", "freephone", "pin")


class FewerThanBooked(Refused):
    """More seats than that are booked already."""


class AlreadyOver(Refused):
    """This phone-in has begun or is over, so it can no longer be changed."""


class ChangedMeanwhile(Refused):
    """Somebody else has changed this while you were writing. Nothing of yours was saved yet, and nothing is lost."""


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


def change(
    phone_in: PhoneIn,
    *,
    leaders: list[Person],
    seats: int,
    edition: int | None = None,
    window: tuple[int, int] | None = None,
    **facts: Any,
) -> bool:
    """Change what this one phone-in is about, its seats, numbers, leaders, or when questions may be asked: `window` in
    days before and hours before. True if booked people should hear of it. `edition` is the one that the admin saw.

    Raises FewerThanBooked, AlreadyOver, ChangedMeanwhile.
    """
    hold(phone_in)
    refuse_if_over(phone_in)
    refuse_if_changed(phone_in, edition)
    if seats < phone_in.taken:
        raise FewerThanBooked(
            f"{phone_in.taken} seats are booked or held already, so there cannot be only {seats}. "
            f"Choose {phone_in.taken} or more."
        )
    heard = _leaders_differ(phone_in, leaders) or any(
        (facts[name] or "") != (getattr(phone_in, name) or "") for name in TOLD if name in facts
    )
    if facts.get("pin", phone_in.pin) != phone_in.pin:
        phone_in.own_facts = " ".join({*by_hand.own(phone_in), "pin"})
    for name, value in facts.items():
        setattr(phone_in, name, value)
    phone_in.seats, phone_in.leaders = seats, leaders
    if window:
        opens_days, closes_hours = window
        wanted = rhythm.window(phone_in.starts_at, phone_in.zone, opens_days=opens_days, closes_hours=closes_hours)
        set_window(phone_in, wanted.opens_at, wanted.closes_at)
    by_hand.note(phone_in)
    return heard and not phone_in.is_cancelled


def give_new_pin(phone_in: PhoneIn) -> bool:
    """Another PIN for this date alone, for when the old one has got about. Raises AlreadyOver."""
    hold(phone_in)
    refuse_if_over(phone_in)
    phone_in.pin = rolling.new_pin()
    phone_in.own_facts = " ".join({*by_hand.own(phone_in), "pin"})
    by_hand.note(phone_in)
    return not phone_in.is_cancelled


def move(phone_in: PhoneIn, *, to: datetime, minutes: int, edition: int | None = None) -> bool:
    """Move a phone-in to the instant `to`. True if booked people should hear of it: not, if it is there already.

    Its question window moves with it; after a first release asking can only close earlier. Raises AlreadyOver,
    ChangedMeanwhile.
    """
    hold(phone_in)
    refuse_if_over(phone_in)
    refuse_if_changed(phone_in, edition)
    length = timedelta(minutes=minutes)
    if to == phone_in.starts_at and length == phone_in.length:
        return False
    retime(phone_in, to, length)
    by_hand.note(phone_in)
    return not phone_in.is_cancelled


def cancel(phone_in: PhoneIn, *, reason: str, edition: int | None = None) -> bool:
    """Cancel a phone-in. True if that is new. Raises AlreadyOver, ChangedMeanwhile."""
    hold(phone_in)
    if phone_in.is_cancelled:
        return False
    refuse_if_over(phone_in)
    refuse_if_changed(phone_in, edition)
    phone_in.cancelled_at, phone_in.cancel_reason = clock.now(), reason
    by_hand.note(phone_in)
    return True


def put_back_on(phone_in: PhoneIn) -> bool:
    """Take a cancellation back. True if it was cancelled. Raises AlreadyOver."""
    hold(phone_in)
    if not phone_in.is_cancelled:
        return False
    refuse_if_over(phone_in)
    if "cancelled" not in by_hand.own(phone_in):  # its series had no such date any more, so it must not follow that
        phone_in.own_facts = " ".join({*by_hand.own(phone_in), "on"})
    phone_in.cancelled_at, phone_in.cancel_reason = None, ""
    by_hand.note(phone_in)
    return True


def hand_over(phone_in: PhoneIn, *, by: Person, to: Person) -> bool:
    """`by` leads this date no more, and `to` does. False if it is so already. Raises AlreadyOver."""
    hold(phone_in)
    refuse_if_over(phone_in)
    if not by.can_lead(phone_in):
        return False
    staying = [leader for leader in phone_in.leaders if leader.id not in (by.id, to.id)]
    phone_in.leaders = [*staying, to]
    by_hand.note(phone_in)
    return True


def retime(phone_in: PhoneIn, to: datetime, length: timedelta, *, with_window: bool = True) -> None:
    """Put it at another time, its question window with it."""
    opens_at, closes_at = _shifted(phone_in, to)
    phone_in.starts_at, phone_in.ends_at = to, to + length
    if with_window:
        set_window(phone_in, opens_at, closes_at)


def set_window(phone_in: PhoneIn, opens_at: datetime, closes_at: datetime) -> None:
    """When questions may be asked. What has been released stays so: after that, asking can only close earlier."""
    if phone_in.released_through is None:
        phone_in.asks_open_at, phone_in.asks_close_at = opens_at, closes_at
    else:
        phone_in.asks_close_at = max(phone_in.released_through, min(phone_in.asks_close_at, closes_at))


def refuse_if_over(phone_in: PhoneIn) -> None:
    if phone_in.has_begun(clock.now()):
        raise AlreadyOver


def refuse_if_changed(row: PhoneIn | Series, edition: int | None) -> None:
    """Two admins at once: the second is shown what the first has done."""
    if edition is not None and edition != row.edition:
        raise ChangedMeanwhile


def _leaders_differ(phone_in: PhoneIn, leaders: list[Person]) -> bool:
    return {leader.id for leader in phone_in.leaders} != {leader.id for leader in leaders}


def _shifted(phone_in: PhoneIn, to: datetime) -> tuple[datetime, datetime]:
    """The question window, as long before the new start as before the old: days by the wall clock, hours elapsed."""
    zone = phone_in.zone
    opens_before = phone_in.starts_at.astimezone(zone).replace(tzinfo=None) - phone_in.asks_open_at.astimezone(
        zone
    ).replace(tzinfo=None)
    opens = rhythm.instant(to.astimezone(zone).replace(tzinfo=None) - opens_before, zone)
    return opens, to - (phone_in.starts_at - phone_in.asks_close_at)
