"""Which reminders have been written."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model


class Reminder(Model):
    """That one reminder about one seat was written, for the start that the phone-in had then: once moved, it is due
    again. `kind` is a number of minutes before the start, "still-coming" or "thanks"."""

    __tablename__ = "reminder"
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
