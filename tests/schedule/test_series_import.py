"""Bringing series in from a file: what the file tells, and what becomes of the programme."""

import copy
import json
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources

import pytest
from sqlalchemy import func, select

from phonein import clock
from phonein.admin import planning
from phonein.db import db, transaction
from phonein.identity.import_report import Remark, Report
from phonein.identity.models import Person
from phonein.identity.people import import_people
from phonein.identity.people_file import read as read_people
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn, Series
from phonein.schedule.series_file import Plan, read
from phonein.schedule.series_import import import_series
from tests.conftest import TUESDAY

DATA = resources.files("phonein.demo") / "data"
DEMO = (DATA / "series.json").read_bytes()
NO_TIME = "“{}” must be a date and a time without a zone, like 2026-10-06T19:30:00, not “{}”."
TUESDAYS = {
    "id": "tuesdays",
    "title": "Tuesday talk",
    "summary": "An hour.",
    "description": "One theme.\nYour questions.",
    "timezone": "Europe/London",
    "start_local": "2026-03-31T19:30:00",
    "rrule": "FREQ=WEEKLY;COUNT=4",
    "exdates_local": ["2026-04-14T19:30:00"],
    "duration_minutes": 60,
    "capacity": 12,
    "question_window": {"opens_days_before": 7, "closes_hours_before": 24},
    "dial_in": {"number": "0808 157 0133", "freephone": None, "pin": "0417"},
    "facilitators": ["Fay@example.org"],
}


def series_file(*series: dict) -> bytes:
    return json.dumps({"schema": 1, "series": series}).encode()


def tuesdays(**changes) -> dict:
    return copy.deepcopy(TUESDAYS) | changes


@pytest.fixture
def fay(app) -> Person:
    fay = Person(email="fay@example.org", name="Fay", role="facilitator")
    with transaction():
        db.session.add(fay)
    return fay


def bring(*series: dict) -> Report:
    with transaction():
        return import_series(read(series_file(*series)), now=clock.now(), tell=planning.tell_of)


def dates() -> list[tuple[str, str, int, bool]]:
    """Slug, start, seats and whether cancelled, of all that is published."""
    return [(one.slug, f"{one.starts_at:%Y-%m-%d %H:%M}", one.seats, one.is_cancelled) for one in programme.published()]


THREE_TUESDAYS = [
    ("tuesday-talk-2026-03-31", "2026-03-31 18:30", 12, False),
    ("tuesday-talk-2026-04-07", "2026-04-07 18:30", 12, False),
    ("tuesday-talk-2026-04-21", "2026-04-21 18:30", 12, False),
]


def test_a_series_in_the_file_is_a_plan_with_the_columns_of_a_series():
    reading = read(series_file(TUESDAYS))
    facts = {
        "slug": "tuesdays", "title": "Tuesday talk", "summary": "An hour.",
        "description": "One theme.\nYour questions.", "zone_name": "Europe/London",
        "first_on": date(2026, 3, 31), "starts_at_time": time(19, 30), "rule": "FREQ=WEEKLY;COUNT=4", "minutes": 60,
        "seats": 12, "asks_open_days": 7, "asks_close_hours": 24,
        "dial_in_number": "0808 157 0133", "freephone": None, "pin": "0417",
    }  # fmt: skip
    left_out = frozenset({datetime.fromisoformat("2026-04-14T19:30:00")})
    assert reading.entries == [Plan(1, facts, left_out, ("Fay@example.org",))]
    assert (reading.warned, reading.refused) == ([], [])


def test_all_twelve_series_of_the_demonstration_can_be_read():
    reading = read(DEMO)
    assert ([plan.slug for plan in reading.entries], reading.warned, reading.refused) == (
        [f"dev-{number:02}" for number in range(1, 13)], [], [],
    )  # fmt: skip
    assert [plan.warnings for plan in reading.entries] == [()] * 12


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is not JSON: the trouble is in line 1, column 1. Nothing was read."),
        (b'{"series": [\n{"id": }]}', "It is not JSON: the trouble is in line 2, column 8. Nothing was read."),
        (b'{"series": "\xff"}', "It is not in UTF-8. Nothing was read."),
        (b"[" * 100_000, "It is not JSON that we can read. Nothing was read."),
        (b'{"series": ' + b"9" * 5000 + b"}", "It is not JSON that we can read. Nothing was read."),
        (b"[]", 'It must be an object with a list called "series" in it. Nothing was read.'),
        (b'{"series": {}}', 'It must be an object with a list called "series" in it. Nothing was read.'),
        (b'{"series": []}', "There is no series in it."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_refusal_that_says_why(content, words):
    reading = read(content)
    assert (reading.entries, reading.refused) == ([], [Remark(0, "The file", words)])


DIAL_IN, WINDOW = TUESDAYS["dial_in"], TUESDAYS["question_window"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"title": None}, "“title” is missing."),
        ({"title": "  "}, "“title” is empty."),
        ({"title": 7}, "“title” must be text in quotation marks, not “7”."),
        ({"title": "x" * 201}, "“title” is longer than 200 characters."),
        ({"title": "Tues\nday"}, "“title” has an invisible or control character in it."),
        ({"description": "\ud800"}, "“description” has an invisible or control character in it."),
        ({"capacity": -5}, "“capacity” must be a whole number from 1 to 100000, not “-5”."),
        ({"capacity": True}, "“capacity” must be a whole number from 1 to 100000, not “True”."),
        ({"capacity": "12"}, "“capacity” must be a whole number from 1 to 100000, not “12”."),
        ({"capacity": 12.5}, "“capacity” must be a whole number from 1 to 100000, not “12.5”."),
        ({"duration_minutes": 0}, "“duration_minutes” must be a whole number from 1 to 1440, not “0”."),
        ({"timezone": "../../etc"}, "“../../etc” is not a time zone; write it like Europe/London."),
        ({"start_local": "2026-03-31"}, NO_TIME.format("start_local", "2026-03-31")),
        ({"start_local": "2026-03-31T19:30:00Z"}, NO_TIME.format("start_local", "2026-03-31T19:30:00Z")),
        (
            {"start_local": "0001-01-01T19:30:00"},
            "“start_local” must lie between 2000 and 2099, not “0001-01-01T19:30:00”.",
        ),
        (
            {"start_local": "2027-03-28T01:30:00"},
            "It cannot start at 2027-03-28 at 01:30: the clocks go forward over that time.",
        ),
        (
            {"rrule": "FREQ=WEEKLY;BYDAY=MO"},
            "The first start, 2026-03-31 at 19:30, is not one of the dates that “FREQ=WEEKLY;BYDAY=MO” gives.",
        ),
        ({"rrule": "FREQ=NEVER"}, "“FREQ=NEVER” is not a repeat rule we can follow: see “FREQ=NEVER”."),
        (
            {"rrule": None, "exdates_local": ["2026-03-31T19:30:00"]},
            "All its dates are left out, so it would never take place.",
        ),
        ({"exdates_local": "2026-04-14T19:30:00"}, "“exdates_local” must be a list of texts in [ ]."),
        ({"exdates_local": ["soon"]}, NO_TIME.format("exdates_local", "soon")),
        ({"question_window": None}, "“question_window” is missing."),
        (
            {"question_window": {"opens_days_before": 1, "closes_hours_before": 24}},
            "“question_window” closes before it opens.",
        ),
        ({"dial_in": []}, "“dial_in” must be an object in { }."),
        ({"dial_in": DIAL_IN | {"pin": 417}}, "“pin” must be text in quotation marks, not “417”."),
        ({"facilitators": []}, "Nobody leads it: “facilitators” is empty."),
        ({"facilitators": [None]}, "“facilitators” must be a list of texts in [ ]."),
    ],
)
def test_what_is_wrong_with_a_series_is_said_and_the_next_one_is_taken(changes, words):
    reading = read(series_file(tuesdays(**changes), tuesdays(id="next")))
    assert ([plan.slug for plan in reading.entries], reading.refused) == (
        ["next"],
        [Remark(1, "Series tuesdays", words)],
    )


@pytest.mark.parametrize(
    ("series", "remark"),
    [
        (7, Remark(1, "Series 1 in the file", "It must be an object in { }.")),
        (tuesdays(id=None), Remark(1, "Series 1 in the file", "“id” is missing.")),
        (
            tuesdays(id="../x"),
            Remark(
                1,
                "Series 1 in the file",
                "“id” becomes part of an address: use letters a to z, digits and hyphens, not “../x”.",
            ),
        ),
    ],
)
def test_a_series_without_a_usable_id_is_named_by_its_place(series, remark):
    assert read(series_file(series)).refused == [remark]


def test_the_second_series_with_the_same_id_is_refused():
    reading = read(series_file(TUESDAYS, TUESDAYS))
    assert ([plan.number for plan in reading.entries], reading.refused) == (
        [1],
        [Remark(2, "Series tuesdays", "It is in this file twice. The first one was kept.")],
    )


def test_a_date_left_out_that_the_series_does_not_have_is_a_warning():
    [plan] = read(series_file(tuesdays(exdates_local=["2026-04-15T19:30:00", "2026-04-14T19:30:00"]))).entries
    assert plan.warnings == ("2026-04-15 at 19:30 is left out, but the series has no such date.",)


def test_a_later_date_that_the_clocks_jump_over_is_a_warning():
    weekly = tuesdays(start_local="2027-03-21T01:30:00", rrule="FREQ=WEEKLY;COUNT=3", exdates_local=[])
    [plan] = read(series_file(weekly)).entries
    assert plan.warnings == ("On 2027-03-28 the clocks go forward over its start, so it begins at 02:30.",)


def test_a_series_is_added_and_published_with_its_phone_ins(fay):
    assert bring(TUESDAYS) == Report(added=["tuesdays (Tuesday talk)"])
    assert dates() == THREE_TUESDAYS
    series = db.session.scalar(select(Series))
    assert (series.published_at, series.leaders, [gap.starts_text for gap in series.left_out]) == (
        TUESDAY, [fay], ["2026-04-14T19:30:00"],
    )  # fmt: skip


def test_a_second_run_changes_nothing(fay):
    bring(TUESDAYS)
    assert bring(TUESDAYS) == Report(left=["tuesdays (Tuesday talk)"])
    assert dates() == THREE_TUESDAYS


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nobody@example.org", "Nobody here has the address “nobody@example.org”. Import the people first."),
        ("sam@example.org", "Sam (sam@example.org) has the role staff. Make them a facilitator first."),
        ("lea@example.org", "Lea (lea@example.org) has left and cannot lead it."),
    ],
)
def test_a_series_with_somebody_who_cannot_lead_is_refused(fay, address, words):
    with transaction():
        db.session.add(Person(email="sam@example.org", name="Sam"))
        db.session.add(Person(email="lea@example.org", name="Lea", role="facilitator", left_on=date(2026, 3, 1)))
    report = bring(tuesdays(facilitators=["fay@example.org", address]), tuesdays(id="next"))
    assert report == Report(added=["next (Tuesday talk)"], refused=[Remark(1, "Series tuesdays", words)])


def test_a_leader_who_is_named_twice_leads_once(fay):
    bring(tuesdays(facilitators=["fay@example.org", "FAY@example.org"]))
    assert db.session.scalar(select(Series)).leaders == [fay]


def test_the_phone_ins_of_a_changed_series_follow_it(fay):
    bring(TUESDAYS)
    ada = Person(email="ada@example.org", name="Ada", role="admin")
    with transaction():
        db.session.add(ada)
    later = tuesdays(
        start_local="2026-03-31T20:00:00", exdates_local=["2026-04-14T20:00:00"], capacity=20, title="Tuesday late",
        facilitators=["ada@example.org"], duration_minutes=90,
    )  # fmt: skip
    assert bring(later).changed == {
        "tuesdays (Tuesday late)": ["title", "time of day", "length", "seats", "leaders", "dates left out"]
    }
    assert dates() == [(slug, start.replace("18:30", "19:00"), 20, False) for slug, start, _, _ in THREE_TUESDAYS]
    one = programme.by_slug("tuesday-talk-2026-04-07")
    assert (one.title, one.planned_at, one.ends_at, one.asks_open_at, one.asks_close_at, one.leaders) == (
        "Tuesday late",
        datetime(2026, 4, 7, 19, tzinfo=UTC),
        datetime(2026, 4, 7, 20, 30, tzinfo=UTC),
        datetime(2026, 3, 31, 19, tzinfo=UTC),
        datetime(2026, 4, 6, 19, tzinfo=UTC),
        [ada],
    )


def test_a_phone_in_changed_by_hand_keeps_its_change_and_the_report_says_so(fay):
    bring(TUESDAYS)
    with transaction():
        planning.move(programme.by_slug("tuesday-talk-2026-04-07"), to=datetime(2026, 4, 7, 18, tzinfo=UTC), minutes=60)
    later = tuesdays(start_local="2026-03-31T20:00:00", exdates_local=["2026-04-14T20:00:00"])
    report = bring(later)
    words = "1 phone-in keeps what was changed there by hand: tuesday-talk-2026-04-07."
    assert report.warned == [Remark(1, "Series tuesdays", words)]
    assert [start for _, start, _, _ in dates()] == ["2026-03-31 19:00", "2026-04-07 18:00", "2026-04-21 19:00"]
    assert bring(later) == Report(left=["tuesdays (Tuesday talk)"])


def test_a_date_newly_left_out_is_cancelled_and_one_taken_back_in_is_made(fay):
    bring(TUESDAYS)
    bring(tuesdays(exdates_local=["2026-04-07T19:30:00"]))
    assert dates() == [
        ("tuesday-talk-2026-03-31", "2026-03-31 18:30", 12, False),
        ("tuesday-talk-2026-04-07", "2026-04-07 18:30", 12, True),
        ("tuesday-talk-2026-04-14", "2026-04-14 18:30", 12, False),
        ("tuesday-talk-2026-04-21", "2026-04-21 18:30", 12, False),
    ]


def test_what_has_been_is_not_rewritten_by_a_new_rhythm(fay):
    bring(TUESDAYS)
    with clock.stopped_at(TUESDAY + timedelta(days=10)):
        bring(tuesdays(start_local="2026-04-01T19:30:00"))
    assert [(start, is_cancelled) for _, start, _, is_cancelled in dates()] == [
        ("2026-03-31 18:30", False),
        ("2026-04-08 18:30", False),
        ("2026-04-15 18:30", False),
        ("2026-04-22 18:30", False),
    ]


def test_a_phone_in_of_today_whose_new_time_is_past_keeps_its_old_one(fay):
    bring(TUESDAYS)
    with clock.stopped_at(datetime(2026, 4, 7, 12, tzinfo=UTC)):
        bring(tuesdays(start_local="2026-03-31T09:00:00", exdates_local=["2026-04-14T09:00:00"]))
    assert [start for _, start, _, _ in dates()] == ["2026-03-31 18:30", "2026-04-07 18:30", "2026-04-21 08:00"]


def test_a_draft_that_is_in_the_file_is_published_with_its_phone_ins(fay):
    bring(TUESDAYS)
    with transaction():
        db.session.scalar(select(Series)).published_at = None
        for one in db.session.scalars(select(PhoneIn)):
            one.published_at = None
    assert dates() == []
    assert bring(TUESDAYS) == Report(changed={"tuesdays (Tuesday talk)": ["published"]})
    assert dates() == THREE_TUESDAYS


def test_the_demonstration_falls_on_its_gold_instants(app):
    with transaction():
        import_people(read_people((DATA / "staff.csv").read_bytes()))
        report = import_series(read(DEMO), now=clock.now(), tell=planning.tell_of)
    assert (len(report.added), report.refused, report.warned) == (12, [], [])
    by_series: dict[str, list[str]] = {}
    for row in programme.as_rows(programme.published()):
        by_series.setdefault(row["series"], []).append(row["starts_at"])
    until = f"{TUESDAY + timedelta(days=400):%Y-%m-%dT%H:%M:%SZ}"
    gold = {s["id"]: [at for at in s["gold"]["first_starts_utc"] if at <= until] for s in json.loads(DEMO)["series"]}
    assert {slug: instants[: len(gold[slug])] for slug, instants in by_series.items()} == gold
    with transaction():
        again = import_series(read(DEMO), now=clock.now(), tell=planning.tell_of)
    assert again == Report(left=report.added)
    assert db.session.scalar(select(func.count()).select_from(PhoneIn)) == sum(map(len, by_series.values()))
