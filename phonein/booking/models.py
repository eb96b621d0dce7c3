"""One person's seat in one phone-in."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn


class Booking(Model):
    """A seat that somebody has, or has given back. Dates only: the hour at which a person acted is nobody's business.

    `uid` names the entry in the person's calendar for good; `sequence` only rises (RFC 5546 2.1.4); `stamped_at` is the
    DTSTAMP of the last calendar message, which carries a day and a counter but no time of day.
    """

    __tablename__ = "booking"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_in_id: Mapped[int] = mapped_column(ForeignKey("phone_in.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    booked_on: Mapped[date]
    given_back_on: Mapped[date | None]
    uid: Mapped[str] = mapped_column(unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    stamped_at: Mapped[datetime]
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
