"""The admin's page of replies: what needs an eye, and what has come."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from phonein import clock
from phonein.booking import seats
from phonein.booking.reply_models import Reply
from phonein.db import db, transaction
from phonein.identity.models import Person
from tests.builders import make_ada, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.replies import first_seat, message, take_in


@pytest.fixture
def ada(app, client):
    """Sam has a seat, and Ada looks at what comes back."""
    with transaction():
        seats.take(make_phone_in(), by=make_person())
        person = make_ada()
    return sign_in_as(client, person)


def seen() -> list[tuple[object, str]]:
    db.session.rollback()
    return [(reply.seen_on, reply.from_address) for reply in db.session.scalars(db.select(Reply).order_by(Reply.id))]


def test_what_needs_an_eye_is_shown_with_the_phone_in_and_whom_it_came_from(ada):
    with clock.stopped_at(TUESDAY - timedelta(days=1)):
        take_in(message("plain-mail"))
    take_in(message("spoofed-from", first_seat()))
    take_in(message("thunderbird-accepted", first_seat()))
    page = ada.get("/app/admin/replies/").text
    words = ["Sent from another address than the one that is booked", "eve@elsewhere.example", "Sleeping better"]
    assert [each in page for each in words] == [True] * 3
    assert page.index("eve@elsewhere.example") < page.index("A mail that somebody wrote")
    assert page.count(">Seen<") == 2
    assert "2 messages to our mailbox could not be acted on" in ada.get("/app/admin/").text


def test_what_an_admin_has_seen_is_gone_and_so_is_whom_it_came_from(ada):
    take_in(message("spoofed-from", first_seat()))
    answer = press(ada, "/app/admin/replies/1/seen")
    assert (answer.status_code, seen()) == (303, [(TUESDAY.date(), "")])
    page = ada.get("/app/admin/replies/").text
    assert ("No reply needs your eye" in page, "eve@" in page, "The last 30 days" in page) == (True, False, True)
    assert "could not be acted on" not in ada.get("/app/admin/").text


@pytest.mark.parametrize("reply_id", ["1", "2"])
def test_only_what_needs_an_eye_can_be_seen(ada, reply_id):
    take_in(message("thunderbird-accepted", first_seat()))
    assert press(ada, f"/app/admin/replies/{reply_id}/seen").status_code == 404


def test_it_says_so_where_nothing_has_come_and_where_nobody_reads(ada):
    page = ada.get("/app/admin/replies/").text
    words = ["No reply needs your eye", "Nothing has come back yet", "Nobody reads the mailbox"]
    assert [each in page for each in words] == [True] * 3


def test_old_replies_are_not_counted(ada):
    take_in(message("thunderbird-accepted", first_seat()))
    counted = []
    for days in (30, 31):
        with clock.stopped_at(TUESDAY + timedelta(days=days)):
            sign_in_as(ada, Person.by_email("ada@example.org"))
            counted.append("The person said yes" in ada.get("/app/admin/replies/").text)
    assert counted == [True, False]


def test_twenty_replies_cost_no_more_queries_than_one(ada):
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    found = []
    for times in (1, 19):
        for _ in range(times):
            take_in(message("spoofed-from", first_seat()))
        asked.clear()
        ada.get("/app/admin/replies/")
        found.append(len(asked))
    assert found[0] == found[1]


@pytest.mark.parametrize(("is_read", "found"), [(True, [True, False, True]), (False, [False, True, False])])
def test_help_and_privacy_say_whether_declining_in_a_calendar_does_anything(app, client, is_read, found):
    app.jinja_env.globals["replies_are_read"] = is_read
    pages = client.get("/help/").text + client.get("/privacy/").text
    words = ["Or decline the invitation", "declining in your calendar does not tell us", "an answer that your calendar"]
    assert [each in pages for each in words] == found
