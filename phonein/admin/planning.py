"""The admin's verbs over several areas: what a change to the schedule means for those who have booked."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from phonein import clock
from phonein.booking import seats
from phonein.db import db
from phonein.identity.models import Person, Role
from phonein.schedule import changes, rolling
from phonein.schedule.models import PhoneIn, Series


def facilitators() -> list[Person]:
    """Who can lead: facilitators who have not left."""
    return list(
        db.session.scalars(
            select(Person).where(Person.role == Role.FACILITATOR, Person.left_on.is_(None)).order_by(Person.name)
        )
    )


def people(ids: list[int]) -> list[Person]:
    return [person for person in facilitators() if person.id in ids]


def move(phone_in: PhoneIn, *, to: datetime, minutes: int) -> int:
    """Move one phone-in and tell everybody who has a seat; how many are told."""
    what = changes.move(phone_in, to=to, minutes=minutes)
    return seats.tell_of_change(phone_in, what) if what else 0


def change(phone_in: PhoneIn, **facts: Any) -> int:
    """Change one phone-in and tell everybody who has a seat what they need to know; how many are told."""
    what = changes.change(phone_in, **facts)
    return seats.tell_of_change(phone_in, what) if what else 0


def cancel(phone_in: PhoneIn, *, reason: str) -> int:
    """Cancel one phone-in and tell everybody who has a seat; how many are told. Cancelling twice tells once."""
    return seats.tell_of_cancellation(phone_in) if changes.cancel(phone_in, reason=reason) else 0


def change_series(series: Series, *, leaders: list[Person], **facts: Any) -> list[PhoneIn]:
    """Change what a series is about. Its coming dates follow; those with seats booked or changed by hand keep what they
    have, and are returned."""
    for name, value in facts.items():
        setattr(series, name, value)
    series.leaders = leaders
    db.session.flush()
    return rolling.follow(series, now=clock.now())


def all_series() -> list[Series]:
    return list(db.session.scalars(select(Series).order_by(Series.title, Series.id)))


def series_by_slug(slug: str) -> Series | None:
    return db.session.scalar(select(Series).where(Series.slug == slug))


def phone_in_by_slug(slug: str) -> PhoneIn | None:
    """Any phone-in, drafts too."""
    return db.session.scalar(select(PhoneIn).where(PhoneIn.slug == slug))


def coming(until: datetime) -> list[PhoneIn]:
    """What is coming up to then, drafts too."""
    return list(
        db.session.scalars(
            select(PhoneIn).where(PhoneIn.ends_at > clock.now(), PhoneIn.starts_at < until).order_by(PhoneIn.starts_at)
        )
    )


def drafts() -> list[PhoneIn]:
    return list(
        db.session.scalars(
            select(PhoneIn)
            .where(PhoneIn.published_at.is_(None), PhoneIn.series_id.is_(None), PhoneIn.ends_at > clock.now())
            .order_by(PhoneIn.starts_at)
        )
    )
