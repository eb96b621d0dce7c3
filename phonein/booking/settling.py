"""What time brings about on the waiting list: offers that are over, waits that are, people who have left; and what an
admin's change of a phone-in means for those who wait."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.orm import aliased, joinedload

from phonein import clock
from phonein.booking import adjustments, line, offer_times, seat_count, telling
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db, hold, transaction
from phonein.identity.models import Person
from phonein.schedule import kin
from phonein.schedule.models import PhoneIn

log = logging.getLogger(__name__)

MOST_LAPSES = 2  # whoever waits for any date and has let so many offers pass would only keep seats from the others
A_ROUND = 200


def settle(phone_in: PhoneIn) -> None:
    """End what is over by the clock, and give what is free to the next in line. The row is held."""
    now = clock.now()
    for offer in _live_offers(phone_in):
        if why := _why_over(offer, phone_in, now):
            line.end_offer(offer, phone_in, why)
            if why == "lapsed":
                _lapse(offer.wait)
            line.tell([offer.wait], phone_in, wait=telling.CHANGES_GATHER)
        elif offer.until_at > phone_in.starts_at:  # it was moved to an earlier time: the promise ends with the start
            offer.until_at = phone_in.starts_at
            if offer.from_at > phone_in.starts_at - offer_times.TOO_SHORT:  # in the morning it would be too late
                offer.from_at = offer_times.from_at(now, offer.wait.person.zone, phone_in.starts_at)
                line.tell([offer.wait], phone_in)
    if phone_in.has_begun(now):
        _end_waits_of(phone_in)
    line.fill(phone_in)


def heed(phone_ins: Iterable[PhoneIn], *, tell: bool) -> None:
    """An admin has changed these: their seats, their time, whether they take place. Their rows are held. With `tell`
    those who wait for them, or have a seat held, hear of it."""
    them = {phone_in.id: phone_in for phone_in in phone_ins}
    waits = select(Wait.phone_in_id).where(Wait.ended_on.is_(None), Wait.phone_in_id.in_(them))
    held = select(Offer.phone_in_id).where(Offer.ended_on.is_(None), Offer.phone_in_id.in_(them))
    touched = set(db.session.scalars(waits.union(held)))
    any_date = select(Wait.id).where(Wait.any_date, Wait.ended_on.is_(None)).limit(1)
    wanted = set(them) if db.session.scalar(any_date) else touched
    for number in sorted(wanted):
        if tell and number in touched:
            line.tell(_who_wait(them[number]), them[number], at_once=True, wait=telling.CHANGES_GATHER)
        settle(them[number])


def round_once() -> None:
    """The sweep's part: whatever is over ends, and no seat stays free while somebody waits for it."""
    with transaction():
        _end_waits_of_those_who_left()
        _end_waits_without_a_date()
    lapse_due()
    tried: set[int] = set()
    while len(tried) < A_ROUND and (number := _next_to_fill(tried)) is not None:
        tried.add(number)
        _settle_by_itself(number)


def lapse_due() -> None:
    """End the offers and waits that are over by the clock, and give the seats of people who have left to the next."""
    for number in _with_something_over():
        _settle_by_itself(number)


def _settle_by_itself(number: int) -> None:
    """In a transaction of its own. One that fails does not keep the others from being done."""
    try:
        with transaction():
            phone_in = db.session.get_one(PhoneIn, number)
            hold(phone_in)
            _give_back_of_those_who_left(phone_in)
            settle(phone_in)
    except Exception as error:
        db.session.rollback()
        log.error("waiting list: not settled", extra={"error": type(error).__name__})


def _why_over(offer: Offer, phone_in: PhoneIn, now: datetime) -> str:
    """How this offer has ended, by how things stand; "" while it is good."""
    if not phone_in.is_open(now) or not offer.wait.is_live or not offer.wait.person.may_sign_in():
        return "withdrawn"
    return "lapsed" if offer.until_at <= now else ""


def _lapse(wait: Wait) -> None:
    """Nobody answered. Who waits for any date goes on for the others, once."""
    lapses = select(func.count()).select_from(Offer).where(Offer.wait_id == wait.id, Offer.ended_why == "lapsed")
    if not wait.any_date or (db.session.scalar(lapses) or 0) >= MOST_LAPSES:
        line.end_wait(wait, "lapsed")


def _live_offers(phone_in: PhoneIn) -> list[Offer]:
    live = select(Offer).where(Offer.phone_in_id == phone_in.id, Offer.ended_on.is_(None)).order_by(Offer.id)
    with_whom = live.options(joinedload(Offer.wait).joinedload(Wait.person))
    return list(db.session.scalars(with_whom.execution_options(populate_existing=True)))


def _who_wait(phone_in: PhoneIn) -> list[Wait]:
    """Those who wait for this date, and those for whom a seat in it is held."""
    held = select(Offer.wait_id).where(Offer.phone_in_id == phone_in.id, Offer.ended_on.is_(None))
    theirs = select(Wait).where(Wait.ended_on.is_(None), or_(Wait.phone_in_id == phone_in.id, Wait.id.in_(held)))
    return list(db.session.scalars(theirs.options(joinedload(Wait.person)).order_by(Wait.id)))


def _end_waits_of(phone_in: PhoneIn) -> None:
    """It begins without them. Who waits for any date goes on."""
    why = "cancelled" if phone_in.is_cancelled else "begun"
    over = update(Wait).where(Wait.phone_in_id == phone_in.id, Wait.ended_on.is_(None), Wait.any_date.is_(False))
    db.session.execute(over.values(ended_on=clock.today(), ended_why=why))


def _give_back_of_those_who_left(phone_in: PhoneIn) -> None:
    """Without a letter: it would not reach them, and tell whoever reads their mail now."""
    if phone_in.has_begun(clock.now()):
        return
    theirs = select(Booking).join(Booking.person).where(Booking.phone_in_id == phone_in.id, Person.left_on.is_not(None))
    for booking in db.session.scalars(theirs.where(Booking.given_back_on.is_(None))).all():
        booking.given_back_on = clock.today()
        adjustments.forget(booking)
        db.session.flush()
        seat_count.lower_by(1, phone_in)


def _end_waits_of_those_who_left() -> None:
    gone = select(Person.id).where(Person.left_on.is_not(None))
    theirs = update(Wait).where(Wait.ended_on.is_(None), Wait.person_id.in_(gone))
    db.session.execute(theirs.values(ended_on=clock.today(), ended_why="gone"))


def _end_waits_without_a_date() -> None:
    """Who waits for any date of a series that has none any more."""
    begun = Wait.any_date & Wait.ended_on.is_(None) & (PhoneIn.starts_at <= clock.now())
    waits = db.session.execute(select(Wait, PhoneIn.series_id).join(Wait.phone_in).where(begun)).all()
    if not waits:
        return
    roots = kin.root_of_each()
    coming = select(PhoneIn.series_id).where(PhoneIn.starts_at > clock.now()).distinct()
    alive = {roots.get(number or 0) for number in db.session.scalars(coming)}
    for wait, series_id in waits:
        if roots.get(series_id or 0) not in alive:
            line.end_wait(wait, "begun")


def _with_something_over() -> list[int]:
    now = clock.now()
    is_off = or_(PhoneIn.starts_at <= now, PhoneIn.cancelled_at.is_not(None), PhoneIn.published_at.is_(None))
    has_left = Person.left_on.is_not(None)
    offers = (
        select(Offer.phone_in_id)
        .join(Offer.wait)
        .join(Wait.person)
        .join(PhoneIn, PhoneIn.id == Offer.phone_in_id)
        .where(Offer.ended_on.is_(None), or_(Offer.until_at <= now, Wait.ended_on.is_not(None), is_off, has_left))
    )
    waits = (
        select(Wait.phone_in_id)
        .join(Wait.phone_in)
        .where(Wait.ended_on.is_(None), Wait.any_date.is_(False), PhoneIn.starts_at <= now)
    )
    gone = select(Person.id).where(has_left)
    seats = (
        select(Booking.phone_in_id)
        .join(Booking.phone_in)
        .where(Booking.person_id.in_(gone), Booking.given_back_on.is_(None), PhoneIn.starts_at > now)
    )
    return sorted(set(db.session.scalars(offers.union(waits, seats))))


def _next_to_fill(tried: set[int]) -> int | None:
    """The first phone-in with a free seat that somebody waits for. Not so near the start that it is first come: then
    they have been told."""
    after = clock.now() + offer_times.FIRST_COME
    number = db.session.scalar(_to_fill(), {"after": after, "tried": list(tried)})
    return None if number is None else int(number)


@cache
def _to_fill() -> Any:
    lines = line.waiting_for(
        PhoneIn.taken < PhoneIn.seats,
        PhoneIn.published_at.is_not(None),
        PhoneIn.cancelled_at.is_(None),
        PhoneIn.starts_at > bindparam("after", type_=PhoneIn.starts_at.type),
        PhoneIn.id.not_in(bindparam("tried", expanding=True)),
    )
    this = aliased(PhoneIn)
    first = select(this.id).where(this.id.in_(select(lines.c.phone_in_id))).order_by(this.starts_at, this.id)
    return first.limit(1)
