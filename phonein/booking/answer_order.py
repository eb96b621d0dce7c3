"""Which of two answers to one invitation is the newer (RFC 5546 2.1.5): on their way replies overtake one another."""

from datetime import UTC, datetime, time

from sqlalchemy import select

from phonein import clock
from phonein.booking.models import Booking
from phonein.booking.outcomes import Outcome
from phonein.db import db
from phonein.delivery.replies import Answer

MIDNIGHT = time()


def place(booking: Booking, answer: Answer, said: str) -> Outcome | None:
    """None where this answer is the newest, which is then remembered; else why it has no effect.

    What a reply says of its own SEQUENCE and DTSTAMP is believed only as far as we have got ourselves, so that none can
    shut out all that come after it. Two written in the same second count in the order in which they came.
    """
    sequence = min(answer.sequence, booking.sequence)
    stamped_at = min(answer.stamped_at, clock.now()) if answer.stamped_at else None
    if booking.answer_sequence is not None:
        if sequence < booking.answer_sequence:
            return Outcome.OVERTAKEN
        if sequence == booking.answer_sequence:
            is_same = booking.answer == ("declined" if said == "delegated" else said)
            reason = _against(stamped_at, booking.answer_stamped_at, is_same)
            if reason is not None:
                return reason
    booking.answer_sequence, booking.answer_stamped_at = sequence, stamped_at
    return None


def lose_the_hours() -> None:
    """At what hour somebody answered is needed while answers can overtake one another: of earlier days, the day."""
    for booking in db.session.scalars(select(Booking).where(Booking.answer_stamped_at < _midnight(clock.now()))):
        booking.answer_stamped_at = _midnight(booking.answer_stamped_at or clock.now())


def _against(stamped_at: datetime | None, before: datetime | None, is_same: bool) -> Outcome | None:
    if stamped_at is None or before is None:
        return Outcome.REPEATED if is_same else Outcome.NO_ORDER
    if before.time() == MIDNIGHT and stamped_at.date() == before.date():  # its hour is lost
        return Outcome.REPEATED if is_same else Outcome.NO_ORDER
    if stamped_at < before:
        return Outcome.OVERTAKEN
    return Outcome.REPEATED if stamped_at == before and is_same else None


def _midnight(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(UTC).date(), MIDNIGHT, UTC)
