"""The honest line: on every page where somebody may wait for an answer, reckoned from the hours, and never more than is
kept."""

import html
import re

import pytest

from phonein import clock
from phonein.db import db, transaction
from phonein.delivery import news
from phonein.delivery.models import Letter
from phonein.questions import codes
from phonein.safeguarding import procedure
from phonein.schedule.models import PhoneIn
from tests import stock
from tests.builders import make_fay, make_person, make_phone_in, press, sign_in_as
from tests.conftest import TUESDAY
from tests.questions import content, new_pass, post, rows
from tests.questions.test_safeguarding import send

LINE = "Not monitored live. Next checked today by 17:00. If you or somebody else is at risk now, call 999."
WITHOUT_HOURS = "Not monitored live. If you or somebody else is at risk now, call 999."
IN_CRISIS = "I want to kill myself after that night"


@pytest.fixture
def phone_in(app):
    with transaction():
        fay = make_fay()
        return make_phone_in(asks_open_at=TUESDAY, leaders=[fay], reviewer_id=fay.id)


def shown(answer) -> str:
    """What somebody reads on the page: no tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content(answer))).split()).replace(" .", ".")


def pages_of(client, phone_in) -> dict[str, str]:
    """What an asker sees from the first page to the last."""
    receipt, fields = codes.new_receipt(), {"text": IN_CRISIS, "pass": new_pass(phone_in)}
    straight = send(phone_in, "straight to the reviewer")
    return {
        "ask": shown(client.get("/q/sleep/")),
        "check": shown(post(client, "ask", **fields)),
        "sent": shown(post(client, "ask", receipt=receipt, **fields)),
        "receipt": shown(post(client, "status", receipt=receipt)),
        "sent straight": shown(post(client, "status", receipt=straight)),
        "wrong receipt": shown(post(client, "status", receipt=codes.new_receipt())),
        "to change it": shown(post(client, "edit", receipt=receipt)),
        "taken back": shown(post(client, "withdraw", receipt=receipt)),
        "how was it": shown(client.get("/q/sleep/feedback/")),
        "help": shown(client.get("/help/")),
        "support": shown(client.get("/help/support/")),
    }


def test_it_stands_on_every_page_once_and_says_when_somebody_looks(client, phone_in):
    pages = pages_of(client, phone_in)
    sam = with_sam(client)
    pages["phone-in"] = shown(sam.get("/app/phone-ins/sleep/"))
    pages["passes"] = shown(press(sam, "/app/phone-ins/sleep/passes"))
    assert {name: page.count(LINE) for name, page in pages.items()} == dict.fromkeys(pages, 1)


def test_without_hours_it_promises_nothing_and_at_night_it_says_the_next_morning(client, phone_in):
    with clock.stopped_at(TUESDAY.replace(hour=22)):
        assert "Not monitored live. Next checked Wednesday 09:00. If" in shown(client.get("/q/sleep/"))
    stock.unsettle()
    pages = pages_of(client, phone_in)
    assert {name: page.count(WITHOUT_HOURS) for name, page in pages.items()} == dict.fromkeys(pages, 1)


def test_where_nobody_is_reviewer_the_page_does_not_say_that_somebody_looks(client, phone_in):
    with transaction():
        db.session.get_one(PhoneIn, phone_in.id).reviewer_id = None
    assert [WITHOUT_HOURS in shown(client.get(page)) for page in ("/q/sleep/", "/help/")] == [True, False]


def test_a_page_for_somebody_in_crisis_says_once_that_we_cannot_come(client, phone_in):
    fields = {"text": IN_CRISIS, "pass": new_pass(phone_in)}
    assert shown(post(client, "ask", **fields)).count("we cannot come to you") == 1
    assert shown(post(client, "ask", **fields | {"text": "How do I sleep?"})).count("we cannot come to you") == 1


def test_a_letter_says_the_hours_because_nobody_knows_when_it_is_read(client, phone_in):
    press(with_sam(client), "/app/phone-ins/sleep/seat")
    with transaction():
        news.hurry()
    written = [news.write(letter) and letter for letter in rows(Letter) if letter.telling]
    [letter] = [one for one in written if one]
    for words in (" ".join(letter.text.split()), letter.html):
        assert "not monitored live" in words
        assert "is looked at Monday to Friday 09:00 to 17:00 (UK time)" in words
    assert "Next checked" not in letter.text


def test_where_the_database_is_away_the_numbers_to_call_are_still_there(client, phone_in):
    with transaction():
        db.session.execute(db.text("ALTER TABLE procedure RENAME TO elsewhere"))
        db.session.execute(db.text("ALTER TABLE wording RENAME TO elsewhere_too"))
    answer = client.get("/help/support/")
    with transaction():
        db.session.execute(db.text("ALTER TABLE elsewhere RENAME TO procedure"))
        db.session.execute(db.text("ALTER TABLE elsewhere_too RENAME TO wording"))
    assert (answer.status_code, WITHOUT_HOURS in shown(answer), "Samaritans" in answer.text) == (200, True, True)


def test_what_the_organisation_says_stands_beside_the_lines_for_everybody(client, phone_in):
    found = shown(client.get("/help/support/"))
    assert ("Care team 020 7946 0997 (weekdays)" in found, "last checked on Tuesday 24 March 2026" in found) == (
        True,
        True,
    )
    assert procedure.official_routes() == "The integrity line: 020 7946 0998."


def with_sam(client):
    with transaction():
        sam = make_person("Sam")
    return sign_in_as(client.application.test_client(), sam)
