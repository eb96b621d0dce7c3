"""The fault matrix of docs/reliability.md, where its faults are not shown beside what they strike (tests/delivery).

Each fault is real: a process killed or frozen, a server restarted, a file that cannot grow. What counts is counted at
the mail server. Those that take long are marked `faults`: `make faults` runs all, `make test` what is quick.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.cookiejar import Cookie, CookieJar
from threading import Thread
from typing import Any
from urllib.request import HTTPCookieProcessor

from flask import Flask

from phonein.booking import seats
from phonein.booking.models import Booking
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule.models import PhoneIn
from tests.builders import make_person, make_phone_in, sign_in_as
from tests.post_office import PostOffice
from tests.processes import Visitor


def people_and_phone_in(now: Any, number: int, seats: int) -> None:
    """So many people who may book, and one phone-in in a week with so many seats."""
    with transaction():
        for each in range(number):
            make_person(f"P{each}")
        make_phone_in(starts_at=now + timedelta(days=7), published_at=now, seats=seats)


def visitor(app: Flask, address: str, email: str) -> Visitor:
    """Somebody whose browser has signed in at this address, which another process serves with the same secret."""
    browser = app.test_client()
    sign_in_as(browser, Person.by_email(email))
    db.session.rollback()
    name = app.config["SESSION_COOKIE_NAME"]
    found = browser.get_cookie(name, path="/app")
    assert found
    jar = CookieJar()
    host = address.split("://")[1].split(":")[0]
    jar.set_cookie(
        Cookie(0, name, found.value, None, False, host, False, False, "/app", True, False, None, False, None, None, {})
    )
    one = Visitor(address)
    for handler in one.opener.handlers:
        if isinstance(handler, HTTPCookieProcessor):
            handler.cookiejar = jar
    return one


def booked() -> tuple[int, int]:
    """What the counter says and how many bookings there are."""
    db.session.rollback()
    taken = db.session.scalar(db.select(PhoneIn.taken))
    rows = db.session.scalar(db.select(db.func.count()).select_from(Booking).where(Booking.given_back_on.is_(None)))
    assert seats.miscounted() == []
    db.session.rollback()
    return taken, rows


def recipients(office: PostOffice) -> list[str]:
    """Whom the mail server has letters for, one for each transmission."""
    return sorted(letter["To"] for letter in office.letters)


@contextmanager
def at_once(works: list[Callable[[], object]]) -> Iterator[None]:
    """Meanwhile each of these in a thread of its own. Waits for all of them."""
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for thread in threads:
            thread.join(100)
            assert not thread.is_alive()
