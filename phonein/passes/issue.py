"""Handing passes to known people. What is handed out is kept nowhere: only that, and how often, somebody drew."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import bindparam, func, or_, select

from phonein import clock
from phonein.db import db, hold
from phonein.errors import Refused
from phonein.identity.models import Person, Role
from phonein.passes.models import PassIssue
from phonein.questions import codes, keys
from phonein.schedule.models import PhoneIn, phone_in_leader

CODES_EACH = 3
BALLOTS_EACH = 1  # one for all votes, and one in all
DRAWS = select(PassIssue.draws).where(  # put together once, because every page of a phone-in asks it
    PassIssue.phone_in_id == bindparam("phone_in"), PassIssue.person_id == bindparam("person")
)
MOST_DRAWS = 2  # the second is for those who lost the first

Pass = TypeVar("Pass", str, bytes)


class NoMorePasses(Refused):
    """You have drawn passes for this phone-in twice already, which is the most. Those you have not used still work."""

    title = "No more passes"


class AskingOver(Refused):
    """Questions for this phone-in are not taken any more, so passes would be of no use."""

    title = "Asking is closed"


class TooManyPasses(Refused):
    """That is more than one draw gives: three passes for questions and one for “me too”."""

    status = 422
    title = "Too many passes"


@dataclass(frozen=True)
class Drawn(Generic[Pass]):
    """What one draw gives: passes for questions, and with the first draw that asks for it the one for votes."""

    questions: list[Pass]
    votes: list[Pass]


def draw(phone_in: PhoneIn, *, by: Person) -> Drawn[str]:
    """Printed passes. Drawn as soon as a phone-in is published, so that drawing says nothing about asking.

    Raises NoMorePasses, AskingOver.
    """
    with_ballot = count_a_draw(phone_in, with_ballot=True, by=by)
    secret = keys.pass_secret(phone_in.slug)
    return Drawn(
        [codes.printed_pass(secret, phone_in.slug) for _ in range(CODES_EACH)],
        [codes.printed_pass(secret, phone_in.slug, "v") for _ in range(BALLOTS_EACH if with_ballot else 0)],
    )


def sign(phone_in: PhoneIn, blinded: Mapping[str, list[bytes]], *, by: Person) -> Drawn[bytes]:
    """Signatures for passes that the browser has hidden from us. Only `count_a_draw` makes it so: until then, and if
    that refuses, nobody may see them. Signing takes a while, so nobody else should have to wait for it.

    Raises TooManyPasses, NoMorePasses, AskingOver, keys.NoPassKeys, blind.NotBlinded.
    """
    questions, votes = blinded["q"], blinded["v"]
    if not 0 < len(questions) <= CODES_EACH or len(votes) > BALLOTS_EACH:
        raise TooManyPasses
    _refuse_if_over(phone_in)
    issued = db.session.get(PassIssue, (phone_in.id, by.id))
    if issued and issued.draws >= MOST_DRAWS:
        raise NoMorePasses
    votes = [] if issued and issued.has_ballot else votes
    return Drawn(keys.sign_blindly(phone_in.slug, "q", questions), keys.sign_blindly(phone_in.slug, "v", votes))


def count_a_draw(phone_in: PhoneIn, *, with_ballot: bool, by: Person) -> bool:
    """Note that somebody draws; whether the pass for votes may be among what they get, which it may once.

    Raises NoMorePasses, AskingOver.
    """
    hold(phone_in)
    _refuse_if_over(phone_in)
    issued = db.session.get(PassIssue, (phone_in.id, by.id), populate_existing=True)
    if issued is None:
        issued = PassIssue(phone_in_id=phone_in.id, person_id=by.id, draws=0, has_ballot=False)
        db.session.add(issued)
    if issued.draws >= MOST_DRAWS:
        raise NoMorePasses
    issued.draws += 1
    gets_ballot = with_ballot and not issued.has_ballot
    issued.has_ballot = issued.has_ballot or with_ballot
    db.session.flush()
    phone_in.holders = _holders(phone_in)
    return gets_ballot


def count_again() -> None:
    """After roles have changed: whoever has become a facilitator or an admin hides nobody any more.

    All phone-ins are held before anybody looks who drew: a release comes in that order too.
    """
    may_be_drawn_for = or_(PhoneIn.key_print != "", PhoneIn.holders > 0)
    coming = select(PhoneIn).where(PhoneIn.ends_at > clock.now(), may_be_drawn_for).order_by(PhoneIn.id)
    phone_ins = db.session.scalars(coming).all()
    for phone_in in phone_ins:
        hold(phone_in)
    drawn_for = set(db.session.scalars(select(PassIssue.phone_in_id).distinct()))
    for phone_in in phone_ins:
        if phone_in.id in drawn_for:
            phone_in.holders = _holders(phone_in)


def can_draw_for(phone_in: PhoneIn) -> bool:
    return phone_in.is_published and not phone_in.is_cancelled and clock.now() < phone_in.asks_close_at


def draws_by(person: Person, phone_in: PhoneIn) -> int:
    return db.session.scalar(DRAWS, {"phone_in": phone_in.id, "person": person.id}) or 0


def _refuse_if_over(phone_in: PhoneIn) -> None:
    if not can_draw_for(phone_in):
        raise AskingOver


def _holders(phone_in: PhoneIn) -> int:
    """Among how many an asker is hidden: whoever leads phone-ins or runs the programme is no crowd to hide in."""
    leads = select(phone_in_leader.c.person_id).where(phone_in_leader.c.phone_in_id == phone_in.id)
    crowd = (
        select(func.count())
        .select_from(PassIssue)
        .join(Person, Person.id == PassIssue.person_id)
        .where(PassIssue.phone_in_id == phone_in.id, Person.role == Role.STAFF, Person.id.not_in(leads))
    )
    return db.session.scalar(crowd) or 0
