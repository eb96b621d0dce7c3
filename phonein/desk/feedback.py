"""What people said about a series afterwards, shown only when enough have answered that it points to nobody."""

import secrets
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model, db

FEWEST_SHOWN = 5


class Feedback(Model):
    """One answer, of nobody in particular: no person, no time, no order."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    series_slug: Mapped[str] = mapped_column(index=True)
    rating: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="one_to_five"), {"sqlite_with_rowid": False})


@dataclass(frozen=True)
class Said:
    """How many answered, their mean rating of 5, and their comments in an order that says nothing."""

    answers: int
    mean: float
    comments: list[str]


def about(series_slug: str | None) -> Said | None:
    """What was said about a series; None while fewer than five have answered, so that silence looks the same."""
    rows = list(db.session.scalars(select(Feedback).where(Feedback.series_slug == series_slug).order_by(Feedback.id)))
    if len(rows) < FEWEST_SHOWN:
        return None
    return Said(len(rows), sum(row.rating for row in rows) / len(rows), [row.comment for row in rows if row.comment])
