"""Every series of the demonstration can be opened, kept as it is, and made anew in the editor."""

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.identity.models import Role
from phonein.schedule import series_file, series_import
from phonein.schedule.models import Series
from tests.admin.test_series import NEW, hidden
from tests.admin.test_series_changes import fields_of
from tests.builders import make_ada, make_person, sign_in_as

pytestmark = pytest.mark.one_database

FILE = (resources.files("phonein.demo") / "data/series.json").read_bytes()
FAR = datetime(2029, 1, 1, tzinfo=UTC)


@pytest.fixture
def corpus(app, client) -> list[Series]:
    leaders = {email for one in json.loads(FILE)["series"] for email in one["facilitators"]}
    with transaction():
        ada = make_ada()
        for number, email in enumerate(sorted(leaders)):
            make_person(f"Leader {number}", Role.FACILITATOR, email=email)
        report = series_import.import_series(series_file.read(FILE), now=clock.now(), tell=lambda plan: 0)
        assert len(report.added) == 12
    sign_in_as(client, ada)
    return list(db.session.scalars(db.select(Series).order_by(Series.slug)))


def test_every_series_is_kept_to_the_letter_and_made_anew_with_the_same_dates(client, corpus):
    for series in corpus:
        at, rule, starts = f"/app/admin/series/{series.slug}/", series.rule, series.starts(until=FAR)
        fields = fields_of(client.get(at))
        checked = client.post(at, data=fields)
        assert "Nobody is told." in checked.text, series.slug
        assert client.post(at, data=hidden(checked) | {"confirm": "1"}).status_code == 303
        assert client.post(NEW, data=fields | {"confirm": "1"}).status_code == 303
        db.session.rollback()
        made = db.session.scalars(db.select(Series).order_by(Series.id.desc()).limit(1)).one()
        assert (series.rule, series.starts(until=FAR)) == (rule, starts)
        assert (made.id != series.id, made.in_words, made.starts(until=FAR)) == (True, series.in_words, starts)


def test_from_its_third_coming_date_on_every_series_goes_on_with_the_same_dates(client, corpus):
    for series in corpus:
        starts, coming = series.starts(until=FAR), [one for one in series.phone_ins if not one.has_begun(clock.now())]
        if len(coming) < 3:
            continue
        at = f"/app/admin/series/{series.slug}/from/{coming[2].slug}"
        checked = client.post(at, data=fields_of(client.get(at)))
        assert "Nobody is told." in checked.text, series.slug
        assert client.post(at, data=hidden(checked) | {"confirm": "1"}).status_code == 303
        db.session.rollback()
        later = db.session.scalars(db.select(Series).where(Series.continues_id == series.id)).one()
        assert series.starts(until=FAR) + later.starts(until=FAR) == starts, series.slug
        assert later.in_words.split(", ")[0] == series.in_words.split(", ")[0]
