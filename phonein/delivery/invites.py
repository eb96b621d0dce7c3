"""The calendar part of a letter: one entry, in one person's calendar, about one seat (RFC 5545, 5546, 7986)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Conference, Event, Timezone, vCalAddress
from icalendar.enums import CLASS, STATUS, TRANSP

from phonein.delivery.zones import NoYearlyRule, vtimezone

PRODUCT = "-//Phonein//Phonein//EN"
# Staff share their calendars without thinking of it, so what others may see says nothing of the theme.
NEUTRAL_TITLE = "Phone-in"
ALARM_BEFORE = timedelta(minutes=15)
HOME_COUNTRY = "44"  # where a number that begins with one 0 is at home
FEWEST_DIGITS, MOST_DIGITS = 7, 15  # E.164; fewer is a short code, which no tel: address can hold

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
BARE_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"\x00-\x1f\x7f-\x9f@]+@[^\s<>()\[\]:;,\"\x00-\x1f\x7f-\x9f@]+")
UNBROKEN = re.compile(r"[!-~]+")
PHONE_NUMBER = re.compile(r"\+?[0-9 ().\-\u2010-\u2013\xa0]+")


class UnfitEntry(Exception):
    """These facts cannot go into a calendar: an address, a name for good, or a time is not what it should be."""


@dataclass(frozen=True)
class Entry:
    """What one person's calendar is told of one seat.

    `uid` is the booking's name for good; `sequence` and `stamped_at` only rise (RFC 5546 2.1.4, 2.1.5). The times are
    instants. `summary` is what the phone-in is about, in plain text. `organizer` is the service's own mailbox as in
    MAIL_DEFAULT_SENDER, with or without a display name; `attendee` is a bare address.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    zone_name: str
    title: str
    summary: str
    dial_in_number: str
    freephone: str | None
    pin: str
    url: str
    organizer: str
    attendee: str
    attendee_name: str

    def __post_init__(self) -> None:
        """Raises UnfitEntry for what iCalendar cannot quote or what would be guessed at."""
        if not UNBROKEN.fullmatch(self.uid):
            raise UnfitEntry("a UID is one unbroken word")
        if not UNBROKEN.fullmatch(self.url) or not self.url.startswith(("https://", "http://")):
            raise UnfitEntry("the page's address is not a web address")
        if not all(BARE_ADDRESS.fullmatch(address) for address in (parseaddr(self.organizer)[1], self.attendee)):
            raise UnfitEntry("an e-mail address is not a bare address")
        if any(at.tzinfo is None for at in (self.stamped_at, self.starts_at, self.ends_at)):
            raise UnfitEntry("a time has no zone")


def request(entry: Entry) -> bytes:
    """The invitation, and every later word on the same seat while it lasts (RFC 5546 3.2.2)."""
    event = _event(entry, STATUS.CONFIRMED, TRANSP.OPAQUE)
    _tell_how_to_join(event, entry)
    event.add("organizer", _organizer(entry))
    event.add("attendee", _attendee(entry, partstat="NEEDS-ACTION", rsvp=True))
    # Outlook's "propose new time": one person cannot move a call that others have booked (MS-OXCICAL 2.1.3.1.1.20.38).
    event.add("x-microsoft-disallow-counter", "TRUE")
    event.add_component(Alarm.new_display(NEUTRAL_TITLE, -ALARM_BEFORE))
    return _written(entry, event, method="REQUEST")


def cancellation(entry: Entry) -> bytes:
    """The end of the entry, whoever wished it (RFC 5546 3.2.5).

    The times are there because common readers fail without them; how to join is not, because nobody joins any more.
    """
    event = _event(entry, STATUS.CANCELLED, TRANSP.TRANSPARENT)
    event.add("organizer", _organizer(entry))
    event.add("attendee", _attendee(entry))
    return _written(entry, event, method="CANCEL")


def published(entry: Entry) -> bytes:
    """The same seat as a file to download, for those whom the letter did not reach.

    It has no METHOD, and so no ORGANIZER and no ATTENDEE either (RFC 5545 3.8.4.3): opened from a file, an object with
    them makes Outlook ask for an answer, and then hang, refuse it, or answer in the person's name. Without them it is
    simply added. UID and SEQUENCE are the invitation's, so that programs which go by them see one entry, not two.
    Outlook on the desktop gives every file a UID of its own: only the letter's own invitation can prevent that.
    """
    event = _event(entry, STATUS.CONFIRMED, TRANSP.OPAQUE)
    _tell_how_to_join(event, entry)
    return _written(entry, event, method=None)


def next_stamp(last: datetime, now: datetime) -> datetime:
    """The DTSTAMP of the next message about an entry, after the one stamped `last`; both are instants.

    It must rise from message to message (RFC 5546 2.1.5), yet it stays in people's calendars and tells nobody at what
    hour somebody acted: it is the day in UTC, plus a second for each further message of that day.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(midnight, last + timedelta(seconds=1))


def _event(entry: Entry, status: STATUS, transparency: TRANSP) -> Event:
    starts, ends, _ = _times(entry)
    return Event.new(
        uid=entry.uid,
        sequence=entry.sequence,
        stamp=entry.stamped_at,
        start=starts,
        end=ends,
        summary=NEUTRAL_TITLE,
        status=status,
        transparency=transparency,
        classification=CLASS.PRIVATE,
    )


def _written(entry: Entry, event: Event, method: str | None) -> bytes:
    calendar = Calendar()  # not Calendar.new(), which adds a UID of its own, another each time
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    if method:
        calendar.add("method", method)
    zone = _times(entry)[2]
    if zone:
        calendar.add_component(zone)
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def _times(entry: Entry) -> tuple[datetime, datetime, Timezone | None]:
    """Start and end by the clock of the phone-in's zone, and that zone; or in UTC, where the clock cannot say it.

    A single entry is just as right in UTC; only the name of its zone is lost.
    """
    in_utc = entry.starts_at.astimezone(UTC), entry.ends_at.astimezone(UTC), None
    zone = ZoneInfo(entry.zone_name)
    starts, ends = entry.starts_at.astimezone(zone), entry.ends_at.astimezone(zone)
    if entry.zone_name in {"UTC", "Etc/UTC"} or _comes_twice(starts) or _comes_twice(ends):
        return in_utc
    try:
        return starts, ends, vtimezone(entry.zone_name, in_utc[0].year)
    except NoYearlyRule:
        return in_utc


def _comes_twice(local: datetime) -> bool:
    """Whether the clock shows this time twice, as in the night when it goes back: readers differ on which is meant."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _organizer(entry: Entry) -> vCalAddress:
    name, address = parseaddr(entry.organizer)
    return vCalAddress.new(address, cn=_line(name) or NEUTRAL_TITLE)


def _attendee(entry: Entry, partstat: str | None = None, rsvp: bool | None = None) -> vCalAddress:
    return vCalAddress.new(
        entry.attendee,
        cn=_line(entry.attendee_name) or entry.attendee,
        cutype="INDIVIDUAL",
        role="REQ-PARTICIPANT",
        partstat=partstat,
        rsvp=rsvp,
    )


def _tell_how_to_join(event: Event, entry: Entry) -> None:
    """LOCATION, CONFERENCE (RFC 7986 5.11) and DESCRIPTION. Few programs show CONFERENCE, so the others have it all."""
    ways = _ways(entry)
    lines = []
    for way in ways:
        lines += [way.line, *filter(None, [way.keyed]), ""]
        if way.conference:
            event.add("conference", way.conference.to_uri())
    lines += [_line(entry.title), *(_line(line) for line in entry.summary.splitlines()), ""]
    if ways:
        lines += ["If you do not get through, dial the number yourself and key in the PIN when you are asked for it."]
    lines += ["Everything about this phone-in, and giving your seat back:", entry.url]
    event.add("description", "\n".join(lines))
    event.add("location", ways[0].line if ways else "By phone")
    event.add("url", entry.url)


@dataclass(frozen=True)
class Way:
    """One number by which to join, with the PIN that opens the call; both as people write them."""

    words: str
    label: str
    number: str
    pin: str

    @property
    def line(self) -> str:
        return f"{self.words}: {self.number}, PIN {self.pin}#" if self.pin else f"{self.words}: {self.number}"

    @property
    def keyed(self) -> str | None:
        """What a telephone dials at one tap: a comma waits two seconds before the PIN is keyed in."""
        keys = "".join(re.findall(r"[0-9*]", self.pin))
        dialled = international(self.number)
        return f"{dialled},,{keys}#" if dialled and keys else dialled

    @property
    def conference(self) -> Conference | None:
        label = f"{self.label}, PIN {self.pin}" if self.pin else self.label
        return Conference(f"tel:{self.keyed.replace('#', '%23')}", feature="PHONE", label=label) if self.keyed else None


def _ways(entry: Entry) -> list[Way]:
    pin = _line(entry.pin).rstrip("# ")
    ways = [
        Way("By phone", "Dial-in", _line(entry.dial_in_number), pin),
        Way("Freephone", "Freephone", _line(entry.freephone or ""), pin),
    ]
    return [way for way in ways if way.number]


def international(number: str) -> str | None:
    """A number as it is dialled from anywhere, `+442079460000`; None for what is no full number (RFC 3966 5.1.4).

    A number that begins with a single 0 is a British one.
    """
    written = number.strip().replace("(0)", "") if number.strip().startswith(("+", "00")) else number.strip()
    if not PHONE_NUMBER.fullmatch(written):
        return None
    digits = re.sub(r"[^0-9]", "", written)
    if not written.startswith("+"):
        if not digits.startswith("0"):
            return None
        digits = digits[2:] if digits.startswith("00") else HOME_COUNTRY + digits[1:]
    return f"+{digits}" if FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None


def _line(text: str) -> str:
    """On one line, without the characters that iCalendar text may not hold (RFC 5545 3.3.11)."""
    return CONTROLS.sub("", " ".join(text.split()))
