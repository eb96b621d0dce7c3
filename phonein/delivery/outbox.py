"""Letters that must leave the building, written in the same transaction as the thing they tell of."""

import secrets
import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Index, Text, and_, func, or_, select, update
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, aliased, mapped_column

from phonein import clock
from phonein.db import Model, after_commit, db
from phonein.errors import Refused

LEASE = timedelta(seconds=60)
UNSURE_WAIT = timedelta(minutes=10)
RING_AGAIN = timedelta(seconds=30)
GIVE_UP_AFTER = timedelta(hours=24)
BACKOFF = [timedelta(seconds=s) for s in (10, 60, 300, 900, 3600, 4 * 3600)]


class Overtaken(Refused):
    """A later letter about the same seat has left already, so that this one would only mislead. Let it rest."""

    title = "This letter has been overtaken"


class Letter(Model):
    """One e-mail, before and after it leaves. Its state is read from its facts.

    waiting: nothing below has happened. `lease_until`: a worker has claimed it. `handing_at`: that worker has passed
    the fence and is handing it over, so that from here on nobody can be sure. At most one of `sent_at`, `given_up_at`,
    `unknown_at` ends it; `unknown` means it may have arrived, twice tried. `due_at` is when to try (again).
    `about` names what it tells of (a booking's calendar uid): letters about one thing leave in order of `turn`.
    Once it is sent, its words are wiped and its times are coarsened to the day.
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
    __table_args__ = (
        Index(
            "ix_letter_waiting", "due_at", sqlite_where=sql("sent_at IS NULL"), postgresql_where=sql("sent_at IS NULL")
        ),
        Index("ix_letter_about", "about", "turn"),
    )

    @classmethod
    def is_unfinished(cls) -> ColumnElement[bool]:
        return and_(cls.sent_at.is_(None), cls.given_up_at.is_(None), cls.unknown_at.is_(None))

    def mark_sent(self) -> None:
        """The server has said so: that is beyond doubt, whatever was feared meanwhile."""
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        self.sent_at = self.posted_at = self.due_at = midnight
        self.given_up_at = self.unknown_at = self.expires_at = self.invite = None
        self.subject = self.text = self.html = ""
        self._let_go(error=None)

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
        self._let_go(error)
        if due_at >= (self.expires_at or self.posted_at + GIVE_UP_AFTER):
            self.give_up(error)

    def give_up(self, error: str) -> None:
        if self.maybe_sent:
            self.unknown_at = clock.now()
        else:
            self.given_up_at = clock.now()
        self._let_go(error)

    def start_over(self) -> None:
        """An admin asks for it to be sent after all, within a day from now. It is the same letter, with the same
        Message-ID and Date, so that a mailbox that has it already can tell. Raises Overtaken."""
        if self.about and db.session.scalar(select(Letter.id).where(self._has_overtaken()).limit(1)):
            raise Overtaken
        now = clock.now()
        self.given_up_at = self.unknown_at = None
        self.maybe_sent, self.attempts, self.due_at, self.expires_at = False, 0, now, now + GIVE_UP_AFTER
        self._let_go(error=None)
        after_commit(partial(wake, self.id, self.urgent))

    def _has_overtaken(self) -> ColumnElement[bool]:
        gone = or_(Letter.sent_at.is_not(None), Letter.unknown_at.is_not(None), Letter.token.is_not(None))
        return and_(Letter.about == self.about, Letter.turn > self.turn, gone)

    def _let_go(self, error: str | None) -> None:
        self.token = self.lease_until = self.handing_at = self.nudged_at = None
        self.error = error


def post(letter: Letter) -> None:
    """Put a letter into the open transaction, and wake the postman once that has committed."""
    if letter.about:
        last = db.session.scalar(select(func.max(Letter.turn)).where(Letter.about == letter.about))
        letter.turn = 0 if last is None else last + 1
    letter.id = uuid.uuid4().hex
    db.session.add(letter)
    after_commit(partial(wake, letter.id, letter.urgent))


def wake(letter_id: str, urgent: bool = False) -> bool:
    """Ring whoever does the sending; whether anybody heard."""
    return bool(current_app.extensions["phonein.runner"].wake(letter_id, urgent))


def due(limit: int = 100) -> list[str]:
    """The ids of the letters that can be tried now, urgent ones first."""
    return list(
        db.session.scalars(
            select(Letter.id)
            .where(_is_claimable(clock.now()))
            .order_by(Letter.urgent.desc(), Letter.due_at, Letter.turn)
            .limit(limit)
        )
    )


def unheard(limit: int = 500) -> list[str]:
    """The ids of due letters for which nobody has been rung of late; marks them as rung for now."""
    now = clock.now()
    silent = or_(Letter.nudged_at.is_(None), Letter.nudged_at < now - RING_AGAIN)
    in_line = select(Letter.id).where(_is_claimable(now), silent).order_by(Letter.urgent.desc(), Letter.due_at)
    ids = list(db.session.scalars(in_line.limit(limit)))
    _change(Letter.id.in_(ids), nudged_at=now)
    return ids


def claim(letter_id: str) -> Letter | None:
    """Take this letter to send it, unless it has gone, is not due, or another worker holds it."""
    now = clock.now()
    taken = _change(
        Letter.id == letter_id,
        _is_claimable(now),
        token=secrets.token_hex(16),
        lease_until=now + LEASE,
        attempts=Letter.attempts + 1,
    )
    return db.session.get(Letter, letter_id, populate_existing=True) if taken else None


def pass_fence(letter_id: str, token: str) -> bool:
    """The point of no return, just before the letter is handed over: only its present holder may pass, and in time."""
    now = clock.now()
    return bool(_change(Letter.id == letter_id, Letter.token == token, Letter.lease_until > now, handing_at=now))


def held(letter_id: str, *, by: str | None = None) -> Letter | None:
    """This letter, kept to ourselves until the transaction ends; `by` a token only while that still counts."""
    return next(iter(_hold(Letter.id == letter_id, *([Letter.token == by] if by else []))), None)


def free_the_stuck() -> int:
    """Letters whose worker died: before the fence they simply wait again; past it nobody can be sure."""
    now = clock.now()
    stuck = _hold(Letter.is_unfinished(), Letter.lease_until < now)
    for letter in stuck:
        if letter.handing_at:
            letter.be_unsure("the worker stopped while handing it over")
        else:
            letter.wait_until(now, "the worker stopped")
    return len(stuck)


def give_up_the_late() -> None:
    """Letters that nobody sent while they were of use: the link in a sign-in letter lives for minutes."""
    for letter in _hold(Letter.is_unfinished(), Letter.token.is_(None), Letter.expires_at <= clock.now()):
        letter.give_up("nobody could send it in time")


def _is_claimable(now: datetime) -> ColumnElement[bool]:
    earlier = aliased(Letter)
    kept_waiting = (
        select(earlier.id)
        .where(
            earlier.about == Letter.about,
            earlier.turn < Letter.turn,
            earlier.sent_at.is_(None),
            earlier.given_up_at.is_(None),
            earlier.unknown_at.is_(None),
        )
        .exists()
    )
    of_use = or_(Letter.expires_at.is_(None), Letter.expires_at > now)
    return and_(Letter.is_unfinished(), Letter.due_at <= now, of_use, Letter.token.is_(None), ~kept_waiting)


def _hold(*where: ColumnElement[bool]) -> list[Letter]:
    """Touched first, so that on both engines nobody else changes these between our look and our word."""
    _change(*where, turn=Letter.turn)
    return list(db.session.scalars(select(Letter).where(*where), execution_options={"populate_existing": True}))


def _change(*where: ColumnElement[bool], **values: Any) -> int:
    """Compare and set: how many rows were as expected and are now changed."""
    changed: Any = db.session.execute(
        update(Letter).where(*where).values(**values), execution_options={"synchronize_session": False}
    )
    return int(changed.rowcount)
