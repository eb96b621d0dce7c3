"""By when something in the queue should be looked at, who has, and what came of it: days, and never a word of it.

The minute's round writes a line about each and tells those whose turn it is. The anonymous door writes none: it may
not even read them.
"""

import logging
from datetime import datetime

from sqlalchemy import or_, select

from phonein import clock
from phonein.db import db, hold, transaction
from phonein.delivery import letters
from phonein.desk import review
from phonein.desk.models import Skip
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.safeguarding import procedure
from phonein.safeguarding.models import ReviewEntry
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

log = logging.getLogger(__name__)
GONE = "no longer in the queue"


def entries_of(slugs: list[str]) -> dict[str, ReviewEntry]:
    """What is noted of each question in these phone-ins that is in the queue."""
    found = select(ReviewEntry).where(ReviewEntry.phone_in_slug.in_(slugs), ReviewEntry.question_id.is_not(None))
    return {str(entry.question_id): entry for entry in db.session.scalars(found.order_by(ReviewEntry.id))}


def lines_of(phone_in: PhoneIn) -> list[tuple[ReviewEntry, str, str]]:
    """The log of one phone-in: each line with the names of who looked and who closed it."""
    entries = select(ReviewEntry).where(ReviewEntry.phone_in_slug == phone_in.slug).order_by(ReviewEntry.id)
    found = db.session.scalars(entries).all()
    ids = {id_ for entry in found for id_ in (entry.acknowledged_by_id, entry.closed_by_id) if id_}
    names = {person.id: person.name for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [(one, names.get(one.acknowledged_by_id or 0, ""), names.get(one.closed_by_id or 0, "")) for one in found]


def due_of(entry: ReviewEntry | None) -> datetime | None:
    return entry.due_at if entry else procedure.due(clock.now())


def acknowledge(question: Question, *, by: Person) -> None:
    """Somebody has seen it; who was first stays."""
    entry = _entry(question)
    if entry.acknowledged_on is None:
        entry.acknowledged_on, entry.acknowledged_by_id = clock.today(), by.id


def close(question: Question, outcome: str, *, by: Person) -> None:
    acknowledge(question, by=by)
    entry = _entry(question)
    entry.outcome, entry.closed_on, entry.closed_by_id = outcome, clock.today(), by.id


def open_again(question: Question) -> None:
    """It goes on, after all."""
    entry = _entry(question)
    entry.outcome, entry.closed_on, entry.closed_by_id = "", None, None


def tell_reviewers() -> int:
    """Write down what is new in the queue, and close what has left it; then one letter to each of those on duty for
    each phone-in with something they have not heard of. How many letters.

    Where nobody is on duty, it waits for the next one, and the log says so. One that fails does not keep the others
    waiting.
    """
    _keep_up()
    # Where nobody is named at all, what stands on the desk is for those who lead, who see it there.
    has_one = select(PhoneIn.slug).where(or_(PhoneIn.reviewer_id.is_not(None), PhoneIn.deputy_id.is_not(None)))
    for_somebody = or_(Question.is_for_reviewer, Question.phone_in_slug.in_(has_one))
    untold = select(Question.phone_in_slug).where(review.WAITS, Question.reviewer_was_told.is_(False), for_somebody)
    told = 0
    for slug in db.session.scalars(untold.distinct()).all():
        try:
            told += _tell(slug)
        except Exception as error:
            log.error("telling a reviewer failed", extra={"slug": slug, "error": type(error).__name__})
    return told


def _keep_up() -> None:
    """In one transaction, and only where there is something: else every minute would write."""
    noted = select(ReviewEntry.question_id).where(ReviewEntry.question_id == Question.id).exists()
    new = select(Question.phone_in_slug).where(review.WAITS, ~noted).distinct()
    there = select(Question.id).where(Question.id == ReviewEntry.question_id, review.IS_THERE).exists()
    is_left = (ReviewEntry.question_id.is_not(None), ReviewEntry.closed_on.is_(None), ~there)
    left = select(ReviewEntry.phone_in_slug).where(*is_left).distinct()
    slugs = {*db.session.scalars(new), *db.session.scalars(left)}
    if not slugs:
        return
    with transaction():
        programme.hold_all(slugs)  # somebody may be looking at it at this moment, and so write the line
        fresh = select(Question).where(review.WAITS, ~noted, Question.phone_in_slug.in_(slugs)).order_by(Question.id)
        for question in db.session.scalars(fresh).all():
            _entry(question)
        over = select(ReviewEntry).where(*is_left, ReviewEntry.phone_in_slug.in_(slugs))
        for entry in db.session.scalars(over).all():
            entry.outcome, entry.closed_on = GONE, clock.today()


def _entry(question: Question) -> ReviewEntry:
    """The line about it; a new one, if there is none."""
    there: ReviewEntry | None = db.session.scalar(select(ReviewEntry).where(ReviewEntry.question_id == question.id))
    if there is None:
        due_at = procedure.due(clock.now())
        there = ReviewEntry(phone_in_slug=question.phone_in_slug, question_id=question.id, due_at=due_at)
        db.session.add(there)
        db.session.flush()
    return there


def _tell(slug: str) -> int:
    with transaction():
        phone_in = db.session.scalars(select(PhoneIn).where(PhoneIn.slug == slug)).one()
        hold(phone_in)
        untold = [one for one in review.sent_in(phone_in) if not one.reviewer_was_told and not one.reviewer_is_done]
        if not untold:
            return 0
        people = [person for person in review.on_duty(phone_in) if not _leaves_all(person, untold)]
        if not people:
            log.error("something waits for a safeguarding reviewer and there is none", extra={"slug": slug})
            return 0
        for question in untold:
            question.reviewer_was_told = True
        for person in people:
            letters.something_to_review(person, phone_in)
    return len(people)


def _leaves_all(person: Person, questions: list[Question]) -> bool:
    """Whether this person has left all of these to others."""
    ids = [question.id for question in questions]
    left = select(Skip.question_id).where(Skip.person_id == person.id, Skip.question_id.in_(ids))
    return set(db.session.scalars(left)) == set(ids)
