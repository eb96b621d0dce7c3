"""What saving a series would do, as it is shown before anything is saved: how many dates, which, and who is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from phonein import clock, formats
from phonein.booking.models import Booking
from phonein.db import db
from phonein.schedule import new_series, rolling
from phonein.schedule.revision import Plan, Planned

NOBODY = "Nobody is told."
ITS_OWN = "its own "
CHANGES = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "seats": "number of seats",
    "dial_in_number": "number to call",
    "freephone": "free number",
    "pin": "PIN",
    "reviewer_id": "safeguarding reviewer",
    "deputy_id": "deputy of the reviewer",
    "leaders": "leader",
    "asking": "time for questions",
}


@dataclass(frozen=True)
class Group:
    """Dates with which the same happens: in a sentence, and each by itself with what is worth knowing of it."""

    heading: str
    dates: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Effect:
    groups: Sequence[Group]
    telling: str


def effect_of(plan: Plan | None, draft: dict[str, Any], *, is_published: bool) -> Effect:
    """A draft that has no dates yet is as good as new."""
    if plan is not None and (plan.dates or is_published):
        return _of_plan(plan, ZoneInfo(draft["zone_name"]))
    return _of_new(draft)


def _of_new(draft: dict[str, Any]) -> Effect:
    series = new_series.unsaved(draft)
    now = clock.now()
    starts = series.starts(until=now + rolling.AHEAD)
    dates = [(_said(one, series.zone), "") for one in starts if one > now]
    heading = f"{counted(len(dates), 'date', 'dates')} in the next 400 days, once you publish it"
    if not dates and starts:
        heading = "No date to book: all of them are in the past"
    return Effect([Group(heading, dates)], f"{NOBODY} Nobody sees it or can book until you publish it.")


def _of_plan(plan: Plan, zone: ZoneInfo) -> Effect:
    kinds: list[tuple[str, str, Callable[[Planned], bool]]] = [
        ("date is moved", "dates are moved", lambda one: one.kind == "moved"),
        ("date changes", "dates change", lambda one: one.kind == "changed"),
        ("date is new", "dates are new", lambda one: one.kind == "new"),
        ("date is on again", "dates are on again", lambda one: one.kind == "back"),
        ("date falls away", "dates fall away", lambda one: one.kind == "off"),
        ("date keeps what was changed by hand", "dates keep what was changed by hand", lambda one: bool(one.kept)),
        ("date stays as it is", "dates stay as they are", lambda one: one.kind == "same" and not one.kept),
    ]
    groups = []
    for single, several, is_meant in kinds:
        meant = [(_day(one, zone), _detail(one, zone)) for one in plan.dates if is_meant(one)]
        if meant:
            groups.append(Group(counted(len(meant), single, several), meant))
    told = [(_day(one, zone), _told(one, zone)) for one in plan.dates if one.told]
    if told:
        people = people_told(plan)
        letters = f", in {plan.letters} letters" if plan.letters != people else ""
        groups.append(Group(counted(people, "person is told", "people are told") + letters, told))
    return Effect(groups, "" if told else NOBODY)


def people_told(plan: Plan) -> int:
    """How many people that is: somebody with a seat on several of the dates gets a letter about each."""
    ids = [one.phone_in.id for one in plan.dates if one.phone_in and one.told]
    booked = select(func.count(Booking.person_id.distinct()))
    return db.session.scalar(booked.where(Booking.phone_in_id.in_(ids), Booking.given_back_on.is_(None))) or 0


def becomes(planned: Planned) -> list[str]:
    """What becomes of one date of the preview, in words."""
    one = planned.phone_in
    if one is None:
        return ["new"]
    is_moved = planned.kind == "moved" and planned.start != one.starts_at
    return [
        *(["on again"] if planned.kind == "back" else []),
        *([f"moved from {_said(one.starts_at, one.zone)}"] if is_moved else []),
        *_kept(planned),
        *([f"is on {_said(one.starts_at, one.zone)}"] if "its own time" in planned.kept else []),
        *_booked(planned),
    ]


def _day(planned: Planned, zone: ZoneInfo) -> str:
    """When it is now; of a new date, when it will be, on the clock of its series."""
    if (one := planned.phone_in) is not None:
        return _said(one.starts_at, one.zone)
    return _said(planned.start, zone) if planned.start else ""


def _detail(planned: Planned, zone: ZoneInfo) -> str:
    return "; ".join([*_new_time(planned, zone), *_other_changes(planned), *_kept(planned), *_booked(planned)])


def _new_time(planned: Planned, zone: ZoneInfo) -> list[str]:
    one = planned.phone_in
    if one is None or planned.start is None or "time" not in planned.changes:
        return []
    if planned.start == one.starts_at and zone == one.zone:
        return ["another length"]
    whose = f" ({formats.town_time(zone)})" if zone != one.zone else ""
    return [f"then {_said(planned.start, zone)}{whose}"]


def _other_changes(planned: Planned) -> list[str]:
    words = [CHANGES[name] for name in planned.changes if name != "time"]
    return [f"another {formats.listed(words)}"] if words else []


def _kept(planned: Planned) -> list[str]:
    """Keeps its own title and time; stays cancelled"""
    own = [words.removeprefix(ITS_OWN) for words in planned.kept if words.startswith(ITS_OWN)]
    rest = [f"stays {words}" for words in planned.kept if not words.startswith(ITS_OWN)]
    return [*([f"keeps {ITS_OWN}{formats.listed(own)}"] if own else []), *rest]


def _booked(planned: Planned) -> list[str]:
    taken = planned.phone_in.taken if planned.phone_in else 0
    return [f"{taken} booked"] if taken else []


def _told(planned: Planned, zone: ZoneInfo) -> str:
    what = "it does not take place" if planned.kind == "off" else "it is on again" if planned.kind == "back" else ""
    heard = what or "; ".join([*_new_time(planned, zone), *_other_changes(planned)])
    return f"{counted(planned.told, 'person', 'people')}: {heard}"


def _said(start: datetime, zone: ZoneInfo) -> str:
    return f"{formats.short_day(start, zone)}, {formats.clock_time(start, zone)}"


def counted(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
