"""The rota: on which days a deputy stands in. A day is one by the organisation's clock, from midnight to midnight."""

from datetime import date

from sqlalchemy import select

from phonein import clock
from phonein.db import db
from phonein.safeguarding import hours, procedure
from phonein.safeguarding.models import Cover


def today() -> date:
    return hours.today(clock.now(), procedure.looked_at().zone)


def stands_in(person_id: int | None) -> bool:
    """Whether this person covers today."""
    if person_id is None:
        return False
    day = today()
    covers = select(Cover.id).where(Cover.person_id == person_id, Cover.from_on <= day, Cover.until_on >= day)
    return db.session.scalar(covers.limit(1)) is not None


def coming() -> list[Cover]:
    """What is not over yet, in order."""
    return list(db.session.scalars(select(Cover).where(Cover.until_on >= today()).order_by(Cover.from_on, Cover.id)))


def of(person_id: int) -> list[Cover]:
    return [one for one in coming() if one.person_id == person_id]


def add(person_id: int, *, from_on: date, until_on: date) -> None:
    db.session.add(Cover(person_id=person_id, from_on=from_on, until_on=until_on))


def take_away(cover_id: int) -> Cover | None:
    """Take one off the rota, and say which it was."""
    there = db.session.get(Cover, cover_id)
    if there:
        db.session.delete(there)
    return there
