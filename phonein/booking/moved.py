"""Which seat was given back for which: so that letters say “moved”, and not that one went and another came."""

from sqlalchemy import select

from phonein.booking.models import Booking
from phonein.db import db


def note(old: Booking, new: Booking) -> None:
    """This seat is had instead of that one. What the calendar replied, and “still coming”, were about the old date.

    Their name goes along with what they ask for only to people who know it already.
    """
    new.moved_from_id = old.id
    new.needs, new.needs_text = old.needs, old.needs_text
    knew = {leader.id for leader in old.phone_in.leaders}
    new.is_named_with_needs = old.is_named_with_needs and {leader.id for leader in new.phone_in.leaders} <= knew


def given_back_for(new: Booking) -> Booking | None:
    """The seat that was given back for this one."""
    old = db.session.get(Booking, new.moved_from_id) if new.moved_from_id else None
    return old if old and _is_that(old, new) else None


def had_instead(old: Booking) -> Booking | None:
    """The seat for which this one was given back."""
    moved_here = select(Booking).where(Booking.person_id == old.person_id, Booking.moved_from_id == old.id)
    return next((new for new in db.session.scalars(moved_here) if _is_that(old, new)), None)


def _is_that(old: Booking, new: Booking) -> bool:
    """The number is not enough: SQLite may use it again once a booking has been forgotten."""
    return (old.person_id, old.given_back_on) == (new.person_id, new.booked_on)
