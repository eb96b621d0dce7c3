"""Rows for tests, with defaults for everything a test does not care about. They flush and never commit."""

import re
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from phonein import clock
from phonein.db import db, transaction
from phonein.identity import sign_in
from phonein.identity.models import Person, Role, SignIn
from phonein.schedule.models import PhoneIn, Series
from tests.conftest import TUESDAY


def make_person(name: str = "Sam", role: str = Role.STAFF, **columns: Any) -> Person:
    return _kept(Person(**{"name": name, "email": f"{name.lower()}@example.org", "role": role} | columns))


def make_fay(**columns: Any) -> Person:
    return make_person("Fay", Role.FACILITATOR, **columns)


def make_ada(**columns: Any) -> Person:
    return make_person("Ada", Role.ADMIN, **columns)


def make_phone_in(**columns: Any) -> PhoneIn:
    """A published phone-in next Tuesday at noon UTC, which is 1pm in London, with its questions open now.
    Enough people have drawn passes that what is asked may be shown."""
    starts_at = columns.pop("starts_at", TUESDAY + timedelta(days=7))
    defaults = {
        "slug": "sleep",
        "title": "Sleeping better",
        "summary": "About nights",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "seats": 2,
        "published_at": TUESDAY,
        "asks_open_at": starts_at - timedelta(days=7, hours=1),
        "asks_close_at": starts_at - timedelta(days=1),
        "dial_in_number": "020 7946 0111",
        "pin": "4821",
        "holders": 12,
    }
    return _kept(PhoneIn(**defaults | columns))


def make_series(**columns: Any) -> Series:
    """Tuesdays at 19:30 in London, a draft."""
    first = TUESDAY.date()
    defaults = {
        "slug": "tuesdays",
        "title": "Looking out for each other",
        "first_on": first,
        "starts_at_time": TUESDAY.time().replace(hour=19, minute=30),
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "minutes": 60,
        "seats": 40,
        "dial_in_number": "0808 157 0133",
        "pin": "733102",
    }
    return _kept(Series(**defaults | columns))


def sign_in_as(client: FlaskClient, person: Person) -> FlaskClient:
    """Give this browser the cookie that signing in would have given it. For use outside a transaction."""
    token = f"token-of-{person.id}"
    with transaction():
        if not db.session.scalar(db.select(SignIn).where(SignIn.token_hash == sign_in.hash_of(token))):
            db.session.add(SignIn(token_hash=sign_in.hash_of(token), person_id=person.id, began_on=clock.today()))
    now = int(clock.now().timestamp())
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        cookie.update(token=token, began=now, seen=now)
    return client


def csrf(client: FlaskClient, page: str = "/app/bookings/") -> str:
    """The token that this browser's pages carry, which stays while it is signed in: the page is fetched once."""
    with client.session_transaction(base_url="http://localhost/app/") as cookie:
        secret = cookie.get("csrf_token")
    tokens = client.__dict__.setdefault("tokens", {})
    if secret is None or secret not in tokens:
        token = _csrf(client, page)
        with client.session_transaction(base_url="http://localhost/app/") as cookie:
            secret = cookie.get("csrf_token")
        tokens[secret] = token
    return str(tokens[secret])


def _csrf(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(page).text)
    assert found, f"{page} has no form"
    return found[1]


def press(client: FlaskClient, action: str, **fields: Any) -> Any:
    """POST as a button or form on one of our pages would."""
    return client.post(action, data={"csrf_token": csrf(client)} | fields)


def _kept(row: Any) -> Any:
    db.session.add(row)
    db.session.flush()
    return row
