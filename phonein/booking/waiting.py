"""The waiting list: joining and leaving it, and taking the seat that is held, or not."""

from sqlalchemy import func, select

from phonein import clock
from phonein.booking import in_line, line, seats, settling
from phonein.booking import waiting_letters as waiting_letters  # who writes them is known wherever somebody waits
from phonein.booking.in_line import (
    Standing,
    held,
    lengths,
    live_offers,
    offers_to,
    standing,
    standings,
    wait_of,
    waiting_by,
)
from phonein.booking.models import Booking
from phonein.booking.seats import BookingClosed
from phonein.booking.settling import heed, lapse_due, round_once
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity import audit
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

__all__ = [
    "BookingClosed",
    "HasSeat",
    "LineChanged",
    "OfferOver",
    "SeatsLeft",
    "Standing",
    "accept",
    "decline",
    "heed",
    "held",
    "join",
    "lapse_due",
    "leave",
    "lengths",
    "live_offers",
    "move_to",
    "offers_to",
    "round_once",
    "standing",
    "standings",
    "wait_of",
    "waiting_by",
]


class SeatsLeft(Refused):
    """There is no need to wait: book the seat, and it is yours."""

    title = "There is a seat free"


class HasSeat(Refused):
    """There is nothing to wait for: your seat in this phone-in is booked."""

    title = "You have a seat already"


class OfferOver(Refused):
    """The time for taking it is over, or the phone-in does not take place. If somebody else was waiting, the seat has
    gone to them."""

    title = "This seat is held for you no longer"


class LineChanged(Refused):
    """Somebody has got a seat, left, or been moved since you opened the page. Nothing was changed."""

    title = "The list has changed"


def join(phone_in: PhoneIn, *, by: Person, any_date: bool = False) -> Wait:
    """Put `by` at the end of the line; with `any_date` in that of every date of the series, from now on. Joining twice
    is joining once: who is in line keeps their place, and what they chose. Raises SeatsLeft, HasSeat, BookingClosed.
    """
    hold(phone_in)
    settling.settle(phone_in)
    if seats.live_booking(phone_in, by):
        raise HasSeat
    if wait := wait_of(phone_in, by):
        return wait
    if not phone_in.is_open(clock.now()) or not by.may_sign_in():
        raise BookingClosed
    if phone_in.left > 0:
        raise SeatsLeft
    for before in in_line.covering(phone_in, by):  # they said no to this very date, and now want it after all
        if before.phone_in_id == phone_in.id:
            line.end_wait(before, "left")
            any_date = any_date or before.any_date  # the others they still wait for
    wait = Wait(
        phone_in=phone_in,
        person=by,
        turn=1 + (db.session.scalar(select(func.max(Wait.turn))) or 0),
        any_date=any_date and phone_in.series_id is not None,
        joined_on=clock.today(),
        ended_why="",
    )
    db.session.add(wait)
    db.session.flush()
    wait.turn = max(wait.turn, wait.id)  # no two are the same, not even of those who join two lines at one moment
    line.tell([wait], phone_in, at_once=True)
    return wait


def leave(phone_in: PhoneIn, *, by: Person) -> None:
    """Wait no longer for this phone-in, nor for any date of its series. A seat that is held goes on to the next: here
    at once, on another date with the sweep. Who does not wait is left as they are."""
    hold(phone_in)
    waits = in_line.covering(phone_in, by)
    for wait in waits:
        line.end_wait(wait, "left")
    offer = line.held_here(phone_in, waits)
    if offer:
        line.end_offer(offer, phone_in, "declined")
        line.fill(phone_in)


def accept(offer: Offer) -> Booking:
    """Take the seat that is held. Taking it twice is taking it once. Raises OfferOver."""
    phone_in, person = offer.phone_in, offer.wait.person
    _hold_with(offer)
    if in_line.is_good(offer) and person.may_sign_in():
        return seats.take(phone_in, by=person)
    booking = seats.live_booking(phone_in, person) if offer.ended_why == "accepted" else None
    if booking is None:
        raise OfferOver
    return booking


def decline(offer: Offer) -> None:
    """No thanks: the seat goes on to the next. Who waits for any date goes on doing so, for the others. An offer
    that is over stays as it is."""
    phone_in = offer.phone_in
    _hold_with(offer)
    if not offer.is_live:
        return
    line.end_offer(offer, phone_in, "declined")
    if offer.wait.is_live and not offer.wait.any_date:
        line.end_wait(offer.wait, "declined")
    line.fill(phone_in)


def move_to(
    phone_in: PhoneIn, wait_id: int, place: int, *, by: Person, reason: str, seen: list[int] | None = None
) -> None:
    """Move somebody to another place in this line; the others keep their order. `seen`: the ids of the waits as the
    admin saw them. The places before and after are written down with the reason, the name is not. Raises LineChanged.
    """
    hold(phone_in)
    waits = line.line(phone_in)
    ids = [wait.id for wait in waits]
    if wait_id not in ids or (seen is not None and ids[: len(seen)] != seen):
        raise LineChanged
    before, after = ids.index(wait_id), min(max(place, 1), len(ids)) - 1
    if before == after:
        return
    turns = sorted(wait.turn for wait in waits)
    waits.insert(after, waits.pop(before))
    for wait, turn in zip(waits, turns, strict=True):
        wait.turn = turn
    what = f"Moved somebody in the waiting list from place {before + 1} to {after + 1}"
    audit.note(what, by=by, about=phone_in.slug, reason=reason)


def _hold_with(offer: Offer) -> None:
    """The phone-in first, always; and then what is weighed is read again."""
    hold(offer.phone_in)
    db.session.refresh(offer)
    db.session.refresh(offer.wait)
