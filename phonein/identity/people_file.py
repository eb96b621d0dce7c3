"""Reading a spreadsheet of people, and weighing each row. No database here: only what the file itself tells.

Rows are numbered as a spreadsheet shows them: the header is row 1. A row with a fault is refused with its reason, and
the rest of the file is taken.
"""

import re
import unicodedata
from dataclasses import dataclass

from phonein.identity import spreadsheet
from phonein.identity.addresses import fault_in_address
from phonein.identity.import_report import Reading, Remark, Unusable, is_unprintable, shown
from phonein.identity.models import Role, email_key
from phonein.identity.zones import is_zone

LABELS = {
    "email": "e-mail address",
    "name": "name",
    "unit": "unit",
    "region": "region",
    "timezone": "time zone",
    "role": "role",
}
LONGEST = 200
LONGEST_ADDRESS = 254
FORMULA_SIGNS = "=+-@"
BREAKS = {"line break": re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*"), "tab": re.compile(r"\s*\t\s*")}
NOT_ADDED = "This person was not added."


@dataclass(frozen=True)
class Entry:
    """One row that can be taken. `warnings` says what had to be mended in it."""

    row: int
    email: str
    name: str
    unit: str
    region: str
    zone_name: str
    role: Role
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return email_key(self.email)

    @property
    def where(self) -> str:
        return f"Row {self.row}"


def read(content: bytes) -> Reading[Entry]:
    """Every row of the file, weighed. A file that cannot be read at all is one refusal that says why."""
    reading = Reading[Entry]()
    try:
        rows = spreadsheet.rows(spreadsheet.decoded(content))
        columns = spreadsheet.columns(next(rows, (1, []))[1], reading, list(LABELS))
        firsts: dict[str, Entry] = {}
        for number, cells in rows:
            if isinstance(cells, Unusable):
                reading.refused.append(Remark(number, f"Row {number}", str(cells)))
            elif any(cell.strip() for cell in cells):
                _take(number, cells, columns, firsts, reading)
    except Unusable as reason:
        reading.refuse_whole(reason)
    return reading


def _take(number: int, cells: list[str], columns: list[str], firsts: dict[str, Entry], reading: Reading[Entry]) -> None:
    try:
        raw = spreadsheet.named(cells, columns)
        entry = _weighed(number, raw)
        if first := firsts.get(entry.key):
            raise Unusable(_said_twice(raw["email"].replace(spreadsheet.BYTE_ORDER_MARK, ""), entry, first))
        firsts[entry.key] = entry
        reading.entries.append(entry)
    except Unusable as reason:
        reading.refused.append(Remark(number, f"Row {number}", str(reason)))


def _weighed(number: int, raw: dict[str, str]) -> Entry:
    warnings: list[str] = []
    cells = {column: _cleaned(column, raw[column], warnings) for column in LABELS}
    _refuse_blanks(raw, cells)
    if fault := fault_in_address(cells["email"]):
        raise Unusable(f"{shown(cells['email'])} is not an e-mail address: {fault}. {NOT_ADDED}")
    for column, text in cells.items():
        _refuse_unfit_text(column, text)
    if not is_zone(cells["timezone"]):
        raise Unusable(f"{shown(cells['timezone'])} is not a time zone; write it like Europe/London. {NOT_ADDED}")
    if cells["role"].casefold() not in set(Role):
        raise Unusable(f"{shown(cells['role'])} is not a role; write staff, facilitator or admin. {NOT_ADDED}")
    return Entry(
        row=number,
        email=cells["email"],
        name=cells["name"],
        unit=cells["unit"],
        region=cells["region"],
        zone_name=cells["timezone"],
        role=Role(cells["role"].casefold()),
        warnings=tuple(warnings),
    )


def _cleaned(column: str, text: str, warnings: list[str]) -> str:
    """The cell without what a spreadsheet adds; says in `warnings` what a person ought to hear of."""
    label = LABELS[column]
    if spreadsheet.BYTE_ORDER_MARK in text:
        place = "before" if text.lstrip().startswith(spreadsheet.BYTE_ORDER_MARK) else "in"
        text = text.replace(spreadsheet.BYTE_ORDER_MARK, "")
        warnings.append(
            f"An invisible byte-order mark {place} the {label} was removed (two files may have been joined here)."
        )
    text = text.strip()
    if column == "email":
        return text
    for called, pattern in BREAKS.items():
        if pattern.search(text):
            text = pattern.sub(" ", text)
            warnings.append(f"A {called} inside the {label} was changed to a space.")
    return unicodedata.normalize("NFC", text)


def _refuse_blanks(raw: dict[str, str], cells: dict[str, str]) -> None:
    whose = {"email": cells["name"], "name": cells["email"], "timezone": cells["email"], "role": cells["email"]}
    for column, person in whose.items():
        if not cells[column]:
            label, for_whom = LABELS[column], f" for {shown(person)[1:-1]}" if person else ""
            said = f"The {label}{for_whom} is only spaces" if raw[column] else f"There is no {label}{for_whom}"
            raise Unusable(f"{said}. {NOT_ADDED}")


def _refuse_unfit_text(column: str, text: str) -> None:
    label, longest = LABELS[column], LONGEST_ADDRESS if column == "email" else LONGEST
    if len(text) > 1 and text[0] in FORMULA_SIGNS:
        raise Unusable(
            f"The {label} starts with “{text[0]}”, so a spreadsheet would run it as a formula. This person was not "
            f"added; type the {label} as plain text."
        )
    if any(is_unprintable(char) for char in text):
        raise Unusable(f"The {label} {shown(text)} has an invisible or control character in it. {NOT_ADDED}")
    if len(text) > longest:
        raise Unusable(f"The {label} is longer than {longest} characters. {NOT_ADDED}")


def _said_twice(spelled: str, entry: Entry, first: Entry) -> str:
    """The refusal of an address that an earlier row has already."""
    differs = ["spaces around it"] * (spelled != spelled.strip())
    if entry.email != first.email:
        is_case = unicodedata.normalize("NFC", entry.email) != unicodedata.normalize("NFC", first.email)
        differs.append("capital letters" if is_case else "ways of storing accents")
    same = f" ({' and '.join(differs)} make no difference)" if differs else ""
    is_other_name = entry.name.casefold() != first.name.casefold()
    return (
        f"{shown(entry.email)} is already in this file at row {first.row}"
        f"{', under another name' if is_other_name else ''}{same}. "
        + (
            "The first row was kept; check which name is right."
            if is_other_name
            else "The first row was kept and this one was not added."
        )
    )
