"""Taking single values out of a JSON object that somebody else wrote. Each fault is a sentence."""

import unicodedata
from datetime import datetime
from typing import Any

from phonein.identity.import_report import Unusable, is_unprintable, shown

EARLIEST, LATEST = datetime(2000, 1, 1), datetime(2100, 1, 1)  # noqa: DTZ001 (wall clock)
LINE_ENDS = {"\n", "\r", "\t"}


def text(fields: dict[str, Any], key: str, *, longest: int, is_needed: bool = True, has_lines: bool = False) -> str:
    """The text at this key, NFC and trimmed. Where it is not needed, nothing and null are ""."""
    value = fields.get(key)
    if value is None and not is_needed:
        return ""
    if value is None:
        raise Unusable(f"“{key}” is missing.")
    if not isinstance(value, str):
        raise Unusable(f"“{key}” must be text in quotation marks, not {_said(value)}.")
    read = unicodedata.normalize("NFC", value).strip()
    if is_needed and not read:
        raise Unusable(f"“{key}” is empty.")
    if len(read) > longest:
        raise Unusable(f"“{key}” is longer than {longest} characters.")
    if any(is_unprintable(char) and not (has_lines and char in LINE_ENDS) for char in read):
        raise Unusable(f"“{key}” has an invisible or control character in it.")
    return read


def whole_number(fields: dict[str, Any], key: str, least: int, most: int) -> int:
    value = fields.get(key)
    if value is None:
        raise Unusable(f"“{key}” is missing.")
    if type(value) is not int or not least <= value <= most:
        raise Unusable(f"“{key}” must be a whole number from {least} to {most}, not {_said(value)}.")
    return value


def yes_or_no(fields: dict[str, Any], key: str) -> bool:
    value = fields[key]
    if not isinstance(value, bool):
        raise Unusable(f"“{key}” must be true or false, not {_said(value)}.")
    return value


def group(fields: dict[str, Any], key: str) -> dict[str, Any]:
    value = fields.get(key)
    if not isinstance(value, dict):
        raise Unusable(f"“{key}” {'is missing' if value is None else 'must be an object in { }'}.")
    return value


def texts(fields: dict[str, Any], key: str) -> list[str]:
    value = fields.get(key)
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise Unusable(f"“{key}” {'is missing' if value is None else 'must be a list of texts in [ ]'}.")
    return value


def wall_clock(value: str, key: str) -> datetime:
    """A date and time of day without a zone."""
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        read = None
    if read is None or "T" not in value or read.tzinfo or read.microsecond:
        raise Unusable(
            f"“{key}” must be a date and a time without a zone, like 2026-10-06T19:30:00, not {shown(value)}."
        )
    if not EARLIEST <= read < LATEST:
        raise Unusable(f"“{key}” must lie between 2000 and 2099, not {shown(value)}.")
    return read


def _said(value: object) -> str:
    return shown(value) if isinstance(value, str) else "a list" if isinstance(value, list) else shown(str(value))
