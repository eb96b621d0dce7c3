"""What is on: the phone-ins that people can see, each with its series and its leaders, in order of their start."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from phonein import formats
from phonein.db import db
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

IS_PUBLISHED = PhoneIn.published_at.is_not(None)


def published() -> list[PhoneIn]:
    """Everything that is published: past, coming and cancelled."""
    return _in_order(IS_PUBLISHED)


def upcoming(now: datetime) -> list[PhoneIn]:
    """What is published and not over yet."""
    return _in_order(IS_PUBLISHED, PhoneIn.ends_at > now)


def between(begin: datetime, end: datetime) -> list[PhoneIn]:
    """What is published and starts at `begin` or later and before `end`."""
    return _in_order(IS_PUBLISHED, PhoneIn.starts_at >= begin, PhoneIn.starts_at < end)


def by_slug(slug: str) -> PhoneIn | None:
    """The published phone-in at this address."""
    return next(iter(_in_order(IS_PUBLISHED, PhoneIn.slug == slug)), None)


def led_by(person: Person) -> list[PhoneIn]:
    """What this person leads, drafts too."""
    return _in_order(PhoneIn.leaders.any(Person.id == person.id))


def led_by_or_none(person: Person, slug: str) -> PhoneIn | None:
    """The phone-in at this address, if this person leads it; drafts too."""
    return next(iter(_in_order(PhoneIn.leaders.any(Person.id == person.id), PhoneIn.slug == slug)), None)


def as_rows(phone_ins: list[PhoneIn]) -> list[dict[str, Any]]:
    """What `phonein programme --json` prints: others rely on these names."""
    return [
        {
            "slug": one.slug,
            "series": one.series.slug if one.series else None,
            "title": one.title,
            "starts_at": formats.machine(one.starts_at),
            "ends_at": formats.machine(one.ends_at),
            "timezone": one.zone_name,
            "seats": one.seats,
            "left": one.left,
            "cancelled": one.is_cancelled,
        }
        for one in phone_ins
    ]


def _in_order(*conditions: ColumnElement[bool]) -> list[PhoneIn]:
    query = select(PhoneIn).where(*conditions).order_by(PhoneIn.starts_at, PhoneIn.slug)
    loaded = query.options(joinedload(PhoneIn.series), selectinload(PhoneIn.leaders))
    return list(db.session.scalars(loaded))
