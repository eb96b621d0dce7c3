"""“Still coming?”, three days before a phone-in in which seats are scarce, so that one that nobody will use finds
somebody in time. No answer keeps the seat, and nothing is ever held against anybody."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from phonein import clock
from phonein.booking import line, reminders, seat_links
from phonein.booking.models import Booking
from phonein.booking.reminder_times import ASKED_BEFORE, STILL_COMING
from phonein.booking.reminders import SEAT_STANDS
from phonein.db import db, hold
from phonein.delivery import letters, news
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

NOT_IN_THE_LAST = timedelta(days=1)  # then the reminder says where to give the seat back
MORNING, EVENING = time(7), time(21)


def ask() -> int:
    """One round: a letter to everybody who has not said so yet, unless it is night where they are; how many."""
    now = clock.now()
    in_time = PhoneIn.starts_at > now + NOT_IN_THE_LAST, PhoneIn.starts_at <= now + ASKED_BEFORE
    silent = (
        select(Booking.id, Person.email, Person.zone_name, PhoneIn.starts_at)
        .join(Booking.phone_in)
        .join(Booking.person)
        .where(
            *SEAT_STANDS,
            *in_time,
            _is_scarce(*in_time),
            Booking.confirmed_on.is_(None),
            ~reminders.was_written(STILL_COMING),
        )
    )
    found: dict[datetime, dict[int, str]] = {}
    for number, email, zone_name, starts_at in db.session.execute(silent):
        if MORNING <= now.astimezone(ZoneInfo(zone_name)).time() < EVENING:
            found.setdefault(starts_at, {})[number] = email
    return sum(
        reminders.write_once(STILL_COMING, at, seats, about=f"{STILL_COMING} {{}}", until=at - NOT_IN_THE_LAST)
        for at, seats in found.items()
    )


@news.written_by(STILL_COMING)
def write(letter: Letter) -> bool:
    """Write the letter, if they have neither said so nor lost the seat, and seats are scarce still."""
    booking = reminders.booking_of(letter)
    if booking is None or not reminders.still_holds(booking) or booking.confirmed_on:
        return False
    phone_in = booking.phone_in
    is_still_then = phone_in.starts_at - NOT_IN_THE_LAST == news.until(letter)
    this = PhoneIn.id == phone_in.id
    if not is_still_then or not db.session.scalar(select(PhoneIn.id).where(this, _is_scarce(this))):
        return False
    page = seat_links.address(booking)
    letters.fill(letter, STILL_COMING, phone_in=phone_in, person=booking.person, page=page)
    return True


def confirm(booking: Booking) -> None:
    """They are coming. Where there is no seat any more, or nothing to come to, nothing changes."""
    hold(booking.phone_in)
    db.session.refresh(booking)
    if seat_links.standing(booking) == "held" and booking.confirmed_on is None:
        booking.confirmed_on = clock.today()


def can_confirm(booking: Booking) -> bool:
    """Whether it is time for saying so."""
    return seat_links.standing(booking) == "held" and booking.phone_in.starts_at <= clock.now() + ASKED_BEFORE


def _is_scarce(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether no seat is free in one of these phone-ins, or somebody waits for one."""
    waits = line.waiting_for(*which)
    return or_(PhoneIn.taken >= PhoneIn.seats, PhoneIn.id.in_(select(waits.c.phone_in_id)))
