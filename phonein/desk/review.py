"""The safeguarding queue: who sees it, what is in it, the reply, and what becomes of each.

In it is what was sent straight to the reviewer, and what was opened with the others and may be about somebody at risk,
until a person has looked at it. The latter stands on the desk too, where it can be used for nothing meanwhile.
"""

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select

from phonein.db import db, hold
from phonein.desk import triage
from phonein.desk.models import Skip
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.safeguarding import cover
from phonein.schedule.models import PhoneIn, Series

AT_RISK = ("risk_self_harm", "safeguarding")
IS_FLAGGED = and_(or_(*(Question.flags.contains(name) for name in AT_RISK)), Question.is_cleared.is_(False))
IS_THERE = and_(or_(Question.is_for_reviewer, IS_FLAGGED), Question.text != "")
WAITS = and_(IS_THERE, Question.reviewer_is_done.is_(False))


def _names(column: str) -> ColumnElement[bool]:
    """Whether any series or phone-in names this person there."""
    return or_(*(select(of.id).where(getattr(of, column) == bindparam("person")).exists() for of in (Series, PhoneIn)))


ROLES = select(_names("reviewer_id"), _names("deputy_id"))  # put together once, because every page asks it


def is_reviewer(person: Person) -> bool:
    """Whether this person looks after any phone-in or series: as reviewer, or as a deputy whose cover it is today."""
    reviews, is_deputy = db.session.execute(ROLES, {"person": person.id}).one()
    return bool(reviews) or (bool(is_deputy) and cover.stands_in(person.id))


def phone_ins_of(reviewer: Person) -> list[PhoneIn]:
    """What this person looks after now and where something is in the queue, in order of the start."""
    sent = select(Question.phone_in_slug).where(IS_THERE)
    return list(
        db.session.scalars(
            _looked_after(reviewer).where(PhoneIn.slug.in_(sent)).order_by(PhoneIn.starts_at, PhoneIn.id)
        )
    )


def phone_in_of(reviewer: Person, slug: str) -> PhoneIn | None:
    """The phone-in at this address, if this person looks after it now."""
    return db.session.scalars(_looked_after(reviewer).where(PhoneIn.slug == slug)).one_or_none()


def sent_in(phone_in: PhoneIn) -> list[Question]:
    """All that is in its queue, in an order that says nothing."""
    return list(db.session.scalars(select(Question).where(*_to_review(phone_in)).order_by(Question.id)))


def take_up(phone_in: PhoneIn, question_id: str) -> Question | None:
    """One of them, to change it: its asker may take it back at the same moment."""
    hold(phone_in)
    return db.session.scalar(select(Question).where(Question.id == question_id, *_to_review(phone_in)))


def reply(question: Question, words: str) -> None:
    """What the asker reads by receipt. It can be put in other words later."""
    question.reviewer_reply = words


def close(question: Question, outcome: str) -> None:
    """Nothing is left to do; the outcome is one of a few fixed ones, and the asker can read it. What stands on the desk
    too still waits there for somebody to say that it may be used."""
    question.reviewer_is_done = True
    if question.is_for_reviewer:
        question.set_aside = outcome


def pass_on(question: Question) -> None:
    """To the desk, as if it had come with the others; only its reply stays. Somebody has looked at it now."""
    question.is_for_reviewer, question.reviewer_is_done, question.set_aside = False, True, None
    question.is_cleared = True


def take_over(question: Question) -> None:
    """From the desk: from now on the reviewer alone sees it. Inside a deed, see `deeds.done`."""
    triage.to_reviewer(question)
    question.reviewer_was_told = True


def skip(question: Question, *, by: Person) -> None:
    """Not for this person: nobody asks why. Whoever else looks after it hears of it."""
    if not db.session.get(Skip, (question.id, by.id)):
        db.session.add(Skip(question_id=question.id, person_id=by.id))
    question.reviewer_was_told = False


def skipped_by(person: Person, slugs: list[str]) -> set[str]:
    """The ids of what this person has left to others."""
    theirs = select(Skip.question_id).join(Question, Question.id == Skip.question_id)
    return set(db.session.scalars(theirs.where(Skip.person_id == person.id, Question.phone_in_slug.in_(slugs))))


def on_duty(phone_in: PhoneIn) -> list[Person]:
    """Who looks after it today: the reviewer, and the deputy on the days of their cover; nobody who has left."""
    deputy_id = phone_in.deputy_id if cover.stands_in(phone_in.deputy_id) else None
    named = [db.session.get(Person, id_) for id_ in (phone_in.reviewer_id, deputy_id) if id_]
    return [person for person in named if person and person.may_sign_in()]


def heed_another(phone_in: PhoneIn, *, before: int | None) -> None:
    """If somebody else is its reviewer now than `before`: they have not heard of what is not done yet."""
    if phone_in.reviewer_id == before:
        return
    for question in sent_in(phone_in):
        question.reviewer_was_told = question.reviewer_is_done


def _looked_after(person: Person) -> Select[PhoneIn]:
    theirs = PhoneIn.reviewer_id == person.id
    if cover.stands_in(person.id):
        theirs = or_(theirs, PhoneIn.deputy_id == person.id)
    return select(PhoneIn).where(theirs)


def _to_review(phone_in: PhoneIn) -> tuple[ColumnElement[bool], ...]:
    return Question.phone_in_slug == phone_in.slug, IS_THERE
