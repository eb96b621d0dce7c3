"""One person's seat in one phone-in."""

import uuid
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn


def new_uid() -> str:
    """A name for an entry in somebody's calendar: by lot, so that it can be guessed by nobody (RFC 7986 5.3)."""
    return f"{uuid.uuid4()}@{urlsplit(current_app.config['PUBLIC_URL']).hostname or 'phonein.example'}"


class Booking(Model):
    """A seat that somebody has, or has given back. Dates only: the hour at which a person acted is nobody's business.

    `uid` names the entry in the person's calendar; `sequence` only rises (RFC 5546 2.1.4); `stamped_at` is the
    DTSTAMP of the last calendar message, which carries a day and a counter but no time of day. `answer` is what their
    calendar last replied (RFC 5545 3.2.12, in lower case; "" for nothing yet); the two beside it say to what, and are
    the reply's own SEQUENCE and DTSTAMP, because an older reply can come later (RFC 5546 2.1.5).

    `needs` are the adjustments they ask for, as words of `adjustments.py`, `needs_text` in their own; who leads it sees
    both without their name, unless they chose `is_named_with_needs`. `confirmed_on`: they said they are still coming.
    `moved_from_id` is the seat that was given back for this one, in one step.
    """

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_in_id: Mapped[int] = mapped_column(ForeignKey("phone_in.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    booked_on: Mapped[date]
    given_back_on: Mapped[date | None]
    uid: Mapped[str] = mapped_column(unique=True, default=new_uid)
    sequence: Mapped[int] = mapped_column(default=0)
    stamped_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answer_sequence: Mapped[int | None]
    answer_stamped_at: Mapped[datetime | None]
    needs: Mapped[str] = mapped_column(default="")
    needs_text: Mapped[str] = mapped_column(Text, default="")
    is_named_with_needs: Mapped[bool] = mapped_column(default=False)
    confirmed_on: Mapped[date | None]
    moved_from_id: Mapped[int | None]  # no foreign key: that seat may be forgotten before this one
    phone_in: Mapped[PhoneIn] = relationship()
    person: Mapped[Person] = relationship()
    __table_args__ = (
        Index(
            "uq_booking_live",
            "phone_in_id",
            "person_id",
            unique=True,
            sqlite_where=text("given_back_on IS NULL"),
            postgresql_where=text("given_back_on IS NULL"),
        ),
    )

    @property
    def is_live(self) -> bool:
        return self.given_back_on is None
