"""The admin's verbs over several areas: what a change to the schedule means for those who have booked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein import clock
from phonein.booking import seats, waiting
from phonein.db import db, hold
from phonein.desk import review
from phonein.identity.models import Person
from phonein.identity.people import facilitators
from phonein.schedule import by_hand, changes, revision
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.revision import Plan


def leaders(ids: list[int]) -> list[Person]:
    """The facilitators with these ids."""
    return [person for person in facilitators() if person.id in ids]


def reviewers(row: PhoneIn | Series | None) -> list[Person]:
    """Who can be safeguarding reviewer or deputy: facilitators, and whoever is it now for this phone-in or series and
    has not left; by name."""
    now = [db.session.get(Person, id_) for id_ in (row.reviewer_id, row.deputy_id) if id_] if row else []
    there = {person for person in now if person and person.may_sign_in()}
    return sorted({*facilitators(), *there}, key=lambda person: person.name)


def give_reviewers(phone_in: PhoneIn, *, reviewer_id: int | None, deputy_id: int | None) -> None:
    """Another reviewer or deputy for one phone-in: also once it has begun, because what was asked is still there."""
    hold(phone_in)
    before = phone_in.reviewer_id
    phone_in.reviewer_id, phone_in.deputy_id = reviewer_id, deputy_id
    by_hand.note(phone_in)
    review.heed_another(phone_in, before=before)


def move(phone_in: PhoneIn, *, to: datetime, minutes: int, edition: int | None = None) -> int:
    """Move one phone-in and tell everybody who has a seat, or waits for one; how many have a seat."""
    if not changes.move(phone_in, to=to, minutes=minutes, edition=edition):
        return 0
    waiting.heed([phone_in], tell=True)
    return seats.tell_all(phone_in)


def change(phone_in: PhoneIn, **facts: Any) -> int:
    """Change one phone-in and tell everybody who has a seat what they need to know; how many are told. Seats that are
    new go to those who wait."""
    reviewer = phone_in.reviewer_id
    is_told = changes.change(phone_in, **facts)
    review.heed_another(phone_in, before=reviewer)
    waiting.heed([phone_in], tell=False)
    return seats.tell_all(phone_in) if is_told else 0


def cancel(phone_in: PhoneIn, *, reason: str) -> int:
    """Cancel one phone-in and tell everybody who has a seat, or waits for one; how many have a seat. Cancelling twice
    tells once."""
    if not changes.cancel(phone_in, reason=reason):
        return 0
    waiting.heed([phone_in], tell=True)
    return seats.tell_all(phone_in)


def put_back_on(phone_in: PhoneIn) -> int:
    """Take a cancellation back and tell everybody who has kept a seat, or waits for one; how many have a seat."""
    if not changes.put_back_on(phone_in):
        return 0
    waiting.heed([phone_in], tell=True)
    return seats.tell_all(phone_in)


def give_new_pin(phone_in: PhoneIn) -> int:
    """Another PIN for one phone-in; how many are told."""
    return seats.tell_all(phone_in) if changes.give_new_pin(phone_in) else 0


def window_of(phone_in: PhoneIn) -> tuple[int, int]:
    """When questions may be asked, as admins say it: from how many days before, until how many hours before."""
    starts, opens = (at.astimezone(phone_in.zone) for at in (phone_in.starts_at, phone_in.asks_open_at))
    closes_before = phone_in.starts_at - phone_in.asks_close_at
    return (starts.date() - opens.date()).days, int(closes_before.total_seconds() // 3600)


def carry_out(series: Series, draft: Mapping[str, Any], *, from_start: datetime | None, edition: int | None) -> Plan:
    """Change a series, all coming dates or from one on, and tell everybody whose date is different now."""
    reviewers_before = {phone_in: phone_in.reviewer_id for phone_in in series.phone_ins}
    settled = revision.carry_out(series, draft, from_start=from_start, edition=edition, now=clock.now())
    for phone_in, before in reviewers_before.items():
        review.heed_another(phone_in, before=before)
    tell_of(settled)
    return settled


def tell_of(settled: Plan) -> int:
    """Tell everybody who has a seat in one of these dates, or waits for one; how many have a seat. Seats that are new
    go to those who wait."""
    different = {one.phone_in: one for one in settled.dates if one.phone_in and one.kind != "same"}
    heard = {phone_in for phone_in, one in different.items() if one.kind in ("moved", "off", "back")}
    waiting.heed(heard, tell=True)
    waiting.heed(different.keys() - heard, tell=False)
    return seats.tell_everybody(one.phone_in for one in settled.dates if one.phone_in and one.told)


def all_series() -> list[Series]:
    return list(db.session.scalars(select(Series).order_by(Series.title, Series.id)))


def series_by_slug(slug: str) -> Series | None:
    """The series at this address, with its dates and who leads each: however many there are, a few queries."""
    dates = selectinload(Series.phone_ins).selectinload(PhoneIn.leaders)
    every = (dates, selectinload(Series.leaders), selectinload(Series.left_out), selectinload(Series.extra))
    return db.session.scalar(select(Series).where(Series.slug == slug).options(*every))


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
