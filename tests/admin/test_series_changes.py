"""A series that is there, in the editor: all its dates, or those from one on; what is kept, and two admins at once."""

import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import pytest

from phonein import clock
from phonein.booking import seats, telling
from phonein.db import db, transaction
from phonein.delivery import postman
from phonein.identity.models import Person
from phonein.schedule import changes, publishing, rolling
from phonein.schedule.models import ExtraDate, LeftOut, PhoneIn, Series
from tests.admin.test_series import hidden, rows
from tests.builders import csrf, make_ada, make_fay, make_person, make_series, press, sign_in_as
from tests.conftest import TUESDAY

AT = "/app/admin/series/tuesdays/"
APRIL = datetime(2026, 4, 7, 18, 30, tzinfo=UTC)  # a Tuesday, 7:30pm in London


@pytest.fixture
def series(app, client) -> Series:
    """Tuesdays at 19:30, published, with two people booked on 7 April."""
    with transaction():
        fay, ada = make_fay(), make_ada()
        series = make_series(leaders=[fay])
        publishing.publish_series(series)
        for name in ("Sam", "Stan"):
            seats.take(dated(APRIL), by=make_person(name))
    sign_in_as(client, ada)
    return series


def dated(start: datetime) -> PhoneIn:
    return db.session.scalars(db.select(PhoneIn).where(PhoneIn.planned_at == start)).one()


def fresh(series: Series) -> Series:
    db.session.rollback()
    return db.session.get_one(Series, series.id)


def fields_of(page) -> dict[str, list[str]]:
    """What a browser would send of the editor's form as it stands."""
    form = page.text.split('<form method="post" novalidate data-refresh')[1].split("</form>")[0]
    found: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (("checkbox" not in tag and "radio" not in tag) or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]) if value else "y")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = [unescape(text)]
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        found[name] = re.findall(r'<option selected value="([^"]*)"', options)
    return found


def opened(client, at: str = AT, **changed) -> dict:
    """The form as it opens, with some of it changed."""
    return fields_of(client.get(at)) | changed


def sent(client, at: str = AT, **changed):
    return client.post(at, data=opened(client, at, **changed))


def saved(client, at: str = AT, **changed):
    checked = sent(client, at, **changed)
    assert "Check before saving" in checked.text
    answer = client.post(at, data=hidden(checked) | {"confirm": "1"})
    assert answer.status_code == 303
    return client.get(answer.location)


def test_opening_and_saving_changes_nothing_and_tells_nobody(client, series):
    with transaction():
        fresh(series).rule = "freq=weekly;byday=TU;wkst=MO"
    checked = sent(client)
    assert "dates stay as they are" in checked.text
    assert "Nobody is told." in checked.text
    assert "Saved. Nobody had to be told." in saved(client).text
    assert fresh(series).rule == "freq=weekly;byday=TU;wkst=MO"  # to the letter
    assert dated(APRIL).taken == 2


def test_a_rule_that_plain_words_cannot_say_is_kept_as_it_is(client, series):
    with transaction():
        fresh(series).rule = "FREQ=YEARLY;BYMONTH=3,6;BYDAY=4TU"
    page = client.get(AT)
    assert "Keep the rule as it is" in page.text
    assert "<code>FREQ=YEARLY;BYMONTH=3,6;BYDAY=4TU</code>" in page.text
    saved(client, title="Twice a year")
    assert (fresh(series).rule, fresh(series).title) == ("FREQ=YEARLY;BYMONTH=3,6;BYDAY=4TU", "Twice a year")
    saved(client, repeat="weekly", weekdays=["TU"])
    assert fresh(series).rule == "FREQ=WEEKLY;BYDAY=TU"
    assert "Keep the rule as it is" not in client.get(AT).text


def test_the_first_date_of_a_kept_rule_must_be_one_of_its_dates(client, series):
    with transaction():
        fresh(series).rule = "FREQ=YEARLY;BYMONTH=3,6;BYDAY=4TU"
    page = sent(client, starts_on="2026-03-25")
    assert page.status_code == 422
    assert "Wednesday 25 March 2026 is none of the dates of its rule" in page.text


def test_the_preview_shows_what_is_booked_what_moves_and_what_is_kept(client, series):
    with transaction():
        changes.move(dated(APRIL + timedelta(weeks=1)), to=APRIL + timedelta(days=8), minutes=60)
    assert rows(client.get(AT))[:4] == [
        "Tue 24 Mar 2026 7:30pm",
        "Tue 31 Mar 2026 7:30pm",
        "Tue 7 Apr 2026 7:30pm 2 booked",
        "Tue 14 Apr 2026 7:30pm keeps its own time is on Wed 15 Apr 2026, 7:30pm",
    ]
    fragment = client.post(f"{AT}?fragment=1", data=opened(client, starts_at="20:00"))
    assert rows(fragment)[2:4] == [
        "Tue 7 Apr 2026 8pm moved from Tue 7 Apr 2026, 7:30pm 2 booked",
        "Tue 14 Apr 2026 8pm keeps its own time is on Wed 15 Apr 2026, 7:30pm",
    ]


def test_the_check_says_which_dates_change_and_how_many_people_are_told(client, series):
    with transaction():
        changes.cancel(dated(APRIL + timedelta(weeks=1)), reason="Away")
    page = sent(client, starts_at="20:00", pin="1111", left_out="2026-04-21 Spring break")
    for words in (
        "57 dates are moved",
        "1 date falls away",
        "1 date keeps what was changed by hand",
        "2 people are told",
        "then Tue 7 Apr 2026, 8pm",
        "before: 733102",
        "Tue 21 Apr 2026 (Spring break)",
    ):
        assert words in page.text, words
    assert dated(APRIL).starts_at == APRIL
    assert "2 people are being told, and their calendars" in saved(client, starts_at="20:00", pin="1111").text
    assert dated(APRIL + timedelta(minutes=30)).taken == 2


def test_somebody_with_two_seats_is_one_person_and_two_letters(client, series):
    with transaction():
        sam = db.session.scalars(db.select(Person).where(Person.name == "Sam")).one()
        seats.take(dated(APRIL + timedelta(weeks=2)), by=sam)
    assert "2 people are told, in 3 letters" in sent(client, title="Renamed").text
    assert "2 people are being told" in saved(client, title="Renamed").text


def test_a_change_of_the_clock_by_which_it_goes_is_said(client, series):
    assert "then Tue 7 Apr 2026, 7:30pm (New York time)" in sent(client, zone_name="America/New_York").text


def test_a_zone_that_only_a_file_could_bring_can_stay(client, series):
    with transaction():
        fresh(series).zone_name = "GB"
    saved(client, title="Renamed")
    assert (fresh(series).zone_name, fresh(series).title) == ("GB", "Renamed")


def test_dates_that_have_passed_stay_as_they_were(client, series):
    first = dated(datetime(2026, 3, 24, 19, 30, tzinfo=UTC))
    with transaction():
        fresh(series).first_on = date(2026, 3, 17)
    assert rows(client.get(AT))[0] == "Tue 24 Mar 2026 7:30pm"
    saved(client, title="Renamed")
    assert (first.title, fresh(series).first_on) == ("Renamed", date(2026, 3, 17))


def test_from_a_date_on_the_form_begins_on_that_date(client, series):
    with transaction():
        one = fresh(series)
        one.rule = "FREQ=WEEKLY;INTERVAL=1;COUNT=20"
        one.left_out = [LeftOut(starts_text=f"2026-{day}T19:30:00", reason=day) for day in ("03-31", "04-28")]
    at = f"{AT}from/{dated(APRIL).slug}"
    page = client.get(at)
    assert "This and all later dates" in page.text
    fields = fields_of(page)
    assert (fields["starts_on"], fields["starts_at"], fields["count"]) == (["2026-04-07"], ["19:30"], ["18"])
    assert fields["left_out"] == ["2026-04-28 04-28"]
    assert rows(page)[0] == "Tue 7 Apr 2026 7:30pm 2 booked"


def test_from_a_date_on_another_time_goes_on_as_a_series_that_continues_it(client, series):
    at = f"{AT}from/{dated(APRIL).slug}"
    page = saved(client, at, starts_at="18:00", title="Earlier Tuesdays")
    assert "Every Tuesday at 6pm, London time" in page.text
    assert "It continues" in page.text
    later = db.session.scalars(db.select(Series).where(Series.continues_id == series.id)).one()
    assert (later.first_on, later.starts_at_time) == (date(2026, 4, 7), time(18))
    starts = [one.starts_at for one in fresh(series).phone_ins]
    assert starts == [datetime(2026, 3, 24, 19, 30, tzinfo=UTC), datetime(2026, 3, 31, 18, 30, tzinfo=UTC)]
    assert dated(APRIL - timedelta(minutes=90)).taken == 2
    assert "continues <a" in client.get("/app/admin/series/").text


def test_only_a_date_of_the_series_can_be_the_one_from_which_on_it_changes(client, series):
    with transaction():
        other = make_series(slug="others")
        publishing.publish_series(other)
        slug = other.phone_ins[0].slug
    assert client.get(f"{AT}from/{slug}").status_code == 404
    assert client.get(f"{AT}from/never-was").status_code == 404


def test_who_saves_second_after_the_series_was_split_before_their_date_loses_nothing(client, series):
    later = dated(APRIL + timedelta(days=14)).slug
    mine = opened(client, f"{AT}from/{later}", description="All that I have written in the last hour.")
    saved(client, f"{AT}from/{dated(APRIL).slug}", title="Somebody was first")
    page = client.post(f"{AT}from/{later}", data=mine | {"confirm": "1"})
    assert page.status_code == 409
    assert "Somebody else has changed this while you were writing" in page.text
    assert "All that I have written in the last hour." in page.text
    heir = db.session.scalars(db.select(Series).where(Series.continues_id == series.id)).one()
    there = f"/app/admin/series/{heir.slug}/from/{later}"
    assert f'action="{there}"' in page.text
    assert client.get(f"{AT}from/{later}").location == there
    checked = client.post(there, data=fields_of(page))
    assert client.post(there, data=hidden(checked) | {"confirm": "1"}).status_code == 303
    assert dated(APRIL + timedelta(days=14)).description == "All that I have written in the last hour."


def test_from_an_extra_date_behind_the_end_an_untouched_form_changes_nothing(client, series):
    extra = datetime.fromisoformat("2026-06-02T14:00")
    with transaction():
        now = fresh(series)
        now.rule = "FREQ=WEEKLY;BYDAY=TU;UNTIL=20260428T183000Z"
        now.extra = [ExtraDate(starts_text=extra.isoformat())]
        gone = [one for one in now.phone_ins if one.planned_at and one.planned_at > APRIL + timedelta(days=22)]
        for one in gone:
            db.session.delete(one)
    with transaction():
        rolling.roll_on(fresh(series), now=clock.now())
    slug = dated(datetime(2026, 6, 2, 13, tzinfo=UTC)).slug
    checked = sent(client, f"{AT}from/{slug}")
    assert "1 date stays as it is" in checked.text
    assert "new" not in checked.text.split("What saving does")[1].split("</section>")[0]


def test_from_a_date_that_is_over_nothing_is_changed(client, series):
    with clock.stopped_at(TUESDAY + timedelta(days=1)):
        with transaction():
            abel = make_person("Abel", "admin")
        sign_in_as(client, abel)
        first = db.session.scalars(db.select(PhoneIn).order_by(PhoneIn.starts_at).limit(1)).one()
        page = client.get(f"{AT}from/{first.slug}")
    assert (page.status_code, "has begun or is over" in page.text) == (409, True)


def test_the_page_of_a_series_looks_its_dates_up_in_a_constant_number_of_queries(client, series):
    def counted() -> int:
        statements: list[str] = []
        listener = lambda connection, cursor, statement, *rest: statements.append(statement)  # noqa: E731
        db.event.listen(db.engine, "before_cursor_execute", listener)
        assert len(rows(client.post(f"{AT}?fragment=1", data=typed))) == 10
        db.event.remove(db.engine, "before_cursor_execute", listener)
        return len(statements)

    typed = opened(client, title="Renamed")
    many = counted()
    with transaction():
        for one in list(fresh(series).phone_ins)[12:]:
            db.session.delete(one)
    assert counted() == many


def test_who_saves_second_sees_it_and_loses_nothing(client, series):
    mine = opened(client, title="Mine", description="What I have typed")
    saved(client, title="Theirs")
    for button in ({}, {"confirm": "1"}):
        page = client.post(AT, data=mine | button)
        assert page.status_code == 409
        assert "This changed while you were writing" in page.text
        assert f'<a href="{AT}" target="_blank"' in page.text
        assert "What I have typed" in page.text
        assert fresh(series).title == "Theirs"
    decided = client.post(AT, data=fields_of(page))
    assert "before: Theirs" in decided.text
    client.post(AT, data=hidden(decided) | {"confirm": "1"})
    assert fresh(series).title == "Mine"


def test_fewer_seats_than_are_booked_are_refused_with_the_number(client, series):
    page = sent(client, seats="1", description="Kept words")
    assert page.status_code == 409
    assert "2 seats are booked or held on Tuesday 7 April 2026" in page.text
    assert "Kept words" in page.text
    fragment = client.post(f"{AT}?fragment=1", data=opened(client, seats="1"))
    assert "2 seats are booked or held on Tuesday 7 April 2026" in fragment.text


def test_whoever_leads_it_now_can_stay_though_they_could_not_be_chosen_anew(client, series):
    with transaction():
        fresh(series).leaders[0].left_on = date(2026, 3, 1)
    saved(client, title="Renamed")
    assert [leader.name for leader in fresh(series).leaders] == ["Fay"]


def test_leaving_out_and_taking_back_work_on_a_series_that_is_there(client, series):
    page = client.post(AT, data=opened(client) | {"leave_out": "2026-04-07"})
    assert rows(page)[2] == "Tue 7 Apr 2026 7:30pm left out 2 booked"
    back = client.post(AT, data=fields_of(page) | {"take_back": "2026-04-07T19:30:00"})
    assert rows(back)[2] == "Tue 7 Apr 2026 7:30pm 2 booked"


def test_a_series_is_made_a_draft_again_only_while_nobody_has_booked(client, series):
    answer = press(client, f"{AT}publication/take-back")
    assert "2 people have booked" in client.get(answer.location).text
    assert fresh(series).published_at is not None
    with transaction():
        changes.cancel(dated(APRIL), reason="Away")
    answer = press(client, f"{AT}publication/take-back")
    assert "It is a draft again." in client.get(answer.location).text
    assert fresh(series).published_at is None
    assert "Nobody sees this yet" in client.get(AT).text


def test_who_has_booked_is_told_once_of_all_that_is_different(client, series, office):
    postman.deliver_due()
    saved(client, title="Late Tuesdays", starts_at="20:00")
    saved(client, pin="1111")
    with clock.stopped_at(TUESDAY + telling.CHANGES_GATHER):
        postman.deliver_due()
    told = [text for _, text, _ in office.parts()][2:]
    assert len(told) == 2
    for words in ("the title is now Late Tuesdays", "7 April 2026, 8pm", "the PIN is now 1111"):
        assert words in told[0]


def test_a_date_changed_by_hand_does_not_follow_its_series(client, series):
    by_hand = {"title": "A special evening", "seats": "3", "dial_in_number": series.dial_in_number, "pin": series.pin}
    press(client, f"/app/admin/phone-ins/{dated(APRIL).slug}/", **by_hand, leaders=[series.leaders[0].id])
    checked = sent(client, title="Late Tuesdays")
    assert "keeps its own title and number of seats" in checked.text
    saved(client, title="Late Tuesdays")
    assert (dated(APRIL).title, dated(APRIL).seats) == ("A special evening", 3)
    assert dated(APRIL + timedelta(weeks=1)).title == "Late Tuesdays"


def test_a_form_sent_twice_from_the_check_is_not_saved_twice(client, series):
    checked = hidden(sent(client, title="Once")) | {"confirm": "1"}
    assert [client.post(AT, data=checked).status_code for _ in range(2)] == [303, 409]
    assert csrf(client)
