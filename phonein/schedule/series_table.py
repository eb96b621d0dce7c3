"""A table of series, one row each, in the shape that `series_file` weighs. A further row with the same id is one more
date of that series, so that a plain list of dates is a series too."""

import re
from dataclasses import dataclass, field
from typing import Any

from phonein.identity import spreadsheet
from phonein.identity.import_report import Reading, Remark, Unusable, shown
from phonein.schedule import json_fields

COLUMNS = ["id", "title", "summary", "description", "timezone", "start_local", "rrule", "exdates_local",
           "duration_minutes", "capacity", "opens_days_before", "closes_hours_before", "number", "freephone", "pin",
           "facilitators"]  # fmt: skip
OPTIONAL = {"summary", "description", "rrule", "exdates_local", "freephone", "pin"}
WHOLE_NUMBERS = {"duration_minutes", "capacity", "opens_days_before", "closes_hours_before"}
TIMES = {"start_local", "exdates_local"}
LISTS = {"exdates_local", "facilitators"}
GROUPS = {"question_window": ["opens_days_before", "closes_hours_before"], "dial_in": ["number", "freephone", "pin"]}
LONGEST_NUMBER = 9
# As spreadsheets write a date and a time, in this country.
SPREADSHEET_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})[ T](\d{1,2}:\d{2}(?::\d{2})?)")
ISO_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}:\d{2}(?::\d{2})?)")


@dataclass
class Listed:
    """One series of the table: the row where it begins, its cells there, and the starts of its further rows."""

    row: int
    cells: dict[str, str]
    extra: list[str] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, Any]:
        """As the same series would stand in a JSON file."""
        read = {name: _value(name, text) for name, text in self.cells.items()}
        grouped = {group: {name: read.pop(name, None) for name in names} for group, names in GROUPS.items()}
        return read | grouped | ({"extra_dates_local": self.extra} if self.extra else {})


def read(content: bytes, reading: Reading[Any]) -> list[Listed]:
    """The series of a table; what is wrong with a row goes to the reading. Raises Unusable for the whole of it."""
    rows = spreadsheet.rows(spreadsheet.decoded(content))
    names = spreadsheet.columns(next(rows, (1, []))[1], reading, COLUMNS, OPTIONAL)
    found: dict[str, Listed] = {}
    for number, cells in rows:
        try:
            if isinstance(cells, Unusable):
                raise cells
            if any(cell.strip() for cell in cells):
                _take(number, spreadsheet.named(cells, names), found)
        except Unusable as reason:
            reading.refused.append(Remark(number, f"Row {number}", str(reason)))
    if not found and not reading.refused:
        raise Unusable("There is no series in it.")
    return list(found.values())


def _take(number: int, raw: dict[str, str], found: dict[str, Listed]) -> None:
    """Put one row down as a series, or as one more date of a series that an earlier row has."""
    cells = {name: raw.get(name, "").replace(spreadsheet.BYTE_ORDER_MARK, "").strip() for name in COLUMNS}
    if not cells["id"]:
        raise Unusable("“id” is empty.")
    first = found.setdefault(cells["id"], Listed(number, cells))
    if first.row == number:
        return
    other = [name for name in COLUMNS if name != "start_local" and cells[name] not in ("", first.cells[name])]
    if other:
        said = ", ".join(shown(name) for name in other)
        raise Unusable(
            f"It is one more date of the series {shown(cells['id'])} in row {first.row}, but has another {said}. "
            "Leave those cells empty, or give it an id of its own."
        )
    starts_local = _time(cells["start_local"])
    json_fields.wall_clock(starts_local, "start_local")  # so that the fault is said of this row
    first.extra.append(starts_local)


def _value(name: str, text: str) -> Any:
    """A cell as it would stand in JSON."""
    if name in LISTS:
        parts = [part.strip() for part in text.split(";") if part.strip()]
        return [_time(part) for part in parts] if name in TIMES else parts
    if name in WHOLE_NUMBERS and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return int(text)
    return _time(text) if name in TIMES else text or None


def _time(text: str) -> str:
    """2026-03-31T19:30, from that or from 31/03/2026 19:30; anything else is left for the weighing to refuse."""
    if found := ISO_TIME.fullmatch(text):
        return f"{found[1]}T{found[2]:0>5}"
    if found := SPREADSHEET_TIME.fullmatch(text):
        return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}T{found[4]:0>5}"
    return text
