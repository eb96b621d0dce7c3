"""What admins see of a waiting list, and moving somebody in it for a reason that is kept."""

import re

import pytest

from phonein.booking import line, seats, waiting
from phonein.db import db, transaction
from phonein.identity import audit
from phonein.schedule.models import PhoneIn
from tests.builders import make_ada, make_person, make_phone_in, press, sign_in_as

LIST = "/app/admin/phone-ins/sleep/waiting/"


@pytest.fixture
def phone_in(app) -> PhoneIn:
    with transaction():
        return make_phone_in(seats=1)


@pytest.fixture
def ada(phone_in, client):
    with transaction():
        ada = make_ada()
    sign_in_as(client, ada)
    return ada


@pytest.fixture
def waiters(phone_in, ada):
    """Stan has the seat; Kim, Lou and Max wait in that order."""
    with transaction():
        seats.take(phone_in, by=make_person("Stan"))
        for name in ("Kim", "Lou", "Max"):
            waiting.join(phone_in, by=make_person(name))
    return {wait.person.name: wait for wait in line.line(phone_in)}


def in_line(phone_in: PhoneIn) -> list[str]:
    db.session.rollback()
    return [wait.person.name for wait in line.line(phone_in)]


def rows(page: str) -> list[str]:
    """The body of each table, a row a line."""
    bodies = re.findall(r"<tr role=\"row\">(<(?:td|th role=\"rowheader\").*?)</tr>", page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in bodies]


def seen(client) -> str:
    return re.search(r'name="seen"[^>]*value="([^"]*)"', client.get(LIST).text)[1]


def test_an_empty_list_says_why_it_is_empty(client, phone_in, ada):
    page = client.get(LIST).text
    assert "Nobody is in line" in page
    assert "1 seat left, so nobody needs to wait." in page
    with transaction():
        seats.take(phone_in, by=make_person("Stan"))
    assert "People can join on the phone-in’s page, now that it is full." in client.get(LIST).text


def test_the_list_is_in_order_with_the_day_and_who_has_a_seat_held(client, phone_in, waiters):
    with transaction():
        seats.give_back(phone_in, by=seats.live_bookings(phone_in)[0].person)
    assert rows(client.get(LIST).text) == [
        "Kim held until Thursday 26 March 2026 at midday (UK time)",
        "1. Lou since Tue 24 Mar 2026 this date",
        "2. Max since Tue 24 Mar 2026 this date",
    ]


def test_the_pages_of_the_phone_in_count_booked_held_and_waiting(client, phone_in, waiters):
    assert "1 of 1 seats booked, 3 waiting" in client.get("/app/admin/phone-ins/sleep/").text
    assert "3 are on the waiting list" in client.get("/app/admin/phone-ins/sleep/move").text
    with transaction():
        seats.give_back(phone_in, by=seats.live_bookings(phone_in)[0].person)
    page = client.get("/app/admin/phone-ins/sleep/").text
    assert "0 of 1 seats booked, 1 held for somebody, 2 waiting" in page
    assert "Waiting list (2)" in page
    assert "Nobody has a seat yet" in client.get("/app/admin/phone-ins/sleep/move").text
    overview = client.get("/app/admin/").text
    assert "<td>0 of 1</td><td>1</td><td>" in overview
    assert f'<a href="{LIST}">2<' in overview


def test_somebody_is_moved_with_a_reason_and_that_is_kept_without_their_name(client, phone_in, waiters):
    answer = press(
        client,
        f"{LIST}order",
        wait_id=waiters["Max"].id,
        place=1,
        reason="Was left out by a mistake of ours",
        seen=seen(client),
    )
    assert (answer.status_code, answer.location) == (303, LIST)
    assert in_line(phone_in) == ["Max", "Kim", "Lou"]
    [deed] = audit.noted("sleep")
    assert (deed.by.name, deed.reason) == ("Ada", "Was left out by a mistake of ours")
    assert "Max" not in deed.what
    [shown] = [row for row in rows(client.get(LIST).text) if "Ada" in row]
    assert shown == f"Tuesday 24 March 2026 at midday (UK time) Ada {deed.what} {deed.reason}"


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"place": "1", "reason": ""}, "Say why, in a sentence"),
        ({"place": "9", "reason": "Because"}, "Enter a whole number from 1 to 3"),
        ({"place": "x", "reason": "Because"}, "Enter a place in the line, like 1"),
    ],
)
def test_without_a_reason_or_a_place_nobody_is_moved_and_what_was_typed_stays(client, phone_in, waiters, typed, said):
    answer = press(client, f"{LIST}order", wait_id=waiters["Max"].id, seen=seen(client), **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert f'<option selected value="{waiters["Max"].id}">3. Max</option>' in answer.text
    assert typed["reason"] in answer.text
    assert in_line(phone_in) == ["Kim", "Lou", "Max"]


def test_the_second_of_two_admins_is_shown_the_list_as_it_is_now_and_loses_nothing(client, phone_in, waiters):
    as_it_was = seen(client)
    with transaction():
        waiting.leave(phone_in, by=waiters["Kim"].person)
    typed = {"wait_id": waiters["Max"].id, "place": 1, "reason": "Was left out by a mistake of ours"}
    answer = press(client, f"{LIST}order", seen=as_it_was, **typed)
    assert answer.status_code == 409
    assert "Nothing was changed." in answer.text
    assert "Was left out by a mistake of ours" in answer.text
    assert rows(answer.text)[0].startswith("1. Lou")
    assert in_line(phone_in) == ["Lou", "Max"]
    again = re.search(r'name="seen"[^>]*value="([^"]*)"', answer.text)[1]
    assert press(client, f"{LIST}order", seen=again, **typed).status_code == 303
    assert in_line(phone_in) == ["Max", "Lou"]


def test_whoever_joins_at_the_end_meanwhile_is_no_reason_to_begin_again(client, phone_in, waiters):
    as_it_was = seen(client)
    with transaction():
        waiting.join(phone_in, by=make_person("Nia"))
    press(client, f"{LIST}order", wait_id=waiters["Max"].id, place=1, reason="A mistake of ours", seen=as_it_was)
    assert in_line(phone_in) == ["Max", "Kim", "Lou", "Nia"]


@pytest.mark.parametrize("seen_before", ["9" * 5000, "99999999999999999999", "one two"])
def test_a_line_that_we_have_not_shown_moves_nobody_and_breaks_nothing(client, phone_in, waiters, seen_before):
    answer = press(client, f"{LIST}order", wait_id=waiters["Max"].id, place=2, reason="A mistake", seen=seen_before)
    assert (answer.status_code < 500, in_line(phone_in)) == (True, ["Kim", "Lou", "Max"])


def test_somebody_who_has_left_the_line_is_moved_nowhere(client, phone_in, waiters):
    with transaction():
        waiting.leave(phone_in, by=waiters["Max"].person)
    answer = press(client, f"{LIST}order", wait_id=waiters["Max"].id, place=1, reason="A mistake", seen=seen(client))
    assert answer.status_code == 409
    assert in_line(phone_in) == ["Kim", "Lou"]
