"""Rolling series on."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from phonein import clock
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule.models import LeftOut, PhoneIn, Series
from phonein.schedule.rolling import roll_on, roll_on_all
from phonein.schedule.slugs import LONGEST, free_slugs, slug_for
from tests.conftest import TUESDAY


@pytest.fixture(autouse=True)
def _app(app):
    return app


def a_series(**facts) -> Series:
    """Tuesdays at half past seven, published."""
    facts = {
        "slug": "tuesdays", "title": "Tuesday talk", "first_on": date(2026, 3, 31), "starts_at_time": time(19, 30),
        "rule": "FREQ=WEEKLY;COUNT=3", "minutes": 60, "seats": 12, "published_at": TUESDAY,
    } | facts  # fmt: skip
    with transaction():
        series = Series(**facts)
        db.session.add(series)
    return series


def rolled(series: Series, now: datetime = TUESDAY) -> list[str]:
    with transaction():
        return [one.slug for one in roll_on(series, now=now)]


def phone_ins() -> int:
    return db.session.scalar(select(func.count()).select_from(PhoneIn))


def test_a_phone_in_has_everything_that_its_series_says():
    fay = Person(email="fay@example.org", name="Fay")
    series = a_series(
        summary="An hour.", description="One theme.", zone_name="America/New_York", dial_in_number="0808", pin="0417",
        freephone="0800", asks_open_days=8, asks_close_hours=48, leaders=[fay], rule=None, reviewer_id=7,
        deputy_id=8,
    )  # fmt: skip
    rolled(series)
    one = db.session.scalar(select(PhoneIn))
    columns = {
        column.key: getattr(one, column.key) for column in PhoneIn.__table__.columns if column.key not in ("id", "uid")
    }
    assert columns == {
        "slug": "tuesday-talk-2026-03-31", "series_id": series.id,
        "planned_at": datetime(2026, 3, 31, 23, 30, tzinfo=UTC),
        "title": "Tuesday talk", "summary": "An hour.", "description": "One theme.",
        "starts_at": datetime(2026, 3, 31, 23, 30, tzinfo=UTC), "ends_at": datetime(2026, 4, 1, 0, 30, tzinfo=UTC),
        "zone_name": "America/New_York", "seats": 12, "taken": 0,
        "asks_open_at": datetime(2026, 3, 23, 23, 30, tzinfo=UTC),
        "asks_close_at": datetime(2026, 3, 29, 23, 30, tzinfo=UTC),
        "released_through": None, "dial_in_number": "0808", "freephone": "0800", "pin": "0417",
        "published_at": TUESDAY, "cancelled_at": None, "cancel_reason": "", "own_facts": "", "edition": 0,
        "stamped_at": TUESDAY.replace(hour=0), "revision": 0, "reviewer_id": 7, "deputy_id": 8, "care_notice": "",
        "holders": 0, "key_print": "",
    }  # fmt: skip
    assert one.leaders == [fay]


def test_rolling_on_twice_makes_every_date_once():
    series = a_series()
    dates = ["tuesday-talk-2026-03-31", "tuesday-talk-2026-04-07", "tuesday-talk-2026-04-14"]
    assert (rolled(series), rolled(series)) == (dates, [])


def test_dates_from_the_first_one_to_400_days_ahead_are_made_and_more_as_time_goes_by():
    series = a_series(first_on=date(2026, 3, 3), rule="FREQ=WEEKLY")
    made = rolled(series)
    assert (made[0], made[-1], len(made)) == ("tuesday-talk-2026-03-03", "tuesday-talk-2027-04-27", 61)
    assert rolled(series, now=TUESDAY + timedelta(days=7)) == ["tuesday-talk-2027-05-04"]


def test_a_date_that_is_left_out_is_not_made():
    series = a_series(left_out=[LeftOut(starts_text="2026-04-07T19:30:00")])
    assert rolled(series) == ["tuesday-talk-2026-03-31", "tuesday-talk-2026-04-14"]


def test_a_phone_in_that_was_moved_is_not_made_again():
    series = a_series()
    rolled(series)
    with transaction():
        moved = db.session.scalar(select(PhoneIn).where(PhoneIn.slug == "tuesday-talk-2026-04-07"))
        moved.starts_at += timedelta(days=1)
        moved.ends_at += timedelta(days=1)
    assert rolled(series) == []


def test_a_past_phone_in_that_was_forgotten_does_not_come_back():
    series = a_series(first_on=date(2026, 3, 17))
    rolled(series)
    with transaction():
        db.session.delete(db.session.scalar(select(PhoneIn).where(PhoneIn.slug == "tuesday-talk-2026-03-17")))
    assert rolled(series) == []


def test_the_phone_ins_of_a_draft_are_drafts():
    rolled(a_series(published_at=None))
    assert [one.is_published for one in db.session.scalars(select(PhoneIn))] == [False] * 3


def test_only_published_series_are_rolled_on():
    a_series()
    a_series(slug="drafts", title="Draft", published_at=None)
    with transaction():
        made = roll_on_all(TUESDAY)
    assert [one.series.slug for one in made] == ["tuesdays"] * 3


def test_series_of_the_same_title_on_the_same_day_get_numbers():
    a_series()
    a_series(slug="again", rule=None)
    a_series(slug="once-more", rule=None)
    with transaction():
        made = roll_on_all(TUESDAY)
    assert [one.slug for one in made][3:] == ["tuesday-talk-2026-03-31-2", "tuesday-talk-2026-03-31-3"]


def test_two_sweeps_at_once_make_each_date_once(app):
    a_series(rule="FREQ=WEEKLY")
    together, failures = threading.Barrier(2), []

    def sweep():
        with app.app_context(), clock.stopped_at(TUESDAY):
            together.wait()
            try:
                with transaction():
                    roll_on_all(TUESDAY)
            except Exception as failure:
                failures.append(failure)

    sweeps = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in sweeps:
        thread.start()
    for thread in sweeps:
        thread.join()
    assert (failures, phone_ins()) == ([], 57)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Looking out for each other", "looking-out-for-each-other-2026-03-24"),
        ("Special: growing through it – a view", "special-growing-through-it-a-view-2026-03-24"),
        ("First-of-the-month managers' call", "first-of-the-month-managers-call-2026-03-24"),
        ("Sgwrs dros banèd yn Nhŷ’r Ŵyn", "sgwrs-dros-baned-yn-nhyr-wyn-2026-03-24"),
        ("Größe & Æther Łódź", "grosse-aether-lodz-2026-03-24"),
        ("夜勤", "phone-in-2026-03-24"),
        ("!!!", "phone-in-2026-03-24"),
        ("../../etc", "etc-2026-03-24"),
        (
            "Special: growing through it – a view from far overseas",
            "special-growing-through-it-a-view-from-far-2026-03-24",
        ),
        ("x" * 200, f"{'x' * 46}-2026-03-24"),
    ],
)
def test_a_slug_is_the_title_in_plain_letters_and_the_day(title, slug):
    assert slug_for(title, TUESDAY.date()) == slug


def test_a_slug_with_its_number_is_never_longer_than_60():
    assert len(free_slugs("x" * 200, [TUESDAY.date()] * 99)[-1]) == LONGEST
