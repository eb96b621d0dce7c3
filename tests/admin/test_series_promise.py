"""What the preview shows is what is saved: whatever rhythm, zone, exceptions and bank holidays are typed."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from phonein import clock, formats
from phonein.db import db, transaction
from phonein.schedule import publishing
from phonein.schedule.models import Series
from tests.admin.test_series import NEW, WEEKLY, rows
from tests.builders import csrf, make_ada, make_fay, make_series, sign_in_as

pytestmark = pytest.mark.one_database

FIRST = st.dates(date(2026, 3, 25), date(2027, 6, 1))
TIMES = st.sampled_from(["00:15", "01:30", "09:00", "12:00", "19:30", "23:45"])


@st.composite
def typed(draw) -> dict:
    first = draw(FIRST)
    repeat = draw(st.sampled_from(["once", "weekly", "nth", "last", "day", "first-working", "last-working"]))
    own = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"][first.weekday()]
    ends = draw(st.sampled_from(["never", "count", "until"]))
    gaps, extra = (draw(st.sets(st.integers(0, 80), max_size=3)) for _ in range(2))
    return {
        "repeat": repeat,
        "starts_on": first.isoformat(),
        "starts_at": draw(TIMES),
        "zone_name": draw(st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata"])),
        "weekdays": sorted({own, *draw(st.sets(st.sampled_from(["MO", "FR", "SU"])))}),
        "every": str(draw(st.integers(1, 4))),
        "ends": ends,
        "count": str(draw(st.integers(1, 12))),
        "until": (first + timedelta(draw(st.integers(0, 200)))).isoformat(),
        "bank_holidays": draw(st.sampled_from(["", "england-and-wales", "scotland", "northern-ireland"])),
        "left_out": "\n".join(f"{first + timedelta(days):%d/%m/%Y} away" for days in sorted(gaps)),
        "extra": "\n".join(f"{first + timedelta(days):%d %B %Y} 5pm" for days in sorted(extra)),
        **draw(st.sampled_from([{}, {"skips_bank_holidays": "y"}])),
    }


@pytest.fixture
def fay(app, client):
    with transaction():
        fay, ada = make_fay(), make_ada()
    sign_in_as(client, ada)
    return fay


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=typed())
def test_the_preview_equals_what_is_saved(client, fay, fields):
    sent = WEEKLY | fields | {"leaders": [fay.id], "csrf_token": csrf(client)}
    shown = [row for row in rows(client.post(f"{NEW}?fragment=1", data=sent)) if not is_off(row)]
    answer = client.post(NEW, data=sent | {"confirm": "1"})
    assert answer.status_code in (303, 422)
    assert (answer.status_code == 422) == (shown == [])
    assume(answer.status_code == 303)
    with transaction():
        series = db.session.scalars(db.select(Series).order_by(Series.id.desc()).limit(1)).one()
        publishing.publish_series(series)
        made = [one.starts_at for one in series.phone_ins]
    words = [f"{formats.short_day(start, series.zone)} {formats.clock_time(start, series.zone)}" for start in made]
    assert [" ".join(row.split()[:5]) for row in shown][: len(words)] == words[:10]


def is_off(row: str) -> bool:
    return "left out" in row or row.endswith(", skipped")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=typed())
def test_the_preview_of_a_change_equals_what_is_saved(client, fay, fields):
    with transaction():
        for one in db.session.scalars(db.select(Series)):
            one.published_at = None
        series = make_series(slug=f"tuesdays-{count_series()}", leaders=[fay])
        publishing.publish_series(series)
    at = f"/app/admin/series/{series.slug}/"
    sent = WEEKLY | fields | {"leaders": [fay.id], "csrf_token": csrf(client), "edition": "0"}
    shown = [row for row in rows(client.post(f"{at}?fragment=1", data=sent)) if not is_off(row)]
    answer = client.post(at, data=sent | {"confirm": "1"})
    assume(answer.status_code == 303)
    db.session.rollback()
    coming = [one for one in series.phone_ins if not one.has_begun(clock.now()) and not one.is_cancelled]
    words = [
        f"{formats.short_day(one.starts_at, one.zone)} {formats.clock_time(one.starts_at, one.zone)}" for one in coming
    ]
    assert [" ".join(row.split()[:5]) for row in shown][: len(words)] == words[:10]


def count_series() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(Series)) or 0
