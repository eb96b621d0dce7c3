"""The second of the two texts. No column in here is a time of asking or a way to a person."""

import secrets
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from phonein.db import Model

QUESTION, SECTION, OPENER, BREAK, CLOSE = "question", "section", "opener", "break", "close"
ANSWERED, LATER, IN_WRITING, CARRIED = "answered", "later", "in_writing", "carried"
MINUTES_EACH = 5


class ReadAloud(Model):
    """A question as those who lead have worded it, for one original or for several that ask the same.

    `phone_in_slug` is where it is to be answered, `asked_slug` where it was asked: they differ once it was carried on,
    which happened `carried` times. `asked` counts those who asked it, also when their originals are deleted; `votes`
    those who want to hear it too, as of the last release. `content_note` says what listeners should be prepared for.
    `outcome`: "" or "in_writing", where it gets an answer in writing and no place in the hour.
    """

    __tablename__ = "read_aloud"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    asked_slug: Mapped[str] = mapped_column(index=True)
    words: Mapped[str] = mapped_column(Text)
    theme: Mapped[str] = mapped_column(default="")
    content_note: Mapped[str] = mapped_column(default="")
    votes: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=1)
    carried: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(default="")
    items: Mapped[list["AgendaItem"]] = relationship(
        back_populates="read_aloud", cascade="all, delete-orphan", passive_deletes=True
    )
    answers: Mapped[list["Answer"]] = relationship(
        order_by="Answer.edition", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def answer(self) -> "Answer | None":
        """The newest edition that was published."""
        return self.answers[-1] if self.answers else None

    @property
    def readable(self) -> "list[Answer]":
        """The editions that everybody may read: those since the answer was last taken down; none where it still is."""
        down = [number for number, answer in enumerate(self.answers, start=1) if not answer.words]
        return self.answers[down[-1] if down else 0 :]

    @property
    def item(self) -> "AgendaItem | None":
        """Its place in the phone-in that it is in now."""
        return next((item for item in self.items if item.phone_in_slug == self.phone_in_slug), None)

    @property
    def is_on_agenda(self) -> bool:
        return self.item is not None


class AgendaItem(Model):
    """One thing in the running order of a phone-in: a question, the title of a section, an opener, a break, the close.

    `minutes` is how long it may take. `came_to` says what the hour has made of it, "" until it has; `note` is for those
    who lead.
    """

    __tablename__ = "agenda_item"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: secrets.token_urlsafe(9))
    phone_in_slug: Mapped[str] = mapped_column(index=True)
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(default=QUESTION)
    words: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(default=MINUTES_EACH)
    read_aloud_id: Mapped[str | None] = mapped_column(ForeignKey("read_aloud.id", ondelete="CASCADE"), index=True)
    came_to: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(Text, default="")
    read_aloud: Mapped[ReadAloud | None] = relationship(back_populates="items", lazy="joined")
    __table_args__ = (CheckConstraint("minutes BETWEEN 0 AND 600", name="some_minutes"),)

    @property
    def said(self) -> str:
        """What stands on the agenda."""
        return self.read_aloud.words if self.read_aloud else self.words


class Tally(Model):
    """How many questions of one phone-in came to what, or were about what: counted once, when their originals go, so
    that two looks at one quarter never differ by a question. `kind` is "outcome" or "theme"."""

    __tablename__ = "tally"
    phone_in_slug: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(primary_key=True)
    how_many: Mapped[int]


class Answer(Model):
    """One published edition of the answer in writing, numbered from 1. The newest counts; from the second on,
    `what_changed` says what was put right."""

    __tablename__ = "answer"
    read_aloud_id: Mapped[str] = mapped_column(ForeignKey("read_aloud.id", ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    words: Mapped[str] = mapped_column(Text)
    what_changed: Mapped[str] = mapped_column(Text, default="")
    published_on: Mapped[date] = mapped_column(index=True)
