"""The organisation's procedure: written by admins, needed before anything is published, changed by one at a time."""

import pytest

from phonein import wording
from phonein.admin import planning
from phonein.db import db, transaction
from phonein.identity.audit import AuditEntry
from phonein.safeguarding import procedure, support
from phonein.schedule import publishing, series_file, series_import
from phonein.schedule.models import PhoneIn, Series
from tests import stock
from tests.builders import make_ada, make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import rows, shown

PAGE = "/app/admin/safeguarding/"
EMPTY = {f"days-{number}-{end}": "" for number in range(7) for end in ("begin", "end")}
DAY = EMPTY | {"days-0-begin": "09:00", "days-0-end": "17:00", "days-6-begin": "22:00", "days-6-end": "00:00"}
WHOLE = DAY | {
    "lead_name": "Lena Lead",
    "lead_contact": "020 7946 0999",
    "escalation": "Call Lena.",
    "official_routes": "The integrity line",
    "zone_name": "Europe/London",
    "region": "england-and-wales",
    "target_hours": "4",
    "support-0-name": "Care team",
    "support-0-reach": "020 7946 0997",
    "support-0-hours": "weekdays",
    "edition": "0",
    "support_edition": "0",
}
FIRST = "The safeguarding procedure comes first"


@pytest.fixture
def ada(app, client):
    stock.unsettle()
    with transaction():
        ada = make_ada()
        fay = make_fay()
        make_series(leaders=[fay])
        make_phone_in(slug="draft", leaders=[fay], published_at=None)
    return sign_in_as(client, ada)


def test_a_procedure_is_written_without_syntax_and_everything_that_waits_can_be_published(ada):
    before = shown(ada.get(PAGE))
    assert ("Nothing can be published until" in before, "Not monitored live. If you" in before) == (True, True)
    assert press(ada, PAGE, **WHOLE).status_code == 303
    kept = procedure.newest()
    assert (kept.edition, kept.hours, kept.target_hours, kept.lead_name) == (
        1,
        "MO 09:00-17:00\nSU 22:00-00:00\nnot on bank holidays england-and-wales",
        4,
        "Lena Lead",
    )
    assert [(line.name, line.reach, line.hours) for line in support.lines()] == [
        ("Care team", "020 7946 0997", "weekdays")
    ]
    assert (procedure.missing(), {entry.what for entry in rows(AuditEntry)}) == (
        [],
        {"wrote the safeguarding procedure", "checked the support lines"},
    )
    after = ada.get(PAGE)
    assert "Next checked Sunday 22:00." in shown(after)
    assert ('value="22:00"' in after.text, "Monday 09:00 to 17:00, Sunday 22:00 to midnight" in shown(after)) == (
        True,
        True,
    )


@pytest.mark.parametrize("address", ["series/tuesdays", "phone-ins/draft"])
def test_nothing_is_published_before_and_the_refusal_says_what_is_missing_and_where(ada, address):
    page = f"/app/admin/{address}/"
    assert press(ada, f"{page}publication").status_code == 303
    answer = ada.get(page)
    assert [each.published_at for each in [*rows(Series), *rows(PhoneIn)]] == [None, None]
    assert "your own support lines, checked. It is at /app/admin/safeguarding/" in shown(answer)
    assert (FIRST in answer.text, f'href="{PAGE}"' in answer.text) == (True, True)
    stock.settle()
    press(ada, f"{page}publication")
    dates = sorted(rows(PhoneIn), key=lambda each: each.id)
    assert (FIRST in ada.get(page).text, None in [each.published_at for each in dates][1:]) == (False, False)
    assert sum(each.published_at is not None for each in [*rows(Series), *rows(PhoneIn)]) >= 1


@pytest.mark.parametrize("name", ["lead_name", "lead_contact", "escalation", "hours", "support"])
def test_each_part_is_needed(app, name):
    with transaction():
        series = make_series(leaders=[make_fay()])
        if name == "support":
            db.session.execute(db.delete(wording.Wording))
        else:
            setattr(procedure.newest(), name, "")
    with pytest.raises(procedure.ProcedureMissing), transaction():
        publishing.publish_series(series)


def test_what_is_published_already_stays_and_publishing_it_again_is_nothing(ada):
    with transaction():
        phone_in = make_phone_in(slug="there")
        publishing.publish(phone_in)
    assert phone_in.published_at == TUESDAY


ONE_SERIES = b"""{"series": [{"id": "nights", "title": "Nights", "timezone": "Europe/London", "start_local":
    "2026-04-24T19:30", "rrule": "FREQ=DAILY;COUNT=2", "duration_minutes": 60, "capacity": 9,
    "question_window": {"opens_days_before": 7, "closes_hours_before": 24},
    "dial_in": {"number": "020 7946 0111"}, "facilitators": ["fay@example.org"]}]}"""


def test_a_file_of_series_is_taken_as_drafts_and_the_same_file_publishes_them_later(ada):
    def bring_in():
        with transaction():
            return series_import.import_series(series_file.read(ONE_SERIES), now=TUESDAY, tell=planning.tell_of)

    first, again = bring_in(), bring_in()
    assert [len(report.refused) for report in (first, again)] == [1, 1]
    assert (first.added, again.left, "stays a draft" in str(first.refused[0])) == (
        ["nights (Nights)"],
        ["nights (Nights)"],
        True,
    )
    nights = db.session.scalars(db.select(Series).where(Series.slug == "nights")).one()
    assert (nights.published_at, nights.phone_ins) == (None, [])
    stock.settle()
    last = bring_in()
    assert (last.refused, last.changed) == ([], {"nights (Nights)": ["published"]})
    assert [one.is_published for one in nights.phone_ins] == [True, True]


def test_a_programme_that_is_taken_over_at_the_command_line_is_published_and_it_is_said_what_is_missing(ada):
    with transaction():
        reading = series_file.read(ONE_SERIES)
        report = series_import.import_series(reading, now=TUESDAY, tell=planning.tell_of, is_taken_over=True)
    assert (report.refused, ["who is responsible" in str(one) for one in report.warned]) == ([], [True])
    assert [one.is_published for one in rows(PhoneIn) if one.series_id] == [True, True]


def test_of_two_admins_the_second_sees_what_they_typed_and_that_something_changed(ada):
    press(ada, PAGE, **WHOLE)
    answer = press(ada, PAGE, **WHOLE | {"lead_name": "Somebody else", "support-0-reach": "elsewhere"})
    assert (answer.status_code, "Somebody else" in answer.text) == (409, True)
    assert "This changed while you were writing" in shown(answer)
    assert (procedure.newest().lead_name, support.lines()[0].reach) == ("Lena Lead", "020 7946 0997")
    again = press(ada, PAGE, **WHOLE | {"lead_name": "Somebody else", "edition": "1", "support_edition": "1"})
    assert (again.status_code, procedure.newest().lead_name, procedure.newest().edition) == (303, "Somebody else", 2)


def test_the_same_again_makes_no_edition_but_a_check_of_the_lines_does(ada):
    press(ada, PAGE, **WHOLE)
    same = WHOLE | {"edition": "1", "support_edition": "1"}
    press(ada, PAGE, **same)
    assert (procedure.newest().edition, wording.newest(support.NAME, "en").edition) == (1, 1)
    press(ada, PAGE, **same, is_checked="y")
    assert (procedure.newest().edition, wording.newest(support.NAME, "en").edition) == (1, 2)


def test_what_is_wrong_is_said_and_what_was_typed_stays(ada):
    wrong = [
        {"days-0-end": ""},
        {"days-0-end": "08:00"},
        {"support-1-name": "Only a name"},
        {"target_hours": "0"},
        {"zone_name": "Mars"},
    ]
    answers = [press(ada, PAGE, **WHOLE | each) for each in wrong]
    assert [answer.status_code for answer in answers] == [422] * 5
    assert ["Lena Lead" in answer.text for answer in answers] == [True] * 5
    assert ["There is a problem" in answer.text for answer in answers] == [True] * 5
    assert procedure.newest() is None


def test_nobody_but_admins_writes_it(ada):
    with transaction():
        sam = make_person("Sam")
    sign_in_as(ada, sam)
    assert [ada.get(PAGE).status_code, press(ada, PAGE, **WHOLE).status_code] == [403, 403]
