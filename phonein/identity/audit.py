"""What admins have done that somebody may ask about one day."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from phonein import clock
from phonein.db import Model, db
from phonein.identity.models import Person


class AuditEntry(Model):
    """One deed of an admin, with its time: what was done, in words, about which phone-in or person's code, and why.

    It names nobody but the admin.
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    done_at: Mapped[datetime] = mapped_column(index=True, default=clock.now)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str]
    about: Mapped[str] = mapped_column(default="", index=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[Person] = relationship()


def note(what: str, *, by: Person, about: str = "", reason: str = "") -> None:
    """Write it down in the open transaction."""
    db.session.add(AuditEntry(by=by, what=what, about=about, reason=reason))


def noted(about: str) -> list[AuditEntry]:
    """What admins have done about this phone-in or person, the newest first."""
    newest = (
        select(AuditEntry).where(AuditEntry.about == about).order_by(AuditEntry.done_at.desc(), AuditEntry.id.desc())
    )
    return list(db.session.scalars(newest.options(joinedload(AuditEntry.by))))
