"""What a facilitator does with released questions: word them, merge those that ask the same, or set them aside.

All of it inside a deed, see `deeds.done`.
"""

from sqlalchemy import ColumnElement, select, update

from phonein.db import after_commit, db, hold
from phonein.desk import agenda
from phonein.desk.models import Draft
from phonein.errors import Refused
from phonein.questions.models import Question
from phonein.questions.rewrite import write_questions_anew
from phonein.read_aloud import wordings
from phonein.read_aloud.models import IN_WRITING, ReadAloud
from phonein.schedule.models import PhoneIn

NOT_READ_ALOUD = ("signpost", "one_to_one", "out_of_scope", "another_route", "not_used")
NOT_USED = "not_used"
BY_HAND = ("safeguarding", "abusive")  # the flags that only people put up


class NotReworded(Refused):
    """Write the read-aloud wording first: only that goes on the agenda, never the original."""


class NeedsALook(Refused):
    """Something in this question is marked, so somebody has to look at it first: open it, read it, and say that it can
    be used, or send it to the safeguarding reviewer."""

    title = "To be looked at first"


class AnswerStands(Refused):
    """An answer to this question is published, and everybody can read both, so its wording stays as it is. Put the
    answer right on the page of answers in writing, or take it down there first."""

    title = "An answer is published"


def questions_for(phone_in: PhoneIn) -> list[Question]:
    """The released questions, in an order that says nothing: by a number drawn by lot."""
    return list(db.session.scalars(select(Question).where(*_on_desk(phone_in)).order_by(Question.id)))


def question(phone_in: PhoneIn, question_id: str) -> Question | None:
    return db.session.scalar(select(Question).where(Question.id == question_id, *_on_desk(phone_in)))


def take_up(phone_in: PhoneIn, question_id: str) -> Question | None:
    """The question, to change it: two facilitators at one desk come one after the other, and after a release."""
    hold(phone_in)
    return question(phone_in, question_id)


def asked_as(read_aloud: ReadAloud) -> list[Question]:
    """The originals that are asked in this wording, for the desk only."""
    return list(
        db.session.scalars(select(Question).where(Question.read_aloud_id == read_aloud.id).order_by(Question.id))
    )


def desks_of(question: Question) -> set[str]:
    """Where it was asked, and where its wording is now: the two differ once that was carried on."""
    there = db.session.get(ReadAloud, question.read_aloud_id or "")
    return {question.phone_in_slug, *([there.phone_in_slug] if there else [])}


def reword(question: Question, words: str) -> ReadAloud | None:
    """The wording in which it is read aloud, printed, shown and answered, here or for all that were merged into it.
    Taking it away makes the question new again, and takes it off the agenda if nobody else asks it.

    Raises NeedsALook, AnswerStands.
    """
    if not words:
        leave_wording(question)
        return None
    if question.needs_a_look:
        raise NeedsALook
    if question.read_aloud_id and (there := wordings.one(question.phone_in_slug, question.read_aloud_id)):
        change_words(there, words)
        return there
    slug = question.phone_in_slug
    made = ReadAloud(phone_in_slug=slug, asked_slug=slug, words=words, asked=0, theme=question.topic)
    db.session.add(made)
    db.session.flush()
    _join(question, made)
    return made


def change_words(read_aloud: ReadAloud, words: str) -> None:
    """Not above an answer that is published: that was looked over by two, for the question as it stood. One that is not
    published yet has to be looked over again. Raises AnswerStands."""
    if words == read_aloud.words:
        return
    if read_aloud.readable:
        raise AnswerStands
    read_aloud.words = words
    db.session.execute(update(Draft).where(Draft.read_aloud_id == read_aloud.id).values(looked_over_by_id=None))


def merge(question: Question, into: ReadAloud) -> None:
    """It asks the same as this wording says. The original stays as it is, for the desk alone. Raises NeedsALook."""
    if question.needs_a_look:
        raise NeedsALook
    left = question.read_aloud_id
    _join(question, into)
    if left != into.id:
        wordings.tidy(into.phone_in_slug)


def leave_wording(question: Question) -> None:
    """It is a question of its own again, not worded yet: undoes merging and wording."""
    there = db.session.get(ReadAloud, question.read_aloud_id or "")
    wordings.join(question, None)
    wordings.tidy(there.phone_in_slug if there else question.phone_in_slug)


def answer_in_writing(read_aloud: ReadAloud) -> None:
    """It has no place in the hour, and gets an answer in writing."""
    read_aloud.outcome = IN_WRITING
    if item := read_aloud.item:
        db.session.delete(item)


def put_on_agenda(phone_in: PhoneIn, question: Question) -> None:
    """Its wording, at the end of the agenda. Raises NotReworded."""
    there = wordings.one(phone_in.slug, question.read_aloud_id) if question.read_aloud_id else None
    if there is None:
        raise NotReworded
    agenda.put_on(phone_in, there)


def set_aside(question: Question, words: str, *, outcome: str = NOT_USED) -> None:
    """Not read aloud: which kind of no, one of NOT_READ_ALOUD, and the words that its asker reads by receipt."""
    leave_wording(question)
    question.outcome, question.set_aside = outcome, words


def take_back(question: Question) -> None:
    """Undo setting aside."""
    question.outcome, question.set_aside = "", None


def clear(question: Question) -> None:
    """Somebody has read it and says that it may be used, in a wording without what was marked."""
    question.is_cleared = True


def flag(question: Question, name: str) -> None:
    """Mark it as what only people can see in it, one of BY_HAND. Until it is cleared it is worded no more."""
    question.flags = ";".join(dict.fromkeys([*question.flag_names, name]))
    question.is_cleared = False
    leave_wording(question)


def redact(question: Question, text: str) -> None:
    """Put these words in place of the original: what stood there is nowhere any more, and cannot be had back."""
    question.text = text
    after_commit(write_questions_anew)


def to_reviewer(question: Question) -> None:
    """Before the safeguarding reviewer, and off the desk."""
    leave_wording(question)
    question.is_for_reviewer, question.reviewer_was_told, question.reviewer_is_done = True, False, False


def _join(question: Question, read_aloud: ReadAloud) -> None:
    question.set_aside, question.outcome = None, ""
    wordings.join(question, read_aloud.id)
    db.session.flush()


def _on_desk(phone_in: PhoneIn) -> tuple[ColumnElement[bool], ...]:
    """What is before the safeguarding reviewer is nobody else's to see, unless the reviewer passes it on. Of what was
    kept long enough only the receipt is left."""
    return Question.phone_in_slug == phone_in.slug, Question.is_for_reviewer.is_(False), Question.text != ""
