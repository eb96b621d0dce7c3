"""Changing a whole series, or its dates from one on: what would become of each date, and then doing exactly that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from phonein import bank_holidays, formats
from phonein.db import db, hold
from phonein.schedule import by_hand, rolling
from phonein.schedule.changes import (
    FewerThanBooked,
    refuse_if_changed,
    retime,
    set_window,
)
from phonein.schedule.models import ExtraDate, LeftOut, PhoneIn, Series
from phonein.schedule.new_series import unsaved
from phonein.schedule.pairing import pair
from phonein.schedule.splitting import split

# What people with a seat hear of, with the words for it; the rest they find on the page.
HEARD = ("title", "leaders", "dial_in_number", "freephone", "pin", "time")
NOT_COLUMNS = ("leaders", "left_out", "extra")


@dataclass(frozen=True)
class Planned:
    """What becomes of one date. `start` is the instant its series gives it, None where it gives none.

    `kind`: "same", "changed", "moved", "new", "off" (cancelled, because the series has no such date any more), "back"
    (one that had fallen away is on again), or "kept" (the series has no such date, but an admin changed it by itself).
    `changes` names what becomes different, `kept` says what it has of its own, `told` how many people hear of it.
    """

    phone_in: PhoneIn | None
    start: datetime | None
    kind: str
    changes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    told: int = 0


@dataclass(frozen=True)
class Plan:
    dates: list[Planned]

    @property
    def letters(self) -> int:
        """How many letters this means: one for each seat that is told something."""
        return sum(one.told for one in self.dates)

    def of(self, *kinds: str) -> list[Planned]:
        return [one for one in self.dates if one.kind in kinds]


def draft_of(series: Series) -> dict[str, Any]:
    """What a series is now, as a draft to be changed: its columns, and `leaders`, `left_out`, `extra`."""
    unchanging = {"id", "slug", "published_at", "edition", "revision", "continues_id"}
    columns = {c.key: getattr(series, c.key) for c in Series.__table__.columns if c.key not in unchanging}
    return columns | {
        "leaders": list(series.leaders),
        "left_out": {gap.starts_local: gap.reason for gap in series.left_out},
        "extra": {more.starts_local for more in series.extra},
    }


def plan(series: Series, draft: Mapping[str, Any], *, from_start: datetime | None, now: datetime) -> Plan:
    """What the draft would make of the coming dates, from the one planned for the instant `from_start` on where that is
    given. Writes nothing. Raises FewerThanBooked, rhythm.BadRule."""
    wanted = unsaved(draft)
    if series.published_at is None and not series.phone_ins:
        return Plan([])
    coming = [
        one
        for one in series.phone_ins
        if one.planned_at and not one.has_begun(now) and (from_start is None or one.planned_at >= from_start)
    ]
    starts = _starts(series, wanted, coming, now)
    closed = _closed(wanted)
    old = [None if (day := rolling.day_of(series, _planned(one))) in closed else day for one in coming]
    places = pair(old, [rolling.day_of(wanted, start) for start in starts])
    given_out = {place for place in places if place is not None}
    dates = [
        _planned_for(series, wanted, one, None if place is None else starts[place], now)
        for one, place in zip(coming, places, strict=True)
    ]
    dates += [
        Planned(None, start, "new") for place, start in enumerate(starts) if place not in given_out and start > now
    ]
    return Plan(sorted(dates, key=lambda one: one.start or _planned(one.phone_in)))


def carry_out(
    series: Series, draft: Mapping[str, Any], *, from_start: datetime | None, edition: int | None, now: datetime
) -> Plan:
    """Change the series to the draft, and its dates as planned now. Returns the plan: who is told is for the edge.

    From a date on, the series ends before it and a new one continues it; the dates keep their bookings and addresses.
    Call it inside a transaction. Raises ChangedMeanwhile, FewerThanBooked, rhythm.BadRule.
    """
    hold(series)
    refuse_if_changed(series, edition)
    for phone_in in sorted(series.phone_ins, key=lambda one: one.id):  # as everybody does who holds several
        if not phone_in.has_begun(now):
            hold(phone_in)  # nobody books a seat in it while it changes
    settled = plan(series, draft, from_start=from_start, now=now)
    heir = split(series, from_start) if from_start else series
    for phone_in in list(series.phone_ins):
        if from_start and phone_in.planned_at and phone_in.planned_at >= from_start:
            phone_in.series = heir  # one that was held early, too: else it would be planned once more
    _set(heir, draft)
    series.edition += 1
    _give_planned(settled)
    for one in settled.dates:
        if one.phone_in is not None and one.kind != "kept":
            _apply(one, one.phone_in, heir, now)
    db.session.flush()
    if heir.published_at is not None:
        rolling.roll_on(heir, now=now)
    return settled


def _set(series: Series, draft: Mapping[str, Any]) -> None:
    for name, value in draft.items():
        if name not in NOT_COLUMNS:
            setattr(series, name, value)
    series.leaders = list(draft["leaders"])
    there = {gap.starts_text: gap for gap in series.left_out}
    series.left_out = [
        there.get(at.isoformat()) or LeftOut(starts_text=at.isoformat()) for at in sorted(draft["left_out"])
    ]
    for gap in series.left_out:
        gap.reason = draft["left_out"][gap.starts_local]
    more = {one.starts_text: one for one in series.extra}
    series.extra = [more.get(at.isoformat()) or ExtraDate(starts_text=at.isoformat()) for at in sorted(draft["extra"])]


def _starts(series: Series, wanted: Series, coming: list[PhoneIn], now: datetime) -> list[datetime]:
    """The starts that the coming dates can get: those to come, and those of the days on which they were planned."""
    until = max([now + rolling.AHEAD, *(_planned(one) for one in coming)])
    days = {rolling.day_of(series, _planned(one)) for one in coming}
    mine = {one.id for one in coming}
    taken = {one.planned_at for one in series.phone_ins if one.id not in mine}
    done = rolling.days_done(series, now)
    with_days = [(start, rolling.day_of(wanted, start)) for start in wanted.starts(until=until)]
    return [
        start for start, day in with_days if start not in taken and day not in done and (start > now or day in days)
    ]


def _closed(wanted: Series) -> set[date]:
    """Days on which it shall not take place: who has booked such a day is not moved to another, but told so."""
    left_out = {gap.starts_local.date() for gap in wanted.left_out}
    extra = {one.starts_local.date() for one in wanted.extra}
    holidays = bank_holidays.names(wanted.bank_holidays) if wanted.skips_bank_holidays else {}
    return (left_out | set(holidays)) - extra


def _planned_for(series: Series, wanted: Series, phone_in: PhoneIn, start: datetime | None, now: datetime) -> Planned:
    own, kept = by_hand.own(phone_in), by_hand.own_words(phone_in)
    if start is None:
        if own:
            return Planned(phone_in, None, "kept", kept=kept)
        is_off = phone_in.is_cancelled
        return Planned(phone_in, None, "same" if is_off else "off", told=0 if is_off else phone_in.taken)
    if wanted.seats < phone_in.taken and "seats" not in own:
        raise FewerThanBooked(
            f"{phone_in.taken} seats are booked or held on {formats.day(phone_in.starts_at, phone_in.zone)}, so there "
            f"cannot be only {wanted.seats}. Choose {phone_in.taken} or more."
        )
    changes = [name for name in _different(series, wanted, phone_in, start, now) if name not in own]
    is_back = phone_in.is_cancelled and "cancelled" not in own
    kind = "back" if is_back else "moved" if "time" in changes else "changed" if changes else "same"
    is_heard = not phone_in.is_cancelled and any(name in HEARD for name in changes)
    return Planned(phone_in, start, kind, changes, kept, phone_in.taken if is_heard or is_back else 0)


def _different(series: Series, wanted: Series, phone_in: PhoneIn, start: datetime, now: datetime) -> list[str]:
    """The names of all in which this date is not yet what the series shall be."""
    found = [n for n in by_hand.FACTS if n != "pin" and getattr(phone_in, n) != getattr(wanted, n)]
    pins_stay = wanted.changes_pin and series.changes_pin
    if not pins_stay and (wanted.changes_pin or phone_in.pin != wanted.pin):
        found.append("pin")
    if {leader.id for leader in phone_in.leaders} != {leader.id for leader in wanted.leaders}:
        found.append("leaders")
    if start > now and (phone_in.starts_at != start or phone_in.length != timedelta(minutes=wanted.minutes)):
        found.append("time")
    if (series.asks_open_days, series.asks_close_hours) != (wanted.asks_open_days, wanted.asks_close_hours):
        found.append("asking")
    return found


def _give_planned(settled: Plan) -> None:
    """The instants of the rhythm to their dates. First all are taken back: within a series no two may be planned for
    one instant, not even for a moment."""
    kept = {one.phone_in: _planned(one.phone_in) for one in settled.dates if one.phone_in}
    for phone_in in kept:
        phone_in.planned_at = None
    db.session.flush()
    for one in settled.dates:
        if one.phone_in:
            one.phone_in.planned_at = one.start or kept[one.phone_in]  # it may be given back to the series one day


def _apply(one: Planned, phone_in: PhoneIn, heir: Series, now: datetime) -> None:
    if one.kind == "off":
        phone_in.cancelled_at, phone_in.cancel_reason = now, _why(phone_in, heir)
    elif one.kind == "back":
        phone_in.cancelled_at, phone_in.cancel_reason = None, ""
    for name in one.changes:
        if name in by_hand.FACTS and name != "pin":
            setattr(phone_in, name, getattr(heir, name))
    if "pin" in one.changes:
        phone_in.pin = rolling.new_pin() if heir.changes_pin else heir.pin
    if "leaders" in one.changes:
        phone_in.leaders = list(heir.leaders)
    phone_in.zone_name = heir.zone_name if "time" not in by_hand.own(phone_in) else phone_in.zone_name
    asks_by_itself = "asking" in by_hand.own(phone_in)
    if "time" in one.changes and one.start:
        retime(phone_in, one.start, timedelta(minutes=heir.minutes), with_window=asks_by_itself)
    if ("asking" in one.changes or "time" in one.changes) and not asks_by_itself:
        window = heir.window(phone_in.starts_at)
        set_window(phone_in, window.opens_at, window.closes_at)
    if "on" in by_hand.own(phone_in) and one.start:
        phone_in.own_facts = " ".join(by_hand.own(phone_in) - {"on"})  # the series has this date again
    if one.kind != "same":
        by_hand.count_edition(phone_in)


def _why(phone_in: PhoneIn, heir: Series) -> str:
    """Why it does not take place: what is written beside the date that is left out, if anything is."""
    day = phone_in.starts_at.astimezone(heir.zone).date()
    reasons = (gap.reason for gap in heir.left_out if gap.starts_local.date() == day and gap.reason)
    return next(reasons, rolling.NO_LONGER)


def _planned(phone_in: PhoneIn | None) -> datetime:
    assert phone_in is not None and phone_in.planned_at is not None
    return phone_in.planned_at
