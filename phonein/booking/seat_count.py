"""The counter of taken seats: those that are booked, and those that are held for whoever is next in line."""

from sqlalchemy import select, update

from phonein import clock
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer
from phonein.db import changed_in_place, db
from phonein.schedule.models import PhoneIn


def raise_by(number: int, phone_in: PhoneIn) -> bool:
    """Count so many more as taken, if as many are left: the last word is the database's, even if we were wrong."""
    fits = PhoneIn.taken + number <= PhoneIn.seats
    more = update(PhoneIn).where(PhoneIn.id == phone_in.id, fits).values(taken=PhoneIn.taken + number)
    return changed_in_place(more.returning(PhoneIn)) is not None


def lower_by(number: int, phone_in: PhoneIn) -> None:
    less = update(PhoneIn).where(PhoneIn.id == phone_in.id).values(taken=PhoneIn.taken - number)
    changed_in_place(less.returning(PhoneIn))


def miscounted() -> list[str]:
    """The slugs of phone-ins whose counter disagrees with the bookings and the seats that are held: always none, and
    the sweep looks every night.

    Only at those still to come: of the others the bookings are forgotten one day, and their number is kept.
    """
    booked = select(db.func.count()).where(Booking.phone_in_id == PhoneIn.id, Booking.given_back_on.is_(None))
    held = select(db.func.count()).where(Offer.phone_in_id == PhoneIn.id, Offer.ended_on.is_(None))
    counted = booked.scalar_subquery() + held.scalar_subquery()
    return list(db.session.scalars(select(PhoneIn.slug).where(PhoneIn.taken != counted, PhoneIn.ends_at > clock.now())))
