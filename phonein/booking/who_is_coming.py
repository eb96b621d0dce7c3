"""How many of those who booked have said yes or perhaps in their calendars, and how many that they are still coming:
numbers, never names."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from phonein.booking import in_line
from phonein.booking.models import Booking
from phonein.db import db
from phonein.schedule.models import PhoneIn

FEWEST_SPLIT = 5  # of fewer people it would be plain who has said what


@dataclass(frozen=True)
class Coming:
    """`is_split`: enough are booked for the answers to be told."""

    booked: int
    accepted: int
    tentative: int
    confirmed: int

    @property
    def silent(self) -> int:
        return self.booked - self.accepted - self.tentative

    @property
    def is_split(self) -> bool:
        return self.booked >= FEWEST_SPLIT


@dataclass(frozen=True)
class SeatNumbers:
    """What those who lead a phone-in hear of its seats at release times, whether anybody has asked or not."""

    booked: int
    waiting: int
    with_needs: int


def in_numbers(phone_in: PhoneIn) -> SeatNumbers:
    """How many are booked, how many of them have asked for an adjustment, and how many wait."""
    asks_for_something = or_(Booking.needs != "", Booking.needs_text != "")
    counted = select(func.count(), func.count().filter(asks_for_something)).select_from(Booking)
    live = counted.where(Booking.phone_in_id == phone_in.id, Booking.given_back_on.is_(None))
    booked, with_needs = db.session.execute(live).one()
    return SeatNumbers(booked, in_line.lengths([phone_in])[phone_in.id], with_needs)


def count(phone_in: PhoneIn) -> Coming:
    seat_of_this = Booking.phone_in_id == phone_in.id, Booking.given_back_on.is_(None)
    counted = select(Booking.answer, func.count(), func.count(Booking.confirmed_on)).where(*seat_of_this)
    rows = list(db.session.execute(counted.group_by(Booking.answer)))
    said = {row[0]: row[1] for row in rows}
    confirmed = sum(row[2] for row in rows)
    return Coming(sum(said.values()), said.get("accepted", 0), said.get("tentative", 0), confirmed)
