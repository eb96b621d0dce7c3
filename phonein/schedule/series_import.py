"""Adding and changing series from a file, and their phone-ins with them. Nothing is ever removed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from phonein.db import db, hold
from phonein.identity.import_report import Reading, Remark, Report, Unusable, counted, shown
from phonein.identity.models import Person, Role, email_key
from phonein.schedule import changes, rolling
from phonein.schedule.models import LeftOut, PhoneIn, Series
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
}
SLUGS_SHOWN = 5


def import_series(reading: Reading[Plan], *, now: datetime) -> Report:
    """Adds each series of the file, published, with its phone-ins; or changes what the file has differently.

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
        series = db.session.scalar(
            select(Series)
            .where(Series.slug == plan.slug)
            .options(selectinload(Series.leaders), selectinload(Series.left_out))
        )
        if series is None:
            _add(plan, leaders)
            report.added.append(name)
        elif different := _change(series, plan, leaders):
            report.changed[name] = different
            report.warned += [Remark(plan.number, plan.where, words) for words in _follow(series, now)]
        else:
            report.left.append(name)
        report.warned += [Remark(plan.number, plan.where, words) for words in plan.warnings]
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


def _add(plan: Plan, leaders: list[Person]) -> None:
    left_out = [LeftOut(starts_text=local.isoformat()) for local in sorted(plan.left_out)]
    series = Series(leaders=leaders, left_out=left_out, **plan.facts)
    db.session.add(series)
    db.session.flush()
    changes.publish_series(series)


def _change(series: Series, plan: Plan, leaders: list[Person]) -> list[str]:
    """Make the series what the file says. Returns what is different, in words."""
    hold(series)
    different = [WORDS.get(fact, fact) for fact, value in plan.facts.items() if getattr(series, fact) != value]
    for fact, value in plan.facts.items():
        setattr(series, fact, value)
    if {leader.id for leader in series.leaders} != {leader.id for leader in leaders}:
        different.append("leaders")
        series.leaders = leaders
    if {gap.starts_local for gap in series.left_out} != plan.left_out:
        different.append("dates left out")
        there = {gap.starts_local: gap for gap in series.left_out}
        series.left_out = [
            there.get(local) or LeftOut(starts_text=local.isoformat()) for local in sorted(plan.left_out)
        ]
    if series.published_at is None:
        different.append("published")
    db.session.flush()
    return different


def _follow(series: Series, now: datetime) -> list[str]:
    """Take the series' phone-ins along. Returns what a person should know of those that stayed as they were."""
    kept = rolling.follow(series, now=now)
    if series.published_at is None:
        changes.publish_series(series)
    else:
        rolling.roll_on(series, now=now)
    return [_kept(kept)] if kept else []


def _kept(phone_ins: list[PhoneIn]) -> str:
    slugs = [one.slug for one in phone_ins[:SLUGS_SHOWN]]
    more = [f"{len(phone_ins) - SLUGS_SHOWN} more"] if len(phone_ins) > SLUGS_SHOWN else []
    keep = counted(len(phone_ins), "phone-in keeps what it has", "phone-ins keep what they have")
    return f"{keep}, because of booked seats, released questions or a change made by hand: {', '.join(slugs + more)}."
