"""What people said of phone-ins afterwards, shown only when enough have answered that it points to nobody."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from phonein import clock
from phonein.db import db
from phonein.questions.models import Feedback
from phonein.questions.saying import OPEN_FOR
from phonein.schedule.models import PhoneIn

FEWEST_SHOWN = 5


@dataclass(frozen=True)
class Said:
    """How many answered, their mean rating of 5, and their comments in an order that says nothing."""

    answers: int
    mean: float
    comments: list[str]


def about(phone_in: PhoneIn) -> Said | None:
    """What was said of this phone-in or, where it belongs to a series, of all of that; None for nothing.

    Of each phone-in only once nothing more can come, all at once, and only if five or more have answered: so that
    silence looks the same, and nobody can watch one answer come.
    """
    of_one = PhoneIn.id == phone_in.id
    if phone_in.series_id is not None:
        of_one = PhoneIn.series_id == phone_in.series_id
    settled = select(PhoneIn.slug).where(of_one, PhoneIn.ends_at <= clock.now() - OPEN_FOR)
    of_these: list[ColumnElement[bool]] = [Feedback.phone_in_slug.in_(settled)]
    if phone_in.series is not None:
        of_these.append(Feedback.series_slug == phone_in.series.slug)
    found = list(db.session.scalars(select(Feedback).where(or_(*of_these)).order_by(Feedback.id)))
    how_many = Counter(one.phone_in_slug for one in found)
    rows = [one for one in found if how_many[one.phone_in_slug] >= FEWEST_SHOWN]
    if not rows:
        return None
    return Said(len(rows), sum(row.rating for row in rows) / len(rows), [row.comment for row in rows if row.comment])
