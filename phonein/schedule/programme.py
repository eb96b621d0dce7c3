"""What is on: the phone-ins that people can see, each with its series and its leaders, in order of their start."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from phonein import formats
from phonein.db import db, hold
from phonein.identity.models import Person
from phonein.schedule import splitting
from phonein.schedule.models import PhoneIn, Series

IS_PUBLISHED = PhoneIn.published_at.is_not(None)
# Put together once, because every page asks it: that takes longer than the asking.
AT_SLUG = select(PhoneIn).where(IS_PUBLISHED, PhoneIn.slug == bindparam("slug"))
LAST = datetime(9999, 1, 1, tzinfo=UTC)
COMING = (
    select(PhoneIn)
    .where(IS_PUBLISHED, PhoneIn.ends_at > bindparam("now"), PhoneIn.starts_at < bindparam("before"))
    .order_by(PhoneIn.starts_at, PhoneIn.slug)
    .options(joinedload(PhoneIn.leaders))
)
# What the anonymous door knows of a phone-in, and all that its own database role may read of it: no number to dial and
# no PIN, nobody who leads and nobody who booked.
SEEN_AT_THE_DOOR = (
    PhoneIn.id,
    PhoneIn.slug,
    PhoneIn.title,
    PhoneIn.starts_at,
    PhoneIn.ends_at,
    PhoneIn.zone_name,
    PhoneIn.seats,
    PhoneIn.asks_open_at,
    PhoneIn.asks_close_at,
    PhoneIn.released_through,
    PhoneIn.published_at,
    PhoneIn.cancelled_at,
    PhoneIn.holders,
    PhoneIn.key_print,
    PhoneIn.reviewer_id,
    PhoneIn.care_notice,
)


def published() -> list[PhoneIn]:
    """Everything that is published: past, coming and cancelled."""
    return _in_order(IS_PUBLISHED)


def upcoming(now: datetime, *, before: datetime = LAST) -> list[PhoneIn]:
    """What is published, not over yet, and starts before that."""
    return list(db.session.scalars(COMING, {"now": now, "before": before}).unique())


def later(begin: datetime) -> list[PhoneIn]:
    """What starts then or later, by no more than its time and its seats: to be counted."""
    only = load_only(PhoneIn.starts_at, PhoneIn.zone_name, PhoneIn.seats, PhoneIn.taken, PhoneIn.cancelled_at)
    return list(db.session.scalars(select(PhoneIn).where(IS_PUBLISHED, PhoneIn.starts_at >= begin).options(only)))


def number_from(begin: datetime) -> int:
    """How many there are that start then or later."""
    return db.session.scalar(select(func.count()).where(IS_PUBLISHED, PhoneIn.starts_at >= begin)) or 0


def next_open(now: datetime, most: int) -> list[PhoneIn]:
    """What takes place next and has not begun."""
    return _in_order(*_takes_place_after(now), most=most)


def between(begin: datetime, end: datetime) -> list[PhoneIn]:
    """What is published and starts at `begin` or later and before `end`."""
    return _in_order(IS_PUBLISHED, PhoneIn.starts_at >= begin, PhoneIn.starts_at < end)


def other_dates(phone_in: PhoneIn, now: datetime, most: int) -> list[PhoneIn]:
    """The next dates of the same series that take place, without this one; of none where it belongs to none."""
    if phone_in.series is None:
        return []
    return _in_order(*_takes_place_after(now), PhoneIn.id != phone_in.id, _is_of(phone_in.series), most=most)


def date_before(phone_in: PhoneIn) -> PhoneIn | None:
    """The last date of the same series before this one that took place."""
    if phone_in.series is None:
        return None
    is_before = PhoneIn.starts_at < phone_in.starts_at, PhoneIn.cancelled_at.is_(None), _is_of(phone_in.series)
    return next(iter(_in_order(IS_PUBLISHED, *is_before, most=1, last_first=True)), None)


def others_with_seats(phone_in: PhoneIn, now: datetime, most: int) -> list[PhoneIn]:
    """What else takes place next and has seats left: of other series, or of none."""
    is_other = PhoneIn.id != phone_in.id
    if phone_in.series is not None:
        is_other = or_(PhoneIn.series_id.is_(None), ~_is_of(phone_in.series)) & is_other
    return _in_order(*_takes_place_after(now), is_other, PhoneIn.taken < PhoneIn.seats, most=most)


def by_slug(slug: str) -> PhoneIn | None:
    """The published phone-in at this address. Who leads it is read where it is asked for: a booking does not."""
    found: PhoneIn | None = db.session.scalar(AT_SLUG, {"slug": slug})
    return found


def at_the_door(slug: str) -> PhoneIn | None:
    """The published phone-in at this address as the anonymous door may see it: what is not in `SEEN_AT_THE_DOOR` cannot
    be had from it, neither now nor later, so nothing there can come to depend on it."""
    seen = select(PhoneIn).where(IS_PUBLISHED, PhoneIn.slug == slug).options(load_only(*SEEN_AT_THE_DOOR))
    phone_in = db.session.scalar(seen)
    if phone_in:
        db.session.expunge(phone_in)
    return phone_in


def led_by(person: Person, now: datetime, most: int) -> list[PhoneIn]:
    """What this person leads and has not ended yet, drafts too: the next `most`, in order."""
    return _in_order(PhoneIn.leaders.any(Person.id == person.id), PhoneIn.ends_at > now, most=most)


def once_led_by(person: Person, now: datetime, most: int) -> list[PhoneIn]:
    """What this person has led, the last first."""
    led = (PhoneIn.leaders.any(Person.id == person.id), PhoneIn.ends_at <= now)
    return _in_order(*led, most=most, last_first=True)


def led_by_or_none(person: Person, slug: str) -> PhoneIn | None:
    """The phone-in at this address, if this person leads it; drafts too."""
    return next(iter(_in_order(PhoneIn.leaders.any(Person.id == person.id), PhoneIn.slug == slug)), None)


def hold_all(slugs: Collection[str]) -> None:
    """Keep everyone else off these phone-ins until the transaction ends: always in one order, and before anything of
    them is read, or two who want what the other holds would wait for one another."""
    for phone_in in db.session.scalars(select(PhoneIn).where(PhoneIn.slug.in_(slugs)).order_by(PhoneIn.id)).all():
        hold(phone_in)


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


def _takes_place_after(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return IS_PUBLISHED, PhoneIn.cancelled_at.is_(None), PhoneIn.starts_at > now


def _is_of(series: Series) -> ColumnElement[bool]:
    return PhoneIn.series_id.in_(splitting.family(series))


def _in_order(*conditions: ColumnElement[bool], most: int | None = None, last_first: bool = False) -> list[PhoneIn]:
    order = (PhoneIn.starts_at.desc(), PhoneIn.slug) if last_first else (PhoneIn.starts_at, PhoneIn.slug)
    query = select(PhoneIn).where(*conditions).order_by(*order).limit(most)
    loaded = query.options(joinedload(PhoneIn.series), selectinload(PhoneIn.leaders))
    return list(db.session.scalars(loaded))
