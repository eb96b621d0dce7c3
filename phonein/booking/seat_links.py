"""A link in a letter that gives one seat back without signing in. Whoever holds it holds the letter, and needs no more.

It names the booking and is signed with what makes it that booking and no other. So it dies with the seat: once that is
given back and booked again, the new seat has a link of its own.
"""

import hashlib
import secrets

from flask import current_app
from itsdangerous import Signer

from phonein import clock, formats
from phonein.booking.models import Booking
from phonein.db import db

SALT = "give this seat back"
MOST = 2**31  # what the column of a booking's number can hold
LONGEST = len(str(MOST))  # Python does not turn thousands of digits into a number


def address(booking: Booking) -> str:
    """The address for letters. It stays the same as long as the booking does."""
    return formats.address("seat_links.seat_page", token=_token(booking))


def booking_for(token: str) -> Booking | None:
    """The booking that this link is about, given back or not; None if we never made this link."""
    number = token.partition(".")[0]
    if not (number.isascii() and number.isdecimal() and len(number) <= LONGEST) or int(number) >= MOST:
        return None
    booking = db.session.get(Booking, int(number))
    return booking if booking and secrets.compare_digest(_token(booking).encode(), token.encode()) else None


def standing(booking: Booking) -> str:
    """In a word: "held", or why there is nothing to give back: "given back", "cancelled", "begun"."""
    if not booking.is_live:
        return "given back"
    if booking.phone_in.is_cancelled:
        return "cancelled"
    return "begun" if booking.phone_in.has_begun(clock.now()) else "held"


def _token(booking: Booking) -> str:
    """Its number is not enough: SQLite may use it again once a booking has been forgotten."""
    number = str(booking.id)
    what = f"{number} {booking.person_id} {booking.phone_in.uid}"
    signer = Signer(current_app.config["SECRET_KEY"], salt=SALT, digest_method=hashlib.sha256)
    return f"{number}.{signer.get_signature(what).decode()}"
