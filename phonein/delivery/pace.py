"""How many letters a minute the relay takes, counted in the database so that every process counts together."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from phonein import clock
from phonein.db import Model, db, on_sqlite


class Pace(Model):
    """How many letters have been handed to one relay in one minute."""

    __tablename__ = "pace"
    relay: Mapped[str] = mapped_column(primary_key=True)
    minute_at: Mapped[datetime]
    letters: Mapped[int]


def is_full(relay: str, most: int) -> bool:
    """Whether this relay has had `most` in this minute, so that there is no use in taking up another."""
    minute_at = clock.now().replace(second=0, microsecond=0)
    full = select(Pace.relay).where(Pace.relay == relay, Pace.minute_at == minute_at, Pace.letters >= most)
    return db.session.scalar(full) is not None


def must_wait(relay: str, most: int) -> timedelta | None:
    """Count one letter more for this relay; if it has had `most` in this minute, how long until the next one begins.

    One statement, so that two processes never both take the last place.
    """
    now = clock.now()
    minute_at = now.replace(second=0, microsecond=0)
    insert: Any = sqlite.insert if on_sqlite() else postgresql.insert
    is_new = Pace.minute_at < minute_at
    counted = db.session.execute(
        insert(Pace)
        .values(relay=relay, minute_at=minute_at, letters=1)
        .on_conflict_do_update(
            index_elements=["relay"],
            set_={"letters": case((is_new, 1), else_=Pace.letters + 1), "minute_at": minute_at},
            where=is_new | (Pace.letters < most),
        )
        .returning(Pace.letters)
    )
    return None if counted.first() else minute_at + timedelta(minutes=1) - now
