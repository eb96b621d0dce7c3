"""What an iCalendar object must look like before any engine reads it: the faults that engines forgive, each in its way.

Nothing is parsed by an engine here, so that an engine's kindness hides nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

ONCE_IN_THE_CALENDAR = {"VERSION", "PRODID", "METHOD", "NAME", "X-WR-CALNAME", "REFRESH-INTERVAL", "SOURCE", "COLOR"}
ONCE_IN_AN_ENTRY = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "STATUS", "SUMMARY", "DESCRIPTION", "LOCATION",
                    "CLASS", "TRANSP", "ORGANIZER", "URL", "CREATED", "LAST-MODIFIED", "RECURRENCE-ID"}  # fmt: skip
STAMPS = {"DTSTAMP", "CREATED", "LAST-MODIFIED"}
MOST_OCTETS = 75
ADDRESS = re.compile(r"mailto:[^\s<>@]+@[^\s<>@]+", re.IGNORECASE)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(@[a-z0-9.-]+)?")


class Fault(Exception):
    """A calendar would not do with this what was meant."""


@dataclass(frozen=True)
class Line:
    """One content line, unfolded. `inside` is the innermost component, `parameters` is what stands before the colon."""

    name: str
    parameters: str
    value: str
    inside: str


def check(written: bytes) -> None:
    """Raises Fault, in words, for the first thing that is not as RFC 5545 and section 1 of our list have it."""
    _check_octets(written)
    lines = list(content_lines(written))
    for each in lines:
        _check_line(each)
    _check_order(lines)
    _check_once(lines)
    _check_zones(lines)


def content_lines(written: bytes) -> Iterator[Line]:
    inside: list[str] = []
    for text in written.decode().replace("\r\n ", "").split("\r\n")[:-1]:
        before, value = _split(text)
        name, _, parameters = before.partition(";")
        if name == "END":
            inside.pop()
        yield Line(name.upper(), parameters, value, inside[-1] if inside else "")
        if name == "BEGIN":
            inside.append(value)


def _split(text: str) -> tuple[str, str]:
    """At the first colon that stands in no quotation marks."""
    found = re.match(r'((?:[^":]|"[^"]*")*):(.*)', text, re.DOTALL)
    if not found:
        raise Fault(f"no content line: {text}")
    return found[1], found[2]


def _check_octets(written: bytes) -> None:
    if written.startswith(b"\xef\xbb\xbf"):
        raise Fault("a byte-order mark")
    if not written.endswith(b"\r\n") or b"\n" in written.replace(b"\r\n", b""):
        raise Fault("a line that does not end with CRLF")
    for line in written.split(b"\r\n"):
        if len(line) > MOST_OCTETS:
            raise Fault(f"a line of {len(line)} octets")
        try:
            line.decode()
        except UnicodeDecodeError as error:
            raise Fault("a character cut in two by a fold") from error


def _check_line(line: Line) -> None:
    is_time = line.name in {"DTSTART", "DTEND", "EXDATE", "RECURRENCE-ID"} | STAMPS and line.inside == "VEVENT"
    if is_time and not line.value.endswith("Z") and "TZID=" not in line.parameters:
        raise Fault(f"a floating time: {line.name}:{line.value}")
    if line.name in STAMPS and not line.value.endswith("Z"):
        raise Fault(f"{line.name} is not in UTC")
    if line.name == "RDATE":
        raise Fault(f"an RDATE in {line.inside}")
    if line.inside == "VEVENT" and line.name in {"RRULE", "EXDATE", "RECURRENCE-ID"}:
        raise Fault(f"{line.name}: each date is an entry of its own here")
    if line.name in {"ORGANIZER", "ATTENDEE"} and not ADDRESS.fullmatch(line.value):
        raise Fault(f"{line.name} is no bare address: {line.value}")
    if line.name == "SEQUENCE" and not (line.value.isdecimal() and int(line.value) < 2**31):
        raise Fault(f"SEQUENCE is no counter: {line.value}")
    if line.name == "UID" and line.inside == "VEVENT" and not UUID.fullmatch(line.value):
        raise Fault(f"a UID that can be guessed: {line.value}")
    if line.name == "ACTION" and line.value != "DISPLAY":
        raise Fault(f"an alarm with ACTION:{line.value}")


def _check_order(lines: list[Line]) -> None:
    names = [line.name for line in lines if line.inside in ("VCALENDAR", "")]
    if "METHOD" in names and "BEGIN" in names[1 : names.index("METHOD")]:
        raise Fault("METHOD after a component")


def _check_once(lines: list[Line]) -> None:
    entry = Counter[str]()
    for line in lines:
        if line.name == "BEGIN" and line.value == "VEVENT":
            entry.clear()
        entry[line.name] += line.inside == "VEVENT"
        if line.name in ONCE_IN_AN_ENTRY and entry[line.name] > 1:
            raise Fault(f"two {line.name} lines")
    calendar = Counter(line.name for line in lines if line.inside == "VCALENDAR")
    for name in ONCE_IN_THE_CALENDAR:
        if calendar[name] > 1 or (name in {"VERSION", "PRODID"} and not calendar[name]):
            raise Fault(f"{calendar[name]} {name} lines")


def _check_zones(lines: list[Line]) -> None:
    explained = {line.value for line in lines if line.name == "TZID" and line.inside == "VTIMEZONE"}
    for line in lines:
        named = re.search(r'TZID="?([^";]+)', line.parameters)
        if named and named[1] not in explained:
            raise Fault(f"no VTIMEZONE for {named[1]}")
    begun = Counter(line.value for line in lines if line.name == "BEGIN")
    if max(begun["STANDARD"], begun["DAYLIGHT"]) > begun["VTIMEZONE"]:
        raise Fault("a zone of more than one STANDARD and one DAYLIGHT")
