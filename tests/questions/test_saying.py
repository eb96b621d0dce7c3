"""Saying how it was, afterwards: by anybody, at one address, without a pass; nothing of who or when is kept."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from phonein import clock, retention
from phonein.db import db, on_sqlite, transaction
from phonein.questions import release, saying
from phonein.questions.models import Feedback
from phonein.questions.same_size import STEP
from tests.questions import SHAPES, content, open_phone_in, post, rows

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
PAGE = "/q/sleep/feedback/"


@pytest.fixture
def phone_in(app):
    return open_phone_in(seats=2)


@pytest.fixture(params=SHAPES)
def send(request):
    return SHAPES[request.param]


def heading(answer) -> str:
    return content(answer).split("<h1>")[1].split("</h1>")[0]


def test_it_can_be_said_in_both_shapes_and_every_answer_is_of_one_size(phone_in, client, send):
    with clock.stopped_at(phone_in.ends_at):
        assert "How was it for you?" in client.get(PAGE).text
        said = [
            send(client, "say", rating="4", text=" Clear and  calm.\r\n"),
            send(client, "say", rating="5"),
            send(client, "say", text="Nothing chosen"),
            send(client, "say", rating="6"),
            send(client, "say", rating="3", text="x" * 1001),
            send(client, "say", rating="3", text="\x00"),
        ]
    assert [answer.status_code for answer in said] == [200, 200, 422, 422, 422, 422]
    assert [heading(answer) for answer in said] == ["Thank you"] * 2 + ["How was it?"] * 4
    assert "Nothing chosen" in content(said[2])
    assert {len(answer.data) for answer in said} == {STEP}
    assert sorted((one.phone_in_slug, one.rating, one.comment) for one in rows(Feedback)) == [
        ("sleep", 4, "Clear and  calm."),
        ("sleep", 5, ""),
    ]


def test_it_is_open_from_the_end_for_two_weeks_and_not_for_what_was_cancelled(phone_in, client):
    answers = []
    for moment in (phone_in.ends_at - MINUTE, phone_in.ends_at + 14 * DAY - MINUTE, phone_in.ends_at + 14 * DAY):
        with clock.stopped_at(moment):
            is_asked = "How was it for you?" in client.get(PAGE).text
            answers.append((is_asked, post(client, "say", rating="4").status_code))
    assert answers == [(False, 409), (True, 200), (False, 409)]
    with transaction():
        phone_in.cancelled_at = clock.now()
    with clock.stopped_at(phone_in.ends_at):
        assert "was cancelled" in client.get(PAGE).text
        assert post(client, "say", rating="4").status_code == 409
    assert (len(rows(Feedback)), client.get("/q/none/feedback/").status_code) == (1, 404)


def test_there_are_at_most_twice_as_many_answers_as_seats(phone_in, client):
    with clock.stopped_at(phone_in.ends_at):
        assert [post(client, "say", rating="1").status_code for _ in range(5)] == [200] * 4 + [409]
        once = {"once": "drawn by lot", "rating": "1"}
        with transaction():
            phone_in.seats = 3
        assert [post(client, "say", **once).status_code for _ in range(3)] == [200] * 3
    assert len(rows(Feedback)) == 5


def test_nothing_is_taken_while_a_setting_could_tell_who_writes(app, phone_in, client):
    app.config["LEAST_HOLDERS"] = 1
    with clock.stopped_at(phone_in.ends_at):
        assert "It is not safe just now" in client.get(PAGE).text
        assert post(client, "say", rating="4").status_code == 503
    assert rows(Feedback) == []


@pytest.mark.own_database
def test_in_which_order_answers_came_is_gone_after_the_night(phone_in):
    with clock.stopped_at(phone_in.ends_at):
        for n in range(4):
            with transaction():
                saying.say(phone_in, once=str(n), rating=3, comment="")
    versions = text("SELECT count(DISTINCT xmin::text) FROM feedback")
    if not on_sqlite():
        assert db.session.scalar(versions) == 4
    release.rewrite_anew()
    assert len(rows(Feedback)) == 4
    if not on_sqlite():
        assert db.session.scalar(versions) == 1


def test_after_a_year_it_is_forgotten(phone_in):
    with transaction():
        db.session.add(Feedback(phone_in_slug="sleep", rating=3))
    for days, left in ((364, 1), (366, 0)):
        with clock.stopped_at(phone_in.ends_at + days * DAY):
            retention.forget()
        assert len(rows(Feedback)) == left
