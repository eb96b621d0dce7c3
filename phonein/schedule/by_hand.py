"""What an admin has changed on one date by itself: those things no longer follow its series."""

from datetime import timedelta

from phonein import clock
from phonein.delivery import invites
from phonein.schedule.models import PhoneIn, Series

FACTS = ("title", "summary", "description", "seats", "dial_in_number", "freephone", "pin", "reviewer_id", "deputy_id")
NAMES = (*FACTS, "leaders", "time", "asking", "cancelled", "on")
WORDS = {
    "title": "its own title",
    "summary": "its own summary",
    "description": "its own description",
    "seats": "its own number of seats",
    "dial_in_number": "its own number to call",
    "freephone": "its own free number",
    "pin": "its own PIN",
    "reviewer_id": "its own safeguarding reviewer",
    "deputy_id": "its own deputy of the reviewer",
    "leaders": "its own leaders",
    "time": "its own time",
    "asking": "its own time for questions",
    "cancelled": "cancelled",
    "on": "put back on, though the series had left it out",
}


def own(phone_in: PhoneIn) -> set[str]:
    """The names of what this date has of its own."""
    return set(phone_in.own_facts.split())


def own_words(phone_in: PhoneIn) -> list[str]:
    return [WORDS[name] for name in NAMES if name in own(phone_in)]


def note(phone_in: PhoneIn) -> None:
    """This date has been changed by itself: note what is different from its series now, and count the edition.

    What is as in the series again follows it again.
    """
    if phone_in.series is not None:
        different = [name for name in NAMES if _differs(name, phone_in, phone_in.series)]
        phone_in.own_facts = " ".join(different)
    count_edition(phone_in)


def count_edition(row: PhoneIn) -> None:
    row.edition += 1
    row.stamped_at = invites.next_stamp(row.stamped_at, clock.now())


def _differs(name: str, phone_in: PhoneIn, series: Series) -> bool:
    if name == "leaders":
        return {leader.id for leader in phone_in.leaders} != {leader.id for leader in series.leaders}
    if name == "time":
        return phone_in.starts_at != phone_in.planned_at or phone_in.length != timedelta(minutes=series.minutes)
    if name == "asking":
        window = series.window(phone_in.starts_at)
        return (phone_in.asks_open_at, phone_in.asks_close_at) != (window.opens_at, window.closes_at)
    if name == "cancelled":
        return phone_in.is_cancelled
    if name == "on":
        return name in own(phone_in) and not phone_in.is_cancelled
    if name == "pin" and series.changes_pin:
        return name in own(phone_in)
    return bool(getattr(phone_in, name) != getattr(series, name))
