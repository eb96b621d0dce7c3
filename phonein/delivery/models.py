"""One e-mail, before and after it leaves."""

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Index, Text, and_
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from phonein import clock
from phonein.db import Model

UNSURE_WAIT = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(hours=24)
BACKOFF = [timedelta(seconds=s) for s in (10, 60, 300, 900, 3600, 4 * 3600)]

NOT_SENT, CAME_BACK = sql("sent_at IS NULL"), sql("bounced_on IS NOT NULL")


class Letter(Model):
    """One e-mail, before and after it leaves. Its state is read from its facts.

    waiting: nothing below has happened. `lease_until`: a worker has claimed it. `handing_at`: that worker has passed
    the fence and is handing it over, so that from here on nobody can be sure. At most one of `sent_at`, `given_up_at`,
    `unknown_at` ends it; `unknown` means it may have arrived, twice tried. `due_at` is when to try (again).
    `about` names what it tells of (somebody's seat): letters about one thing leave in order of `turn`. `telling` is
    what this one says of it, as JSON, and `sequence` the number its calendar part bears: they stay, because the next
    letter is written from what was told last. Once it is sent, its words are wiped and its times are coarsened to the
    day. `bounced_on` and `bounce`: it came back, and with which status (RFC 3463). `dropped_on`: an admin has seen that
    it did not arrive, and lets it rest.
    """

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: uuid.uuid4().hex)
    name: Mapped[str]
    to_address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    invite: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None]
    message_id: Mapped[str] = mapped_column(unique=True)
    about: Mapped[str | None]
    telling: Mapped[str | None] = mapped_column(Text)
    sequence: Mapped[int | None]
    turn: Mapped[int] = mapped_column(default=0)
    urgent: Mapped[bool] = mapped_column(default=False)
    posted_at: Mapped[datetime] = mapped_column(default=clock.now)
    due_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    handing_at: Mapped[datetime | None]
    maybe_sent: Mapped[bool] = mapped_column(default=False)
    nudged_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    unknown_at: Mapped[datetime | None]
    error: Mapped[str | None]
    bounced_on: Mapped[date | None]
    bounce: Mapped[str | None]
    dropped_on: Mapped[date | None]
    __table_args__ = (
        Index("ix_letter_next", "urgent", "due_at", sqlite_where=NOT_SENT, postgresql_where=NOT_SENT),
        Index("ix_letter_about", "about", "turn"),
        Index("ix_letter_bounced_on", "bounced_on", sqlite_where=CAME_BACK, postgresql_where=CAME_BACK),
    )

    @classmethod
    def is_unfinished(cls) -> ColumnElement[bool]:
        return and_(cls.sent_at.is_(None), cls.given_up_at.is_(None), cls.unknown_at.is_(None))

    def is_still_tried(self) -> bool:
        return not (self.sent_at or self.given_up_at or self.unknown_at)

    def mark_sent(self) -> None:
        """The server has said so: that is beyond doubt, whatever was feared meanwhile."""
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.sent_at = self.posted_at = self.due_at = midnight
        self.given_up_at = self.unknown_at = self.expires_at = self.invite = None
        self.subject = self.text = self.html = ""
        self.let_go(error=None)

    def try_later(self, error: str) -> None:
        """Nothing was accepted: try again after a while, give up aloud after a day or when it is of no use any more."""
        self.wait_until(clock.now() + BACKOFF[min(self.attempts, len(BACKOFF)) - 1], error)

    def be_unsure(self, error: str) -> None:
        """It may have arrived. Once that is worth a second try, with the same Message-ID and Date; never a third."""
        if self.maybe_sent:
            self.give_up(error)
        else:
            self.maybe_sent = True
            self.wait_until(clock.now() + UNSURE_WAIT, error)

    def wait_until(self, due_at: datetime, error: str) -> None:
        self.due_at = due_at
        self.let_go(error)
        if due_at >= (self.expires_at or self.posted_at + GIVE_UP_AFTER):
            self.give_up(error)

    def give_up(self, error: str) -> None:
        if self.maybe_sent:
            self.unknown_at = clock.now()
        else:
            self.given_up_at = clock.now()
        self.let_go(error)

    def come_back(self, status: str) -> None:
        """A mail server had it and could not deliver it. Where we were not sure that it had left, we now know that it
        has, and did not arrive."""
        self.bounced_on = self.bounced_on or clock.today()
        self.bounce = status
        if not self.sent_at and not self.token:
            self.maybe_sent, self.unknown_at = False, None
            self.give_up("it came back")

    def drop(self) -> None:
        """An admin lets it rest: nobody tries it any more, and nobody needs to look at it."""
        if self.is_still_tried():
            self.give_up("an admin let it rest")
        self.dropped_on = clock.today()

    def let_go(self, error: str | None) -> None:
        self.token = self.lease_until = self.handing_at = self.nudged_at = None
        self.error = error
