"""The rules of taking a seat in a phone-in, and giving it back."""

from collections.abc import Iterable
from datetime import UTC, datetime, time

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking import adjustments, in_line, line, seat_count, seat_links, telling
from phonein.booking.models import Booking
from phonein.booking.seat_count import miscounted
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

__all__ = [
    "BookingClosed",
    "PhoneInFull",
    "TooLateToGiveBack",
    "booked_by",
    "give_back",
    "give_back_this",
    "last_booking",
    "live_booking",
    "live_bookings",
    "miscounted",
    "slugs_booked_by",
    "take",
    "tell_all",
    "tell_everybody",
]


# Put together once, because every page asks it: that takes longer than the asking.
IS_THEIRS = and_(Booking.person_id == bindparam("person"), Booking.given_back_on.is_(None))
LIVE_ONE = select(Booking).where(Booking.phone_in_id == bindparam("phone_in"), IS_THEIRS)
SLUGS_OF = select(PhoneIn.slug).join(Booking, Booking.phone_in_id == PhoneIn.id).where(IS_THEIRS)


class PhoneInFull(Refused):
    """Sorry, every seat in this phone-in has been taken."""

    title = "This phone-in is full"


class BookingClosed(Refused):
    """Booking for this phone-in has closed."""

    title = "Booking has closed"


class TooLateToGiveBack(Refused):
    """This phone-in has begun, so the seat can no longer be given back. There is nothing you need to do."""


def take(phone_in: PhoneIn, *, by: Person) -> Booking:
    """Book `by` a seat: the one that is held for them, if one is. They wait no longer. Asking twice is asking once.
    Raises PhoneInFull, BookingClosed."""
    hold(phone_in)
    if booking := live_booking(phone_in, by):
        return booking
    if not phone_in.is_open(clock.now()):
        raise BookingClosed
    waits = in_line.covering(phone_in, by)
    held = line.held_here(phone_in, waits)
    offer = held if held and in_line.is_good(held) else None
    if offer is None:
        _count_one_more(phone_in)
    booking = Booking(
        phone_in=phone_in,
        person=by,
        booked_on=clock.today(),
        sequence=0,
        stamped_at=datetime.combine(clock.today(), time(), UTC),
    )
    db.session.add(booking)
    if offer:
        line.end_offer(offer, phone_in, "accepted")
    for wait in waits:
        line.end_wait(wait, "seat")
    db.session.flush()
    feed_addresses.make(by, Purpose.SEATS)
    telling.of_new_seat(booking)
    return booking


def give_back(phone_in: PhoneIn, *, by: Person) -> None:
    """Give the seat back; the calendar entry goes with it, and the seat to whoever is next in line. Once it is back,
    giving it back again changes nothing.

    Raises TooLateToGiveBack.
    """
    hold(phone_in)
    booking = live_booking(phone_in, by)
    if booking is None:
        return
    if phone_in.has_begun(clock.now()):
        raise TooLateToGiveBack
    telling.tell([booking])
    booking.given_back_on = clock.today()
    adjustments.forget(booking)
    db.session.flush()
    seat_count.lower_by(1, phone_in)
    line.fill(phone_in)


def give_back_this(booking: Booking) -> None:
    """Give back this very seat, not one that the person may have booked since. Where there is nothing to give back,
    nothing changes."""
    hold(booking.phone_in)
    db.session.refresh(booking)
    if seat_links.standing(booking) == "held":
        give_back(booking.phone_in, by=booking.person)


def tell_all(phone_in: PhoneIn) -> int:
    """Tell everybody who has a seat that something is different now, and their calendars too; how many are told."""
    return tell_everybody([phone_in])


def tell_everybody(phone_ins: Iterable[PhoneIn]) -> int:
    """The same for several phone-ins at once."""
    ids = [phone_in.id for phone_in in phone_ins]
    booked = select(Booking).where(Booking.phone_in_id.in_(ids), Booking.given_back_on.is_(None)).order_by(Booking.id)
    return telling.tell(db.session.scalars(booked.options(joinedload(Booking.person))), settle=True)


def live_booking(phone_in: PhoneIn, person: Person) -> Booking | None:
    found: Booking | None = db.session.scalar(LIVE_ONE, {"phone_in": phone_in.id, "person": person.id})
    return found


def last_booking(phone_in: PhoneIn, person: Person) -> Booking | None:
    """The seat they have, or the one they gave back last."""
    theirs = select(Booking).where(Booking.phone_in_id == phone_in.id, Booking.person_id == person.id)
    return db.session.scalar(theirs.order_by(Booking.given_back_on.is_(None).desc(), Booking.id.desc()).limit(1))


def live_bookings(phone_in: PhoneIn) -> list[Booking]:
    return list(
        db.session.scalars(
            select(Booking)
            .where(Booking.phone_in_id == phone_in.id, Booking.given_back_on.is_(None))
            .options(joinedload(Booking.person))
            .order_by(Booking.id)
        )
    )


def booked_by(person: Person) -> list[Booking]:
    """Every seat this person has, in order of the phone-ins."""
    return list(
        db.session.scalars(
            select(Booking)
            .join(Booking.phone_in)
            .where(Booking.person_id == person.id, Booking.given_back_on.is_(None))
            .options(joinedload(Booking.phone_in).selectinload(PhoneIn.leaders))
            .order_by(PhoneIn.starts_at)
        )
    )


def slugs_booked_by(person: Person) -> set[str]:
    return set(db.session.scalars(SLUGS_OF, {"person": person.id}))


def _count_one_more(phone_in: PhoneIn) -> None:
    if phone_in.left < 1 or not seat_count.raise_by(1, phone_in):
        raise PhoneInFull
