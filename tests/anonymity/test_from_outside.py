"""What somebody sees who may look at pages, letters and logs: nothing about who asked, nor whether anybody has."""

import logging
import re
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import pytest
from flask import got_request_exception
from sqlalchemy import select, text

from phonein.db import db, on_sqlite, transaction
from phonein.delivery.models import Letter
from phonein.identity.models import Person, Role
from phonein.questions import release
from phonein.questions.models import Envelope, Question, SpentPass
from tests.builders import make_ada, make_fay, make_person, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import WORDS, ask, new_pass, open_phone_in, release_at, rows
from tests.questions.test_doorway import NAMES, RECEIPT, everything_at_the_door

LAST = TUESDAY + timedelta(days=6)
DESK = ("/app/desk/", "/app/desk/sleep/", "/app/desk/sleep/questions/", "/app/desk/sleep/print")
KNOWN = ("/app/", "/app/calendar/", "/app/phone-ins/sleep/", "/app/bookings/")
ADMIN = ("/app/admin/", "/app/admin/letters/", "/app/admin/phone-ins/sleep/")
OPEN = ("/q/sleep/", "/q/sleep/keys", "/health/ready", "/health/live", "/metrics", "/privacy/")


@pytest.fixture
def phone_in(app):
    """Nine people hold passes: one fewer than there must be."""
    with transaction():
        fay = make_fay()
        make_ada(), make_person("Sam")
    phone_in = open_phone_in(leaders=[fay], holders=9)
    release.draw_keys_ahead()
    release_at(TUESDAY - timedelta(days=1))
    return phone_in


def everything_shown(app):
    """Every page that anybody can open, as Fay who leads it, Ada the admin, Sam and somebody unknown see it."""
    seen = {}
    for role, paths in ((Role.FACILITATOR, DESK), (Role.ADMIN, ADMIN), (Role.STAFF, KNOWN), (None, OPEN)):
        client = app.test_client()
        if role:
            db.session.rollback()
            sign_in_as(client, db.session.scalars(select(Person).where(Person.role == role)).one())
        for path in paths:
            answer = client.get(path)
            seen[path] = (answer.status_code, re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", answer.text))
    return seen


@contextmanager
def talkative(caplog):
    """Our own loggers and the web servers' at their most talkative, each of which may have a level of its own."""
    with ExitStack() as levels:
        for name in ("phonein", "flask", "werkzeug", "gunicorn", "waitress"):
            levels.enter_context(caplog.at_level(logging.DEBUG, logger=name))
        yield


def letters():
    return sorted((one.name, one.to_address, one.subject, one.text, one.html) for one in rows(Letter))


def test_facilitator_blindness_nothing_shown_is_different_with_eight_sealed_questions(app, phone_in):
    before = everything_shown(app)
    assert {path: status for path, (status, _) in before.items() if status != 200} == {
        "/metrics": 404,
        "/health/ready": 503,  # the tables of the suite are made without migrations
    }
    for n in range(8):
        ask(phone_in, f"Number {n}")
    assert (everything_shown(app), len(rows(Envelope))) == (before, 8)


def test_small_session_a_release_with_nine_of_ten_shows_the_same_as_with_no_question(app, phone_in):
    """The same two releases, once with no question and once with eight; to the letter, and in the letters too."""
    other = open_phone_in(slug="night", holders=9, leaders=list(phone_in.leaders))
    for n in range(8):
        ask(other, f"Number {n}")
    seen = []
    for moment in (TUESDAY, LAST + timedelta(minutes=1)):
        release_at(moment)
        client = sign_in_as(app.test_client(), phone_in.leaders[0])
        for slug in ("sleep", "night"):
            pages = [
                client.get(f"/app/desk/{slug}/{page}").text.replace(f"/{slug}/", "/SLUG/")
                for page in ("", "questions/", "print")
            ]
            posted = [tuple(part.replace(slug, "SLUG") for part in one) for one in letters() if slug in one[3]]
            seen.append(([re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", page) for page in pages], posted))
    assert (seen[0] == seen[1], seen[2] == seen[3]) == (True, True)
    assert (rows(Question), rows(Envelope)) == ([], [])


def test_small_session_with_ten_the_same_questions_are_shown(app):
    """Or the test above would be true of a release that never shows anything."""
    with transaction():
        fay = make_fay()
    phone_in = open_phone_in(holders=10, leaders=[fay])
    for n in range(8):
        ask(phone_in, f"Number {n}")
    release_at(LAST)
    page = sign_in_as(app.test_client(), fay).get("/app/desk/sleep/questions/").text
    assert [f"Number {n}" in page for n in range(8)] == [True] * 8


@pytest.mark.parametrize("name", [*NAMES, "REMOTE_USER"])
def test_refuse_identity_whoever_is_named_gets_400_and_leaves_no_row_and_no_line(app, phone_in, name, caplog):
    fields = {"slug": "sleep", "do": "ask", "text": WORDS, "receipt": RECEIPT, "pass": new_pass(phone_in)}
    browser = app.test_client(use_cookies=False)
    named = {"environ_overrides": {name: "sam"}} if name == "REMOTE_USER" else {"headers": {name: NAMES[name]}}
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        status = browser.post("/q/", data=fields, **named).status_code
        said = [record for record in caplog.records if record.name.startswith(("phonein", "werkzeug", "flask"))]
    assert (status, said, rows(Envelope), rows(SpentPass)) == (400, [], [], [])


def test_silence_neither_a_logger_nor_an_error_service_hears_of_anything_at_the_door(app, client, caplog):
    """Error services and tracers hang on Flask's signals: those must be silent too, where a page breaks."""
    phone_in = open_phone_in()
    fields = {"text": WORDS, "receipt": RECEIPT, "pass": new_pass(phone_in)}
    told = []

    def tell(sender, exception, **more):
        told.append(exception)

    with got_request_exception.connected_to(tell), caplog.at_level(logging.DEBUG), talkative(caplog):
        caplog.clear()
        answers = everything_at_the_door(client, app, fields)
    said = {record.name.split(".")[0] for record in caplog.records}
    assert 503 in {answer.status_code for answer in answers}
    assert (told, said - {"sqlalchemy"}) == ([], set())  # statements, without their values


def test_silence_the_same_listeners_hear_what_breaks_elsewhere(app, client, caplog):
    with transaction():
        sam = make_person("Sam")
    sign_in_as(client, sam)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE booking" if on_sqlite() else "DROP TABLE booking CASCADE"))
    with caplog.at_level(logging.DEBUG):
        caplog.clear()
        status = client.get("/app/bookings/").status_code
    said = [record.name for record in caplog.records if record.name.startswith("phonein")]
    assert (status >= 500, said) == (True, ["phonein.errors"])
