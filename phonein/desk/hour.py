"""The hour itself, kept as it happens: a reload, another device or a dead battery loses nothing.

What the questions come to are deeds like all else at the desk. The clock, the heads and the notes are not: there is
nothing in them to undo, and notes may say more than a history should keep.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from phonein import clock
from phonein.db import add_unless_there, db, hold
from phonein.desk import agenda, deeds
from phonein.desk.models import Hour
from phonein.errors import Refused
from phonein.identity.models import Person
from phonein.read_aloud.models import ANSWERED, CARRIED, IN_WRITING, LATER, QUESTION, SECTION, AgendaItem, ReadAloud
from phonein.schedule.models import PhoneIn

BEFORE = timedelta(minutes=30)
CAME_TO = {ANSWERED: "Answered", LATER: "Later", IN_WRITING: "In writing"}
HEADS_FOR_EACH_SEAT = 2


class TooEarly(Refused):
    """The hour can be begun from half an hour before the phone-in starts. Until then you can read through it here."""

    title = "Too early"


class CalledOff(Refused):
    """This phone-in is cancelled, so there is no hour to run."""

    title = "Cancelled"


class CarriedAlready(Refused):
    """This question has been carried on to the next date, so nothing more is said of it here."""

    title = "Carried on"


@dataclass(frozen=True)
class Clock:
    """How long it has gone, and how long is left, in seconds; `left` is below zero where it is over its time."""

    gone: int
    left: int


def of(phone_in: PhoneIn) -> Hour:
    """How it goes: as it is kept, or an hour that has not begun."""
    return db.session.get(Hour, phone_in.slug) or Hour(phone_in_slug=phone_in.slug, notes="", hand_over="", revision=0)


def can_begin(phone_in: PhoneIn, now: datetime) -> bool:
    return not phone_in.is_cancelled and now >= phone_in.starts_at - BEFORE


def is_over(phone_in: PhoneIn, kept: Hour, now: datetime) -> bool:
    return kept.ended_at is not None or phone_in.has_ended(now)


def ends_at(phone_in: PhoneIn, begun_at: datetime) -> datetime:
    """When it is over: as was said beforehand, however late it began; unless it began when that was past."""
    return phone_in.ends_at if begun_at < phone_in.ends_at else begun_at + phone_in.length


def whole(phone_in: PhoneIn, kept: Hour, now: datetime) -> Clock | None:
    """None before it has begun."""
    if kept.begun_at is None:
        return None
    until = kept.ended_at or now
    return Clock(_seconds(until - kept.begun_at), _seconds(ends_at(phone_in, kept.begun_at) - until))


def of_item(kept: Hour, item: AgendaItem | None, now: datetime) -> Clock | None:
    """Of what is spoken of now, against its minutes."""
    if item is None or kept.item_begun_at is None:
        return None
    gone = _seconds((kept.ended_at or now) - kept.item_begun_at)
    return Clock(gone, item.minutes * 60 - gone)


def steps(listed: list[AgendaItem]) -> list[AgendaItem]:
    """What the hour goes through: all but the titles of sections."""
    return [item for item in listed if item.kind != SECTION]


def section_of(item: AgendaItem, listed: list[AgendaItem]) -> str:
    """The title under which it stands."""
    before = listed[: listed.index(item)]
    return next((title.said for title in reversed(before) if title.kind == SECTION), "")


def after(item: AgendaItem | None, listed: list[AgendaItem]) -> AgendaItem | None:
    """What comes next: the next that nothing was said of, from here to the end and then from the top; and when there is
    none of those, what was put off until later."""
    order = steps(listed)
    at = order.index(item) + 1 if item in order else 0
    round_ = [one for one in order[at:] + order[:at] if one is not item]
    return next((one for wanted in ("", LATER) for one in round_ if one.came_to == wanted), None)


def begin(phone_in: PhoneIn) -> None:
    """Once: whoever presses after that, on whichever device, finds it begun. After the end it goes on.

    Raises CalledOff, TooEarly.
    """
    now = clock.now()
    _refuse_before_it(phone_in, now)
    kept = take_up(phone_in)
    if kept.ended_at:
        kept.ended_at = None
        kept.revision += 1
    if kept.begun_at is None:
        kept.begun_at = now
        _speak_of(kept, after(None, agenda.items(phone_in)), now)


def set_back(phone_in: PhoneIn) -> None:
    """It was begun by mistake: the clock stands at nothing again. What was said of the questions stays."""
    kept = take_up(phone_in)
    kept.begun_at = kept.ended_at = None
    _speak_of(kept, None, clock.now())


def end(phone_in: PhoneIn) -> None:
    kept = take_up(phone_in)
    if kept.begun_at and kept.ended_at is None:
        kept.ended_at = clock.now()
        kept.revision += 1


def go_to(phone_in: PhoneIn, item: AgendaItem) -> None:
    """Speak of this now."""
    kept = take_up(phone_in)
    if kept.item_id != item.id and kept.ended_at is None:
        _speak_of(kept, item, clock.now())


def mark(phone_in: PhoneIn, item: AgendaItem, came_to: str, *, by: Person, seen: int | None) -> None:
    """What the hour has made of this: one of CAME_TO, or "" to take that back. If it is what is spoken of now, the next
    is from then on; so a second tap on the same button is quietly one, and marks nothing else.

    Raises CalledOff, TooEarly, CarriedAlready, and ChangedMeanwhile where somebody else has said otherwise since deed
    number `seen`.
    """
    now = clock.now()
    _refuse_before_it(phone_in, now)
    hold(phone_in)
    db.session.refresh(item)
    if item.came_to == came_to:
        return
    if item.came_to == CARRIED:
        raise CarriedAlready
    deeds.refuse_if_changed(phone_in, seen, f"agenda_item:{item.id}")
    with deeds.done(phone_in, by=by, what=CAME_TO.get(came_to, "not yet").lower()):
        item.came_to = came_to
        if item.read_aloud:
            item.read_aloud.outcome = IN_WRITING if came_to == IN_WRITING else ""
    kept = take_up(phone_in)
    if kept.begun_at and kept.ended_at is None:
        if not came_to:
            _speak_of(kept, item, now)
        elif kept.item_id == item.id:
            _speak_of(kept, after(item, agenda.items(phone_in)), now)


def add(phone_in: PhoneIn, words: str, *, by: Person, is_next: bool) -> AgendaItem:
    """A question that was asked aloud, in the words of whoever leads. Somebody has asked it, so it counts as one; only
    nobody can look it up by receipt. It comes next, or at the end.

    Raises CalledOff, TooEarly.
    """
    _refuse_before_it(phone_in, clock.now())
    with deeds.done(phone_in, by=by, what="added in the hour"):
        same = [item for item in agenda.items(phone_in) if item.read_aloud and item.said == words]
        if same:
            return same[0]
        made = ReadAloud(phone_in_slug=phone_in.slug, asked_slug=phone_in.slug, words=words)
        db.session.add(made)
        db.session.flush()
        item = agenda.add(phone_in, QUESTION, read_aloud_id=made.id)
        listed = agenda.items(phone_in)
        now_spoken_of = next((one for one in listed if one.id == of(phone_in).item_id), None)
        if is_next:
            agenda.move_to(phone_in, item, listed.index(now_spoken_of) + 2 if now_spoken_of else 1)
    return item


def count_heads(phone_in: PhoneIn, heads: int | None) -> None:
    """How many are there: a number, and never who."""
    kept = take_up(phone_in)
    if kept.heads != heads:
        kept.heads = heads
        kept.revision += 1


def last_marked(phone_in: PhoneIn, listed: list[AgendaItem]) -> AgendaItem | None:
    """What was marked by the last deed at this desk, so that a slip of the finger is taken back at once."""
    newest = next(iter(deeds.history(phone_in, most=1)), None)
    if newest is None or newest.what not in [words.lower() for words in CAME_TO.values()]:
        return None
    return next((item for item in listed if f"agenda_item:{item.id}" in newest.changes and item.came_to), None)


def edition(phone_in: PhoneIn) -> str:
    """Changes with everything that the run view shows but notes: another device asks whether its page is still so."""
    return f"{deeds.newest(phone_in)}.{of(phone_in).revision}"


def take_up(phone_in: PhoneIn) -> Hour:
    """To be changed: two devices come one after the other."""
    hold(phone_in)
    add_unless_there(Hour, phone_in_slug=phone_in.slug, notes="", hand_over="", revision=0)
    kept: Hour = db.session.get(Hour, phone_in.slug, populate_existing=True)  # type: ignore[assignment]
    return kept


def _refuse_before_it(phone_in: PhoneIn, now: datetime) -> None:
    if phone_in.is_cancelled:
        raise CalledOff
    if not can_begin(phone_in, now):
        raise TooEarly


def _speak_of(kept: Hour, item: AgendaItem | None, now: datetime) -> None:
    kept.item_id, kept.item_begun_at = (item.id, now) if item else (None, None)
    kept.revision += 1


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
