"""What we write back when a calendar's reply did not do what whoever sent it may think.

`give_back` is the address at which the seat can be given back without signing in.
"""

from typing import Any

from phonein import formats
from phonein.delivery import letters, outbox
from phonein.delivery.models import Letter


def old_time(booking: Any, before: Any, give_back: str) -> None:
    """They declined the time that was told `before`: are they coming now?"""
    _to_person("reply-old-time", booking, before=before, give_back=give_back)


def no_seat(booking: Any, *, about: str, in_calendar: bool, is_full: bool) -> None:
    """They said yes to a seat that they had given back, and did not get it again."""
    _out_of_calendar("reply-no-seat", booking, about, in_calendar, is_full=is_full)


def booked_again(booking: Any, *, about: str, in_calendar: bool) -> None:
    """They said yes to a seat that they had given back, and have another one now, with an entry of its own."""
    _out_of_calendar("reply-booked-again", booking, about, in_calendar)


def passed_on(booking: Any) -> None:
    """They gave their seat to somebody else, which cannot be done."""
    _to_person("reply-passed-on", booking)


def other_time(booking: Any, give_back: str) -> None:
    """They proposed another time."""
    _to_person("reply-other-time", booking, give_back=give_back)


def not_acted_on(booking: Any, give_back: str) -> None:
    """Somebody replied for them, or in a way that could be anybody's. Goes to the booked address alone."""
    _to_person("reply-not-acted-on", booking, give_back=give_back)


def forwarded(phone_in: Any) -> None:
    """To those who lead it: somebody without a seat has the invitation. Names nobody."""
    for leader in phone_in.leaders:
        page = formats.address("schedule.phone_in_page", slug=phone_in.slug)
        letters.post(letters.write("reply-forwarded", leader.email, phone_in=phone_in, person=leader, page=page))


def _out_of_calendar(name: str, booking: Any, about: str, in_calendar: bool, **context: Any) -> None:
    """Takes the old entry out of the calendar that has just said yes to it, or it would be there for good.

    `about` is what letters about this seat are about: they leave one after the other.
    """
    letter = Letter(to_address=booking.person.email, message_id=outbox.new_message_id(), about=about)
    letters.about_seat(letter, name, booking, method="CANCEL" if in_calendar else None, answer="", **context)
    letters.post(letter)


def _to_person(name: str, booking: Any, **context: Any) -> None:
    letters.post(
        letters.write(
            name,
            booking.person.email,
            booking=booking,
            phone_in=booking.phone_in,
            person=booking.person,
            page=formats.address("schedule.phone_in_page", slug=booking.phone_in.slug),
            **context,
        )
    )
