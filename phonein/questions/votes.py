"""Me too: that others want to hear a question as well. Counted at releases only; small numbers are never said."""

import random

from sqlalchemy import ColumnElement, select

from phonein import clock
from phonein.db import db
from phonein.errors import Refused
from phonein.read_aloud.models import ReadAloud
from phonein.read_aloud.wordings import IS_ASKED
from phonein.schedule.models import PhoneIn

FEWEST_SAID = 5  # below it a colleague could guess who they are


class NotOnBallot(Refused):
    """That question is not among those to choose from any more. Open the page for asking again to see which are."""

    title = "Not to choose from any more"


def is_open(phone_in: PhoneIn) -> bool:
    """Whether votes are taken: while questions are, once some have been opened."""
    return phone_in.takes_questions(clock.now()) and phone_in.released_through is not None


def ballot(phone_in: PhoneIn) -> list[ReadAloud]:
    """What can be voted for, in another order for everybody who looks: being first must not be worth anything."""
    if not is_open(phone_in):
        return []
    found = list(db.session.scalars(select(ReadAloud).where(*_on_ballot(phone_in))))
    random.SystemRandom().shuffle(found)
    return found


def is_on_ballot(phone_in: PhoneIn, question_id: str) -> bool:
    wanted = select(ReadAloud.id).where(ReadAloud.id == question_id, *_on_ballot(phone_in))
    return is_open(phone_in) and db.session.scalar(wanted) is not None


def in_words(votes: int) -> str:
    """How many others want to hear it, as it may be said; "" where nobody does."""
    if votes < FEWEST_SAID:
        return "asked by several others too" if votes else ""
    return f"asked by {votes} others too"


def _on_ballot(phone_in: PhoneIn) -> tuple[ColumnElement[bool], ...]:
    """In the facilitators' words only. What was carried on from another date is not: nobody here knows who asked it
    there, so they could want to hear it twice."""
    return (ReadAloud.phone_in_slug == phone_in.slug, ReadAloud.asked_slug == phone_in.slug, IS_ASKED)
