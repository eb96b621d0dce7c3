"""Rolling a series on: making its phone-ins a year and a bit ahead, and letting them follow when the series changes."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein.db import db, hold
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.slugs import free_slugs

AHEAD = timedelta(days=400)
COPIED = ("title", "summary", "description", "zone_name", "seats", "dial_in_number", "freephone", "pin")
NO_LONGER = "The series does not take place on this date any more."


def roll_on_all(now: datetime) -> list[PhoneIn]:
    """Roll every published series on. Returns the phone-ins that are new."""
    published = select(Series).where(Series.published_at.is_not(None)).order_by(Series.id)
    series = db.session.scalars(published.options(selectinload(Series.leaders), selectinload(Series.left_out))).all()
    return [phone_in for one in series for phone_in in roll_on(one, now=now)]


def roll_on(series: Series, *, now: datetime) -> list[PhoneIn]:
    """Make the phone-ins of this series that are not there yet, as far as 400 days ahead; returns them.

    The first time that is from the very first date on. Later on nothing is made in the past: what was taken away from
    there stays away, and a changed rhythm does not rewrite what has been.
    """
    hold(series)
    planned = set(db.session.scalars(select(PhoneIn.planned_at).where(PhoneIn.series_id == series.id)))
    starts = [
        start for start in series.starts(until=now + AHEAD) if start not in planned and (start > now or not planned)
    ]
    slugs = free_slugs(series.title, [_day(series, start) for start in starts])
    made = [
        PhoneIn(
            slug=slug,
            series=series,
            planned_at=start,
            leaders=list(series.leaders),
            published_at=now if series.published_at else None,
            **_facts(series),
            **_times(series, start),
        )
        for slug, start in zip(slugs, starts, strict=True)
    ]
    for phone_in in made:
        if phone_in.asks_close_at <= now:
            phone_in.released_through = phone_in.asks_close_at  # nobody could ask, so nobody waits for a release
    db.session.add_all(made)
    db.session.flush()
    return made


def follow(series: Series, *, now: datetime) -> list[PhoneIn]:
    """Let the coming phone-ins of a changed series follow it, day by day. Returns those that keep what they have.

    These have booked seats, or questions that were released, or were moved or cancelled on their own. A date that the
    series has no more is cancelled, if nobody has booked; the others go with the series' new time on the same day.
    """
    hold(series)
    coming = [one for one in series.phone_ins if one.planned_at and not one.has_begun(now)]
    for one in coming:
        hold(one)  # nobody books a seat in it while it changes
    until = max([now + AHEAD, *(one.planned_at for one in coming if one.planned_at)])
    new_starts = {_day(series, start): start for start in series.starts(until=until)}
    free = {one for one in coming if _is_untouched(one)}
    planned = {one: new_starts.pop(_day(series, one.planned_at), None) for one in coming if one.planned_at}
    for one in coming:
        one.planned_at = None
    db.session.flush()  # before they are given out again: within a series no two may be planned for one instant
    for one, start in planned.items():
        one.planned_at = start
        if one not in free:
            continue
        if start is None:
            one.cancelled_at, one.cancel_reason = now, NO_LONGER
        else:
            _copy(series, one, {} if start <= now else _times(series, start))
    db.session.flush()
    return [one for one in coming if one not in free]


def _is_untouched(phone_in: PhoneIn) -> bool:
    is_booked_or_asked = phone_in.taken > 0 or phone_in.released_through is not None
    is_moved = phone_in.planned_at != phone_in.starts_at or phone_in.edited_at is not None
    return not (is_booked_or_asked or is_moved or phone_in.is_cancelled)


def _copy(series: Series, phone_in: PhoneIn, times: Mapping[str, datetime]) -> None:
    for name, value in {**_facts(series), **times}.items():
        setattr(phone_in, name, value)
    phone_in.leaders = list(series.leaders)


def _facts(series: Series) -> dict[str, Any]:
    return {name: getattr(series, name) for name in COPIED}


def _times(series: Series, start: datetime) -> dict[str, datetime]:
    window = series.window(start)
    return {
        "starts_at": start,
        "ends_at": start + timedelta(minutes=series.minutes),
        "asks_open_at": window.opens_at,
        "asks_close_at": window.closes_at,
    }


def _day(series: Series, start: datetime) -> date:
    return start.astimezone(series.zone).date()
