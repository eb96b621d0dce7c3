"""What happens to a programme day by day, the letters that leave because of it, and what everybody should then see.

Letters go to the local mailbox of the embedded default: the same letters as by SMTP, and four times as fast.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from phonein import clock
from phonein.booking.models import Booking
from phonein.db import db, on_sqlite, transaction
from phonein.delivery import postman
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.conftest import TUESDAY
from tests.engines.diary import in_order, opened
from tests.engines.readers import ENGINES, Engine, Entry

SETTLED = timedelta(minutes=1)  # by then the letters about an admin's changes have left

Programme = dict[str, list[datetime]]


@dataclass
class Story:
    """`moments`: how many letters had left by the end of each day, and what the programme was by then. `read_feed`
    reads somebody's private feed, and `feeds` is what it was on each of these evenings."""

    at: datetime = TUESDAY
    read_feed: Callable[[], bytes] | None = None
    feeds: list[bytes] = field(default_factory=list)
    moments: list[tuple[int, Programme]] = field(default_factory=list)

    @contextmanager
    def next_day(self) -> Iterator[None]:
        """What happens inside is one transaction of a day of its own; then its letters leave."""
        self.at += timedelta(days=1)
        with clock.stopped_at(self.at), transaction():
            yield
        with clock.stopped_at(self.at + SETTLED):
            while postman.deliver_due():
                pass
            if self.read_feed:
                self.feeds.append(self.read_feed())
        self.moments.append((len(delivered()), programme()))

    @property
    def engines(self) -> dict[str, Engine]:
        """All of them, for the letters that were made on SQLite; on PostgreSQL, where they are slow to read the same
        again, one that works instants out from the zone inside and one that goes by its name."""
        return ENGINES if on_sqlite() else {name: ENGINES[name] for name in ("ical.js", "node-ical")}

    @property
    def letters_of_the_day(self) -> int:
        before = self.moments[-2][0] if len(self.moments) > 1 else 0
        return self.moments[-1][0] - before

    def check(self) -> None:
        """At the end of each day each engine's calendar of each person showed what they had booked, and no more."""
        letters = [opened(letter) for letter in delivered()]
        for name, engine in self.engines.items():
            ends, shown = {number: told for number, told in self.moments if number}, {}
            for number, diaries in enumerate(in_order(engine, letters), start=1):
                if number in ends:
                    shown[number] = {address: diary.instants for address, diary in diaries.items() if diary.instants}
            assert shown == ends, name

    def check_feeds(self, address: str) -> None:
        """On each evening each engine read in the feed of whoever has this address what they had booked; and what was
        different had a higher number, without which Google keeps what it had."""
        for name, engine in self.engines.items():
            read = engine(self.feeds)
            shown = [sorted(one.starts_at for one in each.entries if one.status != "CANCELLED") for each in read]
            assert shown == [told.get(address, []) for _, told in self.moments], name
            known: dict[str, Entry] = {}
            for one in (entry for each in read for entry in each.entries):
                last = known.get(one.uid, one)
                assert facts(one) == facts(last) or order(one) > order(last), (name, last, one)
                known[one.uid] = one


def facts(entry: Entry) -> object:
    return entry.starts_at, entry.ends_at, entry.status, entry.description


def order(entry: Entry) -> tuple[int, datetime]:
    return entry.sequence or 0, entry.stamped_at


def delivered() -> list[bytes]:
    """Every letter that has left, in order: the names of the files count them."""
    folder = current_app.config["DATA"] / "mailbox" / "new"
    files = sorted(folder.glob("*"), key=lambda file: int(re.findall(r"Q(\d+)", file.name)[0]))
    return [file.read_bytes() for file in files]


def programme() -> Programme:
    """When everybody is on the phone, by address."""
    db.session.rollback()
    found = db.session.execute(
        select(Person.email, PhoneIn.starts_at)
        .join(Booking, Booking.person_id == Person.id)
        .join(PhoneIn, PhoneIn.id == Booking.phone_in_id)
        .where(Booking.given_back_on.is_(None), PhoneIn.cancelled_at.is_(None))
        .order_by(PhoneIn.starts_at)
    ).all()
    db.session.rollback()
    told: Programme = {}
    for address, starts_at in found:
        told.setdefault(address, []).append(starts_at)
    return told
