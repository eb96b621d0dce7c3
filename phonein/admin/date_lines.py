"""Dates typed one a line, as people write them, each with what stands behind it. No forms and no database here."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

EARLIEST, LATEST = date(2020, 1, 1), date(2100, 1, 1)
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
SHOWN = 3
_DAY = re.compile(
    r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
    r"(?:(?P<y>[0-9]{4})-(?P<m>[0-9]{1,2})-(?P<d>[0-9]{1,2})"
    r"|(?P<d2>[0-9]{1,2})[/.](?P<m2>[0-9]{1,2})[/.](?P<y2>[0-9]{4})"
    r"|(?P<d3>[0-9]{1,2})(?:st|nd|rd|th)?\s+(?P<m3>[a-z]{3,9})\.?,?\s+(?P<y3>[0-9]{4}))(?![0-9/.-])[,:]?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?:at\s+|T)?(?:(?P<h>[0-9]{1,2})[:.](?P<m>[0-9]{2})(?::00)?\s*(?P<half>am|pm)?|(?P<h2>[0-9]{1,2})\s*(?P<half2>am|pm))"
    r"(?![0-9a-z])[,:]?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Line:
    """One date: the line it stands in (counted from 1), the wall-clock start, and the words behind it."""

    number: int
    local: datetime
    words: str


def read(text: str, *, usual: time, example: str) -> tuple[list[Line], list[str]]:
    """The dates of a text, and what is wrong with it. A date without a time is meant at the `usual` one."""
    found: dict[datetime, Line] = {}
    wrong: list[str] = []
    for number, words in enumerate(text.split("\n"), start=1):
        if not words.strip():
            continue
        line = _line(number, words.strip(), usual)
        if line is None:
            wrong.append(f"Line {number}: “{_short(words)}” does not begin with a date. Write it like {example}.")
        elif not EARLIEST <= line.local.date() <= LATEST:
            wrong.append(f"Line {number}: choose a date between {EARLIEST.year} and {LATEST.year}.")
        elif line.local in found:
            wrong.append(f"Line {number}: this date stands in line {found[line.local].number} already. Take one out.")
        else:
            found[line.local] = line
    return list(found.values()), wrong


def problems(wrong: list[str]) -> str:
    """What is wrong, as one text that stays short."""
    more = [f"And {len(wrong) - SHOWN} more such lines."] if len(wrong) > SHOWN else []
    return " ".join([*wrong[:SHOWN], *more])


def said(local: datetime, usual: time, words: str = "") -> str:
    """A line as it is shown again: 2026-12-29 Between the years; with the time where it is not the usual one."""
    at = f" {local:%H:%M}" if local.time() != usual else ""
    return f"{local.date().isoformat()}{at} {words}".strip()


def put_in(text: str, line: str) -> str:
    return f"{text.rstrip()}\n{line}".strip()


def take_out(text: str, local: datetime, usual: time) -> str:
    """The text without the line of this date; every other line stays as it was typed."""
    kept = [
        words
        for number, words in enumerate(text.split("\n"), start=1)
        if (line := _line(number, words.strip(), usual)) is None or line.local != local
    ]
    return "\n".join(kept).strip()


def _line(number: int, words: str, usual: time) -> Line | None:
    day = _DAY.match(words)
    if not day:
        return None
    rest = words[day.end() :].lstrip()
    at = _TIME.match(rest)
    try:
        starts_at = _time(at) if at else usual
        return Line(number, datetime.combine(_date(day), starts_at), rest[at.end() if at else 0 :].strip())
    except ValueError:
        return None


def _date(found: re.Match[str]) -> date:
    year, day = found["y"] or found["y2"] or found["y3"], found["d"] or found["d2"] or found["d3"]
    return date(int(year), _month(found["m3"]) if found["m3"] else int(found["m"] or found["m2"]), int(day))


def _month(name: str) -> int:
    fitting = [number for number, whole in enumerate(MONTHS, start=1) if whole.startswith(name.lower())]
    if not fitting:
        raise ValueError("no such month")
    return fitting[0]


def _time(found: re.Match[str]) -> time:
    hour, half = int(found["h"] or found["h2"]), (found["half"] or found["half2"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise ValueError("no such hour")
    return time(hour % 12 + 12 * (half == "pm") if half else hour, int(found["m"] or 0))


def _short(words: str) -> str:
    return words.strip() if len(words.strip()) <= 40 else f"{words.strip()[:40]}…"
