"""Who is next in line for a phone-in, and holding a seat for them. One way for every seat that comes free, whyever it
does: two would be two orders.

Whoever calls a verb here holds the phone-in's row."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, false, select, true, union_all
from sqlalchemy.orm import aliased, joinedload

from phonein import clock
from phonein.booking import offer_times, seat_count, telling
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import add_unless_there, db
from phonein.delivery import news
from phonein.identity.models import Person
from phonein.schedule import kin
from phonein.schedule.models import PhoneIn

REFUSED = ("declined", "lapsed")  # how an offer ends that was for this person and is not made to them again
AT_ONCE, EVERYBODY = 100, 2**31 - 1


def line(phone_in: PhoneIn, *, limit: int = EVERYBODY) -> list[Wait]:
    """Who waits for a seat in this phone-in, in order, each with their person; the first `limit` of them.

    Not those for whom a seat is held already, here or elsewhere, and nobody twice.
    """
    waits = db.session.scalars(
        _in_order(phone_in.series_id is not None),
        {"here": phone_in.id, "most": limit},
        execution_options={"populate_existing": True},
    )
    first: dict[int, Wait] = {}
    for wait in waits:
        first.setdefault(wait.person_id, wait)
    return list(first.values())


@cache
def _in_order(with_kin: bool) -> Any:
    """Put together once: it takes longer than to carry it out."""
    lines = waiting_for(PhoneIn.id == bindparam("here"), with_kin=with_kin)
    waits = select(Wait).where(Wait.id.in_(select(lines.c.wait_id))).options(joinedload(Wait.person))
    return waits.order_by(Wait.turn, Wait.id).limit(bindparam("most", type_=Integer()))


def waiting_for(*which: Any, with_kin: bool = True) -> Any:
    """The lines of all these phone-ins as a subquery, a row for each who is in one of them: `phone_in_id`, `wait_id`,
    `person_id`, `turn`. Somebody who waits for two dates of a series and for any of them is in it twice."""
    waits: Any = _of_this_date(which)
    if with_kin:
        waits = union_all(waits, _of_any_date(which))
    found: Any = waits.subquery()
    theirs = select(Booking.id).where(
        Booking.phone_in_id == found.c.phone_in_id, Booking.person_id == found.c.person_id
    )
    booked = theirs.where(Booking.given_back_on.is_(None)).exists()
    once_booked = and_(~found.c.is_own, theirs.exists())  # a date that they have given back is not “any date”
    holding = select(Offer.id).where(Offer.wait_id == found.c.wait_id, Offer.ended_on.is_(None))
    refused = select(Offer.id).where(
        Offer.phone_in_id == found.c.phone_in_id, Offer.wait_id == found.c.wait_id, Offer.ended_why.in_(REFUSED)
    )
    other = aliased(Wait)
    holding_here = (
        select(Offer.id)
        .join(other, other.id == Offer.wait_id)
        .where(
            Offer.phone_in_id == found.c.phone_in_id,
            Offer.ended_on.is_(None),
            other.person_id == found.c.person_id,
        )
    )
    return (
        select(found.c.phone_in_id, found.c.wait_id, found.c.person_id, found.c.turn)
        .join(Person, and_(Person.id == found.c.person_id, Person.left_on.is_(None)))
        .where(~booked, ~once_booked, ~holding.exists(), ~refused.exists(), ~holding_here.exists())
        .subquery()
    )


def fill(phone_in: PhoneIn) -> None:
    """While a seat is free and somebody is next, hold it for them. So near the start that none is held, tell all who
    wait that one is free."""
    now = clock.now()
    while phone_in.is_open(now) and phone_in.left > 0:
        waits = line(phone_in, limit=min(phone_in.left, AT_ONCE))
        if not waits:
            return
        if offer_times.held_for(now, waits[0].person.zone, phone_in.starts_at) is None:
            tell(line(phone_in), phone_in, wait=telling.CHANGES_GATHER)
            return
        tell(_hold_for_each(waits, phone_in, now), phone_in)


def _hold_for_each(waits: list[Wait], phone_in: PhoneIn, now: datetime) -> list[Wait]:
    """Hold a seat for each of them, as far as the order allows; who was given one. Another phone-in may want the same
    person at this moment, and one wait has one seat held: then they are out of this line by now."""
    given = []
    for wait in waits:
        times = offer_times.held_for(now, wait.person.zone, phone_in.starts_at)
        if times is None:
            break
        told_at, until_at = times
        if add_unless_there(
            Offer, wait_id=wait.id, phone_in_id=phone_in.id, from_at=told_at, until_at=until_at, ended_why=""
        ):
            given.append(wait)
    if given and not seat_count.raise_by(len(given), phone_in):
        raise AssertionError("more seats held than there are")
    return given


def held_here(phone_in: PhoneIn, waits: list[Wait]) -> Offer | None:
    """The seat that is held for somebody in this phone-in, by one of their waits."""
    ids = [wait.id for wait in waits]
    live = select(Offer).where(Offer.phone_in_id == phone_in.id, Offer.ended_on.is_(None), Offer.wait_id.in_(ids))
    return db.session.scalar(live.execution_options(populate_existing=True)) if ids else None


def end_offer(offer: Offer, phone_in: PhoneIn, why: str) -> None:
    """The seat is held no more. Its times go: the hour at which somebody decided is nobody's business."""
    today = clock.today()
    offer.ended_on, offer.ended_why = today, why
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    offer.from_at = offer.until_at = midnight
    db.session.flush()
    if why != "accepted":
        seat_count.lower_by(1, phone_in)


def end_wait(wait: Wait, why: str) -> None:
    wait.ended_on, wait.ended_why = clock.today(), why
    db.session.flush()


def about(wait: Wait) -> str:
    """What letters about this wait are about."""
    return f"wait {wait.id}"


def tell(waits: Iterable[Wait], phone_in: PhoneIn, *, at_once: bool = False, wait: timedelta = timedelta()) -> None:
    """Something is different now for these. Each gets a letter, unless it turns out that there is nothing new; not at
    night, unless it answers what they have just done."""
    now = clock.now()
    by_hour: dict[datetime, dict[str, str]] = defaultdict(dict)
    for one in waits:
        told_at = now if at_once else offer_times.from_at(now, one.person.zone, phone_in.starts_at)
        by_hour[told_at][about(one)] = one.person.email
    for told_at, addresses in sorted(by_hour.items()):
        news.post(addresses, wait=max(told_at - now, wait))


def _of_this_date(which: tuple[Any, ...]) -> Any:
    return (
        _rows(true())
        .select_from(Wait)
        .join(PhoneIn, PhoneIn.id == Wait.phone_in_id)
        .where(Wait.ended_on.is_(None), *which)
    )


def _of_any_date(which: tuple[Any, ...]) -> Any:
    """Those who wait for any date of the same series, and have said so at another one."""
    home, roots = aliased(PhoneIn), kin.roots()
    theirs, this = roots.alias(), roots.alias()
    return (
        _rows(false())
        .select_from(Wait)
        .join(home, home.id == Wait.phone_in_id)
        .join(theirs, theirs.c.id == home.series_id)
        .join(this, this.c.root == theirs.c.root)
        .join(PhoneIn, and_(PhoneIn.series_id == this.c.id, PhoneIn.id != Wait.phone_in_id))
        .where(Wait.any_date, Wait.ended_on.is_(None), *which)
    )


def _rows(is_own: ColumnElement[bool]) -> Any:
    return select(
        PhoneIn.id.label("phone_in_id"),
        Wait.id.label("wait_id"),
        Wait.person_id,
        Wait.turn,
        is_own.label("is_own"),
    )
