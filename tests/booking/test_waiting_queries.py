"""However much somebody waits for, and however many wait: a page asks the database as often as for one."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from phonein.booking import seats, waiting
from phonein.db import db, transaction
from phonein.identity.models import Person
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, sign_in_as
from tests.conftest import TUESDAY

LIST = "/app/admin/phone-ins/full-1/waiting/"


def wait_for(number: int) -> None:
    """Stan has the seat in each; Ada waits for all, in one of them behind Kim; every third seat is held for her."""
    stan, ada = Person.by_email("stan@example.org"), Person.by_email("ada@example.org")
    with transaction():
        fay, series = Person.by_email("fay@example.org"), make_series(slug=f"series-{number}")
        for day in range(number):
            name = f"full-{number}-{day}" if number > 1 else "full-1"
            starts_at = TUESDAY + timedelta(days=6, hours=day)
            one = make_phone_in(slug=name, starts_at=starts_at, seats=1, leaders=[fay])
            one.series = series if day in (0, 2) else None
            seats.take(one, by=stan)
            if day == 1 or number == 1:
                waiting.join(one, by=make_person(f"Kim-{number}"))
            waiting.join(one, by=ada, any_date=day == 2)
            if day % 3 == 2:
                seats.give_back(one, by=stan)


def asked_by(client, page: str) -> int:
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", count := lambda *said: statements.append(said[2]))
    assert client.get(page).status_code == 200
    event.remove(db.engine, "before_cursor_execute", count)
    return len(statements)


@pytest.mark.parametrize("page", ["/app/bookings/", "/app/", "/app/calendar/?month=2026-03", "/app/admin/"])
def test_a_page_of_ten_that_somebody_waits_for_asks_as_often_as_one_of_one(app, client, page):
    with transaction():
        make_person("Stan")
        make_fay()
        ada = make_ada()
    sign_in_as(client, ada)
    wait_for(1)
    few = asked_by(client, page)
    wait_for(9)
    assert asked_by(client, page) <= few + 2  # what is held, and which series are one, is asked only where it can be


def test_a_list_of_ten_asks_as_often_as_one_of_one(app, client):
    with transaction():
        make_person("Stan")
        make_fay()
        ada = make_ada()
    sign_in_as(client, ada)
    wait_for(1)
    few = asked_by(client, LIST)
    with transaction():
        for number in range(9):
            waiting.join(waiting.waiting_by(ada)[0].phone_in, by=make_person(f"Lou-{number}"))
    assert asked_by(client, LIST) == few
