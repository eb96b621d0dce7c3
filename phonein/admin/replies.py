"""The admin's look at what came back from people's calendars: what needs their eye, and how many of each kind came."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from phonein import clock
from phonein.booking.models import Booking
from phonein.booking.outcomes import Outcome
from phonein.booking.reply_models import Reply
from phonein.db import db
from phonein.schedule.models import PhoneIn

COUNTED = timedelta(days=30)
MOST_SHOWN = 200


@dataclass(frozen=True)
class InNeed:
    """One message that nobody has looked at, and the phone-in it is about, where that is known."""

    id: int
    came_on: date
    said: str
    from_address: str
    phone_in: PhoneIn | None


def in_need() -> list[InNeed]:
    """Newest first."""
    rows = db.session.execute(
        select(Reply, PhoneIn)
        .outerjoin(Booking, Booking.id == Reply.booking_id)
        .outerjoin(PhoneIn, PhoneIn.id == Booking.phone_in_id)
        .where(Reply.needs_eye, Reply.seen_on.is_(None))
        .order_by(Reply.came_on.desc(), Reply.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        InNeed(reply.id, reply.came_on, Outcome.of(reply.outcome).said, reply.from_address, phone_in)
        for reply, phone_in in rows
    ]


def number_in_need() -> int:
    return db.session.scalar(select(func.count()).where(Reply.needs_eye, Reply.seen_on.is_(None))) or 0


def counts() -> list[tuple[str, int]]:
    """What came within thirty days, in words, the most frequent first."""
    number = func.count()
    since = clock.today() - COUNTED
    rows = db.session.execute(select(Reply.outcome, number).where(Reply.came_on >= since).group_by(Reply.outcome))
    found = [(Outcome.of(word).said, times) for word, times in rows]
    return sorted(found, key=lambda row: (-row[1], row[0]))


def see(reply_id: int) -> bool:
    """An admin has looked at it: from now on nobody needs to know whom it came from. False where there is no such."""
    reply = db.session.get(Reply, reply_id)
    if reply is None or not reply.needs_eye:
        return False
    reply.seen_on = reply.seen_on or clock.today()
    reply.from_address = ""
    return True
