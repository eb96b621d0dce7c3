"""What is in each feed: the phone-ins in which somebody has a seat, those that somebody leads, or all that is on.

Nothing here depends on the hour: a feed changes with what it shows, and with the day.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import contains_eager

from phonein import clock, formats
from phonein.booking.models import Booking
from phonein.db import db
from phonein.delivery import feeds, invites, letters
from phonein.delivery.dial_in import how_to_call, one_line, ways
from phonein.delivery.feeds import Cover
from phonein.delivery.showing import DISCREET_TITLE, Showing
from phonein.identity.feed_addresses import Feed, Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

PAST = timedelta(days=90)
AHEAD = timedelta(days=400)
DAY = timedelta(days=1)
CANCELLED_SHOWN = timedelta(days=30)
LEADING = "Leading a phone-in"
IS_CANCELLED = "This phone-in is cancelled."


def written(feed: Feed, token: str) -> bytes:
    """The feed as it stands, the same bytes for as long as nothing that it shows is different."""
    address, owner = formats.address("feeds.read", token=token), feed.person
    if owner is None:
        cover = Cover("Phone-ins", "Everything that is on. The link in each leads to its page.", address)
        return feeds.written(cover, _programme())
    shown = _seats(owner) if feed.purpose == Purpose.SEATS else _leads(owner)
    return feeds.written(_cover(owner, Purpose(feed.purpose), address), shown)


def _cover(owner: Person, purpose: Purpose, address: str) -> Cover:
    if owner.is_discreet:
        return Cover(f"{DISCREET_TITLE}s", "Calls that you have planned.", address, is_discreet=True)
    if purpose == Purpose.SEATS:
        return Cover("My phone-ins", "The phone-ins in which you have a seat.", address)
    return Cover("Phone-ins that I lead", "With the number of seats taken, and nobody’s name.", address)


def _seats(person: Person) -> list[Showing]:
    found = (
        select(Booking)
        .join(Booking.phone_in)
        .where(Booking.person_id == person.id, Booking.given_back_on.is_(None), *_around_today())
        .options(contains_eager(Booking.phone_in).joinedload(PhoneIn.leaders))
    )
    booked = db.session.scalars(found).unique()
    return [invites.shown(letters.entry_for(one), is_cancelled=one.phone_in.is_cancelled) for one in booked]


def _leads(person: Person) -> list[Showing]:
    """The number booked changes without SEQUENCE: it is no news that anybody must act on."""
    led = _published(PhoneIn.leaders.any(Person.id == person.id))
    return [_discreetly_led(one) if person.is_discreet else _led(one) for one in led]


def _programme() -> list[Showing]:
    return [_on(one) for one in _published()]


def _led(phone_in: PhoneIn) -> Showing:
    booked = [one_line(phone_in.title), f"{phone_in.taken} of {phone_in.seats} seats are taken."]
    link = formats.address("desk.hub", slug=phone_in.slug)
    is_off = phone_in.is_cancelled
    return _showing(
        phone_in,
        title=LEADING,
        url=link,
        lines=(*([IS_CANCELLED, ""] if is_off else how_to_call(phone_in)), *booked, "", "Your desk for it:", link),
        location="" if is_off else next((way.line for way in ways(phone_in)), "By phone"),
        ways=() if is_off else ways(phone_in),
    )


def _discreetly_led(phone_in: PhoneIn) -> Showing:
    link = formats.address("desk.mine")
    return _showing(phone_in, title=DISCREET_TITLE, url=link, lines=("Details:", link))


def _on(phone_in: PhoneIn) -> Showing:
    """As the programme has it: for anybody who has the address, so without a number to call."""
    link = formats.address("schedule.phone_in_page", slug=phone_in.slug)
    about = [one_line(line) for line in phone_in.summary.splitlines()]
    what_to_do = [IS_CANCELLED] if phone_in.is_cancelled else [*about, "", "To book a seat, or to ask without a name:"]
    return _showing(
        phone_in,
        title=one_line(phone_in.title),
        url=link,
        lines=(*what_to_do, link),
        is_private=False,
        takes_time=False,
    )


def _showing(phone_in: PhoneIn, **facts: Any) -> Showing:
    return Showing(
        uid=phone_in.uid,
        sequence=phone_in.edition,
        stamped_at=phone_in.stamped_at,
        starts_at=phone_in.starts_at,
        ends_at=phone_in.ends_at,
        zone_name=phone_in.zone_name,
        is_cancelled=phone_in.is_cancelled,
        **facts,
    )


def _published(*conditions: ColumnElement[bool]) -> list[PhoneIn]:
    is_on = PhoneIn.published_at.is_not(None)
    return list(db.session.scalars(select(PhoneIn).where(is_on, *conditions, *_around_today())))


def _around_today() -> tuple[ColumnElement[bool], ...]:
    midnight = datetime.combine(clock.today(), time(), UTC)
    return (
        PhoneIn.ends_at > midnight - PAST,
        PhoneIn.starts_at < midnight + AHEAD + DAY,
        or_(PhoneIn.cancelled_at.is_(None), PhoneIn.cancelled_at > midnight - CANCELLED_SHOWN),
    )
