"""Reminding people of their seats. Nothing is scheduled: the sweep notices whose time has come, so that a phone-in that
is moved has its reminders moved with it. Each is one letter, once for each start."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import joinedload

from phonein import clock, formats
from phonein.booking import reminder_times, seat_links
from phonein.booking.models import Booking
from phonein.booking.reminder_models import Reminder
from phonein.db import add_each_unless_there, db, transaction
from phonein.delivery import letters, news
from phonein.delivery.models import Letter
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

AT_ONCE = 500
T = TypeVar("T")
SEAT_STANDS = (
    Booking.given_back_on.is_(None),
    PhoneIn.published_at.is_not(None),
    PhoneIn.cancelled_at.is_(None),
    Person.left_on.is_(None),
)


def remind() -> int:
    """One round: a letter to everybody whose chosen time has come; how many letters."""
    found: dict[tuple[str, datetime], dict[int, str]] = {}
    for kind, pairs in _come(clock.now()).items():
        for some in _chunks(pairs):
            for number, email, starts_at in db.session.execute(_seats(kind, some)):
                found.setdefault((kind, starts_at), {})[number] = email
    return sum(
        write_once(kind, starts_at, seats, about=f"reminder {{}} {kind}", until=starts_at)
        for (kind, starts_at), seats in found.items()
    )


def write_once(kind: str, starts_at: datetime, seats: Mapping[int, str], *, about: str, until: datetime) -> int:
    """A letter of this kind about each of these bookings, to the address beside it, unless there has been one for this
    start; how many. `about` has {} where the number of the booking stands. It is written when it leaves. Any number of
    sweeps may do this at once, in pieces that keep nobody waiting."""
    posted = 0
    for some in _chunks(sorted(seats)):
        with transaction():
            rows = [{"booking_id": number, "kind": kind, "starts_at": starts_at} for number in some]
            ours = [row.booking_id for row in add_each_unless_there(Reminder, rows)]
            news.post({about.format(number): seats[number] for number in ours}, until=until)
            posted += len(ours)
    return posted


def pass_over(bookings: Iterable[Booking]) -> None:
    """Whoever books, or hears of a change, knows by that what a reminder whose time has come would have said."""
    now = clock.now()
    rows = [
        {"booking_id": booking.id, "kind": kind, "starts_at": booking.phone_in.starts_at}
        for booking in bookings
        for kind in reminder_times.passed(booking.person.reminders, booking.phone_in.starts_at, now)
    ]
    for some in _chunks(rows):
        add_each_unless_there(Reminder, some)


def choose(minutes: set[int], *, by: Person) -> None:
    """From now on `by` is reminded so many minutes before; of what would have been due by now, not any more."""
    by.reminders = reminder_times.written(minutes)
    theirs = select(Booking).join(Booking.phone_in).options(joinedload(Booking.phone_in), joinedload(Booking.person))
    is_coming = Booking.given_back_on.is_(None), PhoneIn.starts_at > clock.now()
    pass_over(db.session.scalars(theirs.where(Booking.person_id == by.id, *is_coming)))


def still_holds(booking: Booking) -> bool:
    """Whether anything is to be said to them of this seat."""
    phone_in = booking.phone_in
    return booking.is_live and phone_in.is_published and not phone_in.is_cancelled and booking.person.may_sign_in()


def booking_of(letter: Letter) -> Booking | None:
    """The seat that a letter of ours is about."""
    number = int(str(letter.about).split()[1])
    return db.session.scalar(
        select(Booking)
        .where(Booking.id == number)
        .options(joinedload(Booking.person), joinedload(Booking.phone_in).selectinload(PhoneIn.leaders))
    )


@news.written_by("reminder")
def write(letter: Letter) -> bool:
    """Write the letter, if the seat, its start and the choice are still what they were."""
    booking, minutes = booking_of(letter), str(letter.about).split()[2]
    if booking is None or not still_holds(booking) or minutes not in booking.person.reminders.split():
        return False
    phone_in, now = booking.phone_in, clock.now()
    if phone_in.has_begun(now) or phone_in.starts_at != news.until(letter):
        return False
    letters.fill(
        letter,
        "reminder",
        booking=booking,
        phone_in=phone_in,
        person=booking.person,
        is_on=formats.day_from(now, phone_in),
        before=formats.span(timedelta(minutes=int(minutes))),
        give_back=seat_links.address(booking),
        page=formats.address("schedule.phone_in_page", slug=phone_in.slug),
        choice=formats.address("my_reminders.page"),
    )
    return True


def _come(now: datetime) -> dict[str, list[tuple[int, str]]]:
    """Which reminders are due: by kind, in which phone-ins, for people who have chosen what. However many have a seat,
    they have chosen one of a few things."""
    chosen = (
        select(PhoneIn.id, PhoneIn.starts_at, Person.reminders)
        .select_from(Booking)
        .join(Booking.phone_in)
        .join(Booking.person)
        .where(*SEAT_STANDS, PhoneIn.starts_at > now, PhoneIn.starts_at <= now + reminder_times.MOST)
        .distinct()
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for number, starts_at, reminders in db.session.execute(chosen):
        if kind := reminder_times.due(reminders, starts_at, now):
            found.setdefault(kind, []).append((number, reminders))
    return found


def _seats(kind: str, pairs: list[tuple[int, str]]) -> Select[int, str, datetime]:
    """The seats that have not had this reminder for this start, in these phone-ins and of people with these choices."""
    return (
        select(Booking.id, Person.email, PhoneIn.starts_at)
        .join(Booking.phone_in)
        .join(Booking.person)
        .where(*SEAT_STANDS, tuple_(PhoneIn.id, Person.reminders).in_(pairs), ~was_written(kind))
    )


def was_written(kind: str) -> ColumnElement[bool]:
    """Whether there has been a letter of this kind about a seat, for the start that its phone-in has now."""
    same = Reminder.booking_id == Booking.id, Reminder.starts_at == PhoneIn.starts_at
    return select(Reminder.kind).where(*same, Reminder.kind == kind).exists()


def _chunks(rows: list[T]) -> Iterator[list[T]]:
    for begin in range(0, len(rows), AT_ONCE):
        yield rows[begin : begin + AT_ONCE]
