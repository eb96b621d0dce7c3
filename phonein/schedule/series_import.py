"""Adding and changing series from a file, and their phone-ins with them. Nothing is ever removed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from phonein.db import db
from phonein.identity.import_report import Reading, Remark, Report, Unusable, counted, shown
from phonein.identity.models import Person, Role, email_key
from phonein.safeguarding import procedure
from phonein.schedule import publishing, revision, rolling
from phonein.schedule.models import ExtraDate, LeftOut, Series
from phonein.schedule.planned import in_words
from phonein.schedule.series_file import Plan

WORDS = {
    "zone_name": "time zone",
    "first_on": "first date",
    "starts_at_time": "time of day",
    "minutes": "length",
    "asks_open_days": "opening of questions",
    "asks_close_hours": "closing of questions",
    "dial_in_number": "number to call",
    "freephone": "free number",
    "pin": "PIN",
    "left_out": "dates left out",
    "extra": "extra dates",
    "bank_holidays": "bank holidays",
    "skips_bank_holidays": "skipping bank holidays",
}
SLUGS_SHOWN = 5
Tell = Callable[[revision.Plan], object]


def import_series(reading: Reading[Plan], *, now: datetime, tell: Tell, is_taken_over: bool = False) -> Report:
    """Adds each series of the file, published, with its phone-ins; or changes what the file has differently. `tell` is
    told of each change, so that people with a seat hear of it. What may not be published yet stays a draft, and the
    report says why; the same file brought in again publishes it. Whoever takes over a whole programme at the command
    line (`is_taken_over`) is only warned: hiding what people book already would help nobody.

    Call it inside a transaction.
    """
    report = Report(warned=list(reading.warned), refused=list(reading.refused))
    for plan in reading.entries:
        name = f"{plan.slug} ({plan.facts['title']})"
        try:
            leaders = _leaders(plan.addresses)
        except Unusable as reason:
            report.refused.append(Remark(plan.number, plan.where, str(reason)))
            continue
        series = db.session.scalar(select(Series).where(Series.slug == plan.slug).options(*rolling.LOADED))
        if series is None:
            series = _add(plan, leaders)
            report.added.append(name)
        elif different := _different(series, wanted := _wanted(series, plan, leaders)):
            report.changed[name] = different
            settled = _follow(series, wanted, now, tell)
            report.told += settled.letters
            report.warned += [Remark(plan.number, plan.where, words) for words in _kept(settled)]
        else:
            report.left.append(name)
        _publish(series, plan, report, is_taken_over=is_taken_over)
        report.warned += [Remark(plan.number, plan.where, words) for words in plan.warnings]
        report.dates[name] = in_words(series, until=now + rolling.AHEAD)
    return report


def _leaders(addresses: tuple[str, ...]) -> list[Person]:
    """The people who have these addresses, each once. Raises Unusable for one who cannot lead."""
    wanted = {email_key(address): address for address in addresses}
    found = {one.email_key: one for one in db.session.scalars(select(Person).where(Person.email_key.in_(wanted)))}
    for key, address in wanted.items():
        person = found.get(key)
        if person is None:
            raise Unusable(f"Nobody here has the address {shown(address)}. Import the people first.")
        if person.left_on:
            raise Unusable(f"{person.name} ({address}) has left and cannot lead it.")
        if person.role == Role.STAFF:
            raise Unusable(f"{person.name} ({address}) has the role staff. Make them a facilitator first.")
    return [found[key] for key in wanted]


def _add(plan: Plan, leaders: list[Person]) -> Series:
    left_out = [LeftOut(starts_text=local.isoformat()) for local in sorted(plan.left_out)]
    extra = [ExtraDate(starts_text=local.isoformat()) for local in sorted(plan.extra or ())]
    series = Series(leaders=leaders, left_out=left_out, extra=extra, **plan.facts)
    db.session.add(series)
    db.session.flush()
    return series


def _publish(series: Series, plan: Plan, report: Report, *, is_taken_over: bool) -> None:
    if series.published_at is None:
        if is_taken_over and (lacking := procedure.missing()):
            words = f"Published, but the safeguarding procedure is not filled in. Still missing: {'; '.join(lacking)}."
            report.warned.append(Remark(plan.number, plan.where, words))
        try:
            publishing.publish_series(series, is_taken_over=is_taken_over)
        except procedure.ProcedureMissing as refusal:
            report.refused.append(Remark(plan.number, plan.where, f"It stays a draft. {refusal}"))


def _wanted(series: Series, plan: Plan, leaders: list[Person]) -> dict[str, Any]:
    """The series as the file has it, as a draft. A reason that we know for a date left out stays."""
    now = revision.draft_of(series)
    facts = {name: value for name, value in plan.facts.items() if name in now}
    left_out = {at: now["left_out"].get(at, "") for at in plan.left_out}
    extra = now["extra"] if plan.extra is None else set(plan.extra)
    return now | facts | {"leaders": leaders, "left_out": left_out, "extra": extra}


def _different(series: Series, wanted: dict[str, Any]) -> list[str]:
    """What the file has differently, in words."""
    now = revision.draft_of(series)
    now["leaders"], leaders = {one.id for one in series.leaders}, {one.id for one in wanted["leaders"]}
    different: list[str] = [
        WORDS.get(name) or name for name, value in (wanted | {"leaders": leaders}).items() if now[name] != value
    ]
    is_new_to_people = series.published_at is None and not procedure.missing()
    return different + (["published"] if is_new_to_people else [])


def _follow(series: Series, wanted: dict[str, Any], now: datetime, tell: Tell) -> revision.Plan:
    """Make the series what the file says, with its phone-ins."""
    settled = revision.carry_out(series, wanted, from_start=None, edition=None, now=now)
    tell(settled)
    return settled


def _kept(settled: revision.Plan) -> list[str]:
    """What a person should know of the dates that keep something of their own."""
    phone_ins = [one.phone_in for one in settled.dates if one.kept and one.phone_in]
    slugs = [one.slug for one in phone_ins[:SLUGS_SHOWN]]
    more = [f"{len(phone_ins) - SLUGS_SHOWN} more"] if len(phone_ins) > SLUGS_SHOWN else []
    keep = counted(len(phone_ins), "phone-in keeps", "phone-ins keep")
    return [f"{keep} what was changed there by hand: {', '.join(slugs + more)}."] if phone_ins else []
