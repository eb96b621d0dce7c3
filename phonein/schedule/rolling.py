"""Rolling a series on: making its phone-ins a year and a bit ahead."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein.db import db, hold
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.slugs import free_slugs

AHEAD = timedelta(days=400)
A_DAY = timedelta(days=1)
PIN_DIGITS = 6
COPIED = (
    *("title", "summary", "description", "zone_name", "seats", "dial_in_number", "freephone", "pin"),
    *("reviewer_id", "deputy_id"),
)
LOADED = (selectinload(Series.leaders), selectinload(Series.left_out), selectinload(Series.extra))
NO_LONGER = "The series does not take place on this date any more."


def roll_on_all(now: datetime) -> list[PhoneIn]:
    """Roll every published series on. Returns the phone-ins that are new."""
    published = select(Series).where(Series.published_at.is_not(None)).order_by(Series.id)
    series = db.session.scalars(published.options(*LOADED)).all()
    return [phone_in for one in series for phone_in in roll_on(one, now=now)]


def roll_on(series: Series, *, now: datetime) -> list[PhoneIn]:
    """Make the phone-ins of this series that are not there yet, as far as 400 days ahead; returns them.

    The first time that is from the very first date on. Later on nothing is made in the past: what was taken away from
    there stays away, and a changed rhythm does not rewrite what has been.
    """
    hold(series)
    planned = set(db.session.scalars(select(PhoneIn.planned_at).where(PhoneIn.series_id == series.id)))
    done = days_done(series, now)
    starts = [
        start
        for start in series.starts(until=now + AHEAD)
        if start not in planned and (start > now or not planned) and day_of(series, start) not in done
    ]
    slugs = free_slugs(series.title, [day_of(series, start) for start in starts])
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


def days_done(series: Series, now: datetime) -> set[date]:
    """The days, from today on, whose phone-in has begun or has been held already: it was moved to an earlier time. A
    change of the series must not give them another."""
    begun = select(PhoneIn.planned_at).where(
        PhoneIn.series_id == series.id, PhoneIn.starts_at <= now, PhoneIn.planned_at > now - A_DAY
    )
    return {day_of(series, planned_at) for planned_at in db.session.scalars(begun) if planned_at}


def _facts(series: Series) -> dict[str, Any]:
    facts = {name: getattr(series, name) for name in COPIED}
    return facts | {"pin": new_pin()} if series.changes_pin else facts


def _times(series: Series, start: datetime) -> dict[str, datetime]:
    window = series.window(start)
    return {
        "starts_at": start,
        "ends_at": start + timedelta(minutes=series.minutes),
        "asks_open_at": window.opens_at,
        "asks_close_at": window.closes_at,
    }


def new_pin() -> str:
    """A PIN by lot, as conference systems take it."""
    return "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))


def day_of(series: Series, start: datetime) -> date:
    """The day by the series' own clock."""
    return start.astimezone(series.zone).date()
