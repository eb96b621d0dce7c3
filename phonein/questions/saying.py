"""Saying afterwards how a phone-in was: one address for everybody, no pass, no receipt, nothing kept of who or when.

Because anybody can, there are at most twice as many answers as seats.
"""

from datetime import timedelta

from sqlalchemy import func, select

from phonein import clock
from phonein.db import add_unless_there, db
from phonein.errors import Refused
from phonein.questions import trust
from phonein.questions.codes import hash_of
from phonein.questions.models import Feedback
from phonein.questions.typed import same_bytes
from phonein.schedule.models import PhoneIn

OPEN_FOR = timedelta(days=14)
LONGEST = 1000  # characters
FOR_EACH_SEAT = 2


class SayingClosed(Refused):
    """How this phone-in was can be said from its end on, for two weeks."""

    title = "Not now"


class EnoughSaid(Refused):
    """As many answers about this phone-in have come as we can take. Thank you all the same."""

    title = "Enough has been said"


def is_open(phone_in: PhoneIn) -> bool:
    """Whether it can be said now."""
    now = clock.now()
    return not phone_in.is_cancelled and phone_in.ends_at <= now < phone_in.ends_at + OPEN_FOR


def say(phone_in: PhoneIn, *, once: str, rating: int, comment: str) -> None:
    """Keep one answer. `once` was drawn by lot with its page: the same page sent again is the same answer, so a retry
    is safe. Raises SayingClosed, AskingUnsafe, EnoughSaid."""
    if not is_open(phone_in):
        raise SayingClosed
    trust.refuse_if_unsafe()
    number = hash_of("feedback", phone_in.slug, once).hex()
    if db.session.get(Feedback, number):
        return
    said = db.session.scalar(select(func.count()).where(Feedback.phone_in_slug == phone_in.slug)) or 0
    if said >= FOR_EACH_SEAT * phone_in.seats:
        raise EnoughSaid
    row = {"phone_in_slug": phone_in.slug, "series_slug": "", "rating": rating, "comment": same_bytes(comment)}
    add_unless_there(Feedback, id=number, **row)
