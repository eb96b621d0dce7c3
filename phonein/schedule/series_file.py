"""Reading a file of series, JSON or a table, and weighing each. No database here: leaders are only addresses yet."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from phonein import bank_holidays
from phonein.identity.import_report import Reading, Remark, Unusable, shown
from phonein.identity.zones import is_zone
from phonein.schedule import json_fields as take
from phonein.schedule import rhythm, series_table

SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
LOOKED_AHEAD = timedelta(days=800)


@dataclass(frozen=True)
class Plan:
    """A series as the file has it. `facts` are the columns of a Series, as far as the file says anything of them.

    `extra` is None where the file says nothing of extra dates: then the series keeps those it has. `row` is where the
    series begins in a table.
    """

    number: int
    facts: dict[str, Any]
    left_out: frozenset[datetime]
    addresses: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    extra: frozenset[datetime] | None = None
    row: int | None = None

    @property
    def slug(self) -> str:
        return str(self.facts["slug"])

    @property
    def where(self) -> str:
        return f"Row {self.row} (series {self.slug})" if self.row else f"Series {self.slug}"


def read(content: bytes, name: str = "") -> Reading[Plan]:
    """Every series of the file, weighed. A file that cannot be read at all is one refusal that says why.

    The file's name says whether it is JSON or a table; without one, what stands in it does.
    """
    reading = Reading[Plan]()
    try:
        if _is_table(content, name):
            _weigh_table(series_table.read(content, reading), reading)
        else:
            _weigh(_listed(content), reading)
    except Unusable as reason:
        reading.refuse_whole(reason)
    return reading


def _is_table(content: bytes, name: str) -> bool:
    if name.lower().endswith((".csv", ".json")):
        return name.lower().endswith(".csv")
    begins = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return begins not in (b"", b"{", b"[")


def _weigh_table(listed: list[series_table.Listed], reading: Reading[Plan]) -> None:
    for one in listed:
        try:
            reading.entries.append(replace(_plan(one.row, _slug(one.fields), one.fields), row=one.row))
        except Unusable as reason:
            reading.refused.append(Remark(one.row, f"Row {one.row}", str(reason)))


def _weigh(listed: list[Any], reading: Reading[Plan]) -> None:
    slugs = set[str]()
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
    facts |= _bank_holidays(fields)
    left_out = _wall_clocks(fields, "exdates_local") or frozenset()
    extra = _wall_clocks(fields, "extra_dates_local")
    addresses = tuple(take.texts(fields, "facilitators"))
    if not addresses:
        raise Unusable("Nobody leads it: “facilitators” is empty.")
    return Plan(number, facts, left_out, addresses, _rhythm_warnings(first, facts, left_out, extra or ()), extra)


def _wall_clocks(fields: dict[str, Any], key: str) -> frozenset[datetime] | None:
    """The wall-clock times at this key; None where it is not there."""
    return frozenset(take.wall_clock(text, key) for text in take.texts(fields, key)) if key in fields else None


def _bank_holidays(fields: dict[str, Any]) -> dict[str, Any]:
    """What the file says of bank holidays; nothing, where it says nothing."""
    said: dict[str, Any] = {}
    if "bank_holidays" in fields:
        region = take.text(fields, "bank_holidays", longest=40, is_needed=False)
        if region and region not in bank_holidays.REGIONS:
            raise Unusable(f"“bank_holidays” must be one of {', '.join(bank_holidays.REGIONS)}, not {shown(region)}.")
        said["bank_holidays"] = region
    if "skip_bank_holidays" in fields:
        said["skips_bank_holidays"] = take.yes_or_no(fields, "skip_bank_holidays")
    if said.get("skips_bank_holidays") and not said.get("bank_holidays"):
        raise Unusable("“skip_bank_holidays” is true, so “bank_holidays” must say of which part of the kingdom.")
    return said


def _rhythm_warnings(
    first: datetime, facts: dict[str, Any], left_out: frozenset[datetime], extra: Iterable[datetime]
) -> tuple[str, ...]:
    """What a person should know of the dates that this gives. Raises Unusable where they cannot be right."""
    zone = ZoneInfo(facts["zone_name"])
    for local in (first, *sorted(extra)):
        if rhythm.is_skipped(local, zone):
            raise Unusable(f"It cannot start at {_said(local)}: the clocks go forward over that time.")
    until = rhythm.instant(max([first, *left_out, *extra]), zone) + LOOKED_AHEAD
    try:
        by_rule = rhythm.starts(first, zone, facts["rule"], until=until)
    except rhythm.BadRule as error:
        raise Unusable(str(error)) from error
    if rhythm.instant(first, zone) not in by_rule:
        raise Unusable(f"The first start, {_said(first)}, is not one of the dates that “{facts['rule']}” gives.")
    closed = bank_holidays.names(facts.get("bank_holidays", "")) if facts.get("skips_bank_holidays") else {}
    kept = rhythm.starts(first, zone, facts["rule"], until=until, left_out=left_out, extra=extra, closed=closed)
    if not kept:
        raise Unusable("All its dates are left out, so it would never take place.")
    for start in {*by_rule, *kept}:
        window = rhythm.window(start, zone, opens_days=facts["asks_open_days"], closes_hours=facts["asks_close_hours"])
        if window.opens_at >= window.closes_at:
            raise Unusable("“question_window” closes before it opens.")
    return tuple(_warned(first, zone, set(by_rule), kept, left_out, extra))


def _warned(
    first: datetime,
    zone: ZoneInfo,
    by_rule: set[datetime],
    kept: list[datetime],
    left_out: frozenset[datetime],
    extra: Iterable[datetime],
) -> Iterator[str]:
    for day in sorted(left_out):
        if rhythm.instant(day, zone) not in by_rule:
            yield f"{_said(day)} is left out, but the series has no such date."
    for day in sorted(extra):
        if rhythm.instant(day, zone) in by_rule and day not in left_out:
            yield f"{_said(day)} is an extra date, but the series takes place then anyhow."
    for start in sorted(set(kept) & by_rule):
        local = start.astimezone(zone)
        if local.time() != first.time():
            yield f"On {local.date()} the clocks go forward over its start, so it begins at {local:%H:%M}."


def _said(local: datetime) -> str:
    return f"{local:%Y-%m-%d at %H:%M}"
