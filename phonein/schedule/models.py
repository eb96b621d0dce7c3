"""A series is the regular thing; a phone-in is one of them, on one day."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein import bank_holidays, clock
from phonein.db import Model
from phonein.identity.models import Person
from phonein.schedule import rhythm
from phonein.schedule.pattern import OWN_RULE, Pattern

series_leader = Table(
    "series_leader",
    Model.metadata,
    Column("series_id", ForeignKey("series.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True, index=True),
)

phone_in_leader = Table(
    "phone_in_leader",
    Model.metadata,
    Column("phone_in_id", ForeignKey("phone_in.id", ondelete="CASCADE"), primary_key=True),
    Column("person_id", ForeignKey("person.id"), primary_key=True, index=True),
)


class Series(Model):
    """What people mean by "every Tuesday at half past seven": first date, wall-clock time, zone and rule.

    `rule` is an RFC 5545 RRULE without the name, its UNTIL in UTC; None is a single date. Lengths are elapsed minutes.
    The question window opens whole days before the start, by the wall clock, and closes elapsed hours before it.
    `bank_holidays` names the part of the kingdom whose bank holidays are watched, or "" for none; they are skipped or
    only pointed out. `changes_pin`: each new date gets a PIN of its own. `continues` is the series of which this is the
    later part, since a change from some date on. `edition` counts what admins have changed.
    """

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    zone_name: Mapped[str] = mapped_column(default="Europe/London")
    first_on: Mapped[date]
    starts_at_time: Mapped[time]
    rule: Mapped[str | None]
    minutes: Mapped[int]
    seats: Mapped[int]
    asks_open_days: Mapped[int] = mapped_column(default=7)
    asks_close_hours: Mapped[int] = mapped_column(default=24)
    dial_in_number: Mapped[str] = mapped_column(default="")
    freephone: Mapped[str | None]
    pin: Mapped[str] = mapped_column(default="")
    # No foreign key, for the reason given at `continues_id`.
    reviewer_id: Mapped[int | None] = mapped_column(index=True)
    deputy_id: Mapped[int | None] = mapped_column(index=True)
    bank_holidays: Mapped[str] = mapped_column(default="")
    skips_bank_holidays: Mapped[bool] = mapped_column(default=False)
    changes_pin: Mapped[bool] = mapped_column(default=False)
    continues_id: Mapped[int | None]  # no foreign key: SQLite could not take it away again without a new table
    published_at: Mapped[datetime | None]
    edition: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    leaders: Mapped[list[Person]] = relationship(secondary=series_leader, order_by=Person.name)
    left_out: Mapped[list["LeftOut"]] = relationship(cascade="all, delete-orphan", order_by="LeftOut.starts_text")
    extra: Mapped[list["ExtraDate"]] = relationship(cascade="all, delete-orphan", order_by="ExtraDate.starts_text")
    phone_ins: Mapped[list["PhoneIn"]] = relationship(back_populates="series", order_by="PhoneIn.starts_at")
    __table_args__ = (CheckConstraint("seats > 0", name="some_seats"), CheckConstraint("minutes > 0", name="some_time"))

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def first_local(self) -> datetime:
        """The first start on the wall clock of the series' own zone, naive on purpose."""
        return datetime.combine(self.first_on, self.starts_at_time)

    def starts(self, *, until: datetime) -> list[datetime]:
        """Every start up to and including the instant `until`, as UTC instants, in order."""
        return rhythm.starts(
            self.first_local,
            self.zone,
            self.rule,
            until=until,
            left_out=[gap.starts_local for gap in self.left_out],
            extra=[one.starts_local for one in self.extra],
            closed=bank_holidays.names(self.bank_holidays) if self.skips_bank_holidays else {},
        )

    @property
    def in_words(self) -> str:
        """Every second Tuesday at 7pm, London time, until 29 June"""
        found = Pattern.read(self.rule, self.first_local, self.zone)
        return found.words(self.first_local, self.zone) if found else OWN_RULE

    def window(self, starts_at: datetime) -> rhythm.Window:
        """When questions for a phone-in that starts at this instant may be asked."""
        return rhythm.window(starts_at, self.zone, opens_days=self.asks_open_days, closes_hours=self.asks_close_hours)


class LeftOut(Model):
    """A date on which a series does not take place (an EXDATE): the wall-clock start it would have had."""

    __tablename__ = "left_out"
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    # A wall-clock time without a zone, kept as text so that no engine mistakes it for an instant.
    starts_text: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(default="")

    @property
    def starts_local(self) -> datetime:
        return datetime.fromisoformat(self.starts_text)


class ExtraDate(Model):
    """A date on which a series takes place besides its rule: the wall-clock start."""

    __tablename__ = "extra_date"
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"), primary_key=True)
    starts_text: Mapped[str] = mapped_column(primary_key=True)  # text, for the reason given at LeftOut

    @property
    def starts_local(self) -> datetime:
        return datetime.fromisoformat(self.starts_text)


class PhoneIn(Model):
    """One phone-in, on one day: what people book a seat in. Keeps its instant and its zone.

    `planned_at` is the start its series' rhythm gave it: it stays when the date is moved, so that rolling the series on
    finds it again. `own_facts` names what an admin changed on this date by itself: those things do not follow its
    series. `taken` counts seats; the database itself keeps it between 0 and `seats`. `uid` names it in the calendars of
    those who lead it or read the programme. `reviewer_id` is who looks after what is sent straight to safeguarding,
    `deputy_id` who stands in on the days of their cover; `care_notice` is what they want to say to everybody who looks.
    `holders` counts the staff who have drawn passes; `key_print` is the fingerprint of the keys that sign them, ""
    until there are any. `edition` counts what admins have changed, `stamped_at` says on which day.
    """

    __tablename__ = "phone_in"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    planned_at: Mapped[datetime | None]
    title: Mapped[str]
    summary: Mapped[str] = mapped_column(Text, default="")
    description: Mapped[str] = mapped_column(Text, default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    zone_name: Mapped[str] = mapped_column(default="Europe/London")
    seats: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0)
    asks_open_at: Mapped[datetime]
    asks_close_at: Mapped[datetime]
    released_through: Mapped[datetime | None]
    dial_in_number: Mapped[str] = mapped_column(default="")
    freephone: Mapped[str | None]
    pin: Mapped[str] = mapped_column(default="")
    # No foreign key, for the reason given at `continues_id`.
    reviewer_id: Mapped[int | None] = mapped_column(index=True)
    deputy_id: Mapped[int | None] = mapped_column(index=True)
    holders: Mapped[int] = mapped_column(default=0)
    key_print: Mapped[str] = mapped_column(default="")
    care_notice: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str] = mapped_column(default="")
    own_facts: Mapped[str] = mapped_column(default="")
    uid: Mapped[str] = mapped_column(index=True, unique=True, default=lambda: str(uuid.uuid4()))
    edition: Mapped[int] = mapped_column(default=0)
    stamped_at: Mapped[datetime] = mapped_column(default=lambda: datetime.combine(clock.today(), time(), UTC))
    revision: Mapped[int] = mapped_column(default=0)
    series: Mapped[Series | None] = relationship(back_populates="phone_ins")
    leaders: Mapped[list[Person]] = relationship(secondary=phone_in_leader, order_by=Person.name)
    __table_args__ = (
        CheckConstraint("taken BETWEEN 0 AND seats", name="taken_within_seats"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        UniqueConstraint("series_id", "planned_at"),
        Index("ix_phone_in_asks_close_at", "asks_close_at"),
    )

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def left(self) -> int:
        return self.seats - self.taken

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    def has_begun(self, now: datetime) -> bool:
        return now >= self.starts_at

    def has_ended(self, now: datetime) -> bool:
        return now >= self.ends_at

    def is_open(self, now: datetime) -> bool:
        """Whether seats can be taken."""
        return self.is_published and not self.is_cancelled and not self.has_begun(now)

    def takes_questions(self, now: datetime) -> bool:
        return self.is_published and not self.is_cancelled and self.asks_open_at <= now < self.asks_close_at

    @property
    def release_times(self) -> list[datetime]:
        """The fixed moments at which questions are shown to the desk; the last is when asking closes."""
        return rhythm.release_times(self.asks_open_at, self.asks_close_at)
