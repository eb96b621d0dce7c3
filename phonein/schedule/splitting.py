"""Ending a series before one of its dates, so that another can go on from there."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from phonein.db import db
from phonein.schedule import rhythm
from phonein.schedule.models import Series
from phonein.schedule.new_series import free_slug

A_SECOND = timedelta(seconds=1)


def later_part(series: Series, from_start: datetime) -> dict[str, Any]:
    """The columns of the series that would go on from this date just as before: its first date, and what is left of a
    COUNT. Where the rule is counted from the first date's week or month, it stays in step."""
    local = from_start.astimezone(series.zone).replace(tzinfo=None)
    return {"first_on": local.date(), "starts_at_time": local.time(), "rule": series.rule and _rest(series, from_start)}


def is_first(series: Series, from_start: datetime) -> bool:
    """Whether nothing would be left of the series before this date."""
    planned = [one.planned_at for one in series.phone_ins if one.planned_at]
    return not any(at < from_start for at in planned)


def continues(later: Series, earlier: Series) -> bool:
    """Whether `later` is this very series or, in however many steps, goes on where it ended."""
    known, at = set[int](), later
    while at.id != earlier.id:
        before = db.session.get(Series, at.continues_id) if at.continues_id else None
        if before is None or before.id in known:
            return False
        known.add(before.id)
        at = before
    return True


def family(series: Series) -> set[int]:
    """The ids of what people take for one series: this one, what it continues, and what continues it."""
    pairs = [(one.id, one.continues_id) for one in db.session.execute(select(Series.id, Series.continues_id))]
    ids = {series.id}
    while more := {id_ for pair in pairs if ids & set(pair) for id_ in pair if id_} - ids:
        ids |= more
    return ids


def split(series: Series, from_start: datetime) -> Series:
    """The series that goes on from the date planned for this instant; the old one ends before it. The same series, if
    nothing is left of it."""
    if is_first(series, from_start):
        return series
    heir = Series(
        slug=free_slug(series.title),
        continues_id=series.id,
        published_at=series.published_at,
        title=series.title,
        first_on=series.first_on,
        starts_at_time=series.starts_at_time,
        minutes=series.minutes,
        seats=series.seats,
        reviewer_id=series.reviewer_id,
        deputy_id=series.deputy_id,
    )
    if series.rule:
        series.rule = _with(series.rule, UNTIL=f"{from_start - A_SECOND:%Y%m%dT%H%M%SZ}")
    series.left_out = [gap for gap in series.left_out if rhythm.instant(gap.starts_local, series.zone) < from_start]
    series.extra = [more for more in series.extra if rhythm.instant(more.starts_local, series.zone) < from_start]
    db.session.add(heir)
    db.session.flush()
    return heir


def _rest(series: Series, from_start: datetime) -> str:
    """The rule for the dates from this one on: of a COUNT only what is left (dates left out are counted, too)."""
    rule = str(series.rule)
    if "COUNT" not in (parts := rhythm.parts_of(rule)):
        return rule
    starts = rhythm.starts(series.first_local, series.zone, rule, until=from_start)
    return _with(rule, COUNT=str(int(parts["COUNT"]) - len([start for start in starts if start < from_start])))


def _with(rule: str, **end: str) -> str:
    """The rule with another end."""
    parts = {name: value for name, value in rhythm.parts_of(rule).items() if name not in ("COUNT", "UNTIL")}
    return ";".join(f"{name}={value}" for name, value in (parts | end).items())
