"""Letters that must leave the building, written in the same transaction as the thing they tell of."""

import secrets
import uuid
from collections.abc import Collection
from datetime import timedelta
from functools import cache, partial
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql.dml import ReturningUpdate

from phonein import clock
from phonein.db import RENEWING, after_commit, changed_in_place, db
from phonein.delivery.models import GIVE_UP_AFTER, Letter
from phonein.errors import Refused

LEASE = timedelta(seconds=60)
RING_AGAIN = timedelta(seconds=30)


class Overtaken(Refused):
    """A later letter about the same seat has left already, so that this one would only mislead. Let it rest."""

    title = "This letter has been overtaken"


def post(letter: Letter) -> None:
    """Put a letter into the open transaction, and wake the postman once that has committed."""
    if letter.about:
        last = db.session.scalar(select(func.max(Letter.turn)).where(Letter.about == letter.about))
        letter.turn = 0 if last is None else last + 1
    letter.id = uuid.uuid4().hex
    db.session.add(letter)
    after_commit(partial(wake, letter.id, letter.urgent))


def start_over(letter: Letter) -> None:
    """An admin asks for it to be sent after all, within a day from now. It is the same letter, with the same
    Message-ID and Date, so that a mailbox that has it already can tell; one that may have arrived and is written
    when it leaves keeps its words, too. One that came back is in no mailbox: it leaves under a new Message-ID, so that
    servers do not take it for the old one, and so that we know which of the two a late bounce is about. Raises
    Overtaken."""
    if letter.about and db.session.scalar(select(Letter.id).where(_has_overtaken(letter)).limit(1)):
        raise Overtaken
    now = clock.now()
    letter.given_up_at = letter.unknown_at = None
    letter.maybe_sent = letter.maybe_sent and letter.telling is not None
    letter.attempts, letter.due_at, letter.expires_at = 0, now, now + GIVE_UP_AFTER
    if letter.bounced_on:
        letter.message_id, letter.posted_at, letter.bounced_on, letter.bounce = new_message_id(), now, None, None
    letter.let_go(error=None)
    after_commit(partial(wake, letter.id, letter.urgent))


def new_message_id() -> str:
    """A Message-ID of this service's own domain (RFC 5322 3.6.4)."""
    return f"<{uuid.uuid4().hex}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}>"


def wake(letter_id: str, urgent: bool = False) -> bool:
    """Ring whoever does the sending; whether anybody heard."""
    return bool(current_app.extensions["phonein.runner"].wake(letter_id, urgent))


def due(limit: int = 100) -> list[str]:
    """The ids of the letters that can be tried now, urgent ones first."""
    return _in_line(limit, _is_claimable(clock.now()))


def unheard(limit: int = 500) -> list[str]:
    """The ids of due letters for which nobody has been rung of late; marks them as rung for now."""
    now = clock.now()
    ids = _in_line(limit, _is_claimable(now), or_(Letter.nudged_at.is_(None), Letter.nudged_at < now - RING_AGAIN))
    _change(Letter.id.in_(ids), nudged_at=now)
    return ids


def claim(letter_id: str) -> Letter | None:
    """Take this letter to send it, unless it has gone, is not due, or another worker holds it."""
    now = clock.now()
    claimed: Letter | None = changed_in_place(
        _claim(), letter=letter_id, now=now, by=secrets.token_hex(16), until=now + LEASE
    )
    return claimed


@cache
def _claim() -> ReturningUpdate[Any]:
    """Put together once: that takes longer than the claiming."""
    theirs = update(Letter).where(Letter.id == bindparam("letter"), _is_claimable(bindparam("now")))
    ours = theirs.values(token=bindparam("by"), lease_until=bindparam("until"), attempts=Letter.attempts + 1)
    return ours.returning(Letter)


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


def came_back(message_ids: Collection[str], status: str) -> bool:
    """A mail server says that it could not deliver a letter with one of these Message-IDs; whether that is one of ours.

    Anybody can write such a thing. But only whoever has had the letter knows its Message-ID, and one that has not left
    has been with nobody.
    """
    has_left = or_(
        Letter.sent_at.is_not(None), Letter.unknown_at.is_not(None), Letter.handing_at.is_not(None), Letter.maybe_sent
    )
    back = _hold(Letter.message_id.in_(message_ids), has_left)
    for letter in back:
        letter.come_back(status)
    return bool(back)


def _in_line(limit: int, *where: ColumnElement[bool]) -> list[str]:
    """Urgent ones first, then those that have waited longest. Asked for one after the other, so that an index gives the
    order: with ten thousand in line, sorting them for each would cost more than sending it."""
    ids: list[str] = []
    for urgent in (True, False):
        if len(ids) < limit:
            some = select(Letter.id).where(Letter.urgent == urgent, *where).order_by(Letter.due_at)
            ids += db.session.scalars(some.limit(limit - len(ids)))
    return ids


def _has_overtaken(letter: Letter) -> ColumnElement[bool]:
    gone = or_(Letter.sent_at.is_not(None), Letter.unknown_at.is_not(None), Letter.token.is_not(None))
    return and_(Letter.about == letter.about, Letter.turn > letter.turn, gone)


def _is_claimable(now: Any) -> ColumnElement[bool]:
    earlier = aliased(Letter)
    # Of two posted at the very same moment one leaves after the other, too.
    is_before = or_(earlier.id < Letter.id, and_(earlier.id > Letter.id, earlier.token.is_not(None)))
    kept_waiting = (
        select(earlier.id)
        .where(
            earlier.about == Letter.about,
            or_(earlier.turn < Letter.turn, and_(earlier.turn == Letter.turn, is_before)),
            earlier.sent_at.is_(None),
            earlier.given_up_at.is_(None),
            earlier.unknown_at.is_(None),
        )
        .exists()
    )
    of_use = or_(Letter.expires_at.is_(None), Letter.expires_at > now)
    return and_(Letter.is_unfinished(), Letter.due_at <= now, of_use, Letter.token.is_(None), ~kept_waiting)


def _hold(*where: ColumnElement[bool]) -> list[Letter]:
    """Touched as they are read, so that on both engines nobody else changes these between our look and our word."""
    touched = update(Letter).where(*where).values(turn=Letter.turn).returning(Letter)
    return list(db.session.scalars(touched, execution_options=RENEWING))


def _change(*where: ColumnElement[bool], **values: Any) -> int:
    """Compare and set: how many rows were as expected and are now changed."""
    changed: Any = db.session.execute(
        update(Letter).where(*where).values(**values), execution_options={"synchronize_session": False}
    )
    return int(changed.rowcount)
