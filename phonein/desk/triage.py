"""What a facilitator does with released questions: reword, put on the agenda, set aside."""

from sqlalchemy import ColumnElement, func, select

from phonein.db import db, hold
from phonein.errors import Refused
from phonein.questions.models import Question
from phonein.schedule.models import PhoneIn


class NotReworded(Refused):
    """Write the read-aloud wording first: only that goes on the agenda, never the original."""


def questions_for(phone_in: PhoneIn) -> list[Question]:
    """The released questions, in an order that says nothing: by a number drawn by lot."""
    return list(db.session.scalars(select(Question).where(*_on_desk(phone_in)).order_by(Question.id)))


def question(phone_in: PhoneIn, question_id: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.id == question_id, *_on_desk(phone_in)))


def take_up(phone_in: PhoneIn, question_id: str) -> Question | None:
    """The question, to change it: two facilitators at one desk come one after the other, and after a release."""
    hold(phone_in)
    return question(phone_in, question_id)


def agenda(phone_in: PhoneIn) -> list[Question]:
    return list(
        db.session.scalars(
            select(Question)
            .where(Question.place.is_not(None), *_on_desk(phone_in))
            .order_by(Question.place, Question.id)
        )
    )


def reword(question: Question, wording: str) -> None:
    """The wording that is read aloud, printed and shown. Taking it away takes the question off the agenda."""
    question.read_aloud = wording or None
    if not wording:
        question.place = None


def put_on_agenda(phone_in: PhoneIn, question: Question) -> None:
    """At the end of the agenda; where it is on it already, nothing changes. Raises NotReworded."""
    hold(phone_in)
    if question.is_on_agenda:
        return
    if not question.read_aloud:
        raise NotReworded
    last = db.session.scalar(select(func.max(Question.place)).where(*_on_desk(phone_in)))
    question.place, question.set_aside = (last or 0) + 1, None


def take_off_agenda(question: Question) -> None:
    question.place = None


def move_on_agenda(phone_in: PhoneIn, question: Question, *, by: int) -> None:
    """One place up (-1) or down (1); at the end it stays where it is."""
    hold(phone_in)
    order = agenda(phone_in)
    if question not in order:
        return
    here = order.index(question)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    for place, listed in enumerate(order, start=1):
        listed.place = place


def set_aside(question: Question, reason: str) -> None:
    """Not used, with the reason that the asker can read by receipt."""
    question.set_aside, question.place = reason, None


def take_back(question: Question) -> None:
    """Undo setting aside."""
    question.set_aside = None


def _on_desk(phone_in: PhoneIn) -> tuple[ColumnElement[bool], ...]:
    """What is before the safeguarding reviewer is nobody else's to see, unless the reviewer passes it on."""
    return Question.phone_in_slug == phone_in.slug, Question.is_for_reviewer.is_(False)
