"""The running order of the hour. All of it changes inside a deed, so one after the other."""

from collections.abc import Mapping

from sqlalchemy import select

from phonein.db import db, hold
from phonein.desk.deeds import AGENDA, ChangedMeanwhile
from phonein.desk.models import Deed
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.read_aloud import wordings
from phonein.read_aloud.models import CLOSE, MINUTES_EACH, OPENER, QUESTION, SECTION, AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn


class NotOnAgenda(Refused):
    """It is not on the agenda any more."""

    status = 404
    title = "Not on the agenda"


def items(phone_in: PhoneIn) -> list[AgendaItem]:
    return wordings.agenda(phone_in.slug)


def one(phone_in: PhoneIn, item_id: str) -> AgendaItem | None:
    return next((item for item in items(phone_in) if item.id == item_id), None)


def taken_up(phone_in: PhoneIn, item_id: str) -> AgendaItem:
    """To be changed. Raises NotOnAgenda: somebody may have taken it off a moment ago."""
    found = one(phone_in, item_id)
    if found is None:
        raise NotOnAgenda
    return found


def minutes(listed: list[AgendaItem]) -> int:
    """How long all of it takes."""
    return sum(item.minutes for item in listed)


def ready(phone_in: PhoneIn) -> list[ReadAloud]:
    """What is worded, is not to be answered in writing, and has no place yet."""
    listed = {item.read_aloud_id for item in items(phone_in)}
    return [one for one in wordings.of(phone_in.slug) if one.id not in listed and not one.outcome]


def put_on(phone_in: PhoneIn, read_aloud: ReadAloud) -> AgendaItem:
    """At the end; where it is on it already, nothing changes. It is not to be answered only in writing any more."""
    listed = items(phone_in)
    for item in listed:
        if item.read_aloud_id == read_aloud.id:
            return item
    read_aloud.outcome = ""
    return add(phone_in, QUESTION, read_aloud_id=read_aloud.id)


def add(
    phone_in: PhoneIn, kind: str, words: str = "", *, minutes: int = MINUTES_EACH, read_aloud_id: str | None = None
) -> AgendaItem:
    """Something new: an opener at the beginning, all else at the end, but before the close."""
    listed = items(phone_in)
    last = max((item.place for item in listed), default=0)
    facts = {"kind": kind, "words": words, "minutes": minutes, "read_aloud_id": read_aloud_id}
    item = AgendaItem(phone_in_slug=phone_in.slug, place=last + 1, **facts)
    db.session.add(item)
    db.session.flush()
    if kind == OPENER:
        move_to(phone_in, item, 1)
    elif kind != CLOSE and listed and listed[-1].kind == CLOSE:
        move_to(phone_in, item, len(listed))
    return item


def take_off(item: AgendaItem) -> None:
    db.session.delete(item)
    db.session.flush()


def move_to(phone_in: PhoneIn, item: AgendaItem, place: int) -> int:
    """To this place, counted from 1, or to the nearest end; the place it has then."""
    order = items(phone_in)
    order.remove(item)
    order.insert(min(max(place, 1), len(order) + 1) - 1, item)
    for number, listed in enumerate(order, start=1):
        listed.place = number
    return order.index(item) + 1


def move(phone_in: PhoneIn, item: AgendaItem, *, by: int) -> int:
    """One place up (-1) or down (1); at the end it stays where it is. The place it has then."""
    return move_to(phone_in, item, items(phone_in).index(item) + 1 + by)


def set_minutes(phone_in: PhoneIn, wanted: Mapping[str, tuple[int, int]]) -> None:
    """By the item's name: how long it was to take where this was decided, and how long it is to take.

    Raises ChangedMeanwhile, where somebody else has given one of these another time meanwhile.
    """
    listed = {item.id: item for item in items(phone_in)}
    changes = {name: both for name, both in wanted.items() if both[0] != both[1]}
    for name, (was, _) in changes.items():
        if name not in listed or listed[name].minutes != was:
            raise ChangedMeanwhile
    for name, (_, minutes) in changes.items():
        listed[name].minutes = minutes


def give_each(phone_in: PhoneIn, minutes: int) -> int:
    """So many minutes for every question; how many questions there are."""
    questions = [item for item in items(phone_in) if item.kind == QUESTION]
    for item in questions:
        item.minutes = minutes
    return len(questions)


def say(item: AgendaItem, words: str) -> None:
    """Other words for what is not a question: those of a question are its wording."""
    if item.kind != QUESTION and (words or item.kind != SECTION):
        item.words = words


def reordered_since(phone_in: PhoneIn, seen: int, *, by: Person) -> list[Deed]:
    """What others did after deed number `seen` to what is on the agenda and in which order, the oldest first."""
    others = (Deed.phone_in_slug == phone_in.slug, Deed.number > seen, Deed.by_id != by.id)
    deeds = db.session.scalars(select(Deed).where(*others).order_by(Deed.number))
    return [deed for deed in deeds if any(_is_of_order(key, both) for key, both in deed.changes.items())]


def refuse_if_reordered(phone_in: PhoneIn, seen: int | None, *, by: Person) -> None:
    """Raises ChangedMeanwhile, where somebody else has moved, added or taken off something after deed `seen`."""
    hold(phone_in)
    if seen is not None and reordered_since(phone_in, seen, by=by):
        raise ChangedMeanwhile


def _is_of_order(key: str, both: list[dict[str, object] | None]) -> bool:
    if not key.startswith(f"{AGENDA}:"):
        return False
    before, after = both
    return before is None or after is None or "place" in after
