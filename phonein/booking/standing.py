"""How a seat stands, as far as somebody or their calendar is told; and what is different from what they were told."""

import json
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from zoneinfo import ZoneInfo

from phonein import formats
from phonein.booking.models import Booking
from phonein.delivery import news
from phonein.identity.models import Calendar

WORDS = {
    "title": "the title",
    "leaders": "who leads it",
    "dial_in_number": "the number to call",
    "freephone": "the free number",
    "pin": "the PIN",
}


@dataclass(frozen=True)
class Standing:
    """How a seat stands, as far as somebody or their calendar is told."""

    has_seat: bool
    in_calendar: bool
    is_discreet: bool
    uid: str
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    title: str
    leaders: str
    dial_in_number: str
    freephone: str
    pin: str

    @classmethod
    def of(cls, booking: Booking) -> "Standing":
        phone_in, person = booking.phone_in, booking.person
        return cls(
            has_seat=booking.is_live and not phone_in.is_cancelled,
            in_calendar=person.calendar == Calendar.INVITATIONS,
            is_discreet=person.is_discreet,
            uid=booking.uid,
            starts_at=phone_in.starts_at,
            ends_at=phone_in.ends_at,
            zone_name=phone_in.zone_name,
            title=phone_in.title,
            leaders=formats.listed([leader.name for leader in phone_in.leaders]),
            dial_in_number=phone_in.dial_in_number,
            freephone=phone_in.freephone or "",
            pin=phone_in.pin,
        )

    @classmethod
    def read(cls, telling: str | None) -> "Standing":
        told = json.loads(telling or "{}")
        times = {name: datetime.fromisoformat(told[name]) for name in ("starts_at", "ends_at")}
        return cls(**{field.name: told[field.name] for field in fields(cls)} | times)

    def written(self, *, again: bool = False) -> str:
        return json.dumps(asdict(self) | ({news.AGAIN: True} if again else {}), default=datetime.isoformat)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def by_letter(self) -> tuple[str, bool] | None:
        """What letters have put into the calendar: under which name, and how discreetly; None for nothing."""
        return (self.uid, self.is_discreet) if self.in_calendar else None

    @property
    def times(self) -> tuple[datetime, datetime]:
        return self.starts_at, self.ends_at


def different(before: Standing, now: Standing) -> list[str]:
    """What is different, in words, for people whose calendar does not show it."""
    found = []
    if before.times != now.times:
        found.append(f"it is now on {formats.when(now)}; before, it was {formats.when(before)}")
    for name, words in WORDS.items():
        value = getattr(now, name)
        if value != getattr(before, name):
            found.append(f"{words} is now {value}" if value else f"{words} is no longer used")
    return found
