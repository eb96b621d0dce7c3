"""What somebody who waits is told: what is new since they were last told, and no more."""

import json
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from phonein import clock, formats
from phonein.booking import in_line, line, offer_links, offer_times
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Offer, Wait
from phonein.db import db
from phonein.delivery import letters, news
from phonein.delivery.models import Letter
from phonein.schedule.models import PhoneIn


@dataclass(frozen=True)
class Tidings:
    """What somebody has been told: the number of the last offer, and of the last that nobody answered; whether the
    phone-in is off; of which phone-in and at which time; and which seat was said to be free."""

    offer: int = 0
    over: int = 0
    is_off: bool = False
    at: tuple[int, str, str] = (0, "", "")
    free: tuple[int, int] = (0, 0)

    @classmethod
    def read(cls, telling: str | None) -> "Tidings":
        told = json.loads(telling or "{}")
        return cls(**told | {"at": tuple(told["at"]), "free": tuple(told["free"])})


@dataclass(frozen=True)
class Tale:
    """One letter: its name, the phone-in it is about, and the offer, if it is about one."""

    name: str
    phone_in: PhoneIn
    offer: Offer | None = None


@news.written_by("wait")
def write(letter: Letter) -> bool:
    """Write the letter as things stand now, against what was told last."""
    wait = _wait(letter)
    if wait is None or not wait.person.may_sign_in():
        return False
    earlier = [one for one in news.told(str(letter.about)) if not one.bounced_on]  # of what came back they know nothing
    before = Tidings.read(earlier[-1].telling) if earlier else None
    offers = _offers(wait)
    _come_back_in_the_morning(wait, offers)
    told = _tell(wait, offers, before)
    if told is None:
        return False
    tale, now = told
    _put_into_words(letter, tale, wait)
    letter.telling = json.dumps(asdict(now))
    return True


def _tell(wait: Wait, offers: list[Offer], before: Tidings | None) -> tuple[Tale, Tidings] | None:
    """What is to be told, and what they will then have been told; None for nothing."""
    home, was = wait.phone_in, before or Tidings()
    held = next((one for one in offers if in_line.is_good(one) and one.from_at <= clock.now()), None)
    lapsed = next((one for one in reversed(offers) if one.ended_why == "lapsed"), None)
    now = replace(was, is_off=home.is_cancelled)
    if held:
        now = replace(was, offer=held.id, at=_at(held.phone_in), is_off=False)
        if held.id != was.offer:
            return Tale("seat-held", held.phone_in, held), now
        return (Tale("waiting-moved", held.phone_in, held), now) if _has_moved(held.phone_in, was) else None
    withdrawn = next((one for one in offers if one.id == was.offer and one.ended_why == "withdrawn"), None)
    if withdrawn and withdrawn.phone_in.is_cancelled and not was.is_off:
        return Tale("waiting-cancelled", withdrawn.phone_in), replace(now, offer=0, at=_at(withdrawn.phone_in))
    if lapsed and lapsed.id > was.over and not lapsed.phone_in.has_begun(clock.now()):
        return Tale("seat-held-over", lapsed.phone_in), replace(now, over=lapsed.id, at=_at(lapsed.phone_in))
    refused = any(one.phone_in_id == home.id and one.ended_why in line.REFUSED for one in offers)
    is_past = refused or home.has_begun(clock.now())  # who waits for any date goes on for the others
    return _tell_of_the_wait(wait, before, now, is_past=is_past) if wait.is_live else None


def _tell_of_the_wait(
    wait: Wait, before: Tidings | None, now: Tidings, *, is_past: bool
) -> tuple[Tale, Tidings] | None:
    """`is_past`: what becomes of the date at which they joined is no news to them any more."""
    home = wait.phone_in
    if before is not None and before.is_off != home.is_cancelled and not is_past:
        name = "waiting-cancelled" if home.is_cancelled else "waiting-back-on"
        return Tale(name, home), replace(now, at=_at(home))
    free = _free_seat(wait)
    if free and (before is None or before.free != free[1]):
        return Tale("seat-free", free[0]), replace(now, free=free[1], at=_at(free[0]))
    if home.is_cancelled or is_past:
        return None
    if before is None:
        return Tale("waiting-joined", home), replace(now, at=_at(home))
    return (Tale("waiting-moved", home), replace(now, at=_at(home))) if _has_moved(home, before) else None


def _put_into_words(letter: Letter, tale: Tale, wait: Wait) -> None:
    phone_in, offer, person = tale.phone_in, tale.offer, wait.person
    standing = in_line.standing(phone_in, person)
    letters.fill(
        letter,
        tale.name,
        phone_in=phone_in,
        person=person,
        wait=wait,
        standing=standing,
        offer=offer,
        until=formats.moment(offer.until_at, phone_in.zone) if offer else "",
        link=offer_links.address(offer) if offer else "",
        page=formats.address("schedule.phone_in_page", slug=phone_in.slug),
    )
    letter.expires_at = offer.until_at if offer else phone_in.starts_at if tale.name == "seat-free" else None


def _come_back_in_the_morning(wait: Wait, offers: list[Offer]) -> None:
    """A seat is held of which they may not be told yet: then there is another letter to write."""
    now = clock.now()
    for offer in offers:
        if in_line.is_good(offer) and offer.from_at > now:
            news.post({line.about(wait): wait.person.email}, wait=offer.from_at - now)


def _free_seat(wait: Wait) -> tuple[PhoneIn, tuple[int, int]] | None:
    """The phone-in in which a seat is free that whoever comes first may have; with the number of its last booking, so
    that another seat that comes free later is other news."""
    now = clock.now()
    moments = {"now": now, "soon": now + offer_times.FIRST_COME}
    phone_in = db.session.scalar(_free_seats(), moments | {"wait_id": wait.id})
    if phone_in is None or not phone_in.is_open(now):
        return None
    last = select(func.max(Booking.id)).where(Booking.phone_in_id == phone_in.id)
    return phone_in, (phone_in.id, db.session.scalar(last) or 0)


@cache
def _free_seats() -> Any:
    now, soon = (bindparam(name, type_=PhoneIn.starts_at.type) for name in ("now", "soon"))
    is_soon = (PhoneIn.starts_at > now, PhoneIn.starts_at <= soon)
    lines = line.waiting_for(PhoneIn.taken < PhoneIn.seats, *is_soon, Wait.id == bindparam("wait_id"))
    free = select(PhoneIn).where(PhoneIn.id.in_(select(lines.c.phone_in_id)))
    return free.options(selectinload(PhoneIn.leaders)).order_by(PhoneIn.starts_at).limit(1)


def _at(phone_in: PhoneIn) -> tuple[int, str, str]:
    return phone_in.id, phone_in.starts_at.isoformat(), phone_in.ends_at.isoformat()


def _has_moved(phone_in: PhoneIn, before: Tidings) -> bool:
    return before.at[0] == phone_in.id and before.at != _at(phone_in)


def _wait(letter: Letter) -> Wait | None:
    number = int(str(letter.about).split()[1])
    one = select(Wait).where(Wait.id == number)
    with_all = one.options(joinedload(Wait.person), joinedload(Wait.phone_in).selectinload(PhoneIn.leaders))
    return db.session.scalar(with_all)


def _offers(wait: Wait) -> list[Offer]:
    """All that were made to them by this wait, in order."""
    theirs = select(Offer).where(Offer.wait_id == wait.id).order_by(Offer.id)
    return list(db.session.scalars(theirs.options(joinedload(Offer.phone_in).selectinload(PhoneIn.leaders))))
