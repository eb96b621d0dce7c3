"""What admins do for one person: a seat booked for them, and what becomes of their seats when they leave.

Each deed is written down with the person's code, never with their name nor with the phone-in: bookings are forgotten
long before what admins did.
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein import clock
from phonein.booking import seats, waiting
from phonein.booking.models import Booking
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity import audit, leaving
from phonein.identity.models import Person
from phonein.safeguarding import cover
from phonein.safeguarding.models import Cover
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn, Series

MOST_FOUND = 50
MOST_OFFERED = 100


class HasLeft(Refused):
    """They have left, so no seat can be booked for them."""


@dataclass(frozen=True)
class Stake:
    """What hangs on a person: how many coming seats and waits they have (which, is theirs to know), and what they lead
    or are the safeguarding reviewer or deputy of, which somebody else would have to take on."""

    seats: int
    waits: int
    leads: list[PhoneIn]
    series: list[Series]
    reviews: list[PhoneIn]
    reviewed_series: list[Series]
    deputises: list[PhoneIn]
    deputy_series: list[Series]
    covers: list[Cover]


def find(words: str) -> tuple[list[Person], bool]:
    """The first people who fit, and whether there are more."""
    found = leaving.find(words, MOST_FOUND + 1)
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def stake(person: Person) -> Stake:
    now = clock.now()
    coming = PhoneIn.ends_at > now, PhoneIn.cancelled_at.is_(None)
    series = select(Series).order_by(Series.title, Series.id).options(selectinload(Series.leaders))
    dated = select(PhoneIn).where(*coming).order_by(PhoneIn.starts_at)
    return Stake(
        seats=len(_coming_seats(person)),
        waits=len(waiting.waiting_by(person)),
        leads=list(db.session.scalars(dated.where(PhoneIn.leaders.any(Person.id == person.id)))),
        series=list(db.session.scalars(series.where(Series.leaders.any(Person.id == person.id)))),
        reviews=list(db.session.scalars(dated.where(PhoneIn.reviewer_id == person.id))),
        reviewed_series=list(db.session.scalars(series.where(Series.reviewer_id == person.id))),
        deputises=list(db.session.scalars(dated.where(PhoneIn.deputy_id == person.id))),
        deputy_series=list(db.session.scalars(series.where(Series.deputy_id == person.id))),
        covers=cover.of(person.id),
    )


def offered() -> list[PhoneIn]:
    """The phone-ins in which a seat can be booked for somebody: the next ones."""
    return programme.next_open(clock.now(), MOST_OFFERED)


def book(person: Person, phone_in: PhoneIn, *, by: Person, or_wait: bool) -> bool:
    """Book somebody a seat; where none is left, with `or_wait`, put them in line instead. Whether they have a seat.

    Nobody says why. Raises HasLeft, and what `seats.take` and `waiting.join` raise.
    """
    hold(phone_in)
    if not person.may_sign_in():
        raise HasLeft
    if seats.live_booking(phone_in, person):
        return True
    has_seat = _take_or_wait(person, phone_in, or_wait=or_wait)
    what = "Booked a seat for somebody" if has_seat else "Put somebody on a waiting list"
    audit.note(what, by=by, about=_code(person))
    return has_seat


def leave(person: Person, *, by: Person) -> None:
    """They have left: they cannot sign in, their coming seats go to whoever is next, and they wait for nothing. Doing
    it twice is doing it once. Raises OnlyAdmin."""
    if not leaving.leave(person):
        return
    audit.note("Marked somebody as having left", by=by, about=_code(person))
    places = {wait.phone_in_id: wait.phone_in for wait in waiting.waiting_by(person)}
    places |= {booking.phone_in_id: booking.phone_in for booking in _coming_seats(person)}
    for _, phone_in in sorted(places.items()):
        waiting.leave(phone_in, by=person)
        if not phone_in.has_begun(clock.now()):
            seats.give_back(phone_in, by=person)


def come_back(person: Person, *, by: Person) -> None:
    """They are back, and can sign in; seats that were given back are not."""
    if leaving.come_back(person):
        audit.note("Marked somebody as being back", by=by, about=_code(person))


def _take_or_wait(person: Person, phone_in: PhoneIn, *, or_wait: bool) -> bool:
    try:
        seats.take(phone_in, by=person)
    except seats.PhoneInFull:
        if not or_wait:
            raise
        try:
            waiting.join(phone_in, by=person)
        except waiting.SeatsLeft:  # an offer had run out
            seats.take(phone_in, by=person)
            return True
        return False
    return True


def _coming_seats(person: Person) -> list[Booking]:
    now = clock.now()
    return [booking for booking in seats.booked_by(person) if not booking.phone_in.has_begun(now)]


def _code(person: Person) -> str:
    return f"person {person.code}"
