"""The anonymous tables. No column in here is a time, a serial number or a way to a person, and none may become one."""

import secrets

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from phonein.db import Model

# SQLite otherwise numbers rows in the order they came.
_UNNUMBERED = {"sqlite_with_rowid": False}


class PassKey(Model):
    """The secret with which passes for one phone-in and one purpose are made and known again, encrypted."""

    __tablename__ = "pass_key"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
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

    `read_aloud` is the facilitator's wording, `place` its position on the agenda, `set_aside` the reason why it is not
    used: None each until the desk has decided.
    """

    __tablename__ = "question"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    receipt_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    text: Mapped[str] = mapped_column(Text)
    topic: Mapped[str] = mapped_column(default="")
    read_aloud: Mapped[str | None] = mapped_column(Text)
    place: Mapped[int | None]
    set_aside: Mapped[str | None] = mapped_column(Text)
    __table_args__ = _UNNUMBERED

    @property
    def is_on_agenda(self) -> bool:
        return self.place is not None

    @property
    def is_set_aside(self) -> bool:
        return self.set_aside is not None
