"""Feeds as programs read them: at their address, with nothing but that."""

from typing import Any

from icalendar import Calendar, Event

from phonein.booking import seats
from phonein.db import transaction
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn


def address(person: Person | None, purpose: Purpose = Purpose.SEATS) -> str:
    """Where this feed is read, as a path; made where it had no address."""
    with transaction():
        feed_addresses.make(person, purpose)
        feed = feed_addresses.of(person, purpose)
        assert feed
        return f"/feeds/{feed.token}.ics"


def book(phone_in: PhoneIn, *people: Person) -> None:
    with transaction():
        for person in people:
            seats.take(phone_in, by=person)


def events(answer: Any) -> list[Event]:
    assert answer.status_code == 200, answer.status
    return list(Calendar.from_ical(answer.data).events)
