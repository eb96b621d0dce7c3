"""Writing down a new series."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from phonein.db import db
from phonein.identity.models import Person
from phonein.schedule.models import Series
from phonein.schedule.slugs import plain


def make(*, first_local: datetime, leaders: list[Person], **facts: Any) -> Series:
    """A series as a draft: it has no dates until it is published."""
    series = Series(
        slug=_free_slug(facts["title"]),
        first_on=first_local.date(),
        starts_at_time=first_local.time(),
        leaders=leaders,
        **facts,
    )
    db.session.add(series)
    db.session.flush()
    return series


def _free_slug(title: str) -> str:
    wanted = slug = plain(title)
    taken, number = set(db.session.scalars(select(Series.slug).where(Series.slug.startswith(wanted)))), 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
