"""A feed: a calendar that programs come and read (RFC 5545, 7986). The same contents are the same bytes, always and
everywhere, because programs ask whether anything is new by comparing them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from icalendar import vDuration

from phonein.delivery import showing
from phonein.delivery.showing import DISCREET_PRODUCT, PRODUCT, Showing

READ_EVERY = timedelta(hours=1)  # what we ask for; programs come when they please
COLOUR = "teal"
SOME_ZONE = "Europe/London", 2026  # an empty feed must hold something all the same (RFC 5545 3.6)
EVENTS_KEPT, COVERS_KEPT = 5000, 5000  # each of about a kilobyte


@dataclass(frozen=True)
class Cover:
    """What a feed says of itself: what it is called, what is in it, and where it can be read."""

    name: str
    about: str
    address: str
    is_discreet: bool = False


def written(cover: Cover, all_shown: Iterable[Showing]) -> bytes:
    """No METHOD, and so neither ORGANIZER nor ATTENDEE (RFC 5545 3.8.4.3): nobody is asked for an answer.

    DTSTAMP is when the entry was last revised (3.8.7.2). An alarm would go off in every program that reads the feed.
    """
    in_order = sorted((_titled(shown) for shown in all_shown), key=lambda shown: (shown.starts_at, shown.uid))
    zones = showing.zones_of(in_order)
    events = (_event(shown, on_its_clock=shown.zone_name in zones) for shown in in_order)
    return showing.around(_around(cover), zones.values() or [showing.zone_written(*SOME_ZONE)], events)


@lru_cache(maxsize=COVERS_KEPT)
def _around(cover: Cover) -> bytes:
    calendar = showing.calendar(DISCREET_PRODUCT if cover.is_discreet else PRODUCT)
    calendar.add("name", cover.name)
    calendar.add("x-wr-calname", cover.name)
    calendar.add("x-wr-caldesc", cover.about)
    calendar.add("refresh-interval", READ_EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(READ_EVERY))
    calendar.add("color", COLOUR)
    calendar.add("source", cover.address, parameters={"VALUE": "URI"})
    written: bytes = calendar.to_ical()
    return written


@lru_cache(maxsize=EVENTS_KEPT)
def _event(shown: Showing, *, on_its_clock: bool) -> bytes:
    """One VEVENT. Programs come every hour, and mostly nothing is new: putting 500 together takes a fifth of a second,
    and finding them here a hundredth."""
    told = showing.event(shown, {shown.zone_name} if on_its_clock else ())
    told.add("last-modified", shown.stamped_at)
    as_bytes: bytes = told.to_ical()
    return as_bytes


def _titled(shown: Showing) -> Showing:
    """A feed cannot say CANCEL: what is off stays for a while and says so, also where STATUS is not shown."""
    return replace(shown, title=f"Cancelled: {shown.title}") if shown.is_cancelled else shown
