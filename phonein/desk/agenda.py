"""The running order of the hour. All of it changes inside a deed, so one after the other."""

from phonein.db import db
from phonein.errors import Refused
from phonein.read_aloud import wordings
from phonein.read_aloud.models import MINUTES_EACH, QUESTION, AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn


class NotOnAgenda(Refused):
    """It is not on the agenda any more."""

    status = 404
    title = "Not on the agenda"


def items(phone_in: PhoneIn) -> list[AgendaItem]:
    return wordings.agenda(phone_in.slug)


def one(phone_in: PhoneIn, item_id: str) -> AgendaItem | None:
    return next((item for item in items(phone_in) if item.id == item_id), None)


def minutes(listed: list[AgendaItem]) -> int:
    """How long all of it takes."""
    return sum(item.minutes for item in listed)


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
    """Something new at the end."""
    last = max((item.place for item in items(phone_in)), default=0)
    facts = {"kind": kind, "words": words, "minutes": minutes, "read_aloud_id": read_aloud_id}
    item = AgendaItem(phone_in_slug=phone_in.slug, place=last + 1, **facts)
    db.session.add(item)
    db.session.flush()
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
