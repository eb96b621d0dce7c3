"""Who would have to lead two phone-ins at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein.db import db
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn, Series


def of(
    starts: Sequence[datetime], minutes: int, leaders: Sequence[Person], series: Series | None = None
) -> dict[datetime, list[str]]:
    """For each start what its leaders also lead at that time, in words. However many dates there are, two queries."""
    if not starts or not leaders:
        return {}
    length, ids = timedelta(minutes=minutes), {person.id for person in leaders}
    at_the_time = select(PhoneIn).where(
        PhoneIn.starts_at < max(starts) + length,
        PhoneIn.ends_at > min(starts),
        PhoneIn.cancelled_at.is_(None),
        PhoneIn.leaders.any(Person.id.in_(ids)),
    )
    if series is not None and series.id:
        at_the_time = at_the_time.where(PhoneIn.series_id.is_distinct_from(series.id))
    others = db.session.scalars(at_the_time.options(selectinload(PhoneIn.leaders)).order_by(PhoneIn.starts_at)).all()
    return {
        start: [
            f"{person.name} also leads {other.title} at that time"
            for other in others
            if other.starts_at < start + length and other.ends_at > start
            for person in other.leaders
            if person.id in ids
        ]
        for start in starts
    }
