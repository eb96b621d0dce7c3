"""Reading a file of series, and weighing each. No database here: leaders are only addresses yet."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phonein.identity.import_report import Reading, Remark, Unusable, shown
from phonein.identity.zones import is_zone
from phonein.schedule import json_fields as take
from phonein.schedule import rhythm

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
LOOKED_AHEAD = timedelta(days=800)


@dataclass(frozen=True)
class Plan:
    """A series as the file has it. `facts` are the columns of a Series."""

    number: int
    facts: dict[str, Any]
    left_out: frozenset[datetime]
    addresses: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        return str(self.facts["slug"])

    @property
    def where(self) -> str:
        return f"Series {self.slug}"


def read(content: bytes) -> Reading[Plan]:
    """Every series of the file, weighed. A file that cannot be read at all is one refusal that says why."""
    reading, slugs = Reading[Plan](), set[str]()
    try:
        listed = _listed(content)
    except Unusable as reason:
        reading.refuse_whole(reason)
        return reading
    for number, fields in enumerate(listed, start=1):
        where = f"Series {number} in the file"
        try:
            if not isinstance(fields, dict):
                raise Unusable("It must be an object in { }.")
            slug = _slug(fields)
            where = f"Series {slug}"
            if slug in slugs:
                raise Unusable("It is in this file twice. The first one was kept.")
            reading.entries.append(_plan(number, slug, fields))
            slugs.add(slug)
        except Unusable as reason:
            reading.refused.append(Remark(number, where, str(reason)))
    return reading


def _listed(content: bytes) -> list[Any]:
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unusable("It is not in UTF-8. Nothing was read.") from error
    except json.JSONDecodeError as error:
        raise Unusable(
            f"It is not JSON: the trouble is in line {error.lineno}, column {error.colno}. Nothing was read."
        ) from error
    except (RecursionError, ValueError) as error:
        raise Unusable("It is not JSON that we can read. Nothing was read.") from error
    listed = found.get("series") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise Unusable('It must be an object with a list called "series" in it. Nothing was read.')
    if not listed:
        raise Unusable("There is no series in it.")
    return listed


def _slug(fields: dict[str, Any]) -> str:
    slug = take.text(fields, "id", longest=60)
    if not SLUG.fullmatch(slug):
        raise Unusable(f"“id” becomes part of an address: use letters a to z, digits and hyphens, not {shown(slug)}.")
    return slug


def _plan(number: int, slug: str, fields: dict[str, Any]) -> Plan:
    window, dial_in = take.group(fields, "question_window"), take.group(fields, "dial_in")
    zone_name = take.text(fields, "timezone", longest=100)
    if not is_zone(zone_name):
        raise Unusable(f"{shown(zone_name)} is not a time zone; write it like Europe/London.")
    first = take.wall_clock(take.text(fields, "start_local", longest=40), "start_local")
    facts = {
        "slug": slug,
        "title": take.text(fields, "title", longest=200),
        "summary": take.text(fields, "summary", longest=500, is_needed=False, has_lines=True),
        "description": take.text(fields, "description", longest=10000, is_needed=False, has_lines=True),
        "zone_name": zone_name,
        "first_on": first.date(),
        "starts_at_time": first.time(),
        "rule": take.text(fields, "rrule", longest=500, is_needed=False) or None,
        "minutes": take.whole_number(fields, "duration_minutes", 1, 24 * 60),
        "seats": take.whole_number(fields, "capacity", 1, 100_000),
        "asks_open_days": take.whole_number(window, "opens_days_before", 0, 365),
        "asks_close_hours": take.whole_number(window, "closes_hours_before", 0, 365 * 24),
        "dial_in_number": take.text(dial_in, "number", longest=40),
        "freephone": take.text(dial_in, "freephone", longest=40, is_needed=False) or None,
        "pin": take.text(dial_in, "pin", longest=40, is_needed=False),
    }
    texts = take.texts(fields, "exdates_local") if "exdates_local" in fields else []
    left_out = frozenset(take.wall_clock(text, "exdates_local") for text in texts)
    addresses = tuple(take.texts(fields, "facilitators"))
    if not addresses:
        raise Unusable("Nobody leads it: “facilitators” is empty.")
    return Plan(number, facts, left_out, addresses, _rhythm_warnings(first, facts, left_out))


def _rhythm_warnings(first: datetime, facts: dict[str, Any], left_out: frozenset[datetime]) -> tuple[str, ...]:
    """What a person should know of the dates that this gives. Raises Unusable where they cannot be right."""
    zone = ZoneInfo(facts["zone_name"])
    if rhythm.is_skipped(first, zone):
        raise Unusable(f"It cannot start at {_said(first)}: the clocks go forward over that time.")
    until = rhythm.instant(max([first, *left_out]), zone) + LOOKED_AHEAD
    try:
        starts = rhythm.starts(first, zone, facts["rule"], until=until)
    except rhythm.BadRule as error:
        raise Unusable(str(error)) from error
    if rhythm.instant(first, zone) not in starts:
        raise Unusable(f"The first start, {_said(first)}, is not one of the dates that “{facts['rule']}” gives.")
    kept = rhythm.starts(first, zone, facts["rule"], until=until, left_out=left_out)
    if not kept:
        raise Unusable("All its dates are left out, so it would never take place.")
    for start in starts:
        window = rhythm.window(start, zone, opens_days=facts["asks_open_days"], closes_hours=facts["asks_close_hours"])
        if window.opens_at >= window.closes_at:
            raise Unusable("“question_window” closes before it opens.")
    all_starts = set(starts)
    missed = [day for day in sorted(left_out) if rhythm.instant(day, zone) not in all_starts]
    late = [day for day in (start.astimezone(zone) for start in kept) if day.time() != first.time()]
    return (
        *(f"{_said(day)} is left out, but the series has no such date." for day in missed),
        *(f"On {day.date()} the clocks go forward over its start, so it begins at {day:%H:%M}." for day in late),
    )


def _said(local: datetime) -> str:
    return f"{local:%Y-%m-%d at %H:%M}"
