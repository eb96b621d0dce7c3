"""The rules of taking a seat in a phone-in, and giving it back."""

import uuid
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking.models import Booking
from phonein.db import db, hold
from phonein.delivery import invites, letters
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn


class PhoneInFull(Refused):
    """Sorry, every seat in this phone-in has been taken."""

    title = "This phone-in is full"


class BookingClosed(Refused):
    """Booking for this phone-in has closed."""

    title = "Booking has closed"


class TooLateToGiveBack(Refused):
    """This phone-in has begun, so the seat can no longer be given back. There is nothing you need to do."""


def take(phone_in: PhoneIn, *, by: Person) -> Booking:
    """Book `by` a seat. Asking twice is asking once. Raises PhoneInFull, BookingClosed."""
    hold(phone_in)
    if booking := live_booking(phone_in, by):
        return booking
    if not phone_in.is_open(clock.now()):
        raise BookingClosed
    if phone_in.left < 1:
        raise PhoneInFull
    _count_one_more(phone_in)
    booking = Booking(
        phone_in=phone_in,
        person=by,
        booked_on=clock.today(),
        uid=f"{uuid.uuid4()}@{_domain()}",
        sequence=0,
        stamped_at=datetime.combine(clock.today(), time(), UTC),
    )
    db.session.add(booking)
    db.session.flush()
    letters.seat_booked(booking)
    return booking


def give_back(phone_in: PhoneIn, *, by: Person) -> None:
    """Give the seat back; the calendar entry goes with it. Once it is back, giving it back again changes nothing.

    Raises TooLateToGiveBack.
    """
    hold(phone_in)
    booking = live_booking(phone_in, by)
    if booking is None:
        return
    if phone_in.has_begun(clock.now()):
        raise TooLateToGiveBack
    booking.given_back_on = clock.today()
    _count_one_less(phone_in)
    if not phone_in.is_cancelled:
        raise_sequence(booking)
        letters.seat_given_back(booking)


def tell_of_change(phone_in: PhoneIn, what: list[str]) -> int:
    """Tell everybody who has a seat that the phone-in is different now, and their calendars too; how many are told."""
    booked = live_bookings(phone_in)
    for booking in booked:
        raise_sequence(booking)
        letters.phone_in_changed(booking, what=what)
    return len(booked)


def tell_of_cancellation(phone_in: PhoneIn) -> int:
    booked = live_bookings(phone_in)
    for booking in booked:
        raise_sequence(booking)
        letters.phone_in_cancelled(booking)
    return len(booked)


def raise_sequence(booking: Booking) -> None:
    """The calendar is about to be told something new: its number goes up, and never down (RFC 5546 2.1.4)."""
    booking.sequence += 1
    booking.stamped_at = invites.next_stamp(booking.stamped_at, clock.now())


def live_booking(phone_in: PhoneIn, person: Person) -> Booking | None:
    return db.session.scalar(
        select(Booking).where(
            Booking.phone_in_id == phone_in.id, Booking.person_id == person.id, Booking.given_back_on.is_(None)
        )
    )


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
            .options(joinedload(Booking.phone_in))
            .order_by(PhoneIn.starts_at)
        )
    )


def slugs_booked_by(person: Person) -> set[str]:
    return set(
        db.session.scalars(
            select(PhoneIn.slug)
            .join(Booking, Booking.phone_in_id == PhoneIn.id)
            .where(Booking.person_id == person.id, Booking.given_back_on.is_(None))
        )
    )


def miscounted() -> list[str]:
    """The slugs of phone-ins whose counter and bookings disagree: always none, and the sweep looks every night.

    Only at those still to come: of the others the bookings are forgotten one day, and their number is kept.
    """
    counted = (
        select(db.func.count())
        .select_from(Booking)
        .where(Booking.phone_in_id == PhoneIn.id, Booking.given_back_on.is_(None))
        .scalar_subquery()
    )
    return list(db.session.scalars(select(PhoneIn.slug).where(PhoneIn.taken != counted, PhoneIn.ends_at > clock.now())))


def _count_one_more(phone_in: PhoneIn) -> None:
    """The last word is the database's, even if we are wrong above."""
    counted = db.session.execute(
        update(PhoneIn)
        .where(PhoneIn.id == phone_in.id, PhoneIn.taken < PhoneIn.seats)
        .values(taken=PhoneIn.taken + 1)
        .returning(PhoneIn.taken),
        execution_options={"synchronize_session": False},
    )
    if counted.first() is None:
        raise PhoneInFull
    db.session.refresh(phone_in)


def _count_one_less(phone_in: PhoneIn) -> None:
    db.session.execute(
        update(PhoneIn).where(PhoneIn.id == phone_in.id).values(taken=PhoneIn.taken - 1),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(phone_in)


def _domain() -> str:
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "phonein.example"
