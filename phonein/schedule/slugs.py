"""The last part of a phone-in's address: its title and its day, in plain letters."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from phonein.db import db
from phonein.schedule.models import PhoneIn

LONGEST = 60
ROOM_FOR_DAY_AND_NUMBER = len("-2026-03-24-99")
UNTITLED = "phone-in"
# Letters that Unicode does not take apart into a plain letter and a mark.
PLAIN = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "'": "", "’": ""}
)


def slug_for(title: str, day: date) -> str:
    """looking-out-for-each-other-2026-10-06"""
    return f"{plain(title)}-{day.isoformat()}"


def free_slug(title: str, day: date) -> str:
    """`slug_for`, with a number behind it where another phone-in has it already."""
    return free_slugs(title, [day])[0]


def free_slugs(title: str, days: Iterable[date]) -> list[str]:
    """A slug for each of the days that no phone-in has yet, looked up all at once."""
    taken = set(db.session.scalars(select(PhoneIn.slug).where(PhoneIn.slug.startswith(f"{plain(title)}-"))))
    free: list[str] = []
    for day in days:
        slug, number = slug_for(title, day), 1
        while slug in taken:
            number += 1
            slug = f"{slug_for(title, day)}-{number}"
        taken.add(slug)
        free.append(slug)
    return free


def plain(title: str) -> str:
    """looking-out-for-each-other: at most 46 letters, so that day and number still fit behind."""
    letters = unicodedata.normalize("NFKD", title.casefold().translate(PLAIN))
    marks_gone = "".join(char for char in letters if not unicodedata.combining(char))
    slug = re.sub(r"[^a-z0-9]+", "-", marks_gone).strip("-")
    longest = LONGEST - ROOM_FOR_DAY_AND_NUMBER
    if len(slug) > longest:
        whole_words = slug[: longest + 1].rpartition("-")[0]
        slug = whole_words or slug[:longest]
    return slug or UNTITLED
