"""Notes of the hour: kept as they were typed, and two who write the same one both find both texts."""

import hashlib

from phonein.db import db
from phonein.desk import hour
from phonein.errors import Refused
from phonein.read_aloud.models import AgendaItem
from phonein.schedule.models import PhoneIn


class NoteChanged(Refused):
    """Somebody else has changed this note since you opened the page. Both are shown: keep what is right."""

    title = "This note changed"

    def __init__(self, theirs: str) -> None:
        super().__init__()
        self.theirs = theirs


def edition_of(words: str) -> str:
    """Which edition of a note this is: whoever changes it says from which one."""
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def note(phone_in: PhoneIn, item: AgendaItem | None, words: str, *, seen: str) -> None:
    """Keep a note about an item, or about the hour. The same twice is once. Raises NoteChanged."""
    kept = hour.take_up(phone_in)
    if item:
        db.session.refresh(item)
    now = item.note if item else kept.notes
    if now == words:
        return
    if edition_of(now) != seen:
        raise NoteChanged(now)
    if item:
        item.note = words
    else:
        kept.notes = words
