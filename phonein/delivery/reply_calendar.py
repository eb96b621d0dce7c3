"""The calendar part of a reply (RFC 5546 3.2.3): read line by line, and nothing but what a reply may say.

icalendar's own reader is left out on purpose, though its content lines are used: it gives up over a fault in a line
that does not concern us, goes by the name of a zone that comes along or remembers it for good, and takes a text
without line ends for the name of a file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from icalendar.parser import Contentline

from phonein.delivery import reply_zones
from phonein.delivery.reply_zones import Observance, Unclear

MOST_EVENTS = 20
LARGEST_NUMBER = 2**31 - 1
FOLD = re.compile(r"\r?\n[ \t]")
LINE_END = re.compile(r"\r\n|\n|\r")
NAME = re.compile(r"\s*([A-Za-z0-9-]+)\s*[;:]")
OF_A_HALF = {"DTSTART", "TZOFFSETTO", "RRULE", "RDATE"}
TAKEN = {
    "VCALENDAR": {"METHOD"},
    "VEVENT": {"UID", "ATTENDEE", "RECURRENCE-ID", "SEQUENCE", "DTSTAMP"},
    "VTIMEZONE": {"TZID"},
    "STANDARD": OF_A_HALF,
    "DAYLIGHT": OF_A_HALF,
}

Line = tuple[str, dict[str, list[str]], str]


class Broken(Exception):
    """What should be a calendar part cannot be read as one."""


class TooMany(Exception):
    """No reply is about so many entries."""


@dataclass(frozen=True)
class Attendee:
    """Whom an answer speaks for, and who gave it in their name."""

    address: str
    partstat: str
    sent_by: str = ""
    is_delegate: bool = False


@dataclass(frozen=True)
class Answer:
    """What a reply says of one entry.

    `is_of_one_date`: it names one date of a recurring entry, `date_at`, which is None where nobody can say which
    instant is meant. `stamped_at` is None where it does not say when it was written.
    """

    uid: str
    attendees: tuple[Attendee, ...]
    sequence: int = 0
    stamped_at: datetime | None = None
    is_of_one_date: bool = False
    date_at: datetime | None = None


def read_calendar(text: str) -> tuple[str, tuple[Answer, ...]]:
    """The METHOD ("" for none) and what is said of each entry. Raises Broken and TooMany."""
    method = ""
    events: list[list[Line]] = []
    halves: list[list[Line]] = []
    zones: dict[str, list[list[Line]]] = {}
    for path, lines in _components(text):
        match path:
            case ("VCALENDAR",):
                method = method or _value(lines, "METHOD")
            case ("VCALENDAR", "VEVENT"):
                events.append(lines)
            case ("VCALENDAR", "VTIMEZONE", "STANDARD" | "DAYLIGHT"):
                halves.append(lines)
            case ("VCALENDAR", "VTIMEZONE"):
                zones[_value(lines, "TZID")], halves = halves, []
        if len(events) > MOST_EVENTS:
            raise TooMany
    if not events:
        raise Broken
    return method, tuple(_answer(lines, zones) for lines in events)


def _components(text: str) -> Iterator[tuple[tuple[str, ...], list[Line]]]:
    """Each component when it ends: the names it stands under and its own, and those of its lines that are taken."""
    path: list[str] = []
    kept: list[list[Line]] = []
    last = ""
    for written in LINE_END.split(FOLD.sub("", text)):
        named = NAME.match(written)
        name = named[1].upper() if named else ""
        if name == "BEGIN":
            path.append(_after_colon(written))
            kept.append([])
        elif name == "END":
            if not path or path[-1] != _after_colon(written):
                raise Broken
            yield tuple(path), kept.pop()
            path.pop()
        elif path and name in TAKEN.get(path[-1], ()):
            kept[-1].append(_line(name, written))
        elif path and not name and written.strip() and last in TAKEN.get(path[-1], ()):
            raise Broken  # folded without the blank that says so: what is taken is cut short
        last = name
    if path == ["VCALENDAR"]:
        yield tuple(path), kept.pop()
    elif path:
        raise Broken


def _line(name: str, written: str) -> Line:
    try:
        _, parameters, value = Contentline(written).parts()  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise Broken from error
    every = {key.upper(): [said] if isinstance(said, str) else list(said) for key, said in parameters.items()}
    return name, every, value.strip()


def _answer(lines: list[Line], zones: Mapping[str, list[list[Line]]]) -> Answer:
    attendees = [_attendee(*line[1:]) for line in lines if line[0] == "ATTENDEE"]
    dated = next((line for line in lines if line[0] == "RECURRENCE-ID"), None)
    uid = _value(lines, "UID")
    if not uid:
        raise Broken
    return Answer(
        uid=uid,
        # Who passes a seat on names the other one too (RFC 5546 4.2.5): that one has said nothing.
        attendees=tuple([one for one in attendees if not one.is_delegate] or attendees),
        sequence=_sequence(_value(lines, "SEQUENCE")),
        stamped_at=_stamp(_value(lines, "DTSTAMP")),
        is_of_one_date=dated is not None,
        date_at=_date_at(dated, zones) if dated else None,
    )


def _attendee(parameters: dict[str, list[str]], value: str) -> Attendee:
    def first(name: str) -> str:
        return next(iter(parameters.get(name, [])), "")

    return Attendee(
        address=_bare(value),
        partstat=first("PARTSTAT").lower(),
        sent_by=_bare(first("SENT-BY")),
        is_delegate="DELEGATED-FROM" in parameters,
    )


def _bare(address: str) -> str:
    return re.sub(r"^mailto:", "", address.strip(), flags=re.IGNORECASE).strip()


def _sequence(written: str) -> int:
    """0 where there is none (RFC 5546 2.1.4)."""
    number = int(written) if re.fullmatch(r"[0-9]{1,10}", written) else 0 if not written else -1
    if not 0 <= number <= LARGEST_NUMBER:
        raise Broken
    return number


def _stamp(written: str) -> datetime | None:
    try:
        return reply_zones.instant(written, None, {})
    except Unclear:
        return None


def _date_at(line: Line, zones: Mapping[str, list[list[Line]]]) -> datetime | None:
    """By the zone that came along. One that we cannot work out is no reason to guess by its name."""
    _, parameters, value = line
    name = next(iter(parameters.get("TZID", [])), "")
    try:
        return reply_zones.instant(value, name, {name: [_observance(half) for half in zones.get(name, [])]})
    except Unclear:
        return None


def _observance(lines: list[Line]) -> Observance:
    rule = _value(lines, "RRULE")
    pairs = [part.partition("=") for part in rule.upper().split(";") if part]
    return Observance(
        starts=reply_zones.local_time(_value(lines, "DTSTART")),
        after=reply_zones.offset(_value(lines, "TZOFFSETTO")),
        rule={name.strip(): value.strip() for name, _, value in pairs} if rule else None,
        more_starts=[
            reply_zones.local_time(each) for name, _, value in lines if name == "RDATE" for each in value.split(",")
        ],
    )


def _value(lines: list[Line], name: str) -> str:
    return next((value for known, _, value in lines if known == name), "")


def _after_colon(written: str) -> str:
    return written.partition(":")[2].strip().upper()
