"""What somebody needs to be able to take part, asked in private: kept with the seat, and shown without a name.

It stands in no letter, no calendar, no export and no log.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking.models import Booking
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.schedule.models import PhoneIn

KINDS = {
    "captions": "Captions",
    "relay": "Text relay",
    "language": "British Sign Language, or another language",
    "other": "Something else",
}
LONGEST = 500
NOTHING = {"needs": "", "needs_text": "", "is_named_with_needs": False}


class TooLateToAsk(Refused):
    """This phone-in has begun, so nothing can be arranged any more."""


class NoSeat(Refused):
    """You have no seat in this phone-in any more, so what you asked for is deleted."""


@dataclass(frozen=True)
class Named:
    """One person who wants it to be known that this is from them."""

    name: str
    kinds: list[str]
    text: str


@dataclass(frozen=True)
class Wanted:
    """What is asked for in one phone-in, as those who arrange it may see it. `counts` says how many people ask for each
    kind; `texts` are the words of those without a name, in an order that says nothing: by the letters they begin with.
    """

    counts: dict[str, int]
    texts: list[str]
    named: list[Named]

    def __bool__(self) -> bool:
        return bool(self.counts or self.texts or self.named)


def ask(booking: Booking, *, kinds: Collection[str], text: str, is_named: bool) -> None:
    """From now on these are asked for with this seat, and nothing else is. Raises NoSeat, TooLateToAsk."""
    hold(booking.phone_in)
    db.session.refresh(booking)
    if not booking.is_live:
        raise NoSeat
    if booking.phone_in.has_begun(clock.now()):
        raise TooLateToAsk
    booking.needs = " ".join(kind for kind in KINDS if kind in kinds)
    booking.needs_text = text
    booking.is_named_with_needs = is_named and bool(booking.needs or text)


def kinds_of(booking: Booking) -> list[str]:
    """What is asked for with this seat, in words: Captions, Something else"""
    return [KINDS[kind] for kind in booking.needs.split() if kind in KINDS]


def is_asked_with(booking: Booking) -> bool:
    return bool(booking.needs or booking.needs_text)


def wanted(phone_in: PhoneIn) -> Wanted:
    mine = select(Booking).where(Booking.phone_in_id == phone_in.id, Booking.given_back_on.is_(None), _asks())
    asked = list(db.session.scalars(mine.options(joinedload(Booking.person))))
    counts = {words: sum(words in kinds_of(one) for one in asked) for words in KINDS.values()}
    texts = [one.needs_text for one in asked if one.needs_text and not one.is_named_with_needs]
    named = [Named(one.person.name, kinds_of(one), one.needs_text) for one in asked if one.is_named_with_needs]
    return Wanted(
        {words: number for words, number in counts.items() if number},
        sorted(texts, key=lambda text: (text.casefold(), text)),
        sorted(named, key=lambda one: (one.name.casefold(), one.text)),
    )


def numbers(phone_ins: Iterable[PhoneIn]) -> dict[int, int]:
    """How many people ask for something, by the id of the phone-in; those in which nobody does are left out."""
    these = Booking.phone_in_id.in_([phone_in.id for phone_in in phone_ins])
    counted = select(Booking.phone_in_id, func.count()).where(these, Booking.given_back_on.is_(None), _asks())
    return {row[0]: row[1] for row in db.session.execute(counted.group_by(Booking.phone_in_id))}


def forget(booking: Booking) -> None:
    """The seat is given back."""
    for column, value in NOTHING.items():
        setattr(booking, column, value)


def forget_past() -> int:
    """Nobody needs to know any more what was asked for in phone-ins that are over; how many seats that was."""
    over = select(PhoneIn.id).where(PhoneIn.ends_at < clock.now())
    past = or_(Booking.phone_in_id.in_(over), Booking.given_back_on.is_not(None))
    forgotten = update(Booking).where(_asks(), past).values(NOTHING).returning(Booking.id)
    return len(db.session.scalars(forgotten, execution_options={"synchronize_session": False}).all())


def _asks() -> ColumnElement[bool]:
    return or_(Booking.needs != "", Booking.needs_text != "")
