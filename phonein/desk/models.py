"""What those who lead keep among themselves. Nothing in here is an original's words, and nothing outlives them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model
from phonein.identity.models import Person


class DeskNote(Model):
    """About one question: a note, its theme if it is not the asker's, and which of those who lead sees to it."""

    __tablename__ = "desk_note"
    question_id: Mapped[str] = mapped_column(primary_key=True)
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    theme: Mapped[str] = mapped_column(default="")
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assigned_to: Mapped[Person | None] = relationship(lazy="joined")


class Skip(Model):
    """That one of those who lead leaves a question to the others. Nobody asks why."""

    __tablename__ = "skip"
    question_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


class Deed(Model):
    """One change at the desk of a phone-in: by whom, when, what for, and which rows it changed from what to what.

    `changes` maps "table:key" to [before, after], each the columns that differ, None where there was or is no row.
    `undoes` is the number of the deed that this one took back.
    """

    __tablename__ = "deed"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime]
    what: Mapped[str]
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
    undoes: Mapped[int | None]
    by: Mapped[Person] = relationship(lazy="joined")


class Hour(Model):
    """How the hour of a phone-in goes, kept as it happens: when it began and ended, what is spoken of now and since
    when, how many are there, notes, and what is handed over afterwards."""

    __tablename__ = "hour"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    item_id: Mapped[str | None]
    item_begun_at: Mapped[datetime | None]
    heads: Mapped[int | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    hand_over: Mapped[str] = mapped_column(Text, default="")
    revision: Mapped[int] = mapped_column(default=0)


class Draft(Model):
    """An answer in writing before it is published, or a correction: who wrote it, and who else has looked it over."""

    __tablename__ = "draft"
    read_aloud_id: Mapped[str] = mapped_column(ForeignKey("read_aloud.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text, default="")
    what_changed: Mapped[str] = mapped_column(Text, default="")
    written_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    looked_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revision: Mapped[int] = mapped_column(default=0)
