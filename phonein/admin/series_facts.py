"""The facts of a series in words, one by one, with what was there before where that is different."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from phonein import bank_holidays, formats
from phonein.db import db
from phonein.identity.models import Person
from phonein.schedule import new_series
from phonein.schedule.models import Series


@dataclass(frozen=True)
class Fact:
    """`before` is None where nothing changes."""

    name: str
    words: str
    before: str | None = None


def facts_of(draft: dict[str, Any], before: Series | None) -> list[Fact]:
    there = _in_words(before, before.leaders) if before else {}
    now = _in_words(new_series.unsaved(draft), draft["leaders"])
    changed = {name for name, words in now.items() if before and there[name] != words}
    return [
        Fact(name, words or "none", there[name] if name in changed else None)
        for name, words in now.items()
        if words or name in changed
    ]


def _in_words(series: Series, leaders: list[Any]) -> dict[str, str]:
    return {
        "Title": series.title,
        "In one sentence": series.summary,
        "What people should know": series.description,
        "Led by": formats.listed([leader.name for leader in leaders]),
        "Safeguarding reviewer": _name_of(series.reviewer_id),
        "Deputy of the reviewer": _name_of(series.deputy_id),
        "Seats": str(series.seats),
        "Number to call": series.dial_in_number,
        "Free number": series.freephone or "",
        "PIN": "each new date gets its own" if series.changes_pin else series.pin,
        "When": series.in_words,
        "First date": formats.day(series.first_on),
        "Length": f"{series.minutes} minutes",
        "Questions": f"from {series.asks_open_days} days until {series.asks_close_hours} hours before",
        "Bank holidays": _holidays(series),
        "Left out": "; ".join(_said(series, gap.starts_local, gap.reason) for gap in series.left_out),
        "Extra dates": "; ".join(_said(series, one.starts_local) for one in series.extra),
    }


def _name_of(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else ""


def _holidays(series: Series) -> str:
    if not series.bank_holidays:
        return "not looked at"
    region = bank_holidays.REGIONS[series.bank_holidays]
    return f"{region}: {'left out' if series.skips_bank_holidays else 'they take place'}"


def _said(series: Series, local: datetime, reason: str = "") -> str:
    at = f" at {formats.time_of_day(local.time())}" if local.time() != series.starts_at_time else ""
    return f"{formats.short_day(local.date())}{at}{f' ({reason})' if reason else ''}"
