"""The procedure of an organisation, who stands in when, and the log of the queue: days, never the words of anybody."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model


class Procedure(Model):
    """One edition of what an organisation has settled for safeguarding; the newest counts.

    `hours` are the times at which the queue is looked at, one line for each day of the week, as "MO 09:00-17:00" on the
    wall clock of `zone_name`; `target_hours` is how many of those hours it may take until somebody has looked.
    `official_routes` says where wrongdoing is reported, because here is not the place.
    """

    __tablename__ = "procedure"
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    lead_name: Mapped[str] = mapped_column(default="")
    lead_contact: Mapped[str] = mapped_column(Text, default="")
    escalation: Mapped[str] = mapped_column(Text, default="")
    official_routes: Mapped[str] = mapped_column(Text, default="")
    hours: Mapped[str] = mapped_column(Text, default="")
    zone_name: Mapped[str] = mapped_column(default="Europe/London")
    target_hours: Mapped[int] = mapped_column(default=4)
    made_on: Mapped[date]
    __table_args__ = (CheckConstraint("target_hours BETWEEN 1 AND 80", name="some_hours"),)


class Cover(Model):
    """Days on which a deputy stands in for the reviewers whose deputy they are, both days included."""

    __tablename__ = "cover"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    __table_args__ = (CheckConstraint("until_on >= from_on", name="some_days"),)


class ReviewEntry(Model):
    """One thing in the queue: by when somebody should have looked, on which day who did, and what came of it.

    `due_at` lies on the grid of the hours in the procedure, so that it does not say when something was sent. It holds
    no word of the question, and `question_id` is emptied when that is deleted.
    """

    __tablename__ = "review_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    question_id: Mapped[str | None] = mapped_column(index=True)
    due_at: Mapped[datetime | None]
    acknowledged_on: Mapped[date | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(default="")
    closed_on: Mapped[date | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
