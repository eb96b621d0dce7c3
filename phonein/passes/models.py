"""How often each person has drawn passes."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model


class PassIssue(Model):
    """That somebody drew passes for a phone-in, how often, and whether the one for votes was among them: never which,
    never when."""

    __tablename__ = "pass_issue"
    phone_in_id: Mapped[int] = mapped_column(ForeignKey("phone_in.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    draws: Mapped[int]
    has_ballot: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (CheckConstraint("draws BETWEEN 1 AND 2", name="two_draws"), {"sqlite_with_rowid": False})
