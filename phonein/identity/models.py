"""The people the organisation knows, and the browsers they are signed in on."""

import secrets
import unicodedata
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model, db


class Role(StrEnum):
    STAFF = "staff"
    FACILITATOR = "facilitator"
    ADMIN = "admin"


class Calendar(StrEnum):
    """How somebody's own calendar learns of their seats."""

    INVITATIONS = "invitations"
    FEED = "feed"
    NEITHER = "neither"


class Led(Protocol):
    """Anything with leaders: a series or a phone-in."""

    @property
    def leaders(self) -> list["Person"]: ...


def email_key(address: str) -> str:
    """The form in which two spellings of one address are equal: case and the way accents are stored do not count."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


HAS_LEFT = text("left_on IS NOT NULL")


class Person(Model):
    """Somebody who can sign in. Nothing here says when they were last seen, on purpose.

    `calendar` is how their own calendar learns of their seats; `is_discreet` that it says "Phone call" and no more.
    `reminders` are minutes before the start at which they want to be reminded of a seat, "" for never.
    """

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_urlsafe(9))
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    zone_name: Mapped[str] = mapped_column(default="Europe/London")
    role: Mapped[str] = mapped_column(default=Role.STAFF, index=True)
    calendar: Mapped[str] = mapped_column(default=Calendar.INVITATIONS)
    is_discreet: Mapped[bool] = mapped_column(default=False)
    reminders: Mapped[str] = mapped_column(default="1440 60")
    left_on: Mapped[date | None]
    # Few leave, and the sweep asks for them every minute.
    __table_args__ = (Index("ix_person_left_on", "left_on", sqlite_where=HAS_LEFT, postgresql_where=HAS_LEFT),)

    def __init__(self, **columns: Any) -> None:
        super().__init__(email_key=email_key(columns["email"]), **columns)

    @classmethod
    def by_email(cls, address: str) -> "Person | None":
        return db.session.scalar(select(cls).where(cls.email_key == email_key(address)))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_facilitator(self) -> bool:
        return self.role == Role.FACILITATOR

    def may_sign_in(self) -> bool:
        return self.left_on is None

    def can_lead(self, led: Led) -> bool:
        return any(leader.id == self.id for leader in led.leaders)


class SignInRequest(Model):
    """An e-mailed link that has not been used. Holds hashes: nobody can sign in with a copy of the database."""

    __tablename__ = "sign_in_request"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    link_hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str]
    browser_hash: Mapped[str] = mapped_column(index=True)
    asked_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]


class SignIn(Model):
    """One browser that a person is signed in on. Dates, never times: the idle limit travels in the signed cookie."""

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    began_on: Mapped[date] = mapped_column(index=True)
    ended_on: Mapped[date | None]
    person: Mapped[Person] = relationship()


class Allowance(Model):
    """How often something has been tried within the hour. The key is a keyed hash: it names nobody."""

    __tablename__ = "allowance"
    key: Mapped[str] = mapped_column(primary_key=True)
    hour_began_at: Mapped[datetime] = mapped_column(index=True)
    times: Mapped[int]
