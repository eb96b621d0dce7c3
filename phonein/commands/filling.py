"""A large database of nobody, to measure what pages and rounds cost when there is much of everything (bench/pages.py).

What it makes is as it would be after years: phone-ins behind us with their seats and the letters that told of them, and
thirty in the weeks that the programme shows. The same command makes the same rows.
"""

import random
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import insert, text

from phonein import clock, demo_programme
from phonein.booking.models import Booking
from phonein.booking.standing import Standing
from phonein.booking.waiting_models import Offer, Wait
from phonein.commands import filling_desk
from phonein.db import Model, db, on_sqlite, transaction
from phonein.delivery.models import Letter
from phonein.demo import settled
from phonein.identity.models import Person, Role
from phonein.schedule.models import PhoneIn, Series, phone_in_leader

AT_ONCE = 20_000
SHOWN = 30  # phone-ins within the weeks that the programme shows
LATER = 230  # most, of those after that: about five a week for a year
SOONEST, WEEKS, BEHIND = timedelta(days=4), timedelta(weeks=6), timedelta(days=8)  # so that no reminder is due at once
FULL_EACH = 6  # of the phone-ins to come, every sixth is full, with people in line
IN_LINE = 20
EACH_SERIES = 50  # dates
LEADERS = 30  # as many in a large organisation as in a small one, or lists of them would be what is measured
GIVEN_BACK = 50  # of so many seats one has been given back
NOT_YET = "There are people in this database already. Make an empty one for this."


@dataclass(frozen=True)
class Size:
    people: int
    phone_ins: int
    bookings: int

    @property
    def each(self) -> int:
        """Bookings in each phone-in."""
        return min(self.bookings // self.phone_ins, self.people - IN_LINE)

    @property
    def leaders(self) -> int:
        return min(LEADERS, self.people // 10)


@click.command()
@click.option("--people", type=click.IntRange(50), default=1000, show_default=True)
@click.option("--phone-ins", type=click.IntRange(1), default=60, show_default=True)
@click.option("--bookings", type=click.IntRange(1), default=3000, show_default=True)
@with_appcontext
def fill(people: int, phone_ins: int, bookings: int) -> None:
    """Fill an empty database with people who do not exist, to measure with. Never where anybody works."""
    if not demo_programme.is_empty():
        raise click.ClickException(NOT_YET)
    size, lots = Size(people, phone_ins, bookings), random.Random(2026)
    with transaction():
        settled.settle()
    _pour(Person, _people(size))
    _pour(Series, _series(size))
    starts = _starts(size, clock.now())
    _pour(PhoneIn, _phone_ins(size, starts))
    _pour_table(
        phone_in_leader, ({"phone_in_id": n, "person_id": 1 + (n - 1) % size.leaders} for n in range(1, phone_ins + 1))
    )
    for some in _pieces(_seats(size, starts, lots)):
        _pour(Booking, (booking for booking, _ in some))
        _pour(Letter, (letter for _, letter in some))
    _pour(Wait, _waits(size, starts))
    _pour(Offer, _offers(size, starts))
    for model, rows in filling_desk.of(starts):
        _pour(model, rows)
    _after_all()
    click.echo(f"{people} people, {phone_ins} phone-ins, {size.each * phone_ins} bookings, and a letter for each.")


def _people(size: Size) -> Iterator[dict[str, Any]]:
    """Those who lead come first; the last is an admin."""
    for n in range(1, size.people + 1):
        role = Role.FACILITATOR if n <= size.leaders else Role.ADMIN if n == size.people else Role.STAFF
        email = f"nobody-{n}@fill.example"
        yield {"id": n, "code": f"fill-{n}", "email": email, "email_key": email, "name": f"Nobody {n}", "role": role}


def _series(size: Size) -> Iterator[dict[str, Any]]:
    first = clock.now() - timedelta(days=3650)
    for n in range(1, 2 + size.phone_ins // EACH_SERIES):
        yield {
            "id": n, "slug": f"series-{n}", "title": f"What helps, {n}", "first_on": first.date(), "rule": None,
            "starts_at_time": time(12), "minutes": 60, "seats": 40, "published_at": first,
        }  # fmt: skip


def _starts(size: Size, now: datetime) -> list[datetime]:
    """When each begins: half of them, thirty at most, in the weeks that are shown; a few later; the others before."""
    soon = min(SHOWN, (size.phone_ins + 1) // 2)
    later = min(LATER, (size.phone_ins - soon) // 10)
    today = datetime.combine(now.date(), time(12), UTC)
    coming = [today + SOONEST + (WEEKS - 2 * SOONEST) * n / soon for n in range(soon)]
    after = [today + WEEKS + timedelta(days=1 + n * 320 / max(later, 1)) for n in range(later)]
    before = [today - BEHIND - timedelta(hours=8 * n) for n in range(size.phone_ins - soon - later)]
    return [moment.replace(minute=0, second=0, microsecond=0) for moment in coming + after + before]


def _phone_ins(size: Size, starts: list[datetime]) -> Iterator[dict[str, Any]]:
    now = clock.now()
    for n, starts_at in enumerate(starts, 1):
        closes_at, live = starts_at - timedelta(days=1), size.each - _given_back(size)
        held = 1 if _is_full(n, starts_at, now) else 0
        yield {
            "id": n, "slug": f"fill-{n}", "series_id": 1 + n // EACH_SERIES, "planned_at": starts_at,
            "title": f"What helps, {n}", "summary": "About nights, and what comes after them.",
            "starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1), "taken": live + held,
            "seats": live + held + (0 if held else 1 + live // 4), "asks_open_at": starts_at - timedelta(days=7),
            "asks_close_at": closes_at, "released_through": closes_at if closes_at < now else None,
            "dial_in_number": "020 7946 0111", "pin": "4821", "published_at": now - timedelta(days=3650),
            "uid": str(uuid.UUID(int=n)), "holders": 12, "stamped_at": datetime.combine(now.date(), time(), UTC),
        }  # fmt: skip


def _is_full(n: int, starts_at: datetime, now: datetime) -> bool:
    return starts_at > now and n % FULL_EACH == 0


def _given_back(size: Size) -> int:
    return size.each // GIVEN_BACK


def _seats(size: Size, starts: list[datetime], lots: random.Random) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each seat, and the letter that told of it."""
    numbers, today = count(1), clock.today()
    at = datetime.combine(today, time(), UTC)
    for n, starts_at in enumerate(starts, 1):
        told = _told(n, starts_at)
        taking = lots.sample(range(1, size.people + 1 - IN_LINE), size.each)
        for place, person_id in enumerate(taking):
            number = next(numbers)
            uid = f"{uuid.UUID(int=number)}@fill.example"
            booking = {
                "id": number, "phone_in_id": n, "person_id": person_id, "booked_on": min(today, starts_at.date()),
                "given_back_on": today if place < _given_back(size) else None, "uid": uid, "stamped_at": at,
            }  # fmt: skip
            letter = {
                "id": uuid.UUID(int=number).hex, "name": "seat-booked",
                "to_address": f"nobody-{person_id}@fill.example",
                "subject": "", "text": "", "html": "", "method": "REQUEST", "message_id": f"<{number}@fill.example>",
                "about": f"seat {number}", "telling": told.replace("UID", uid), "sequence": 0, "attempts": 1,
                "posted_at": at, "due_at": at, "sent_at": at,
            }  # fmt: skip
            yield booking, letter


def _told(n: int, starts_at: datetime) -> str:
    return Standing(
        has_seat=True, in_calendar=True, is_discreet=False, uid="UID", starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1), zone_name="Europe/London", title=f"What helps, {n}", leaders="Nobody 1",
        dial_in_number="020 7946 0111", freephone="", pin="4821",
    ).written()  # fmt: skip


def _full(starts: list[datetime]) -> list[int]:
    now = clock.now()
    return [n for n, starts_at in enumerate(starts, 1) if _is_full(n, starts_at, now)]


def _waits(size: Size, starts: list[datetime]) -> Iterator[dict[str, Any]]:
    """By the last people, who book nothing: in each full phone-in as many."""
    for number, (n, place) in enumerate(((n, place) for n in _full(starts) for place in range(IN_LINE)), 1):
        person_id = size.people - IN_LINE + 1 + place
        yield {"id": number, "phone_in_id": n, "person_id": person_id, "turn": number, "joined_on": clock.today()}


def _offers(size: Size, starts: list[datetime]) -> Iterator[dict[str, Any]]:
    """A seat is held for whoever is first in line; for one person on one date, as it would be."""
    now = clock.now()
    for place, n in enumerate(_full(starts)):
        wait_id = place * IN_LINE + place % IN_LINE + 1
        until_at = now + timedelta(days=2)
        yield {"id": place + 1, "wait_id": wait_id, "phone_in_id": n, "from_at": now, "until_at": until_at}


def _pour(model: type[Model], rows: Iterable[dict[str, Any]]) -> None:
    """With what the model would fill in by itself."""
    table: Any = model.__table__
    usual = {c.name: c.default.arg for c in table.columns if c.default is not None and c.default.is_scalar}
    _pour_table(table, (usual | row for row in rows))


def _pour_table(table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """In pieces, each of which keeps within the time that a statement may take."""
    for some in _pieces(iter(rows)):
        with transaction():
            if on_sqlite():
                db.session.execute(insert(table), some)
            else:
                _copy(table, some)


def _copy(table: Any, rows: list[dict[str, Any]]) -> None:
    connection: Any = db.session.connection().connection.driver_connection
    with connection.cursor().copy(f"COPY {table.name} ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row([_as_kept(value) for value in row.values()])


def _as_kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return str(value) if isinstance(value, StrEnum) else value


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    return iter(lambda: list(islice(rows, AT_ONCE)), [])


def _after_all() -> None:
    """What a database that has grown row by row has too: numbers that go on, and an idea of what is in it."""
    if on_sqlite():
        return
    with transaction():
        for model in (Person, Series, PhoneIn, Booking, Wait, Offer):
            name = model.__tablename__
            most = f"(SELECT max(id) FROM {name})"
            db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {most}) WHERE {most} > 0"))
    with transaction():
        db.session.execute(text("ANALYZE"))


COMMANDS = (fill,)
