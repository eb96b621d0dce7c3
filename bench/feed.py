"""How long a feed of many dates takes to read: put together anew, found in memory, and answered with 304.

    .venv/bin/python bench/feed.py [dates]

Each reading goes through the whole application, on SQLite. The numbers in docs/decisions.md are this script's.
"""

# ruff: noqa: T201

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

import config
from phonein import clock, create_app
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.delivery import feeds
from phonein.identity import feed_addresses
from phonein.identity.feed_addresses import Purpose
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn

TUESDAY = datetime(2026, 3, 24, 12, tzinfo=UTC)
ROUNDS = 9


def add_rows(dates: int) -> str:
    """Somebody with a seat in each of so many phone-ins; the path of their feed."""
    with transaction():
        leader = Person(email="fay@example.org", name="Fay", role="facilitator")
        person = Person(email="sam@example.org", name="Sam")
        db.session.add_all([leader, person])
        db.session.flush()
        feed_addresses.make(person, Purpose.SEATS)
        for n in range(dates):
            at = TUESDAY + timedelta(hours=12 * n)
            phone_in = PhoneIn(
                slug=f"n{n}", title="Sleeping better", summary="What helps, and what does not.", seats=25,
                starts_at=at, ends_at=at + timedelta(hours=1), asks_open_at=TUESDAY, asks_close_at=at, leaders=[leader],
                published_at=TUESDAY, dial_in_number="020 7946 0111", freephone="0808 157 0111", pin="4821",
            )  # fmt: skip
            db.session.add(Booking(phone_in=phone_in, person=person, booked_on=TUESDAY.date(), stamped_at=TUESDAY))
    with transaction():
        feed = feed_addresses.of(person, Purpose.SEATS)
        assert feed
        return f"/feeds/{feed.token}.ics"


def milliseconds(ask: Any) -> float:
    begin = time.perf_counter()
    ask()
    return (time.perf_counter() - begin) * 1000


def main(dates: int) -> None:
    with tempfile.TemporaryDirectory(prefix="phonein-bench-") as folder, clock.stopped_at(TUESDAY):
        app = create_app(config.Testing({"PHONEIN_DATA": f"{folder}/data", "SECRET_KEY": "b" * 32}))
        with app.app_context():
            db.create_all()
            path = add_rows(dates)
            db.session.remove()
            statements: list[str] = []
            event.listen(db.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        client = app.test_client()
        known = {"If-None-Match": client.get(path).headers["ETag"]}
        statements.clear()
        size = len(client.get(path).data)
        selects = sum(said.startswith("SELECT") for said in statements)
        found: dict[str, list[float]] = {"put together anew": [], "found in memory": [], "answered with 304": []}
        for _ in range(ROUNDS):
            feeds._event.cache_clear()
            found["put together anew"].append(milliseconds(lambda: client.get(path)))
            found["found in memory"].append(milliseconds(lambda: client.get(path)))
            found["answered with 304"].append(milliseconds(lambda: client.get(path, headers=known)))
        with app.app_context():
            db.engine.dispose()
    print(f"{dates} dates, {size:,} bytes, {selects} queries; milliseconds, median (range) of {ROUNDS}")
    for what, took in found.items():
        print(f"  {what}: {statistics.median(took):.0f} ({min(took):.0f}–{max(took):.0f})")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
