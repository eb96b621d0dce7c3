"""Handing passes to known people. What is handed out is kept nowhere: only that, and how often, somebody drew."""

from sqlalchemy import select

from phonein import clock
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.passes.models import PassIssue
from phonein.questions import codes, keys
from phonein.schedule.models import PhoneIn

CODES_EACH = 3
MOST_DRAWS = 2  # the second is for those who lost the first


class NoMorePasses(Refused):
    """You have drawn passes for this phone-in twice already, which is the most. Those you have not used still work."""

    title = "No more passes"


class AskingOver(Refused):
    """Questions for this phone-in are not taken any more, so passes would be of no use."""

    title = "Asking is closed"


def draw(phone_in: PhoneIn, *, by: Person) -> list[str]:
    """Three printed passes. Drawn as soon as a phone-in is published, so that drawing says nothing about asking.

    Raises NoMorePasses, AskingOver.
    """
    if not can_draw_for(phone_in):
        raise AskingOver
    hold(phone_in)
    _count_a_draw(phone_in, by)
    secret = keys.pass_secret(phone_in.slug)
    return [codes.printed_pass(secret, phone_in.slug) for _ in range(CODES_EACH)]


def can_draw_for(phone_in: PhoneIn) -> bool:
    return phone_in.is_published and not phone_in.is_cancelled and clock.now() < phone_in.asks_close_at


def draws_by(person: Person, phone_in: PhoneIn) -> int:
    return (
        db.session.scalar(
            select(PassIssue.draws).where(PassIssue.phone_in_id == phone_in.id, PassIssue.person_id == person.id)
        )
        or 0
    )


def _count_a_draw(phone_in: PhoneIn, person: Person) -> None:
    issued = db.session.get(PassIssue, (phone_in.id, person.id))
    if issued is None:
        db.session.add(PassIssue(phone_in_id=phone_in.id, person_id=person.id, draws=1))
    elif issued.draws >= MOST_DRAWS:
        raise NoMorePasses
    else:
        issued.draws += 1
