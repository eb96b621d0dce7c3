"""The safeguarding reviewer's part: what was sent straight to them, the reply, and what becomes of it."""

import logging

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from phonein.db import db, hold, transaction
from phonein.delivery import letters
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn, Series

log = logging.getLogger(__name__)
LOOKS_AFTER_ANY = select(  # put together once, because every page asks it
    or_(
        select(Series.id).where(Series.reviewer_id == bindparam("person")).exists(),
        select(PhoneIn.id).where(PhoneIn.reviewer_id == bindparam("person")).exists(),
    )
)


def is_reviewer(person: Person) -> bool:
    """Whether this person looks after any phone-in, or any series."""
    return bool(db.session.scalar(LOOKS_AFTER_ANY, {"person": person.id}))


def phone_ins_of(reviewer: Person) -> list[PhoneIn]:
    """What this person looks after and where something was sent to them, in order of the start."""
    sent = select(Question.phone_in_slug).where(Question.is_for_reviewer)
    return list(
        db.session.scalars(
            _looked_after(reviewer).where(PhoneIn.slug.in_(sent)).order_by(PhoneIn.starts_at, PhoneIn.id)
        )
    )


def waiting_in(phone_ins: list[PhoneIn]) -> set[str]:
    """The slugs of those where something is not done yet."""
    slugs = [phone_in.slug for phone_in in phone_ins]
    not_done = select(Question.phone_in_slug).where(
        Question.phone_in_slug.in_(slugs), Question.is_for_reviewer, Question.reviewer_is_done.is_(False)
    )
    return set(db.session.scalars(not_done))


def phone_in_of(reviewer: Person, slug: str) -> PhoneIn | None:
    """The phone-in at this address, if this person is its reviewer."""
    return db.session.scalars(_looked_after(reviewer).where(PhoneIn.slug == slug)).one_or_none()


def sent_in(phone_in: PhoneIn) -> list[Question]:
    """What was sent to the reviewer, in an order that says nothing."""
    return list(db.session.scalars(select(Question).where(*_to_review(phone_in)).order_by(Question.id)))


def take_up(phone_in: PhoneIn, question_id: str) -> Question | None:
    """One of them, to change it: its asker may take it back at the same moment."""
    hold(phone_in)
    return db.session.scalar(select(Question).where(Question.id == question_id, *_to_review(phone_in)))


def reply(question: Question, words: str) -> None:
    """What the asker reads by receipt. It can be put in other words later."""
    question.reviewer_reply = words


def close(question: Question, outcome: str) -> None:
    """Nothing is left to do; the outcome is one of a few fixed ones, and the asker can read it."""
    question.reviewer_is_done, question.set_aside = True, outcome


def pass_on(question: Question) -> None:
    """To the desk, as if it had come with the others; only its reply stays. Somebody has looked at it now."""
    question.is_for_reviewer, question.reviewer_is_done, question.set_aside = False, True, None
    question.is_cleared = True


def heed_another(phone_in: PhoneIn, *, before: int | None) -> None:
    """If somebody else is its reviewer now than `before`: they have not heard of what is not done yet."""
    if phone_in.reviewer_id == before:
        return
    for question in sent_in(phone_in):
        question.reviewer_was_told = question.reviewer_is_done


def tell_reviewers() -> int:
    """One letter to each reviewer for each phone-in with something they have not heard of; how many letters.

    Where nobody is reviewer any more, it waits for the next one, and the log says so. One that fails does not keep the
    others waiting.
    """
    untold = select(Question.phone_in_slug).where(Question.is_for_reviewer, Question.reviewer_was_told.is_(False))
    told = 0
    for slug in db.session.scalars(untold.distinct()).all():
        try:
            told += _tell_reviewer(slug)
        except Exception as error:
            log.error("telling a reviewer failed", extra={"slug": slug, "error": type(error).__name__})
    return told


def _tell_reviewer(slug: str) -> bool:
    with transaction():
        phone_in = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
        hold(phone_in)
        untold = [question for question in sent_in(phone_in) if not question.reviewer_was_told]
        reviewer = db.session.get(Person, phone_in.reviewer_id) if phone_in.reviewer_id else None
        if reviewer is None or not reviewer.may_sign_in():
            log.error("something waits for a safeguarding reviewer and there is none", extra={"slug": slug})
            return False
        if not untold:
            return False
        for question in untold:
            question.reviewer_was_told = True
        letters.something_to_review(reviewer, phone_in)
    return True


def _looked_after(reviewer: Person) -> Select[PhoneIn]:
    return select(PhoneIn).where(PhoneIn.reviewer_id == reviewer.id)


def _to_review(phone_in: PhoneIn) -> tuple[ColumnElement[bool], ...]:
    return Question.phone_in_slug == phone_in.slug, Question.is_for_reviewer.is_(True)
