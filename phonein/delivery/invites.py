"""The calendar part of a letter: one entry, in one person's calendar, about one seat (RFC 5545, 5546, 7986)."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

from icalendar import Alarm, Event, vCalAddress

from phonein.delivery import showing
from phonein.delivery.dial_in import how_to_call, one_line, ways
from phonein.delivery.showing import (
    DISCREET_PRODUCT,
    DISCREET_TITLE,
    NEUTRAL_TITLE,
    PRODUCT,
    Showing,
    UnfitEntry,
    refuse_unfit,
)

ALARM_BEFORE = timedelta(minutes=15)
# What somebody has answered, as it goes into the calendar again (RFC 5545 3.2.12). A no gives the seat back.
PARTSTATS = {"accepted": "ACCEPTED", "tentative": "TENTATIVE"}

BARE_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"\x00-\x1f\x7f-\x9f@]+@[^\s<>()\[\]:;,\"\x00-\x1f\x7f-\x9f@]+")


@dataclass(frozen=True)
class Entry:
    """What one person's calendar is told of one seat.

    `uid` is the booking's name for good; `sequence` and `stamped_at` only rise (RFC 5546 2.1.4, 2.1.5). The times are
    instants. `summary` is what the phone-in is about, in plain text. `organizer` is the service's own mailbox as in
    MAIL_DEFAULT_SENDER, with or without a display name; `attendee` is a bare address. `leaders` are names, as they are
    said. `is_discreet`: the entry says "Phone call", and what else there is to know is behind `url`, which then must
    not tell either. `key_print` is the fingerprint of the keys that sign passes, or "". `answer` is the person's own to
    this very time: "accepted", "tentative" or "" for none.
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
    leaders: str = ""
    key_print: str = ""
    is_discreet: bool = False
    answer: str = ""

    def __post_init__(self) -> None:
        """Raises UnfitEntry for what iCalendar cannot quote or what would be guessed at."""
        refuse_unfit(self.uid, self.url, self.stamped_at, self.starts_at, self.ends_at)
        if not all(BARE_ADDRESS.fullmatch(address) for address in (parseaddr(self.organizer)[1], self.attendee)):
            raise UnfitEntry("an e-mail address is not a bare address")


def request(entry: Entry) -> bytes:
    """The invitation, and every later word on the same seat while it lasts (RFC 5546 3.2.2).

    Who has said yes to this time is not asked once more.
    """
    told = shown(entry)
    event = _event(told)
    event.add("organizer", _organizer(entry))
    partstat = PARTSTATS.get(entry.answer, "NEEDS-ACTION")
    event.add("attendee", _attendee(entry, partstat=partstat, rsvp=None if partstat == "ACCEPTED" else True))
    # Outlook's "propose new time": one person cannot move a call that others have booked (MS-OXCICAL 2.1.3.1.1.20.38).
    event.add("x-microsoft-disallow-counter", "TRUE")
    event.add_component(Alarm.new_display(told.title, -ALARM_BEFORE))
    return _written(entry, told, event, method="REQUEST")


def cancellation(entry: Entry) -> bytes:
    """The end of the entry, whoever wished it (RFC 5546 3.2.5).

    The times are there because common readers fail without them; how to join is not, because nobody joins any more.
    """
    told = replace(shown(entry, is_cancelled=True), lines=())
    event = _event(told)
    event.add("organizer", _organizer(entry))
    event.add("attendee", _attendee(entry))
    return _written(entry, told, event, method="CANCEL")


def published(entry: Entry) -> bytes:
    """The same seat as a file to download, for those whom the letter did not reach.

    It has no METHOD, and so no ORGANIZER and no ATTENDEE either (RFC 5545 3.8.4.3): opened from a file, an object with
    them makes Outlook ask for an answer, and then hang, refuse it, or answer in the person's name. Without them it is
    simply added. UID and SEQUENCE are the invitation's, so that programs which go by them see one entry, not two.
    Outlook on the desktop gives every file a UID of its own: only the letter's own invitation can prevent that.
    """
    told = shown(entry)
    return _written(entry, told, _event(told), method=None)


def shown(entry: Entry, *, is_cancelled: bool = False) -> Showing:
    """What a calendar shows of the seat: the same, however it gets there."""
    can_join = not is_cancelled and not entry.is_discreet
    by = ways(entry) if can_join else ()
    return Showing(
        uid=entry.uid,
        sequence=entry.sequence,
        stamped_at=entry.stamped_at,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        zone_name=entry.zone_name,
        title=DISCREET_TITLE if entry.is_discreet else NEUTRAL_TITLE,
        url=entry.url,
        lines=("Details:", entry.url) if entry.is_discreet else _description(entry, is_cancelled=is_cancelled),
        location=next((way.line for way in by), "By phone") if can_join else "",
        ways=by,
        is_cancelled=is_cancelled,
    )


def next_stamp(last: datetime, now: datetime) -> datetime:
    """The DTSTAMP of the next message about an entry, after the one stamped `last`; both are instants.

    It must rise from message to message (RFC 5546 2.1.5), yet it stays in people's calendars and tells nobody at what
    hour somebody acted: it is the day in UTC, plus a second for each further message of that day.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(midnight, last + timedelta(seconds=1))


def _event(told: Showing) -> Event:
    return showing.event(told, showing.zones_of([told]))


def _written(entry: Entry, told: Showing, event: Event, method: str | None) -> bytes:
    calendar = showing.calendar(DISCREET_PRODUCT if entry.is_discreet else PRODUCT)
    if method:
        calendar.add("method", method)
    return showing.around(calendar.to_ical(), showing.zones_of([told]).values(), [event.to_ical()])


def _organizer(entry: Entry) -> vCalAddress:
    name, address = parseaddr(entry.organizer)
    return vCalAddress.new(address, cn=DISCREET_TITLE if entry.is_discreet else one_line(name) or NEUTRAL_TITLE)


def _attendee(entry: Entry, partstat: str | None = None, rsvp: bool | None = None) -> vCalAddress:
    return vCalAddress.new(
        entry.attendee,
        cn=one_line(entry.attendee_name) or entry.attendee,
        cutype="INDIVIDUAL",
        role="REQ-PARTICIPANT",
        partstat=partstat,
        rsvp=rsvp,
    )


def _description(entry: Entry, *, is_cancelled: bool) -> tuple[str, ...]:
    """How to call, then what it is about: few programs show CONFERENCE, and a telephone shows the first lines."""
    about = [one_line(entry.title), *([f"Led by {one_line(entry.leaders)}"] if entry.leaders else [])]
    about += [one_line(line) for line in entry.summary.splitlines()]
    if is_cancelled:
        return ("This phone-in is cancelled.", "", *about, "", "Everything about this phone-in:", entry.url)
    calling = how_to_call(entry)
    if_it_fails = ["If you do not get through, dial the number yourself and key in the PIN when you are asked for it."]
    link = ["Everything about this phone-in, and giving your seat back:", entry.url]
    keys = ["", f"Fingerprint of the keys for asking: {entry.key_print}"] if entry.key_print else []
    return (*calling, *about, "", *(if_it_fails if ways(entry) else []), *link, *keys)
