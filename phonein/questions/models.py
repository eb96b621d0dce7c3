"""The anonymous tables. No column in here is a time, a serial number or a way to a person, and none may become one."""

import secrets

from sqlalchemy import CheckConstraint, Column, Integer, LargeBinary, Text, event
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model, apart

# SQLite otherwise numbers rows in the order they came.
_UNNUMBERED = {"sqlite_with_rowid": False}


class PassKey(Model):
    """The secret with which passes for one phone-in and one purpose are made and known again, encrypted.

    Purpose `m`: what printed codes are made with. `q` and `v`: the RSA keys that sign passes for questions and for
    votes blindly; `public` is what passes are checked with, and what everybody may see.
    """

    __tablename__ = "pass_key"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[bytes | None] = mapped_column(LargeBinary)
    __table_args__ = _UNNUMBERED


class SealKey(Model):
    """The public half of the key that seals envelopes. The private half is a file outside database and backups."""

    __tablename__ = "seal_key"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = _UNNUMBERED


class SpentPass(Model):
    """That a pass has been used; not by whom, when or for what."""

    __tablename__ = "spent_pass"
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    __table_args__ = _UNNUMBERED


class Envelope(Model):
    """One sealed action. Every one is the same size, whatever is in it."""

    __tablename__ = "envelope"
    handle: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    blob: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = _UNNUMBERED


class Question(Model):
    """A released question: the original, for few eyes, and what the desk has made of it.

    `read_aloud_id` names the wording in which it is read aloud, printed and answered; several that ask the same share
    one. Or it is not used: `outcome` says of which kind that is, `set_aside` why, in the words that its asker reads.
    None and "" until the desk has decided. `flags` are what the check before sending found in it, and what people at
    the desk have added; until somebody has looked (`is_cleared`) it cannot be worded, and so gets nowhere.
    `is_for_reviewer`: it is before the phone-in's safeguarding reviewer, who sees it alone, hears of it once
    (`reviewer_was_told`), can write back by way of the receipt (`reviewer_reply`), and says when all is done
    (`reviewer_is_done`).
    """

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    text: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(default="")
    read_aloud_id: Mapped[str | None] = mapped_column(index=True)
    set_aside: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(default="")
    flags: Mapped[str] = mapped_column(default="")
    is_cleared: Mapped[bool] = mapped_column(default=False)
    is_for_reviewer: Mapped[bool] = mapped_column(default=False)
    reviewer_was_told: Mapped[bool] = mapped_column(default=False)
    reviewer_reply: Mapped[str | None] = mapped_column(Text)
    reviewer_is_done: Mapped[bool] = mapped_column(default=False)
    __table_args__ = _UNNUMBERED

    @property
    def is_worded(self) -> bool:
        return self.read_aloud_id is not None

    @property
    def is_set_aside(self) -> bool:
        return self.set_aside is not None

    @property
    def flag_names(self) -> list[str]:
        return [flag for flag in self.flags.split(";") if flag]

    @property
    def needs_a_look(self) -> bool:
        """Whether something in it is to be looked at by a person before it may be used."""
        return bool(self.flags) and not self.is_cleared


# The version before this one reads and writes them still while both run side by side. What it has of them is taken over
# into `read_aloud` when the database is brought up to date; the migration after that takes them away.
for _column in (
    Column("read_aloud", Text),
    Column("place", Integer),
    Column("votes", Integer, default=0, nullable=False),
):
    Question.__table__.append_column(_column)  # type: ignore[attr-defined]


class Feedback(Model):
    """What somebody said of a phone-in afterwards: a number from 1 to 5 and, if they like, words. `series_slug` is for
    what was said of a series as a whole; what comes through the door names its phone-in."""

    __tablename__ = "feedback"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    series_slug: Mapped[str] = mapped_column(index=True, default="")
    phone_in_slug: Mapped[str | None] = mapped_column(index=True)
    rating: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (CheckConstraint("rating BETWEEN 1 AND 5", name="one_to_five"), _UNNUMBERED)


for _model in (PassKey, SealKey, SpentPass, Envelope, Question, Feedback):
    event.listen(_model.__table__, "after_create", apart)
