"""Letters that need an admin's eye."""

from sqlalchemy import func, or_, select

from phonein import clock
from phonein.db import db
from phonein.delivery.outbox import Letter

IN_TROUBLE = or_(Letter.given_up_at.is_not(None), Letter.unknown_at.is_not(None))


def troubled() -> list[Letter]:
    """Given up, or sent without our being sure; newest first."""
    return list(db.session.scalars(select(Letter).where(IN_TROUBLE).order_by(Letter.posted_at.desc()).limit(200)))


def in_trouble(letter_id: str) -> Letter | None:
    return db.session.scalar(select(Letter).where(Letter.id == letter_id, IN_TROUBLE))


def counts() -> dict[str, int]:
    """How many letters wait, wait although they are long due, were given up, and may have arrived."""
    waiting = select(func.count()).where(Letter.is_unfinished())
    return {
        "waiting": _number(waiting),
        "tried in vain": _number(waiting.where(Letter.error.is_not(None))),
        "given up": _number(select(func.count()).where(Letter.given_up_at.is_not(None))),
        "unsure": _number(select(func.count()).where(Letter.unknown_at.is_not(None), Letter.unknown_at <= clock.now())),
    }


def _number(query: object) -> int:
    return int(db.session.scalar(query) or 0)  # type: ignore[call-overload]
