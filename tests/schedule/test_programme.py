"""What is on, and for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn, Series
from tests.conftest import TUESDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _app(app):
    return app


def a_phone_in(slug: str, starts_at=TUESDAY + DAY, **facts) -> PhoneIn:
    facts = {"title": "Talk", "seats": 12, "published_at": TUESDAY} | facts
    with transaction():
        one = PhoneIn(
            slug=slug,
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            asks_open_at=starts_at - 7 * DAY,
            asks_close_at=starts_at - DAY,
            **facts,
        )
        db.session.add(one)
    return one


@pytest.fixture
def some():
    """Past, going on, two coming (one cancelled) and a draft, entered out of order."""
    a_phone_in("coming")
    a_phone_in("cancelled", TUESDAY + 2 * DAY, cancelled_at=TUESDAY)
    a_phone_in("draft", published_at=None)
    a_phone_in("past", TUESDAY - DAY)
    a_phone_in("going-on", TUESDAY - HOUR / 2)


def slugs(phone_ins: list[PhoneIn]) -> list[str]:
    return [one.slug for one in phone_ins]


def test_everything_published_is_listed_in_order_of_start(some):
    assert slugs(programme.published()) == ["past", "going-on", "coming", "cancelled"]


def test_what_is_not_over_yet_is_upcoming(some):
    assert slugs(programme.upcoming(TUESDAY)) == ["going-on", "coming", "cancelled"]
    assert slugs(programme.upcoming(TUESDAY + HOUR / 2)) == ["coming", "cancelled"]


def test_between_takes_the_beginning_in_and_leaves_the_end_out(some):
    assert slugs(programme.between(TUESDAY - DAY, TUESDAY + DAY)) == ["past", "going-on"]


def test_a_draft_has_no_address(some):
    assert (programme.by_slug("coming").slug, programme.by_slug("draft"), programme.by_slug("no")) == (
        "coming", None, None,
    )  # fmt: skip


def test_a_leader_sees_what_they_lead_and_drafts_too(some):
    fay, stan = Person(email="fay@example.org", name="Fay"), Person(email="stan@example.org", name="Stan")
    a_phone_in("fays", leaders=[fay])
    a_phone_in("fays-draft", leaders=[fay, stan], published_at=None)
    a_phone_in("stans", leaders=[stan])
    assert (slugs(programme.led_by(fay, TUESDAY, 9)), slugs(programme.led_by(stan, TUESDAY, 9))) == (
        ["fays", "fays-draft"], ["fays-draft", "stans"],
    )  # fmt: skip


def test_what_is_over_comes_last_first_and_of_what_comes_the_next():
    fay = Person(email="fay@example.org", name="Fay")
    for days in (-2, -1, 1, 2):
        a_phone_in(f"on-{days}", TUESDAY + days * DAY, leaders=[fay])
    assert slugs(programme.once_led_by(fay, TUESDAY, 2)) == ["on--1", "on--2"]
    assert slugs(programme.led_by(fay, TUESDAY, 1)) == ["on-1"]


def test_a_phone_in_is_found_through_its_leader_only():
    fay, stan = Person(email="fay@example.org", name="Fay"), Person(email="stan@example.org", name="Stan")
    fays = a_phone_in("fays", leaders=[fay], published_at=None)
    a_phone_in("stans", leaders=[stan])
    assert [programme.led_by_or_none(person, "fays") for person in (fay, stan)] == [fays, None]


def test_a_row_has_what_the_contract_says():
    one_off = a_phone_in("one-off", seats=5, taken=3)
    assert programme.as_rows([one_off]) == [
        {
            "slug": "one-off", "series": None, "title": "Talk", "starts_at": "2026-03-25T12:00:00Z",
            "ends_at": "2026-03-25T13:00:00Z", "timezone": "Europe/London", "seats": 5, "left": 2, "cancelled": False,
        }
    ]  # fmt: skip


def test_a_row_names_its_series_and_says_that_it_is_cancelled():
    series = Series(
        slug="talks", title="Talk", first_on=TUESDAY.date(), starts_at_time=TUESDAY.time(), minutes=60, seats=1
    )
    one = a_phone_in("one", series=series, cancelled_at=TUESDAY)
    assert [(row["series"], row["cancelled"]) for row in programme.as_rows([one])] == [("talks", True)]


@pytest.mark.parametrize("number", [1, 30])
def test_the_whole_programme_takes_two_queries_however_long_it_is(number):
    fay = Person(email="fay@example.org", name="Fay")
    for day in range(number):
        a_phone_in(f"day-{day}", TUESDAY + day * DAY, leaders=[fay])
    db.session.expunge_all()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    phone_ins = programme.published()
    rows = programme.as_rows(phone_ins)
    assert [row["slug"] for row in rows] == [f"day-{day}" for day in range(number)]
    assert [[leader.name for leader in one.leaders] for one in phone_ins] == [["Fay"]] * number
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 2
