"""What leaves the building: Sam's seat in a phone-in on a Tuesday evening, and ways of looking at what is written."""

from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event

from phonein.delivery.invites import Entry

SERVICE = "Phonein <phone-in@service.example>"


def an_entry(**changes: Any) -> Entry:
    usual = {
        "uid": "5f0e6a0c-1d5b-4a53-9c55-0a6a54b1a111@service.example",
        "sequence": 0,
        "stamped_at": datetime(2026, 3, 24, tzinfo=UTC),
        "starts_at": datetime(2026, 3, 31, 18, 30, tzinfo=UTC),
        "ends_at": datetime(2026, 3, 31, 19, 30, tzinfo=UTC),
        "zone_name": "Europe/London",
        "title": "Sleep after night shifts",
        "summary": "What helps, and what does not.",
        "dial_in_number": "020 7946 0111",
        "freephone": "0808 157 0111",
        "pin": "4821",
        "url": "https://phonein.service.example/app/phone-ins/sleep-2026-03-31/",
        "organizer": SERVICE,
        "attendee": "sam@service.example",
        "attendee_name": "Sam Seat",
    }
    return Entry(**usual | changes)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lines(written: bytes) -> list[str]:
    """The content lines, unfolded (RFC 5545 3.1)."""
    return written.decode().replace("\r\n ", "").split("\r\n")


def event(written: bytes) -> Event:
    [event] = Calendar.from_ical(written).events
    return event
