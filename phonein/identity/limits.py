"""How often something may be tried within the hour, counted in the database so that every process counts together."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import case, select
from sqlalchemy.dialects import postgresql, sqlite

from phonein import clock
from phonein.db import db, on_sqlite
from phonein.errors import Refused
from phonein.identity.models import Allowance

HOUR = timedelta(hours=1)


class TooManyTries(Refused):
    """This was tried too often in the last hour. Wait an hour, then try again."""

    status = 429
    title = "Too many tries"
    # Not at what time: that would tell whoever tries another's address when its owner first did.
    todo = "If you asked for a letter, look in your mail first: the newest may be there already."
    retry_after = 3600


def count(what: str, whose: str, *, most: int) -> None:
    """Count one more try of `what` by `whose`. Raises TooManyTries above `most` within the hour."""
    if _counted(what, whose) > most:
        raise TooManyTries


def _counted(what: str, whose: str) -> int:
    now = clock.now()
    key = hmac.new(current_app.config["SECRET_KEY"].encode(), f"{what}|{whose}".encode(), hashlib.sha256).hexdigest()
    insert: Any = sqlite.insert if on_sqlite() else postgresql.insert
    is_over = Allowance.hour_began_at <= now - HOUR
    db.session.execute(
        insert(Allowance)
        .values(key=key, hour_began_at=now, times=1)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "times": case((is_over, 1), else_=Allowance.times + 1),
                "hour_began_at": case((is_over, now), else_=Allowance.hour_began_at),
            },
        )
    )
    return db.session.scalars(select(Allowance.times).where(Allowance.key == key)).one()
