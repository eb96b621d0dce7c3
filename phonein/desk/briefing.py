"""What the facilitator's pack says, before anybody decides how it looks: no database, no Flask, no file.

Only wordings that may be read aloud belong in it. It names no asker, and no count of few.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from phonein import formats
from phonein.formats import Timed

QUESTION, SECTION, OPENER, BREAK, CLOSE = "question", "section", "opener", "break", "close"
MARKING = "For those who lead this phone-in. Keep it to yourself and shred it afterwards."
GLANCE = 110  # characters
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}  # controls, overrides of the writing direction, halves of characters, nothing


@dataclass(frozen=True)
class Part:
    """One line of the running order. `number` counts the questions; `at` says when it begins, where that is known."""

    kind: str
    words: str
    minutes: int = 0
    number: int = 0
    at: str = ""
    topic: str = ""
    also: str = ""
    content_note: str = ""


@dataclass(frozen=True)
class Briefing:
    """`there_is`: the minutes of the phone-in. `support`: lines such as "Samaritans 116 123: free, day and night"."""

    title: str
    when: str
    leaders: Sequence[str]
    taken: int
    seats: int
    there_is: int
    parts: Sequence[Part]
    support: Sequence[str] = ()
    fingerprint: str = ""
    marking: str = MARKING

    @property
    def planned(self) -> int:
        return sum(part.minutes for part in self.parts)

    @property
    def questions(self) -> list[Part]:
        return [part for part in self.parts if part.kind == QUESTION]

    @property
    def has_content_notes(self) -> bool:
        return any(part.content_note for part in self.parts)


def timed(parts: Sequence[Part], timed_by: Timed) -> list[Part]:
    """The parts in order with the numbers of the questions, and with when each begins if all goes to plan.

    After a question or a break without minutes nobody can say any more when the next one begins.
    """
    numbered, number, passed, is_known = [], 0, 0, any(part.minutes for part in parts)
    for part in parts:
        number += part.kind == QUESTION
        at = formats.clock_time(_after(timed_by, passed), timed_by.zone) if is_known else ""
        numbered.append(replace(part, number=number if part.kind == QUESTION else 0, at=at))
        passed += part.minutes
        is_known = is_known and bool(part.minutes or part.kind == SECTION)
    return numbered


def time_in_words(planned: int, there_is: int) -> str:
    """52 of 60 minutes, 8 left; 67 of 60 minutes, 7 too long; 60 of 60 minutes, none left"""
    left = there_is - planned
    rest = f"{-left} too long" if left < 0 else f"{left or 'none'} left"
    return f"{planned} of {there_is} minute{'' if there_is == 1 else 's'}, {rest}"


def in_short(words: str) -> str:
    """For the running order: on one line, and no more of it than two lines hold. All of it stands elsewhere."""
    line = " ".join(words.split())
    return line if len(line) <= GLANCE else f"{line[:GLANCE].rsplit(' ', 1)[0]} …"


def legible(words: str) -> str:
    """What people wrote, in whole letters (ŵ and not w with a roof), without what is not seen."""
    whole = unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n"))
    return "".join(sign for sign in whole if sign == "\n" or unicodedata.category(sign) not in UNSEEN).strip()


def spelled_out(briefing: Briefing) -> dict[str, Any]:
    """All of it as plain values, every text made legible."""
    told: dict[str, Any] = _legible(asdict(briefing))
    return told | {
        "time": time_in_words(briefing.planned, briefing.there_is),
        "planned": briefing.planned,
        "leaders": formats.listed(told["leaders"]),
        "seats": f"{briefing.taken} of {briefing.seats} taken",
        "has_content_notes": briefing.has_content_notes,
    }


def _legible(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _legible(each) for key, each in told.items()}
    if isinstance(told, list | tuple):
        return [_legible(each) for each in told]
    return legible(told) if isinstance(told, str) else told


def _after(timed_by: Timed, minutes: int) -> datetime:
    return timed_by.starts_at + timedelta(minutes=minutes)
