"""To which time somebody's calendar has replied: what it was told under that number, against what holds now."""

from datetime import datetime

from phonein.booking import telling
from phonein.booking.models import Booking
from phonein.booking.standing import Standing


def other_than_now(booking: Booking, sequence: int) -> Standing | None:
    """What was told with this SEQUENCE, if it was another time than the one that holds now.

    Between two numbers that we told the lower one counts; some programs leave the number out, which is 0.
    """
    told = _told(booking)
    heard = [standing for number, standing in told if number <= sequence] or [standing for _, standing in told[:1]]
    now = booking.phone_in.starts_at, booking.phone_in.ends_at
    return heard[-1] if heard and heard[-1].times != now else None


def is_or_was_at(booking: Booking, moment: datetime | None) -> bool:
    """Whether this phone-in starts at that moment, or did so when its calendar entry was told."""
    starts = {booking.phone_in.starts_at, *(standing.starts_at for _, standing in _told(booking))}
    return moment in starts


def _told(booking: Booking) -> list[tuple[int, Standing]]:
    """What this entry was told, oldest first, each with its number."""
    return [
        (one.sequence or 0, one.standing)
        for one in telling.told(booking)
        if one.method == "REQUEST" and one.standing.uid == booking.uid
    ]
