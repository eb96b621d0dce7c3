"""Calendar engines that know nothing of one another, so that no one of them is taken at its word.

`READERS` each read one iCalendar object of a single VEVENT and say the same few things. All three work instants out
from the VTIMEZONE inside, and none from what it may know of the zone's name. `readers.ENGINES` read whole objects and
feeds, many at once; `diary.Diary` is a person's calendar that is told things by letter.
"""

from dataclasses import dataclass
from datetime import datetime

from tests.engines import readers
from tests.engines.readers import Engine


@dataclass(frozen=True)
class Reading:
    """What an engine understood. Instants are in UTC; `attendee` and `organizer` are as written, `mailto:` and all."""

    method: str | None
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    status: str
    attendee: str | None
    organizer: str | None
    summary: str
    description: str | None


def read_with_icalendar(written: bytes) -> Reading:
    return _only_entry(readers.icalendar, written)


def read_with_vobject(written: bytes) -> Reading:
    return _only_entry(readers.vobject, written)


def read_with_icaljs(written: bytes) -> Reading:
    return _only_entry(readers.icaljs, written)


READERS = (read_with_icalendar, read_with_vobject, read_with_icaljs)


def _only_entry(engine: Engine, written: bytes) -> Reading:
    [found] = engine([written])
    [entry] = found.entries
    assert len(entry.attendees) < 2 and entry.sequence is not None and entry.status and entry.summary, entry
    return Reading(
        method=found.method,
        uid=entry.uid,
        sequence=entry.sequence,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        status=entry.status,
        attendee=next(iter(entry.attendees), None),
        organizer=entry.organizer,
        summary=entry.summary,
        description=entry.description,
    )
