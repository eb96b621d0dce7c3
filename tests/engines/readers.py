"""Readers of whole iCalendar objects and feeds, every VEVENT in them. Each takes many at once: Node starts slowly.

icalendar, vobject and ical.js work instants out from the VTIMEZONE inside, as Outlook and Thunderbird do;
recurring-ical-events and node-ical go by the zone's name, as Google and Apple do. What we write must be right by both.
"""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Entry:
    """One VEVENT as an engine understood it. Instants are in UTC; addresses are as written, `mailto:` and all."""

    uid: str
    sequence: int | None
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    status: str | None
    summary: str | None
    seen_as: str | None
    description: str | None
    attendees: tuple[str, ...]
    organizer: str | None


@dataclass(frozen=True)
class Object:
    """One VCALENDAR, its entries in the order of their names."""

    method: str | None
    entries: tuple[Entry, ...]


Engine = Callable[[Iterable[bytes]], list[Object]]


def icalendar(written: Iterable[bytes]) -> list[Object]:
    return [_by_icalendar(one) for one in written]


def vobject(written: Iterable[bytes]) -> list[Object]:
    return [_by_vobject(one) for one in written]


def icaljs(written: Iterable[bytes]) -> list[Object]:
    """Raises RuntimeError, with what Node said, for what ical.js refuses or when `tests/prepare.py` has not run."""
    return _by_node("ical.js", written)


def node_ical(written: Iterable[bytes]) -> list[Object]:
    return _by_node("node-ical", written)


def recurring(written: Iterable[bytes]) -> list[Object]:
    """recurring-ical-events, which unfolds what icalendar has read into the dates that a calendar would show."""
    return [_unfolded(one) for one in written]


ENGINES: dict[str, Engine] = {
    "icalendar": icalendar,
    "recurring-ical-events": recurring,
    "vobject": vobject,
    "ical.js": icaljs,
    "node-ical": node_ical,
}


def _by_icalendar(written: bytes) -> Object:
    from icalendar import Calendar

    calendar = Calendar.from_ical(written)
    zones = {zone.tz_name: zone.to_tz(lookup_tzid=False) for zone in calendar.timezones}

    def instant(value: Any) -> datetime:
        tzid = value.params.get("TZID")
        return (value.dt.replace(tzinfo=zones[tzid]) if tzid else value.dt).astimezone(UTC)

    return _object(calendar, [_entry(event, instant) for event in calendar.events])


def _unfolded(written: bytes) -> Object:
    import recurring_ical_events
    from icalendar import Calendar

    calendar = Calendar.from_ical(written)
    found = recurring_ical_events.of(calendar).all()
    return _object(calendar, [_entry(event, lambda value: value.dt.astimezone(UTC)) for event in found])


def _object(calendar: Any, entries: list[Entry]) -> Object:
    return Object(_text(calendar.get("method")), tuple(sorted(entries, key=lambda entry: entry.uid)))


def _entry(event: Any, instant: Callable[[Any], datetime]) -> Entry:
    attendees = event.get("attendee", [])
    return Entry(
        uid=str(event["uid"]),
        sequence=None if "sequence" not in event else int(event["sequence"]),
        stamped_at=event["dtstamp"].dt.astimezone(UTC),
        starts_at=instant(event["dtstart"]),
        ends_at=instant(event["dtend"]),
        status=_text(event.get("status")),
        summary=_text(event.get("summary")),
        seen_as=_text(event.get("class")),
        description=_text(event.get("description")),
        attendees=tuple(map(str, attendees if isinstance(attendees, list) else [attendees])),
        organizer=_text(event.get("organizer")),
    )


def _by_vobject(written: bytes) -> Object:
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
    entries = [_by_vobjects_event(event) for event in calendar.contents.get("vevent", [])]
    return Object(_only(calendar, "method"), tuple(sorted(entries, key=lambda entry: entry.uid)))


def _by_vobjects_event(event: Any) -> Entry:
    sequence = _only(event, "sequence")
    return Entry(
        uid=_only(event, "uid"),
        sequence=None if sequence is None else int(sequence),
        stamped_at=_only(event, "dtstamp").astimezone(UTC),
        starts_at=_only(event, "dtstart").astimezone(UTC),
        ends_at=_only(event, "dtend").astimezone(UTC),
        status=_only(event, "status"),
        summary=_only(event, "summary"),
        seen_as=_only(event, "class"),
        description=_only(event, "description"),
        attendees=tuple(each.value for each in event.contents.get("attendee", [])),
        organizer=_only(event, "organizer"),
    )


def _only(component: Any, name: str) -> Any:
    found = component.contents.get(name, [None])
    assert len(found) == 1, f"{len(found)} of {name}"
    return found[0] and found[0].value


def _by_node(engine: str, written: Iterable[bytes]) -> list[Object]:
    asked = json.dumps({"engine": engine, "written": [one.decode() for one in written]})
    command = [BIN / "node", HERE / "read.mjs"]
    answer = subprocess.run(command, input=asked.encode(), capture_output=True, timeout=60, check=False)
    if answer.returncode:
        raise RuntimeError(f"{engine}: {answer.stderr.decode()} (has tests/prepare.py run?)")
    return [_from_node(said) for said in json.loads(answer.stdout)]


def _from_node(said: dict[str, Any]) -> Object:
    entries = [_entry_from_node(one) for one in said["entries"]]
    return Object(said["method"], tuple(sorted(entries, key=lambda entry: entry.uid)))


def _entry_from_node(said: dict[str, Any]) -> Entry:
    instants = {name: datetime.fromisoformat(said[name]) for name in ("stamped_at", "starts_at", "ends_at")}
    return Entry(**said | instants | {"attendees": tuple(said["attendees"])})


def _text(value: object) -> str | None:
    return None if value is None else str(value)
