"""Series as a table: the same as in JSON, row by row, with each fault named by its row."""

import json
from datetime import date, datetime

import pytest

from phonein import clock
from phonein.admin import planning
from phonein.booking import seats
from phonein.db import db, rehearsal, transaction
from phonein.delivery.models import Letter
from phonein.identity.import_report import Remark, Report
from phonein.identity.models import Person
from phonein.schedule import programme
from phonein.schedule.models import Series
from phonein.schedule.series_file import read
from phonein.schedule.series_import import import_series
from phonein.schedule.series_table import COLUMNS
from tests import builders
from tests.schedule.test_series_import import TUESDAYS, series_file, tuesdays

ROW = {
    "id": "tuesdays", "title": "Tuesday talk", "summary": "An hour.", "description": "One theme.\nYour questions.",
    "timezone": "Europe/London", "start_local": "2026-03-31T19:30:00", "rrule": "FREQ=WEEKLY;COUNT=4",
    "exdates_local": "2026-04-14T19:30:00", "duration_minutes": "60", "capacity": "12", "opens_days_before": "7",
    "closes_hours_before": "24", "number": "0808 157 0133", "freephone": "", "pin": "0417",
    "facilitators": "Fay@example.org",
}  # fmt: skip
ONCE = {"rrule": "", "exdates_local": ""}


def cell(text: str) -> str:
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if set(text) & set(',"\n') else text


def table(*rows: dict[str, str], columns: list[str] = COLUMNS) -> bytes:
    """As a spreadsheet saves it: a byte-order mark, CRLF, quotation marks where they are needed."""
    lines = [columns, *([cell(row.get(name, "")) for name in columns] for row in rows)]
    return ("\ufeff" + "".join(",".join(line) + "\r\n" for line in lines)).encode()


def row(**changes: str) -> dict[str, str]:
    return ROW | changes


def one_more(starts_local: str, **cells: str) -> dict[str, str]:
    return {"id": "tuesdays", "start_local": starts_local} | cells


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def fay(app) -> Person:
    fay = Person(email="fay@example.org", name="Fay", role="facilitator")
    with transaction():
        db.session.add(fay)
    return fay


def bring(content: bytes) -> Report:
    with transaction():
        return import_series(read(content), now=clock.now(), tell=planning.tell_of)


def test_a_row_is_the_same_plan_as_the_same_series_in_json():
    [by_row], [by_json] = read(table(ROW)).entries, read(series_file(TUESDAYS)).entries
    assert (by_row.facts, by_row.left_out, by_row.addresses) == (by_json.facts, by_json.left_out, by_json.addresses)
    assert (by_row.number, by_row.where) == (2, "Row 2 (series tuesdays)")


def test_the_columns_may_stand_in_any_order_and_one_we_do_not_know_is_named():
    content = table(row(colour="teal"), columns=["colour", *reversed(COLUMNS)])
    assert [plan.slug for plan in read(content).entries] == ["tuesdays"]
    assert read(content).warned == [
        Remark(0, "The file", "The column “colour” is not one that we know. It was left out.")
    ]


def test_columns_that_no_series_needs_may_be_missing():
    needed = [name for name in COLUMNS if name not in ("summary", "description", "exdates_local", "freephone", "pin")]
    [plan] = read(table(ROW, columns=needed)).entries
    assert (plan.facts["summary"], plan.facts["freephone"], plan.left_out) == ("", None, frozenset())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-03-31 19:30", "2026-03-31T19:30"),
        ("2026-03-31T19:30:00", "2026-03-31T19:30"),
        ("31/03/2026 19:30", "2026-03-31T19:30"),
        ("31/3/2026 9:30", "2026-03-31T09:30"),
    ],
)
def test_a_start_is_read_as_spreadsheets_write_it(written, meant):
    [plan] = read(table(row(start_local=written, **ONCE))).entries
    assert datetime.combine(plan.facts["first_on"], plan.facts["starts_at_time"]) == local(meant)


def test_further_rows_with_the_same_id_are_more_dates(fay):
    assert bring(table(row(**ONCE), one_more("2026-04-09 10:00"), one_more("07/04/2026 19:30"))) == Report(
        added=["tuesdays (Tuesday talk)"]
    )
    assert [f"{one.starts_at:%Y-%m-%d %H:%M}" for one in programme.published()] == [
        "2026-03-31 18:30",
        "2026-04-07 18:30",
        "2026-04-09 09:00",
    ]


def test_a_further_row_may_repeat_what_the_first_one_says_and_nothing_else():
    same = row(start_local="2026-04-09 10:00")
    other = row(start_local="2026-04-10 10:00", title="Wednesday talk", capacity="9")
    reading = read(table(ROW, same, other))
    assert [plan.extra for plan in reading.entries] == [frozenset({local("2026-04-09T10:00")})]
    words = (
        "It is one more date of the series “tuesdays” in row 2, but has another “title”, “capacity”. "
        "Leave those cells empty, or give it an id of its own."
    )
    assert reading.refused == [Remark(4, "Row 4", words)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "“id” is empty."),
        ({"capacity": "many"}, "“capacity” must be a whole number from 1 to 100000, not “many”."),
        ({"capacity": ""}, "“capacity” is missing."),
        ({"title": ""}, "“title” is missing."),
        ({"facilitators": " ; "}, "Nobody leads it: “facilitators” is empty."),
        ({"timezone": "London"}, "“London” is not a time zone; write it like Europe/London."),
        (
            {"start_local": "31.3.2026"},
            "“start_local” must be a date and a time without a zone, like 2026-10-06T19:30:00, not “31.3.2026”.",
        ),
    ],
)
def test_what_is_wrong_with_a_row_is_said_and_the_next_one_is_taken(changes, words):
    reading = read(table(row(**changes), row(id="next")))
    assert [plan.slug for plan in reading.entries] == ["next"]
    assert reading.refused == [Remark(2, "Row 2", words)]


def test_a_further_date_that_is_none_is_refused_in_its_own_row():
    reading = read(table(ROW, one_more("soon"), one_more("2026-05-05 19:30")))
    assert [(remark.number, remark.where) for remark in reading.refused] == [(3, "Row 3")]
    assert reading.entries[0].extra == frozenset({local("2026-05-05T19:30")})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"id,title\r\n\xff", "It is not in UTF-8 (from line 2 on). Save it as “CSV UTF-8” and bring it again. "
                              "Nothing was read."),
        (b"id;title\r\n1;2\r\n", "Its cells are separated by semicolons. Save it with commas between them. "
                                 "Nothing was read."),
        (table(), "There is no series in it."),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read_is_one_refusal_that_says_why(content, words):
    assert read(content, "series.csv").refused == [Remark(0, "The file", words)]


def test_the_name_of_the_file_says_what_it_is_and_else_what_stands_in_it():
    assert read(series_file(TUESDAYS), "series.csv").refused[0].words.startswith("It has no header")
    assert read(table(ROW), "series.JSON").refused[0].words.startswith("It is not JSON")
    assert [len(read(content).entries) for content in (series_file(TUESDAYS), table(ROW))] == [1, 1]


def test_json_may_have_extra_dates_and_bank_holidays(fay):
    mondays = tuesdays(
        start_local="2026-03-30T19:30:00", rrule="FREQ=WEEKLY;COUNT=3", exdates_local=[],
        extra_dates_local=["2026-04-01T10:00:00"], bank_holidays="england-and-wales", skip_bank_holidays=True,
    )  # fmt: skip
    assert bring(series_file(mondays)).added == ["tuesdays (Tuesday talk)"]
    assert [one.starts_at.date() for one in programme.published()] == [
        date(2026, 3, 30),
        date(2026, 4, 1),
        date(2026, 4, 13),
    ]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bank_holidays": "wales"}, "“bank_holidays” must be one of england-and-wales, scotland, northern-ireland, "
                                     "not “wales”."),
        ({"skip_bank_holidays": "yes"}, "“skip_bank_holidays” must be true or false, not “yes”."),
        ({"skip_bank_holidays": True}, "“skip_bank_holidays” is true, so “bank_holidays” must say of which part of the "
                                       "kingdom."),
        ({"extra_dates_local": "soon"}, "“extra_dates_local” must be a list of texts in [ ]."),
        ({"extra_dates_local": ["2027-03-28T01:30:00"]}, "It cannot start at 2027-03-28 at 01:30: the clocks go "
                                                         "forward over that time."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_extra_dates_and_bank_holidays_is_said(changes, words):
    assert read(series_file(tuesdays(**changes))).refused == [Remark(1, "Series tuesdays", words)]


def test_an_extra_date_that_the_series_has_anyhow_is_a_warning():
    [plan] = read(series_file(tuesdays(extra_dates_local=["2026-04-07T19:30:00"]))).entries
    assert plan.warnings == ("2026-04-07 at 19:30 is an extra date, but the series takes place then anyhow.",)


def test_a_file_that_says_nothing_of_extra_dates_leaves_them(fay):
    bring(series_file(tuesdays(extra_dates_local=["2026-05-06T10:00:00"])))
    assert bring(series_file(TUESDAYS)).left == ["tuesdays (Tuesday talk)"]
    assert bring(series_file(tuesdays(extra_dates_local=[]))).changed == {"tuesdays (Tuesday talk)": ["extra dates"]}
    assert db.session.scalar(db.select(Series)).extra == []


def test_a_rehearsal_tells_every_date_in_words_and_leaves_nothing(fay):
    autumn = row(start_local="2026-10-18 19:30", rrule="FREQ=WEEKLY;COUNT=2", exdates_local="")
    with rehearsal():
        report = import_series(
            read(table(autumn, one_more("2026-12-25 10:00"))), now=clock.now(), tell=planning.tell_of
        )
    assert report.lines(dry_run=True) == [
        "Dry run: nothing was written.",
        "Added: 1",
        "  tuesdays (Tuesday talk)",
        "Changed: 0",
        "Left as they were: 0",
        "Warnings: 0",
        "Refused: 0",
        "Dates of tuesdays (Tuesday talk): 3",
        "  Sunday 18 October 2026, 7:30pm to 8:30pm (UK time)",
        "  Sunday 25 October 2026, 7:30pm to 8:30pm (UK time): the clocks change on this day",
        "  Friday 25 December 2026, 10am to 11am (UK time): extra date",
    ]
    assert programme.published() == []
    assert db.session.scalar(db.select(Series)) is None


def test_a_bank_holiday_that_is_kept_is_pointed_out(fay):
    kept = tuesdays(start_local="2026-12-25T10:00:00", rrule=None, exdates_local=[], bank_holidays="scotland")
    with rehearsal():
        report = import_series(read(json.dumps({"series": [kept]}).encode()), now=clock.now(), tell=planning.tell_of)
    assert report.dates == {
        "tuesdays (Tuesday talk)": ["Friday 25 December 2026, 10am to 11am (UK time): bank holiday, Christmas Day"]
    }


def test_a_rehearsal_says_how_many_people_would_be_told_and_tells_nobody(fay):
    bring(table(row(**ONCE)))
    with transaction():
        seats.take(programme.by_slug("tuesday-talk-2026-03-31"), by=builders.make_person())
    letters = db.session.scalar(db.select(db.func.count()).select_from(Letter))
    with rehearsal():
        report = import_series(
            read(table(row(start_local="2026-03-31 20:00", **ONCE))), now=clock.now(), tell=planning.tell_of
        )
    assert "Letters to people with a seat: 1" in report.lines(dry_run=True)
    assert db.session.scalar(db.select(db.func.count()).select_from(Letter)) == letters
