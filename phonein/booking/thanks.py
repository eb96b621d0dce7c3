"""After the call, a thank-you to everybody who had a seat, with where to say how it was and the next dates."""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from phonein import clock, formats
from phonein.booking import reminders
from phonein.booking.models import Booking
from phonein.booking.reminders import SEAT_STANDS
from phonein.db import db
from phonein.delivery import letters, news
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn

KIND = "thanks"
NO_LATER = timedelta(days=1)
LONGEST_CALL = timedelta(days=1)  # so that the index on the start is of use
NEXT_DATES = 3


def say() -> int:
    """One round: a letter to everybody who had a seat in what is over now; how many."""
    now = clock.now()
    is_over = (
        PhoneIn.starts_at > now - NO_LATER - LONGEST_CALL,
        PhoneIn.starts_at < now,
        PhoneIn.ends_at > now - NO_LATER,
        PhoneIn.ends_at <= now,
    )
    had_a_seat = (
        select(Booking.id, Person.email, PhoneIn.starts_at, PhoneIn.ends_at)
        .join(Booking.phone_in)
        .join(Booking.person)
        .where(*SEAT_STANDS, *is_over, ~reminders.was_written(KIND))
    )
    found: dict[tuple[datetime, datetime], dict[int, str]] = {}
    for number, email, starts_at, ends_at in db.session.execute(had_a_seat):
        found.setdefault((starts_at, ends_at), {})[number] = email
    return sum(
        reminders.write_once(KIND, starts_at, seats, about=f"{KIND} {{}}", until=ends_at + NO_LATER)
        for (starts_at, ends_at), seats in found.items()
    )


@news.written_by(KIND)
def write(letter: Letter) -> bool:
    """Write the letter, if they had the seat to the end. It is the same for everybody, but for their clock."""
    booking = reminders.booking_of(letter)
    if booking is None or not reminders.still_holds(booking):
        return False
    phone_in = booking.phone_in
    letters.fill(
        letter,
        KIND,
        phone_in=phone_in,
        person=booking.person,
        feedback=f"{current_app.config['QUESTIONS_URL']}/q/{phone_in.slug}/feedback/",
        next_dates=[
            (one, formats.address("schedule.phone_in_page", slug=one.slug))
            for one in programme.other_dates(phone_in, clock.now(), NEXT_DATES)
        ],
        programme=formats.address("schedule.programme_page"),
    )
    return True
