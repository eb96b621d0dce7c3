"""The safeguarding queue as one person sees it: each thing with when it is due, what is late first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from phonein import clock
from phonein.db import db
from phonein.desk import review, review_log
from phonein.identity.models import Person
from phonein.questions.models import Question
from phonein.safeguarding import hours, procedure
from phonein.safeguarding.models import ReviewEntry
from phonein.schedule.models import PhoneIn


@dataclass(frozen=True)
class Item:
    """`number` is its place on the page of its phone-in, which says nothing. `due` is in words, "" where nobody has
    settled when somebody looks."""

    phone_in: PhoneIn
    number: int
    question: Question
    entry: ReviewEntry | None
    due_at: datetime | None
    due: str
    is_late: bool
    is_left: bool

    @property
    def waits(self) -> bool:
        return not self.question.reviewer_is_done

    @property
    def is_seen(self) -> bool:
        return self.entry is not None and self.entry.acknowledged_on is not None


def items(person: Person, phone_ins: Sequence[PhoneIn]) -> list[Item]:
    """All that is in the queue of these, phone-in by phone-in, in the order of their pages."""
    slugs = [phone_in.slug for phone_in in phone_ins]
    questions: dict[str, list[Question]] = defaultdict(list)
    there = select(Question).where(Question.phone_in_slug.in_(slugs), review.IS_THERE).order_by(Question.id)
    for question in db.session.scalars(there):
        questions[question.phone_in_slug].append(question)
    entries, left = review_log.entries_of(slugs), review.skipped_by(person, slugs)
    now, zone, usual = clock.now(), procedure.looked_at().zone, procedure.due(clock.now())
    found = []
    for phone_in in phone_ins:
        for number, question in enumerate(questions[phone_in.slug], start=1):
            entry = entries.get(question.id)
            due_at = entry.due_at if entry else usual
            due = hours.due_in_words(due_at, zone) if due_at else ""
            is_late = due_at is not None and due_at < now and not (entry and entry.acknowledged_on)
            found.append(Item(phone_in, number, question, entry, due_at, due, is_late, question.id in left))
    return found


def first_what_is_late(found: Sequence[Item]) -> list[Item]:
    """Of what waits and is not left to others: by when it is due, what has no time last."""
    mine = [item for item in found if item.waits and not item.is_left]
    return sorted(mine, key=lambda item: (not item.is_late, item.due_at is None, item.due_at or clock.now()))
