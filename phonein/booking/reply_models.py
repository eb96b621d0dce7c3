"""What came back from people's calendars, and what became of it."""

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model


class Reply(Model):
    """One message that reached the service's mailbox. Nothing is dropped: each has an outcome, in a word.

    `key` is a hash of its Message-ID, so that the same message twice has no effect twice. `needs_eye`: no program could
    decide, so an admin looks; `from_address` is kept only then. Dates, never times.
    """

    __tablename__ = "reply"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    came_on: Mapped[date] = mapped_column(index=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"))
    outcome: Mapped[str]
    needs_eye: Mapped[bool] = mapped_column(default=False)
    from_address: Mapped[str] = mapped_column(default="")
    seen_on: Mapped[date | None]
