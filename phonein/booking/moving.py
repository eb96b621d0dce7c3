"""Moving a seat to another date in one step: the new one is there before the old one is given back."""

from phonein import clock
from phonein.booking import moved, seats
from phonein.booking.models import Booking
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

DATES_SHOWN = 8
MOST_DATES = 60
OTHERS_SHOWN = 6


class NoSeatToMove(Refused):
    """You have no seat on the old date any more, so there is nothing to move."""


class TooLateToMove(Refused):
    """This phone-in has begun, so the seat can no longer be moved. There is nothing you need to do."""


class HasBothSeats(Refused):
    """You have a seat there already. Nothing was changed, and both seats are yours: give one back if you like."""


def move(booking: Booking, *, to: PhoneIn) -> Booking:
    """Give this seat back for one in `to`; both happen, or neither. Asking twice is asking once.

    Both phone-ins are held from the start, the older row first, so that two who change places wait for one another and
    never both. Raises NoSeatToMove, TooLateToMove, HasBothSeats, and what `seats.take` raises.
    """
    old = booking.phone_in
    for phone_in in sorted({old, to}, key=lambda held: held.id):
        hold(phone_in)
    db.session.refresh(booking)
    there = seats.live_booking(to, booking.person)
    if there and (there is booking or there.moved_from_id == booking.id):
        return there
    if not booking.is_live:
        raise NoSeatToMove
    if there:
        raise HasBothSeats
    if old.has_begun(clock.now()):
        raise TooLateToMove
    new = seats.take(to, by=booking.person)
    moved.note(booking, new)
    seats.give_back(old, by=booking.person)
    return new


def other_dates(booking: Booking, *, every: bool = False) -> tuple[list[PhoneIn], bool]:
    """The next dates of the same series, full ones too; and whether there are more."""
    most = MOST_DATES if every else DATES_SHOWN
    found = programme.other_dates(booking.phone_in, clock.now(), most + 1)
    return found[:most], len(found) > most


def other_phone_ins(booking: Booking) -> list[PhoneIn]:
    """What else has seats left."""
    return programme.others_with_seats(booking.phone_in, clock.now(), OTHERS_SHOWN)
