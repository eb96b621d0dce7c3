"""Letters that are written when they leave. They tell how things stand by then and only what is not known yet: a change
undone in time sends nothing, and several edits are one letter."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, update

from phonein import clock
from phonein.db import after_commit, db
from phonein.delivery import outbox
from phonein.delivery.models import Letter

Writer = Callable[[Letter], bool]
AT_ONCE = 500
AGAIN, UNTIL = "again", "until"
_writers: dict[str, Writer] = {}


def written_by(kind: str) -> Callable[[Writer], Writer]:
    """Marks who writes the letters about things of this kind: the first word of `about`.

    The writer fills in the words, `telling` and the calendar part, or returns False: then there is nothing to tell.
    """

    def keep(writer: Writer) -> Writer:
        _writers[kind] = writer
        return writer

    return keep


def post(
    addresses: Mapping[str, str],
    *,
    wait: timedelta = timedelta(),
    again: bool = False,
    is_first: bool = False,
    until: datetime | None = None,
) -> None:
    """Put a letter about each of these things into the open transaction, unless one that can still be written waits:
    that leaves by then, too.

    `addresses` says whom each is for. `wait` lets changes gather. `again`: send it even if all is known already.
    `is_first`: these things were made in this very transaction, so there is no letter about them to look for.
    `until`: from then on it is of no use.
    """
    due_at = clock.now() + wait
    telling = json.dumps(({AGAIN: True} if again else {}) | ({UNTIL: until.isoformat()} if until else {}))
    for some in _chunks(addresses):
        change: dict[str, Any] = {"due_at": _no_later_than(due_at), "expires_at": until}
        change |= {"telling": telling} if again or until else {}
        waiting = set() if is_first else _touch_waiting(list(some), change)
        turns = {} if is_first else _last_turns(list(some))
        for about in some.keys() - waiting:
            letter = Letter(
                id=uuid.uuid4().hex,
                name=about.split()[0],
                to_address=some[about],
                message_id=outbox.new_message_id(),
                subject="",
                text="",
                html="",
                about=about,
                turn=turns.get(about, -1) + 1,
                telling=telling,
                due_at=due_at,
                expires_at=until,
            )
            db.session.add(letter)
            if not wait:
                after_commit(partial(outbox.wake, letter.id))


def write(letter: Letter) -> bool:
    """Write this letter, which we have claimed, as things stand now; False when there is nothing to tell any more.

    One that may have arrived already keeps its words: the second transmission must be the same.
    """
    if letter.telling is None or letter.maybe_sent:
        return True
    return _writers[str(letter.about).split()[0]](letter)


def is_asked_again(letter: Letter) -> bool:
    """Whether somebody wants to be told once more, though nothing has changed."""
    return bool(json.loads(letter.telling or "{}").get(AGAIN))


def until(letter: Letter) -> datetime | None:
    """From when on it is of no use: also for one that an admin has sent after all, which is given another day."""
    written = json.loads(letter.telling or "{}").get(UNTIL)
    return written and datetime.fromisoformat(written)


def told(about: str) -> list[Letter]:
    """What has been told of this, oldest first: letters that were sent, and those that may have arrived."""
    is_one = and_(Letter.about == about, Letter.telling.is_not(None), _has_gone())
    return list(db.session.scalars(select(Letter).where(is_one).order_by(Letter.turn)))


def hurry() -> None:
    """Let the letters that wait for more changes leave now."""
    now = clock.now()
    gathering = and_(Letter.is_unfinished(), Letter.telling.is_not(None), Letter.attempts == 0, Letter.due_at > now)
    db.session.execute(update(Letter).where(gathering).values(due_at=now))


def _has_gone() -> ColumnElement[bool]:
    return or_(Letter.sent_at.is_not(None), Letter.unknown_at.is_not(None), Letter.maybe_sent)


def _touch_waiting(abouts: list[str], change: dict[str, Any]) -> set[str]:
    """Those for which a letter waits that can still be written. Touching it makes a postman who would take it just now
    wait for our commit, and then write what we have changed; one who has it already is not asked."""
    can_be_written = and_(
        Letter.about.in_(abouts),
        Letter.is_unfinished(),
        Letter.telling.is_not(None),
        Letter.token.is_(None),
        Letter.maybe_sent.is_(False),
    )
    touched = update(Letter).where(can_be_written).values(change).returning(Letter.about)
    return {str(about) for about in db.session.scalars(touched, execution_options={"synchronize_session": False})}


def _no_later_than(due_at: datetime) -> ColumnElement[datetime]:
    """For a letter that waits: until the morning, it may be, and now there is something that cannot. One that was tried
    already waits for the mail server, and goes on doing so."""
    return case((and_(Letter.attempts == 0, Letter.due_at > due_at), due_at), else_=Letter.due_at)


def _last_turns(abouts: list[str]) -> dict[str, int]:
    last = select(Letter.about, func.max(Letter.turn)).where(Letter.about.in_(abouts)).group_by(Letter.about)
    return {str(about): turn for about, turn in db.session.execute(last)}


def _chunks(addresses: Mapping[str, str]) -> Iterator[dict[str, str]]:
    left = iter(addresses.items())
    while some := dict(islice(left, AT_ONCE)):
        yield some
