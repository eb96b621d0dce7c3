"""The waiting list: somebody's wait, and the seats that are held for those whose turn it is."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

LIVE = text("ended_on IS NULL")


class Wait(Model):
    """Somebody waits for a seat in a phone-in, or with `any_date` in any of its series. Dates only, as in a booking.

    `turn` is the order of the line, a number and not a time: whoever joined first has the lowest. Joining again is
    another wait, at the end. `ended_why` is "seat", "declined", "lapsed", "left", "begun", "cancelled", or "gone" for a
    person who has left; "" while the wait goes on.
    """

    __tablename__ = "wait"
    id: Mapped[int] = mapped_column(primary_key=True)
    phone_in_id: Mapped[int] = mapped_column(ForeignKey("phone_in.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    turn: Mapped[int] = mapped_column(index=True)
    any_date: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date]
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = mapped_column(default="")
    phone_in: Mapped[PhoneIn] = relationship()
    person: Mapped[Person] = relationship()
    __table_args__ = (
        Index("uq_wait_live", "phone_in_id", "person_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    @property
    def is_live(self) -> bool:
        return self.ended_on is None


class Offer(Model):
    """A seat held for the next in line: the phone-in's counter `taken` counts it until the offer ends.

    `from_at` is when the person is told, which waits for the morning; `until_at` is when the seat goes on to the next.
    `ended_why` is "accepted", "declined", "lapsed" or "withdrawn" (the phone-in is off, or the person has left). Its
    times are coarsened to the day once it has ended.
    """

    __tablename__ = "offer"
    id: Mapped[int] = mapped_column(primary_key=True)
    wait_id: Mapped[int] = mapped_column(ForeignKey("wait.id", ondelete="CASCADE"), index=True)
    phone_in_id: Mapped[int] = mapped_column(ForeignKey("phone_in.id"), index=True)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    ended_on: Mapped[date | None]
    ended_why: Mapped[str] = mapped_column(default="")
    wait: Mapped[Wait] = relationship()
    phone_in: Mapped[PhoneIn] = relationship()
    __table_args__ = (
        Index("uq_offer_live", "wait_id", unique=True, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_offer_until_at", "until_at", sqlite_where=LIVE, postgresql_where=LIVE),
    )

    @property
    def is_live(self) -> bool:
        return self.ended_on is None
