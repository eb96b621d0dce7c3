"""The waiting list as people see it: joining, their place, a seat that is held, and what a no says."""

import re
from datetime import timedelta

import pytest

from phonein import clock
from phonein.booking import in_line, offer_times, seats, settling, waiting
from phonein.booking.models import Booking
from phonein.booking.waiting_models import Wait
from phonein.db import db, transaction
from phonein.identity.models import Person
from phonein.schedule import programme
from phonein.schedule.models import PhoneIn
from tests.builders import make_fay, make_person, make_phone_in, make_series, press, sign_in_as
from tests.conftest import TUESDAY

PAGE = "/app/phone-ins/full/"


@pytest.fixture
def full(app) -> PhoneIn:
    """One seat, which Stan has, and Sam looks at it; a week before."""
    with transaction():
        phone_in = make_phone_in(slug="full", seats=1, leaders=[make_fay()])
        seats.take(phone_in, by=make_person("Stan"))
        make_person("Sam")
    return phone_in


@pytest.fixture
def sam(full, client):
    sam = person("Sam")
    sign_in_as(client, sam)
    return sam


def person(name: str) -> Person:
    return Person.by_email(f"{name.lower()}@example.org") or make_person(name)


def others_join(phone_in: PhoneIn, *names: str) -> None:
    for name in names:
        with transaction():
            waiting.join(phone_in, by=person(name))


def stan_gives_back(phone_in: PhoneIn) -> None:
    with transaction():
        seats.give_back(phone_in, by=person("Stan"))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def waits() -> list[tuple[str, bool, str]]:
    db.session.rollback()
    return [(wait.person.name, wait.any_date, wait.ended_why) for wait in db.session.scalars(db.select(Wait))]


def test_whoever_finds_it_full_joins_with_one_press_and_is_told_their_place(client, full, sam):
    others_join(full, "Kim", "Lou")
    assert "Full, waiting list open" in client.get(PAGE).text
    answer = press(client, f"{PAGE}waiting")
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE).text
    assert "You are third in line" in page
    assert "You are on the waiting list." in page
    assert [name for name in ("Kim", "Lou", "Stan") if name in page] == []


def test_joining_twice_and_leaving_twice_is_doing_it_once(client, full, sam):
    assert [press(client, f"{PAGE}waiting").status_code for _ in range(2)] == [303, 303]
    assert waits() == [("Sam", False, "")]
    assert [press(client, f"{PAGE}waiting/leave").status_code for _ in range(2)] == [303, 303]
    assert waits() == [("Sam", False, "left")]
    assert "You left the waiting list. You can join again, at the end of the line." in words(client.get(PAGE).text)


def test_any_date_is_asked_of_a_series_and_of_nothing_else(client, full, sam):
    assert "Any date in this series" not in client.get(PAGE).text
    press(client, f"{PAGE}waiting", any_date="1")
    assert waits() == [("Sam", False, "")]
    with transaction():
        other = make_phone_in(slug="other", seats=1, series_id=make_series().id)
        seats.take(other, by=person("Stan"))
    assert "Any date in this series would do" in client.get("/app/phone-ins/other/").text
    press(client, "/app/phone-ins/other/waiting", any_date="1")
    assert waits()[1:] == [("Sam", True, "")]
    assert "you stand in line for each of them" in client.get("/app/phone-ins/other/").text


def test_booking_what_is_full_offers_the_waiting_list_on_the_spot(client, full, sam):
    answer = press(client, f"{PAGE}seat")
    assert answer.status_code == 409
    assert "Sorry, every seat in this phone-in has been taken." in answer.text
    assert f'action="{PAGE}waiting"' in answer.text


def test_a_seat_that_is_held_says_until_when_and_is_taken_with_one_press(client, full, sam):
    others_join(full, "Sam", "Kim")
    stan_gives_back(full)
    page = words(client.get(PAGE).text)
    assert "A seat is held for you It is held until Thursday 26 March 2026 at midday (UK time) ." in page
    assert "Book my seat" not in page
    for _ in range(2):
        answer = press(client, f"{PAGE}offer")
        assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE).text
    assert "You have a seat" in page
    assert "4821#" in page
    assert db.session.scalar(db.select(db.func.count(Booking.id)).where(Booking.given_back_on.is_(None))) == 1


def test_no_thanks_hands_it_to_the_next_and_says_why_one_is_in_line_no_more(client, full, sam):
    others_join(full, "Sam", "Kim")
    stan_gives_back(full)
    assert [press(client, f"{PAGE}offer/no-thanks").status_code for _ in range(2)] == [303, 303]
    assert "You said no thanks to the seat that was held for you." in client.get(PAGE).text
    with transaction():
        assert in_line.standing(full, person("Kim")).state == "held"


def test_a_seat_whose_time_ran_out_is_refused_and_the_list_is_one_press_away(client, full, sam):
    others_join(full, "Sam", "Kim")
    stan_gives_back(full)
    with clock.stopped_at(TUESDAY + timedelta(days=3)):
        sign_in_as(client, sam)
        answer = press(client, f"{PAGE}offer")
        assert answer.status_code == 409
        settling.lapse_due()
        answer = press(client, f"{PAGE}offer")
        assert answer.status_code == 409
        assert "the time to take it ran out" in answer.text
        assert "Join the waiting list again" in answer.text
        press(client, f"{PAGE}waiting")
        assert "You are first in line" in client.get(PAGE).text


def test_joining_while_there_are_seats_offers_the_seat_instead(client, full, sam):
    stan_gives_back(full)
    answer = press(client, f"{PAGE}waiting")
    assert answer.status_code == 409
    assert f'action="{PAGE}seat"' in answer.text
    assert waits() == []


def test_joining_when_one_has_a_seat_leads_to_it(client, full):
    sign_in_as(client, person("Stan"))
    answer = press(client, f"{PAGE}waiting")
    assert answer.status_code == 409
    assert "You have a seat" in answer.text
    assert waits() == []


def test_shortly_before_the_start_nothing_is_held_and_the_page_says_so(client, full, sam):
    others_join(full, "Kim", "Sam")
    with clock.stopped_at(full.starts_at - timedelta(hours=3)):
        sign_in_as(client, sam)
        page = words(client.get(PAGE).text)
        assert "You are second in line" in page
        assert "whoever presses first has it" in page
        stan_gives_back(full)
        assert "whoever presses first has it" in words(client.get(PAGE).text)
        press(client, f"{PAGE}seat")
        assert "You have a seat" in client.get(PAGE).text


def test_after_the_start_there_is_no_list_to_join(client, full, sam):
    with clock.stopped_at(full.starts_at):
        sign_in_as(client, sam)
        assert "waiting list" not in client.get(PAGE).text
        answer = press(client, f"{PAGE}waiting")
    assert answer.status_code == 409
    assert "See what else is coming" in answer.text


def test_my_bookings_show_what_i_wait_for_and_what_is_held_for_me_alone(client, full, sam):
    with transaction():
        other = make_phone_in(slug="other", title="Eating at night", seats=1)
        seats.take(other, by=person("Stan"))
        secret = make_phone_in(slug="secret", title="Somebody else’s evening", seats=1)
        seats.take(secret, by=person("Stan"))
    others_join(secret, "Kim")
    others_join(other, "Kim", "Sam")
    others_join(full, "Sam")
    stan_gives_back(full)
    page = words(client.get("/app/bookings/").text)
    assert "Somebody else’s evening" not in page
    assert "You are 2nd in line" in page
    assert "It is held until Thursday 26 March 2026 at midday (UK time) ." in page
    assert "Take it : Sleeping better, Tuesday 31 March 2026" in page
    assert "Leave the waiting list : Eating at night, Tuesday 31 March 2026" in page


@pytest.mark.parametrize("page", ["/app/", "/app/calendar/?month=2026-03"])
def test_programme_and_month_say_how_one_stands(client, full, sam, page):
    with transaction():
        for slug in ("line", "held"):
            seats.take(make_phone_in(slug=slug, seats=1), by=person("Stan"))
    others_join(programme.by_slug("line"), "Kim", "Sam")
    others_join(programme.by_slug("held"), "Sam")
    stan_gives_back(programme.by_slug("held"))
    shown = client.get(page).text
    for said in ("Full, waiting list open", "You are 2nd in line", "A seat is held for you"):
        assert said in shown, said


@pytest.mark.parametrize("action", ["waiting", "waiting/leave", "offer", "offer/no-thanks"])
def test_without_the_token_of_the_page_nothing_changes_and_a_draft_is_not_found(client, full, sam, action):
    assert client.post(f"{PAGE}{action}").status_code == 400
    with transaction():
        make_phone_in(slug="draft", published_at=None)
    assert press(client, f"/app/phone-ins/draft/{action}").status_code == 404
    assert waits() == []


def test_help_says_how_long_a_seat_is_held_as_it_is(client):
    said = words(client.get("/help/").text)
    hours = {hours: offer_times.window(TUESDAY, TUESDAY + timedelta(hours=hours)) for hours in (97, 96, 25, 24, 5, 4)}
    assert {at: length and length.total_seconds() // 3600 for at, length in hours.items()} == {
        97: 48, 96: 12, 25: 12, 24: 2, 5: 2, 4: None,
    }  # fmt: skip
    assert (
        "held for two days if the phone-in is more than four days away, for twelve hours if it is more than a day "
        "away, and for two hours if it is more than four hours away" in said
    )
