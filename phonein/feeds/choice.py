"""How somebody's own calendar learns of their seats: by letters, from a feed, or not at all; and how much it says."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking import telling
from phonein.booking.models import Booking
from phonein.db import db, hold
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Calendar, Person
from phonein.schedule.models import PhoneIn


@dataclass(frozen=True)
class SetRight:
    """How many entries of somebody's calendar letters take out of it, put into it, or change in it."""

    taken_out: int = 0
    put_in: int = 0
    changed: int = 0


def choose(calendar: Calendar, *, is_discreet: bool, by: Person) -> SetRight:
    """From now on the calendar of `by` learns of seats like this. What is in it already is set right by letters."""
    had, has = by.calendar == Calendar.INVITATIONS, calendar == Calendar.INVITATIONS
    says_otherwise = by.is_discreet != is_discreet
    by.calendar, by.is_discreet = calendar, is_discreet
    if calendar == Calendar.FEED:
        feed_addresses.make(by, Purpose.SEATS)
    if had == has and not says_otherwise:
        return SetRight()
    number = telling.tell(_coming(by))
    if had and has:
        return SetRight(changed=number)
    return SetRight(taken_out=number if had else 0, put_in=number if has else 0)


def _coming(person: Person) -> list[Booking]:
    """The seats of which a calendar should know, kept to ourselves: each is about to get another number."""
    seats = (
        select(Booking)
        .join(Booking.phone_in)
        .where(
            Booking.person_id == person.id,
            Booking.given_back_on.is_(None),
            PhoneIn.cancelled_at.is_(None),
            PhoneIn.starts_at > clock.now(),
        )
        .options(joinedload(Booking.person), joinedload(Booking.phone_in))
        .order_by(PhoneIn.id)
        .execution_options(populate_existing=True)
    )
    for booking in db.session.scalars(seats).all():
        hold(booking.phone_in)
    return list(db.session.scalars(seats))
