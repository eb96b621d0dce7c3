"""What people said of the past phone-ins of the demonstration: of some many, of some too few, of some nothing."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import select

from phonein import clock
from phonein.db import db, transaction
from phonein.questions.models import Feedback
from phonein.questions.saying import OPEN_FOR
from phonein.schedule.models import PhoneIn, Series

ANSWERS = (14, 6, 3, 11, 0, 8, 2, 3, 17)  # of the latest, the one before, and so on, again and again
A_YEAR = timedelta(days=360)
LIKELY = (5, 5, 5, 4, 4, 4, 4, 3, 3, 2)
WITH_WORDS, BORROWS = 0.6, 0.3


def say(rows: Sequence[dict[str, str]], lots: random.Random) -> None:
    """Each comment was made about a series: it is said of its latest phone-ins. Later ones borrow what others said."""
    now = clock.now()
    borrowed = [row for row in rows if row["comment"]]
    with transaction():
        for series in db.session.scalars(select(Series).order_by(Series.slug)):
            own = [row for row in rows if row["series"] == series.slug]
            for phone_in, number in zip(_settled(series, now), cycle(ANSWERS), strict=False):
                for _ in range(min(number, 2 * phone_in.seats)):
                    _keep(phone_in, own.pop() if own and lots.random() < WITH_WORDS else _one(borrowed, lots))


def _settled(series: Series, now: datetime) -> list[PhoneIn]:
    over = [one for one in series.phone_ins if now - A_YEAR < one.ends_at <= now - OPEN_FOR]
    return [one for one in reversed(over) if one.is_published and not one.is_cancelled]


def _one(borrowed: Sequence[dict[str, str]], lots: random.Random) -> dict[str, str]:
    return lots.choice(borrowed) if lots.random() < BORROWS else {"rating": str(lots.choice(LIKELY)), "comment": ""}


def _keep(phone_in: PhoneIn, row: dict[str, str]) -> None:
    said = {"rating": int(row["rating"]), "comment": row["comment"]}
    db.session.add(Feedback(phone_in_slug=phone_in.slug, **said))
