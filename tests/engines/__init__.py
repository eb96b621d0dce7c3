"""Three calendar engines that know nothing of one another, so that no one of them is taken at its word.

Each reads one iCalendar object of a single VEVENT and says the same few things. All three work instants out from the
VTIMEZONE inside, and none from what it may know of the zone's name.
"""

import json
import subprocess
import sys
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


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
    from icalendar import Calendar

    calendar = Calendar.from_ical(written)
    [event] = calendar.events
    zones = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in calendar.timezones}

    def instant(name: str) -> datetime:
        value = event[name]
        tzid = value.params.get("TZID")
        return (value.dt.replace(tzinfo=zones[tzid]) if tzid else value.dt).astimezone(UTC)

    return Reading(
        method=_text(calendar.get("method")),
        uid=str(event["uid"]),
        sequence=int(event["sequence"]),
        starts_at=instant("dtstart"),
        ends_at=instant("dtend"),
        status=str(event["status"]),
        attendee=_text(event.get("attendee")),
        organizer=_text(event.get("organizer")),
        summary=str(event["summary"]),
        description=_text(event.get("description")),
    )


def read_with_vobject(written: bytes) -> Reading:
    with warnings.catch_warnings():
        # vobject imports pytz and six, which warn of what newer Pythons will take away.
        warnings.filterwarnings("ignore", category=DeprecationWarning, module=r"(vobject|pytz|six|dateutil)\b.*")
        import vobject

    # vobject keeps the first meaning of a zone's name that it comes across, for the whole process.
    zones = vars(vobject.icalendar)["__tzidMap"]
    known = dict(zones)
    calendar = vobject.readOne(written.decode())
    zones.clear()
    zones.update(known)
    [event] = calendar.vevent_list

    def only(component: Any, name: str) -> Any:
        found = component.contents.get(name, [None])
        assert len(found) == 1, f"{len(found)} of {name}"
        return found[0] and found[0].value

    return Reading(
        method=only(calendar, "method"),
        uid=only(event, "uid"),
        sequence=int(only(event, "sequence")),
        starts_at=only(event, "dtstart").astimezone(UTC),
        ends_at=only(event, "dtend").astimezone(UTC),
        status=only(event, "status"),
        attendee=only(event, "attendee"),
        organizer=only(event, "organizer"),
        summary=only(event, "summary"),
        description=only(event, "description"),
    )


def read_with_icaljs(written: bytes) -> Reading:
    """Raises RuntimeError, with what Node said, for what ical.js refuses or when `tests/prepare.py` has not run."""
    answer = subprocess.run(
        [BIN / "node", HERE / "read.mjs"], input=written, capture_output=True, timeout=60, check=False
    )
    if answer.returncode:
        raise RuntimeError(f"ical.js: {answer.stderr.decode()} (has tests/prepare.py run?)")
    said = json.loads(answer.stdout)
    instants = {name: datetime.fromisoformat(said[name]) for name in ("starts_at", "ends_at")}
    return Reading(**said | instants)


READERS = (read_with_icalendar, read_with_vobject, read_with_icaljs)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
