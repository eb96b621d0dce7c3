"""The programme: what is coming, as a list by week and as a month, and one phone-in's page."""

from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, g, render_template, request

from phonein import clock
from phonein.identity import access
from phonein.schedule import programme
from phonein.schedule.cards import card_facts
from phonein.schedule.models import PhoneIn
from phonein.schedule.month import Month

bp = access.blueprint("schedule", __name__, url_prefix="/app")
bp.add_app_template_global(card_facts)

WEEKS_SHOWN = 6
TIMES_OF_DAY = {"morning": (5, 12), "afternoon": (12, 17), "evening": (17, 22), "night": (22, 29)}


@bp.get("/")
@access.signed_in
def programme_page() -> Any:
    now, zone = clock.now(), _zone()
    every = request.args.get("all") == "1"
    wanted = Wanted(request.args.get("time", ""), request.args.get("left") == "1")
    soon, later = _soon_and_later(now, wanted, every)
    weeks = [(week, list(in_week)) for week, in_week in groupby(soon, key=lambda p: _monday(p, zone))]
    return render_template(
        "schedule/programme.html",
        weeks=weeks,
        shown=len(soon),
        more=later,
        next_one=None if soon or not later else next(filter(wanted.fits, programme.upcoming(now)), None),
        this_week=_monday_of(now.astimezone(zone).date()),
        wanted=wanted,
        every=every,
        weeks_shown=WEEKS_SHOWN,
        now=now,
    )


def _soon_and_later(now: datetime, wanted: "Wanted", every: bool) -> tuple[list[PhoneIn], int]:
    """What is shown, and how many later ones are not."""
    until = now + timedelta(weeks=WEEKS_SHOWN)
    if not wanted and not every:
        return programme.upcoming(now, before=until), programme.number_from(until)
    soon = [p for p in programme.upcoming(now, before=programme.LAST if every else until) if wanted.fits(p)]
    return soon, 0 if every else sum(wanted.fits(p) for p in programme.later(until))


@bp.get("/calendar/")
@access.signed_in
def calendar_page() -> Any:
    now, zone = clock.now(), _zone()
    month = Month.parse(request.args.get("month"), today=now.astimezone(zone).date()) or abort(404)
    shown = programme.between(_midnight(month.first_shown, zone), _midnight(month.last_shown + timedelta(1), zone))
    by_day: dict[date, list[PhoneIn]] = {}
    for phone_in in shown:
        by_day.setdefault(phone_in.starts_at.astimezone(phone_in.zone).date(), []).append(phone_in)
    return render_template(
        "schedule/calendar.html", month=month, by_day=by_day, today=now.astimezone(zone).date(), now=now
    )


@bp.get("/phone-ins/<slug>/")
@access.signed_in
def phone_in_page(slug: str) -> Any:
    phone_in = programme.by_slug(slug) or abort(404)
    return render_template("schedule/phone-in.html", phone_in=phone_in, now=clock.now())


class Wanted:
    """What somebody is looking for: a time of day that fits a shift, and whether there must be seats left."""

    def __init__(self, time_of_day: str, with_seats: bool) -> None:
        self.time_of_day = time_of_day if time_of_day in TIMES_OF_DAY else ""
        self.with_seats = with_seats

    def fits(self, phone_in: PhoneIn) -> bool:
        if self.with_seats and (phone_in.left < 1 or phone_in.is_cancelled):
            return False
        if not self.time_of_day:
            return True
        begin, end = TIMES_OF_DAY[self.time_of_day]
        hour = phone_in.starts_at.astimezone(phone_in.zone).hour
        return begin <= hour < end or begin <= hour + 24 < end

    def __bool__(self) -> bool:
        return bool(self.time_of_day or self.with_seats)


def _zone() -> ZoneInfo:
    zone: ZoneInfo = g.person.zone
    return zone


def _monday(phone_in: PhoneIn, zone: ZoneInfo) -> date:
    return _monday_of(phone_in.starts_at.astimezone(zone).date())


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
