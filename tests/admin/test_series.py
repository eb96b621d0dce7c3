"""A new series in the editor: its preview, what is refused, what is checked before it is saved."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from phonein.db import db, transaction
from phonein.schedule.models import PhoneIn, Series
from tests.builders import csrf, make_ada, make_fay, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY

FACTS = {
    "title": "Evenings",
    "summary": "A quiet hour",
    "description": "Come as you are.",
    "seats": "12",
    "dial_in_number": "0808 157 0133",
    "freephone": "",
    "pin": "7331",
}
WHEN = {"starts_on": "2026-03-26", "starts_at": "19:30", "minutes": "60", "zone_name": "Europe/London"}
ASKING = {"asks_open_days": "7", "asks_close_hours": "24"}
RHYTHM = {"repeat": "weekly", "every": "1", "weekdays": ["TH"], "ends": "never", "count": "", "until": ""}
DIFFERENT = {"bank_holidays": "", "left_out": "", "extra": ""}
WEEKLY = FACTS | WHEN | ASKING | RHYTHM | DIFFERENT
NEW = "/app/admin/series/new"


@pytest.fixture
def fay(app, client):
    with transaction():
        fay, ada = make_fay(), make_ada()
    sign_in_as(client, ada)
    return fay


def all_series() -> list[Series]:
    db.session.rollback()
    return list(db.session.scalars(db.select(Series)))


def rows(page) -> list[str]:
    """Each date of the preview as it reads."""
    listed = page.text.split('id="preview"')[-1].split("</section>")[0]
    items = re.findall(r'<li class="next[^"]*">(.*?)</li>', listed, re.DOTALL)
    return [
        " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<button.*?</button>", "", item))).split()) for item in items
    ]


def previewed(client, fay, **fields):
    return press(client, NEW, **WEEKLY | {"leaders": [fay.id], "preview": "1"} | fields)


def saved(client, fay, **fields) -> Series:
    answer = press(client, NEW, **WEEKLY | {"leaders": [fay.id], "confirm": "1"} | fields)
    assert answer.status_code == 303, rows(answer)
    return all_series()[-1]


def hidden(page) -> dict[str, list[str]]:
    """What the page would send along without showing it."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_a_weekly_series_is_a_draft_until_it_is_published(client, fay):
    answer = press(client, NEW, **WEEKLY, leaders=[fay.id], confirm="1")
    assert (answer.status_code, answer.location) == (303, "/app/admin/series/evenings/")
    assert client.get("/app/").text.count("Evenings") == 0
    press(client, "/app/admin/series/evenings/publication")
    series = db.session.scalars(db.select(Series)).one()
    assert series.rule == "FREQ=WEEKLY;BYDAY=TH"
    starts = [phone_in.starts_at for phone_in in series.phone_ins[:2]]
    # the clocks go forward between the two: 19:30 on the wall both times
    assert starts == [datetime(2026, 3, 26, 19, 30, tzinfo=UTC), datetime(2026, 4, 2, 18, 30, tzinfo=UTC)]
    assert len(series.phone_ins) == 57  # 400 days of Thursdays
    assert [leader.name for leader in series.phone_ins[0].leaders] == ["Fay"]
    assert "Evenings" in client.get("/app/").text


def test_publishing_twice_makes_each_date_once(client, fay):
    saved(client, fay)
    for _ in range(2):
        press(client, "/app/admin/series/evenings/publication")
    assert db.session.scalar(db.select(db.func.count()).select_from(PhoneIn)) == 57


def test_before_it_is_saved_it_is_checked(client, fay):
    page = press(client, NEW, **WEEKLY | {"left_out": "2026-04-09 Easter\r\n16/4/2026"}, leaders=[fay.id])
    assert page.status_code == 200
    assert "Check before saving" in page.text
    assert "Every Thursday at 7:30pm, London time" in page.text
    assert "55 dates in the next 400 days, once you publish it" in page.text
    assert "Thu 9 Apr 2026 (Easter); Thu 16 Apr 2026" in page.text
    assert all_series() == []
    answer = client.post(NEW, data=hidden(page) | {"confirm": "1"})
    assert answer.status_code == 303
    series = all_series()[0]
    assert [(gap.starts_text, gap.reason) for gap in series.left_out] == [
        ("2026-04-09T19:30:00", "Easter"),
        ("2026-04-16T19:30:00", ""),
    ]


def test_going_back_from_the_check_keeps_everything_typed(client, fay):
    typed = WEEKLY | {"left_out": "2026-04-09 Easter", "weekdays": ["TH", "SU"], "changes_pin": "y"}
    page = press(client, NEW, **typed, leaders=[fay.id])
    again = client.post(NEW, data=hidden(page) | {"again": "1"})
    assert again.status_code == 200
    for words in ("Come as you are.", "2026-04-09 Easter", 'value="0808 157 0133"'):
        assert words in again.text
    assert len(re.findall(r'name="weekdays" value="(?:TH|SU)" checked', again.text)) == 2
    assert re.search(r'<input checked[^>]*name="changes_pin"', again.text)
    assert all_series() == []


def test_the_preview_shows_the_next_ten_dates_and_saves_nothing(client, fay):
    page = previewed(client, fay)
    assert page.status_code == 200
    assert "FREQ=WEEKLY;BYDAY=TH" in page.text
    assert rows(page)[:2] == ["Thu 26 Mar 2026 7:30pm", "Thu 2 Apr 2026 7:30pm"]
    assert len(rows(page)) == 10
    fields = WEEKLY | {"leaders": [fay.id], "csrf_token": csrf(client)}
    fragment = client.post(f"{NEW}?fragment=1", data=fields)
    assert "<html" not in fragment.text
    assert rows(fragment) == rows(page)
    assert all_series() == []


def test_the_preview_of_a_half_filled_form_asks_for_nothing_yet(client, fay):
    page = press(client, NEW, **WHEN, repeat="weekly", preview="1")
    assert "There is a problem" not in page.text
    assert len(rows(page)) == 10
    assert "Fill in the first date and the time" in press(client, NEW, preview="1").text


@pytest.mark.parametrize(
    "missing, words",
    [
        ({"every": ""}, "Enter 1 for each"),
        ({"ends": "count"}, "Enter how many phone-ins there are"),
        ({"ends": "until"}, "Enter the last day"),
    ],
)
def test_the_preview_asks_for_what_the_dates_depend_on(client, fay, missing, words):
    page = previewed(client, fay, **missing)
    assert (page.status_code, words in page.text, rows(page)) == (200, True, [])


@pytest.mark.one_database
@pytest.mark.parametrize("value", ["", "\x00", "-1", "999999999999"])
def test_whatever_is_typed_the_preview_answers(client, fay, value):
    fields = WEEKLY | {"leaders": [fay.id], "csrf_token": csrf(client)}
    for name in [*FACTS, *WHEN, *ASKING, *RHYTHM, *DIFFERENT, "leaders", "edition"]:
        for button in ({"preview": "1"}, {"leave_out": "2026-04-02"}):
            assert client.post(NEW, data=fields | {name: value} | button).status_code == 200, name
        assert client.post(f"{NEW}?fragment=1", data=fields | {name: value}).status_code == 200, name


def test_the_preview_says_what_does_not_fit_together(client, fay):
    fragment = client.post(f"{NEW}?fragment=1", data=WEEKLY | {"weekdays": ["FR"], "csrf_token": csrf(client)})
    assert "Thursday 26 March 2026 is not one of these days" in fragment.text
    assert rows(fragment) == []


def test_the_preview_says_when_the_clocks_change(client, fay):
    page = previewed(client, fay, weekdays=["SU"], starts_on="2026-03-29")
    assert rows(page)[0] == "Sun 29 Mar 2026 7:30pm the clocks change on this day"


def test_the_preview_strikes_out_what_is_left_out_and_what_is_a_bank_holiday(client, fay):
    fields = {"weekdays": ["FR"], "starts_on": "2026-03-27", "bank_holidays": "england-and-wales"}
    page = previewed(client, fay, **fields, skips_bank_holidays="y", left_out="10 April 2026 Easter week")
    assert rows(page)[:4] == [
        "Fri 27 Mar 2026 7:30pm",
        "Fri 3 Apr 2026 7:30pm Good Friday, skipped",
        "Fri 10 Apr 2026 7:30pm left out: Easter week",
        "Fri 17 Apr 2026 7:30pm",
    ]
    assert len(rows(page)) == 12  # ten that take place
    assert "Official list, known until 26 December 20" in page.text
    pointed_out = previewed(client, fay, **fields)
    assert rows(pointed_out)[1] == "Fri 3 Apr 2026 7:30pm Good Friday"


def test_the_preview_shows_extra_dates_and_dates_in_the_past(client, fay):
    page = previewed(client, fay, starts_on="2026-03-19", extra="Sat 28 Mar 2026 6pm\n2026-04-01")
    assert rows(page)[:5] == [
        "Thu 19 Mar 2026 7:30pm in the past",
        "Thu 26 Mar 2026 7:30pm",
        "Sat 28 Mar 2026 6pm extra date",
        "Wed 1 Apr 2026 7:30pm extra date",
        "Thu 2 Apr 2026 7:30pm",
    ]


def test_a_left_out_date_that_the_series_does_not_have_is_pointed_out_and_not_refused(client, fay):
    words = "Wednesday 1 April 2026 at 7:30pm is left out, but the series has no such date."
    assert words in previewed(client, fay, left_out="2026-04-01 Fools").text
    assert words in press(client, NEW, **WEEKLY | {"left_out": "2026-04-01 Fools"}, leaders=[fay.id]).text
    assert len(saved(client, fay, left_out="2026-04-01 Fools").left_out) == 1


def test_the_preview_says_who_would_lead_two_at_once(client, fay):
    at = datetime(2026, 4, 2, 18, tzinfo=UTC)  # 7pm to 8pm
    with transaction():
        make_phone_in(starts_at=at, leaders=[fay])
        make_phone_in(slug="off", starts_at=at, leaders=[fay], title="Off", cancelled_at=TUESDAY)
        make_phone_in(slug="before", starts_at=at - timedelta(minutes=30), leaders=[fay], title="Just before")
    page = previewed(client, fay)
    assert rows(page)[1] == "Thu 2 Apr 2026 7:30pm Fay also leads Sleeping better at that time"
    assert [row for row in rows(page) if "also leads" in row] == [rows(page)[1]]


def test_the_preview_looks_everything_up_in_a_constant_number_of_queries(client, fay):
    def counted(**fields) -> int:
        statements: list[str] = []
        listener = lambda connection, cursor, statement, *rest: statements.append(statement)  # noqa: E731
        db.event.listen(db.engine, "before_cursor_execute", listener)
        previewed(client, fay, **fields)
        db.event.remove(db.engine, "before_cursor_execute", listener)
        return len(statements)

    with transaction():
        for week in range(1, 9):
            starts_at = datetime(2026, 3, 26, 19, 30, tzinfo=UTC) + timedelta(weeks=week)
            make_phone_in(slug=f"one-{week}", starts_at=starts_at, leaders=[fay])
    csrf(client)  # which is a page of its own
    assert counted(ends="count", count="3") == counted()


def test_leaving_out_and_taking_back_are_buttons_that_need_no_javascript(client, fay):
    page = previewed(client, fay, leave_out="2026-04-02", preview="")
    assert page.status_code == 200
    assert ">\r\n2026-04-02</textarea>" in page.text
    assert rows(page)[1] == "Thu 2 Apr 2026 7:30pm left out"
    assert 'name="take_back" value="2026-04-02T19:30:00"' in page.text
    typed = "2026-04-02 Easter\n2026-04-09 Holidays"
    back = press(client, NEW, **WEEKLY | {"left_out": typed, "take_back": "2026-04-02T19:30:00"}, leaders=[fay.id])
    assert ">\r\n2026-04-09 Holidays</textarea>" in back.text
    assert all_series() == []


def test_leaving_out_an_extra_date_takes_it_from_the_list_of_extra_dates(client, fay):
    page = previewed(client, fay, extra="2026-03-28 18:00\n2026-03-29", leave_out="2026-03-28T18:00:00", preview="")
    assert ">\r\n2026-03-29</textarea>" in page.text
    assert "left out" not in " ".join(rows(page))


@pytest.mark.parametrize(
    "change, rule, words",
    [
        ({"every": "2"}, "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH", "Every second Thursday"),
        ({"weekdays": ["SU", "TH"]}, "FREQ=WEEKLY;BYDAY=TH,SU", "Every Thursday and Sunday"),
        ({"weekdays": []}, "FREQ=WEEKLY;BYDAY=TH", "Every Thursday"),
        ({"repeat": "nth"}, "FREQ=MONTHLY;BYDAY=4TH", "The fourth Thursday of every month"),
        ({"repeat": "last", "every": "3"}, "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH", "The last Thursday of every third"),
        ({"repeat": "day"}, "FREQ=MONTHLY;BYMONTHDAY=26", "The 26th of every month"),
        (
            {"repeat": "first-working", "starts_on": "2026-04-01"},
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
            "The first working day of every month",
        ),
        (
            {"repeat": "last-working", "starts_on": "2026-03-31"},
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "The last working day of every month",
        ),
        ({"repeat": "once", "ends": "count", "count": ""}, None, "Once, on Thursday 26 March 2026 at 7:30pm"),
        ({"ends": "count", "count": "6"}, "FREQ=WEEKLY;BYDAY=TH;COUNT=6", "London time, 6 times"),
        ({"ends": "until", "until": "2026-06-25"}, "FREQ=WEEKLY;BYDAY=TH;UNTIL=20260625T183000Z", "until 25 June"),
        ({"ends": "never", "count": "soon", "until": "never"}, "FREQ=WEEKLY;BYDAY=TH", "Every Thursday"),
    ],
)
def test_plain_words_become_the_rule_and_are_read_back(client, fay, change, rule, words):
    series = saved(client, fay, **change)
    assert series.rule == rule
    assert words in series.in_words
    for address in ("/app/admin/series/", "/app/admin/series/evenings/"):
        assert series.in_words in client.get(address).text


@pytest.mark.one_database
@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"title": ""}, "Enter a title"),
        ({"title": "a\nb"}, "Write this on one line"),
        ({"title": "x" * 121}, "Use 120 characters or fewer"),
        ({"seats": "0"}, "Enter a whole number from 1 to 5000"),
        ({"seats": "ten"}, "Enter how many seats there are"),
        ({"seats": "99999999999999999999"}, "Enter a whole number from 1 to 5000"),
        ({"minutes": "1e3"}, "Enter how long it lasts"),
        ({"starts_on": "2026-02-31"}, "Enter a date"),
        ({"starts_on": "9999-12-31"}, "Choose a date between"),
        ({"starts_on": "2026-03-29", "starts_at": "01:30", "weekdays": ["SU"]}, "The clocks go forward that night"),
        ({"zone_name": "../../etc/passwd"}, "Not a valid choice"),
        ({"leaders": []}, "Choose who leads it"),
        ({"dial_in_number": "call me"}, "Enter a telephone number, like 020 7946 0111"),
        ({"freephone": "12"}, "Enter a telephone number, like 020 7946 0111"),
        ({"pin": "abc def"}, "Enter the PIN as it is typed on a telephone: digits, * and #"),
        ({"leaders": ["999"]}, "is not a valid choice"),
        ({"ends": "count", "count": "-5"}, "Enter a whole number from 1 to 500"),
        ({"ends": "count", "count": "10000"}, "Enter a whole number from 1 to 500"),
        ({"repeat": "99"}, "Not a valid choice"),
        ({"repeat": "keep"}, "Not a valid choice"),
        ({"every": "13"}, "Enter a whole number from 1 to 12"),
        ({"every": ""}, "Enter 1 for each"),
        ({"ends": "count"}, "Enter how many phone-ins there are"),
        ({"ends": "until"}, "Enter the last day"),
        ({"ends": "until", "until": "2026-03-01"}, "The last day is before the first"),
        ({"asks_open_days": "1", "asks_close_hours": "24"}, "Asking would close before it opens"),
        ({"asks_open_days": "0", "asks_close_hours": "0"}, "Asking would close before it opens"),
        ({"weekdays": ["MO"]}, "the next that is, is Monday 30 March 2026"),
        ({"weekdays": ["XX"]}, "is not a valid choice"),
        ({"repeat": "last", "starts_on": "2026-03-19"}, "the next that is, is Thursday 26 March 2026"),
        ({"repeat": "first-working"}, "the next that is, is Wednesday 1 April 2026"),
        ({"repeat": "nth", "starts_on": "2026-04-30"}, "Not every month has a fifth Thursday"),
        ({"bank_holidays": "france"}, "Not a valid choice"),
        ({"left_out": "Christmas"}, "Line 1: “Christmas” does not begin with a date. Write it like 2026-12-29 Between"),
        ({"left_out": "2026-04-02\n\n31/4/2026 x"}, "Line 3: “31/4/2026 x” does not begin with a date"),
        ({"left_out": "2026-04-02\n2 April 2026 x"}, "Line 2: this date stands in line 1 already"),
        ({"left_out": "2199-04-02"}, "Line 1: choose a date between 2020 and 2100"),
        ({"left_out": "a\nb\nc\nd\ne"}, "And 2 more such lines."),
        ({"repeat": "once", "left_out": "2026-03-26"}, "It would never take place: every date is left out or skipped"),
        ({"extra": "2026-04-03 25:00"}, "Line 1: “2026-04-03 25:00” does not begin with a date"),
        ({"extra": "2026-03-29 1:30"}, "Line 1: the clocks go forward that night"),
        ({"extra": "2026-04-02", "left_out": "2 Apr 2026"}, "Line 1: this date is left out above as well"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_typed_is_lost(client, fay, wrong, words):
    for button in ({}, {"confirm": "1"}):
        page = press(client, NEW, **WEEKLY | {"leaders": [fay.id]} | wrong | button)
        assert page.status_code == 422
        assert words in unescape(page.text)
        assert "Come as you are." in page.text
    assert all_series() == []
