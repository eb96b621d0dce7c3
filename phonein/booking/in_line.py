"""How somebody stands in the lines of phone-ins: for pages and letters."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking import line, offer_times
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db
from phonein.identity.models import Person
from phonein.schedule import kin
from phonein.schedule.models import PhoneIn

WAITS_OF = (  # put together once, because every page asks it
    select(Wait)
    .where(Wait.person_id == bindparam("person"))
    .options(joinedload(Wait.phone_in))
    .order_by(Wait.turn, Wait.id)
)


@dataclass(frozen=True)
class Standing:
    """How somebody stands in the line of one phone-in.

    `state`: "none", "in line", "held" (a seat is held for them, `offer`) or "over" (they waited, and `why` it ended:
    "declined", "lapsed", "left", "cancelled", "begun", "seat", "gone"). `place` counts from 1; it is 0 unless they are
    in line, and while a seat on another date is held for them. `is_first_come`: the start is so near that no seat is
    held any more.
    """

    state: str = "none"
    place: int = 0
    wait: Wait | None = None
    offer: Offer | None = None
    why: str = ""
    is_first_come: bool = False


def standing(phone_in: PhoneIn, person: Person) -> Standing:
    return standings([phone_in], person)[phone_in.id]


def standings(phone_ins: Iterable[PhoneIn], person: Person) -> dict[int, Standing]:
    """How they stand in each of these, by the phone-in's id. However many there are, a few queries; one, if they wait
    for nothing."""
    them, now = list(phone_ins), clock.now()
    waits = _waits_of(person)
    if not waits:
        return {phone_in.id: Standing() for phone_in in them}
    offers = _offers_of(waits)
    roots = kin.root_of_each() if any(wait.any_date and wait.is_live for wait in waits) else {}
    found, placed = {}, {}
    for phone_in in them:
        one = _standing(phone_in, waits, offers, roots)
        has_begun = phone_in.has_begun(now)
        if one.state in ("held", "in line") and has_begun:  # the sweep has not come by yet
            one = Standing("over", wait=one.wait, why="cancelled" if phone_in.is_cancelled else "begun")
        if one.state == "in line" and one.wait and not _holds(one.wait, offers):
            placed[phone_in.id] = one.wait
        found[phone_in.id] = one
    places = _places(placed)
    near = {p.id for p in them if offer_times.held_for(now, person.zone, p.starts_at) is None}
    return {
        number: Standing(one.state, places.get(number, 0), one.wait, one.offer, one.why, number in near)
        for number, one in found.items()
    }


def wait_of(phone_in: PhoneIn, person: Person) -> Wait | None:
    """The wait by which somebody has a place in this line, or a seat held; None if they are not in it."""
    waits = covering(phone_in, person)
    found = _standing(phone_in, waits, _offers_of(waits), None)
    return found.wait if found.state in ("in line", "held") else None


def covering(phone_in: PhoneIn, person: Person) -> list[Wait]:
    """Every wait of theirs that counts for this phone-in: for it, or for any date of its series."""
    live = [wait for wait in _waits_of(person) if wait.is_live]
    if all(wait.phone_in_id == phone_in.id for wait in live):
        return live
    roots = kin.root_of_each() if any(wait.any_date for wait in live) else {}
    return [wait for wait in live if _counts_for(wait, phone_in, roots)]


def offers_to(person: Person) -> list[Offer]:
    """The seats that are held for somebody now, in order of the phone-ins."""
    held = (
        select(Offer)
        .join(Offer.wait)
        .join(Offer.phone_in)
        .where(
            Wait.person_id == person.id, Wait.ended_on.is_(None), Offer.ended_on.is_(None), Offer.until_at > clock.now()
        )
        .options(joinedload(Offer.phone_in).selectinload(PhoneIn.leaders), joinedload(Offer.wait))
    )
    return list(db.session.scalars(held.order_by(PhoneIn.starts_at)))


def waiting_by(person: Person) -> list[Wait]:
    """What somebody waits for, in order of the phone-ins."""
    live = select(Wait).join(Wait.phone_in).where(Wait.person_id == person.id, Wait.ended_on.is_(None))
    with_all = live.options(joinedload(Wait.phone_in).selectinload(PhoneIn.leaders))
    return list(db.session.scalars(with_all.order_by(PhoneIn.starts_at)))


def live_offers(phone_in: PhoneIn) -> list[Offer]:
    """The seats of this phone-in that are held, each with whom it is for, in order of the line."""
    held = select(Offer).join(Offer.wait).where(Offer.phone_in_id == phone_in.id, Offer.ended_on.is_(None))
    with_whom = held.options(joinedload(Offer.wait).joinedload(Wait.person))
    return list(db.session.scalars(with_whom.order_by(Wait.turn, Wait.id)))


def lengths(phone_ins: Iterable[PhoneIn]) -> dict[int, int]:
    """How many wait for each of these, by the phone-in's id."""
    ids = [phone_in.id for phone_in in phone_ins]
    counted = db.session.execute(_lengths(), {"ids": ids}) if ids else ()
    return dict.fromkeys(ids, 0) | {int(one): int(number) for one, number in counted}


@cache
def _lengths() -> Any:
    lines = line.waiting_for(PhoneIn.id.in_(bindparam("ids", expanding=True)))
    people = func.count(lines.c.person_id.distinct())
    return select(lines.c.phone_in_id, people).group_by(lines.c.phone_in_id)


def held(phone_ins: Iterable[PhoneIn]) -> dict[int, int]:
    """How many seats are held in each of these, by the phone-in's id."""
    ids = [phone_in.id for phone_in in phone_ins]
    live = select(Offer.phone_in_id, func.count()).where(Offer.phone_in_id.in_(ids), Offer.ended_on.is_(None))
    counted = db.session.execute(live.group_by(Offer.phone_in_id))
    return dict.fromkeys(ids, 0) | {int(one): int(number) for one, number in counted}


def is_good(offer: Offer) -> bool:
    """Whether the seat is still theirs to take, by the clock: the sweep may not have come by yet."""
    now = clock.now()
    return offer.is_live and offer.until_at > now and offer.wait.is_live and offer.phone_in.is_open(now)


def _waits_of(person: Person) -> list[Wait]:
    """All their waits, those that have ended too, the oldest first."""
    return list(db.session.scalars(WAITS_OF, {"person": person.id}))


def _offers_of(waits: list[Wait]) -> list[Offer]:
    theirs = select(Offer).where(Offer.wait_id.in_([wait.id for wait in waits])).order_by(Offer.id)
    return list(db.session.scalars(theirs.options(joinedload(Offer.phone_in)))) if waits else []


def _counts_for(wait: Wait, phone_in: PhoneIn, roots: dict[int, int] | None) -> bool:
    if wait.phone_in_id == phone_in.id:
        return True
    series_ids = wait.phone_in.series_id, phone_in.series_id
    if not wait.any_date or None in series_ids:
        return False
    return roots is None or len({roots.get(number or 0) for number in series_ids}) == 1


def _holds(wait: Wait, offers: list[Offer]) -> bool:
    return any(offer.wait_id == wait.id and offer.is_live for offer in offers)


def _standing(phone_in: PhoneIn, waits: list[Wait], offers: list[Offer], roots: dict[int, int] | None) -> Standing:
    """Without the place. `roots` is None where all of the waits are known to count for this phone-in."""
    here = [offer for offer in offers if offer.phone_in_id == phone_in.id]
    for offer in here:
        if is_good(offer):
            return Standing("held", wait=offer.wait, offer=offer)
    refused = {offer.wait_id: offer.ended_why for offer in here if offer.ended_why in line.REFUSED}
    expired = {offer.wait_id for offer in here if offer.is_live}  # the sweep has not come by yet
    for wait in waits:
        if wait.is_live and wait.id not in refused and wait.id not in expired and _counts_for(wait, phone_in, roots):
            return Standing("in line", wait=wait)
    if expired:
        return Standing("over", why="lapsed")
    ended = [wait for wait in waits if wait.phone_in_id == phone_in.id or wait.id in refused]
    if not ended:
        return Standing()
    last = max(ended, key=lambda wait: wait.id)
    return Standing("over", wait=last, why=refused.get(last.id, "") if last.is_live else last.ended_why)


def _places(waits: dict[int, Wait]) -> dict[int, int]:
    """The place in the line of each phone-in: one more than there are people before them."""
    mine = {wait.id for wait in waits.values()}
    found = db.session.execute(_before(), {"ids": list(waits), "mine": list(mine)}) if waits else ()
    before = {(int(one), int(wait_id)): int(number) for one, wait_id, number in found}
    return {number: 1 + before.get((number, wait.id), 0) for number, wait in waits.items()}


@cache
def _before() -> Any:
    """How many people are before each of these waits in each of these lines."""
    lines = line.waiting_for(PhoneIn.id.in_(bindparam("ids", expanding=True)))
    is_before = tuple_(lines.c.turn, lines.c.wait_id) < tuple_(Wait.turn, Wait.id)
    people = func.count(lines.c.person_id.distinct())
    pairs = select(lines.c.phone_in_id, Wait.id, people).join(Wait, is_before)
    return pairs.where(Wait.id.in_(bindparam("mine", expanding=True))).group_by(lines.c.phone_in_id, Wait.id)
