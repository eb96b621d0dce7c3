"""Telling people, and their calendars, how their seat stands: what is new since they were last told, and no more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from phonein import clock
from phonein.booking import moved, reminders, seat_links
from phonein.booking.models import Booking, new_uid
from phonein.booking.standing import Standing, different
from phonein.db import db, hold
from phonein.delivery import invites, letters, news
from phonein.delivery.models import Letter
from phonein.schedule.models import PhoneIn

# An admin often changes one thing, and then another, or sees at once that it was wrong.
CHANGES_GATHER = timedelta(seconds=10)
TOLD_OF = (  # put together once: that takes longer than the asking
    select(Booking)
    .where(Booking.id == bindparam("number"))
    .options(joinedload(Booking.person), joinedload(Booking.phone_in).selectinload(PhoneIn.leaders))
)
NEWS = {
    "seat-booked": "Your seat was booked",
    "phone-in-changed": "Something changed",
    "seat-given-back": "Your seat was given back",
    "seat-moved-here": "You moved your seat here",
    "seat-moved-away": "You moved your seat to another date",
    "phone-in-cancelled": "The phone-in was cancelled",
    "phone-in-back-on": "It takes place after all",
    "calendar-set-right": "Your calendar was set right, as you chose",
    "calendar-again": "You asked to be told once more",
}


@dataclass(frozen=True)
class Told:
    """One thing that somebody was told about their seat: on which day, and what their calendar was told with it."""

    turn: int
    name: str
    on: date
    method: str | None
    sequence: int | None
    standing: Standing


def about(booking: Booking) -> str:
    """What letters about this seat are about: one name for good, whatever it is called in calendars."""
    return f"seat {booking.id}"


def tell(bookings: Iterable[Booking], *, settle: bool = False) -> int:
    """Something about these seats is different now; how many there are. Each person gets a letter, unless it turns out
    that there is nothing new; with `settle` it waits a moment for further changes.

    The number in their calendars goes up and never down (RFC 5546 2.1.4). The letters come first and the bookings
    after them, as a postman takes them: nobody waits for the other.
    """
    changed, now = list(bookings), clock.now()
    _post(changed, wait=CHANGES_GATHER if settle else timedelta())
    reminders.pass_over(changed)
    for booking in changed:
        booking.sequence += 1
        booking.stamped_at = invites.next_stamp(booking.stamped_at, now)
    return len(changed)


def of_new_seat(booking: Booking) -> None:
    """The first letter about a seat."""
    news.post({about(booking): booking.person.email}, is_first=True)
    reminders.pass_over([booking])


def send_again(booking: Booking) -> None:
    """Tell the whole of it once more, under the same number, to mend a calendar that has lost it (RFC 5546 3.2.2.7)."""
    hold(booking.phone_in)
    news.post({about(booking): booking.person.email}, again=True)
    booking.stamped_at = invites.next_stamp(booking.stamped_at, clock.now())


def told(booking: Booking) -> list[Told]:
    """All that this person and their calendar were told about this seat, oldest first."""
    return [
        Told(
            turn=letter.turn,
            name=letter.name,
            on=(letter.sent_at or letter.posted_at).date(),
            method=letter.method,
            sequence=letter.sequence,
            standing=Standing.read(letter.telling),
        )
        for letter in news.told(about(booking))
    ]


def is_waiting(booking: Booking) -> bool:
    """Whether a letter about this seat is still on its way."""
    waits = select(Letter.id).where(Letter.about == about(booking), Letter.is_unfinished())
    return db.session.scalar(waits.limit(1)) is not None


def count_as_told(letter: Letter) -> None:
    """For the demonstration: nobody gets this letter, and yet whoever it is for has been told how their seat stands."""
    booking = _booking(letter)
    if booking is not None:
        letter.name, letter.method, letter.sequence = "seat-booked", "REQUEST", booking.sequence
        letter.telling = Standing.of(booking).written()
        letter.mark_sent()


@news.written_by("seat")
def write(letter: Letter) -> bool:
    """Write the letter as the seat stands now, against what was told last."""
    booking = _booking(letter)
    if booking is None:
        return False
    earlier = news.told(str(letter.about)) if letter.turn else []  # before the first letter nothing was told
    again = news.is_asked_again(letter)
    before = Standing.read(earlier[-1].telling) if earlier else None
    if _uses_up_its_name(earlier, booking):
        booking.uid, booking.sequence = new_uid(), 0
        booking.answer_sequence = booking.answer_stamped_at = None
    now = Standing.of(booking)
    holds = before is not None and before.times == now.times
    if before and booking.is_live and not holds:
        booking.answer, booking.confirmed_on = "", None  # what they, or a calendar, said to another time
    other = _moved_with(before, now, booking)
    name = _name(before, now, booking, other, again)
    if name is None:
        return False
    letters.about_seat(
        letter,
        name,
        booking,
        method=_method(before, now, booking, again),
        answer=booking.answer if holds else "",
        what=different(before, now) if before else [],
        give_back=seat_links.address(booking),
        other=other,
    )
    letter.telling = now.written(again=again)  # a wish to be told once more outlives a server that says “not now”
    return True


def _uses_up_its_name(earlier: list[Letter], booking: Booking) -> bool:
    """Whether this entry has been taken out of the calendar and shall be in it again. It comes back under another UID,
    because programs disagree on what a request after a cancellation means."""
    last = next((letter for letter in reversed(earlier) if letter.method), None)
    if last is None or last.method != "CANCEL" or Standing.read(last.telling).uid != booking.uid:
        return False
    return (wanted := Standing.of(booking)).has_seat and wanted.in_calendar


def _moved_with(before: Standing | None, now: Standing, booking: Booking) -> Booking | None:
    """The seat that this one was moved to or from, as far as the person has heard of it or will: the dates between, if
    it was moved on before any letter left, are passed over."""
    if before is None and now.has_seat:
        other = moved.given_back_for(booking)
        while other and not news.told(about(other)):
            other = moved.given_back_for(other)
    elif before and before.has_seat and not booking.is_live:
        other = moved.had_instead(booking)
        while other and not other.is_live:
            other = moved.had_instead(other)
    else:
        return None
    return other if other and other.phone_in_id != booking.phone_in_id else None


def _name(before: Standing | None, now: Standing, booking: Booking, other: Booking | None, again: bool) -> str | None:
    """What has happened since, as the name of a letter; None for nothing. `other` is the seat it was moved to or from:
    the letter about the new one says it all, and the old one has a letter only to take it out of a calendar."""
    if before is None or not before.has_seat:
        if now.has_seat and before is None:
            return "seat-moved-here" if other else "seat-booked"
        if now.has_seat:
            return "phone-in-back-on"
        return "calendar-again" if again and before else None
    if not now.has_seat and other:
        return "seat-moved-away" if before.in_calendar else None
    if not now.has_seat:
        return "phone-in-cancelled" if booking.is_live else "seat-given-back"
    if different(before, now):
        return "phone-in-changed"
    if before.by_letter != now.by_letter:
        return "calendar-set-right"
    return "calendar-again" if again else None


def _method(before: Standing | None, now: Standing, booking: Booking, again: bool) -> str | None:
    """What the calendar is told. One whose own reply gave the seat back has struck it out already."""
    if now.has_seat and now.in_calendar:
        return "REQUEST"
    was_in = before is not None and before.in_calendar and (before.has_seat or again)
    return "CANCEL" if was_in and booking.answer != "declined" else None


def _post(bookings: list[Booking], wait: timedelta = timedelta()) -> None:
    news.post({about(booking): booking.person.email for booking in bookings}, wait=wait)


def _booking(letter: Letter) -> Booking | None:
    found: Booking | None = db.session.scalar(TOLD_OF, {"number": int(str(letter.about).split()[1])})
    return found
